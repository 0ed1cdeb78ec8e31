"""The explorer reads a graph once for all who ask for it, keeps it, and notices that it has changed or gone."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier, Event
from typing import cast

import pytest

import ingest
from api.explorer import KEPT_GRAPHS, Explorer
from queries.cypher.runner import CypherRunner
from queries.errors import GraphNotFound, InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, Supernode, View
from queries.graph.features import Explanation, FeatureRecord
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.patience import PATIENCE
from tests.support.processes import write_graph
from tests.support.synthetic_graphs import SIZES, synthetic_graph

GRAPH = synthetic_graph(SIZES[0], seed=1)


class SlowStore:
    """Counts reads and checks. No read ends before `may_end` is set."""

    def __init__(self) -> None:
        self.features_changed = self.views_changed = 0
        self.reads: list[str] = []
        self.checks: list[str] = []
        self.may_end = Event()
        self.stored = True

    def views(self, graph_id: str) -> tuple[View, ...]:
        self.checks.append(graph_id)
        if not self.stored:
            raise GraphNotFound(graph_id)
        return ()

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
        ingest.TraceFolder("nowhere", set),  # nothing of it is read here
        cast(ingest.Annotator, None),
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
        (layer, index, *_), before = next(iter(explorer.graph(GRAPH.record.id).explanations.items()))
        added = Explanation("means this", "somebody", "someone", None)
        record = FeatureRecord(
            model=GRAPH.record.model,
            transcoder_set=GRAPH.record.transcoder_set,
            layer=layer,
            index=index,
            explanations=[added],
            graphs=[],
        )
        store.keep_features([record])
        after = explorer.graph(GRAPH.record.id).explanations[layer, index]
        assert sorted(one.text for one in after) == sorted(one.text for one in [*before, added])


def test_a_kept_graph_has_the_views_that_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        store.load(GRAPH)
        explorer, graph_id = explorer_of(store), GRAPH.record.id
        before = explorer.graph(graph_id)
        assert before.views == () and explorer.graph(graph_id) is before
        view = View("mine", 1, {"pinned": []}, (Supernode("one", (2, 3)),))
        store.put_view(GRAPH, view, 0)
        after = explorer.graph(graph_id)
        assert after.views == (view,) and after.supernodes == view.supernodes
        assert after.nodes is before.nodes and after.acyclic is before.acyclic, (
            "only the views are read again"
        )
        assert explorer.graph(graph_id, view="mine").supernodes == view.supernodes
        with pytest.raises(InvalidRequest, match="no view 'yours'; its views: 'mine'"):
            explorer.graph(graph_id, view="yours")
        store.delete_view(graph_id, "mine", 1)
        assert explorer.graph(graph_id).views == ()
        store.views_changed, changed = 0, store.views_changed  # as when another process changes one
        store.put_view(GRAPH, view, 0)
        store.views_changed = changed
        assert explorer.graph(graph_id).views == (), "it was looked at a moment ago"
        monkeypatch.setattr("api.explorer.CHECKED_FOR", -1.0)
        assert explorer.graph(graph_id).views == (view,)
