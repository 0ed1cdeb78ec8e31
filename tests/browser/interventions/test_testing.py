"""Tests on the page, with the bundled model: changes predicted and run, answers verified, what another graph lends."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import REFUSED, expect_accessible, import_graph, numbers, text_of
from tests.browser.test_drawing import place
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.processes import answer, serving, url, write_graph

pytestmark = pytest.mark.slow

PROMPT = "Fact: The capital of the state containing {} is"


class Traced(NamedTuple):
    """A server that can trace, and the addresses of two of its graphs."""

    site: str
    dallas: str
    oakland: str


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    data = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        site = url(data)
        jobs = [answer("ingest", PROMPT.format(city), data=data) for city in ("Dallas", "Oakland")]
        yield Traced(site, *(f"{site}/graphs/{job['graph_id']}" for job in jobs))


def logits(effect: Locator) -> float:
    """The figure of an effect, with its sign."""
    text = effect.locator("dd").first.inner_text()
    return -numbers(text)[0] if text.startswith("−") else numbers(text)[0]


def effect(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=effect][data-effect='{name}']")


def set_up(page: Page, graph: str) -> None:
    """Open a graph and put its first row's features to the test."""
    page.goto(graph)
    page.get_by_test_id("path-row").first.locator(".path-row-button").click()
    page.get_by_test_id("path-detail").get_by_test_id("test").click()
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")


def slide(page: Page, factor: float) -> float:
    """What is predicted with the slider at a factor."""
    page.get_by_test_id("change-factor").first.fill(f"{factor:g}")
    expect(page.get_by_test_id("change").first.locator("output")).to_contain_text(f"{abs(factor):g}")
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")
    return logits(effect(page, "predicted"))


def run(page: Page) -> None:
    page.get_by_test_id("run-test").click()
    expect(page.get_by_test_id("test-result")).to_be_visible()


def past(page: Page) -> Locator:
    return page.get_by_test_id("past-test")


def test_a_change_is_predicted_at_once_and_run_in_the_model(page: Page, traced: Traced) -> None:
    set_up(page, traced.dallas)
    expect(page.get_by_test_id("test-panel").get_by_role("heading", level=2)).to_be_focused()
    expect(page.get_by_test_id("drawing")).to_be_visible()
    expect(page.get_by_test_id("lists")).to_be_visible()
    off = logits(effect(page, "predicted"))
    assert off < -1, "without what raises it, the target falls"
    page.get_by_test_id("change-op").first.select_option("scale")
    assert slide(page, 2) == pytest.approx(-off, abs=0.02)
    assert slide(page, -1) == pytest.approx(2 * off, abs=0.02)
    assert slide(page, 0.5) == pytest.approx(off / 2, abs=0.02)

    page.get_by_test_id("change-op").first.select_option("suppress")
    expect(effect(page, "predicted").locator("dd").first).to_have_text(f"−{-off:.2f}")
    run(page)
    expect(page.get_by_test_id("test-panel").get_by_role("heading", level=2)).to_contain_text("off")
    assert logits(effect(page, "predicted")) == off
    assert logits(effect(page, "as the graph assumes")) == pytest.approx(off, rel=0.5)
    assert logits(effect(page, "in the model")) < 0
    expect(page.get_by_test_id("verdict")).to_contain_text("19 controls")
    expect(page.get_by_test_id("verdict")).to_contain_text(re.compile(r"p\s=\s[01]\.\d\d\."))
    expect(page.get_by_test_id("chance")).to_contain_text("Austin")
    expect(page.get_by_test_id("top-tokens").locator("tbody tr").first).to_contain_text("Austin")
    expect(page.get_by_test_id("continuation").locator("dd").first).to_contain_text("Austin")
    expect(page).to_have_url(re.compile("&test="))
    expect_accessible(page)

    told = page.get_by_test_id("test-result").inner_text()
    page.reload()
    expect(page.get_by_test_id("test-result")).to_have_text(told, use_inner_text=True)
    page.get_by_test_id("change-test").click()
    expect(page.get_by_test_id("change-op").first).to_have_value("suppress")
    expect(page).not_to_have_url(re.compile("[&?]test="))
    page.go_back()
    expect(page.get_by_test_id("test-result")).to_be_visible()


def test_features_are_added_by_search_and_from_the_drawing(page: Page, traced: Traced) -> None:
    set_up(page, traced.dallas)
    changes = page.get_by_test_id("change")
    n = changes.count()
    one = logits(effect(page, "predicted"))
    page.get_by_test_id("add-search").fill("texas l3")
    page.get_by_test_id("add-hits").get_by_role("button").first.click()
    expect(changes).to_have_count(n + 1)
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")
    assert logits(effect(page, "predicted")) < one
    page.get_by_test_id("add-search").fill("nothing of the sort")
    expect(page.get_by_test_id("add-hits")).to_contain_text("No other feature")

    graph = traced.dallas.rsplit("/", 1)[1]
    at = place(page, f"{graph}/feature/1/10/35")
    page.mouse.click(at["x"], at["y"])
    page.get_by_test_id("add-picked").click()
    expect(changes).to_have_count(n + 2)
    expect(page.get_by_test_id("add-picked")).to_have_count(0)
    at = place(page, f"{graph}/embedding/-1/9/1430")
    page.mouse.click(at["x"], at["y"])
    expect(page.get_by_test_id("test-form")).to_contain_text("Dallas cannot be changed, only features can.")

    changes.last.get_by_role("button").click()
    expect(changes).to_have_count(n + 1)
    changes.first.get_by_test_id("change-op").select_option("set")
    expect(page.get_by_test_id("test-form")).to_contain_text("Write the activation that is to be set.")
    expect(page.get_by_test_id("run-test")).to_have_count(0)
    page.get_by_test_id("change-value").fill("0")
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")

    page.get_by_test_id("change-value").press("Escape")
    expect(page.get_by_test_id("test-panel")).to_have_count(0)
    expect(page.get_by_test_id("node-detail")).to_be_visible()  # what was selected last


