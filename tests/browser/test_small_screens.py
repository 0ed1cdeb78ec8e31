"""The page on a phone and on a small window: nothing overflows, everything can be reached."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import REFUSED, import_graph
from tests.support.processes import write_graph

pytestmark = pytest.mark.slow

WIDTHS = (390, 600)

OVERFLOWING = """() => {
    const width = document.documentElement.clientWidth;
    const beyond = [...document.querySelectorAll("body *")].filter(each => {
        const { left, right, width: wide } = each.getBoundingClientRect();
        const seen = each.checkVisibility() && getComputedStyle(each).clipPath === "none";
        return seen && wide > 0 && (right > width + 0.5 || left < -0.5);
    });
    // What a box around it cuts off or scrolls is not beyond the page.
    const cut = each => {
        for (let box = each.parentElement; box && box !== document.body; box = box.parentElement) {
            if (getComputedStyle(box).overflowX !== "visible" && box.getBoundingClientRect().right <= width + 0.5)
                return true;
        }
        return false;
    };
    const strays = beyond.filter(each => !cut(each)).map(each => `${each.tagName}.${each.getAttribute("class")}`);
    return document.documentElement.scrollWidth > width ? [...strays, document.documentElement.scrollWidth] : strays;
}"""


def expect_no_overflow(page: Page) -> None:
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_page(
    page: Page, site: str, tmp_path: Path, width: int, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    page.set_viewport_size({"width": width, "height": 800})
    long = f"A prompt of {width} words, more than a phone has room for in one line, however small its letters"
    file = write_graph(tmp_path / "long.json", "long", 3.5 + width, prompt=long)
    graph = import_graph(page, site, file)

    page.goto(site)
    link = page.locator(f"[data-graph-id='{graph}'] a")
    box = link.bounding_box()
    assert box is not None and box["width"] > width / 2, "the link has room"
    expect_no_overflow(page)
    page.locator(f"[data-graph-id='{graph}']").get_by_test_id("delete-graph").click()
    expect_no_overflow(page)
    page.get_by_test_id("undo-delete").click()

    link.click()
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    expect_no_overflow(page)
    answer, drawing = (
        page.get_by_test_id("paths").bounding_box(),
        page.get_by_test_id("drawing").bounding_box(),
    )
    assert answer is not None and drawing is not None and answer["y"] < drawing["y"], "the answer comes first"
    page.locator(".path-row-button").first.click()
    expect(page.get_by_test_id("path-detail")).to_be_visible()
    expect_no_overflow(page)
    page.get_by_test_id("to-details").click()
    page.get_by_test_id("path-detail").locator(".node-button").nth(1).click()
    page.get_by_test_id("through-this").click()
    expect(page.get_by_test_id("filters")).to_be_visible()
    expect_no_overflow(page)
    page.get_by_test_id("around-this").click()
    expect(page.get_by_test_id("way-out")).to_be_visible()
    expect_no_overflow(page)
    page.get_by_test_id("score-help").click()
    expect(page.get_by_test_id("score-help-dialog")).to_be_visible()
    expect_no_overflow(page)

    page.goto(f"{site}/graphs/{'0123456789' * 6}")
    expect(page.get_by_test_id("error-banner")).to_be_visible()
    expect_no_overflow(page)


def test_one_column_ends_at_900(page: Page, site: str, tmp_path: Path) -> None:
    import_graph(page, site, write_graph(tmp_path / "columns.json", "columns", 7.5))
    for width, places in ((899, 3), (901, 1)):
        page.set_viewport_size({"width": width, "height": 800})
        # The page puts the columns elsewhere a moment after the window has its width.
        page.wait_for_function(
            """places => {
                const named = [".opened-paths", ".opened-stage", ".opened-details"];
                const parts = named.map((each) => document.querySelector(each));
                const tops = parts.map((part) => part?.getBoundingClientRect().top);
                return parts.every((part) => part) && new Set(tops).size === places;
            }""",
            arg=places,
        )
        expect_no_overflow(page)


def test_back_from_a_graph_leads_to_where_one_was(page: Page, site: str, tmp_path: Path) -> None:
    for at in range(4):
        import_graph(
            page, site, write_graph(tmp_path / f"{at}.json", prompt=f"prompt {at}", weight=10.5 + at)
        )
    page.set_viewport_size({"width": 390, "height": 360})
    page.goto(site)
    page.locator("[data-testid=graph-row] a").nth(3).scroll_into_view_if_needed()
    page.mouse.wheel(0, 10)
    page.wait_for_function("() => window.scrollY > 0")
    page.locator("[data-testid=graph-row] a").nth(3).click()
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    assert page.evaluate("window.scrollY") == 0, "a graph opens at its top"
    page.mouse.wheel(0, 200)
    page.go_back()
    expect(page.locator("[data-testid=graph-row]").nth(3)).to_be_visible()
    page.wait_for_function("() => window.scrollY > 0")
    row = page.locator("[data-testid=graph-row] a").nth(3).bounding_box()
    assert row is not None and 0 <= row["y"] < 360, "the graph's row is in sight"
