"""What the graphs of a collection share: by hand, beside the named query, and from the database of either engine."""

import math
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from queries import collected
from queries.collected import Collected, SharedQuestion, shared
from queries.errors import CollectionNotFound
from queries.graph.attribution_graph import AttributionGraph
from queries.limits import ClientLeft, Limits
from queries.paths.groups import default_grouping, find_groups
from queries.paths.question import PathsQuestion
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace
from queries.store.open import open_store
from tests.queries.named.samples import sample_graph
from tests.support.engines import Engine
from tests.support.graphs import make_graph, real_graph, with_features


def with_record(graph: AttributionGraph, **changes: object) -> AttributionGraph:
    return replace(graph, record=graph.record.model_copy(update=changes))


def pair() -> tuple[AttributionGraph, AttributionGraph]:
    """Two graphs grouped by a label that two features share, the second with one more feature that has none."""
    # In both, 3/4 of the logit's input comes through the label; in the first from two tokens.
    weights = {(0, 2): 1.0, (1, 3): 1.0, (2, 4): 2.0, (3, 4): 1.0, (0, 4): 1.0}
    first = make_graph("EEFFL", weights, labels={2: "state", 3: "state"}, id="first", name="one")
    first = with_features(first, [(0, 1), (0, 2)])
    weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 1.0, (2, 3): 2.0, (0, 4): 1.0, (3, 4): 3.0}
    second = make_graph("EFFFL", weights, labels={1: "state", 2: "state"}, id="second", name="two")
    second = with_features(second, [(0, 1), (0, 2), (1, 7)])
    return first, second


def of(*graphs: AttributionGraph, **asked: object) -> collected.SharedAnswer:
    found = Collected(SharedQuestion(**asked))
    for graph in graphs:
        found.add(graph, Limits())
    return found.answer("cities", len(graphs) + 1)


def names_of(one: collected.SharedSequence) -> list[str | None]:
    return [step.name for step in one.steps]


def test_two_graphs_by_hand() -> None:
    first, second = pair()
    found = of(first, second)
    assert (found.collection, found.n_graphs) == ("cities", 3)
    assert [(one.id, one.name, one.target, one.group_by, one.ranked) for one in found.graphs] == [
        ("first", "one", "token 4", "label", True),
        ("second", "two", "token 4", "label", True),
    ]
    # Node influence is an eighth of the ordinal: of the first graph's, 1/8 starts at tokens; of the second's, nothing.
    assert [(one.layer, one.index, one.label, one.support) for one in found.features] == [
        (0, 2, "state", 2),
        (0, 1, "state", 2),
    ]
    strongest = found.features[0]
    assert [(part.graph, part.share, part.node) for part in strongest.in_graphs] == [
        (0, 3.0, "first/feature/0/0/2"),
        (1, None, "second/feature/0/1/2"),
    ]
    assert strongest.mean_share == 3.0, "of the graph in which it is known"
    assert found.n_features == 2 and found.sequences == [] and found.n_sequences == 0

    alone = of(first, second, min_graphs=1)
    by_steps = {
        tuple(step.name or (step.layer, step.index) for step in one.steps): one for one in alone.sequences
    }
    assert set(by_steps) == {("state",), ("state", (1, 7))}
    (part,) = by_steps["state",].in_graphs
    assert (part.graph, part.share, part.n_sources) == (0, 0.75, 2)
    assert [(one.token, one.position, one.share) for one in part.sources] == [
        ("token 0", 0, 0.5),
        ("token 1", 1, 0.25),
    ]
    _, step = by_steps["state", (1, 7)].steps
    assert (step.model, step.transcoder_set, step.layer, step.index) == ("model", "set", 1, 7)
    shares = [one.mean_share for one in alone.sequences]
    assert shares == sorted(shares, reverse=True)


