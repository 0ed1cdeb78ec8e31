"""The drawing as a package, in Chromium: the page of docs/drawing.md, which has nothing but the package."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import import_graph
from tests.support.graph_documents import edited, link
from tests.support.processes import ROOT

pytestmark = pytest.mark.slow


def test_a_plain_page_draws_a_graph_of_the_server(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.json"
    links = [link("0_7_1", "5_22898_2", 5.0)]
    file.write_text(json.dumps(edited(lambda document: document["links"].extend(links))))
    graph = import_graph(page, site, file)
    example = re.search(r"```html\n(.*?)```", (ROOT / "docs" / "drawing.md").read_text(), re.DOTALL)
    assert example
    html = example[1].replace("GRAPH", graph).replace("const drawing =", "const drawing = window.drawing =")
    page.route(f"{site}/plain.html", lambda route: route.fulfill(body=html, content_type="text/html"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    page.goto(f"{site}/plain.html")
    expect(page.locator("#graph[data-painted=true]")).to_be_visible()
    parts = [f"/api/graphs/{graph}{part}" for part in ("", "/nodes", "/edges")]
    files = [one for one in asked if not one.startswith(("blob:", "/favicon"))]
    assert sorted(files) == sorted(["/plain.html", "/drawing.js", "/drawing.css", *parts])

    names = {one["text"] for one in page.evaluate("drawing.drawnNames()")}
    assert "Texas" in names and any(one.startswith("Austin ") for one in names)
    texas = f"{graph}/feature/2/2/9"
    at = page.evaluate("id => drawing.screenPosition(id)", texas)
    page.mouse.click(at["x"], at["y"])
    expect(page.locator("#graph.has-selection")).to_be_visible()
    page.wait_for_function("drawing.drawnNames().some(({ text }) => text === 'Texas L2')")

    svg = page.evaluate("""async () => {
        const { svgOfDrawing, captionOf } = await import('/drawing.js');
        return typeof svgOfDrawing + typeof captionOf;
    }""")
    assert svg == "functionfunction"
    page.evaluate("drawing.destroy()")
    expect(page.locator("#graph canvas")).to_have_count(0)