def test_past_tests_are_listed_opened_and_deleted(page: Page, traced: Traced) -> None:
    set_up(page, traced.oakland)
    run(page)
    page.get_by_test_id("close-test").click()
    page.keyboard.press("Escape")
    expect(past(page)).to_have_count(1)
    assert "in the model" in text_of(past(page)) and "just now" in text_of(past(page))
    past(page).get_by_role("button").first.click()
    expect(page.get_by_test_id("test-result")).to_be_visible()
    page.get_by_test_id("close-test").click()

    page.get_by_test_id("delete-test").click()
    page.get_by_test_id("undo-delete").click()
    expect(past(page).get_by_role("button").first).to_contain_text("in the model")
    page.get_by_test_id("delete-test").click()
    expect(past(page)).to_contain_text("Deleted.")
    page.get_by_role("link", name="Library").click()  # whoever leaves does not take it back
    page.go_back()
    expect(page.get_by_test_id("graph-tests")).to_contain_text("choose Test")
    expect(past(page)).to_have_count(0)


def test_the_first_answers_are_verified_and_their_verdicts_stand_beside_them(
    page: Page, traced: Traced
) -> None:
    page.goto(traced.dallas)
    verdicts = page.get_by_test_id("row-verdict")
    expect(page.get_by_test_id("verify")).to_have_text("Test the first answers")
    expect(verdicts).to_have_count(0)
    page.get_by_test_id("verify").click()
    expect(page.get_by_test_id("verify")).to_have_text("Test again")
    expect(verdicts.first).to_be_visible()
    words = {text.removeprefix("Tested in the model: ") for text in verdicts.all_text_contents()}
    assert "holds" in words
    assert words <= {"holds", "holds, other size", "does not hold", "not specific", "too small"}
    holding = verdicts.filter(has_text="holds").first
    title = holding.get_attribute("title") or ""
    assert "predicted −" in title and "in the model −" in title
    n_holding, n_tested = numbers(page.get_by_test_id("verify-line").inner_text())
    assert 0 < n_holding <= n_tested

    faithfulness = page.get_by_test_id("faithfulness-graph")
    kept, random = numbers(faithfulness.get_by_role("row", name="in the model").inner_text())
    assert kept > 0.5 > random
    expect_accessible(page)

    page.reload()
    expect(verdicts.first).to_be_visible()
    page.get_by_test_id("group-by").select_option("layer")  # other groups, which were not tested
    expect(page.get_by_test_id("verify")).to_have_text("Test the first answers")
    expect(verdicts).to_have_count(0)
    page.get_by_test_id("mode-single").click()
    expect(page.get_by_test_id("verify-line")).to_have_count(0)


def test_what_another_graph_lends_changes_the_prediction(page: Page, traced: Traced) -> None:
    page.goto(traced.dallas)
    page.get_by_test_id("swap").click()
    expect(page.get_by_test_id("test-form")).to_contain_text("Choose the graph to take from.")
    donor = page.get_by_test_id("donors").get_by_role("radio")
    expect(page.get_by_test_id("donors")).to_contain_text("Oakland is → Sacramento")
    donor.first.check()
    expect(page.get_by_test_id("unpredicted")).to_contain_text("no node in this graph")
    run(page)
    rows = page.get_by_test_id("top-tokens").locator("tbody tr")
    sacramento = rows.filter(has_text="Sacramento")
    expect(sacramento).to_have_count(1)
    after = text_of(sacramento).split(" ", 1)[1]
    assert numbers(after)[-1] > 90
    assert numbers(page.get_by_test_id("chance").inner_text())[-1] < 10
    goes_on = page.get_by_test_id("continuation").locator("dd")
    expect(goes_on.first).to_contain_text("Austin")
    expect(goes_on.last).to_contain_text("Sacramento")
    expect(page.get_by_test_id("lender")).to_contain_text("Oakland")
    page.get_by_test_id("lender").get_by_role("link").click()
    page.wait_for_url(f"{traced.oakland}")


def test_a_graph_without_its_model_predicts_and_says_why_it_is_not_tested(
    page: Page, traced: Traced, tmp_path: Path
) -> None:
    import_graph(page, traced.site, write_graph(tmp_path / "foreign.json", "foreign", 7.5))
    expect(page.get_by_test_id("tests-why-not")).to_contain_text("Unknown model 'tiny-model'")
    expect(page.get_by_test_id("verify-line")).to_have_count(0)
    page.get_by_test_id("path-row").first.locator(".path-row-button").click()
    page.get_by_test_id("path-detail").get_by_test_id("test").click()
    expect(page.get_by_test_id("why-not")).to_contain_text("Unknown model 'tiny-model'")
    assert logits(effect(page, "predicted")) != 0
    expect(page.get_by_test_id("run-test")).to_have_count(0)
    page.get_by_test_id("change-op").select_option("transplant")
    expect(page.get_by_test_id("no-donors")).to_be_visible()


def test_a_test_that_is_gone_says_so(page: Page, traced: Traced, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    page.goto(f"{traced.dallas}?by=auto&test=0123456789abcdef")
    expect(page.get_by_test_id("test-panel")).to_contain_text("The test could not be read")


@pytest.mark.parametrize("width", [390, 900])
def test_a_test_fits_on_small_screens(page: Page, traced: Traced, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    set_up(page, traced.dallas)
    expect_no_overflow(page)
    page.get_by_test_id("change-op").first.select_option("transplant")
    expect(page.get_by_test_id("donors")).to_be_visible()
    expect_no_overflow(page)
