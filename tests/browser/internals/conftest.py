"""A page with a graph whose internals are computed, by the bundled model."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from api.client.client import Client
from tests.support.processes import answer, serving, url

PROMPT = "Fact: The capital of the state containing {} is"


class Computed(NamedTuple):
    """A server that can trace, and the ids of two of its graphs: the internals of the first are computed."""

    site: str
    dallas: str
    oakland: str

    @property
    def graph(self) -> str:
        return f"{self.site}/graphs/{self.dallas}"


def compute(site: str, graph: str) -> None:
    """Compute the internals of a graph's prompt, as the server does unless told otherwise."""
    with Client(site, None) as client:
        job = client.post(f"/api/graphs/{graph}/internals", {}).json()
        *_, last = client.job_events(job["id"])
    assert last["state"] == "done", last


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computed]:
    data: Path = tmp_path_factory.mktemp("data")
    with serving(data, "--no-examples"):
        dallas, oakland = (
            str(answer("ingest", PROMPT.format(city), data=data)["graph_id"])
            for city in ("Dallas", "Oakland")
        )
        compute(url(data), dallas)
        yield Computed(url(data), dallas, oakland)


@pytest.fixture(scope="module")
def pieces(computed: Computed) -> str:
    """The id of a graph with its internals, a word of whose prompt is two tokens: "Wednesdays"."""
    with Client(computed.site, None) as client:
        job = client.post("/api/jobs", {"prompt": "The day after Wednesdays is"}).json()
        *_, last = client.job_events(job["id"])
    compute(computed.site, last["graph_id"])
    return str(last["graph_id"])


@pytest.fixture
def inside(page: Page, computed: Computed) -> Page:
    """The demo's Dallas graph, open, its internals computed."""
    page.goto(computed.graph)
    expect(page.get_by_test_id("drawing")).to_be_visible()
    return page
