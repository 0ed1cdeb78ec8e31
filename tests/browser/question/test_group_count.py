"""The slider from fewer automatic groups to more, in Chromium."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import document, whole_document

pytestmark = pytest.mark.slow


def asked_groups(page: Page) -> list[str]:
    """The numbers of groups that paths are asked for from now on, as they come."""
    asked: list[str] = []

    def listen(url: str) -> None:
        address = urlsplit(url)
        if address.path.endswith("/paths"):
            asked.extend(parse_qs(address.query).get("groups", []))

    page.on("request", lambda request: listen(request.url))
    return asked


def test_the_number_of_automatic_groups_is_chosen(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(json.dumps(whole_document(60, seed=3)))
    graph = import_graph(page, site, file)
    line, slider = page.get_by_test_id("groups-line"), page.get_by_test_id("group-count")
    page.get_by_test_id("group-by").select_option("auto")
    expect(slider).to_be_visible()
    own = slider.input_value()
    expect(line).to_contain_text(f"{own} automatic groups hold")
    asked = asked_groups(page)
    expect_accessible(page)

    address = page.url
    length = page.evaluate("window.history.length")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "7 groups")
    expect(line).to_contain_text("7 automatic groups hold")
    expect(page).to_have_url(f"{site}/graphs/{graph}?by=auto&groups=7")
    assert set(asked) <= {"4", "5", "6", "7"} and asked[-1] == "7"
    slider.fill("12")
    expect(line).to_contain_text("12 automatic groups hold")
    expect(page).to_have_url(f"{site}/graphs/{graph}?by=auto&groups=12")
    assert page.evaluate("window.history.length") == length + 1, "the moves of a slider are one step"

    page.reload()
    expect(slider).to_have_value("12")
    expect(line).to_contain_text("12 automatic groups hold")
    page.get_by_test_id("own-groups").click()
    expect(line).to_contain_text(f"{own} automatic groups hold")
    expect(page.get_by_test_id("own-groups")).to_have_count(0)
    expect(page).to_have_url(address)
    page.go_back()
    expect(slider).to_have_value("12")
    page.get_by_test_id("group-by").select_option("layer")
    expect(slider).to_have_count(0)


def test_few_features_make_no_number_to_choose(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "few.json"
    file.write_text(json.dumps(document()))
    import_graph(page, site, file)
    page.get_by_test_id("group-by").select_option("auto")
    expect(page.get_by_test_id("groups-line")).to_be_visible()
    expect(page.get_by_test_id("group-count")).to_have_count(0)
