"""The drawing by keyboard, in Chromium: one stop of the Tab key, in which the arrows walk from node to node."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.browser.test_drawing import long_graph, place

pytestmark = pytest.mark.slow

EARLY, LATE = "feature/0/2/7", "feature/2/5/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """`token1 → early → Springfield`, `token4 → late ⊣ Springfield`, and twelve features that carry little."""
    graph = import_graph(page, site, long_graph(tmp_path / "walk.json", n_tokens=6))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    return graph


def expect_said(page: Page, text: str) -> None:
    expect(page.get_by_test_id("walked")).to_contain_text(text)


def test_the_arrows_walk_along_the_links(page: Page, graph: str) -> None:
    page.get_by_test_id("box-select").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    drawing = page.get_by_test_id("drawing")
    for _ in range(4):  # past the buttons that zoom
        if drawing.evaluate("drawing => drawing === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    expect(drawing).to_be_focused()
    expect_said(page, "Springfield, logit")
    expect(page.get_by_test_id("tooltip")).to_contain_text("Springfield")
    page.keyboard.press("ArrowDown")
    expect_said(page, "early, feature, layer 0, at token2: excites Springfield")
    expect(page.get_by_test_id("tooltip")).to_contain_text("early")
    expect(page.get_by_test_id("token").filter(has_text="token2")).to_have_attribute("data-hovered", "")
    page.keyboard.press("ArrowDown")
    expect_said(page, "token1, token 2 of 6")
    page.keyboard.press("ArrowDown")
    expect_said(page, "No input is drawn.")
    page.keyboard.press("ArrowUp")
    expect_said(page, "early")
    page.keyboard.press("ArrowUp")
    expect_said(page, "Springfield, logit")
    assert page.url.endswith(graph), "walking selects nothing"


def test_the_arrows_walk_along_layers_and_tokens(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    drawing.focus()
    page.keyboard.press("ArrowRight")
    expect_said(page, "Chicago, logit")
    page.keyboard.press("Home")
    expect_said(page, "Springfield, logit")
    page.keyboard.press("ArrowLeft")
    expect_said(page, "The first of its layer.")
    page.keyboard.press("Alt+ArrowDown")
    expect_said(page, "late, feature, layer 2, at token5.")
    page.keyboard.press("Alt+ArrowDown")
    expect_said(page, "layer 1, at token5")
    page.keyboard.press("Alt+ArrowDown")
    expect_said(page, "token5, token 6 of 6")
    for at in range(4, -1, -1):
        page.keyboard.press("ArrowLeft")
        expect_said(page, f"token {at + 1} of 6")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowUp")
    expect_said(page, "early, feature, layer 0, at token2.")
    place(page, f"{graph}/{EARLY}")
    expect_accessible(page)


def test_enter_opens_the_details_and_the_focus_is_never_lost(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    detail = page.get_by_test_id("node-detail")
    drawing.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(detail).to_have_attribute("data-node-id", f"{graph}/{EARLY}")
    expect(drawing).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.innerText") == "early"
    page.keyboard.press("Escape")
    expect(drawing).to_be_focused()
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
    expect_said(page, "early")

    page.keyboard.press("ArrowDown")  # from where one was
    expect_said(page, "token1")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_test_id("selection-detail")).to_contain_text("2 nodes")
    expect(drawing).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawing).to_have_attribute("data-selected-nodes", "0")
    expect(drawing).to_be_focused()


def test_a_long_prompt_scrolls_to_where_the_keyboard_is(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, long_graph(tmp_path / "long.json"))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    page.get_by_test_id("drawing").focus()
    page.keyboard.press("ArrowDown")
    expect_said(page, "early")
    place(page, f"{graph}/{EARLY}")
    page.keyboard.press("ArrowUp")
    expect_said(page, "Springfield")
    place(page, f"{graph}/logit/4/74/500")


@pytest.mark.usefixtures("graph")
def test_a_question_mark_lists_the_keys(page: Page) -> None:
    help_ = page.get_by_test_id("help")
    page.keyboard.press("?")
    expect(help_).to_be_visible()
    expect(help_).to_contain_text("to the strongest input")
    expect_accessible(page)
    page.keyboard.press("f")  # what is under the dialog hears no key
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.get_by_test_id("open-help").click()
    expect(help_).to_be_visible()
    help_.get_by_label("Close").click()
    expect(page.get_by_test_id("open-help")).to_be_focused()


@pytest.mark.usefixtures("graph")
def test_f_gives_the_drawing_the_whole_screen(page: Page) -> None:
    is_full = "document.fullscreenElement?.classList.contains('opened-stage') ?? false"
    assert not page.evaluate(is_full)
    page.keyboard.press("f")
    page.wait_for_function(is_full)
    expect(page.get_by_role("button", name="Leave the full screen")).to_be_visible()
    page.get_by_test_id("full-screen").click()
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
