"""The page of one feature in all graphs, in Chromium."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.reading import AWAY, REFUSED, expect_accessible
from tests.browser.test_features import EXAMPLES, SET, SOURCE, write_gemma
from tests.browser.test_small_screens import expect_no_overflow
from tests.support.api import write_pair
from tests.support.neuronpedia.site import Site, entry, served
from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow


def stored(address: str, file: Path) -> str:
    """The id of a graph, imported past the page."""
    answer = requests.post(f"{address}/api/graphs/import", data=file.read_bytes())
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def page_of(address: str, model: str, transcoder_set: str, index: int = 2, search: str = "") -> str:
    names = "/".join(quote(name, safe="") for name in (model, transcoder_set))
    return f"{address}/features/{names}/0/{index}{search}"


def activation(file: Path, value: float) -> Path:
    content = json.loads(file.read_text())
    content["nodes"][1]["activation"] = value
    file.write_text(json.dumps(content))
    return file


def test_a_node_leads_to_the_page_which_leads_to_every_graph(page: Page, server: str, tmp_path: Path) -> None:
    first, second = write_pair(tmp_path)
    dallas, oakland = stored(server, activation(first, 5.0)), stored(server, second)
    page.goto(f"{server}/graphs/{dallas}?sel=feature/0/1/2")
    link = page.get_by_test_id("feature-page")
    expect(link).to_have_text("in 2 graphs")
    link.press("Enter")
    page.wait_for_url(page_of("**", "google/tiny", "a/b"))
    expect(page.get_by_test_id("feature-name")).to_have_text("a state")  # that of the newest of as many
    expect(page.get_by_role("heading", name="In 2 graphs")).to_be_visible()
    rows = page.get_by_test_id("firing-graph")
    expect(rows).to_have_count(2)
    expect(rows.locator("mark")).to_have_text(
        ["Oakland", "Dallas"]
    )  # by influence: the second weight is larger
    expect(rows.nth(0)).to_contain_text("a state")
    expect(rows.nth(1)).to_contain_text("Texas")
    expect(rows.nth(1)).to_contain_text("5.00")

    page.get_by_role("button", name="activation").click()
    expect(rows.locator("mark")).to_have_text(["Dallas", "Oakland"])
    expect(page).to_have_url(re.compile(r"sort=activation$"))
    page.reload()
    expect(rows.locator("mark")).to_have_text(["Dallas", "Oakland"])
    rows.nth(1).get_by_role("link").press("Enter")
    page.wait_for_url(f"**/graphs/{oakland}?**")
    expect(page.get_by_test_id("node-detail")).to_have_attribute("data-node-id", f"{oakland}/feature/0/1/2")
    page.go_back()
    expect(rows.locator("mark")).to_have_text(["Dallas", "Oakland"])
    page.go_back()
    expect(rows.locator("mark")).to_have_text(["Oakland", "Dallas"])


def test_a_feature_is_named_there_and_every_graph_shows_it(page: Page, server: str, tmp_path: Path) -> None:
    dallas, _ = (stored(server, file) for file in write_pair(tmp_path))
    page.goto(page_of(server, "google/tiny", "a/b"))
    name = page.get_by_test_id("feature-name")
    expect(name).to_have_text("a state")
    expect(page.get_by_test_id("feature-page")).to_have_count(0)  # it is this one
    page.get_by_test_id("label-open").press("Enter")
    page.get_by_test_id("label-text").fill("Lone Star")
    page.get_by_test_id("label-author").fill("ada")
    page.keyboard.press("Enter")
    expect(name).to_have_text("Lone Star")
    expect(page.get_by_test_id("label-origin")).to_have_text("said by ada")
    expect(page.get_by_test_id("label-open")).to_be_focused()
    expect(page.get_by_test_id("explanations")).to_contain_text("Lone Star ada")
    assert page.title() == "Lone Star · Circuit Explorer"
    page.locator(f"[data-graph-id='{dallas}']").get_by_role("link").click()
    expect(page.get_by_test_id("node-detail").get_by_role("heading", level=2)).to_have_text("Lone Star")
    page.go_back()
    page.get_by_test_id("label-open").click()
    page.get_by_test_id("label-remove").click()
    expect(name).to_have_text("a state")


def test_a_feature_of_many_graphs_comes_in_pages(page: Page, server: str, tmp_path: Path) -> None:
    many = 120
    files = [
        activation(
            write_graph(
                tmp_path / f"{number}.json", f"graph {number}", 1.5 + number, prompt=f"<s> prompt {number}"
            ),
            1.0 + number,
        )
        for number in range(many)
    ]
    with ThreadPoolExecutor(16) as pool:  # those that arrive together are stored together
        list(pool.map(partial(stored, server), files))
    page.goto(page_of(server, "tiny-model", "tiny-model", search="?sort=activation"))
    expect(page.get_by_test_id("firing")).to_be_visible()
    rows, more = page.get_by_test_id("firing-graph"), page.get_by_test_id("firing-more")
    expect(rows).to_have_count(50)
    expect(more).to_have_text("50 more")
    more.press("Enter")
    expect(rows).to_have_count(100)
    expect(more).to_have_text("20 more")
    more.click()
    expect(rows).to_have_count(many)
    expect(more).to_have_count(0)
    figures = [float(row.replace(",", "")) for row in rows.locator("td:nth-child(2)").all_inner_texts()]
    assert figures == [float(many - number) for number in range(many)]


@pytest.fixture(scope="module")
def neuronpedia() -> Iterator[Site]:
    site = Site()
    site.add(entry(SOURCE, 2, activations=EXAMPLES))
    with served(site):
        yield site


def test_what_the_feature_is_can_be_found_out(page: Page, neuronpedia: Site, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--no-examples", neuronpedia=neuronpedia.url):
        stored(url(data), write_gemma(tmp_path, 2, "asked"))
        page.goto(page_of(url(data), "gemma-2-2b", SET))
        expect(page.get_by_test_id("feature-absent")).to_contain_text("Nothing is known of this feature.")
        page.get_by_test_id("annotate-start").press("Enter")
        expect(page.get_by_test_id("explanations")).to_contain_text("gpt-4o-mini")
        expect(page.get_by_test_id("label-origin")).to_have_text("explained by gpt-4o-mini")
        expect(page.get_by_test_id("feature-logits")).to_contain_text("Texas")
        expect(page.get_by_test_id("activation-histogram").locator("rect")).to_have_count(2)
        expect(page.get_by_test_id("feature-facts")).to_contain_text("0.100 %")
        expect(page.get_by_test_id("examples").locator("mark").first).to_have_text("word30")
        there = page.get_by_test_id("neuronpedia-page")
        expect(there).to_have_attribute("href", f"{neuronpedia.url}/gemma-2-2b/{SOURCE}/2")
        page.goto("about:blank")


def test_a_feature_that_no_graph_has_is_told_of(page: Page, site: str, expected_messages: list[str]) -> None:
    expected_messages.append(REFUSED)
    page.goto(page_of(site, "google/tiny", "a/b", 77))
    expect(page.get_by_test_id("feature-unknown")).to_contain_text("No graph here has the feature L0 #77")
    expect_accessible(page)
    page.get_by_test_id("feature-unknown").get_by_role("link", name="library").click()
    page.wait_for_url(f"{site}/")


def test_a_data_set_offers_no_name(page: Page, tmp_path: Path) -> None:
    source, data = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    for file in write_pair(tmp_path):
        assert run("import", file, data=source).status == 0
    assert (
        run("export", "first", "second", "--format", "parquet", "-o", source / "set", data=source).status == 0
    )
    with serving(data, "--database", f"parquet://{source}/set"):
        page.goto(page_of(url(data), "google/tiny", "a/b"))
        expect(page.get_by_test_id("firing-graph")).to_have_count(2)
        for test_id in ("label-open", "annotate-start"):
            expect(page.get_by_test_id(test_id)).to_have_count(0)
        page.goto("about:blank")


def test_a_server_that_goes_and_comes_back_loses_no_edit(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        address = url(data)
        for file in write_pair(tmp_path):
            stored(address, file)
        page.goto(page_of(address, "google/tiny", "a/b"))
        rows = page.get_by_test_id("firing-graph")
        expect(rows.locator("mark")).to_have_text(["Oakland", "Dallas"])
        page.get_by_test_id("label-open").click()
        page.get_by_test_id("label-text").fill("Lone Star")
    page.get_by_test_id("label-save").click()
    expect(page.get_by_test_id("label-refused")).to_contain_text("The server does not answer.")
    page.get_by_role("button", name="newest").click()
    trouble = page.get_by_test_id("error-banner")
    expect(trouble).to_contain_text("They are asked for again by themselves.")
    expect(rows).to_have_count(2)

    with serving(data, "--no-examples", "--port", str(urlsplit(address).port)):
        expect(trouble).to_have_count(0)
        expect(page.get_by_test_id("firing")).to_have_attribute("aria-busy", "false")
        expect(page.get_by_test_id("label-text")).to_have_value("Lone Star")
        page.get_by_test_id("label-save").click()
        expect(page.get_by_test_id("feature-name")).to_have_text("Lone Star")
        page.goto("about:blank")


def test_a_page_that_is_opened_while_the_server_is_away_goes_on(
    page: Page, site: str, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages.append("net::ERR_FAILED")
    for file in write_pair(tmp_path):
        stored(site, file)
    page.route("**/api/features/**", lambda route: route.abort())
    page.goto(page_of(site, "google/tiny", "a/b"))
    expect(page.get_by_test_id("error-banner")).to_contain_text("This page keeps trying")
    page.unroute("**/api/features/**")
    expect(page.get_by_test_id("firing-graph")).to_have_count(2)
    expect(page.get_by_test_id("error-banner")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_on_every_screen(
    page: Page, site: str, tmp_path: Path, width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    words = [f" {'word' * 9}{at}" for at in range(70)]
    for number, at in enumerate((1, 30, 69)):
        file = write_graph(
            tmp_path / "long.json",
            "a-name-of-a-graph-" * 6 + str(number),
            1.5 + number,
            prompt="".join(words),
        )
        content = json.loads(file.read_text())
        content["metadata"] |= {"scan": "long", "prompt_tokens": words}
        for node in content["nodes"]:
            node["ctx_idx"] = at
        file.write_text(json.dumps(content))
        stored(site, file)
    page.goto(page_of(site, "long", "long"))
    expect(page.get_by_test_id("firing-graph")).to_have_count(3)
    page.get_by_test_id("label-open").click()
    expect_accessible(page)
    expect_no_overflow(page)
