"""Notes of a View that are not saved yet, in Chromium: in the address as the rest of the work is."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.work.test_circuit import states

pytestmark = pytest.mark.slow


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return f"{site}/graphs/{states(page, site, tmp_path, request.node.name)}"


def test_notes_are_in_the_address_until_they_are_saved(page: Page, graph: str) -> None:
    page.goto(graph)
    page.get_by_test_id("views").click()
    page.get_by_test_id("view-notes").fill("What Texas does,\n50 % of it")
    expect(page).to_have_url(re.compile(r"&notes=What%20Texas%20does,%0A50%20%25%20of%20it"))
    page.reload()
    expect(page.get_by_test_id("views")).to_have_text("View not saved")
    page.get_by_test_id("views").click()
    expect(page.get_by_test_id("view-notes")).to_have_value("What Texas does,\n50 % of it")
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    expect(page).not_to_have_url(re.compile("notes="))

    page.get_by_test_id("view-notes").fill("")
    expect(page).to_have_url(re.compile("&notes=$"))
    page.reload()
    page.get_by_test_id("views").click()
    expect(page.get_by_test_id("view-notes")).to_have_value("")
    expect(page.get_by_test_id("save-view")).to_have_text("Save")


def test_notes_that_no_address_holds_say_so(page: Page, graph: str) -> None:
    page.goto(graph)
    page.get_by_test_id("views").click()
    page.get_by_test_id("view-notes").fill("é" * 4000)
    expect(page.get_by_test_id("view-menu")).to_contain_text("These notes are too long for the address")
    expect(page).not_to_have_url(re.compile("notes="))
    page.get_by_test_id("save-view").click()
    expect(page.get_by_test_id("save-view")).to_have_text("Saved")
    page.reload()
    page.get_by_test_id("views").click()
    expect(page.get_by_test_id("view-notes")).to_have_value("é" * 4000)
