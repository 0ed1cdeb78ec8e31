"""One opening of a graph in Chromium, in our page or in the viewer, and what is measured of it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, Route

from bench.page.viewer import feature, library

INSTRUMENTS = (Path(__file__).parent / "instruments.js").read_text(encoding="utf-8")
WINDOW = {"width": 1600, "height": 1000}
N_HOVERED, N_HUBS = 40, 5
SECONDS = 3.0
"""How long frames are counted."""
PATIENCE_MS = 120_000
REST = 0.6
"""Seconds between two acts, in which a page finishes what the first began."""


@dataclass(frozen=True)
class Place:
    """A node in the window, and the number of its links."""

    x: float
    y: float
    links: int


@dataclass(frozen=True)
class Program:
    """How a program shows a graph: what to open; in JavaScript, what is painted when, and where nodes are."""

    address: str
    data: str
    """A part of the addresses of the graph's data."""
    has_nodes: str
    has_all: str
    places: str
    """An expression: a list of `[x, y, number of links]`."""
    zooms: bool


@dataclass
class Measured:
    """What one opening gave, in milliseconds unless a name says otherwise."""

    longest_task: float = 0.0
    opened_to_nodes: float = 0.0
    """From the navigation on."""
    data_to_nodes: float = 0.0
    data_to_all: float = 0.0
    hubs: list[float] = field(default_factory=list)
    """A click on each of the best connected nodes, to its paint."""
    tooltips: list[float] = field(default_factory=list)
    """A move of the mouse to a node, to its tooltip's paint."""
    moves: list[float] = field(default_factory=list)
    """The same, to the next paint."""
    sweeping: float = 0.0
    """Frames a second while the mouse sweeps over nodes."""
    zooming: float | None = None
    """Frames a second while the wheel zooms in and out."""
    elements: tuple[int, int] = (0, 0)
    """DOM nodes, when loaded and after use."""
    heap: tuple[float, float] = (0.0, 0.0)
    """MB of JavaScript, collected, when loaded and after use."""


async def measure(browser: Browser, program: Program) -> Measured:
    async with _page(browser) as page:
        cdp = await page.context.new_cdp_session(page)
        await cdp.send("Performance.enable")
        measured = Measured()
        await _open(page, program, measured)
        await asyncio.sleep(2 * REST)
        first = await _weigh(cdp)
        places = [Place(*each) for each in await page.evaluate(program.places)]
        inside = [one for one in places if 0 < one.x < WINDOW["width"] and 0 < one.y < WINDOW["height"]]
        assert len(inside) > N_HUBS, f"{program.address} shows {len(inside)} nodes in the window"
        draw = random.Random(7)
        await _hover(page, draw.choices(inside, k=N_HOVERED), measured)
        for hub in sorted(inside, key=lambda one: -one.links)[:N_HUBS]:
            measured.hubs.append(await _click(page, hub))
        await _hover(page, draw.choices(inside, k=N_HOVERED), measured)
        measured.sweeping = await _frames(page, lambda: _sweep(cdp, draw.choices(inside, k=60)))
        if program.zooms:
            await page.keyboard.press("Escape")
            middle = draw.choices(inside, k=6)
            measured.zooming = await _frames(page, lambda: _zoom(cdp, middle))
        last = await _weigh(cdp)
        measured.elements, measured.heap = (first[0], last[0]), (first[1], last[1])
        return measured


@asynccontextmanager
async def _page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": WINDOW["width"], "height": WINDOW["height"]})
    await context.add_init_script(INSTRUMENTS)
    await context.route(lambda url: "//127.0.0.1:" not in url, _answer)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    try:
        yield page
    finally:
        await context.close()


async def _answer(route: Route) -> None:
    """What the viewer loads from the web: libraries, and examples of features."""
    address, script = route.request.url, library(route.request.url)
    allowed = {"Access-Control-Allow-Origin": "*"}
    if script is not None:
        await route.fulfill(content_type="text/javascript", body=script)
    elif "/features/" in address and route.request.method == "GET":
        await route.fulfill(headers=allowed, json=feature())
    else:
        await route.fulfill(status=404, headers=allowed)


