"""What is selected beside a single node, in Chromium: several nodes, a supernode, a link, a token."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

DALLAS, TEXAS = "feature/0/1/7", "feature/2/2/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """Dallas → L0 #7 → Texas → Austin, and a link from L0 #7 to Austin."""

    def change(document: dict[str, Any]) -> None:
        document["links"].append(link("0_7_1", "5_22898_2", 5.0))
        document["qParams"] = {"pinnedIds": [], "supernodes": [["the way", "0_7_1", "2_9_2"]]}

    file = tmp_path / "selection.json"
    file.write_text(json.dumps(edited(change)))
    return f"{site}/graphs/{import_graph(page, site, file)}"


@pytest.mark.usefixtures("graph")
def test_a_supernode_tells_what_leads_in_and_out_of_it_and_lets_a_node_go(page: Page) -> None:
    page.get_by_test_id("tray-things").get_by_role("button", name="the way").click()
    panel = page.get_by_test_id("selection-detail")
    expect(panel).to_contain_text("supernode of 2 nodes, 1 link between them")
    expect(panel.get_by_test_id("goes-to")).to_contain_text("Austin")
    expect(panel.get_by_test_id("comes-from").get_by_role("button").first).to_contain_text("Dallas")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "2")
    expect_accessible(page)
    panel.get_by_role("button", name="Take Texas out of the supernode").click()
    expect(panel).to_contain_text("supernode of 1 node, 0 links between them")
    page.locator("body").press("Control+z")
    expect(panel).to_contain_text("supernode of 2 nodes")


@pytest.mark.usefixtures("graph")
def test_a_link_is_opened_from_a_path_and_says_what_runs_along_it(page: Page) -> None:
    page.get_by_test_id("mode-single").click()
    page.get_by_test_id("path-row").filter(has_text="Texas").locator(".path-row-button").click()
    page.get_by_test_id("path-detail").get_by_role("button", name="of the next node’s input").last.click()
    panel = page.get_by_test_id("selection-detail")
    expect(panel.get_by_role("heading").first).to_have_text("Texas → Austin")
    expect(panel.get_by_test_id("link-facts")).to_contain_text("flow to the target")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-edges", "1")
    page.reload()
    expect(panel.get_by_role("heading").first).to_have_text("Texas → Austin")
    panel.get_by_test_id("members").get_by_role("button").first.click()
    expect(page.get_by_test_id("node-detail")).to_contain_text("Texas")


def test_a_token_tells_the_features_at_its_position(page: Page, graph: str) -> None:
    page.goto(f"{graph}?sel=token:2")
    panel = page.get_by_test_id("selection-detail")
    expect(panel).to_contain_text("position 2, token 3 of 3")
    panel.get_by_test_id("token-features").get_by_role("button").first.click()
    expect(page.get_by_test_id("node-detail")).to_be_visible()


def test_several_nodes_are_selected_together_and_close(page: Page, graph: str) -> None:
    page.goto(f"{graph}?sel={DALLAS},{TEXAS}")
    panel = page.get_by_test_id("selection-detail")
    expect(panel).to_contain_text("1 link between them")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
