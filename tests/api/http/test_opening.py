"""The answers that open a graph: how they travel, and that a graph is read once for all who ask for it."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier, Event
from typing import cast

import pytest
import requests

import ingest
from api.explorer import KEPT_GRAPHS, Explorer
from api.http.app import COMPRESSED_FROM
from queries.cypher.runner import CypherRunner
from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import Explanation, FeatureRecord
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.patience import PATIENCE
from tests.support.processes import serving, url, write_graph
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


class SlowStore:
    """Counts whole reads and checks; no read ends before it may."""

    def __init__(self) -> None:
        self.features_changed = 0
        self.reads: list[str] = []
        self.checks: list[str] = []
        self.may_end = Event()
        self.stored = True

    def record(self, graph_id: str) -> None:
        self.checks.append(graph_id)
        if not self.stored:
            raise GraphNotFound(graph_id)

    def read(self, graph_id: str) -> AttributionGraph:
        self.reads.append(graph_id)
        assert self.may_end.wait(timeout=PATIENCE)
        if graph_id != GRAPH.record.id:
            raise GraphNotFound(graph_id)
        return GRAPH


def explorer_of(store: "SlowStore | GraphStore") -> Explorer:
    return Explorer(
        cast(GraphStore, store),
        cast(ingest.JobQueue, None),
        Path(),
        cast(CypherRunner, None),
        cast(ingest.Workbench, None),
        cast(ingest.TraceFolder, None),
    )


def test_those_who_ask_at_once_wait_for_one_reading() -> None:
    store = SlowStore()
    explorer, all_ask = explorer_of(store), Barrier(4)

    def ask() -> AttributionGraph:
        all_ask.wait(timeout=PATIENCE)
        return explorer.graph(GRAPH.record.id)

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask) for _ in range(3)]
        all_ask.wait(timeout=PATIENCE)
        assert not wait(asked, timeout=0.2).done
        store.may_end.set()
        assert all(one.result() is GRAPH for one in asked)
    assert store.reads == [GRAPH.record.id]


def test_a_reading_that_failed_is_not_kept() -> None:
    store = SlowStore()
    store.may_end.set()
    explorer = explorer_of(store)
    for _ in range(2):
        with pytest.raises(GraphNotFound):
            explorer.graph("nowhere")
    assert store.reads == ["nowhere", "nowhere"]


def test_a_kept_graph_is_looked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SlowStore()
    store.may_end.set()
    explorer = explorer_of(store)
    for _ in range(3):
        explorer.graph(GRAPH.record.id)
    assert (len(store.reads), store.checks) == (1, []), "it was there a moment ago"
    monkeypatch.setattr("api.explorer.CHECKED_FOR", -1.0)
    explorer.graph(GRAPH.record.id)
    assert (len(store.reads), len(store.checks)) == (1, 1)
    store.stored = False
    with pytest.raises(GraphNotFound):
        explorer.graph(GRAPH.record.id)
    store.stored = True
    explorer.graph(GRAPH.record.id)
    assert len(store.reads) == 2, "one that was gone is read anew"


def test_only_the_recent_graphs_are_kept(tmp_path: Path) -> None:
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        ids = []
        for number in range(KEPT_GRAPHS + 1):
            file = write_graph(tmp_path / "graph.json", weight=1.0 + number)
            graph = ingest.read_graph_file(file.read_bytes(), None)
            store.load(graph)
            ids.append(graph.record.id)
        explorer = explorer_of(store)
        first = explorer.graph(ids[0])
        assert explorer.graph(ids[0]) is first
        for graph_id in ids[1:]:
            explorer.graph(graph_id)
        assert explorer.graph(ids[0]) is not first


def test_a_kept_graph_is_read_again_when_its_features_got_explanations(tmp_path: Path) -> None:
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        store.load(GRAPH)
        explorer = explorer_of(store)
        (layer, index), before = next(iter(explorer.graph(GRAPH.record.id).explanations.items()))
        said = Explanation("means this", "somebody", "someone", None)
        record = FeatureRecord(
            model=GRAPH.record.model,
            transcoder_set=GRAPH.record.transcoder_set,
            layer=layer,
            index=index,
            explanations=[said],
            graphs=[],
        )
        store.keep_features([record])
        after = explorer.graph(GRAPH.record.id).explanations[layer, index]
        assert sorted(one.text for one in after) == sorted(one.text for one in [*before, said])


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
        assert json.loads(next(lines).removeprefix(b"data: "))["state"] in ("queued", "running")
