"""The tokens and predictions above the page, in Chromium: they set the question and the selection, and fold."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.browser.test_drawing import LOGITS, embedding, logit, long_graph, metadata

pytestmark = pytest.mark.slow


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    graph = import_graph(page, site, long_graph(tmp_path / "strip.json", n_tokens=6))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    return graph


def tokens(page: Page) -> Locator:
    return page.get_by_test_id("token")


def prediction(page: Page, text: str) -> Locator:
    return page.get_by_test_id("prediction").filter(has_text=text)


def test_the_strip_has_all_tokens_and_predictions(page: Page, graph: str) -> None:
    expect(tokens(page)).to_have_text(["‹bos›", *(f"token{at}" for at in range(1, 6))])
    expect(page.get_by_test_id("prediction")).to_have_count(len(LOGITS))
    expect(page.get_by_test_id("prediction").nth(0)).to_have_text("Springfield 34 %")
    expect(page.get_by_test_id("prediction").nth(9)).to_have_text("Joliet 3.4 %")
    expect(prediction(page, "Springfield")).to_have_attribute("aria-pressed", "true")
    expect_accessible(page)
    assert page.url.endswith(graph)


def test_a_click_on_a_prediction_asks_for_it(page: Page, graph: str) -> None:
    drawing = page.get_by_test_id("drawing")
    prediction(page, "Chicago").click()
    expect(drawing).to_have_attribute("data-target", f"{graph}/logit/4/5/501")
    expect(page.get_by_test_id("target-picker")).to_have_value(f"{graph}/logit/4/5/501")
    expect(page.get_by_test_id("list-raises")).to_contain_text("Raise Chicago")
    expect(prediction(page, "Chicago")).to_have_attribute("aria-pressed", "true")
    expect(prediction(page, "Springfield")).to_have_attribute("aria-pressed", "false")


def test_a_shift_click_tells_the_target_apart_from_another(page: Page, graph: str) -> None:
    other = page.get_by_test_id("rather-than-picker")
    prediction(page, "Chicago").click(modifiers=["Shift"])
    expect(other).to_have_value(f"{graph}/logit/4/5/501")
    expect(prediction(page, "Chicago")).to_have_text("rather than Chicago 17 %")
    expect(prediction(page, "Springfield")).to_have_attribute("aria-pressed", "true")
    prediction(page, "Springfield").click(modifiers=["Shift"])  # it is no other than itself
    expect(other).to_have_value(f"{graph}/logit/4/5/501")
    prediction(page, "Peoria").press("Shift+Enter")
    expect(other).to_have_value(f"{graph}/logit/4/5/508")
    prediction(page, "Peoria").click(modifiers=["Shift"])
    expect(other).to_have_value("")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-target", f"{graph}/logit/4/5/500")


@pytest.mark.usefixtures("graph")
def test_a_click_on_a_token_selects_it(page: Page) -> None:
    token = tokens(page).filter(has_text="token1")
    token.click()
    expect(token).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("selection-detail")).to_contain_text("token1")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-selected-nodes", "1")
    expect(page).to_have_url(re.compile("sel="))
    page.reload()
    expect(token).to_have_attribute("aria-pressed", "true")
    token.click()
    expect(token).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("graph-facts")).to_be_visible()


@pytest.mark.usefixtures("graph")
def test_the_strip_is_one_stop_of_the_keyboard(page: Page) -> None:
    assert page.locator(".token-strip [tabindex='0']").count() == 1
    prediction(page, "Springfield").focus()
    page.keyboard.press("ArrowRight")
    expect(prediction(page, "Chicago")).to_be_focused()
    page.keyboard.press("Home")
    expect(tokens(page).first).to_be_focused()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-hovered-nodes", "1")
    page.keyboard.press("ArrowLeft")
    expect(tokens(page).first).to_be_focused()
    page.keyboard.press("End")
    expect(prediction(page, "Joliet")).to_be_focused()
    page.keyboard.press("Enter")
    expect(prediction(page, "Joliet")).to_have_attribute("aria-pressed", "true")
    expect(prediction(page, "Joliet")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.token-strip')") is None


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_tokens_with_nothing_to_show_fold(page: Page, site: str, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    import_graph(page, site, long_graph(tmp_path / "long.json"))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    runs = page.get_by_test_id("token-run")
    # Features stand at the third token and at the last.
    expect(runs).to_have_text(["71 more"])
    expect(tokens(page)).to_have_text(["‹bos›", "token1", "token2", "token74"])
    expect(runs).to_have_attribute("aria-expanded", "false")
    runs.click()
    expect(tokens(page)).to_have_count(75)
    expect(runs).to_have_text("fold 71")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tokens(page).filter(has_text="token30").click()
    expect(page.get_by_test_id("selection-detail")).to_contain_text("token30")
    for at in (0, 1):
        runs.nth(at).click()
    # What is selected never folds.
    expect(runs).to_have_text(["27 more", "43 more"])
    expect(tokens(page)).to_have_text(["‹bos›", "token1", "token2", "token30", "token74"])


def test_characters_of_several_tokens_are_one(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "pieces.json"
    nodes = [*(embedding(at) for at in range(5)), logit(5, 500, 4, " Italy", 0.9)]
    links = [{"source": f"E_{100 + at}_{at}", "target": "5_500_4", "weight": 1.0} for at in range(5)]
    text = metadata(["<bos>", "�", "�", "�", "\n"], "<bos>東\n")
    file.write_text(json.dumps({"metadata": text, "nodes": nodes, "links": links}))
    import_graph(page, site, file)
    expect(tokens(page)).to_have_text(["‹bos›", "東", "↵"])
    expect(tokens(page).nth(1)).to_have_attribute(
        "title", re.compile("^positions 1 to 3, where nothing is drawn")
    )
