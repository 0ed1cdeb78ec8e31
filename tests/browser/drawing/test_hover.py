"""The pointer over a node in Chromium: its links, its neighbours' colours, and its mark in every panel."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import hold_requests, import_graph, let_go, point_at
from tests.browser.test_drawing import CSS_COLOUR, PIXELS, long_graph, painted
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

EARLY, LATE = "feature/0/2/7", "feature/2/5/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """Six tokens: the second leads by `early` to Springfield, the fifth by `late`, which inhibits it."""
    graph = import_graph(page, site, long_graph(tmp_path / "hover.json", n_tokens=6))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    return graph


def token(page: Page, text: str) -> Locator:
    return page.get_by_test_id("token").filter(has_text=text)


def test_a_node_under_the_pointer_shows_its_links_and_tints_its_neighbours(page: Page, graph: str) -> None:
    colours = [page.evaluate(CSS_COLOUR, f"--{sign}") for sign in ("excites", "inhibits")]

    def inked() -> list[int]:
        return [int(page.evaluate(PIXELS, [["hover"], colour])) for colour in colours]

    assert inked() == [0, 0]
    point_at(page, f"{graph}/{LATE}")
    expect(page.get_by_test_id("tooltip")).to_contain_text("late")
    painted(page)
    excites, inhibits = inked()
    assert excites > 20, "it feeds other logits, and a token feeds it"
    assert inhibits > 20, "it inhibits Springfield"
    point_at(page, f"{graph}/{EARLY}")
    expect(page.get_by_test_id("tooltip")).to_contain_text("early")
    painted(page)
    excites, inhibits = inked()
    assert excites > 20
    assert inhibits == 0


def test_a_selected_nodes_neighbours_are_tinted(page: Page, graph: str) -> None:
    inhibits = page.evaluate(CSS_COLOUR, "--inhibits")
    assert page.evaluate(PIXELS, [["front"], inhibits]) == 0
    point_at(page, f"{graph}/logit/4/5/500", click=True)
    expect(page.get_by_test_id("node-detail")).to_contain_text("Springfield")
    painted(page)
    assert page.evaluate(PIXELS, [["front"], inhibits]) > 5, "late inhibits it"


def test_what_the_pointer_is_over_in_the_drawing_is_marked_in_the_panels(page: Page, graph: str) -> None:
    marked = page.locator("[data-hovered]")
    early = page.get_by_test_id("path-row").filter(has_text="early").first
    late = page.get_by_test_id("path-row").filter(has_text="late").first
    point_at(page, f"{graph}/{EARLY}")
    expect(early).to_have_attribute("data-hovered", "")
    expect(late).not_to_have_attribute("data-hovered", "")
    expect(token(page, "token2")).to_have_attribute("data-hovered", "")
    expect(marked).to_have_count(2)

    point_at(page, f"{graph}/logit/4/5/501")
    chicago = page.get_by_test_id("prediction").filter(has_text="Chicago")
    expect(chicago).to_have_attribute("data-hovered", "")
    expect(marked).to_have_count(1)

    point_at(page, f"{graph}/logit/4/5/500", click=True)  # its details list what leads to it
    listed = page.get_by_test_id("comes-from").locator(f"[data-node-id='{graph}/{LATE}']")
    point_at(page, f"{graph}/{LATE}")
    expect(listed).to_have_attribute("data-hovered", "")
    page.get_by_test_id("shown").hover()
    expect(marked).to_have_count(0)


@pytest.mark.parametrize("over", ["drawing", "panel"])
def test_a_list_that_comes_while_the_pointer_rests_is_marked_and_takes_no_mark_away(
    page: Page, site: str, tmp_path: Path, over: str
) -> None:
    held = hold_requests(page, "**/paths?*", "side=raises")
    graph = import_graph(page, site, long_graph(tmp_path / "slow.json", n_tokens=6))
    rows, drawing = page.get_by_test_id("path-row"), page.get_by_test_id("drawing")
    late, early = (rows.filter(has_text=text).first for text in ("late", "early"))
    expect(late).to_be_visible()
    if over == "drawing":
        point_at(page, f"{graph}/{EARLY}")
    else:
        token(page, "token1").hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    marked = page.locator(".token-strip [data-hovered]")
    expect(marked).to_have_count(1)
    let_go(page, held)
    expect(early).to_have_attribute("data-hovered", "")
    expect(late).not_to_have_attribute("data-hovered", "")
    expect(marked).to_have_count(1)
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")


def test_what_the_pointer_is_over_in_a_panel_is_marked_in_the_drawing_and_the_others(
    page: Page, graph: str
) -> None:
    drawing = page.get_by_test_id("drawing")
    row = page.get_by_test_id("path-row").filter(has_text="early").first.locator(".path-row-button")
    token(page, "token1").hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    expect(page.get_by_test_id("path-row").filter(has_text="early").first).to_have_attribute(
        "data-hovered", ""
    )
    row.hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "3")
    expect(token(page, "token1")).to_have_attribute("data-hovered", "")
    expect(page.get_by_test_id("prediction").first).to_have_attribute("data-hovered", "")
    row.click()
    step = page.get_by_test_id("path-detail").locator(f"[data-node-id='{graph}/{EARLY}']")
    step.hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "1")
    expect(token(page, "token2")).to_have_attribute("data-hovered", "")
    page.get_by_test_id("shown").hover()
    expect(drawing).to_have_attribute("data-hovered-nodes", "0")


def test_hovering_renders_no_panel(page: Page, site: str, tmp_path: Path) -> None:
    """What hovering changes in the lists are the marks alone."""
    file = tmp_path / "still.json"
    file.write_text(
        json.dumps(edited(lambda document: document["links"].append(link("0_7_1", "5_22898_2", 5.0))))
    )
    graph = import_graph(page, site, file)
    page.reload(wait_until="networkidle")  # then the panels have all their answers
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    page.wait_for_function("() => window.__scene !== undefined")
    page.evaluate(
        """async () => {
            for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
            window.changes = [];
            const watch = (root) => new MutationObserver((all) =>
                window.changes.push(...all.map(each => each.attributeName ?? each.type))
            ).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
            [".opened-paths", ".opened-details", ".token-strip"].forEach(name => watch(document.querySelector(name)));
        }"""
    )
    point_at(page, f"{graph}/feature/0/1/7")
    expect(page.locator("[data-hovered]")).not_to_have_count(0)
    assert set(page.evaluate("window.changes")) == {"data-hovered"}
