"""The first-visit walk: offered, declined for good, and taken step by step on a labelled graph, by keyboard, too."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import AWAY, expect_accessible, hold_requests, let_go, point_at
from tests.support.processes import serving, url, write_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server, and the id of its only labelled graph, which is not the newest."""
    folder = tmp_path_factory.mktemp("walk")
    with serving(folder / "data", "--no-examples"):
        at = url(folder / "data")
        ids = []
        for number, label in enumerate(("Texas", "")):
            file = write_graph(folder / "graph.json", f"graph {number}", 1.5 + number)
            file.write_text(file.read_text().replace('"clerp": "Texas"', f'"clerp": "{label}"'))
            ids.append(str(requests.post(f"{at}/api/graphs/import", data=file.read_bytes()).json()["id"]))
        yield at, ids[0]


def card(page: Page, step: int) -> Locator:
    """The walk's card, at a step."""
    found = page.get_by_test_id("walk-card")
    expect(found).to_have_attribute("data-step", str(step))
    return found


def begun(page: Page, labelled: tuple[str, str]) -> None:
    at, graph = labelled
    page.goto(at)
    page.get_by_test_id("walk-begin").click()
    expect(page).to_have_url(re.compile(f"/graphs/{graph}"))
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    page.wait_for_function("() => window.__scene !== undefined")


def test_each_step_goes_on_once_it_is_done(page: Page, labelled: tuple[str, str]) -> None:
    begun(page, labelled)
    first = card(page, 1)
    expect(first.get_by_role("heading")).to_be_focused()
    expect(first.get_by_test_id("walk-back")).to_be_disabled()
    first.get_by_test_id("walk-next").click()

    card(page, 2)
    page.get_by_test_id("path-row").first.locator("button").first.click()
    expect(page.get_by_test_id("drawing")).not_to_have_attribute("data-lit-nodes", "0")
    card(page, 3)
    point_at(page, f"{labelled[1]}/feature/0/1/2", click=True)
    expect(page.get_by_test_id("node-detail")).to_contain_text("Texas")
    card(page, 4)
    page.get_by_test_id("show").press("ArrowLeft")
    last = card(page, 5)
    expect(last).to_have_attribute("data-done", "false")
    page.get_by_test_id("pin").click()
    expect(last).to_have_attribute("data-done", "true")
    expect(last).to_contain_text("in the address")
    last.get_by_test_id("walk-next").click()
    expect(last).to_have_count(0)
    expect(page.get_by_test_id("walk-ring")).to_have_count(0)
    page.goto(labelled[0])
    expect(page.get_by_test_id("walk-link")).to_contain_text("5 steps")
    expect(page.get_by_test_id("walk-offer")).to_have_count(0)


