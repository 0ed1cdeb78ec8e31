"""A graph's drawing in another page, in Chromium: what it shows and leaves out, and which pages may show it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.reading import expect_accessible, import_graph
from tests.support.graph_documents import edited, link
from tests.support.processes import serving, url

pytestmark = pytest.mark.slow

TEXAS = "feature/2/2/9"


@pytest.fixture
def graph(page: Page, site: str, tmp_path: Path) -> str:
    """The address of a graph of two logits and, to Austin, two paths."""
    return f"{site}/graphs/{stored(page, site, tmp_path)}"


def stored(page: Page, site: str, folder: Path) -> str:
    file = folder / "embedded.json"
    links = [link("0_7_1", "5_22898_2", 5.0)]
    file.write_text(json.dumps(edited(lambda document: document["links"].extend(links))))
    return import_graph(page, site, file)


def surrounding(shown: str) -> str:
    """A page three screens long which shows another in a frame."""
    return f"""<!doctype html><title>A wiki</title><body style="height: 3000px">
        <iframe src="{shown}" title="shown" width="600" height="400"></iframe>"""


def host(page: Page, site: str, shown: str) -> FrameLocator:
    """Opens a page of the server's own that shows another."""
    address = f"{site}/wiki.html"
    page.route(address, lambda route: route.fulfill(body=surrounding(shown), content_type="text/html"))
    page.goto(address)
    return page.frame_locator("iframe")


@contextmanager
def other_site(pages: dict[str, str]) -> Iterator[str]:
    """The origin of another site, as browsers see it, with pages by their paths."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def test_it_shows_the_drawing_and_what_it_is_and_nothing_else(page: Page, graph: str) -> None:
    page.set_viewport_size({"width": 600, "height": 400})
    page.goto(f"{graph}?sel={TEXAS}&embed=true")
    expect(page.locator("[data-painted=true]")).to_be_visible()
    drawing = page.get_by_test_id("drawing").bounding_box()
    assert drawing and drawing["width"] == 600 and drawing["height"] > 300
    expect(page.locator(".embedded-caption")).to_contain_text("Dallas is → Austin")
    expect(page.locator(".embedded-caption")).to_contain_text("nodes")
    for part in ("paths", "tray", "node-detail", "budget", "tabs", "export-graph", "left-out"):
        expect(page.get_by_test_id(part)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 600
    expect_accessible(page)

    opens = page.get_by_test_id("open-whole")
    assert opens.get_attribute("href") == f"{graph}?by=auto&sel={TEXAS}"
    with page.expect_popup() as popup:
        opens.click()
    expect(popup.value.get_by_test_id("node-detail")).to_contain_text("Texas")


def test_the_circuit_stands_in_it_too(page: Page, graph: str) -> None:
    page.set_viewport_size({"width": 600, "height": 400})
    pins = "pins=embedding/-1/1/26865,logit/4/2/22898&group=feature/0/1/7,feature/2/2/9:0:state"
    page.goto(f"{graph}?tab=circuit&view=&{pins}&embed=true")
    expect(page.get_by_test_id("circuit-box").first).to_be_visible()
    shown = page.get_by_test_id("circuit-drawing").bounding_box()
    assert shown and shown["height"] > 300
    expect(page.locator(".embedded-caption")).to_contain_text("A circuit that explains")
    expect(page.get_by_test_id("clear-circuit")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 600


def test_nothing_in_it_changes_anything_and_the_keyboard_gets_out(page: Page, graph: str) -> None:
    page.goto(f"{graph}?sel={TEXAS}&embed=true")
    expect(page.locator("[data-painted=true]")).to_be_visible()
    length = page.evaluate("history.length")
    link = page.get_by_test_id("open-whole").get_attribute("href")
    for key in ("p", "h", "g"):
        page.keyboard.press(key)
    assert page.get_by_test_id("open-whole").get_attribute("href") == link
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.dataset.testid") == "open-whole":
            break
    expect(page.get_by_test_id("open-whole")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("open-whole")).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("drawing")).to_have_attribute("data-lit-nodes", "0")
    assert page.get_by_test_id("open-whole").get_attribute("href") == graph
    assert page.evaluate("history.length") == length, "Back is the other page's"


def test_a_page_of_the_server_shows_it_and_is_scrolled_until_the_drawing_is_clicked(
    page: Page, site: str, graph: str
) -> None:
    frame = host(page, site, f"{graph}?embed=true")
    expect(frame.locator("[data-painted=true]")).to_be_visible()
    out = frame.get_by_role("button", name="Zoom out")
    page.mouse.move(300, 200)
    page.mouse.wheel(0, -200)
    expect(frame.get_by_text("Click the drawing to zoom")).to_be_visible()
    expect(out).to_be_disabled()
    page.mouse.wheel(0, 40)
    page.wait_for_function("scrollY > 0")
    page.evaluate("scrollTo(0, 0)")
    page.mouse.click(300, 200)
    page.mouse.wheel(0, -200)
    expect(out).to_be_enabled()
    assert page.evaluate("scrollY") == 0


def test_the_whole_page_stands_in_no_frame(
    page: Page, site: str, graph: str, expected_messages: list[str]
) -> None:
    expected_messages += ["frame-ancestors", "Framing"]
    frame = host(page, site, graph)
    expect(page.locator("iframe")).to_be_visible()
    expect(frame.get_by_test_id("drawing")).to_have_count(0)


def test_another_site_shows_it_only_where_it_is_named(
    page: Page, graph: str, tmp_path: Path, expected_messages: list[str]
) -> None:
    expected_messages += ["frame-ancestors", "Framing", "status of 403"]
    pages = {"/unnamed": surrounding(f"{graph}?embed=true"), "/favicon.ico": ""}
    frame = page.frame_locator("iframe")
    with other_site(pages) as other:
        with page.expect_response(f"{graph}?embed=true") as refused:
            page.goto(f"{other}/unnamed")
        assert refused.value.status == 403
        expect(frame.get_by_test_id("drawing")).to_have_count(0)

        with serving(tmp_path / "named", "--no-examples", "--allow-frame", other):
            named = url(tmp_path / "named")
            address = f"{named}/graphs/{stored(page, named, tmp_path)}"
            pages["/named"] = surrounding(f"{address}?embed=true")
            page.goto(f"{other}/named")
            expect(frame.locator("[data-painted=true]")).to_be_visible()
            expect(frame.locator(".embedded-caption")).to_contain_text("Dallas is → Austin")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path / "guarded", "--no-examples", token="secret"):
        yield url(tmp_path / "guarded")


def test_it_asks_nobody_for_the_token(page: Page, guarded: str, expected_messages: list[str]) -> None:
    expected_messages.append("status of 401")
    page.goto(f"{guarded}/graphs/any?embed=true")
    said = page.get_by_test_id("elsewhere")
    expect(said).to_contain_text("asks for a token")
    expect(page.locator("input")).to_have_count(0)
    assert said.get_by_role("link").get_attribute("target") == "_blank"
