"""Functions of the browser tests: open a graph, read the page."""

import re
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.support.patience import PATIENCE
from tests.support.processes import ROOT

TIMEOUT_MS = 1000 * PATIENCE
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
AWAY = ["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"]
"""Parts of what the console says while the server is stopped."""
REFUSED = "Failed to load resource: the server responded with a status of 4"


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def text_of(row: Locator) -> str:
    """The text of a path row or chip, in one line."""
    return " ".join(row.inner_text().split())


def import_graph(page: Page, site: str, file: Path) -> str:
    """Import a file through the picker; the id of the graph that opens."""
    page.goto(site)
    page.get_by_test_id("import-input").set_input_files(file)
    page.wait_for_url("**/graphs/*")
    expect(page.get_by_test_id("drawing")).to_be_visible()
    page.wait_for_function("() => window.__scene !== undefined")
    news = page.get_by_test_id("import-news")
    if news.count():  # the file was there before, or not all of it was stored
        news.get_by_label("Close").click()
    return page.url.rsplit("/", 1)[1]


def hold_requests(page: Page, address: str | re.Pattern[str], part: str = "") -> list[Route]:
    """From now on requests to an address, with `part` in it, get no answer: they gather in the list, for `let_go`."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if part in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route(address, hold)
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Let the one request that is held go on, once it is made: what the page shows meanwhile comes before it."""
    deadline = time.monotonic() + PATIENCE
    while not held:
        assert time.monotonic() < deadline, "no request was made"
        page.wait_for_timeout(20)  # it lets Playwright hear of requests, which sleeping would not
    held.pop().continue_()


def expect_accessible(page: Page) -> None:
    expect(page.locator("[aria-busy=true]")).to_have_count(0)  # an earlier answer is paler
    page.evaluate(AXE.read_text())
    run = "async () => (await axe.run(document)).violations.map(one => [one.id, one.nodes.map(node => node.html)])"
    violations = page.evaluate(run)
    assert violations == [], violations


def point_at(page: Page, node: str, *, click: bool = False) -> None:
    """Move the pointer to a node of the drawing, and click it if asked."""
    at = page.evaluate("id => window.__scene.screenPosition(id)", node)
    assert at, f"{node} is not in view"
    page.mouse.move(at["x"], at["y"])
    if click:
        page.mouse.click(at["x"], at["y"])