async def _open(page: Page, program: Program, measured: Measured) -> None:
    await page.goto(program.address, wait_until="commit")
    painted = (
        f"Promise.all([bench.painted(() => {program.has_nodes}), bench.painted(() => {program.has_all})])"
    )
    nodes, all_ = await asyncio.wait_for(page.evaluate(painted), PATIENCE_MS / 1000)
    ends: list[float] = await page.evaluate(
        "part => performance.getEntriesByType('resource').filter(({ name }) => name.includes(part))"
        ".map(({ responseEnd }) => responseEnd)",
        program.data,
    )
    fetched = max(end for end in ends if end <= nodes)
    measured.opened_to_nodes = nodes
    measured.data_to_nodes, measured.data_to_all = nodes - fetched, all_ - fetched
    measured.longest_task = await page.evaluate("bench.longest")


async def _weigh(cdp: CDPSession) -> tuple[int, float]:
    """DOM nodes, and MB of JavaScript's heap."""
    await cdp.send("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = await cdp.send("Performance.getMetrics")
    values = {one["name"]: one["value"] for one in metrics["metrics"]}
    return int(values["Nodes"]), values["JSHeapUsedSize"] / 2**20


async def _hover(page: Page, over: list[Place], measured: Measured) -> None:
    await page.evaluate("bench.moves = []")
    for place in over:
        await page.mouse.move(place.x, place.y)
        await asyncio.sleep(0.06)
    await asyncio.sleep(REST)
    moves = await page.evaluate("bench.moves")
    measured.moves += [move["frame"] for move in moves if move["frame"] is not None]
    measured.tooltips += [move["tooltip"] for move in moves if move["tooltip"] is not None]


async def _click(page: Page, place: Place) -> float:
    await page.mouse.move(place.x, place.y)
    await asyncio.sleep(REST)
    await page.evaluate("void (bench.clicked = bench.nextClick())")
    await page.mouse.down()
    await page.mouse.up()
    took: float = await asyncio.wait_for(page.evaluate("bench.clicked"), PATIENCE_MS / 1000)
    await asyncio.sleep(REST)
    return took


async def _frames(page: Page, act: Callable[[], Awaitable[None]]) -> float:
    """Frames a second while something is done."""
    await page.evaluate("bench.start()")
    await act()
    frames: float = await page.evaluate("bench.frames()")
    await asyncio.sleep(REST)
    return frames


async def _sweep(cdp: CDPSession, over: list[Place]) -> None:
    """Moves the mouse from place to place, evenly, without waiting for the page."""
    async for passed in _ticks(0.008):
        at = min(passed * (len(over) - 1), len(over) - 1.001)
        here, there = over[int(at)], over[int(at) + 1]
        part = at - int(at)
        x, y = here.x + (there.x - here.x) * part, here.y + (there.y - here.y) * part
        _send(cdp, "mouseMoved", x, y)


async def _zoom(cdp: CDPSession, at: list[Place]) -> None:
    """Turns the wheel over each place in turn, in and out again, without waiting for the page."""
    async for passed in _ticks(0.016):
        turn = min(passed * len(at), len(at) - 0.001)
        place, part = at[int(turn)], turn % 1
        _send(cdp, "mouseWheel", place.x, place.y, deltaX=0, deltaY=-60 if part < 0.5 else 60)


async def _ticks(pause: float) -> AsyncIterator[float]:
    """The part of `SECONDS` that has passed, again and again."""
    clock = asyncio.get_running_loop().time
    began = clock()
    while (passed := (clock() - began) / SECONDS) < 1:
        yield passed
        await asyncio.sleep(pause)


def _send(cdp: CDPSession, type: str, x: float, y: float, **others: float) -> None:
    event = asyncio.ensure_future(
        cdp.send("Input.dispatchMouseEvent", {"type": type, "x": x, "y": y, **others})
    )
    _sent.add(event)
    event.add_done_callback(_sent.discard)


_sent: set[asyncio.Future[Any]] = set()
"""Events on their way: nobody else holds them."""
