"""Zooming in Chromium: tokens and layers apart, by wheel, drag, pinch and buttons; what keeps its size; ways back."""

from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import import_graph
from tests.browser.test_drawing import frame, long_graph, names, painted, place, radius

pytestmark = pytest.mark.slow


class Zoom(NamedTuple):
    """The factors across and up."""

    tokens: float
    layers: float


class Opened:
    """A graph that fits its frame, and two of its nodes, at the first tokens and at the last."""

    def __init__(self, page: Page, site: str, folder: Path) -> None:
        self.page = page
        graph = import_graph(page, site, long_graph(folder / "long.json", 24))
        self.early, self.late = f"{graph}/feature/0/2/7", f"{graph}/feature/2/23/9"
        page.wait_for_function("() => document.querySelector('[data-painted]')")
        painted(page)
        self.first = self.zoom()

    def zoom(self) -> Zoom:
        view = self.page.evaluate("window.__scene.zoom()")
        return Zoom(view["tokens"], view["layers"])

    def over(self, x: float, y: float) -> None:
        """Put the pointer to a place in the drawing."""
        box = frame(self.page)
        self.page.mouse.move(box["x"] + x, box["y"] + y)

    def expect_zoom(self, tokens: float, layers: float) -> None:
        self.page.wait_for_function(
            "([tokens, layers]) => { const at = window.__scene.zoom();"
            " return Math.abs(at.tokens / tokens - 1) < 0.01 && Math.abs(at.layers / layers - 1) < 0.01 }",
            arg=[tokens, layers],
        )
        painted(self.page)


@pytest.fixture
def opened(page: Page, site: str, tmp_path: Path) -> Opened:
    return Opened(page, site, tmp_path)


def test_the_wheel_zooms_both_and_an_axis_alone_what_it_shows(page: Page, opened: Opened) -> None:
    assert opened.zoom() == (1, 1)
    opened.over(300, 200)
    page.mouse.wheel(0, -500)
    opened.expect_zoom(2, 2)

    page.mouse.move(*centre_of_axis(page, "tokens"))
    page.mouse.wheel(0, -500)
    opened.expect_zoom(4, 2)
    page.mouse.move(*centre_of_axis(page, "layers"))
    page.mouse.wheel(0, -250)
    opened.expect_zoom(4, 2 * 2**0.5)
    page.mouse.dblclick(*centre_of_axis(page, "layers"))
    opened.expect_zoom(4, 1)
    page.mouse.dblclick(*centre_of_axis(page, "tokens"))
    opened.expect_zoom(1, 1)


def test_a_drag_along_an_axis_zooms_it(page: Page, opened: Opened) -> None:
    x, y = centre_of_axis(page, "tokens")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y, steps=5)
    page.mouse.up()
    opened.expect_zoom(2, 1)
    x, y = centre_of_axis(page, "layers")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 150, steps=5)
    page.mouse.up()
    opened.expect_zoom(2, 2)
    expect(page.get_by_test_id("node-detail")).to_have_count(0)


def test_the_axes_say_what_they_do(page: Page, opened: Opened) -> None:
    for axis in ("tokens", "layers"):
        title = page.locator(f"[data-zooms={axis}]").get_attribute("title")
        assert title is not None and f"the {axis} alone" in title
    page.get_by_test_id("open-help").click()
    expect(page.get_by_test_id("help")).to_contain_text(
        "over the tokens or the layers at the edge, these alone"
    )
    page.keyboard.press("Escape")
    assert opened.zoom() == opened.first


def test_what_is_under_the_pointer_stays_there(page: Page, opened: Opened) -> None:
    before = place(page, opened.late)
    page.mouse.move(before["x"], before["y"])
    page.mouse.wheel(0, -700)
    painted(page)
    after = place(page, opened.late)
    assert after["x"] == pytest.approx(before["x"], abs=1)
    assert after["y"] == pytest.approx(before["y"], abs=1)
    expect(page.get_by_test_id("tooltip")).to_contain_text("late")
    page.mouse.click(after["x"], after["y"])
    expect(page.get_by_test_id("node-detail")).to_contain_text("late")


def test_marks_and_names_keep_their_size_while_one_axis_zooms(page: Page, opened: Opened) -> None:
    before, box = radius(page, opened.late), names(page)["late"]
    x, y = centre_of_axis(page, "layers")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -500)
    opened.expect_zoom(1, 2)
    page.wait_for_function("() => window.__scene.drawnNames().some(({ text }) => text === 'late')")
    assert radius(page, opened.late) == before
    assert (names(page)["late"]["width"], names(page)["late"]["height"]) == (box["width"], box["height"])


def test_buttons_zoom_to_the_selection_and_to_the_whole(page: Page, opened: Opened) -> None:
    to_selection, whole = page.get_by_test_id("zoom-selection"), page.get_by_test_id("zoom-reset")
    expect(to_selection).to_be_disabled()
    at = place(page, opened.early)
    page.mouse.click(at["x"], at["y"])
    to_selection.click()
    opened.expect_zoom(4, 4)
    place(page, opened.early)
    whole.click()
    opened.expect_zoom(1, 1)
    expect(whole).to_be_disabled()

    zoom_in, zoom_out = (page.get_by_role("button", name=name) for name in ("Zoom in", "Zoom out"))
    zoom_in.click(modifiers=["Shift"])
    opened.expect_zoom(1.6, 1)
    zoom_in.click(modifiers=["Alt"])
    opened.expect_zoom(1.6, 1.6)
    zoom_in.focus()
    page.keyboard.press("Enter")
    opened.expect_zoom(2.56, 2.56)
    zoom_out.click(modifiers=["Shift"])
    opened.expect_zoom(1.6, 2.56)
    box = frame(page)
    page.mouse.dblclick(box["x"] + 400, box["y"] + 12)
    opened.expect_zoom(1, 1)


def test_a_moved_picture_of_the_links_is_painted_anew(page: Page, opened: Opened) -> None:
    opened.over(300, 200)
    page.mouse.wheel(0, -500)
    opened.expect_zoom(2, 2)
    page.wait_for_function("() => document.querySelector('.drawing-links').style.transform === ''")
    page.mouse.wheel(0, 2000)  # so far that the last picture covers little of the frame
    opened.expect_zoom(1, 1)
    page.wait_for_function(
        "() => !document.querySelector('.drawing-links').hidden && document.querySelector('.drawing-whole').hidden"
    )


def centre_of_axis(page: Page, axis: str) -> tuple[float, float]:
    box = page.locator(f"[data-zooms={axis}]").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
