"""Comparing graphs: by hand, by brute force over all paths of random graphs, and on the real pair."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import IncomparableGraphs, InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import FeatureId
from queries.graph.labels import OWN, Label
from queries.paths.answer import rank
from queries.paths.compare import ComparedFeature, Step, compare
from queries.paths.groups import group_nodes
from queries.paths.question import CompareQuestion, PathsQuestion
from queries.paths.sequences import SumsOfSequence
from queries.paths.space import PathQuery, PathSpace
from queries.words import MAX_SEQUENCES
from tests.support.graphs import graphs, make_graph, matching, real_graph, with_features


def with_id(graph: AttributionGraph, graph_id: str) -> AttributionGraph:
    return replace(graph, record=graph.record.model_copy(update={"id": graph_id}))


@st.composite
def comparable_graphs(draw: st.DrawFn) -> list[AttributionGraph]:
    """Two or three graphs of features drawn from the same few."""
    found = []
    for graph_id in ("one", "two", "three")[: draw(st.integers(2, 3))]:
        graph = draw(graphs(max_features=5))
        drawn: st.SearchStrategy[FeatureId] = st.sampled_from([(0, 1), (0, 2), (1, 1), (2, 7)])
        n_features = len(graph.nodes.of_kind(NodeKind.FEATURE))
        features = draw(st.lists(drawn, min_size=n_features, max_size=n_features))
        found.append(with_id(with_features(graph, features), graph_id))
    return found


def of(*features: FeatureId) -> tuple[Step, ...]:
    return tuple(Step(None, feature) for feature in features)


def called(*names: str) -> tuple[Step, ...]:
    return tuple(Step(name, None) for name in names)


def carried(in_graphs: tuple[SumsOfSequence | None, ...]) -> list[float | None]:
    """What each graph's paths carry."""
    return [None if one is None else one.effect.influence for one in in_graphs]


def compared_features(graphs: list[AttributionGraph]) -> list[ComparedFeature]:
    found = compare(graphs).features
    assert found is not None
    return found


def asked(**values: object) -> CompareQuestion:
    return CompareQuestion.model_validate(values)


def sequence_scores(graph: AttributionGraph) -> Counter[tuple[int, tuple[FeatureId, ...]]]:
    """The sum over the paths from each source through each sequence of features; repeated neighbours count once."""
    nodes = graph.nodes
    scores: Counter[tuple[int, tuple[FeatureId, ...]]] = Counter()
    for path in matching(graph, int(PathSpace(graph, PathQuery()).targets[0]), 2, None):
        source, *between, _ = path.nodes
        features = [(int(nodes.layer[node]), int(nodes.index[node])) for node in between]
        once = tuple(one for one, before in zip(features, [None, *features], strict=False) if one != before)
        scores[source, once] += path.score  # type: ignore[assignment]  # counters add floats as well
    return scores


def test_two_graphs_by_hand() -> None:
    # Both go through (0, 1), which the first has at two positions, and (5, 9); only the first has (3, 3).
    weights = {(0, 2): 1.0, (0, 3): 1.0, (1, 4): 1.0, (2, 5): 1.0, (3, 5): 3.0, (5, 6): 1.0, (4, 6): 1.0}
    first = make_graph("EEFFFFL", weights, labels={2: "state", 3: "country"}, id="first")
    first = with_features(first, [(0, 1), (0, 1), (3, 3), (5, 9)])
    second = make_graph("EFFL", {(0, 1): 1.0, (1, 2): 2.0, (2, 3): 4.0}, labels={1: "City"}, id="second")
    second = with_features(second, [(0, 1), (5, 9)])
    found = compare([first, second])

    shared = [one for one in found.features or [] if len(one.in_graphs) == 2]
    assert {one.feature for one in shared} == {(0, 1), (5, 9)}
    one, two = next(feature.in_graphs for feature in shared if feature.feature == (0, 1))
    # Ordinals 2 and 3, of which 3 is at the earlier position; node influence is an eighth of the ordinal.
    assert (one.graph, one.nodes, one.label, one.node_influence) == (0, (3, 2), Label("country", OWN), 5 / 8)
    assert (two.graph, two.nodes, two.label, two.node_influence) == (1, (1,), Label("City", OWN), 1 / 8)
    (own,) = (one for one in found.features or [] if len(one.in_graphs) == 1)
    assert (own.feature, own.in_graphs[0].graph) == ((3, 3), 0)
    assert found.features and found.features[-1] == own, "what is shared comes first"

    assert [one.steps for one in found.sequences] == [of((0, 1), (5, 9)), of((3, 3))]
    both, alone = found.sequences
    assert carried(both.in_graphs) == [0.5, 1.0]
    assert [one and one.sources for one in both.in_graphs] == [((0, 0.5),), ((0, 1.0),)]
    # Of the first step only ordinals 2 and 3 lie on the paths, and 5 is the second.
    assert [one and one.steps[1:-1] for one in both.in_graphs] == [((2, 3), (5,)), ((1,), (2,))]
    assert carried(alone.in_graphs) == [0.5, None]
    assert found.targets == [6, 3]
    assert [totals.matching for totals in found.totals] == [1.0, 1.0]


