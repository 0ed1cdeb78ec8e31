"""The promises that every engine keeps (queries.store.store.GraphStore)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from queries.errors import FeatureNotFound, GraphNotFound, InvalidRequest, UnsupportedSchema
from queries.graph.attribution_graph import AttributionGraph, Supernode, View
from queries.graph.contributors import Contributors
from queries.graph.features import Explanation, FeatureId, FeatureRecord, LabelOrigin
from queries.graph.labels import BorrowedLabel, Label
from queries.graph.records import Prediction
from queries.store import schema
from queries.store.library.question import PromptsQuestion
from queries.store.open import open_store
from queries.store.rows import PlaceInList
from queries.store.store import GraphStore
from tests.queries.internals.samples import internals_of
from tests.queries.interventions.samples import intervention, verification
from tests.support.engines import Engine
from tests.support.graphs import make_graph, real_graph, with_features

OWN = Explanation("Texas, I say", "ada", "person", None, datetime(2026, 1, 1, tzinfo=UTC))
MADE = Explanation("Texas", "model", "auto", 0.5)
OTHER = Explanation("a state", "model", "auto", 0.25, datetime(2026, 1, 2, 3, 4, 5, 678901, UTC))


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        yield opened


def full_graph(graph_id: str = "one", **record: Any) -> AttributionGraph:
    """A graph with every kind of node and of edge, supernodes, views and explanations."""
    weights: dict[tuple[int, int], float] = {
        (0, 2): 1.5,
        (1, 3): -0.5,
        (2, 3): 1e-30,
        (4, 3): 2.0,
        (0, 5): -1.0,
        (3, 5): 3.0,
        (4, 6): 1 / 3,
    }
    graph = make_graph(
        "EEFFXLL",
        weights,
        labels={3: 'Say "Austin"\n'},
        probability={6: float("nan")},
        target_logit=5,
        explanations={(0, 2): [MADE, OWN], (1, 3): [OTHER]},
        id=graph_id,
        timings={"trace": 0.25},
        metadata={"info": {"of": "Ада"}},
        token_ids=[1, 2],
        **{"trace_id": "whole", "n_trace_nodes": 90, "n_trace_edges": 2**40, **record},
    )
    drawn = (Supernode("state", (2, 3, 4)), Supernode("ends", (0, 6)))
    changed_at = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    views = (
        View("file", 1, {"pinned": [f"{graph_id}/feature/0/0/2"]}, drawn),
        View("mine", 7, {}, (Supernode("state", (1,)),), "of Ада\n", changed_at),
    )
    return replace(graph, views=views)


def attention_graph(graph_id: str) -> AttributionGraph:
    """The full graph, with a feature of attention beside one of the MLP of the same numbers, and a named logit."""
    graph = full_graph(graph_id, attention_set="lorsa/set")
    nodes = graph.nodes
    layer, index = nodes.layer.copy(), nodes.index.copy()
    layer[3], index[3] = layer[2], index[2]
    position = nodes.position.copy()
    position[3] = position[2]
    told = Contributors(
        pairs=[("feature/0/0/2", "embedding/-1/0/0", 0.5)], queries=[], keys=[], names={"feature/9/0/9": "x"}
    )
    return replace(
        graph,
        nodes=replace(
            nodes,
            layer=layer,
            index=index,
            position=position,
            site=[None, None, None, "attn", "bias-attn", None, None],
            contributors=[None, None, None, told.model_dump_json(), *[None] * 3],
            label=[*nodes.label[:5], "a name", None],
        ),
        explanations={(0, 2): [MADE, OWN], (0, 2, "attn"): [OTHER]},
        views=(),
    )


def assert_same(read: AttributionGraph, loaded: AttributionGraph) -> None:
    assert read.record == loaded.record
    for part in ("nodes", "edges"):
        one, other = getattr(read, part), getattr(loaded, part)
        for column in one.__slots__:
            np.testing.assert_array_equal(getattr(one, column), getattr(other, column), err_msg=column)
    assert read.views == loaded.views
    assert _unordered(read.explanations) == _unordered(loaded.explanations)


def _unordered(explanations: dict[FeatureId, list[Explanation]]) -> dict[FeatureId, set[Explanation]]:
    return {feature: set(listed) for feature, listed in explanations.items()}


def test_a_graph_is_read_as_it_was_loaded(store: GraphStore) -> None:
    assert store.load(full_graph())
    assert_same(store.read("one"), full_graph())
    assert store.record("one") == full_graph().record


@pytest.mark.parametrize("name", ["dallas-grouped", "contraire-de-petit"])
def test_real_graphs_are_read_as_they_were_loaded(store: GraphStore, name: str) -> None:
    graph = real_graph(name)
    assert store.load(graph)
    assert_same(store.read(graph.record.id), graph)


def test_a_graph_without_edges_or_features_is_one_too(store: GraphStore) -> None:
    graph = make_graph("EL", {})
    assert store.load(graph)
    assert_same(store.read("graph"), graph)


def test_what_strangers_write_is_stored_as_they_wrote_it(store: GraphStore) -> None:
    name = "a 'b' \"c\" `d` \\ $e {f} \u2028 🦜 \t"
    view = View(name, 1, {name: name}, (Supernode(name, (0,)),), name)
    graph = replace(full_graph(name=name, prompt=name, tokens=[name, ""]), views=(view,))
    graph.nodes.token[0] = graph.nodes.label[2] = name
    assert store.load(graph)
    assert_same(store.read("one"), graph)


def test_loading_again_changes_nothing(store: GraphStore, engine: Engine) -> None:
    assert store.load(full_graph())
    before = engine.count()
    assert before["DIRECT_EFFECT"] == 7
    assert not store.load(full_graph(name="another name"))
    assert engine.count() == before
    assert_same(store.read("one"), full_graph())


def test_a_stored_graph_gets_the_words_of_another_and_keeps_the_rest(store: GraphStore) -> None:
    loaded, other = full_graph(), full_graph("two")
    store.load(loaded)
    store.load(other)
    words = {
        "name": "another name",
        "prompt": "a ⏎ prompt",
        "prediction": Prediction(token="x", probability=0.5),
    }
    tokens = [*loaded.nodes.token[:5], "x", 'say "y"']
    reworded = replace(
        loaded,
        record=loaded.record.model_copy(update=words),
        nodes=replace(loaded.nodes, token=tokens),
    )
    store.reword(reworded)
    kept = replace(reworded, record=reworded.record.model_copy(update={"name": loaded.record.name}))
    assert_same(store.read("one"), kept)
    assert_same(store.read("two"), other)
    rows = store.library.page(PromptsQuestion(limit=10)).prompts
    assert {one.prompt: one.n_graphs for one in rows} == {"a ⏎ prompt": 1, other.record.prompt: 1}


def test_features_and_explanations_exist_once(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    store.load(full_graph("two"))
    counts = engine.count()
    assert (counts["FeatureNode"], counts["Feature"]) == (4, 2)
    assert (counts["Explanation"], counts["EXPLAINED_BY"]) == (3, 3)
    assert counts["INSTANCE_OF"] == 4
    assert_same(store.read("one"), full_graph("one"))
    assert_same(store.read("two"), full_graph("two"))


def named_graph(graph_id: str, label: str | None, made: datetime, **record: Any) -> AttributionGraph:
    """A graph with one feature, (0, 1), which it may label."""
    labels = {} if label is None else {1: label}
    return make_graph(
        "EFL", {(0, 1): 1.0, (1, 2): 1.0}, labels=labels, id=graph_id, created_at=made, **record
    )


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def test_a_graph_borrows_the_label_that_most_others_give_a_feature(store: GraphStore) -> None:
    bare = named_graph("bare", None, day(9))
    store.load(bare)
    assert store.read("bare").shown[1] is None
    store.load(named_graph("first", "Texas", day(1), name="dallas"))
    assert (
        store.read("bare").shown[1] == BorrowedLabel(text="Texas", graph="first", graph_name="dallas").label
    )
    store.load(named_graph("later", "a state", day(2), name="oakland"))
    assert store.read("bare").labels[1] == "a state", "of as many, the newest graph's"
    store.load(named_graph("again", "Texas", day(3), name="austin"))
    most = store.read("bare")
    assert most.shown[1] == BorrowedLabel(text="Texas", graph="again", graph_name="austin").label
    assert most.with_labels("own").labels[1] is None
    assert store.read("later").labels[1] == "a state", "its own wins"
    assert most.record.n_labelled_nodes == 0
    for one in ("again", "first", "later"):
        store.delete(one)
    assert store.read("bare").shown[1] is None


def test_a_label_of_another_set_or_site_is_not_borrowed(store: GraphStore) -> None:
    store.load(named_graph("bare", None, day(2)))
    store.load(named_graph("of another set", "Texas", day(1), transcoder_set="another"))
    store.load(attention_graph("of attention"))
    assert store.read("bare").shown[1] is None


def test_a_persons_label_shows_in_every_graph_until_it_is_taken_away(store: GraphStore) -> None:
    bare, labelled = named_graph("bare", None, day(1)), named_graph("labelled", "Texas", day(2))
    store.load(bare)
    store.load(labelled)
    feature = "model", "set", 0, 1, None
    for text in ("a typing erorr", "the Lone Star State"):
        before = store.features_changed
        store.set_label(feature, "ada", Explanation(text, "ada", "person", created_at=day(3)))
        assert store.features_changed != before
        for one in ("bare", "labelled"):
            shown = store.read(one).shown[1]
            assert shown == Label(text, LabelOrigin(source="person", by="ada"))
            assert store.record(one).n_labelled_nodes == 1
    store.set_label(feature, "bob", Explanation("not so", "bob", "person", created_at=day(2)))
    assert [one.author for one in store.feature(*feature).explanations] == ["ada", "bob"]
    store.set_label(feature, "ada", None)
    assert store.feature(*feature).label == "not so"
    store.set_label(feature, "bob", None)
    assert store.read("bare").labels[1] == "Texas"
    assert (store.record("bare").n_labelled_nodes, store.record("labelled").n_labelled_nodes) == (0, 1)
    told = store.feature(*feature)
    assert (told.label, told.label_origin) == (
        "Texas",
        LabelOrigin(source="borrowed", by="a graph", graph="labelled"),
    )


def test_a_feature_that_nobody_uses_goes_with_its_last_label(store: GraphStore, engine: Engine) -> None:
    store.load(named_graph("bare", None, day(1)))
    feature = "model", "set", 0, 1, None
    store.set_label(feature, "ada", Explanation("Texas", "ada", "person"))
    store.delete("bare")
    assert engine.count()["Feature"] == 1
    store.set_label(feature, "ada", None)
    assert (engine.count()["Feature"], engine.count()["Explanation"]) == (0, 0)
    for label in (None, Explanation("Texas", "ada", "person")):
        with pytest.raises(FeatureNotFound):
            store.set_label(feature, "ada", label)


def test_labelled_nodes_are_counted_when_features_are_explained(store: GraphStore) -> None:
    """Whichever graph brings the explanation, and whenever."""
    at_two = make_graph("EFFL", {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 1.0, (2, 3): 1.0}, id="bare")
    at_two = with_features(at_two, [(0, 1), (0, 1)])
    store.load(at_two)
    assert store.record("bare").n_labelled_nodes == 0
    name = FeatureRecord(
        model="model",
        transcoder_set="set",
        layer=0,
        index=1,
        n_graphs=0,
        graphs=[],
        explanations=[Explanation("~ Austin", "", "top-logits")],
    )
    store.keep_features([name])
    assert store.record("bare").n_labelled_nodes == 0, "a made name is no label"
    assert store.read("bare").labels[1] == "~ Austin"
    store.load(make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, explanations={(0, 1): [MADE]}, id="explained"))
    assert store.record("bare").n_labelled_nodes == 2
    store.keep_features([name.model_copy(update={"explanations": [OTHER]})])
    assert store.record("bare").n_labelled_nodes == 2
    store.load(named_graph("late", None, day(3)))
    assert store.record("late").n_labelled_nodes == 1


def test_a_feature_of_attention_is_not_the_one_of_the_mlp(store: GraphStore) -> None:
    loaded = attention_graph("one")
    store.load(loaded)
    read = store.read("one")
    assert_same(read, loaded)
    assert len(set(read.nodes.keys("one"))) == len(read.nodes)
    assert read.nodes.keys("one")[2:4] == ["one/feature/0/0/2", "one/feature/0/0/2/attn"]
    assert read.labels[2:4] == [OWN.text, 'Say "Austin"\n']
    of_mlp = store.feature("model", "set", 0, 2)
    of_attention = store.feature("model", "lorsa/set", 0, 2, "attn")
    assert [one.key for one in of_mlp.graphs[0].nodes] == ["one/feature/0/0/2"]
    assert [one.key for one in of_attention.graphs[0].nodes] == ["one/feature/0/0/2/attn"]
    assert (of_mlp.site, of_attention.site) == (None, "attn")
    assert of_attention.explanations == [OTHER]
    with pytest.raises(FeatureNotFound):
        store.feature("model", "lorsa/set", 0, 2)


def test_a_feature_of_another_set_is_another_feature(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    store.load(full_graph("two", transcoder_set="another"))
    assert engine.count()["Feature"] == 4


def test_one_graph_s_explanation_explains_the_other_s_feature(store: GraphStore) -> None:
    store.load(replace(full_graph("bare"), explanations={}))
    assert store.read("bare").explanations == {}
    store.load(full_graph("explained"))
    assert {one.text for one in store.read("bare").explanations[0, 2]} == {"Texas", "Texas, I say"}


def test_a_feature_is_told_with_its_explanations_and_graphs(store: GraphStore) -> None:
    old, new = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    # The newer graph is loaded first. It has two nodes of one feature, the later position first.
    again = full_graph("again", name="seen again", prompt="two tokens", created_at=new)
    index, layer, position = again.nodes.index.copy(), again.nodes.layer.copy(), again.nodes.position.copy()
    index[3], layer[3], position[2] = 2, 0, 1
    store.load(
        replace(
            again, nodes=replace(again.nodes, index=index, layer=layer, position=position), explanations={}
        )
    )
    store.load(full_graph("old", created_at=old))
    feature = store.feature("model", "set", 0, 2)
    assert (feature.model, feature.transcoder_set, feature.layer, feature.index) == ("model", "set", 0, 2)
    assert feature.explanations == [OWN, MADE]
    assert [(graph.id, graph.name, graph.prompt) for graph in feature.graphs] == [
        ("again", "seen again", "two tokens"),
        ("old", "a graph", "a prompt"),
    ]
    assert [node.model_dump() for node in feature.graphs[0].nodes] == [
        {
            "key": "again/feature/0/0/2",
            "position": 0,
            "token": "token 0",
            "label": 'Say "Austin"\n',
            "activation": 1.0,
            "node_influence": 0.375,
            "cumulative_influence": 0.5,
        },
        {
            "key": "again/feature/0/1/2",
            "position": 1,
            "token": "token 1",
            "label": None,
            "activation": 0.75,
            "node_influence": 0.25,
            "cumulative_influence": pytest.approx(2 / 3),
        },
    ]


def test_what_is_not_known_of_a_feature_s_node_is_null(store: GraphStore) -> None:
    graph = full_graph()
    for column in (graph.nodes.activation, graph.nodes.node_influence, graph.nodes.cumulative_influence):
        column[2] = float("nan")
    store.load(graph)
    ((node,),) = (graph.nodes for graph in store.feature("model", "set", 0, 2).graphs)
    assert (node.activation, node.node_influence, node.cumulative_influence) == (None, None, None)


def test_a_feature_of_names_with_slashes_is_found(store: GraphStore) -> None:
    store.load(full_graph(model="google/gemma", transcoder_set="a/b%2Fc"))
    found = store.feature("google/gemma", "a/b%2Fc", 0, 2)
    assert [graph.id for graph in found.graphs] == ["one"]
    for model, transcoder_set in (("google", "gemma/a/b%2Fc"), ("google%2Fgemma", "a/b/c")):
        with pytest.raises(FeatureNotFound):
            store.feature(model, transcoder_set, 0, 2)


def test_a_feature_without_graphs_is_found_where_a_person_explained_it(store: GraphStore) -> None:
    store.load(full_graph())
    store.delete("one")
    kept = store.feature("model", "set", 0, 2)
    assert (kept.explanations, kept.graphs) == ([OWN, MADE], [])
    for layer, index in ((1, 3), (7, 7)):
        with pytest.raises(FeatureNotFound) as raised:
            store.feature("model", "set", layer, index)
        error = raised.value
        assert (error.model, error.transcoder_set) == ("model", "set")
        assert (error.layer, error.index) == (layer, index)


def test_graphs_are_listed_newest_first(store: GraphStore) -> None:
    assert store.graphs() == []
    for day, graph_id in ((2, "b"), (3, "c"), (1, "a"), (2, "a2")):
        store.load(make_graph("EL", {}, id=graph_id, created_at=datetime(2026, 1, day, tzinfo=UTC)))
    assert [record.id for record in store.graphs()] == ["c", "a2", "b", "a"]
    listed = {name: value for name, value in store.graphs()[-1] if name != "metadata"}
    assert listed == {name: value for name, value in store.record("a") if name != "metadata"}


def test_the_list_of_graphs_comes_in_pages_without_what_files_said(store: GraphStore) -> None:
    """Graphs of one moment, too, are each in one page."""
    for number, graph_id in enumerate("gfedcba"):
        store.load(
            make_graph(
                "EL",
                {},
                id=graph_id,
                metadata={"info": "long"},
                created_at=datetime(2026, 1, 1 + number // 3, 1, 2, 3, 456789, UTC),
            )
        )
    in_order = [record.id for record in store.graphs()]
    assert in_order == ["a", "b", "c", "d", "e", "f", "g"]
    pages: list[list[str]] = []
    after = None
    while page := store.graphs(2, after):
        assert not any(record.metadata for record in page)
        pages.append([record.id for record in page])
        after = PlaceInList(page[-1].created_at, page[-1].id)
    assert pages == [["a", "b"], ["c", "d"], ["e", "f"], ["g"]]
    store.delete("d")
    assert [
        record.id for record in store.graphs(1, PlaceInList(datetime(2026, 1, 2, 1, 2, 3, 456789, UTC), "d"))
    ] == ["e"]


def test_deleting_the_only_graph_leaves_nothing(store: GraphStore, engine: Engine) -> None:
    graph = replace(full_graph(), explanations={(0, 2): [MADE], (1, 3): [OTHER]})
    store.load(graph)
    features = ["one/feature/0/0/2", "one/feature/1/0/3"]
    itself = intervention("one", features)
    own = [change.model_copy(update={"donor": change.donor and "one"}) for change in itself.changes]
    store.add_intervention(itself.model_copy(update={"changes": own}))
    store.put_verification(verification("one", features))
    store.put_internals(graph, internals_of(graph))
    labels = {table.label for table in schema.TABLES if table != schema.SAVED_QUERY}  # which is no graph's
    labels |= {one.type for one in schema.RELATIONSHIPS}
    store.collections.change("cities", add=["one"])
    assert engine.count().keys() == labels
    store.delete("one")
    assert engine.count() == Counter(Collection=1), "a collection stays when it is empty"
    assert store.graphs() == []


def test_deleting_keeps_what_other_graphs_use(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    alone = engine.count()
    # It shares a feature and its explanation with the first graph, and has two features of its own.
    extra = make_graph("EEFFFL", {(0, 2): 1}, id="two", explanations={(0, 2): [MADE], (2, 4): [OTHER]})
    store.load(extra)
    assert engine.count() != alone
    store.delete("two")
    assert engine.count() == alone
    assert_same(store.read("one"), full_graph("one"))


def test_a_trace_lasts_as_long_as_a_graph_pruned_from_it(store: GraphStore, engine: Engine) -> None:
    for graph_id, trace in (("one", "whole"), ("two", "whole"), ("three", "other"), ("four", None)):
        store.load(full_graph(graph_id, trace_id=trace))
    assert store.traces() == {"whole", "other"}
    counts = engine.count()
    assert (counts["Trace"], counts["TRACED_FROM"]) == (2, 3)
    store.delete("one")
    store.delete("four")
    assert store.traces() == {"whole", "other"}
    store.delete("two")
    assert store.traces() == {"other"}
    assert engine.query("MATCH (t:Trace) RETURN t.id, t.n_nodes, t.n_edges") == [["other", 90, 2**40]]


def test_of_many_ids_those_of_stored_graphs_are_told(store: GraphStore) -> None:
    assert store.stored([]) == store.stored(["one"]) == set()
    for graph_id in ("one", "two"):
        store.load(full_graph(graph_id))
    assert store.stored(["one", "two", "three"]) == {"one", "two"}
    store.delete("two")
    assert store.stored({"two", "one"}) == {"one"}


def test_a_feature_that_a_person_explained_outlives_its_graphs(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    store.delete("one")
    assert engine.count() == Counter({"Feature": 1, "Explanation": 2, "EXPLAINED_BY": 2})
    store.load(replace(full_graph("two"), explanations={}))
    assert store.read("two").explanations.keys() == {(0, 2)}
    assert set(store.read("two").explanations[0, 2]) == {MADE, OWN}


def test_kept_features_can_be_read_and_stored(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    assert store.kept_features() == []
    store.delete("one")
    (kept,) = store.kept_features()
    assert (kept.model, kept.transcoder_set, kept.layer, kept.index) == ("model", "set", 0, 2)
    assert kept.explanations == [OWN, MADE]
    before = engine.count()
    store.keep_features([kept])
    assert engine.count() == before, "what is there stays as it is"
    other = kept.model_copy(update={"index": 7, "explanations": [OWN]})
    store.keep_features([other])
    assert store.kept_features() == [kept, other]
    store.load(full_graph("one"))
    assert store.kept_features() == [other]


def test_what_is_not_there_is_not_found(store: GraphStore) -> None:
    store.load(full_graph())
    for ask in (store.record, store.read, store.delete):
        with pytest.raises(GraphNotFound) as raised:
            ask("nowhere")
        assert raised.value.graph_id == "nowhere"
    store.delete("one")
    with pytest.raises(GraphNotFound):
        store.read("one")
    assert store.load(full_graph())


def test_a_load_that_fails_leaves_nothing(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    before = engine.count()
    broken = full_graph("two", transcoder_set="new")
    # Views are stored last.
    views = (*broken.views, View("mine", 1, {}))
    with pytest.raises(Exception, match="two/view/mine"):
        store.load(replace(broken, views=views))
    assert engine.count() == before
    assert [record.id for record in store.graphs()] == ["one"]
    assert store.load(broken)
    assert_same(store.read("two"), broken)


def test_graphs_are_stored_together_as_alone(store: GraphStore, engine: Engine) -> None:
    graphs = [full_graph("one"), attention_graph("two"), full_graph("three", transcoder_set="another")]
    for graph in graphs:
        store.load(graph)
    alone, one_by_one = [store.read(graph.record.id) for graph in graphs], engine.count()
    for graph in graphs:
        store.delete(graph.record.id)
    changed = store.features_changed
    assert store.load_all(iter(graphs)) == [True] * 3
    assert store.features_changed != changed
    assert engine.count() == one_by_one
    for graph, expected in zip(graphs, alone, strict=True):
        assert_same(store.read(graph.record.id), expected)


def test_stored_graphs_and_the_second_of_an_id_are_known(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("one"))
    first, second = full_graph("two", name="first"), full_graph("two", name="second")
    changed = store.features_changed
    assert store.load_all([full_graph("one", name="another"), first, second]) == [False, True, False]
    assert store.load_all([full_graph("one"), full_graph("two")]) == [False, False]
    assert store.load_all([]) == []
    assert {record.name for record in store.graphs()} == {full_graph("one").record.name, "first"}
    assert store.features_changed > changed
    assert engine.count()["AttributionGraph"] == 2


def test_a_graph_of_many_that_cannot_be_stored_fails_alone(store: GraphStore, engine: Engine) -> None:
    broken = full_graph("broken", transcoder_set="its own")
    broken = replace(broken, views=(*broken.views, View("mine", 1, {})))
    graphs = [full_graph(name) for name in ("a", "b", "c", "d", "e")]
    results = store.load_all([*graphs[:3], broken, *graphs[3:]])
    assert isinstance(results[3], Exception) and "broken/view/mine" in str(results[3])
    assert results[:3] + results[4:] == [True] * 5
    for graph in graphs:
        assert_same(store.read(graph.record.id), graph)
    after = engine.count()
    for graph in graphs:
        store.delete(graph.record.id)
    assert store.load_all(graphs) == [True] * 5
    assert engine.count() == after, "nothing of the broken one was left"


def test_labelled_nodes_of_graphs_that_are_stored_together_are_counted(store: GraphStore) -> None:
    """Whichever of them, or of the stored ones, explains the features."""
    before, bare = named_graph("before", None, day(1)), named_graph("bare", None, day(2))
    labelled = named_graph("labelled", "Texas", day(3))
    explained = make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, explanations={(0, 1): [MADE]}, id="explained")
    store.load(before)
    assert store.load_all([bare, explained, labelled]) == [True] * 3
    late = named_graph("late", None, day(4))
    assert store.load_all([late]) == [True]
    assert {record.id: record.n_labelled_nodes for record in store.graphs()} == {
        "before": 1,
        "bare": 1,
        "explained": 1,
        "labelled": 1,
        "late": 1,
    }


def test_the_first_of_two_that_say_the_same_counts(store: GraphStore) -> None:
    scored = [replace(MADE, score=score) for score in (0.5, 0.25)]
    first, second = (
        make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, explanations={(0, 1): [one]}, id=f"scored {one.score}")
        for one in scored
    )
    store.load_all([first, second])
    assert store.read(second.record.id).explanations == {(0, 1): [scored[0]]}


def test_what_was_stored_is_there_after_opening_again(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph())
    store.close()
    with open_store(engine.url) as again:
        assert_same(again.read("one"), full_graph())


def test_readers_see_whole_graphs_or_none(store: GraphStore) -> None:
    """While another thread loads and deletes, a graph that can be read is complete."""
    expected, done, torn = full_graph(), Event(), list[BaseException]()

    def read() -> None:
        while not done.is_set():
            try:
                assert_same(store.read("one"), expected)
            except GraphNotFound:
                continue
            except BaseException as error:
                torn.append(error)
                return

    reader = Thread(target=read)
    reader.start()
    for _ in range(4):
        store.load(expected)
        store.delete("one")
    done.set()
    reader.join()
    assert torn == []


@pytest.mark.parametrize("url", ["", "graphs.ladybug", "ladybug://", "postgres://here", "neo4j"])
def test_an_unknown_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        open_store(url)
    assert raised.value.parameter == "database"


def add_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the schema's version: graphs get a note, equal to their name."""
    version, name = schema.SCHEMA_VERSION, "MATCH (g:AttributionGraph) SET g.note = g.name"
    ladybug = ("ALTER TABLE AttributionGraph ADD note STRING", name)
    monkeypatch.setitem(schema.MIGRATIONS, version, schema.Migration(ladybug, (name,)))
    monkeypatch.setattr(schema, "SCHEMA_VERSION", version + 1)


