"""A server that goes and comes back while its page is open."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import AWAY, import_graph
from tests.support.processes import serving, url, write_graph

pytestmark = pytest.mark.slow


def test_an_open_graph_keeps_its_lists_and_goes_on(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        import_graph(page, address, write_graph(tmp_path / "tiny.json"))
        rows = page.locator("[data-testid=path-row] .path-row-line")
        expect(rows).to_have_text(["Dallas→Texas (reads Dallas)→Austin−2.25"])
    lists = page.get_by_test_id("lists")
    expect(lists).to_have_attribute("data-current", "true")

    page.get_by_test_id("mode-single").click()
    banner = page.get_by_test_id("error-banner")
    expect(banner).to_have_count(1)
    expect(banner).to_contain_text("Not current. The server does not answer.")
    expect(banner).to_contain_text("These are the rows of the question before; the page keeps trying.")
    expect(banner.get_by_role("button", name="Try again")).to_be_visible()
    expect(lists).to_have_attribute("data-current", "false")
    expect(rows).to_have_text(["Dallas→Texas (reads Dallas)→Austin−2.25"])

    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(banner).to_have_count(0)
        expect(lists).to_have_attribute("data-current", "true")
        expect(rows).to_have_text(["Dallas→Texas L0→Austin−2.25"])
        page.goto("about:blank")


def test_what_a_graph_needs_is_asked_until_it_comes(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += ["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "Failed to load resource"]
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        graph = import_graph(page, address, write_graph(tmp_path / "tiny.json"))
        for part in ("nodes", "flow", "paths"):
            away = f"**/api/graphs/{graph}/{part}*"
            page.route(away, lambda route: route.abort())
            page.goto(f"{address}/graphs/{graph}")
            expect(page.get_by_test_id("error-banner")).to_have_count(1)
            page.unroute(away)
            expect(page.get_by_test_id("error-banner")).to_have_count(0)
            expect(page.get_by_test_id("path-row").first).to_be_visible()
        page.goto("about:blank")