def test_a_sequence_of_several_graphs_has_the_mean_of_its_shares() -> None:
    first, _ = pair()
    other = with_record(first, id="other", model="another")
    weaker = make_graph(
        "EFFL",
        {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 1.0, (0, 3): 3.0},
        labels={1: "state", 2: "state"},
        id="weaker",
    )
    found = of(first, other, weaker)
    (one,) = found.sequences
    assert [step.name for step in one.steps] == ["state"]
    assert one.support == 3 and one.mean_share == pytest.approx((0.75 + 0.75 + 0.25) / 3)
    assert [part.graph for part in one.in_graphs] == [0, 1, 2]
    assert [(each.model, each.layer, each.index) for each in found.features] == [("model", 0, 1)]
    cut = of(first, other, weaker, rows=1, min_graphs=1)
    assert (len(cut.features), cut.n_features) == (1, 5), "features are of a model and a set"


def test_real_graphs_share_what_each_ranks() -> None:
    graphs = [real_graph("dallas"), real_graph("oakland-grouped")]
    question = SharedQuestion(k=20, min_graphs=1, rows=500)
    found = of(*graphs, k=20, min_graphs=1, rows=500)
    for place, graph in enumerate(one.with_labels(question.labels) for one in graphs):
        space = PathSpace(graph, PathQuery(k=20))
        (number, _), _ = find_groups(graph, space, default_grouping(graph))
        total = math.fsum(one.score for one in best_group_sequences(space, number, best_members=0))
        told = [part for one in found.sequences for part in one.in_graphs if part.graph == place]
        assert math.fsum(part.share for part in told) == pytest.approx(total)
        for (
            part
        ) in told:  # asked of the graph, what a part is told to go through has at least its strongest source
            asked = PathsQuestion.model_validate({"through": part.through, "group_by": "auto"})
            assert asked.space(graph).totals().matching >= part.sources[0].share - 1e-9


def test_what_prompts_differ_in_is_not_in_the_names() -> None:
    found = of(real_graph("dallas"), real_graph("oakland"))
    in_both = {tuple(names_of(one)): one for one in found.sequences}
    one = in_both["reads its token", "says its prediction"]
    assert [part.through for part in one.in_graphs] == [
        ["group:reads is (layer 0)", "group:says Sacramento / Richmond / Albany"],
        ["group:reads is", "group:says Austin"],
    ]
    assert ("thinks of is",) in in_both, "a token that it does not begin at is named"
    labelled = of(real_graph("oakland-grouped"), min_graphs=1)
    assert ["California"] in [names_of(one) for one in labelled.sequences], "a label is the name, alone"


def test_a_graph_whose_sequences_take_too_long_keeps_its_features() -> None:
    first, second = pair()
    found = Collected(SharedQuestion())
    found.add(first, Limits(seconds=-1.0))
    found.add(second, Limits())
    told = found.answer("cities", 2)
    assert [one.ranked for one in told.graphs] == [False, True]
    assert told.n_features == 2
    left = Event()
    left.set()
    with pytest.raises(ClientLeft):
        found.add(first, Limits(left))


def test_a_collection_is_read_from_the_newest_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = [sample_graph(seed) for seed in range(4)]
    graphs = [
        with_record(graph, created_at=graph.record.created_at + timedelta(days=place))
        for place, graph in enumerate(graphs)
    ]
    with open_store(engine.url) as store:
        for graph in graphs:
            store.load(graph)
        store.collections.change("some", add=[graph.record.id for graph in graphs[:3]])
        store.collections.make("none")
        found = shared(store, "some", SharedQuestion(min_graphs=1), Limits())
        assert [one.id for one in found.graphs] == [graph.record.id for graph in graphs[2::-1]]
        assert found == of(*(store.read(one.id) for one in found.graphs), min_graphs=1).model_copy(
            update={"collection": "some", "n_graphs": 3}
        )
        empty = shared(store, "none", SharedQuestion(), Limits())
        assert (empty.n_graphs, empty.graphs, empty.features, empty.sequences) == (0, [], [], [])
        with pytest.raises(CollectionNotFound):
            shared(store, "other", SharedQuestion(), Limits())

        # Whatever bound is met first, the newest were read.
        for bound, n_read in (("MOST_GRAPHS", 2), ("MOST_PARTS", 1), ("SECONDS", 1)):
            with monkeypatch.context() as bounded:
                bounded.setattr(collected, bound, n_read if bound != "SECONDS" else -1.0)
                some = shared(store, "some", SharedQuestion(), Limits())
                assert (len(some.graphs), some.n_graphs) == (n_read, 3)
                assert some.graphs == found.graphs[:n_read]
