"""A data set that is only read, in Chromium: what would change it is not offered, and a link keeps what is made."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow

TEXAS = "feature/0/1/2"


def test_a_data_set_offers_nothing_that_would_change_it(page: Page, tmp_path: Path) -> None:
    source, data = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    assert run("import", write_graph(source / "one.json", "one"), data=source).status == 0
    assert run("export", "one", "--format", "parquet", "-o", source / "set", data=source).status == 0
    with serving(data, "--database", f"parquet://{source}/set"):
        page.goto(url(data))
        expect(page.get_by_test_id("read-only")).to_contain_text("only read")
        expect(page.get_by_test_id("import-input")).to_have_count(0)
        page.get_by_test_id("prompt-open").click()
        expect(page.get_by_test_id("kept-graph")).to_have_count(1)
        for test_id in ("delete-graph", "describe"):
            expect(page.get_by_test_id(test_id)).to_have_count(0)
        page.get_by_test_id("find-open").click()
        page.get_by_test_id("find-field").fill("graph files")
        expect(page.get_by_test_id("find-status")).to_have_text("Nothing here is called so.")
        page.keyboard.press("Escape")
        page.get_by_test_id("graph-row").get_by_role("link").first.click()
        expect(page.get_by_test_id("path-row").first).to_be_visible()

        page.goto(f"{page.url}?sel={TEXAS}")
        expect(page.get_by_test_id("view-menu")).to_contain_text("only read: the address keeps your work")
        for test_id in ("save-view", "label-open", "annotate-start", "delete-graph"):
            expect(page.get_by_test_id(test_id)).to_have_count(0)
        page.get_by_test_id("pin").click()
        expect(page).to_have_url(re.compile(f"pins=.*{TEXAS}"))
        page.reload()
        expect(page.get_by_test_id("pin")).to_have_text("Unpin")
        page.goto("about:blank")  # the page asks for its server while it is open
