"""Which answers a page may show in a frame: a graph's drawing alone, and which page: one of a site that was named."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from tests.support.api import problem
from tests.support.processes import failure

WIKI, NOTEBOOK = "https://wiki.example", "http://localhost:8888"
FRAMED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
DRAWING = "/graphs/some?by=label&embed=true"
NO_DRAWINGS = [
    *("/", "/?embed=true", "/graphs/some", "/graphs/some?embed=1", "/graphs/some?embed=True"),
    *("/graphs/some?embed=&embed=true", "/graphs/some?embed=true&embed=false", "/graphs?embed=true"),
    *(
        "/graphs/some/more?embed=true",
        "/api/graphs?embed=true",
        "/api/docs?embed=true",
        "/graphs/some?x=embed=true",
    ),
]


@pytest.fixture(scope="module")
def open_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a server whose drawings two other sites may show."""
    places = Places(tmp_path_factory.mktemp("data"))
    with (
        open_explorer(places, run_jobs=False, framers=(WIKI, NOTEBOOK)) as explorer,
        TestClient(create_app(explorer), base_url="http://127.0.0.1") as client,
    ):
        yield client


def ancestors(answer: Any) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_only_a_drawing_stands_in_a_frame(client: TestClient) -> None:
    assert ancestors(client.get(DRAWING)) == "'self'"
    for address in NO_DRAWINGS:
        assert ancestors(client.get(address)) == "'none'", address


def test_a_site_that_nobody_named_shows_nothing(client: TestClient) -> None:
    assert "--allow-frame" in problem(client.get(DRAWING, headers=FRAMED), 403, "ForbiddenOrigin")
    for address in NO_DRAWINGS:
        problem(client.get(address, headers=FRAMED), 403, "ForbiddenOrigin")


def test_named_sites_show_drawings_and_nothing_else(open_client: TestClient) -> None:
    shown = open_client.get(DRAWING, headers=FRAMED)
    assert (shown.status_code, ancestors(shown)) == (200, f"'self' {WIKI} {NOTEBOOK}")
    for address in NO_DRAWINGS:
        problem(open_client.get(address, headers=FRAMED), 403, "ForbiddenOrigin")
    problem(open_client.post(DRAWING, headers=FRAMED), 403, "ForbiddenOrigin")
    picture = FRAMED | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    problem(open_client.get(DRAWING, headers=picture), 403, "ForbiddenOrigin")
    asked = FRAMED | {"Origin": WIKI}
    problem(open_client.get("/api/graphs", headers=asked), 403, "ForbiddenOrigin")


@pytest.mark.parametrize(
    "site",
    [
        *("wiki.example", "*", "https://*.example", "https://wiki.example/", "https:", "'self'", "data:"),
        *("https://wiki.example; script-src *", "https://wiki.example https://evil.example", ""),
    ],
)
def test_a_site_is_named_by_its_origin(tmp_path: Path, site: str) -> None:
    said = failure("serve", "--port", "0", "--allow-frame", site, data=tmp_path)
    assert said.startswith("--allow-frame: ") and "no origin such as" in said
