"""Supernodes expanded in the Circuit tab, in Chromium: in the address, undone, saved and opened with the View."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.work.test_circuit import begin, box, states

pytestmark = pytest.mark.slow

TEXAS = "feature/0/1/7"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return f"{site}/graphs/{states(page, site, tmp_path, request.node.name)}"


def test_an_expanded_supernode_is_addressed_undone_renamed_and_saved(page: Page, graph: str) -> None:
    begin(page, 2)
    box(page, "=Texas").dblclick()
    expect(box(page, "=Texas")).to_have_attribute("aria-expanded", "true")
    expect(page).to_have_url(re.compile("&expand=Texas"))
    page.reload()
    expect(box(page, "=Texas")).to_have_attribute("aria-expanded", "true")
    expect(box(page, TEXAS)).to_be_visible()

    page.locator("body").press("Control+z")  # it was reloaded: there is nothing to undo
    expect(page.get_by_test_id("undo")).to_be_disabled()
    box(page, "=Texas").press("Enter")
    expect(box(page, TEXAS)).to_have_count(0)
    page.locator("body").press("Control+z")
    expect(box(page, TEXAS)).to_be_visible()

    page.get_by_test_id("tray-things").get_by_role("button", name="Texas").click()
    page.get_by_test_id("supernode-rename").fill("Lone Star")
    page.get_by_test_id("supernode-rename").press("Enter")
    expect(box(page, "=Lone Star")).to_have_attribute("aria-expanded", "true")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    expect(page).not_to_have_url(re.compile("expand="))

    other = page.context.new_page()
    other.goto(f"{graph}?tab=circuit")
    expect(box(other, "=Lone Star")).to_have_attribute("aria-expanded", "true")
    expect(box(other, TEXAS)).to_be_visible()
    expect(other.get_by_test_id("save-view")).to_have_text("Saved")
