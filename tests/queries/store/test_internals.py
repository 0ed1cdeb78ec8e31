"""A prompt's internals are stored with their graph, told again, replaced and go with it, on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from queries.errors import GraphNotFound, HeadNotFound
from queries.internals.records import STATISTICS, HeadEdges, HeadLinks, Internals, InternalsRecord
from queries.store import internals as kept_internals
from queries.store.copying import copy_graphs
from queries.store.neo4j import internals as neo4j_internals
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.internals.samples import N_HEADS, N_LAYERS, internals_of
from tests.queries.store.test_store import full_graph
from tests.support.engines import Engine, ladybug_engine


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        yield opened


def check_same(found: Internals | None, stored: Internals) -> None:
    assert found is not None
    assert found.record == stored.record
    for name in STATISTICS:
        np.testing.assert_array_equal(found.heads.statistics[name], stored.heads.statistics[name])
    np.testing.assert_array_equal(found.heads.induction, stored.heads.induction)
    np.testing.assert_array_equal(found.heads.duplicate_token, stored.heads.duplicate_token)
    assert found.heads.seed == stored.heads.seed
    for mine, others in ((found.read, stored.read), (found.written, stored.written), (found.fed, stored.fed)):
        for name in type(mine).__slots__:
            np.testing.assert_array_equal(getattr(mine, name), getattr(others, name), err_msg=name)


def test_they_are_told_as_they_were_stored(store: GraphStore, engine: Engine) -> None:
    graph = full_graph()
    for one in (graph, full_graph("two")):
        store.load(one)
    assert store.internals("one") is None
    internals = internals_of(graph)
    assert store.put_internals(graph, internals)
    check_same(store.internals("one"), internals)
    assert store.internals("two") is None
    assert store.read("one").record == graph.record
    found = engine.query(
        "MATCH (n:FeatureNode)-[r:READ_BY]->(h:HeadNode) RETURN DISTINCT h.key ORDER BY h.key"
    )
    assert found == [["one/head/0/0"], ["one/head/1/1"]]
    assert engine.query("MATCH (h:HeadNode {layer: 1, head: 1})-[:OF_HEAD]->(a) RETURN a.key, a.seed") == [
        ["a%2Fmodel@r%401/1/1", 7]
    ]
    assert engine.query("MATCH (:HeadNode)-[f:FEEDS]->(:HeadNode) RETURN count(f)") == [[2]]


def test_those_that_take_their_place_meanwhile_are_read_whole(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heads are never those of another record."""
    graph = full_graph()
    store.load(graph)
    internals = internals_of(graph, seed=3)
    store.put_internals(graph, internals)
    read, seen = kept_internals.read_internals_record, list[InternalsRecord | None]()

    def late(run: kept_internals.Run, graph_id: str) -> InternalsRecord | None:
        """The first time the record that was there before."""
        seen.append(read(run, graph_id))
        return internals_of(graph, "before").record if len(seen) == 1 else seen[-1]

    monkeypatch.setattr(kept_internals, "read_internals_record", late)
    check_same(store.internals("one"), internals)
    assert len(seen) == 3, "once more for each time that they changed"


