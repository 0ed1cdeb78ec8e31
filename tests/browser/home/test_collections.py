"""The first page lists the graphs of one collection, and its address says which."""

from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.reading import REFUSED, expect_accessible
from tests.support.processes import write_graph

pytestmark = pytest.mark.slow

NAME = "a & b, Ада?"


def test_graphs_of_a_collection_are_listed(
    page: Page, site: str, tmp_path: Path, expected_messages: list[str]
) -> None:
    files = [write_graph(tmp_path / f"{at}.json", weight=1.5 + at, prompt=f"prompt {at}") for at in range(3)]
    ids = [requests.post(f"{site}/api/graphs/import", data=file.read_bytes()).json()["id"] for file in files]
    page.goto(site)
    rows, choice = page.get_by_test_id("graph-row"), page.get_by_test_id("collection-filter")
    expect(rows).to_have_count(3)
    expect(choice).to_have_count(0)  # where there is no collection, there is nothing to choose

    collection = f"{site}/api/collections/{quote(NAME)}"
    requests.post(f"{collection}/graphs", json={"add": ids[:2]})
    requests.put(f"{site}/api/collections/empty")
    page.reload()
    choice.select_option(NAME)
    expect(rows).to_have_count(2)
    assert {row.get_attribute("data-graph-id") for row in rows.all()} == set(ids[:2])
    address = page.url
    assert address.startswith(f"{site}/?collection=")
    page.reload()
    expect(rows).to_have_count(2)
    expect(choice).to_have_value(NAME)

    rows.first.get_by_role("link").click()
    page.wait_for_url("**/graphs/*")
    page.go_back()
    expect(rows).to_have_count(2)
    assert page.url == address
    choice.select_option("empty")
    expect(page.get_by_test_id("none-found")).to_contain_text("No such graphs are in the collection “empty”.")
    page.go_back()
    expect(rows).to_have_count(2)
    page.get_by_role("link", name="Circuit Explorer").click()
    expect(rows).to_have_count(3)
    assert page.url.rstrip("/") == site
    expect(choice).to_have_value("")

    page.goto(address)
    expect(rows).to_have_count(2)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        expect_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    expected_messages.append(REFUSED)  # a collection that is gone
    requests.delete(collection)
    page.reload()
    expect(page.get_by_test_id("none-found")).to_contain_text(f"There is no collection “{NAME}”.")
    choice.select_option("")
    expect(rows).to_have_count(3)
