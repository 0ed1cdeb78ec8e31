"""The library: prompts with their graphs below, found, opened, named, deleted and had back, put together, compared."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import AWAY, REFUSED, expect_accessible, hold_requests, let_go
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.processes import serving, url, write_graph

pytestmark = pytest.mark.slow

PROMPTS = ("Dallas is in", "Oakland is in", "Dallas is in", "The opposite of small is")


def store(site: str, folder: Path, number: int, **metadata: Any) -> str:
    file = write_graph(folder / "graph.json", f"graph {number}", 1.5 + number, prompt=PROMPTS[number])
    document = json.loads(file.read_text())
    document["metadata"] |= metadata
    answer = requests.post(f"{site}/api/graphs/import", json=document)
    assert answer.ok, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def graphs(server: str, tmp_path: Path) -> list[str]:
    """Four graphs of three prompts, the last in another model."""
    return [
        store(server, tmp_path, number, **({"scan": "other-model"} if number == 3 else {}))
        for number in range(4)
    ]


def rows(page: Page) -> Locator:
    return page.get_by_test_id("graph-row")


def record(site: str, graph: str) -> Any:
    return requests.get(f"{site}/api/graphs/{graph}").json()


def test_prompts_are_found_filtered_and_ordered(server: str, graphs: list[str], page: Page) -> None:
    page.goto(server)
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_test_id("library-counts")).to_have_text("3 prompts, 4 graphs")
    dallas = rows(page).filter(has_text="Dallas")
    expect(dallas).to_contain_text("2 graphs")
    expect(dallas).to_have_attribute("data-graph-id", graphs[2])  # the newest

    page.get_by_test_id("library-search").press_sequentially("IN dal")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(f"{server}/?q=IN+dal")
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_test_id("library-search")).to_have_value("IN dal")
    page.get_by_test_id("library-search").fill("nowhere")
    expect(page.get_by_test_id("none-found")).to_contain_text("No graphs are like that.")
    page.get_by_role("button", name="Show all graphs").click()
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_test_id("library-search")).to_have_value("")

    page.get_by_test_id("library-model").select_option("other-model")
    expect(rows(page)).to_have_count(1)
    page.go_back()
    expect(rows(page)).to_have_count(3)
    page.get_by_test_id("library-order").select_option("prompt")
    expect(rows(page).locator(".prediction-prompt")).to_have_text(
        [*sorted(set(PROMPTS))], use_inner_text=True
    )
    page.get_by_test_id("library-labels").select_option("no")
    expect(page.get_by_test_id("none-found")).to_be_visible()
    page.get_by_test_id("library-labels").select_option("yes")
    expect(rows(page)).to_have_count(3)
    page.get_by_test_id("library-faithful").select_option("any")
    expect(page.get_by_test_id("none-found")).to_be_visible()


def test_a_prompt_has_its_graphs_with_views_below_it(server: str, graphs: list[str], page: Page) -> None:
    assert requests.put(f"{server}/api/graphs/{graphs[0]}/views/mine", json={"state": {}}).ok
    requests.post(f"{server}/api/collections/cities/graphs", json={"add": [graphs[0]]})
    page.goto(server)
    rows(page).filter(has_text="Dallas").get_by_test_id("prompt-open").click()
    kept = page.get_by_test_id("kept-graph")
    expect(kept).to_have_count(2)
    expect(kept.nth(0)).to_contain_text("graph 2")
    expect(kept.nth(1)).to_contain_text("graph 0")
    expect(rows(page)).to_have_count(3)
    expect(kept.nth(1).get_by_role("link", name="in cities")).to_have_attribute("href", "/collections/cities")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        expect_accessible(page)
        expect_no_overflow(page)
    kept.nth(1).get_by_role("link", name="mine").click()
    page.wait_for_url(f"**/graphs/{graphs[0]}?view=mine")


def test_a_graph_is_named_and_written_about(
    server: str, graphs: list[str], page: Page, expected_messages: list[str]
) -> None:
    expected_messages += [*AWAY, "Failed to load resource"]
    page.goto(server)
    rows(page).filter(has_text="Oakland").get_by_test_id("prompt-open").press("Enter")
    page.get_by_test_id("describe").press("Enter")
    page.get_by_test_id("describe-name").fill("Oakland, the good one")
    page.get_by_test_id("describe-notes").fill("As in figure 2.")
    expect_accessible(page)
    page.route(f"**/api/graphs/{graphs[1]}", lambda route: route.abort())
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_test_id("describe-dialog")
    expect(dialog.get_by_test_id("error-banner")).to_contain_text("does not answer")
    expect(page.get_by_test_id("describe-notes")).to_have_value("As in figure 2.")
    page.unroute(f"**/api/graphs/{graphs[1]}")
    page.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_test_id("kept-graph")).to_contain_text("Oakland, the good one")
    expect(page.get_by_test_id("kept-graph")).to_contain_text("As in figure 2.")
    assert record(server, graphs[1])["notes"] == "As in figure 2."
    page.get_by_test_id("library-search").fill("figure good")
    expect(rows(page)).to_have_count(1)


def test_what_is_deleted_can_be_had_back(server: str, graphs: list[str], page: Page) -> None:
    page.goto(server)
    oakland = rows(page).filter(has_text="Oakland")
    oakland.get_by_test_id("delete-graph").click()
    expect(oakland).to_have_attribute("data-deleted", "true")
    news = page.get_by_test_id("deletion-news")
    expect(news).to_contain_text("Deleted “Oakland is in”")
    assert record(server, graphs[1])["id"] == graphs[1], "it is there until it cannot be had back"
    expect_accessible(page)
    page.get_by_test_id("undo-delete").click()
    expect(oakland).not_to_have_attribute("data-deleted", "true")
    expect(news).to_be_empty()

    page.clock.install()
    page.goto(server)
    held = hold_requests(page, f"**/api/graphs/{graphs[1]}")
    oakland.get_by_test_id("delete-graph").click()
    page.clock.fast_forward(11_000)
    let_go(page, held)
    expect(oakland).to_have_count(0)
    assert record(server, graphs[1])["error"] == "GraphNotFound"


def test_a_deletion_that_fails_is_told_of_and_tried_again(
    server: str, graphs: list[str], page: Page, expected_messages: list[str]
) -> None:
    expected_messages.append("Failed to load resource")
    page.clock.install()
    page.goto(f"{server}/graphs/{graphs[1]}")
    page.route(f"**/api/graphs/{graphs[1]}", lambda route: route.abort())
    page.get_by_test_id("delete-graph").click()
    page.wait_for_url(f"{server}/")  # the graph's page is left
    oakland = rows(page).filter(has_text="Oakland")
    expect(oakland).to_have_attribute("data-deleted", "true")
    page.clock.fast_forward(11_000)
    news = page.get_by_test_id("deletion-news")
    expect(news).to_contain_text("Not deleted: “Oakland is in”")
    expect(oakland).not_to_have_attribute("data-deleted", "true")
    page.unroute(f"**/api/graphs/{graphs[1]}")
    news.get_by_role("button", name="Try again").click()
    expect(oakland).to_have_attribute("data-deleted", "true")
    page.clock.fast_forward(11_000)
    expect(oakland).to_have_count(0)


def test_chosen_graphs_are_put_together_compared_and_deleted(
    page: Page, server: str, graphs: list[str]
) -> None:
    page.goto(server)
    bar = page.get_by_test_id("chosen")
    for text in ("Oakland", "Dallas"):
        rows(page).filter(has_text=text).get_by_test_id("choose").check()
    expect(bar).to_contain_text("2 graphs chosen")
    href = bar.get_by_test_id("compare-chosen").get_attribute("href")
    assert href == f"/compare?a={graphs[1]}&b={graphs[2]}"
    bar.get_by_test_id("collect-name").fill("cities")
    bar.get_by_test_id("collect-name").press("Enter")
    expect(bar).to_contain_text("Now in cities")
    assert requests.get(f"{server}/api/collections/cities").json()["n_graphs"] == 2
    page.set_viewport_size({"width": 390, "height": 800})
    expect_no_overflow(page)
    expect_accessible(page)
    bar.get_by_test_id("delete-chosen").click()
    expect(bar).to_have_count(0)
    expect(page.get_by_test_id("deletion-news")).to_contain_text("Deleted 2 graphs")
    page.get_by_test_id("undo-delete").click()
    expect(rows(page)).to_have_count(3)


def test_a_server_that_comes_back_goes_on_with_the_library(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        store(address, tmp_path, 0)
        page.goto(address)
        expect(rows(page)).to_have_count(1)
        page.get_by_test_id("prompt-input").fill("half a prompt")
    banner = page.get_by_test_id("error-banner").filter(has_text="The server does not answer")
    expect(banner.first).to_be_visible()
    expect(rows(page)).to_have_count(1)
    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(banner).to_have_count(0)
        expect(page.get_by_test_id("prompt-input")).to_have_value("half a prompt")
        page.goto("about:blank")


def test_dropped_files_are_told_of_and_led_to(
    server: str, tmp_path: Path, page: Page, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    known = store(server, tmp_path, 0)
    page.goto(f"{server}/runs")  # anywhere
    files = [write_graph(tmp_path / "new.json", "new", 9.5), tmp_path / "bad.json"]
    files[1].write_text("{")
    (tmp_path / "known.json").write_text((tmp_path / "graph.json").read_text())
    texts = {file.name: file.read_text() for file in [*files, tmp_path / "known.json"]}
    page.evaluate(
        """texts => {
            const transfer = new DataTransfer();
            for (const [name, text] of Object.entries(texts)) transfer.items.add(new File([text], name));
            window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
        }""",
        texts,
    )
    news = page.get_by_test_id("import-news")
    expect(news).to_contain_text("1 graph imported, 1 known already, 1 file refused")
    expect(news).to_contain_text("known.json was stored before")
    expect_accessible(page)
    news.get_by_role("link", name="known.json").click()
    page.wait_for_url(f"**/graphs/{known}")
