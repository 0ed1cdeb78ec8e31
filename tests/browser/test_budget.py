"""How much is drawn, in Chromium: the nodes that hold a share of the flow; errors where they are asked for."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import edited, error_node, feature_node, link

pytestmark = pytest.mark.slow

AUSTIN, DALLAS = "5_22898_2", "E_26865_1"


def fan(path: Path, n_features: int) -> Path:
    """Dallas feeds so many features, and each feeds Austin: the last by 1, the one before it by 2; so do two errors."""

    def features(made: dict[str, Any]) -> None:
        ends = [one for one in made["nodes"] if one["node_id"] in (AUSTIN, DALLAS)]
        fed = [feature_node(0, 100 + at, 1, activation=1.0, influence=0.2) for at in range(n_features)]
        errors = [error_node(layer, 2) for layer in (1, 2)]
        made["nodes"] = [*ends, *fed, *errors]
        made["links"] = [link(DALLAS, one["node_id"], 1.0) for one in fed]
        made["links"] += [link(one["node_id"], AUSTIN, float(n_features - at)) for at, one in enumerate(fed)]
        made["links"] += [link(one["node_id"], AUSTIN, 0.5 + at) for at, one in enumerate(errors)]
        made["qParams"] = {}

    path.write_text(json.dumps(edited(features)))
    return path


def expect_shown(page: Page, text: str, *, nodes: int, links: int) -> None:
    expect(page.get_by_test_id("shown")).to_have_text(text)
    drawing = page.get_by_test_id("drawing")
    expect(drawing).to_have_attribute("data-drawn-nodes", str(nodes))
    expect(drawing).to_have_attribute("data-drawn-edges", str(links))


def is_drawn(page: Page, graph: str, index: int) -> bool:
    return bool(
        page.evaluate("id => window.__scene.screenPosition(id) !== null", f"{graph}/feature/0/1/{index}")
    )


def test_a_slider_leaves_the_nodes_that_hold_a_share_of_the_flow(
    page: Page, site: str, tmp_path: Path
) -> None:
    graph = import_graph(page, site, fan(tmp_path / "fan.json", 10))
    slider = page.get_by_test_id("show")
    expect(page.get_by_test_id("budget")).to_contain_text("Nodes that hold 100 % of the flow to Austin")
    expect_shown(page, "12 of 14 nodes shown; 2 errors hidden", nodes=12, links=20)

    slider.fill("50")  # of 55: 10 + 9 + 8 are 27, a little less than half
    expect_shown(page, "6 of 14 nodes shown; 6 features and 2 errors hidden", nodes=6, links=8)
    assert [is_drawn(page, graph, 100 + at) for at in (0, 3, 4)] == [True, True, False]
    expect(page).to_have_url(f"{site}/graphs/{graph}?by=auto&show=0.5")
    page.reload()
    expect(slider).to_have_value("50")
    expect_shown(page, "6 of 14 nodes shown; 6 features and 2 errors hidden", nodes=6, links=8)

    before = page.evaluate("window.history.length")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{site}/graphs/{graph}?by=auto&show=0.46")
    assert page.evaluate("window.history.length") == before + 1, "the moves of a slider are one step"
    page.go_back()
    expect(slider).to_have_value("50")


def test_errors_are_drawn_when_asked_for(page: Page, site: str, tmp_path: Path) -> None:
    import_graph(page, site, fan(tmp_path / "errors.json", 11))
    page.get_by_test_id("show-errors").check()
    expect_shown(page, "All 15 nodes shown", nodes=15, links=24)
    page.get_by_test_id("show").fill("50")  # 11 + 10 + 9 + 8 of 66; of the errors' 2, the one of 1.5
    expect_shown(page, "7 of 15 nodes shown; 7 features and 1 error hidden", nodes=7, links=9)
    expect(page).to_have_url(f"{page.url.split('?')[0]}?by=auto&show=0.5&errors=drawn")


def test_what_is_hidden_can_be_opened(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, fan(tmp_path / "hidden.json", 12))
    page.get_by_test_id("show").fill("50")  # 12 + 11 + 10 of 78 are less than half
    shown, hidden = page.get_by_test_id("shown"), page.get_by_test_id("hidden-nodes")
    expect(shown).to_have_text("6 of 16 nodes shown; 8 features and 2 errors hidden")
    shown.click()
    listed = hidden.locator("[data-node-id]")
    expect(listed).to_have_count(10)
    expect(listed.first).to_have_attribute("data-node-id", f"{graph}/feature/0/1/104")
    expect(listed.last).to_have_attribute("data-node-id", f"{graph}/error/1/2/0")
    expect_accessible(page)
    listed.nth(1).hover()
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-hovered-nodes", "1")

    assert not is_drawn(page, graph, 105)
    listed.nth(1).click()
    expect(page.get_by_test_id("node-detail")).to_contain_text("L0 #105")
    expect(shown).to_have_text("7 of 16 nodes shown; 7 features and 2 errors hidden")
    assert is_drawn(page, graph, 105), "a selected node is drawn"
    expect(listed).to_have_count(10)
    listed.nth(1).focus()
    page.keyboard.press("Escape")
    expect(hidden).to_have_count(0)
    expect(shown).to_be_focused()
    expect(page.get_by_test_id("node-detail")).to_be_visible()

    shown.press("Enter")
    page.get_by_test_id("show-all").click()
    expect(shown).to_have_text("All 16 nodes shown")


def test_what_a_row_lights_is_drawn(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, fan(tmp_path / "lit.json", 13))
    page.get_by_test_id("mode-single").click()
    page.get_by_test_id("show").fill("1")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-drawn-nodes", "3")
    assert not is_drawn(page, graph, 103)
    page.get_by_test_id("path-row").filter(has_text="#103").locator(".path-row-button").click()
    expect(page.get_by_test_id("shown")).to_contain_text("4 of 17 nodes shown")
    assert is_drawn(page, graph, 103)
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-edges", "2")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("shown")).to_contain_text("3 of 17 nodes shown")
    assert not is_drawn(page, graph, 103)


def test_a_large_graph_opens_with_what_can_be_told_apart(page: Page, site: str, tmp_path: Path) -> None:
    import_graph(page, site, fan(tmp_path / "large.json", 600))
    drawing = page.get_by_test_id("drawing")
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    expect(page.get_by_test_id("show")).not_to_have_value("100")
    drawn = int(drawing.get_attribute("data-drawn-nodes") or 0)
    assert 350 < drawn <= 402
    page.get_by_test_id("show").fill("100")
    expect(drawing).to_have_attribute("data-drawn-nodes", "602")
