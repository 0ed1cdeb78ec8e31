"""A graph is pruned again from its page: a job that leads to another graph, or the reason why there can be none."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import AWAY, REFUSED, expect_accessible
from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow


def pruned(at: str, file: Path) -> dict[str, Any]:
    """The record of a graph of which the whole trace is kept."""
    asked = {"node_threshold": 0.95, "edge_threshold": 0.98}
    answer = requests.post(f"{at}/api/graphs/import", params=asked, data=file.read_bytes())
    record: dict[str, Any] = answer.json()
    assert record["trace_id"], answer.text
    return record


def opened(page: Page, address: str) -> Locator:
    """The dialog on a graph's page."""
    page.goto(address)
    page.get_by_test_id("prune-again").click()
    dialog = page.get_by_test_id("prune-dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_other_thresholds_make_another_graph(page: Page, site: str, tmp_path: Path) -> None:
    record = pruned(site, write_graph(tmp_path / "one.json", "one"))
    dialog = opened(page, f"{site}/graphs/{record['id']}")
    node, edge = dialog.get_by_label("Node threshold"), dialog.get_by_label("Link threshold")
    expect(node).to_have_value("0.95")
    expect(edge).to_have_value("0.98")
    expect(dialog.get_by_test_id("prune-sizes")).to_contain_text(
        f"This graph has {record['n_nodes']} nodes and {record['n_edges']} links of the 3 nodes and 3 links"
    )
    start = dialog.get_by_test_id("prune-start")
    expect(dialog.get_by_test_id("prune-own")).to_contain_text("make this graph")
    expect(start).to_be_disabled()
    node.fill("80")
    expect(dialog).to_contain_text("A share from 0 to 1")
    expect(start).to_be_disabled()

    node.fill("0.5")
    start.click()
    news = dialog.get_by_test_id("prune-news")
    expect(news).to_contain_text("It is stored: ")
    made = dialog.get_by_test_id("prune-made").get_attribute("href") or ""
    other = requests.get(f"{site}/api{made}").json()
    assert (other["node_threshold"], other["edge_threshold"]) == (0.5, 0.98)
    expect(news).to_contain_text(f"{other['n_nodes']} node")
    assert dialog.get_by_test_id("prune-compare").get_attribute("href") == (
        f"/compare?a={record['id']}&b={other['id']}"
    )

    page.keyboard.press("Escape")
    beside = page.get_by_test_id("graph-facts").get_by_test_id("prune-made").first
    expect(beside).to_be_visible()
    beside.click()
    expect(page).to_have_url(f"{site}{made}")
    expect(page.get_by_test_id("graph-facts")).to_contain_text("50 %")

    # Once more: it is known.
    dialog = opened(page, f"{site}/graphs/{record['id']}")
    dialog.get_by_label("Node threshold").fill(".5")
    dialog.get_by_test_id("prune-start").click()
    expect(dialog.get_by_test_id("prune-made")).to_have_attribute("href", made)


def test_a_graph_without_its_trace_says_so(page: Page, tmp_path: Path, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        at = url(data)
        file = write_graph(tmp_path / "whole.json", "whole", 2.5)
        whole = requests.post(f"{at}/api/graphs/import", data=file.read_bytes()).json()
        dialog = opened(page, f"{at}/graphs/{whole['id']}")
        expect(dialog.get_by_test_id("prune-impossible")).to_contain_text("imported as it is")
        expect(dialog.get_by_role("textbox")).to_have_count(0)

        record = pruned(at, write_graph(tmp_path / "gone.json", "gone", 3.5))
        shutil.rmtree(data / "traces")
        dialog = opened(page, f"{at}/graphs/{record['id']}")
        dialog.get_by_label("Node threshold").fill("0.5")
        dialog.get_by_test_id("prune-start").click()
        expect(dialog.get_by_test_id("error-banner")).to_contain_text("is not kept here")
        expect(dialog.get_by_label("Node threshold")).to_have_value("0.5")
        page.goto("about:blank")


def test_a_job_that_fails_says_why(page: Page, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        record = pruned(url(data), write_graph(tmp_path / "torn.json", "torn"))
        kept = [file for file in (data / "traces").rglob("*") if record["trace_id"] in file.name]
        assert kept
        for file in kept:
            file.write_bytes(b"no trace")
        dialog = opened(page, f"{url(data)}/graphs/{record['id']}")
        dialog.get_by_label("Node threshold").fill("0.5")
        dialog.get_by_test_id("prune-start").click()
        failed = dialog.get_by_test_id("error-banner")
        expect(failed).to_contain_text("It could not be pruned.")
        expect(dialog.get_by_test_id("prune-made")).to_have_count(0)
        failed.get_by_role("button", name="Dismiss").click()
        expect(dialog.get_by_test_id("prune-news")).to_have_count(0)
        page.goto("about:blank")


def test_the_server_goes_and_comes_back(page: Page, tmp_path: Path, expected_messages: list[str]) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        at = url(data)
        record = pruned(at, write_graph(tmp_path / "one.json", "one"))
        dialog = opened(page, f"{at}/graphs/{record['id']}")
        dialog.get_by_label("Node threshold").fill("0.4")
    dialog.get_by_test_id("prune-start").click()
    expect(dialog.get_by_test_id("error-banner")).to_contain_text("does not answer")
    with serving(data, "--no-examples", "--port", str(urlsplit(at).port)):
        expect(dialog.get_by_label("Node threshold")).to_have_value("0.4")
        dialog.get_by_test_id("prune-start").click()
        expect(dialog.get_by_test_id("prune-made")).to_be_visible()
        page.goto("about:blank")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(page: Page, site: str, tmp_path: Path, width: int, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    record = pruned(site, write_graph(tmp_path / "fits.json", "fits", 5.5))
    dialog = opened(page, f"{site}/graphs/{record['id']}")
    dialog.get_by_label("Node threshold").fill("x")
    expect_accessible(page)
    dialog.get_by_label("Node threshold").fill("0.3")
    dialog.get_by_test_id("prune-start").click()
    expect(dialog.get_by_test_id("prune-made")).to_be_visible()
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = dialog.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_a_data_set_that_is_only_read_says_so(page: Page, tmp_path: Path) -> None:
    source, data = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    assert run("import", write_graph(source / "one.json", "one"), data=source).status == 0
    assert run("export", "one", "--format", "parquet", "-o", source / "set", data=source).status == 0
    with serving(data, "--database", f"parquet://{source}/set"):
        graph = requests.get(f"{url(data)}/api/graphs").json()["graphs"][0]["id"]
        dialog = opened(page, f"{url(data)}/graphs/{graph}")
        expect(dialog.get_by_test_id("prune-impossible")).to_contain_text("only read")
        page.goto("about:blank")
