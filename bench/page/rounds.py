"""Both programs measured in turn, round after round, so that a machine that slows down slows both."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests
from playwright.async_api import async_playwright
from rich.progress import track

from bench.measure import console
from bench.page.browser import Measured, Program, measure
from bench.page.graphs import Graph
from bench.page.viewer import viewer
from tests.browser.conftest import FLAGS, chromium
from tests.support.processes import serving, url

ROUNDS = 3

PLACES_OF_OURS = """
(async () => {
  const graph = location.pathname.split("/").at(-1);
  const read = async (part) => (await fetch(`/api/graphs/${graph}/${part}`)).json();
  const [{ id }, { source, target }] = await Promise.all([read("nodes"), read("edges")]);
  const links = new Uint32Array(id.length);
  for (const ends of [source, target]) for (const node of ends) links[node]++;
  return id.flatMap((one, node) => {
    const at = window.__scene.screenPosition(one);
    return at && document.elementFromPoint(at.x, at.y)?.closest(".drawing") ? [[at.x, at.y, links[node]]] : [];
  });
})()
"""
PLACES_OF_VIEWER = """
[...document.querySelectorAll(".link-graph text.node")].map((mark) => {
  const { left, top, width, height } = mark.getBoundingClientRect();
  const { sourceLinks, targetLinks } = mark.__data__;
  return [left + width / 2, top + height / 2, sourceLinks.length + targetLinks.length];
})
"""


class Rounds(NamedTuple):
    graph: Graph
    ours: list[Measured]
    theirs: list[Measured]
    """Empty where only our page opens the graph."""
    loads: list[float]
    """The machine's load average, before each round."""


def rounds(graphs: list[Graph]) -> Iterator[Rounds]:
    """Opens each graph, in our page with all its nodes where the viewer shows it, or else as a reader finds it."""
    with _both(graphs) as (ours, theirs):
        for graph in graphs:
            yield asyncio.run(_rounds(graph, ours[graph.name], theirs[graph.name]))


@contextmanager
def _both(graphs: list[Graph]) -> Iterator[tuple[dict[str, Program], dict[str, Program | None]]]:
    """Both programs for each graph, by its name, with their servers running."""
    peers = [graph for graph in graphs if graph.has_peer]
    with tempfile.TemporaryDirectory() as folder:
        data, files = Path(folder) / "data", Path(folder) / "files"
        files.mkdir()
        with serving(data, "--no-examples"), viewer(files, peers) as there:
            yield (
                {graph.name: _ours(url(data), graph) for graph in graphs},
                {graph.name: _theirs(there, graph) if graph.has_peer else None for graph in graphs},
            )


def _ours(server: str, graph: Graph) -> Program:
    answer = requests.post(f"{server}/api/graphs/import", data=graph.document, timeout=600)
    answer.raise_for_status()
    page = f"/graphs/{answer.json()['id']}"
    requests.get(f"{server}/api{page}/edges", timeout=600).raise_for_status()  # a reader's second visit
    return Program(
        address=f"{server}{page}{'?show=1&errors=drawn' if graph.has_peer else ''}",
        data=f"/api{page}",
        has_nodes="window.__scene",
        has_all="document.querySelector('[data-painted]')",
        places=PLACES_OF_OURS,
        zooms=True,
    )


def _theirs(server: str, graph: Graph) -> Program:
    has_nodes = "document.querySelector('.link-graph text.node')"
    return Program(
        address=f"{server}/index.html?slug={graph.name}",
        data="/graph_data/",
        has_nodes=has_nodes,
        has_all=has_nodes,
        places=PLACES_OF_VIEWER,
        zooms=False,
    )


async def _rounds(graph: Graph, ours: Program, theirs: Program | None) -> Rounds:
    found = Rounds(graph, [], [], [])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for _ in track(range(ROUNDS), f"opening {graph.title}", console=console, transient=True):
            found.loads.append(os.getloadavg()[0])
            if theirs:
                found.theirs.append(await measure(browser, theirs))
            found.ours.append(await measure(browser, ours))
        await browser.close()
    return found
