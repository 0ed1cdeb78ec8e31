"""The answers that open a graph, on the wire: compressed where they are large, and exact."""

import gzip
import json
from collections.abc import Iterator

import pytest
import requests

from api.http.app import COMPRESSED_FROM
from queries.store.open import open_store
from tests.support.processes import serving, url
from tests.support.synthetic_graphs import SIZES, synthetic_graph

GRAPH = synthetic_graph(SIZES[0], seed=1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server's address that holds `GRAPH`."""
    data = tmp_path_factory.mktemp("data")
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        store.load(GRAPH)
    with serving(data, "--no-examples"):
        yield url(data)


def body(address: str, encoding: str) -> tuple[requests.Response, bytes]:
    """An answer and its bytes as they were on the wire."""
    with requests.get(address, headers={"Accept-Encoding": encoding}, stream=True) as answer:
        return answer, answer.raw.read(decode_content=False)


@pytest.mark.slow
@pytest.mark.parametrize("columns", ["edges", "nodes"])
def test_large_answers_are_compressed_for_who_can_read_it(site: str, columns: str) -> None:
    address = f"{site}/api/graphs/{GRAPH.record.id}/{columns}"
    plain, text = body(address, "identity")
    packed, sent = body(address, "gzip")
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(sent) == text
    assert len(sent) < 0.5 * len(text)


@pytest.mark.slow
def test_values_arrive_as_they_are_stored(site: str) -> None:
    answer = requests.get(f"{site}/api/graphs/{GRAPH.record.id}/edges").json()
    for column in ("source", "target", "weight", "share"):
        assert answer[column] == getattr(GRAPH.edges, column).tolist()


@pytest.mark.slow
def test_small_answers_are_not_compressed(site: str) -> None:
    answer, sent = body(f"{site}/api/health", "gzip")
    assert "Content-Encoding" not in answer.headers
    assert json.loads(sent)["status"] == "ok" and len(sent) < COMPRESSED_FROM


@pytest.mark.slow
def test_progress_is_neither_compressed_nor_held_back(site: str) -> None:
    """The last test here: the trace that it asks for ends with the server."""
    submitted = requests.post(f"{site}/api/jobs", json={"prompt": "The capital of Texas is"})
    if submitted.status_code == 404:
        pytest.skip("the demo model is not here")
    address = f"{site}/api/jobs/{submitted.json()['id']}/events"
    with requests.get(address, headers={"Accept-Encoding": "gzip"}, stream=True) as events:
        assert "Content-Encoding" not in events.headers
        lines = events.iter_lines(chunk_size=None)
        assert next(lines) == b"event: job"
        assert next(lines).startswith(b"id: ")
        assert json.loads(next(lines).removeprefix(b"data: "))["state"] in ("queued", "running")
