"""The search over everything, in Chromium: by the keyboard alone, on both engines."""

import re
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.around.test_feature_page import stored
from tests.browser.reading import AWAY, expect_accessible, hold_requests, let_go
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.api import write_pair
from tests.support.engines import Engine
from tests.support.patience import PATIENCE, soon
from tests.support.processes import serving, url

pytestmark = pytest.mark.slow

REOPEN = """() => {
    document.querySelector("dialog[open]").close();
    dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, cancelable: true }));
}"""
SEARCH = re.compile(r"/api/search\?")


def field(page: Page) -> Locator:
    return page.get_by_test_id("find-field")


def found(page: Page, group: str) -> Locator:
    """The items of a group."""
    return page.get_by_test_id("find").get_by_role("group", name=group, exact=True).get_by_role("option")


def settled(page: Page) -> None:
    expect(page.get_by_test_id("find-status")).to_have_attribute("data-searching", "false")


def seek(page: Page, text: str) -> None:
    """Open the search by its keys, once the page hears them, and type."""
    expect(page.get_by_test_id("find-open").last).to_be_visible()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    page.keyboard.type(text)
    expect(field(page)).to_have_value(text)
    settled(page)


def is_finished(address: str, text: str) -> bool:
    """Whether the server finishes a search in its time: a database that has planned no such search yet may take longer,
    and the rest of the answer is then left out."""
    return not requests.get(f"{address}/api/search", params={"q": text}).json()["unfinished"]


def until_asked(page: Page, held: list[Route]) -> None:
    """Wait until a request is held."""
    deadline = time.monotonic() + PATIENCE
    while not held:
        assert time.monotonic() < deadline, "no request was made"
        page.wait_for_timeout(20)  # it lets Playwright hear of requests


def active(page: Page) -> Locator:
    """The item that Enter opens, which the field names as its own."""
    one = page.get_by_test_id("find").locator("[aria-selected=true]")
    expect(one).to_have_count(1)
    assert field(page).get_attribute("aria-activedescendant") == one.get_attribute("id")
    return one


