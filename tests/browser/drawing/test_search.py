"""The search over the drawing, in Chromium: what is found, shown on the way, and selected."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.browser.test_budget import fan, is_drawn
from tests.browser.test_drawing import long_graph

pytestmark = pytest.mark.slow

EARLY, LATE = "feature/0/2/7", "feature/2/5/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    graph = import_graph(page, site, long_graph(tmp_path / "search.json", n_tokens=6))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    return graph


def results(page: Page) -> Locator:
    return page.get_by_test_id("search-result")


def search(page: Page, text: str) -> None:
    """Open the search by its key and write into it."""
    page.keyboard.press("/")
    field = page.get_by_test_id("search-field")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    field.fill(text)


def test_a_node_is_found_by_its_label_shown_and_selected(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    search(page, "late")
    expect(results(page)).to_have_count(1)
    expect(results(page)).to_contain_text("late L2 #9 token5")
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    expect_accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("node-detail")).to_have_attribute("data-node-id", f"{graph}/{LATE}")
    expect(page.get_by_test_id("search")).to_have_count(0)
    expect(drawing).to_be_focused()


def test_layers_ids_kinds_and_tokens_are_found(page: Page, graph: str) -> None:
    search(page, "L1")
    expect(page.get_by_test_id("search-count")).to_have_text("12 nodes")
    field = page.get_by_test_id("search-field")
    for text, count in (
        ("L1 #45", 1),
        ("1/45", 1),
        ("#4", 10),
        ("logits", 10),
        ("token5", 14),
        ("spring", 1),
        ("cat", 0),
    ):
        field.fill(text)
        expect(results(page)).to_have_count(count)
    expect(page.get_by_test_id("search-count")).to_contain_text("No node")
    field.fill("token5")
    expect(results(page).first).to_contain_text("token5 embedding")
    expect(results(page).nth(1)).to_contain_text("late")  # of what stands there, it carries most
    assert page.url.endswith(graph), "searching selects nothing"


def test_the_arrows_go_through_what_is_found(page: Page, graph: str) -> None:
    search(page, "token5")
    expect(results(page).nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(results(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-hovered]").first).to_be_attached()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(results(page).nth(0)).to_have_attribute("aria-selected", "true")
    results(page).nth(1).hover()
    expect(results(page).nth(1)).to_have_attribute("aria-selected", "true")
    results(page).nth(1).click()
    expect(page.get_by_test_id("node-detail")).to_have_attribute("data-node-id", f"{graph}/{LATE}")


def test_escape_closes_the_search_and_nothing_else(page: Page, graph: str) -> None:
    search(page, "early")
    page.keyboard.press("Enter")
    detail = page.get_by_test_id("node-detail")
    expect(detail).to_have_attribute("data-node-id", f"{graph}/{EARLY}")
    search(page, "late")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("search")).to_have_count(0)
    expect(detail).to_be_visible()
    expect(page.get_by_test_id("drawing")).to_be_focused()
    page.get_by_test_id("open-search").click()
    page.get_by_label("Close the search").click()
    expect(page.get_by_test_id("search")).to_have_count(0)


@pytest.mark.usefixtures("graph")
def test_all_that_is_found_can_be_selected(page: Page) -> None:
    search(page, "L1")
    page.get_by_test_id("select-results").click()
    expect(page.get_by_test_id("selection-detail")).to_contain_text("12 nodes")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-selected-nodes", "12")
    expect(page).to_have_url(re.compile("sel="))
    search(page, "feature")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-selected-nodes", "14")
    expect(page.get_by_test_id("drawing")).to_be_focused()
    expect(page.get_by_test_id("tooltip")).to_have_count(0)


@pytest.mark.usefixtures("graph")
def test_the_search_and_the_help_open_over_the_circuit_too(page: Page) -> None:
    tab = page.get_by_test_id("tabs").get_by_role("button", name="Circuit")
    tab.click()
    search(page, "late")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")
    expect(tab).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_test_id("help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("help")).to_be_hidden()


def test_a_hidden_node_is_found_and_says_so(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, fan(tmp_path / "hidden.json", 14))
    page.get_by_test_id("show").fill("50")
    assert not is_drawn(page, graph, 113)
    page.get_by_test_id("drawing").focus()
    search(page, "0/1")
    expect(results(page)).to_have_count(14)
    first, last = results(page).first, results(page).last
    expect(first).to_contain_text("#100")
    expect(first).not_to_contain_text("hidden")
    expect(last).to_contain_text("hidden")
    last.click()
    expect(page.get_by_test_id("node-detail")).to_contain_text("L0 #113")
    assert is_drawn(page, graph, 113)