def test_sources_of_one_graph_add_up() -> None:
    graph = make_graph("EEFL", {(0, 2): 1.0, (1, 2): 3.0, (2, 3): 1.0}, id="one")
    other = make_graph("EEFL", {(1, 2): 1.0, (2, 3): 1.0}, id="two")
    (sequence,) = compare([graph, other], asked(k=1)).sequences
    assert carried(sequence.in_graphs) == [1.0, 1.0]
    assert [one and one.sources for one in sequence.in_graphs] == [((1, 0.75), (0, 0.25)), ((1, 1.0),)]


def test_what_raises_and_lowers_is_told_of_each_graph() -> None:
    one = make_graph("EFFL", {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 3.0, (2, 3): -1.0}, id="one")
    one = with_features(one, [(0, 1), (0, 1)])
    other = with_features(make_graph("EFL", {(0, 1): 1.0, (1, 2): -2.0}, id="two"), [(0, 1)])
    (sequence,) = compare([one, other]).sequences
    effects = [part.effect for part in sequence.in_graphs if part]
    assert [(effect.raising, effect.lowering) for effect in effects] == [(0.75, 0.25), (0.0, 1.0)]


def test_a_sequence_that_is_weak_in_a_graph_is_summed_there_too() -> None:
    weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 9.0, (2, 3): 1.0}
    one = with_features(make_graph("EFFL", weights, id="one"), [(0, 1), (0, 2)])
    other = with_features(make_graph("EFFL", weights, id="two"), [(0, 2), (0, 1)])
    found = compare([one, other], asked(k=1)).sequences
    assert {sequence.steps: carried(sequence.in_graphs) for sequence in found} == {
        of((0, 1)): [0.9, 0.1],
        of((0, 2)): [0.1, 0.9],
    }


def labelled_pair() -> list[AttributionGraph]:
    """Texas by two features in the first and by a third in the second, which calls it with a space; one feature each
    without a label, the same in both."""
    weights = {(0, 1): 1.0, (0, 2): 1.0, (0, 3): 1.0, (1, 4): 1.0, (2, 4): 1.0, (3, 4): 2.0}
    first = make_graph("EFFFL", weights, labels={1: "Texas", 2: "Texas"}, id="first")
    second = make_graph(
        "EFFL", {(0, 1): 1, (0, 2): 1, (1, 3): 3, (2, 3): -1}, labels={1: "Texas "}, id="second"
    )
    return [
        with_features(first, [(0, 1), (0, 2), (4, 4)]),
        with_features(second, [(3, 7), (4, 4)]),
    ]


def test_labels_are_steps_whatever_features_have_them() -> None:
    found = compare(labelled_pair(), asked(group_by="label")).sequences
    assert {one.steps: carried(one.in_graphs) for one in found} == {
        called("Texas"): [0.5, 0.75],
        of((4, 4)): [0.5, 0.25],
    }
    by_feature = compare(labelled_pair()).sequences
    assert [one.steps for one in by_feature if None not in one.in_graphs] == [of((4, 4))]


