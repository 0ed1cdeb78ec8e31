"""What a graph shares with others, in Chromium: the list of graphs with its features, and the nodes chosen by it."""

import re
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.reading import TIMEOUT_MS, expect_accessible, hold_requests, let_go
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.graph_documents import edited, feature_node, link
from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow

QUERIES = "**/api/queries/**"
DALLAS = "Fact: The capital of the state containing Dallas is"
OAKLAND = "Fact: The capital of the state containing Oakland is"


WEIGHTS = count(2)
"""Of the links of each graph: two graphs of one content would be one."""


def stored(page: Page, site: str, transcoders: str, name: str, prompt: str, *features: str) -> str:
    """The address of a graph of these transcoders with features by their nodes' ids: `0_7_1`."""
    weight = next(WEIGHTS)

    def change(document: dict[str, Any]) -> None:
        ends = [node for node in document["nodes"] if node["node_id"] in ("E_26865_1", "5_22898_2")]
        places = [[int(part) for part in feature.split("_")] for feature in features]
        made = [feature_node(*place, activation=1.5, influence=0.3) for place in places]
        document["nodes"] = [ends[0], *made, ends[1]]
        document["links"] = [
            each
            for feature in features
            for each in (link("E_26865_1", feature, weight), link(feature, "5_22898_2", 4.0))
        ]
        document["qParams"] = {}
        document["metadata"] |= {"slug": name, "prompt": prompt, "info": {"transcoder_set": transcoders}}

    answer = page.request.post(f"{site}/api/graphs/import", data=edited(change))
    assert answer.ok, answer.text()
    return f"{site}/graphs/{answer.json()['id']}"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_test_id("path-row").first).to_be_visible()


def open_list(page: Page) -> None:
    page.get_by_test_id("shared-graphs").locator("summary").press("Enter")


def test_what_dallas_and_oakland_share_is_selected_grouped_and_in_the_tray(page: Page, site: str) -> None:
    for prompt in (DALLAS, OAKLAND):
        job = page.request.post(f"{site}/api/jobs", data={"prompt": prompt})
        assert job.ok, job.text()
    page.goto(site)
    for prompt in (OAKLAND, DALLAS):
        row = page.get_by_test_id("graph-row").filter(has=page.get_by_title(prompt))
        expect(row).to_be_visible(timeout=3 * TIMEOUT_MS)
    row.get_by_role("link").click()
    expect(page.get_by_test_id("path-row").first).to_be_visible()

    open_list(page)
    oakland = page.get_by_test_id("shared-graph").filter(has_text=OAKLAND)
    expect(oakland).to_contain_text(re.compile(r"\d+ features?"))
    oakland.hover()
    drawing = page.get_by_test_id("drawing")
    expect(drawing).not_to_have_attribute("data-hovered-nodes", "0")
    n_shared = drawing.get_attribute("data-hovered-nodes")
    oakland.get_by_role("button", name=f"Select what is shared with {OAKLAND}").click()
    expect(page).to_have_url(re.compile(r"sel=feature/"))

    page.keyboard.press("g")
    page.get_by_test_id("supernode-name").fill("as for Oakland")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("tray-things")).to_contain_text(f"as for Oakland {n_shared}")

    page.keyboard.press("Escape")
    expect(page.get_by_test_id("graph-facts")).to_be_visible()
    expect(oakland).to_be_visible()  # as it was left
    oakland.get_by_role("link").click()
    expect(page).to_have_title(re.compile(OAKLAND))


