"""Graphs copied from either engine to a Ladybug file and back are unchanged."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from queries.store.copying import copy_collections, copy_graphs, copy_kept_features
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.store.test_store import assert_same, full_graph
from tests.support.engines import Engine, ladybug_engine

CREATED = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)


def copy_all(source: GraphStore, target: GraphStore) -> list[bool]:
    stored = [new for _, new in copy_graphs(source, target, source.graphs())]
    copy_collections(source, target)
    copy_kept_features(source, target)
    return stored


@pytest.mark.slow
def test_a_round_trip_keeps_all(engine: Engine, tmp_path: Path) -> None:
    laptop = ladybug_engine(tmp_path / "laptop")
    with open_store(engine.url) as store:
        for graph_id in ("one", "two", "gone"):
            store.load(full_graph(graph_id, transcoder_set="kept" if graph_id == "gone" else "set"))
        store.delete("gone")
        store.collections.make("later", CREATED)
        store.collections.change("cities", add=["one", "two"])
        before = engine.count()
        assert before["Feature"] == 3 and before["View"] == 4
        with open_store(laptop.url) as copied:
            assert copy_all(store, copied) == [True, True]
            assert copy_all(store, copied) == [False, False], "copying again changes nothing"
            made = {one.name: one for one in store.collections.all()}
            assert {one.name: one for one in copied.collections.all()} == made
            assert made["later"].created_at == CREATED and made["cities"].n_graphs == 2
            for graph_id in ("one", "two"):
                store.delete(graph_id)
            for name in made:
                store.collections.delete(name)
            assert copy_all(copied, store) == [True, True]
        assert laptop.count() == engine.count() == before
        assert {one.name: one for one in store.collections.all()} == made
        for graph_id in ("one", "two"):
            assert_same(store.read(graph_id), full_graph(graph_id))
        (kept,) = store.kept_features()
        assert (kept.transcoder_set, len(kept.explanations)) == ("kept", 2)


def test_a_copied_graph_is_in_its_collections(engine: Engine, tmp_path: Path) -> None:
    laptop = ladybug_engine(tmp_path / "laptop")
    with open_store(engine.url) as store, open_store(laptop.url) as copied:
        for graph_id in ("one", "two"):
            store.load(full_graph(graph_id))
        store.collections.change("cities", add=["one", "two"])
        store.collections.change("others", add=["two"])
        store.collections.make("later")
        copied.load(full_graph("own"))
        copied.collections.change("cities", add=["own"])
        list(copy_graphs(store, copied, [store.record("one")]))
        copy_collections(store, copied, ["one"])
        assert [one.name for one in copied.collections.all()] == ["cities"]
        assert copied.collections.graphs("cities") == ["one", "own"]
