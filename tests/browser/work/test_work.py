"""What a reader makes of a graph in Chromium: pins, supernodes, hidden nodes; undone, addressed, saved as Views."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import REFUSED, expect_accessible, import_graph
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

DALLAS, TEXAS = "feature/0/1/7", "feature/2/2/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a graph that says whose test it is of, so that no two tests share its Views."""
    weight = 5.0 + len(request.node.name) / 7
    file = tmp_path / "work.json"

    def change(document: dict[str, Any]) -> None:
        document["links"].append(link("0_7_1", "5_22898_2", weight))
        document["qParams"] = {}

    file.write_text(json.dumps(edited(change)))
    return f"{site}/graphs/{import_graph(page, site, file)}"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("path-row").first).to_be_visible()


def things(page: Page) -> list[str]:
    """What stands in the tray."""
    return [
        " ".join(text.split())
        for text in page.get_by_test_id("tray-things").get_by_role("button").all_inner_texts()
    ]


def grouped(page: Page, graph: str, name: str) -> None:
    """The two features in a supernode, made with keys."""
    opened(page, f"{graph}?sel={DALLAS},{TEXAS}")
    page.locator("body").press("g")
    page.get_by_test_id("supernode-name").fill(name)
    page.get_by_test_id("supernode-name").press("Enter")
    expect(page.get_by_test_id("supernode-form")).to_be_visible()


def test_a_node_is_pinned_and_let_go(page: Page, graph: str) -> None:
    opened(page, f"{graph}?sel={TEXAS}")
    page.get_by_test_id("pin").click()
    expect(page.get_by_test_id("tray-things")).to_have_text("Texas")
    expect(page.get_by_test_id("pin")).to_have_text("Unpin")
    expect(page).to_have_url(f"{graph}?by=auto&sel={TEXAS}&pins={TEXAS}")
    page.locator("body").press("p")
    expect(page.get_by_test_id("tray-things")).not_to_contain_text("Texas")
    expect(page).to_have_url(f"{graph}?by=auto&sel={TEXAS}")


def test_a_supernode_is_made_renamed_coloured_and_broken_and_each_is_undone(page: Page, graph: str) -> None:
    grouped(page, graph, "the state")
    assert things(page) == ["the state 2"]
    expect(page.get_by_test_id("tray-things").get_by_role("button")).to_be_focused()
    expect(page.get_by_test_id("selection-detail").get_by_role("heading").first).to_have_text("the state")

    page.get_by_test_id("supernode-rename").fill("Say: Texas, now")
    page.get_by_test_id("supernode-rename").press("Enter")
    expect(page.get_by_test_id("selection-detail").get_by_role("heading").first).to_have_text(
        "Say: Texas, now"
    )
    page.get_by_role("button", name="green").click()
    expect(page.get_by_role("button", name="green")).to_have_attribute("aria-pressed", "true")

    expect(page).to_have_url(re.compile("&group=.*:2:Say:%20Texas,%20now$"))
    page.reload()
    expect(page.get_by_role("button", name="green")).to_have_attribute("aria-pressed", "true")
    assert things(page) == ["Say: Texas, now 2"]
    page.get_by_test_id("break").click()
    expect(page.get_by_test_id("tray-things").get_by_role("button")).to_have_count(2)
    page.locator("body").press("Control+z")
    expect(page.get_by_test_id("tray-things").get_by_role("button")).to_have_count(1)
    page.locator("body").press("Control+Shift+Z")
    expect(page.get_by_test_id("tray-things").get_by_role("button")).to_have_count(2)


def test_a_name_that_a_supernode_cannot_have_is_told_of(page: Page, graph: str) -> None:
    grouped(page, graph, "taken")
    expect(page).to_have_url(re.compile("%3Dtaken"))
    opened(page, f"{page.url.replace('%3Dtaken', TEXAS)}")
    page.locator("body").press("g")
    page.get_by_test_id("supernode-name").fill("taken")
    expect(page.get_by_role("alert")).to_have_text("Another supernode has this name.")
    expect(page.get_by_role("button", name="Make")).to_be_disabled()
    page.get_by_test_id("supernode-name").press("Escape")
    expect(page.get_by_test_id("new-supernode")).to_have_count(0)
    expect(page.get_by_test_id("node-detail")).to_be_visible()


def test_a_hidden_node_is_not_drawn_is_counted_and_comes_back(page: Page, graph: str) -> None:
    opened(page, f"{graph}?sel={TEXAS}")
    drawing = page.get_by_test_id("drawing")
    before = int(drawing.get_attribute("data-drawn-nodes") or 0)
    page.locator("body").press("h")
    expect(page.get_by_test_id("unhide")).to_have_text("1 hidden by you: show")
    expect(page).to_have_url(f"{graph}?by=auto&hide={TEXAS}")
    expect(page.get_by_test_id("node-detail")).to_have_count(0)
    expect(drawing).to_have_attribute("data-drawn-nodes", str(before - 1))
    page.reload()
    expect(drawing).to_have_attribute("data-drawn-nodes", str(before - 1))
    page.get_by_test_id("unhide").click()
    expect(drawing).to_have_attribute("data-drawn-nodes", str(before))


