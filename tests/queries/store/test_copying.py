"""Graphs copied from either engine to a Ladybug file and back are unchanged."""

from pathlib import Path

import pytest

from queries.store.copying import copy_graphs, copy_kept_features
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.store.test_store import assert_same, full_graph
from tests.support.engines import Engine, ladybug_engine


def copy_all(source: GraphStore, target: GraphStore) -> list[bool]:
    stored = [new for _, new in copy_graphs(source, target, source.graphs())]
    copy_kept_features(source, target)
    return stored


@pytest.mark.slow
def test_a_round_trip_keeps_all(engine: Engine, tmp_path: Path) -> None:
    laptop = ladybug_engine(tmp_path / "laptop")
    with open_store(engine.url) as store:
        for graph_id in ("one", "two", "gone"):
            store.load(full_graph(graph_id, transcoder_set="kept" if graph_id == "gone" else "set"))
        store.delete("gone")
        before = engine.count()
        assert before["Feature"] == 3 and before["View"] == 4
        with open_store(laptop.url) as copied:
            assert copy_all(store, copied) == [True, True]
            assert copy_all(store, copied) == [False, False], "copying again changes nothing"
            for graph_id in ("one", "two"):
                store.delete(graph_id)
            assert copy_all(copied, store) == [True, True]
        assert laptop.count() == engine.count() == before
        for graph_id in ("one", "two"):
            assert_same(store.read(graph_id), full_graph(graph_id))
        (kept,) = store.kept_features()
        assert (kept.transcoder_set, len(kept.explanations)) == ("kept", 2)