def test_its_offer_waits_for_the_list(page: Page, labelled: tuple[str, str]) -> None:
    """So do the models and collections to filter by: the list is what one came for. It is asked for first, and once."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held = hold_requests(page, "**/api/prompts?**", "search=")
    page.goto(labelled[0])
    expect(page.get_by_test_id("prompt-input")).to_be_visible()
    page.wait_for_timeout(300)
    late = ("labelled=true", "/api/prompts/models", "/api/collections")
    assert not [url for url in asked if any(part in url for part in late)]
    questions = [url for url in asked if "/api/" in url]
    assert [url for url in questions if "search=" in url] == questions[:1]
    prompt = page.get_by_test_id("prompt-input")
    before = prompt.bounding_box()
    let_go(page, held)
    expect(page.get_by_test_id("walk-offer")).to_be_visible()
    expect(page.get_by_test_id("library-model").locator("option")).to_have_count(2)
    assert prompt.bounding_box() == before, "its place was kept"
    page.get_by_test_id("walk-decline").click()
    asked.clear()
    page.unroute_all()
    page.reload()
    expect(page.get_by_test_id("library-model").locator("option")).to_have_count(2)
    assert not [url for url in asked if "labelled=true" in url]


def test_it_is_declined_for_good_and_stays_in_reach(page: Page, labelled: tuple[str, str]) -> None:
    at, graph = labelled
    page.goto(at)
    page.get_by_test_id("walk-decline").click()
    link = page.get_by_test_id("walk-link").get_by_role("button")
    expect(link).to_be_visible()
    page.reload()
    expect(link).to_be_visible()
    expect(page.get_by_test_id("walk-offer")).to_have_count(0)
    link.click()
    expect(page).to_have_url(re.compile(f"/graphs/{graph}"))
    card(page, 1).get_by_test_id("walk-next").click()
    card(page, 2)
    page.reload()
    card(page, 2)
    page.goto(at)
    link = page.get_by_test_id("walk-link").get_by_role("button").first
    expect(link).to_have_text("Go on with the walk: step 2 of 5")
    link.click()
    card(page, 2)
    page.goto(at)
    page.get_by_test_id("walk-link").get_by_role("button", name="End it").click()
    page.get_by_test_id("walk-link").get_by_role("button", name="5 steps").click()
    card(page, 1).get_by_test_id("walk-skip").click()
    expect(page.get_by_test_id("walk-card")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("path-row").first).to_be_visible()
    expect(page.get_by_test_id("walk-card")).to_have_count(0)


def test_it_is_taken_by_keyboard(page: Page, labelled: tuple[str, str]) -> None:
    begun(page, labelled)
    expect(card(page, 1).get_by_role("heading")).to_be_focused()
    for step in range(1, 5):
        expect(card(page, step).get_by_role("heading")).to_be_focused()
        for _ in range(3 if step == 1 else 4):  # close, skip, back where it can, next
            page.keyboard.press("Tab")
        expect(page.get_by_test_id("walk-next")).to_be_focused()
        page.keyboard.press("Enter")
    expect(card(page, 5).get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("walk-card")).to_have_count(0)
    expect(page.get_by_test_id("drawing")).to_be_focused()


def test_it_survives_folded_panels_and_other_tabs(page: Page, labelled: tuple[str, str]) -> None:
    begun(page, labelled)
    ring = page.get_by_test_id("walk-ring")

    def expect_ring(test_id: str) -> None:
        """It is drawn about this part of the page."""
        expect(page.get_by_test_id(test_id).first).to_be_visible()
        place = page.get_by_test_id(test_id).first.evaluate("e => Math.round(e.getBoundingClientRect().left)")
        expect(ring).to_have_css("left", f"{place}px")

    expect_ring("paths")
    page.keyboard.press("[")
    expect(page.get_by_test_id("fold-left")).to_have_attribute("aria-expanded", "false")
    expect(card(page, 1)).to_contain_text("folded away")
    expect_ring("fold-left")
    card(page, 1).get_by_test_id("walk-next").click()
    expect(card(page, 2)).to_contain_text("folded away")
    page.get_by_test_id("fold-left").click()
    expect(card(page, 2)).to_contain_text("Press a row")
    for step in (2, 3):
        card(page, step).get_by_test_id("walk-next").click()
    page.get_by_test_id("tabs").get_by_role("button", name="Circuit").click()
    expect(card(page, 4)).to_contain_text("behind another tab")
    expect_ring("tabs")
    page.get_by_test_id("tabs").get_by_role("button", name="Graph").click()
    expect(card(page, 4)).to_contain_text("Move the slider")
    expect_ring("budget")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_covers_nothing_that_it_points_at(
    page: Page, labelled: tuple[str, str], width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(labelled[0])
    expect(page.get_by_test_id("walk-offer")).to_be_visible()
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    begun(page, labelled)
    for step in range(1, 6):
        shown = card(page, step)
        expect(page.get_by_test_id("walk-ring")).to_be_visible()
        expect_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box, ring = shown.bounding_box(), page.get_by_test_id("walk-ring").bounding_box()
        assert box and ring and box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
        if step in (2, 4, 5):  # a single control; the others are panels as high as the window
            apart = (
                box["y"] + box["height"] <= ring["y"] + 1
                or ring["y"] + ring["height"] <= box["y"] + 1
                or box["x"] + box["width"] <= ring["x"] + 1
                or ring["x"] + ring["width"] <= box["x"] + 1
            )
            assert apart, (step, box, ring)
        shown.get_by_test_id("walk-next").click()
    expect(page.get_by_test_id("walk-card")).to_have_count(0)


def test_where_nothing_is_labelled_it_says_so(page: Page, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--no-examples"):
        page.goto(url(tmp_path / "data"))
        link = page.get_by_test_id("walk-link")
        link.get_by_role("button").click()
        expect(link).to_contain_text("No stored graph has labels yet")
        expect(page.get_by_test_id("walk-offer")).to_have_count(0)

        # Once one is labelled it is offered, without a reload.
        file = write_graph(tmp_path / "one.json", "one")
        requests.post(f"{url(tmp_path / 'data')}/api/graphs/import", data=file.read_bytes())
        page.get_by_test_id("walk-begin").click()
        card(page, 1)
        page.goto("about:blank")


def test_it_waits_for_its_server(page: Page, tmp_path: Path, expected_messages: list[str]) -> None:
    expected_messages += AWAY
    data = tmp_path / "data"
    with serving(data, "--no-examples"):
        at = url(data)
        file = write_graph(tmp_path / "one.json", "one")
        graph = requests.post(f"{at}/api/graphs/import", data=file.read_bytes()).json()["id"]
        page.goto(at)
        page.get_by_test_id("walk-decline").click()
        page.reload()  # which asks for no graph, now that the offer is declined
        link = page.get_by_test_id("walk-link")
        expect(link).to_be_visible()
    link.get_by_role("button").click()
    expect(link).to_contain_text("The page keeps trying.")
    with serving(data, "--no-examples", "--port", str(urlsplit(at).port)):
        expect(page).to_have_url(re.compile(f"/graphs/{graph}"))
        card(page, 1)
        page.goto("about:blank")