def test_many_links_take_several_statements(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's hundreds of heads read and write thousands of times; each link is stored once."""
    monkeypatch.setattr(neo4j_internals, "EDGES_AT_ONCE", 4)
    graph = full_graph()
    internals = internals_of(graph)
    assert len(internals.read) == 10
    with open_store(engine.url) as store:
        store.load(graph)
        store.put_internals(graph, internals)
        check_same(store.internals("one"), internals)
    counts = engine.count()
    assert counts["READ_BY"] == len(internals.read)
    assert counts["WRITES_TO"] == len(internals.written)


def test_asked_again_they_stay_as_they_are(store: GraphStore, engine: Engine) -> None:
    graph = full_graph()
    store.load(graph)
    internals = internals_of(graph)
    store.put_internals(graph, internals)
    before = engine.count()
    assert not store.put_internals(graph, replace(internals_of(graph, seed=1), record=internals.record))
    assert engine.count() == before
    check_same(store.internals("one"), internals)


def test_others_take_their_place_as_a_whole(store: GraphStore, engine: Engine) -> None:
    graph = full_graph()
    store.load(graph)
    store.put_internals(graph, internals_of(graph))
    before = engine.count()
    second = internals_of(graph, "second", seed=1)
    assert store.put_internals(graph, second)
    check_same(store.internals("one"), second)
    assert engine.count() == before


def test_without_loadings_and_edges_they_are_some_too(store: GraphStore, engine: Engine) -> None:
    graph = full_graph()
    store.load(graph)
    whole = internals_of(graph)
    nothing = np.zeros(0)
    none = np.zeros(0, dtype=np.int32)
    unlinked = HeadLinks(none, none, nothing, nothing)
    bare = replace(whole, read=unlinked, written=unlinked, fed=HeadEdges(none, none, *[nothing] * 4))
    store.put_internals(graph, bare)
    check_same(store.internals("one"), bare)
    assert not engine.count()["READ_BY"] + engine.count()["FEEDS"]


def test_they_go_with_their_graph_and_the_models_heads_with_the_last(
    store: GraphStore, engine: Engine
) -> None:
    one, two = full_graph("one"), full_graph("two")
    store.load(two)
    bare = engine.count()
    store.put_internals(two, internals_of(two, "of two"))
    before = engine.count()
    store.load(one)
    store.put_internals(one, internals_of(one))
    store.delete("one")
    assert engine.count() == before
    with pytest.raises(GraphNotFound):
        store.internals("one")
    store.delete_internals("two")
    assert engine.count() == bare
    store.delete_internals("two")
    assert engine.count() == bare


def test_what_one_prompt_does_not_say_of_a_head_another_said(store: GraphStore, engine: Engine) -> None:
    one, two = full_graph("one"), full_graph("two")
    for graph in (one, two):
        store.load(graph)
    known = internals_of(one)
    store.put_internals(one, known)
    unknown = internals_of(two, "of two", seed=2)
    blank = np.full(N_LAYERS * N_HEADS, np.nan)
    heads = replace(unknown.heads, induction=blank, duplicate_token=blank, seed=None)
    store.put_internals(two, replace(unknown, heads=heads))
    found = engine.query("MATCH (a:AttentionHead) RETURN a.induction ORDER BY a.layer, a.head")
    np.testing.assert_array_equal([row[0] for row in found], known.heads.induction)


def test_a_models_head_is_told_of_every_graph(store: GraphStore) -> None:
    one, two = full_graph("one"), full_graph("two")
    with pytest.raises(HeadNotFound):
        store.head("a/model", 1, 1)
    internals = {"one": internals_of(one), "two": internals_of(two, "of two", seed=2)}
    for graph in (one, two, full_graph("three")):
        store.load(graph)
    for graph in (one, two):
        internals["one"].heads.statistics["attribution"][4] = -3.0
        internals["two"].heads.statistics["attribution"][4] = np.nan
        store.put_internals(graph, internals[graph.record.id])
    found = store.head("a/model", 1, 1)
    assert (found.model, found.layer, found.head) == ("a/model", 1, 1)
    (revision,) = found.revisions
    assert revision.model_revision == "r@1" and revision.seed == 7
    assert revision.induction == internals["two"].heads.induction[4], "the scores that were measured last"
    assert [(graph.id, graph.prompt) for graph in found.graphs] == [
        ("one", one.record.prompt),
        ("two", two.record.prompt),
    ]
    assert found.graphs[0].statistics["attribution"] == -3.0
    assert found.graphs[0].statistics["entropy"] == internals["one"].heads.statistics["entropy"][4]
    assert found.graphs[1].statistics["attribution"] is None
    assert (found.graphs[1].target, found.graphs[1].foil) == (" b", None)
    for model, layer, head in (("a/model", 1, 3), ("a/model", 2, 0), ("another", 0, 0)):
        with pytest.raises(HeadNotFound):
            store.head(model, layer, head)
    store.delete_internals("two")
    assert [graph.id for graph in store.head("a/model", 1, 1).graphs] == ["one"]


def test_none_are_stored_of_a_graph_that_is_gone(store: GraphStore, engine: Engine) -> None:
    graph = full_graph()
    with pytest.raises(GraphNotFound):
        store.put_internals(graph, internals_of(graph))
    with pytest.raises(GraphNotFound):
        store.delete_internals("one")
    assert engine.count().total() == 0


def test_copies_have_them_too(engine: Engine, tmp_path: Path) -> None:
    graph = full_graph()
    laptop = ladybug_engine(tmp_path / "laptop")
    with open_store(engine.url) as store, open_store(laptop.url) as copied:
        store.load(graph)
        assert [new for _, new in copy_graphs(store, copied, store.graphs())] == [True]
        internals = internals_of(graph)
        store.put_internals(graph, internals)
        assert [new for _, new in copy_graphs(store, copied, store.graphs())] == [False]
        check_same(copied.internals("one"), internals)
        counts = engine.count()
    assert laptop.count() == counts
