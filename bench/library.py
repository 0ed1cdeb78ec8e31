"""The first page over 100,000 made graphs, in Chromium on either engine: from its opening to the painted prompts, from
the last letter of a search to its rows, from a jump in the list to the rows there, and frames a second while it
scrolls.

The graphs are records alone, of 60,000 prompts: the library reads nothing else of them.
"""

import json
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from bench.databases import database
from bench.measure import seconds, show, spread
from bench.page.browser import INSTRUMENTS, PATIENCE_MS, WINDOW
from queries.store import rows, schema
from queries.store.ladybug.load import _columns, _copy
from queries.store.ladybug.store import LadybugStore
from queries.store.neo4j.store import Neo4jStore
from queries.store.open import open_store
from queries.words import Engine
from tests.browser.conftest import FLAGS, chromium
from tests.support.graphs import make_graph
from tests.support.processes import serving, url

N_GRAPHS, N_PROMPTS = 100_000, 60_000
ROUNDS = 5
SCROLLING = 3.0
"""Seconds for which the list is scrolled, a screen in every fourth of a second."""
AT_ONCE = 5000
"""Records that Neo4j creates in one transaction."""
WORDS = (
    *("capital", "state", "city", "Dallas", "Oakland", "Lyon", "fact", "containing"),
    *("opposite", "small", "large", "the", "of", "is", "day", "after"),
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

QUESTIONS: dict[str, dict[str, str]] = {
    "a page of the list": {},
    "in its middle": {"offset": "30000"},
    "of those that are found": {"search": "dallas lyon"},
    "by prompt": {"order": "prompt"},
}

HAS_ROWS = "document.querySelectorAll('[data-testid=graph-row]').length > 5"
IS_FOUND = "document.querySelector('.window-list')?.dataset.rows < 60000"
IN_THE_MIDDLE = """[...document.querySelectorAll('[data-testid=graph-row]')].some((row) => {
  const { top } = row.getBoundingClientRect();
  return top > 0 && top < window.innerHeight && Number(row.parentElement.getAttribute('aria-posinset')) > 20000;
})"""


def main() -> None:
    engines: tuple[Engine, ...] = ("ladybug", "neo4j")
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            _measure(engine, Path(folder))


def _measure(engine: Engine, folder: Path) -> None:
    with database(engine, folder / "database") as address:
        filling = seconds(lambda: _fill(address))
        with serving(folder / "data", "--no-examples", "--database", address):
            site = url(folder / "data")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                found = [_open(browser, site) for _ in range(ROUNDS + 1)][1:]  # the first compiles the plans
                browser.close()
            asked = {
                name: [seconds(partial(_ask, site, question)) for _ in range(ROUNDS)]
                for name, question in QUESTIONS.items()
            }
    painted, searched, jumped, frames = zip(*found, strict=True)
    show(
        f"{N_GRAPHS:,} graphs of {N_PROMPTS:,} prompts on {engine}, made in {filling:.0f} s",
        ["what", "time"],
        [
            ["opened to painted rows (bar: 1 s)", spread(painted)],
            ["the last letter of a search to its rows", spread(searched)],
            ["a jump to the middle to the rows there", spread(jumped)],
            [
                "frames a second, scrolling (bar: 50)",
                f"{statistics.median(frames):.0f}, least {min(frames):.0f}",
            ],
            *([f"GET /api/prompts, {name}", spread(times)] for name, times in asked.items()),
        ],
    )


def _open(browser: Browser, site: str) -> tuple[float, float, float, float]:
    """Seconds to the painted rows, to the found, and to those of a jump; frames a second."""
    context = browser.new_context(viewport={"width": WINDOW["width"], "height": WINDOW["height"]})
    context.add_init_script(INSTRUMENTS)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.wait_for_timeout(1000)  # the tab's process is started, and the one before is gone
    page.goto(site, wait_until="commit")
    painted = page.evaluate(f"bench.painted(() => {HAS_ROWS})") / 1000
    page.wait_for_timeout(500)
    frames = _scroll(page)
    jumped = page.evaluate(
        "async () => { const began = performance.now(); window.scrollTo(0, document.body.scrollHeight / 2);"
        f" return await bench.painted(() => {IN_THE_MIDDLE}) - began; }}"
    )
    page.evaluate("window.scrollTo(0, 0)")
    page.get_by_test_id("library-search").press_sequentially("dallas lyo")
    page.wait_for_timeout(1500)
    n_rows = page.locator(".window-list").get_attribute("data-rows")
    page.evaluate(
        "void (window.typed = new Promise((done) => document.querySelector('[data-testid=library-search]')"
        ".addEventListener('input', () => done(performance.now()), { once: true })))"
    )
    page.get_by_test_id("library-search").press("n")
    searched = page.evaluate(
        "async () => { const began = await window.typed; return await bench.painted(() => "
        f"{IS_FOUND} && document.querySelector('.window-list').ariaBusy === 'false'"
        " && location.search.endsWith('lyon')) - began; }"
    )
    assert n_rows is not None
    context.close()
    return painted, searched / 1000, jumped / 1000, frames


def _scroll(page: Page) -> float:
    page.mouse.move(WINDOW["width"] / 2, WINDOW["height"] / 2)
    page.evaluate("bench.start()")
    until = time.monotonic() + SCROLLING
    while time.monotonic() < until:
        page.mouse.wheel(0, 120)
        page.wait_for_timeout(16)
    frames: float = page.evaluate("bench.frames()")
    return frames


def _ask(site: str, question: dict[str, str]) -> None:
    answer = requests.get(f"{site}/api/prompts", params=question, timeout=60)
    assert answer.ok and json.loads(answer.content)["prompts"]


def _fill(address: str) -> None:
    """Store the records of graphs."""
    draw, template = random.Random(5), make_graph("EFL", {}).record
    prompts = [f"{' '.join(draw.choices(WORDS, k=9))} {number}" for number in range(N_PROMPTS)]
    made = []
    for number in range(N_GRAPHS):
        said = {
            "id": f"{number:032x}",
            "name": f"graph-{number}",
            "prompt": prompts[number % N_PROMPTS],
            "model": ("gemma-2-2b", "llama-3.2-1b")[number % N_PROMPTS % 2],
            "n_labelled_nodes": number % 7,
            "faithfulness": None if number % 5 else draw.random(),
            "created_at": FIRST + timedelta(minutes=5 * number),
        }
        made.append(rows.record_row(template.model_copy(update=said), schema.VISIBLE))
    with open_store(address) as store:
        if isinstance(store, LadybugStore):
            store._write(
                lambda connection: _copy(
                    connection, schema.ATTRIBUTION_GRAPH, _columns(schema.ATTRIBUTION_GRAPH, made)
                )
            )
        elif isinstance(store, Neo4jStore):
            create = "UNWIND $rows AS row CREATE (g:AttributionGraph) SET g = row"
            for first in range(0, N_GRAPHS, AT_ONCE):
                some = made[first : first + AT_ONCE]
                store._write(lambda transaction: transaction.run(create, rows=some).consume())  # noqa: B023
