"""Several nodes selected in the drawing, in Chromium: by a box, one by one, and let go again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph, point_at
from tests.browser.test_drawing import frame, long_graph, place

pytestmark = pytest.mark.slow

EARLY, LATE = "feature/0/2/7", "feature/2/5/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """Twelve features stand side by side at layer 1 of the last token; `early` and `late` are elsewhere."""
    graph = import_graph(page, site, long_graph(tmp_path / "box.json", n_tokens=6))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    return graph


def drag_about(page: Page, *nodes: str, margin: float = 14) -> None:
    """Drag a box that just holds these nodes."""
    places = [place(page, node) for node in nodes]
    left, right = min(at["x"] for at in places) - margin, max(at["x"] for at in places) + margin
    top, bottom = min(at["y"] for at in places) - margin, max(at["y"] for at in places) + margin
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=5)
    page.mouse.up()


def selected(page: Page) -> list[str]:
    listed = page.get_by_test_id("members").locator("[data-node-id]")
    return [str(one.get_attribute("data-node-id")).split("/", 1)[1] for one in listed.all()]


def test_a_box_with_shift_selects_what_is_in_it(page: Page, graph: str) -> None:
    crowd = [f"feature/1/5/{40 + at}" for at in range(12)]
    drawing = page.get_by_test_id("drawing")
    page.keyboard.down("Shift")
    drag_about(page, *(f"{graph}/{one}" for one in crowd))
    expect(page.get_by_test_id("selection-detail")).to_contain_text("12 nodes")
    assert sorted(selected(page)) == sorted(crowd)
    expect(drawing).to_have_attribute("data-selected-nodes", "12")
    expect(page.get_by_test_id("zoom-reset")).to_be_disabled()  # the drawing has not moved

    drag_about(page, f"{graph}/{EARLY}")  # more, with Shift still down
    page.keyboard.up("Shift")
    expect(drawing).to_have_attribute("data-selected-nodes", "13")
    expect_accessible(page)
    expect(page).to_have_url(re.compile("sel="))
    address = page.url
    page.reload()
    expect(drawing).to_have_attribute("data-selected-nodes", "13")
    assert page.url == address
    page.keyboard.press("Escape")
    expect(drawing).to_have_attribute("data-selected-nodes", "0")
    expect(page.get_by_test_id("graph-facts")).to_be_visible()


def test_shift_and_a_click_add_one_and_take_it_out(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    point_at(page, f"{graph}/{EARLY}", click=True)
    expect(page.get_by_test_id("node-detail")).to_contain_text("early")
    page.keyboard.down("Shift")
    point_at(page, f"{graph}/{LATE}", click=True)
    expect(page.get_by_test_id("selection-detail")).to_contain_text("2 nodes")
    assert selected(page) == [EARLY, LATE]
    box = frame(page)
    page.mouse.click(box["x"] + 200, box["y"] + 60)  # beside all nodes: nothing is added, nothing goes
    expect(drawing).to_have_attribute("data-selected-nodes", "2")
    point_at(page, f"{graph}/{EARLY}", click=True)
    page.keyboard.up("Shift")
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")
    page.mouse.click(box["x"] + 200, box["y"] + 60)
    expect(drawing).to_have_attribute("data-selected-nodes", "0")


def test_the_box_button_makes_every_drag_a_box(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    button = page.get_by_test_id("box-select")
    expect(button).to_have_attribute("aria-pressed", "false")
    drag_about(page, f"{graph}/{LATE}")
    expect(drawing).to_have_attribute("data-selected-nodes", "0")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    drag_about(page, f"{graph}/{LATE}")
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")
    drag_about(page, f"{graph}/{EARLY}")  # without Shift, it is another selection
    expect(page.get_by_test_id("node-detail")).to_contain_text("early")
    point_at(page, f"{graph}/{LATE}", click=True)  # a click is a click
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")
    button.click()
    drag_about(page, f"{graph}/{EARLY}")
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")


def test_a_finger_draws_a_box(page: Page, site: str, tmp_path: Path) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(viewport={"width": 1000, "height": 800}, has_touch=True)
    phone = context.new_page()
    graph = import_graph(phone, site, long_graph(tmp_path / "touch.json", n_tokens=6))
    expect(phone.get_by_test_id("path-row").first).to_be_visible()
    phone.get_by_test_id("box-select").tap()
    at = place(phone, f"{graph}/{LATE}")
    client = context.new_cdp_session(phone)
    for kind, x, y in (
        ("touchStart", at["x"] - 20, at["y"] - 20),
        ("touchMove", at["x"], at["y"]),
        ("touchMove", at["x"] + 20, at["y"] + 20),
        ("touchEnd", 0, 0),
    ):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(phone.get_by_test_id("node-detail")).to_contain_text("late")
    expect(phone.get_by_test_id("zoom-reset")).to_be_disabled()
    context.close()