ADDED: dict[int, dict[str, tuple[str, ...]]] = {
    2: {"AttributionGraph": ("trace_id", "n_trace_nodes", "n_trace_edges")},
    3: {
        "AttributionGraph": ("attention_set",),
        "FeatureNode": ("site", "contributors"),
        "ErrorNode": ("site",),
        "LogitNode": ("label",),
        "Feature": ("site",),
    },
    4: {
        "AttributionGraph": ("faithfulness", "faithfulness_random"),
        "View": ("notes", "changed_at"),
    },
    5: {},
    6: {},
    7: {"AttributionGraph": ("notes",)},
    8: {"AttributionGraph": ("prompt_key",)},
}
"""The columns that each version of the schema added to a table."""


def go_back(version: int, older: pytest.MonkeyPatch) -> None:
    """Make the schema the one of an older version."""

    def of_then(table: schema.Table) -> schema.Table:
        later = range(version + 1, schema.SCHEMA_VERSION + 1)
        new = {name for each in later for name in ADDED[each].get(table.label, ())}
        return schema.Table(table.label, {name: of for name, of in table.columns.items() if name not in new})

    came_later = {"Trace": 2, "Intervention": 4, "Verification": 4}
    came_later |= {"Internals": 5, "HeadNode": 5, "AttentionHead": 5, "Collection": 6, "SavedQuery": 7}
    older.setattr(
        schema,
        "TABLES",
        tuple(of_then(table) for table in schema.TABLES if came_later.get(table.label, 0) <= version),
    )
    for name in ("ATTRIBUTION_GRAPH", "FEATURE"):
        older.setattr(schema, name, of_then(getattr(schema, name)))
    older.setattr(schema, "NODE_TABLES", {kind: of_then(table) for kind, table in schema.NODE_TABLES.items()})
    related = {
        2: (schema.TRACED_FROM,),
        4: schema.OF_INTERVENTIONS,
        5: schema.OF_INTERNALS,
        6: (schema.HOLDS,),
    }
    later = [one for since, added in related.items() if since > version for one in added]
    parent = "AttributionGraph" if version < 4 else "View"
    drawn = schema.Relationship("HAS_SUPERNODE", ((parent, "Supernode"),), {})
    relationships = [
        drawn if one == schema.HAS_SUPERNODE else one for one in schema.RELATIONSHIPS if one not in later
    ]
    older.setattr(schema, "RELATIONSHIPS", tuple(relationships))
    older.setattr(schema, "SCHEMA_VERSION", version)