def test_graphs_of_other_sets_are_compared_by_label_and_share_no_feature() -> None:
    first, second = labelled_pair()
    second = replace(second, record=second.record.model_copy(update={"transcoder_set": "another"}))
    with pytest.raises(IncomparableGraphs):
        compare([first, second])
    found = compare([first, second], asked(group_by="label"))
    assert found.features is None
    assert {one.steps: carried(one.in_graphs) for one in found.sequences} == {
        called("Texas"): [0.5, 0.75],
        (Step(None, (4, 4), 0),): [0.5, None],
        (Step(None, (4, 4), 1),): [None, 0.25],
    }


def test_each_graph_has_its_target() -> None:
    weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 1.0, (2, 3): 3.0, (1, 4): 1.0}
    graph = with_features(make_graph("EFFLL", weights, id="one"), [(0, 1), (0, 2)])
    ids = [graph.nodes.keys("")[node][1:] for node in (3, 4)]
    found = compare([graph, graph], asked(target=ids))
    assert found.targets == [3, 4]
    assert {one.steps: carried(one.in_graphs) for one in found.sequences} == {
        of((0, 1)): [0.25, 1.0],
        of((0, 2)): [0.75, None],
    }


def test_the_token_before_the_text_is_left_out_where_asked() -> None:
    graph = make_graph("EEFL", {(0, 2): 1.0, (1, 2): 3.0, (2, 3): 1.0}, id="one", tokens=["<bos>", "a"])
    other = make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, id="two", tokens=["a"])
    found = compare([with_features(one, [(0, 1)]) for one in (graph, other)], asked(hide_bos=True))
    (sequence,) = found.sequences
    assert carried(sequence.in_graphs) == [0.75, 1.0]
    assert found.hidden == [0.25, None]


def test_groups_by_feature_are_of_feature_nodes_only() -> None:
    graph = with_features(make_graph("EFFFXL", {}), [(0, 1), (1, 1), (0, 1)])
    group = group_nodes(graph, "feature").number.tolist()
    assert group[1] == group[3]
    assert len(set(group)) == len(group) - 1


@given(comparable_graphs())
def test_features_are_told_apart(several: list[AttributionGraph]) -> None:
    expected: dict[FeatureId, dict[int, list[int]]] = {}
    for place, graph in enumerate(several):
        for node in graph.nodes.of_kind(NodeKind.FEATURE).tolist():
            feature = (int(graph.nodes.layer[node]), int(graph.nodes.index[node]))
            expected.setdefault(feature, {}).setdefault(place, []).append(node)
    found = compared_features(several)
    assert len(found) == len(expected)
    assert {
        one.feature: {part.graph: sorted(part.nodes) for part in one.in_graphs} for one in found
    } == expected
    for one in found:
        for part in one.in_graphs:
            nodes = several[part.graph].nodes
            assert part.node_influence == pytest.approx(nodes.node_influence[list(part.nodes)].sum())
            assert np.all(np.diff(nodes.position[list(part.nodes)]) > 0)


@given(comparable_graphs())
def test_sequences_equal_brute_force(several: list[AttributionGraph]) -> None:
    expected = [sequence_scores(graph) for graph in several]
    found = compare(several, asked(k=MAX_SEQUENCES)).sequences
    assert {one.steps for one in found} == {of(*features) for scores in expected for _, features in scores}
    for one in found:
        for place, (part, scores) in enumerate(zip(one.in_graphs, expected, strict=True)):
            brute = {
                source: score for (source, features), score in scores.items() if of(*features) == one.steps
            }
            assert (part is None) == (brute == {}), place
            if part is not None:
                assert dict(part.sources) == pytest.approx(brute, rel=1e-9)
                assert part.effect.influence == pytest.approx(sum(brute.values()), rel=1e-9)
    shared = [sum(part is not None for part in one.in_graphs) for one in found]
    assert shared == sorted(shared, reverse=True)


@given(comparable_graphs(), st.integers(1, 4))
def test_the_k_best_of_each_graph_are_summed_in_every_graph(several: list[AttributionGraph], k: int) -> None:
    found = compare(several, asked(k=k)).sequences
    whole = {one.steps: one for one in compare(several, asked(k=MAX_SEQUENCES)).sequences}
    assert len(found) <= k * len(several)
    for one in found:
        for score, in_whole in zip(carried(one.in_graphs), carried(whole[one.steps].in_graphs), strict=True):
            assert score == (None if in_whole is None else pytest.approx(in_whole, rel=1e-9))
    for place in range(len(several)):
        every = sorted(
            (score for one in whole.values() if (score := carried(one.in_graphs)[place])), reverse=True
        )
        taken = sorted((score for one in found if (score := carried(one.in_graphs)[place])), reverse=True)
        assert taken[:k] == pytest.approx(every[:k], rel=1e-9)


