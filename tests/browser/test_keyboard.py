"""The page by keyboard, and what it says to those who do not see it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import import_graph
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

HAS_FOCUS = "document.activeElement !== null && document.activeElement !== document.body"

MISNAMED = """() => [...document.querySelectorAll("button, a, select, input, summary, [role]")].flatMap(each => {
    const name = each.getAttribute("aria-label");
    const seen = each.matches("select") ? "" : each.innerText.trim().toLowerCase().replace(/\\s+/g, " ");
    const isText = /[a-z0-9]/.test(seen);
    return name !== null && isText && each.matches("button, a, summary") && !name.toLowerCase().includes(seen)
        ? [`${name}: ${seen}`]
        : [];
})"""


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """`Dallas → L0 #7 → Austin` raises Austin, and lowers it by way of Texas."""
    file = tmp_path / "keyboard.json"
    file.write_text(
        json.dumps(edited(lambda document: document["links"].append(link("0_7_1", "5_22898_2", 5.0))))
    )
    return import_graph(page, site, file)


def focused(page: Page) -> str:
    """The text of what has the focus, in one line."""
    return " ".join(str(page.evaluate("document.activeElement.innerText")).split())


@pytest.mark.usefixtures("graph")
def test_the_keyboard_goes_from_a_row_to_its_details_and_back(page: Page) -> None:
    row = page.locator(".path-row-button").first
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("path-detail")).to_be_visible()
    expect(row).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("to-details")).to_be_focused()
    page.keyboard.press("Enter")
    assert focused(page).startswith("Dallas → L0 #7"), focused(page)

    # Each node that is opened replaces the button that opened it.
    for action in ("Test", "Dallas"):
        page.keyboard.press("Tab")
        assert focused(page).startswith(action)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    assert focused(page) == "Dallas"
    page.get_by_test_id("goes-to").get_by_role("button").first.press("Enter")
    expect(page.get_by_test_id("node-detail")).to_contain_text("L0 #7")
    assert focused(page) == "L0 #7"
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    expect(page.get_by_test_id("graph-facts")).to_be_visible()


@pytest.mark.usefixtures("graph")
def test_closing_the_details_keeps_the_focus_in_them(page: Page) -> None:
    page.locator(".path-row-button").first.press("Enter")
    page.get_by_test_id("path-detail").locator(".node-button").nth(1).press("Enter")
    page.get_by_role("button", name="Close the details").press("Enter")
    expect(page.get_by_test_id("path-detail")).to_be_visible()
    assert focused(page).startswith("Dallas →")


def test_what_goes_leaves_the_focus_to_what_stays(page: Page, site: str, graph: str) -> None:
    page.locator(".path-row-button").first.press("Enter")
    page.get_by_test_id("path-detail").locator(".node-button").nth(1).press("Enter")
    page.get_by_test_id("through-this").press("Enter")
    page.get_by_test_id("remove-filter").press("Enter")  # the chip goes
    expect(page.get_by_test_id("filters")).to_have_count(0)
    assert page.evaluate(HAS_FOCUS)

    page.get_by_test_id("around-this").press("Enter")
    page.get_by_test_id("drop-filter").press("Enter")  # the way out goes
    expect(page.get_by_test_id("way-out")).to_have_count(0)
    assert page.evaluate(HAS_FOCUS)

    page.goto(site)
    row = page.locator(f"[data-graph-id='{graph}']")
    row.get_by_test_id("delete-graph").press("Enter")
    expect(row).to_have_attribute("data-deleted", "true")
    assert page.evaluate(HAS_FOCUS)
    page.get_by_test_id("undo-delete").press("Enter")
    expect(row.get_by_test_id("delete-graph")).to_be_visible()
    assert page.evaluate(HAS_FOCUS)


@pytest.mark.usefixtures("graph")
def test_a_click_beside_everything_takes_the_focus_away(page: Page) -> None:
    page.locator(".path-row-button").first.click()
    page.locator("[data-testid=coverage] p").first.click()
    page.get_by_test_id("score-picker").select_option("influence")  # the rows go
    assert page.evaluate("document.activeElement.dataset.testid ?? document.activeElement.tagName") in (
        "BODY",
        "score-picker",
    )


@pytest.mark.usefixtures("graph")
def test_names_contain_what_is_seen(page: Page, site: str) -> None:
    """WCAG 2.5.3, for those who say aloud what they see."""
    page.locator(".path-row-button").first.click()
    assert page.evaluate(MISNAMED) == []
    page.get_by_test_id("path-detail").locator(".node-button").nth(1).click()
    page.get_by_test_id("through-this").click()
    chip = page.get_by_test_id("filter-through")
    expect(chip).to_be_visible()
    assert page.evaluate(MISNAMED) == []
    expect(page.get_by_role("button", name="through L0 #7 Dallas: remove")).to_be_visible()
    page.goto(site)
    expect(page.get_by_test_id("graph-row").first).to_be_visible()
    assert page.evaluate(MISNAMED) == []
