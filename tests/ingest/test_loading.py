"""Graphs of several threads are stored together; each thread has its own result."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ingest.loading import Loader
from ingest.traces.folder import TraceFolder
from queries.errors import DatabaseUnavailable, GraphNotFound
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import Explanation
from queries.store.ladybug.store import LadybugStore
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE


class Watched(LadybugStore):
    """A store that says which graphs each of its transactions stores, and can hold the first one up."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.transactions_made: list[list[str]] = []
        self.begun, self.may_go_on = Event(), Event()
        self.may_go_on.set()

    def _load(self, graphs: list[AttributionGraph]) -> set[str]:
        self.transactions_made.append([graph.record.id for graph in graphs])
        self.begun.set()
        assert self.may_go_on.wait(PATIENCE)
        return super()._load(graphs)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watched]:
    with Watched(tmp_path / "graphs.lbug") as opened:
        yield opened


@pytest.fixture
def loader(store: Watched, tmp_path: Path) -> Loader:
    return Loader(store, TraceFolder(str(tmp_path / "traces"), store.traces))


def some_graph(graph_id: str, **record: Any) -> AttributionGraph:
    return make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, id=graph_id, **record)


def broken(graph_id: str) -> AttributionGraph:
    """A graph that no engine stores: two of its views have one name."""
    return replace(some_graph(graph_id), views=(View("mine", 1, {}), View("mine", 1, {})))


def together(
    store: Watched, loader: Loader, calls: Sequence[Callable[[], object]]
) -> list[object | BaseException]:
    """The results of calls that all wait while the graph `first` is stored."""
    store.may_go_on.clear()
    with ThreadPoolExecutor(len(calls) + 1) as threads:
        first = threads.submit(loader.store, some_graph("first"), None)
        assert store.begun.wait(PATIENCE)
        waiting = [threads.submit(call) for call in calls]
        for _ in range(int(PATIENCE / 0.01)):
            if len(loader._waiting) == 1 + len(calls):
                break
            Event().wait(0.01)
        store.may_go_on.set()
        assert first.result(PATIENCE) is False
        return [one.exception(PATIENCE) or one.result() for one in waiting]


def test_graphs_that_wait_are_stored_in_one_transaction(store: Watched, loader: Loader) -> None:
    names = [f"waits {number}" for number in range(6)]
    calls = [partial(loader.store, some_graph(name), None) for name in names]
    assert together(store, loader, calls) == [False] * 6
    alone, grouped = store.transactions_made
    assert alone == ["first"] and sorted(grouped) == names
    assert {record.id for record in store.graphs()} == {"first", *names}


def test_a_transaction_is_no_larger_than_the_store_allows(
    store: Watched, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "rows_at_once", 2 * 5)
    calls = [partial(loader.store, some_graph(name), None) for name in "abcde"]
    assert together(store, loader, calls) == [False] * 5
    assert [len(one) for one in store.transactions_made] == [1, 2, 2, 1]


def test_a_graph_that_comes_alone_is_stored_at_once(store: Watched, loader: Loader) -> None:
    assert loader.store(some_graph("one"), None) is False
    assert store.transactions_made == [["one"]]


def test_each_thread_gets_its_own_error(store: Watched, loader: Loader) -> None:
    graphs = [some_graph("good"), broken("bad"), some_graph("fine")]
    calls = [partial(loader.store, graph, None) for graph in graphs]
    good, bad, fine = together(store, loader, calls)
    assert good is fine is False
    assert isinstance(bad, RuntimeError) and "bad/view/mine" in str(bad)
    assert {record.id for record in store.graphs()} == {"first", "good", "fine"}


def test_a_database_that_is_away_is_not_asked_for_each_graph(
    store: Watched, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(graphs: list[AttributionGraph]) -> set[str]:
        store.transactions_made.append([graph.record.id for graph in graphs])
        raise DatabaseUnavailable("ladybug://here", "it is away")

    calls = [partial(loader.store, some_graph(name), None) for name in "abc"]
    load = store._load

    def first_only(graphs: list[AttributionGraph]) -> set[str]:
        return load(graphs) if graphs[0].record.id == "first" else away(graphs)

    monkeypatch.setattr(store, "_load", first_only)
    results = together(store, loader, calls)
    assert [type(one) for one in results] == [DatabaseUnavailable] * 3
    assert len(store.transactions_made) == 2
    monkeypatch.undo()
    assert loader.store(some_graph("a"), None) is False


def test_a_thread_that_is_interrupted_leaves_the_others_to_be_stored(
    store: Watched, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, interrupted = store._load, list[list[str]]()

    def once(graphs: list[AttributionGraph]) -> set[str]:
        if len(graphs) == 3 and not interrupted:
            interrupted.append([graph.record.id for graph in graphs])
            raise KeyboardInterrupt
        return load(graphs)

    monkeypatch.setattr(store, "_load", once)
    calls = [partial(loader.store, some_graph(name), None) for name in "abc"]
    results = together(store, loader, calls)
    assert sorted(map(repr, results)) == ["False", "False", "KeyboardInterrupt()"]
    assert len(store.graphs()) == 3


def test_the_same_graph_twice_is_stored_once_and_known_once(store: Watched, loader: Loader) -> None:
    calls = [partial(loader.store, some_graph("same", name=name), None) for name in ("a", "b")]
    assert sorted(map(bool, together(store, loader, calls))) == [False, True]
    assert {record.id for record in store.graphs()} == {"first", "same"}
    assert store.transactions_made[1] == ["same"]


def test_a_stored_graph_keeps_its_name_and_gets_the_explanations_of_the_new_one(
    store: Watched, loader: Loader
) -> None:
    told = Explanation("Texas", "ada", "person", None, datetime(2026, 1, 1, tzinfo=UTC))
    assert loader.store(some_graph("one", name="old"), None) is False
    again = some_graph("one", name="new").with_explanations({(0, 1): [told]})
    assert loader.store(again, None) is True
    stored = store.read("one")
    assert stored.record.name == "old" and stored.explanations == {(0, 1): [told]}
    assert stored.record.n_labelled_nodes == 1


def test_a_known_graph_that_is_deleted_meanwhile_is_stored_again(
    store: Watched, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(some_graph("one"))
    record = store.record

    def deleted(graph_id: str) -> Any:
        monkeypatch.undo()
        store.delete(graph_id)
        return record(graph_id)

    monkeypatch.setattr(store, "record", deleted)
    assert loader.store(some_graph("one"), None) is False
    assert store.read("one").record.id == "one"
    with pytest.raises(GraphNotFound):
        store.record("another")


def test_each_graph_s_trace_is_kept_after_it(store: Watched, loader: Loader, tmp_path: Path) -> None:
    written = {name: tmp_path / f"{name}.whole" for name in "abc"}
    for name, file in written.items():
        file.write_text(name)
    calls = [
        partial(loader.store, some_graph(name, trace_id=f"trace-{name}"), written[name]) for name in written
    ]
    assert together(store, loader, calls) == [False] * 3
    kept = tmp_path / "traces"
    assert {file.name: file.read_text() for file in kept.glob("*.trace")} == {
        f"trace-{name}.trace": name for name in written
    }
