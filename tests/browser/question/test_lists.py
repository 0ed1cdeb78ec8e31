"""The lists of an answer and of a node: two sides at once, entries that never read alike, links by flow and uncut."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.reading import import_graph
from tests.support.graph_documents import document, feature_node, link
from tests.support.processes import write_graph

pytestmark = pytest.mark.slow

DALLAS, AUSTIN = "E_26865_1", "5_22898_2"
HUB = 250


def open_graph(
    page: Page,
    site: str,
    tmp_path: Path,
    features: list[dict[str, Any]],
    weights: list[float],
    **metadata: Any,
) -> str:
    """Open the graph in which Dallas leads to each of the features, and each on to Austin by its weight; 0: not on."""
    graph = document()
    graph["nodes"] = [node for node in graph["nodes"] if "transcoder" not in node["feature_type"]] + features
    graph["links"] = [link(DALLAS, node["node_id"], 1.0) for node in features]
    graph["links"] += [
        link(node["node_id"], AUSTIN, weight)
        for node, weight in zip(features, weights, strict=True)
        if weight
    ]
    graph["qParams"] = {}
    graph["metadata"] |= metadata
    file = tmp_path / "lists.json"
    file.write_text(json.dumps(graph))
    return import_graph(page, site, file)


def features_of(*indices: int, position: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [feature_node(0, index, position, activation=1.0, **more) for index in indices]


def rows(page: Page, side: str) -> Locator:
    return page.get_by_test_id(f"list-{side}").get_by_test_id("path-row")


def test_both_sides_are_listed_at_once_each_at_its_own_length(page: Page, site: str, tmp_path: Path) -> None:
    raising, lowering = range(1, 13), range(21, 28)
    weights = [50.0 - at for at in range(12)] + [at - 20.0 for at in range(7)]
    open_graph(page, site, tmp_path, features_of(*raising, *lowering), weights)
    page.get_by_test_id("group-by").select_option("feature")
    expect(rows(page, "raises")).to_have_count(5)
    expect(rows(page, "lowers")).to_have_count(5)
    for side, word in (("raises", "Raise Austin"), ("lowers", "Lower Austin")):
        panel = page.get_by_test_id(f"list-{side}")
        expect(panel.get_by_role("heading", name=word)).to_be_visible()
        signs = panel.locator(".path-row-sign > [aria-hidden]").all_inner_texts()
        assert set(signs) == {"+" if side == "raises" else "−"}
        box = panel.get_by_role("heading").bounding_box()
        assert box is not None and box["y"] + box["height"] < 800, "both headings are in sight"

    page.get_by_test_id("more-lowers").click()
    expect(rows(page, "lowers")).to_have_count(7)
    expect(page.get_by_test_id("more-lowers")).to_have_count(0)  # there are no more
    expect(rows(page, "raises")).to_have_count(5)
    expect(page.get_by_test_id("coverage")).to_contain_text("These 12 carry")

    lit = page.locator("[data-testid=path-row][data-lit=true]")
    rows(page, "raises").nth(1).locator(".path-row-button").click()
    expect(lit).to_have_count(1)
    rows(page, "lowers").nth(1).locator(".path-row-button").click()
    expect(lit).to_have_count(1)
    expect(page.get_by_test_id("path-detail")).to_contain_text("Lowers the target.")

    page.get_by_test_id("side-raises").click()
    expect(rows(page, "raises")).to_have_count(10)
    expect(page.get_by_test_id("list-lowers")).to_have_count(0)


def test_no_two_entries_read_alike(page: Page, site: str, tmp_path: Path) -> None:
    labelled = features_of(5, 6, clerp="Texas")
    twice = features_of(7) + features_of(7, position=2)
    prompt = {"prompt_tokens": ["<bos>", " is", " is"], "prompt": "<bos> is is"}
    open_graph(page, site, tmp_path, labelled + twice, [9.0, 8.0, 7.0, 6.0], **prompt)
    page.get_by_test_id("mode-single").click()
    expect(page.locator("[data-testid=path-row] .sequence")).to_have_text(
        ["is₁→Texas L0 #5→Austin", "is₁→Texas L0 #6→Austin", "is₁→L0 #7 is₁→Austin", "is₁→L0 #7 is₂→Austin"]
    )
    rows(page, "raises").first.locator(".path-row-button").click()
    page.get_by_test_id("path-detail").locator(".node-button").first.click()
    names = page.get_by_test_id("goes-to").locator(".node-button-name")
    expect(names).to_have_text(["Texas L0 #5 is₁", "Texas L0 #6 is₁", "L0 #7 is₁", "L0 #7 is₂"])

    page.get_by_test_id("mode-grouped").click()
    page.get_by_test_id("group-by").select_option("feature")
    expect(page.locator("[data-testid=path-row] .sequence")).to_have_text(
        ["is₁→L0 #7→Austin", "is₁→Texas L0 #5→Austin", "is₁→Texas L0 #6→Austin"]
    )


def test_links_go_by_the_flow_to_the_target_and_none_is_cut(page: Page, site: str, tmp_path: Path) -> None:
    """Dallas is all of the input of hundreds of features, of which the last leads on to Austin most."""
    weights = [0.0] * (HUB - 10) + [float(at) for at in range(1, 11)]
    graph = open_graph(page, site, tmp_path, features_of(*range(1, HUB + 1)), weights)
    page.get_by_test_id("mode-single").click()
    page.locator(".path-row-button").first.click()
    page.get_by_test_id("path-detail").locator(".node-button").first.click()
    goes_to = page.get_by_test_id("goes-to")
    names = goes_to.locator("button")
    expect(goes_to.locator("h3")).to_contain_text(str(HUB))
    expect(names.first).to_have_attribute("data-node-id", f"{graph}/feature/0/1/{HUB}")
    expect(goes_to.locator(".node-links-share").first).to_contain_text("100.0 %")
    figures = [float(text.split()[-2]) for text in goes_to.locator(".node-links-flow").all_text_contents()]
    assert figures[:10] == sorted(figures[:10], reverse=True) and figures[9] > 0
    assert set(figures[10:]) == {0.0}, "those that lead nowhere come last"

    box = goes_to.locator(".node-links-box")
    for _ in range(HUB // 20):
        box.evaluate("box => box.scrollTo(0, box.scrollHeight)")
        page.wait_for_timeout(50)
    expect(names).to_have_count(HUB)


def test_members_of_a_group_come_by_what_they_carry(page: Page, site: str, tmp_path: Path) -> None:
    open_graph(page, site, tmp_path, features_of(1, 2, 3, clerp="Texas"), [1.0, 6.0, 3.0])
    page.locator(".path-row-button").first.click()
    nodes = page.get_by_test_id("path-detail").locator(".detail-links").nth(1).locator("ul button")
    expect(nodes).to_have_text(["L0 #2 Dallas60.0 %", "L0 #3 Dallas30.0 %", "L0 #1 Dallas10.0 %"])


def test_a_chosen_target_is_not_called_a_prediction(page: Page, site: str, tmp_path: Path) -> None:
    graph = import_graph(page, site, write_graph(tmp_path / "chosen.json", "chosen", 11.5))

    def choose(route: Route) -> None:
        body = route.fetch().json()
        for record in [one["newest"] for one in body["prompts"]] if "prompts" in body else [body]:
            if record["id"] == graph:
                record |= {"attribution_targets": [" Austin", " Dallas"], "target_kind": "tokens"}
        route.fulfill(json=body)

    page.route(re.compile(rf"/api/(prompts|graphs/{graph})(\?.*)?$"), choose)
    page.goto(site)
    row = page.locator(f"[data-graph-id='{graph}']")
    expect(row.locator(".prediction")).to_have_text("Dallas · target Austin 60 %")
    page.goto(f"{site}/graphs/{graph}")
    expect(page.locator(".top-bar")).to_contain_text("target Austin")
    expect(page.get_by_test_id("graph-facts")).to_contain_text("chosen targets")
    expect(page.get_by_role("combobox", name="Target", exact=True)).to_be_visible()
