"""The prompt's form: made from what the server lists, with tokens while they are typed, settings, targets and chats."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from api.client.client import Client
from tests.browser.reading import REFUSED, TIMEOUT_MS, expect_accessible, hold_requests, let_go
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.processes import answer, serving, url
from tests.support.tiny_model import write_chat_model

pytestmark = pytest.mark.slow

DALLAS = "Fact: The capital of the state containing Dallas is"
CHATTY = """
[[model]]
name = "chatty"
source = "chatty/model"
[[model.transcoders]]
name = "first"
source = "chatty/transcoders"
[[model.transcoders]]
name = "second"
source = "chatty/transcoders"

[[model]]
name = "away"
source = "owner/never-fetched"
[[model.transcoders]]
name = "hub"
source = "owner/set"
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server with the demo model, one that takes messages, and one that is not here."""
    data = tmp_path_factory.mktemp("data")
    write_chat_model(data / "chatty")
    (data / "models.toml").write_text(CHATTY)
    with serving(data, "--no-examples"):
        yield data


def asked(page: Page) -> dict[str, Any]:
    """What the form asks the server for. Nothing is queued."""
    sent: list[Any] = []

    def refuse(route: Any) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(status=503, json={"error": "ServerBusy", "detail": "Not now."})

    page.route("**/api/jobs", refuse)
    expect(page.get_by_label("Model", exact=True)).to_be_visible()  # before, a prompt is sent alone
    page.get_by_test_id("prompt-submit").click()
    expect(page.get_by_test_id("error-banner")).to_have_text(re.compile(r"^Not now\."))
    page.unroute("**/api/jobs", refuse)
    (request,) = sent
    return dict(request)


def tokens(page: Page) -> list[str]:
    """The tokens that the form shows once the server has answered."""
    expect(page.get_by_test_id("split-tokens")).to_have_attribute("aria-busy", "false")
    return page.get_by_test_id("split-tokens").get_by_role("listitem").all_inner_texts()


def choose_chat(page: Page) -> None:
    page.get_by_label("Model", exact=True).select_option("chatty")
    page.get_by_role("button", name="Chat", exact=True).click()


def test_tokens_are_shown_while_a_prompt_is_typed(page: Page, data: Path) -> None:
    page.goto(url(data))
    prompt = page.get_by_test_id("prompt-input")
    prompt.fill("The capital of Texas is")
    assert tokens(page) == ["‹bos›", "The", "␣capital", "␣of", "␣Texas", "␣is"]
    expect(page.get_by_test_id("split-tokens")).to_contain_text("6 tokens of at most 128")
    prompt.fill("The capital of Texas is " * 40)
    expect(page.get_by_test_id("split-tokens").get_by_role("status")).to_contain_text("of at most 128")
    expect_accessible(page)
    prompt.fill(" ")
    expect(page.get_by_test_id("split-tokens")).to_have_count(0)
    page.get_by_label("Model", exact=True).select_option("away")
    prompt.fill("Texas")
    expect(page.locator("form")).to_contain_text("The tokens of the model 'away' are not known here")


def test_a_question_about_tokens_is_dropped_once_more_is_typed(page: Page, data: Path) -> None:
    page.goto(url(data))
    prompt = page.get_by_test_id("prompt-input")
    held = hold_requests(page, re.compile("/tokens$"))
    with page.expect_event("requestfailed") as dropped:
        with page.expect_request(re.compile("/tokens$")):
            prompt.fill("Texas")
        prompt.fill("Texas is")
    assert _prompt(dropped.value) == "Texas"
    del held[:]
    with page.expect_request(re.compile("/tokens$")) as last:
        prompt.fill("Texas is in")
    assert _prompt(last.value) == "Texas is in"
    while not (held and _prompt(held[-1].request) == "Texas is in"):
        page.wait_for_timeout(20)  # it lets Playwright hear of the route
    let_go(page, held)
    assert tokens(page) == ["‹bos›", "Texas", "␣is", "␣in"]


def _prompt(request: Request) -> str:
    return str((request.post_data_json or {}).get("prompt"))


def test_settings_are_those_that_the_server_lists(
    page: Page, data: Path, expected_messages: list[str]
) -> None:
    expected_messages.append("status of 503")
    page.goto(url(data))
    page.get_by_test_id("prompt-input").fill(DALLAS)
    assert asked(page) == {"prompt": DALLAS, "model": "demo", "transcoders": None, "parameters": {}}
    settings = page.get_by_test_id("settings")
    assert settings.get_attribute("open") is None
    settings.locator("summary").focus()
    page.keyboard.press("Enter")
    with Client(url(data), None) as client:
        listed = client.get("/api/models").json()["parameters"]
    for parameter in listed:
        title = parameter["name"].replace("_", " ").removeprefix("attribution ")
        named = settings.get_by_role("group", name=title).or_(settings.get_by_label(title, exact=True))
        expect(named.first).to_be_visible()
        if parameter["kind"] in ("integer", "number"):
            expect(named.first).to_have_value(f"{parameter['default']:g}")
    nodes = settings.get_by_label("max feature nodes")
    nodes.fill("100")
    settings.get_by_label("node threshold").fill("0.9")
    settings.get_by_label("edge threshold").fill("0.98")
    settings.get_by_label("internals").check()
    changed = page.get_by_test_id("settings-changed")
    expect(changed).to_have_text("node threshold 0.9 · max feature nodes 100 · internals")
    expect_accessible(page)
    request = asked(page)
    assert request["parameters"] == {"node_threshold": 0.9, "max_feature_nodes": 100}
    assert request["internals"] is True and "verify" not in request
    nodes.fill("")
    assert asked(page)["parameters"] == {"node_threshold": 0.9, "max_feature_nodes": None}
    settings.get_by_role("button", name="Reset").click()
    expect(changed).to_have_count(0)
    expect(nodes).to_have_value("8192")


def test_what_the_limits_refuse_is_not_sent(page: Page, data: Path) -> None:
    page.goto(url(data))
    page.get_by_test_id("prompt-input").fill(DALLAS)
    settings = page.get_by_test_id("settings")
    settings.locator("summary").click()
    nodes = settings.get_by_label("max feature nodes")
    nodes.fill("0")
    expect(nodes).to_have_accessible_description("It must be at least 1.")
    expect_accessible(page)
    settings.locator("summary").click()
    page.get_by_test_id("prompt-submit").click()
    expect(nodes).to_be_focused()
    expect(page.get_by_test_id("prompt-input")).to_have_value(DALLAS)
    assert answer("jobs", data=data)["jobs"] == []


def test_targets_are_tokens_or_one_rather_than_another(
    page: Page, data: Path, expected_messages: list[str]
) -> None:
    expected_messages += ["status of 503", REFUSED]
    page.goto(url(data))
    page.get_by_test_id("prompt-input").fill(DALLAS)
    settings = page.get_by_test_id("settings")
    settings.locator("summary").click()
    other = settings.get_by_label("rather than")
    expect(other).to_be_disabled()
    settings.get_by_label("Target 1").fill(" Austin")
    other.fill(" Houston")
    expect(page.get_by_test_id("settings-changed")).to_have_text("␣Austin rather than ␣Houston")
    terms = [{"token": " Austin", "factor": 1}, {"token": " Houston", "factor": -1}]
    assert asked(page)["parameters"] == {"attribution_targets": [{"logits": terms}]}
    settings.get_by_role("button", name="Add a target").click()
    settings.get_by_label("Target 2", exact=True).fill(" Dallas Texas")
    expect(other).to_be_disabled()
    assert asked(page)["parameters"] == {"attribution_targets": [" Austin", " Dallas Texas"]}
    page.get_by_test_id("prompt-submit").click()
    expect(page.get_by_test_id("error-banner")).to_contain_text("' Dallas Texas' is 2 tokens of this model")
    settings.get_by_label("Remove target 2").click()
    expect(settings.get_by_label("Target 2", exact=True)).to_have_count(0)


def test_a_job_shows_how_its_prompt_was_split_and_what_is_likely_next(page: Page, data: Path) -> None:
    page.goto(url(data))
    page.get_by_test_id("prompt-input").fill(DALLAS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/graphs/*", timeout=4 * TIMEOUT_MS)
    page.goto(f"{url(data)}/runs")
    traced = page.get_by_test_id("job-row").filter(has_text=DALLAS).get_by_test_id("traced-prompt")
    expect(traced.locator("summary")).to_have_text(re.compile(r"^11 tokens, then likely ␣Austin \d+\.\d %"))
    traced.locator("summary").click()
    expect(traced.get_by_role("listitem")).to_have_text(
        ["‹bos›", "Fact", ":", "␣The", "␣capital", "␣of", "␣the", "␣state", "␣containing", "␣Dallas", "␣is"]
    )
    expect_accessible(page)


def test_a_chat_is_traced_by_keyboard(page: Page, data: Path, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    page.goto(url(data))
    expect(page.get_by_test_id("prompt-submit")).to_be_visible()
    expect(page.get_by_label("Model", exact=True)).to_have_value("demo")
    expect(page.get_by_role("group", name="Kind of prompt")).to_have_count(
        0
    )  # the demo model takes no messages
    page.get_by_label("Model", exact=True).select_option("chatty")
    page.get_by_label("Transcoder set").select_option("second")
    page.get_by_role("button", name="Chat", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Role of message 1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Dallas is")
    assert tokens(page) == ["‹bos›", "Fact:", "Dallas", "is", "The"]
    expect(page.get_by_test_id("messages").locator("..")).to_contain_text("The model begins its answer.")
    page.get_by_test_id("add-message").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message 2", exact=True)).to_be_focused()
    page.keyboard.type("capital of")
    assert tokens(page) == ["‹bos›", "Fact:", "Dallas", "is", "The", "capital", "of"]
    expect(page.get_by_test_id("messages").locator("..")).to_contain_text("The model goes on with")
    page.get_by_label("Role of message 2").select_option("system")
    expect(page.get_by_test_id("split-refused")).to_contain_text("Only user and assistant")
    page.get_by_label("Remove message 2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message 1", exact=True)).to_be_focused()
    assert tokens(page)[-1] == "The"
    expect_accessible(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/graphs/*", timeout=4 * TIMEOUT_MS)
    (job,) = [one for one in answer("jobs", data=data)["jobs"] if one["model"] == "chatty"]
    assert (job["transcoders"], job["messages"]) == ("second", [{"role": "user", "content": "Dallas is"}])
    assert job["traced"]["tokens"] == ["<bos>", "Fact:", "Dallas", "is", "The"]
    page.goto(f"{url(data)}/runs")
    row = page.get_by_test_id("job-row").filter(has_text="user: Dallas is")
    expect(row.get_by_test_id("traced-prompt")).to_contain_text("5 tokens, then likely")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_form_fits_narrow_and_wide_windows(page: Page, data: Path, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{url(data)}?theme={theme}")
    page.get_by_test_id("prompt-input").fill(f"{DALLAS} {'x' * 200}")
    assert tokens(page)[0] == "‹bos›"
    settings = page.get_by_test_id("settings")
    settings.locator("summary").click()
    settings.get_by_label("Target 1").fill("a" * 60)
    expect_no_overflow(page)
    expect_accessible(page)
    choose_chat(page)
    page.get_by_label("Message 1", exact=True).fill("Dallas " * 30)
    page.get_by_test_id("add-message").click()
    expect_no_overflow(page)
    expect_accessible(page)


def test_a_prompt_whose_graph_is_stored_is_known_at_once(page: Page, data: Path) -> None:
    made = answer("ingest", "Fact: Texas", "--model", "demo", "--max-n-logits", "3", data=data)
    page.goto(url(data))
    settings = page.get_by_test_id("settings")
    settings.locator("summary").click()
    settings.get_by_label("max n logits").fill("3")
    page.get_by_test_id("prompt-input").fill("Fact: Texas")
    page.get_by_test_id("prompt-submit").click()
    known = page.get_by_test_id("known")
    expect(known).to_contain_text("Known already. This prompt was traced")
    link = known.get_by_role("link", name="Open the graph")
    expect(link).to_be_focused()
    expect(link).to_have_attribute("href", re.compile(made["graph_id"]))
    expect_accessible(page)
    expect_no_overflow(page)
    n_jobs = len(answer("jobs", data=data)["jobs"])
    known.get_by_role("button", name="Trace it again").click()
    expect(known).to_have_count(0)
    page.wait_for_url(f"**/graphs/{made['graph_id']}", timeout=4 * TIMEOUT_MS)
    assert len(answer("jobs", data=data)["jobs"]) == n_jobs + 1
    page.goto(f"{url(data)}/runs")
    expect(page.get_by_test_id("job-row").filter(has_text="Fact: Texas")).to_have_count(2)