def test_what_is_not_known_does_not_rank_and_is_not_zero() -> None:
    one, two = (make_graph("EFFL", {(0, 1): 1, (1, 2): 1, (2, 3): 1}, id=name) for name in ("one", "two"))
    assert [found.feature for found in compared_features([one, two])] == [(1, 2), (0, 1)]
    one.nodes.node_influence[2] = two.nodes.node_influence[2] = math.nan
    first, second = compared_features([one, two])
    assert (first.feature, second.feature) == ((0, 1), (1, 2))
    assert all(math.isnan(part.node_influence) for part in second.in_graphs)


def test_graphs_of_other_models_or_sets_are_refused() -> None:
    mine = make_graph("EL", {}, id="mine", model="a", transcoder_set="s")
    for model, transcoder_set in (("b", "s"), ("a", "t")):
        other = make_graph("EL", {}, id="other", model=model, transcoder_set=transcoder_set)
        with pytest.raises(IncomparableGraphs) as raised:
            compare([mine, other])
        assert raised.value.transcoder_sets == {"mine": ("a", "s"), "other": (model, transcoder_set)}
        assert f"other is of {model!r} and {transcoder_set!r}" in str(raised.value)


@pytest.mark.parametrize(
    ("names", "targets", "parameter"),
    [
        ("a", [], "graphs"),
        ("abcdefghi", [], "graphs"),
        ("aba", [], "graphs"),
        ("aa", ["", "logits"], "graphs"),
        ("ab", [""], "target"),
        ("ab", ["", "embeddings"], "target"),
        ("ab", ["", "token:nowhere"], "target"),
        ("ab", ["logits", ""], "target"),
    ],
)
def test_what_cannot_be_compared_is_refused(names: str, targets: list[str], parameter: str) -> None:
    logits = "L" if names == "aa" else "LL"
    with pytest.raises(InvalidRequest) as raised:
        compare([make_graph(f"E{logits}", {}, id=name) for name in names], asked(target=targets))
    assert raised.value.parameter == parameter


def test_the_real_pair_shares_features_and_sequences() -> None:
    dallas, oakland = real_graph("dallas"), real_graph("oakland")
    found = compare([dallas, oakland])
    ids = [
        {
            (layer, index)
            for kind, layer, index in zip(
                graph.nodes.kind.tolist(), graph.nodes.layer.tolist(), graph.nodes.index.tolist(), strict=True
            )
            if kind == NodeKind.FEATURE
        }
        for graph in (dallas, oakland)
    ]
    shared = {one.feature for one in found.features or [] if len(one.in_graphs) == 2}
    assert shared == ids[0] & ids[1] != set()
    for place, graph in enumerate((dallas, oakland)):
        taken = [one.in_graphs[place] for one in found.sequences]
        scores = [part.effect.influence for part in taken if part]
        assert len(scores) > 100
        assert sum(scores) < found.totals[place].matching
        assert graph.nodes.token[found.targets[place]] in (" Austin", " Sacramento")
    assert sum(all(one.in_graphs) for one in found.sequences) > 10


def test_the_real_pair_by_label_is_what_each_graph_answers_alone() -> None:
    dallas, oakland = real_graph("dallas-grouped"), real_graph("oakland-grouped")
    found = compare([dallas, oakland], asked(group_by="label", labels="own"))
    of_steps = {tuple(step.name for step in one.steps): one for one in found.sequences}
    texas, california = of_steps[("Texas",)], of_steps[("California",)]
    assert carried(texas.in_graphs)[1] is None and carried(california.in_graphs)[0] is None
    assert None not in of_steps[("Say (capital)",)].in_graphs
    alone, _ = rank(dallas, PathsQuestion(group_by="label", k=MAX_SEQUENCES, best_members=0))
    by_texas = [one.effect.influence for one, names in alone.groups or [] if names[1:-1] == ["Texas"]]
    assert carried(texas.in_graphs)[0] == pytest.approx(sum(by_texas), rel=1e-9)