def of_graph(graph_id: str) -> list[str]:
    """What older versions stored of a graph's supernodes: they hung on the graph."""
    drawn = {
        "state": ("feature/0/0/2", "feature/1/0/3", "error/0/0/0"),
        "ends": ("embedding/-1/0/0", "logit/40/0/6"),
    }
    statements = []
    for ordinal, (name, members) in enumerate(drawn.items()):
        key, nodes = f"{graph_id}/supernode/{ordinal}", [(one.partition("/")[0], one) for one in members]
        statements.append(
            f"MATCH (g:AttributionGraph {{id: '{graph_id}'}}) CREATE (g)-[:HAS_SUPERNODE]->"
            f"(:Supernode {{key: '{key}', ordinal: {ordinal}, name: '{name}'}})"
        )
        statements += [
            f"MATCH (s:Supernode {{key: '{key}'}}) "
            f"MATCH (n:{kind.capitalize()}Node {{key: '{graph_id}/{member}'}}) CREATE (s)-[:GROUPS]->(n)"
            for kind, member in nodes
        ]
    return statements


PINNED_THEN = (
    "MATCH (g:AttributionGraph {id: 'old'}) CREATE (g)-[:HAS_VIEW]->(:View {key: 'old/view/file', name: 'file', "
    'revision: 1, state: \'{"pinned": ["old/feature/0/0/2"]}\'})'
)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_database_of_an_older_version_is_migrated(
    engine: Engine, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = {"trace_id": None, "n_trace_nodes": None, "n_trace_edges": None}
    ids = ("old", "drawn", "plain")
    with monkeypatch.context() as older:
        go_back(version, older)
        with open_store(engine.url) as store:
            for graph_id in ids:
                store.load(replace(full_graph(graph_id, **then), views=()))
        engine.write(PINNED_THEN, *of_graph("old"), *of_graph("drawn"))
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[version]]
    with open_store(engine.url) as store:
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[schema.SCHEMA_VERSION]]
        own, drawn, plain = map(store.read, ids)
        assert_same(own, replace(full_graph("old", **then), views=full_graph("old").views[:1]))
        assert drawn.views == (replace(full_graph().views[0], state={}),)
        assert plain.views == ()
        assert engine.count()["HAS_SUPERNODE"] == 4
        store.put_view(own, replace(own.views[0], revision=2, supernodes=()), 1)
        assert engine.count()["HAS_SUPERNODE"] == 2
        store.delete("drawn")
        assert not engine.count()["Supernode"]
        for new in (full_graph("new"), attention_graph("attention")):
            store.load(new)
            assert_same(store.read(new.record.id), new)
        features = ["old/feature/0/0/2", "old/feature/1/0/3"]
        store.add_intervention(intervention("old", features))
        store.put_verification(verification("old", features))
        assert store.record("old").faithfulness == 0.9
        assert store.traces() == {"whole"}
        store.delete("old")
        store.delete("plain")


