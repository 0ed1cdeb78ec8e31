"""Chromium, a server for it, and a page whose console must stay clean."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.reading import TIMEOUT_MS
from tests.support.engines import ladybug_engine, neo4j_engine
from tests.support.processes import serving, url

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=TIMEOUT_MS)  # instead of 5 seconds, which a busy machine may take

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium() -> str | None:
    """Chromium's path; None: Playwright's own build, if it has one (see tools/prerequisites.py)."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all files that follow each other here: elsewhere a test may want the thread's event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has no graphs and queues no examples."""
    data: Path = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        yield url(data)


class Started(NamedTuple):
    """A server's address, and the name of its database's engine."""

    site: str
    engine: str


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A server on either engine for all tests of a file: `server` empties it."""
    folder: Path = tmp_path_factory.mktemp("started")
    is_neo4j = request.param == "neo4j"
    engine = neo4j_engine(request.getfixturevalue("neo4j_server")) if is_neo4j else ladybug_engine(folder)
    with serving(folder / "data", "--no-examples", "--database", engine.url):
        yield Started(url(folder / "data"), engine.name)


@pytest.fixture
def server(started: Started) -> str:
    """The address of a server on either engine, in whose database nothing is."""
    with requests.Session() as session:
        for place, list_of, key in (
            ("graphs", "graphs", "id"),
            ("collections", "collections", "name"),
            ("saved-queries", "queries", "name"),
        ):
            address = f"{started.site}/api/{place}"
            for one in session.get(address).json()[list_of]:
                session.delete(f"{address}/{quote(one[key], safe='')}").raise_for_status()
            assert session.get(address).json()[list_of] == []
    return started.site


@pytest.fixture
def expected_messages() -> list[str]:
    """Parts of console messages that a test expects; the test adds them."""
    return []


@pytest.fixture
def page(browser: Browser, expected_messages: list[str]) -> Iterator[Page]:
    """A page whose every console warning or script error fails the test, but for `expected_messages`."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    messages: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("warning", "error"):
            messages.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    context.close()
    unexpected = [line for line in messages if not any(expected in line for expected in expected_messages)]
    assert not unexpected