def test_everything_is_found_by_the_keyboard_alone(page: Page, engine: Engine, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--no-examples", "--database", engine.url):
        address = url(data)
        dallas, oakland = (stored(address, file) for file in write_pair(tmp_path))
        graph = f"{address}/api/graphs/{oakland}"
        assert requests.put(f"{graph}/views/state%20step", json={"revision": 0}).ok
        assert requests.put(f"{address}/api/collections/cities%20of%20Oakland", json={}).ok
        for text in ("OAKLAND", "L0 #2"):  # of each form that is asked below
            assert soon(partial(is_finished, address, text))
        page.goto(address)
        # In a field that is being typed into, too.
        page.get_by_test_id("prompt-input").focus()

        seek(page, "OAKLAND")
        expect(found(page, "Graphs")).to_have_count(1)
        expect(found(page, "Graphs").locator("mark")).to_have_text("Oakland")
        expect(found(page, "Views")).to_have_count(0)  # none is called so
        expect(found(page, "Collections").locator("mark")).to_have_text("Oakland")
        expect(active(page)).to_contain_text("Oakland")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/graphs/{oakland}")
        expect(page.get_by_test_id("find")).to_have_count(0)

        seek(page, "L0 #2")
        expect(found(page, "Features")).to_have_count(1)
        expect(active(page)).to_contain_text("L0 #2 · 2 nodes · google/tiny")
        page.keyboard.press("Enter")
        page.wait_for_url("**/features/google%2Ftiny/a%2Fb/0/2")
        expect(page.get_by_test_id("firing-graph")).to_have_count(2)

        seek(page, "texas")
        expect(active(page)).to_contain_text("Texas")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("find")).to_have_count(0)

        seek(page, "step")
        expect(found(page, "Views").locator("mark")).to_have_text("step")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/graphs/{oakland}?view=state%20step")

        seek(page, "cities")
        page.keyboard.press("Enter")
        page.wait_for_url("**/collections/cities%20of%20Oakland")

        seek(page, "nearest")
        expect(found(page, "Named queries").first).to_contain_text("nearest-graphs")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask?q=nearest-graphs")

        saved = requests.put(
            f"{address}/api/saved-queries/all%20logits", json={"cypher": "MATCH (n:LogitNode) RETURN n.token"}
        )
        assert saved.ok, saved.text
        seek(page, "all logits")
        expect(found(page, "Saved queries")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/ask\?saved=all\+logits$"))

        seek(page, "runs")
        expect(active(page)).to_contain_text("Runs")
        page.keyboard.press("Enter")
        page.wait_for_url("**/runs")
        assert dallas != oakland
        page.goto("about:blank")


def test_the_arrows_go_through_all_groups_and_around(page: Page, site: str, tmp_path: Path) -> None:
    for file in write_pair(tmp_path):
        stored(site, file)
    page.goto(site)
    opener = page.get_by_test_id("find-open")
    opener.press("Enter")
    expect(page.get_by_test_id("find-status")).to_contain_text("Type words")
    groups = page.get_by_test_id("find").get_by_role("group")
    assert [group.get_attribute("data-group") for group in groups.all()] == ["Pages", "Actions"]
    texts = page.get_by_test_id("find").get_by_role("option").all_inner_texts()
    for text in texts:
        assert active(page).inner_text() == text
        page.keyboard.press("ArrowDown")
    assert active(page).inner_text() == texts[0]
    page.keyboard.press("ArrowUp")
    assert active(page).inner_text() == texts[-1]
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()

    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Control+k")  # its keys close it, too
    expect(page.get_by_test_id("find")).to_have_count(0)

    seek(page, "texas")
    for _ in range(5):  # opened again before the browser has told that it was closed
        page.evaluate(REOPEN)
        expect(field(page)).to_be_focused()
        expect(field(page)).to_have_value("")


def test_an_answer_that_comes_late_changes_nothing(page: Page, site: str, tmp_path: Path) -> None:
    for file in write_pair(tmp_path):
        stored(site, file)
    page.goto(site)
    expect(page.get_by_test_id("find-open")).to_be_visible()
    held = hold_requests(page, SEARCH, "q=dallas")
    page.keyboard.press("Control+k")
    page.keyboard.type("dallas")
    expect(page.get_by_test_id("find-status")).to_have_text("Searching…")
    until_asked(page, held)
    field(page).fill("oakland")
    settled(page)
    expect(found(page, "Graphs")).to_have_count(1)
    expect(found(page, "Graphs")).to_contain_text("Oakland")
    with suppress(PlaywrightError):  # the page has given it up, as it should
        let_go(page, held)
    expect(found(page, "Graphs")).to_contain_text("Oakland")
    expect(field(page)).to_have_value("oakland")


def test_what_was_chosen_before_is_offered_first(page: Page, site: str, tmp_path: Path) -> None:
    dallas, oakland = (stored(site, file) for file in write_pair(tmp_path))
    page.goto(site)
    for words, graph in (("dallas", dallas), ("oakland", oakland)):
        seek(page, words)
        expect(found(page, "Graphs")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/graphs/{graph}")
    page.reload()
    seek(page, "")
    expect(found(page, "Recent")).to_have_count(2)
    expect(found(page, "Recent").first).to_contain_text("Oakland")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/graphs/{dallas}")


def test_an_action_is_done_here(page: Page, site: str) -> None:
    page.goto(site)
    seek(page, "dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_test_id("theme")).to_have_attribute("title", "Theme: dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_nothing_is_said_to_be_nothing(page: Page, site: str) -> None:
    page.goto(site)
    seek(page, "zzzz")
    expect(page.get_by_test_id("find-status")).to_have_text("Nothing here is called so.")
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")  # there is nothing to open
    expect(field(page)).to_be_focused()


def test_while_the_server_is_away_pages_are_found_and_then_the_rest(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        for file in write_pair(tmp_path):
            stored(address, file)
        page.goto(address)
        expect(page.get_by_test_id("prompt-input")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("oakland")
    expect(page.get_by_test_id("find-trouble")).to_contain_text("The server does not answer")
    field(page).fill("theme")
    expect(found(page, "Actions")).to_have_count(3)
    field(page).fill("oakland")
    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(found(page, "Graphs")).to_have_count(1)
        expect(page.get_by_test_id("find-trouble")).to_have_count(0)
        expect(field(page)).to_have_value("oakland")
        page.goto("about:blank")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_on_every_screen(page: Page, site: str, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for file in write_pair(tmp_path):
        stored(site, file)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(site)
        expect(page.get_by_test_id("prompt-input")).to_be_visible()
        seek(page, "")
        expect_accessible(page)
        page.keyboard.type("a")
        settled(page)
        expect(found(page, "Graphs").first).to_be_visible()
        expect_accessible(page)
        expect_no_overflow(page)


def test_a_page_inside_another_has_none(page: Page, site: str, tmp_path: Path) -> None:
    graph = stored(site, write_pair(tmp_path)[0])
    page.goto(f"{site}/graphs/{graph}?embed=true")
    expect(page.get_by_test_id("drawing")).to_be_visible()
    page.keyboard.press("Control+k")
    page.wait_for_timeout(200)
    expect(page.get_by_test_id("find")).to_have_count(0)
    expect(page.get_by_test_id("find-open")).to_have_count(0)