def test_a_database_of_version_4_gets_room_for_internals(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = full_graph("old")
    with monkeypatch.context() as older:
        go_back(4, older)
        with open_store(engine.url) as store:
            store.load(old)
    with open_store(engine.url) as store:
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[schema.SCHEMA_VERSION]]
        assert_same(store.read("old"), old)
        assert store.internals("old") is None
        internals = internals_of(old)
        assert store.put_internals(old, internals)
        found = store.internals("old")
        assert found is not None and found.record == internals.record
        store.delete("old")
        assert not engine.count()["AttentionHead"]


def test_a_database_of_version_5_gets_room_for_collections(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = full_graph("old")
    with monkeypatch.context() as older:
        go_back(5, older)
        with open_store(engine.url) as store:
            store.load(old)
            store.put_internals(old, internals_of(old))
        before = engine.count()
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[5]]
    with open_store(engine.url) as store:
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[schema.SCHEMA_VERSION]]
        assert engine.count() == before
        assert_same(store.read("old"), old)
        assert store.collections.all() == []
        assert store.collections.change("cities", add=["old"]).n_graphs == 1
    with open_store(engine.url) as store:
        assert store.collections.of("old") == ["cities"]


def test_a_database_of_version_6_gets_room_for_notes_and_saved_queries(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = full_graph("old")
    with monkeypatch.context() as older:
        go_back(6, older)
        with open_store(engine.url) as store:
            store.load(old)
        before = engine.count()
    with open_store(engine.url) as store:
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[schema.SCHEMA_VERSION]]
        assert engine.count() == before
        assert_same(store.read("old"), old)
        assert store.record("old").notes == ""
        assert store.library.describe("old", notes="Read me.").notes == "Read me."
    with open_store(engine.url) as store:
        assert store.record("old").notes == "Read me."