def test_a_view_is_saved_and_opens_with_the_graph(page: Page, graph: str) -> None:
    grouped(page, graph, "the state")
    page.get_by_test_id("views").click()
    page.get_by_test_id("view-notes").fill("What Texas does")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    expect(page.get_by_test_id("views")).to_contain_text("main")
    expect(page).not_to_have_url(re.compile("group="))

    opened(page, graph)  # the only View is the one that opens
    assert things(page) == ["the state 2"]
    expect(page.get_by_test_id("save-view")).to_be_disabled()
    page.get_by_test_id("views").click()
    expect(page.get_by_test_id("view-notes")).to_have_value("What Texas does")
    expect_accessible(page)

    page.get_by_test_id("view-name").fill("a copy")
    page.get_by_test_id("view-name").press("Enter")
    expect(page.get_by_test_id("views")).to_contain_text("a copy")
    expect(page.get_by_test_id("views")).to_be_focused()
    page.get_by_test_id("views").click()
    page.get_by_role("button", name="Begin with nothing").click()
    expect(page.get_by_test_id("tray-things").get_by_role("button")).to_have_count(0)
    page.get_by_test_id("views").click()
    page.get_by_role("button", name="main 1 supernode").click()
    expect(page.get_by_test_id("tray-things")).to_have_text("the state 2")


def test_a_deleted_view_comes_back_with_undo(page: Page, graph: str) -> None:
    grouped(page, graph, "the state")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    page.get_by_test_id("views").click()
    page.get_by_role("button", name="Delete the View “main”").click()
    expect(page.get_by_test_id("view-menu")).to_contain_text("None is saved yet.")
    assert things(page) == ["the state 2"], "what is shown stays"
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("views")).to_contain_text("main")
    opened(page, graph)
    assert things(page) == ["the state 2"]


def test_the_second_of_two_people_who_save_has_a_choice(
    page: Page, graph: str, expected_messages: list[str]
) -> None:
    expected_messages.append(f"{REFUSED}09")
    grouped(page, graph, "first")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")

    other = page.context.new_page()
    opened(other, f"{graph}?sel=%3Dfirst")
    other.get_by_test_id("supernode-rename").fill("theirs")
    other.get_by_test_id("supernode-rename").press("Enter")
    other.get_by_test_id("save-view").click()
    expect(other.get_by_test_id("save-view")).to_have_text("Saved")

    page.get_by_test_id("supernode-rename").fill("mine")
    page.get_by_test_id("supernode-rename").press("Enter")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("conflict")).to_contain_text("Somebody else has saved “main” meanwhile")
    expect_accessible(page)
    page.get_by_test_id("take-theirs").click()
    assert things(page) == ["theirs 2"]
    page.locator("body").press("Control+z")
    expect(page.get_by_test_id("tray-things")).to_contain_text("mine")
    page.get_by_test_id("save-view").click()
    page.get_by_test_id("keep-mine").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    opened(other, graph)
    assert things(other) == ["mine 2"]


def test_a_label_is_undone_in_the_database(page: Page, graph: str) -> None:
    opened(page, f"{graph}?sel={DALLAS}")
    page.get_by_test_id("label-open").click()
    page.get_by_test_id("label-text").fill("a city")
    page.get_by_test_id("label-save").click()
    heading = page.get_by_test_id("node-detail").get_by_role("heading").first
    expect(heading).to_have_text("a city")
    page.get_by_test_id("undo").click()
    expect(heading).not_to_have_text("a city")
    page.reload()
    expect(heading).not_to_have_text("a city")
    page.get_by_test_id("label-open").click()
    expect(page.get_by_test_id("label-remove")).to_have_count(0)


def test_a_files_own_supernodes_are_shown(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "own.json"

    def draw(document: dict[str, Any]) -> None:
        document["qParams"] = {"pinnedIds": ["0_7_1"], "supernodes": [["the file’s own", "2_9_2"]]}

    file.write_text(json.dumps(edited(draw)))
    import_graph(page, site, file)
    assert things(page) == ["the file’s own 1", "L0 #7"]
    expect(page.get_by_test_id("views")).to_contain_text("file")


def test_the_side_panels_fold_and_come_back(page: Page, graph: str) -> None:
    opened(page, graph)
    width = page.get_by_test_id("drawing").evaluate("drawing => drawing.clientWidth")
    page.locator("body").press("[")
    page.locator("body").press("]")
    page.wait_for_function(
        f"() => document.querySelector('[data-testid=drawing]').clientWidth > {width + 300}"
    )
    page.get_by_test_id("fold-left").click()
    expect(page.get_by_test_id("paths")).to_be_visible()
    page.get_by_test_id("fold-right").click()
    page.wait_for_function(f"() => document.querySelector('[data-testid=drawing]').clientWidth === {width}")
