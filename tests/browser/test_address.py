"""The address of a graph's page in Chromium: a copy opens the same page, Back steps through what was asked."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import import_graph
from tests.support.graph_documents import edited, link

pytestmark = pytest.mark.slow

AUSTIN, QUOTED, TEXAS = "logit/4/2/22898", "logit/4/2/50", "feature/2/2/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """A graph of two logits and, to Austin, two paths: one by Texas and one beside it. It opens at its own address."""
    file = tmp_path / "asked.json"
    file.write_text(
        json.dumps(edited(lambda document: document["links"].append(link("0_7_1", "5_22898_2", 5.0))))
    )
    opened = import_graph(page, site, file)
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    assert "?" not in page.url
    return f"{site}/graphs/{opened}"


def shown(page: Page) -> dict[str, object]:
    """What a reader sees of the question, the rows and the selection."""
    expect(page.get_by_test_id("lists")).to_have_attribute("data-current", "true")
    drawing = page.get_by_test_id("drawing")
    return {
        "rows": page.locator("[data-testid=path-row] .path-row-line").all_inner_texts(),
        "lit": page.locator("[data-testid=path-row][data-lit=true]").count(),
        "drawn": [drawing.get_attribute(f"data-{name}") for name in ("target", "lit-nodes", "lit-edges")],
        "details": page.get_by_label("Details").locator("h2").inner_text(),
        "choices": [select.input_value() for select in page.locator("select").all()],
        "pressed": page.locator("button[aria-pressed=true]").all_inner_texts(),
        "filters": page.get_by_test_id("filters").all_inner_texts(),
    }


def test_a_copied_address_opens_the_same_page(page: Page, graph: str) -> None:
    page.get_by_test_id("rather-than-picker").select_option(label='"quoted"  25.0 %')
    expect(page).to_have_url(f"{graph}?t={AUSTIN}&vs={QUOTED}&by=auto")
    page.get_by_test_id("score-picker").select_option("influence")
    page.get_by_test_id("group-by").select_option("feature")
    page.get_by_test_id("side-raises").click()
    page.get_by_test_id("sized-by").select_option("influence")
    page.get_by_test_id("path-row").first.locator(".path-row-button").click()
    expect(page).to_have_url(
        f"{graph}?t={AUSTIN}&vs={QUOTED}&score=influence&by=feature&side=raises&row=raises.1&size=influence"
    )
    before = shown(page)
    assert before["lit"] == 1

    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("[data-testid=path-row][data-lit=true]")).to_have_count(1)
    assert shown(other) == before
    expect(other).to_have_url(page.url)
    expect(other.get_by_test_id("left-out")).to_have_count(0)


def test_a_selected_node_and_filters_are_in_the_address(page: Page, graph: str) -> None:
    page.get_by_test_id("mode-single").click()
    page.get_by_test_id("path-row").filter(has_text="Texas").locator(".path-row-button").click()
    page.get_by_test_id("path-detail").locator(f"[data-node-id$='{TEXAS}']").click()
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    expect(page).to_have_url(f"{graph}?by=none&row=lowers.1&sel={TEXAS}")
    page.get_by_test_id("node-detail").get_by_role("button", name="through").click()
    expect(page).to_have_url(f"{graph}?by=none&through={TEXAS}&sel={TEXAS}")
    before = shown(page)
    page.reload()
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    assert shown(page) == before


def test_back_and_forward_step_through_what_was_asked_and_selected(page: Page, graph: str) -> None:
    length = page.evaluate("window.history.length")
    row = page.get_by_test_id("path-row").first
    lit = page.locator("[data-testid=path-row][data-lit=true]")
    page.get_by_test_id("score-picker").select_option("influence")
    row.locator(".path-row-button").hover()
    row.locator(".path-row-button").click()
    expect(lit).to_have_count(1)
    page.get_by_test_id("path-detail").get_by_role("button").filter(has_text="Dallas").first.click()
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
    page.keyboard.press("Escape")  # nothing is left to clear
    page.wait_for_function("least => window.history.length >= least", arg=length + 4)
    assert page.evaluate("window.history.length") == length + 4, (
        "neither hovering nor what changes nothing is a step"
    )

    page.go_back()
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("path-detail")).to_be_visible()
    expect(lit).to_have_count(1)
    page.go_back()
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
    expect(lit).to_have_count(0)
    expect(page.get_by_test_id("score-picker")).to_have_value("influence")
    page.go_back()
    expect(page.get_by_test_id("score-picker")).to_have_value("contribution")
    expect(page).to_have_url(graph)
    page.go_forward()
    expect(page.get_by_test_id("score-picker")).to_have_value("influence")
    page.go_forward()
    expect(lit).to_have_count(1)
    page.get_by_test_id("mode-single").click()  # another way on from here
    page.go_back()
    expect(lit).to_have_count(1)

    for _ in range(3):
        page.go_back()
    expect(page.get_by_test_id("graph-row").first).to_be_visible()
    page.go_forward()
    expect(page).to_have_url(graph)
    expect(page.get_by_test_id("path-row").first).to_be_visible()


def test_what_an_address_asks_for_in_vain_is_told_and_left_out(page: Page, graph: str) -> None:
    page.goto(f"{graph}?t=logit/5/2/1&score=best&by=layer&sel=feature/9/9/9&row=raises.7")
    said = page.get_by_test_id("left-out")
    expect(said).to_contain_text("t=logit/5/2/1, score=best, sel=feature/9/9/9, row=raises.7")
    expect(page.get_by_test_id("group-by")).to_have_value("layer")
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    expect(page).to_have_url(f"{graph}?by=layer")
    said.get_by_label("Close").click()
    expect(said).to_have_count(0)


def test_an_address_of_an_earlier_version_opens(page: Page, graph: str) -> None:
    page.goto(f"{graph}?labels=own")
    expect(page.get_by_test_id("label-rule")).to_have_value("own")
    expect(page.get_by_test_id("left-out")).to_have_count(0)
    expect(page).to_have_url(f"{graph}?by=auto&labels=own")