def test_graphs_of_a_database_of_version_7_get_the_keys_of_their_prompts(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs = [full_graph(str(number), prompt=f"prompt {number % 3}") for number in range(5)]
    with monkeypatch.context() as older:
        go_back(7, older)
        with open_store(engine.url) as store:
            for graph in graphs:
                store.load(graph)
    monkeypatch.setattr(schema, "FILLED_AT_ONCE", 2)
    with open_store(engine.url) as store:
        assert engine.query("MATCH (s:Schema) RETURN s.version") == [[schema.SCHEMA_VERSION]]
        for graph in graphs:
            assert_same(store.read(graph.record.id), graph)
        store.load(full_graph("new", prompt="prompt 0"))
        page = store.library.page(PromptsQuestion(limit=10, order="prompt"))
        found = [(one.prompt, one.n_graphs) for one in page.prompts]
        assert found == [("prompt 0", 3), ("prompt 1", 2), ("prompt 2", 1)]
        assert page[1:] == (3, 6)


def test_an_older_database_is_migrated(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(engine.url) as store:
        store.load(full_graph())
    before = schema.SCHEMA_VERSION
    with monkeypatch.context() as newer:
        add_a_note(newer)
        with pytest.raises(UnsupportedSchema, match="Start a server on it once") as raised:
            open_store(engine.url, read_only=True)
        assert (raised.value.found, raised.value.supported) == (before, before + 1)
        for _ in range(2):  # the second start finds nothing to do
            with open_store(engine.url) as store:
                assert_same(store.read("one"), full_graph())
            assert engine.query("MATCH (g:AttributionGraph) RETURN g.note") == [["a graph"]]
            assert engine.query("MATCH (s:Schema) RETURN s.version") == [[before + 1]]
    with pytest.raises(UnsupportedSchema, match="Use a newer Circuit Explorer"):
        open_store(engine.url)
