"""Interventions and verifications are stored with their graph, told again, and go with it, on both engines."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from queries.errors import GraphNotFound, InterventionNotFound
from queries.graph.attribution_graph import NodeKind
from queries.store.copying import copy_graphs
from queries.store.open import open_store
from queries.store.rows import Order
from queries.store.store import GraphStore
from tests.queries.interventions.samples import WHEN, faithfulness, intervention, verification
from tests.queries.store.test_store import attention_graph, full_graph
from tests.support.engines import Engine, ladybug_engine
from tests.support.graphs import make_graph


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        yield opened


def keys(graph_id: str) -> list[str]:
    nodes = full_graph(graph_id).nodes
    return nodes.keys(graph_id, nodes.of_kind(NodeKind.FEATURE))


def test_an_intervention_is_told_as_it_was_stored(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph())
    store.load(full_graph("two"))
    one = intervention("one", keys("one"))
    assert store.add_intervention(one)
    assert store.interventions("one") == [one] == [store.intervention(one.id)]
    assert store.interventions("two") == []
    counts = engine.count()
    assert (counts["Intervention"], counts["HAS_INTERVENTION"], counts["CHANGES"], counts["TAKES_FROM"]) == (
        1,
        1,
        2,
        1,
    )
    found = engine.query(
        "MATCH (i:Intervention)-[c:CHANGES]->(n:FeatureNode) RETURN n.key, c.value, c.before"
    )
    assert sorted(found) == [[key, 0.0, 0.75] for key in keys("one")]
    assert engine.query(
        "MATCH (i:Intervention)-[:TAKES_FROM]->(g) RETURN g.id, i.verdict, i.predicted_effect"
    ) == [["two", "holds", -2.5]]


def test_asked_again_it_is_the_same_record(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph())
    one = intervention("one", keys("one"))
    assert store.add_intervention(one)
    before = engine.count()
    assert not store.add_intervention(
        one.model_copy(update={"note": "later", "created_at": WHEN + timedelta(1)})
    )
    assert engine.count() == before
    assert store.interventions("one") == [one]


def test_without_controls_or_donor_it_is_one_too(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph())
    one = intervention("one", keys("one"), note=None)
    measured = one.measured.model_copy(update={"controls": None, "verdict": None})
    one = one.model_copy(update={"measured": measured, "changes": one.changes[:1]})
    store.add_intervention(one)
    assert store.intervention(one.id) == one
    assert engine.count()["TAKES_FROM"] == 0


def test_the_newest_comes_first(store: GraphStore) -> None:
    store.load(full_graph())
    for number in range(3):
        store.add_intervention(
            intervention("one", keys("one"), id=f"i{number}", created_at=WHEN + timedelta(seconds=number % 2))
        )
    assert [one.id for one in store.interventions("one")] == ["i1", "i0", "i2"]
    store.delete_intervention("i0")
    assert [one.id for one in store.interventions("one")] == ["i1", "i2"]
    for ask in (store.delete_intervention, store.intervention):
        with pytest.raises(InterventionNotFound, match="'i0'"):
            ask("i0")


def test_a_verification_is_told_as_it_was_stored(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph())
    one = verification("one", keys("one"))
    assert store.put_verification(one)
    assert store.verifications("one") == [one]
    assert not store.put_verification(one)
    record = store.record("one")
    assert (record.faithfulness, record.faithfulness_random) == (0.9, 0.125)
    assert engine.query(
        "MATCH (v:Verification) RETURN v.graph_in_model, v.sequences_necessity, v.n_groups"
    ) == [[0.9, 0.5, 2]]


def test_a_graph_has_one_verification_for_each_grouping(store: GraphStore) -> None:
    store.load(full_graph())
    first = verification("one", keys("one"))
    by_layer = verification("one", keys("one"), id="v2", group_by="layer", share_holding=None, groups=[])
    again = verification("one", keys("one"), id="v3", k=20)
    for one in (first, by_layer, again):
        assert store.put_verification(one)
    assert store.verifications("one") == [again, by_layer]


def test_tests_go_with_their_graph(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("two"))
    before = engine.count()
    store.load(full_graph("one"))
    store.add_intervention(intervention("one", keys("one")))
    store.put_verification(verification("one", keys("one")))
    store.delete("one")
    assert engine.count() == before
    for ask in (store.interventions, store.verifications, store.feature_places):
        with pytest.raises(GraphNotFound):
            ask("one")


def test_a_donor_that_goes_takes_no_intervention_with_it(store: GraphStore, engine: Engine) -> None:
    for graph_id in ("one", "two"):
        store.load(full_graph(graph_id))
    one = intervention("one", keys("one"))
    store.add_intervention(one)
    store.delete("two")
    assert store.interventions("one") == [one]
    assert engine.count()["TAKES_FROM"] == 0


def test_no_test_is_stored_of_a_graph_that_is_gone(store: GraphStore, engine: Engine) -> None:
    with pytest.raises(GraphNotFound):
        store.add_intervention(intervention("one", keys("one")))
    with pytest.raises(GraphNotFound):
        store.put_verification(verification("one", keys("one")))
    assert engine.count().total() == 0


def test_graphs_are_listed_by_their_faithfulness(store: GraphStore) -> None:
    found = {"a": 0.5, "b": 0.9, "c": None, "d": 0.5, "e": -0.25}
    for graph_id, value in found.items():
        store.load(make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, id=graph_id))
        if value is not None:
            parts = [faithfulness("sequences"), faithfulness("graph", in_model=value)]
            store.put_verification(verification(graph_id, [f"{graph_id}/feature/0/0/1"], faithfulness=parts))
    order = Order(by_faithfulness=True)
    assert [one.id for one in store.graphs(order=order)] == ["b", "a", "d", "e", "c"]
    pages, after = [], None
    while page := store.graphs(2, after, order):
        pages.append([one.id for one in page])
        after = order.place(page[-1])
    assert pages == [["b", "a"], ["d", "e"], ["c"]]
    assert [one.id for one in store.graphs(order=Order(least=0.5))] == ["a", "b", "d"]
    assert [one.id for one in store.graphs(order=Order(by_faithfulness=True, least=-1.0))] == [
        "b",
        "a",
        "d",
        "e",
    ]


def test_the_places_of_features_are_those_of_mlps(store: GraphStore) -> None:
    store.load(attention_graph("one"))
    assert store.feature_places("one") == [(0, 0, 2)]


def test_copies_have_the_tests_too(engine: Engine, tmp_path: Path) -> None:
    laptop = ladybug_engine(tmp_path / "laptop")
    with open_store(engine.url) as store, open_store(laptop.url) as copied:
        store.load(full_graph())
        store.add_intervention(intervention("one", keys("one")))
        assert [new for _, new in copy_graphs(store, copied, store.graphs())] == [True]
        assert copied.interventions("one") == store.interventions("one")
        store.add_intervention(intervention("one", keys("one"), id="later"))
        store.put_verification(verification("one", keys("one")))
        assert [new for _, new in copy_graphs(store, copied, store.graphs())] == [False]
        assert copied.interventions("one") == store.interventions("one")
        assert copied.verifications("one") == store.verifications("one")
        assert copied.record("one").faithfulness == 0.9
        counts = engine.count()
        assert laptop.count() == counts
