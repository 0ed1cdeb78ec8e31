"""A collection's page: its graphs, put in and taken out; what they share, and where; its name and its end."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.reading import AWAY, REFUSED, expect_accessible, text_of
from tests.support.processes import run, serving, url, write_graph

pytestmark = pytest.mark.slow

NAME = "a & b, Ада?"


def stored(at: str, folder: Path, n: int, first: float = 1.5) -> list[str]:
    """The ids of so many graphs that share their feature, of prompts of their own."""
    ids = []
    for number in range(n):
        metadata = {
            "slug": f"graph {number}",
            "scan": "tiny-model",
            "prompt": f"<s> City {number}",
            "prompt_tokens": ["<s>", f" City{number}"],
        }
        file = write_graph(folder / f"{number}.json", weight=first + number, metadata=metadata)
        ids.append(str(requests.post(f"{at}/api/graphs/import", data=file.read_bytes()).json()["id"]))
    return ids


def address(at: str, name: str) -> str:
    return f"{at}/collections/{quote(name, safe='')}"


def api(at: str, name: str) -> str:
    return f"{at}/api/collections/{quote(name, safe='')}"


def held(page: Page) -> Locator:
    return page.get_by_test_id("held-graph")


def test_what_is_shared_leads_into_each_graph(page: Page, server: str, tmp_path: Path) -> None:
    ids = stored(server, tmp_path, 3)
    requests.post(f"{api(server, NAME)}/graphs", json={"add": ids[:2]})
    page.goto(address(server, NAME))
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(held(page)).to_have_count(2)
    row = page.get_by_test_id("shared-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Texas")
    expect(row).to_contain_text("2 of 2")
    expect(row).to_contain_text("75.00 %")
    expect(page.get_by_test_id("read-text")).to_contain_text("Of its 2 graphs.")
    assert re.search(r"City\d → Austin", text_of(row))

    row.get_by_test_id("shared-best").click()
    expect(page).to_have_url(re.compile(r"/graphs/\w+\?.*by=auto.*through=group:Texas"))
    expect(page.get_by_test_id("path-row").first).to_contain_text("Texas")
    expect(page.get_by_test_id("left-out")).to_have_count(0)
    page.go_back()

    row.get_by_role("button").click()
    links = page.get_by_test_id("shared-graphs-of").get_by_role("link")
    expect(links).to_have_count(2)
    expect(page).to_have_url(re.compile("open=Texas"))
    page.reload()
    expect(links).to_have_count(2)

    page.get_by_test_id("list-features").click()
    expect(row).to_contain_text("L0 #2")
    expect(links).to_have_count(0)
    row.get_by_role("button").click()
    expect(links).to_have_count(2)
    links.first.click()
    expect(page.get_by_test_id("node-detail")).to_contain_text("Texas")
    expect(page).to_have_url(re.compile("sel=feature/0/1/2"))
    page.go_back()
    expect(links).to_have_count(2)
    page.go_back()
    page.go_back()
    expect(page.get_by_test_id("list-sequences")).to_have_attribute("aria-pressed", "true")
    page.goto("about:blank")  # it asks for its server while it is open


def test_graphs_are_added_taken_out_and_put_back(page: Page, server: str, tmp_path: Path) -> None:
    ids = stored(server, tmp_path, 3)
    requests.put(api(server, NAME))
    page.goto(address(server, NAME))
    expect(page.get_by_test_id("no-graphs-held")).to_be_visible()
    expect(page.get_by_test_id("in-common")).to_contain_text("Two graphs are needed")

    page.get_by_test_id("add-graphs").locator("summary").click()
    found = page.get_by_test_id("add-found").get_by_role("listitem")
    expect(found).to_have_count(3)
    page.get_by_test_id("add-search").fill("city graph 2")
    expect(found).to_have_count(1)
    add = found.get_by_role("button")
    add.click()
    news = page.get_by_test_id("add-news")
    expect(news).to_have_text("1 graph added.")
    expect(held(page)).to_have_count(1)
    add.click()
    expect(news).to_have_text("It is in the collection already.")
    page.get_by_test_id("add-search").fill("no such words")
    expect(page.get_by_test_id("add-graphs")).to_contain_text("No stored graph has all of these words.")
    page.get_by_test_id("add-search").fill("City")
    expect(found).to_have_count(3)
    for at in (1, 2):
        found.nth(at).get_by_role("button").click()
        expect(held(page)).to_have_count(1 + at)
    expect(page.get_by_test_id("shared-row")).to_contain_text("3 of 3")

    first = held(page).filter(has_text="graph 0")
    first.get_by_role("checkbox").check()
    held(page).filter(has_text="graph 1").get_by_role("checkbox").check()
    compare = page.get_by_test_id("held-graphs").get_by_role("link", name="Compare")
    chosen = re.findall(r"[ab]=(\w+)", compare.get_attribute("href") or "")
    assert sorted(chosen) == sorted(ids[:2])
    page.get_by_test_id("take-out").click()
    out = page.get_by_test_id("taken-out")
    expect(out).to_contain_text("2 graphs taken out; they stay stored.")
    expect(held(page)).to_have_count(1)
    out.get_by_role("button").click()
    expect(held(page)).to_have_count(3)
    expect(out).to_have_count(0)
    assert requests.get(api(server, NAME)).json()["n_graphs"] == 3
    page.goto("about:blank")


def test_it_is_renamed_and_deleted(
    page: Page, site: str, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages.append(REFUSED)
    ids = stored(site, tmp_path, 2, 20.5)
    requests.post(f"{api(site, NAME)}/graphs", json={"add": ids})
    requests.put(api(site, "taken"))
    page.goto(address(site, NAME))
    page.get_by_test_id("rename-collection").click()
    name = page.get_by_test_id("collection-name")
    expect(name).to_be_focused()
    name.fill("taken")
    name.press("Enter")
    expect(page.get_by_test_id("error-banner")).to_contain_text("taken")
    expect(name).to_have_value("taken")
    name.fill("cities")
    name.press("Enter")
    expect(page).to_have_url(address(site, "cities"))
    expect(page.get_by_role("heading", level=1)).to_have_text("cities")
    expect(held(page)).to_have_count(2)

    page.get_by_test_id("delete-collection").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_test_id("delete-collection")).to_be_focused()
    page.get_by_test_id("delete-collection").click()
    page.get_by_test_id("confirm-delete").click()
    expect(page).to_have_url(f"{site}/")
    assert requests.get(api(site, "cities")).status_code == 404
    assert {requests.get(f"{site}/api/graphs/{one}").status_code for one in ids} == {200}
    page.goto(address(site, "cities"))
    expect(page.get_by_test_id("error-banner")).to_contain_text("renamed or deleted")


def test_its_graphs_come_in_pages(page: Page, site: str, tmp_path: Path) -> None:
    ids = stored(site, tmp_path, 5, 30.5)
    requests.post(f"{api(site, 'paged')}/graphs", json={"add": ids})

    def shorten(route: Route) -> None:
        route.continue_(url=re.sub(r"limit=\d+", "limit=2", route.request.url))

    page.route(re.compile(r"/api/graphs\?"), shorten)
    page.goto(address(site, "paged"))
    expect(held(page)).to_have_count(2)
    more = page.get_by_role("button", name="Show more of 5")
    more.click()
    expect(held(page)).to_have_count(4)
    more.click()
    expect(held(page)).to_have_count(5)
    expect(more).to_have_count(0)
    assert [row.get_attribute("data-graph-id") for row in held(page).all()] == ids[::-1]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(page: Page, site: str, tmp_path: Path, width: int, scheme: Any) -> None:
    ids = stored(site, tmp_path, 3, 40.5)
    name = "collection " * 6
    requests.post(f"{api(site, name.strip())}/graphs", json={"add": ids})
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for query in ("?list=sequences&open=Texas", "?list=features"):
        page.goto(address(site, name.strip()) + query)
        expect(page.get_by_test_id("shared-row").first).to_be_visible()
        page.get_by_test_id("add-graphs").locator("summary").click()
        expect(page.get_by_test_id("add-found").get_by_role("listitem").first).to_be_visible()
        held(page).first.get_by_role("checkbox").check()
        expect_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_way_to_it_is_on_the_first_page_and_the_graphs(page: Page, site: str, tmp_path: Path) -> None:
    (graph,) = stored(site, tmp_path, 1, 50.5)
    requests.post(f"{api(site, NAME)}/graphs", json={"add": [graph]})
    page.goto(f"{site}/graphs/{graph}")
    page.get_by_test_id("in-collections").get_by_role("link", name=NAME).click()
    expect(page).to_have_url(address(site, NAME))
    page.get_by_role("link", name="In the library").click()
    expect(page.get_by_test_id("graph-row")).to_have_count(1)
    page.get_by_role("link", name="What they share").click()
    expect(page).to_have_url(address(site, NAME))


def test_it_comes_back_with_its_server_and_keeps_what_was_typed(
    page: Page, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        at = url(data)
        ids = stored(at, tmp_path, 2)
        requests.post(f"{api(at, 'cities')}/graphs", json={"add": ids})
        page.goto(address(at, "cities"))
        expect(held(page)).to_have_count(2)
        expect(page.get_by_test_id("shared-row")).to_have_count(1)
        page.get_by_test_id("rename-collection").click()
        page.get_by_test_id("collection-name").fill("towns")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_test_id("error-banner").filter(has_text="does not answer").first).to_be_visible()
    expect(page.get_by_test_id("collection-name")).to_have_value("towns")
    expect(held(page)).to_have_count(2)
    with serving(data, "--no-examples", "--port", str(urlsplit(at).port)):
        page.get_by_role("button", name="Rename").click()
        expect(page).to_have_url(address(at, "towns"))
        expect(held(page)).to_have_count(2)
        expect(page.get_by_test_id("shared-row")).to_have_count(1)
        expect(page.get_by_test_id("error-banner")).to_have_count(0)
        page.goto("about:blank")


def test_a_data_set_is_only_read(page: Page, tmp_path: Path) -> None:
    source, data = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    files = [write_graph(source / f"{at}.json", f"graph {at}", 1.5 + at) for at in range(2)]
    assert run("import", *files, "--collection", "cities", data=source).status == 0
    exported = run("export", "graph 0", "graph 1", "--format", "parquet", "-o", source / "set", data=source)
    assert exported.status == 0, exported
    with serving(data, "--database", f"parquet://{source}/set"):
        page.goto(address(url(data), "cities"))
        expect(page.get_by_test_id("shared-row")).to_contain_text("2 of 2")
        held(page).first.get_by_role("checkbox").check()
        for test_id in ("rename-collection", "delete-collection", "take-out", "add-graphs"):
            expect(page.get_by_test_id(test_id)).to_have_count(0)
        page.goto("about:blank")