def test_a_graph_is_listed_by_its_prompt_and_told_from_its_twin(page: Page, site: str) -> None:
    graph = stored(page, site, "twins", "one", "<bos>Dallas is", "0_7_1", "0_7_2", "1_8_1", "2_9_2")
    most = stored(page, site, "twins", "two", "<bos>Dallas is", "0_7_2", "1_8_2")
    other = stored(page, site, "twins", "three", "<bos>Oakland is", "2_9_2")
    stored(page, site, "others", "four", "<bos>Fresno is", "2_9_2")
    asked: list[str] = []

    def listen(request: Request) -> None:
        if "/api/queries/" in request.url:
            asked.append(request.url)

    page.on("request", listen)
    opened(page, graph)
    assert asked == []
    open_list(page)
    rows = page.get_by_test_id("shared-graph")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Dallas is two2 featuresSelect")
    expect(rows.nth(1)).to_contain_text("Oakland is1 featureSelect")
    expect(rows.nth(0).get_by_role("link")).to_have_attribute("title", "Dallas is\ntwo")
    expect(rows.nth(1).get_by_role("link")).to_have_attribute("href", other.removeprefix(site))
    expect_accessible(page)

    rows.nth(0).get_by_role("button").press("Enter")
    panel = page.get_by_test_id("selection-detail")
    expect(panel).to_contain_text("3 nodes")  # a feature of two positions
    expect(panel.locator("h2")).to_be_focused()
    panel.get_by_test_id("members").get_by_role("button").filter(has_text="#8").click()
    twin = page.get_by_test_id("other-graphs").get_by_role("link")
    expect(twin).to_have_text("Dallas is two")
    twin.click()
    expect(page).to_have_url(re.compile(most))


def test_a_graph_that_shares_nothing_says_so(page: Page, site: str) -> None:
    opened(page, stored(page, site, "alone", "alone", "<bos>Dallas is", "0_7_1"))
    held = hold_requests(page, QUERIES)
    open_list(page)
    block = page.get_by_test_id("shared-graphs")
    expect(block.get_by_role("status")).to_be_visible()
    let_go(page, held)
    expect(block).to_contain_text("No other graph has any of them.")
    expect(block.get_by_role("status")).to_have_count(0)


def test_a_server_that_is_away_is_told_of_and_asked_again(
    page: Page, site: str, expected_messages: list[str]
) -> None:
    expected_messages.append("net::ERR_CONNECTION_REFUSED")
    graph = stored(page, site, "away", "here", "<bos>Dallas is", "0_7_1", "1_8_1")
    stored(page, site, "away", "there", "<bos>Oakland is", "0_7_1", "1_8_1")
    opened(page, graph)

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route(QUERIES, refuse)
    open_list(page)
    trouble = page.get_by_test_id("shared-graphs").get_by_test_id("error-banner")
    expect(trouble).to_contain_text("The page keeps trying.")
    page.unroute(QUERIES, refuse)
    row = page.get_by_test_id("shared-graph")
    expect(row).to_contain_text("Oakland is")
    expect(trouble).to_have_count(0)

    page.route(QUERIES, refuse)
    row.get_by_role("button", name="Select").click()
    expect(trouble).to_contain_text("What they share could not be read.")
    page.unroute(QUERIES, refuse)
    trouble.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("selection-detail")).to_contain_text("2 nodes")


def test_a_data_set_that_is_only_read_has_the_list(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source, data = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("data")
    for at, name in enumerate(("one", "two")):
        assert run("import", write_graph(source / f"{name}.json", name, 1.5 + at), data=source).status == 0
    assert run("export", "one", "two", "--format", "parquet", "-o", source / "set", data=source).status == 0
    with serving(data, "--database", f"parquet://{source}/set"):
        page.goto(url(data))
        page.get_by_test_id("graph-row").get_by_role("link").first.click()
        expect(page.get_by_test_id("path-row").first).to_be_visible()
        open_list(page)
        page.get_by_test_id("shared-graph").get_by_role("button").click()
        expect(page.get_by_test_id("node-detail")).to_contain_text("Texas")
        page.goto("about:blank")  # the page asks for its server while it is open


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1920])
def test_the_list_fits_every_screen(page: Page, site: str, width: int, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    transcoders = f"{width} {scheme}"
    graph = stored(page, site, transcoders, "wide", "<bos>Dallas is", "0_7_1")
    for at in range(9):
        words = f"{at} " + ("a-word-without-an-end-" * 9 if at % 2 else "many words, one after another, " * 9)
        stored(page, site, transcoders, f"wide-{at}", words, "0_7_1")
    opened(page, graph)
    open_list(page)
    expect(page.get_by_test_id("shared-graph")).to_have_count(6)
    page.get_by_test_id("shared-graphs").get_by_role("button", name="3 more").click()
    expect(page.get_by_test_id("shared-graph")).to_have_count(9)
    expect_accessible(page)
    expect_no_overflow(page)
