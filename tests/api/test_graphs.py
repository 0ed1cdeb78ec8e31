"""A graph is read once for all who ask for it, and kept within a limit of bytes; that it has changed is noticed."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import cast

import pytest

from api.graphs import LIMIT, RecentGraphs
from queries.errors import GraphNotFound, InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, Supernode, View
from queries.graph.features import Explanation, FeatureRecord
from queries.groups.automatic import bytes_beside
from queries.limits import Limits
from queries.paths.answer import find_all_groups
from queries.paths.question import GroupsQuestion
from queries.size import n_bytes
from queries.store.open import open_store
from queries.store.store import GraphStore
from queries.views import in_view
from tests.support.patience import PATIENCE
from tests.support.synthetic_graphs import SIZES, SMALL, synthetic_graph

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


def graphs_of(store: "SlowStore | GraphStore", limit: int | None = None) -> RecentGraphs:
    return RecentGraphs(cast(GraphStore, store), limit)


def test_those_who_ask_at_once_wait_for_one_reading() -> None:
    store = SlowStore()
    graphs, all_ask = graphs_of(store), Barrier(4)

    def ask() -> AttributionGraph:
        all_ask.wait(timeout=PATIENCE)
        return graphs.graph(GRAPH.record.id)

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
    graphs = graphs_of(store)
    for _ in range(2):
        with pytest.raises(GraphNotFound):
            graphs.graph("nowhere")
    assert store.reads == ["nowhere", "nowhere"]


def test_a_kept_graph_is_looked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SlowStore()
    store.may_end.set()
    graphs = graphs_of(store)
    for _ in range(3):
        graphs.graph(GRAPH.record.id)
    assert (len(store.reads), store.checks) == (1, []), "it was there a moment ago"
    monkeypatch.setattr("api.graphs.CHECKED_FOR", -1.0)
    graphs.graph(GRAPH.record.id)
    assert (len(store.reads), len(store.checks)) == (1, 1)
    store.stored = False
    with pytest.raises(GraphNotFound):
        graphs.graph(GRAPH.record.id)
    store.stored = True
    graphs.graph(GRAPH.record.id)
    assert len(store.reads) == 2, "one that was gone is read anew"


class Made:
    """A store of made graphs."""

    features_changed = views_changed = 0

    def __init__(self, graphs: list[AttributionGraph]) -> None:
        self._graphs = {graph.record.id: graph for graph in graphs}
        self.reads: list[str] = []

    def read(self, graph_id: str) -> AttributionGraph:
        self.reads.append(graph_id)
        graph = self._graphs[graph_id]
        return replace(graph)  # without what was computed of it

    def views(self, _: str) -> tuple[View, ...]:
        return ()


@pytest.fixture(scope="module")
def made() -> list[AttributionGraph]:
    return [synthetic_graph(SMALL, seed) for seed in range(4)]


def size_of(graph: AttributionGraph) -> int:
    """Bytes of a graph as it is kept: with what questions compute of it."""
    read = replace(graph)
    assert read.acyclic.n == len(read.labels)
    return n_bytes(read)


def read_again(graphs: RecentGraphs, store: Made, made: list[AttributionGraph]) -> list[bool]:
    """For each graph whether it had to be read."""
    found = []
    for graph in reversed(made):
        before = len(store.reads)
        graphs.graph(graph.record.id)
        found.append(len(store.reads) > before)
    return found[::-1]


def test_graphs_are_kept_within_a_limit_of_bytes(made: list[AttributionGraph]) -> None:
    store, sizes = Made(made), [size_of(graph) for graph in made]
    graphs = RecentGraphs(cast(GraphStore, store), sum(sizes[1:]) + 1000)
    for graph in made:
        graphs.graph(graph.record.id)
    assert read_again(graphs, store, made) == [True, False, False, False]


def test_a_graph_that_is_asked_for_again_stays(made: list[AttributionGraph]) -> None:
    store, sizes = Made(made), [size_of(graph) for graph in made]
    graphs = RecentGraphs(cast(GraphStore, store), sum(sorted(sizes)[1:]) + 1000)
    for graph in (made[0], made[1], made[2], made[0], made[3]):
        graphs.graph(graph.record.id)
    assert store.reads == [graph.record.id for graph in made]
    graphs.graph(made[0].record.id)
    assert len(store.reads) == 4
    graphs.graph(made[1].record.id)
    assert len(store.reads) == 5


def test_the_newest_graph_is_kept_whatever_its_size(made: list[AttributionGraph]) -> None:
    store = Made(made)
    graphs = RecentGraphs(cast(GraphStore, store), 1)
    for graph in (made[0], made[0], made[1], made[1], made[0]):
        graphs.graph(graph.record.id)
    assert store.reads == [made[0].record.id, made[1].record.id, made[0].record.id]


def test_groups_that_are_kept_beside_graphs_count(made: list[AttributionGraph]) -> None:
    """Automatic groups take more than their graph does: they push others out."""
    store, sizes = Made(made), [size_of(graph) for graph in made]
    graphs = RecentGraphs(cast(GraphStore, store), sum(sizes) + 1000)
    for graph in made:
        graphs.graph(graph.record.id)
    find_all_groups(graphs.graph(made[3].record.id), GroupsQuestion(), Limits())
    assert bytes_beside(graphs.graph(made[3].record.id)) > sizes[3]
    assert read_again(graphs, store, made) == [True, True, False, False]


def test_the_limit_is_a_setting(made: list[AttributionGraph], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "0.000001")
    store = Made(made)
    graphs = RecentGraphs(cast(GraphStore, store))
    for graph in (made[0], made[1], made[0]):
        graphs.graph(graph.record.id)
    assert len(store.reads) == 3


def test_a_kept_graph_is_read_again_when_its_features_got_explanations(tmp_path: Path) -> None:
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        store.load(GRAPH)
        graphs = graphs_of(store)
        (layer, index, *_), before = next(iter(graphs.graph(GRAPH.record.id).explanations.items()))
        added = Explanation("means this", "somebody", "someone", None)
        record = FeatureRecord(
            model=GRAPH.record.model,
            transcoder_set=GRAPH.record.transcoder_set,
            layer=layer,
            index=index,
            explanations=[added],
            n_graphs=0,
            graphs=[],
        )
        store.keep_features([record])
        after = graphs.graph(GRAPH.record.id).explanations[layer, index]
        assert sorted(one.text for one in after) == sorted(one.text for one in [*before, added])


def test_a_kept_graph_has_the_views_that_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        store.load(GRAPH)
        graphs, graph_id = graphs_of(store), GRAPH.record.id
        before = graphs.graph(graph_id)
        assert before.views == () and graphs.graph(graph_id) is before
        view = View("mine", 1, {"pinned": []}, (Supernode("one", (2, 3)),))
        store.put_view(GRAPH, view, 0)
        after = graphs.graph(graph_id)
        assert after.views == (view,) and after.supernodes == view.supernodes
        assert after.nodes is before.nodes and after.acyclic is before.acyclic, (
            "only the views are read again"
        )
        assert in_view(graphs.graph(graph_id), "mine").supernodes == view.supernodes
        with pytest.raises(InvalidRequest, match="no view 'yours'; its views: 'mine'"):
            in_view(graphs.graph(graph_id), "yours")
        store.delete_view(graph_id, "mine", 1)
        assert graphs.graph(graph_id).views == ()
        store.views_changed, changed = 0, store.views_changed  # as when another process changes one
        store.put_view(GRAPH, view, 0)
        store.views_changed = changed
        assert graphs.graph(graph_id).views == (), "it was looked at a moment ago"
        monkeypatch.setattr("api.graphs.CHECKED_FOR", -1.0)
        assert graphs.graph(graph_id).views == (view,)
