"""A test that is being set up, in Chromium: it is in the address, and Back and Forward lead out of it and in again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import import_graph
from tests.support.processes import write_graph

pytestmark = pytest.mark.slow

TEXAS = "feature/0/1/2"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """The address of a graph of a model that the server does not have: changes are predicted, and not run."""
    return f"{site}/graphs/{import_graph(page, site, write_graph(tmp_path / 'foreign.json', 'foreign', 7.5))}"


def test_a_test_that_is_set_up_is_in_the_address(page: Page, graph: str) -> None:
    page.goto(f"{graph}?sel={TEXAS}")
    page.get_by_test_id("test").click()
    expect(page).to_have_url(re.compile(f"&draft=suppress:{TEXAS}:Texas"))
    page.get_by_test_id("change-op").select_option("scale")
    page.get_by_test_id("change-factor").fill("0.5")
    expect(page).to_have_url(re.compile(f"&draft=scale,0.5:{TEXAS}:"))
    told = page.get_by_test_id("change").inner_text()
    page.reload()
    expect(page.get_by_test_id("change")).to_have_text(told, use_inner_text=True)
    expect(page.get_by_test_id("test-prediction")).to_have_attribute("data-current", "true")

    page.get_by_test_id("change-op").select_option("set")
    page.get_by_test_id("change-value").fill("3")
    expect(page).to_have_url(re.compile(f"&draft=set,3:{TEXAS}:"))
    page.go_back()  # to what was reloaded
    expect(page.get_by_test_id("change-op")).to_have_value("scale")
    page.go_back()
    expect(page.get_by_test_id("node-detail")).to_be_visible()
    expect(page.get_by_test_id("test-panel")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_test_id("change-op")).to_have_value("scale")
    page.go_forward()
    expect(page.get_by_test_id("change-value")).to_have_value("3")

    page.get_by_test_id("close-test").click()
    expect(page).not_to_have_url(re.compile("draft="))
    page.keyboard.press("Escape")
    page.get_by_test_id("swap").click()
    expect(page).to_have_url(re.compile("&draft=transplant,2,::"))
    page.reload()
    expect(page.get_by_test_id("change")).to_contain_text("All features in which the two graphs differ")


def test_a_draft_of_what_the_graph_has_not_is_left_out(page: Page, graph: str) -> None:
    page.goto(f"{graph}?draft=suppress:feature/9/9/9:gone&draft=suppress:{TEXAS}:Texas")
    expect(page.get_by_test_id("left-out")).to_contain_text("draft=suppress:feature/9/9/9:gone")
    expect(page.get_by_test_id("change")).to_have_count(1)
