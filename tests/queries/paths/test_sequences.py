"""Group sequences: by hand, by brute force over all member paths, and on the real labelled graphs."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.errors import InvalidRequest, QueryTimeout
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.groups import group_nodes
from queries.paths.sequences import GroupSequence, best_group_sequences
from queries.paths.space import Path, PathQuery, PathSpace
from queries.words import MAX_PATHS
from tests.support.graphs import LABELLED_GRAPHS, BrutePath, graphs, make_graph, matching, real_graph

Steps = tuple[tuple[int, ...], ...]


def best(graph: AttributionGraph, query: PathQuery, best_members: int = 1) -> list[GroupSequence]:
    return best_group_sequences(PathSpace(graph, query), group_nodes(graph, "label").number, best_members)


def members_by_steps(graph: AttributionGraph, every: list[BrutePath]) -> dict[Steps, list[BrutePath]]:
    """The member paths of each group sequence; neighbours in one group count once."""
    labels, kinds = graph.labels, graph.nodes.kind.tolist()
    members: dict[tuple[str | int, ...], list[BrutePath]] = {}
    for path in every:
        names = [
            label if (label := labels[node]) is not None and kinds[node] == NodeKind.FEATURE else node
            for node in path.nodes
        ]
        key = tuple(name for name, before in zip(names, [None, *names], strict=False) if name != before)
        members.setdefault(key, []).append(path)
    by_steps: dict[Steps, list[BrutePath]] = {}
    for key, paths in members.items():
        places: list[set[int]] = [set() for _ in key]
        for path in paths:
            place = -1
            for node in path.nodes:
                label = labels[node] if kinds[node] == NodeKind.FEATURE else None
                name = node if label is None else label
                place += place < 0 or key[place] != name
                places[place].add(node)
        by_steps[tuple(tuple(sorted(nodes)) for nodes in places)] = paths
    assert len(by_steps) == len(members)
    return by_steps


def assert_groups(found: list[GroupSequence], members: dict[Steps, list[BrutePath]], k: int) -> None:
    """`found` holds the k best sequences, each with exactly its members; the order agrees but for rounding."""
    assert len(found) == min(k, len(members))
    assert len({one.steps for one in found}) == len(found)
    best_scores = sorted((sum(path.score for path in paths) for paths in members.values()), reverse=True)
    assert [one.score for one in found] == pytest.approx(best_scores[: len(found)], rel=1e-9, abs=0)
    for one in found:
        paths = members[one.steps]
        assert one.score == pytest.approx(sum(path.score for path in paths), rel=1e-9, abs=0)
        assert one.n_members == len(paths)


def test_groups_are_labels_of_feature_nodes_only() -> None:
    graph = make_graph("EEFFFFL", {}, labels={0: "city", 2: "city", 3: "state", 4: "city", 6: "city"})
    group = group_nodes(graph, "label").number.tolist()
    assert group[2] == group[4]
    assert len(set(group)) == len(group) - 1


def test_sequences_by_hand() -> None:
    # Two Texas features, the second fed by the first too; one feature without a label.
    graph = make_graph(
        "EEFFFL",
        {(0, 2): 1, (1, 2): 1, (0, 3): 2, (2, 3): 2, (1, 4): 1, (2, 5): 1, (3, 5): 2, (4, 5): 1},
        labels={2: "Texas", 3: "Texas"},
    )
    found = best(graph, PathQuery(), best_members=9)
    from_0 = (
        Fraction(1, 2) * Fraction(1, 4) + Fraction(1, 2) * Fraction(2, 4) + Fraction(1, 2) * Fraction(1, 4)
    )
    from_1 = Fraction(1, 2) * Fraction(1, 4) + Fraction(1, 2) * Fraction(1, 2) * Fraction(2, 4)
    assert [(one.score, one.steps, one.n_members) for one in found] == [
        (float(from_0), ((0,), (2, 3), (5,)), 3),
        (float(from_1), ((1,), (2, 3), (5,)), 2),
        (0.25, ((1,), (4,), (5,)), 1),
    ]
    first, *tied = [path.nodes for path in found[0].best_members]
    assert (first, sorted(tied)) == ((0, 3, 5), [(0, 2, 3, 5), (0, 2, 5)])
    assert [path.score for path in found[0].best_members] == [0.25, 0.125, 0.125]
    assert from_0 == Fraction(1, 2)


def test_a_group_can_be_visited_again() -> None:
    graph = make_graph(
        "EFFFL",
        {(0, 1): 1, (1, 2): 1, (2, 3): 1, (1, 3): 1, (3, 4): 1},
        labels={1: "A", 2: "B", 3: "A"},
    )
    assert [(one.score, one.steps, one.n_members) for one in best(graph, PathQuery())] == [
        (0.5, ((0,), (1,), (2,), (3,), (4,)), 1),
        (0.5, ((0,), (1, 3), (4,)), 1),
    ]


def test_a_step_shows_only_the_nodes_on_its_paths() -> None:
    # All features are "A", but only the error feeds 2, and paths through 3 are too long.
    graph = make_graph(
        "EFFFXL",
        {(0, 1): 1, (4, 2): 1, (1, 3): 1, (1, 5): 1, (2, 5): 1, (3, 5): 1},
        labels={1: "A", 2: "A", 3: "A"},
    )
    (only,) = best(graph, PathQuery(max_length=2))
    assert only.steps == ((0,), (1,), (5,))
    assert only.score == pytest.approx(1 / 3)
    assert only.n_members == 1


@pytest.mark.parametrize(
    ("rungs", "rounded"), [(3, False), (40, False), (51, False), (60, True), (700, True)]
)
def test_any_number_of_members_is_counted(rungs: int, rounded: bool) -> None:
    """Each rung doubles the paths, and one more skips all rungs but the first. Beyond 2^52 the count is rounded."""
    last = 2 * rungs + 1
    weights = {(0, 1): 1.0, (0, 2): 1.0, (last - 2, last): 1.0, (last - 1, last): 1.0, (1, last): 1.0}
    for rung in range(1, rungs):
        weights |= {(2 * rung - at, 2 * rung + b): 1.0 for at in (0, 1) for b in (1, 2)}
    graph = make_graph("E" + "FF" * rungs + "L", weights, labels=dict.fromkeys(range(1, last), "A"))
    (only,) = best(graph, PathQuery())
    assert only.n_members == (2**rungs if rounded else 2**rungs + 1)
    assert only.n_members_rounded == rounded


def test_more_members_than_a_float_holds_are_the_largest_float() -> None:
    rungs = 1100
    weights = {(0, 1): 1.0, (0, 2): 1.0, (2 * rungs - 1, 2 * rungs + 1): 1.0, (2 * rungs, 2 * rungs + 1): 1.0}
    for rung in range(1, rungs):
        weights |= {(2 * rung - at, 2 * rung + b): 1.0 for at in (0, 1) for b in (1, 2)}
    graph = make_graph("E" + "FF" * rungs + "L", weights, labels=dict.fromkeys(range(1, 2 * rungs + 1), "A"))
    (only,) = best(graph, PathQuery())
    assert (only.n_members, only.n_members_rounded) == (int(sys.float_info.max), True)


def test_a_question_too_large_for_groups_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph("EFL", {(0, 1): 1, (1, 2): 1})
    monkeypatch.setattr("queries.paths.sequences.MAX_VALUES", 5)
    with pytest.raises(InvalidRequest, match="3 states for each of 2 edges"):
        best(graph, PathQuery())
    monkeypatch.undo()
    monkeypatch.setattr("queries.limits.MAX_SECONDS", -1.0)
    with pytest.raises(QueryTimeout):
        best(graph, PathQuery())


def test_an_unreachable_target_has_no_sequences() -> None:
    assert best(make_graph("EFL", {(0, 1): 1}), PathQuery()) == []
    assert best(make_graph("EL", {}), PathQuery(min_length=1)) == []


@given(
    graphs(labels=("A", "B")),
    st.integers(1, 8),
    st.integers(1, 4),
    st.none() | st.integers(0, 3),
    st.integers(1, 4),
)
def test_sequences_equal_brute_force(
    graph: AttributionGraph, k: int, min_length: int, more: int | None, best_members: int
) -> None:
    query = PathQuery(k=k, min_length=min_length, max_length=None if more is None else min_length + more)
    space = PathSpace(graph, query)
    members = members_by_steps(
        graph, matching(graph, int(space.targets[0]), query.min_length, query.max_length)
    )
    found = best(graph, query, best_members)
    assert_groups(found, members, k)
    for one in found:
        paths = {path.edges: path for path in members[one.steps]}
        expected = sorted((path.score for path in paths.values()), reverse=True)[:best_members]
        assert [path.score for path in one.best_members] == pytest.approx(expected, rel=1e-12, abs=0)
        assert all(paths[path.edges].nodes == path.nodes for path in one.best_members)


@given(graphs(labels=("A", "B", "C")), st.integers(1, 4), st.none() | st.integers(0, 3))
def test_all_sequences_sum_to_what_matches(
    graph: AttributionGraph, min_length: int, more: int | None
) -> None:
    query = PathQuery(
        k=MAX_PATHS, min_length=min_length, max_length=None if more is None else min_length + more
    )
    space = PathSpace(graph, query)
    found = best(graph, query)
    totals = space.totals()
    assert sum(one.score for one in found) == pytest.approx(totals.matching, rel=1e-9)
    assert sum(one.n_members for one in found) == len(
        matching(graph, int(space.targets[0]), query.min_length, query.max_length)
    )


@settings(max_examples=20)
@given(graphs(max_features=5))
def test_without_labels_sequences_are_single_paths(graph: AttributionGraph) -> None:
    query = PathQuery(k=MAX_PATHS)
    paths = matching(graph, PathSpace(graph, query).targets[0], 2, None)
    found = best(graph, query)
    assert {tuple(step[0] for step in one.steps) for one in found} == {path.nodes for path in paths}
    for one in found:
        (path,) = one.best_members
        assert isinstance(path, Path)
        assert path.score == pytest.approx(one.score, rel=1e-12, abs=0)


def step_words(graph: AttributionGraph, one: GroupSequence) -> list[str | None]:
    labels = graph.labels
    return [graph.nodes.token[step[0]] or labels[step[0]] for step in one.steps]


@pytest.mark.parametrize(
    ("name", "sequence", "score"),
    [
        ("dallas-grouped", [" Dallas", "Texas", " Austin"], 0.0437),
        ("oakland-grouped", [" Oakland", "California", " Sacramento"], 0.0227),
    ],
)
def test_the_published_figures(name: str, sequence: list[str], score: float) -> None:
    """../shared/graphs/README.md: the best sequence with at least one group, from an independent computation."""
    graph = real_graph(name)
    labels = graph.labels
    found = best(graph, PathQuery(k=20))
    labelled = [one for one in found if any(labels[node] for step in one.steps for node in step)]
    first = next((number, one) for number, one in enumerate(found) if one is labelled[0])
    shown = step_words(graph, labelled[0])
    assert [word.replace("Say (", "").rstrip(")") if word else None for word in shown] == sequence
    assert round(labelled[0].score, 4) == score
    assert first[0] < 10


@pytest.mark.parametrize("name", LABELLED_GRAPHS)
def test_real_sequences_equal_brute_force(name: str) -> None:
    graph = real_graph(name)
    query = PathQuery(k=200, max_length=3)
    members = members_by_steps(graph, matching(graph, PathSpace(graph, query).targets[0], 2, 3))
    found = best(graph, query)
    assert_groups(found, members, query.k)
    assert max(one.n_members for one in found) > 10


def test_real_sequences_of_any_length_stay_within_the_whole() -> None:
    graph = real_graph("dallas-grouped")
    query = PathQuery(k=60)
    found = best(graph, query)
    scores = np.array([one.score for one in found])
    assert np.all(np.diff(scores) <= 1e-12 * scores[:-1])
    assert scores.sum() < PathSpace(graph, query).totals().matching
