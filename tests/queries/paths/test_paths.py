"""The best single paths and the totals, by hand, by brute force over all paths, and on the real graphs."""

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.space import Path, PathQuery, PathSpace, best_paths, choose_target
from queries.words import MAX_PATHS
from tests.support.graphs import (
    LABELLED_GRAPHS,
    REAL_GRAPHS,
    BrutePath,
    all_paths,
    graphs,
    make_graph,
    matching,
    real_graph,
    share_matrix,
)

CLOSE = 1e-12
"""Scores this near to each other (relatively) may come in any order."""

BY_HAND = make_graph(
    "EEFFXL",
    # Into 2: 3 from 0, 1 from the error. Into 3: 2 from 1, 1 from 2, 1 from 0. Into 5: 1, 2, 4, 1.
    {(0, 2): 3, (4, 2): -1, (0, 3): 1, (1, 3): -2, (2, 3): 1, (0, 5): 1, (2, 5): -2, (3, 5): 4, (4, 5): 1},
)


def best(graph: AttributionGraph, **query: Any) -> list[Path]:
    return best_paths(PathSpace(graph, PathQuery(**query)))


def assert_ranks(found: list[Path], every: list[BrutePath], k: int) -> None:
    """`found` are k best of `every` path, in an order that agrees but for rounding."""
    assert len(found) == min(k, len(every))
    for path, expected in zip(found, every, strict=False):
        assert path.score == pytest.approx(expected.score, rel=CLOSE)
    assert len({path.edges for path in found}) == len(found)
    scores = {path.edges: (path.nodes, path.score) for path in every}
    for path in found:
        nodes, score = scores[path.edges]
        assert path.nodes == nodes
        assert path.score == pytest.approx(score, rel=CLOSE)


def test_paths_by_hand() -> None:
    expected = {
        (0, 2, 5): Fraction(3, 4) * Fraction(2, 8),
        (0, 3, 5): Fraction(1, 4) * Fraction(4, 8),
        (1, 3, 5): Fraction(2, 4) * Fraction(4, 8),
        (0, 2, 3, 5): Fraction(3, 4) * Fraction(1, 4) * Fraction(4, 8),
    }
    found = best(BY_HAND)
    assert {path.nodes: path.score for path in found} == {
        nodes: float(score) for nodes, score in expected.items()
    }
    assert [path.nodes for path in found] == [(1, 3, 5), (0, 2, 5), (0, 3, 5), (0, 2, 3, 5)]
    for path in found:
        steps = zip(
            BY_HAND.edges.source[list(path.edges)], BY_HAND.edges.target[list(path.edges)], strict=True
        )
        assert list(steps) == list(zip(path.nodes, path.nodes[1:], strict=False))


def test_totals_by_hand() -> None:
    totals = PathSpace(BY_HAND, PathQuery()).totals()
    through_features = Fraction(3, 16) + Fraction(1, 8) + Fraction(1, 4) + Fraction(3, 32)
    from_errors = (
        Fraction(1, 8) + Fraction(1, 4) * Fraction(2, 8) + Fraction(1, 4) * Fraction(1, 4) * Fraction(4, 8)
    )
    assert totals.direct == float(Fraction(1, 8))
    assert totals.matching == float(through_features)
    assert totals.total == float(through_features + Fraction(1, 8))
    assert totals.from_errors == float(from_errors)
    assert totals.total + totals.from_errors == 1.0
    assert totals.pruned_away is None  # never 0 for an import: nobody knows


def test_a_trace_says_what_pruning_took() -> None:
    # The feature 2 had as much again as its one stored input; half of the logit's inputs are gone as well.
    graph = make_graph("EEFL", {(0, 2): 1, (2, 3): 1, (1, 3): 1}, unstored={2: 1.0, 3: 2.0})
    totals = PathSpace(graph, PathQuery()).totals()
    assert totals.total == 0.25 * 0.5 + 0.25
    assert totals.pruned_away == 1 - totals.total
    whole = make_graph("EEFL", {(0, 2): 1, (2, 3): 1, (1, 3): 1}, unstored={})
    assert PathSpace(whole, PathQuery()).totals().pruned_away == 0.0
    # A feature that had no inputs in the trace either is a dead end, not a loss.
    dead_end = make_graph("EFL", {(0, 2): 1, (1, 2): 3}, unstored={})
    totals = PathSpace(dead_end, PathQuery()).totals()
    assert (totals.total, totals.pruned_away) == (0.25, 0.0)


def test_the_shortest_paths_are_asked_for_by_min_length() -> None:
    graph = make_graph("EEL", {(0, 2): 1, (1, 2): 3})
    assert best(graph) == []
    assert [path.nodes for path in best(graph, min_length=1)] == [(1, 2), (0, 2)]
    assert [path.nodes for path in best(BY_HAND, min_length=1, max_length=1)] == [(0, 5)]


def test_an_unreachable_target_has_no_paths() -> None:
    graph = make_graph("EFXLL", {(0, 1): 1, (1, 4): 1, (2, 3): 1})
    assert best(graph, targets=(3,)) == []
    totals = PathSpace(graph, PathQuery(targets=(3,))).totals()
    assert (totals.total, totals.matching, totals.direct, totals.from_errors) == (0, 0, 0, 1)
    assert [path.nodes for path in best(graph, targets=(4,))] == [(0, 1, 4)]
    nothing = make_graph("EL", {})
    assert best(nothing, min_length=1) == []


def test_other_logits_are_no_way_through() -> None:
    graph = make_graph("EFLL", {(0, 1): 1, (1, 2): 1, (1, 3): 1})
    assert [path.nodes for path in best(graph, targets=(2,))] == [(0, 1, 2)]


def test_equal_scores_are_ordered_by_their_keys() -> None:
    weights = {(0, feature): 1.0 for feature in (1, 2, 3)} | {(feature, 4): 1.0 for feature in (1, 2, 3)}
    assert [path.nodes for path in best(make_graph("EFFFL", weights))] == [(0, 1, 4), (0, 2, 4), (0, 3, 4)]
    assert len({path.nodes for path in best(make_graph("EFFFL", weights), k=2)}) == 2


def test_very_weak_paths_are_still_told_apart() -> None:
    weak = 1e-30
    graph = make_graph(
        "EEFFL", {(0, 2): 1, (1, 2): weak, (0, 3): 1, (1, 3): 2 * weak, (2, 4): weak, (3, 4): 1}
    )
    assert [path.nodes for path in best(graph)] == [(0, 3, 4), (1, 3, 4), (0, 2, 4), (1, 2, 4)]
    assert best(graph)[-1].score == pytest.approx(1e-60, rel=1e-9)


@given(graphs(), st.integers(1, 40), st.integers(1, 4), st.none() | st.integers(0, 3), st.integers(0, 1))
def test_ranking_equals_brute_force(
    graph: AttributionGraph, k: int, min_length: int, more: int | None, logit: int
) -> None:
    logits = graph.nodes.of_kind(NodeKind.LOGIT)
    target = int(logits[min(logit, len(logits) - 1)])
    max_length = None if more is None else min_length + more
    every = matching(graph, target, min_length, max_length)
    query = PathQuery(k=k, targets=(target,), min_length=min_length, max_length=max_length)
    space = PathSpace(graph, query)
    assert_ranks(best_paths(space), every, k)
    assert space.totals().matching == pytest.approx(sum(path.score for path in every), rel=1e-9)


@given(graphs())
def test_totals_equal_matrix_algebra(graph: AttributionGraph) -> None:
    nodes, space = graph.nodes, PathSpace(graph, PathQuery())
    target = int(space.targets[0])
    usable = share_matrix(graph, lambda node: nodes.kind[node] == NodeKind.FEATURE or node == target)
    influence = np.linalg.inv(np.eye(len(nodes)) - usable)[target]
    totals = space.totals()
    assert totals.total == pytest.approx(influence[nodes.of_kind(NodeKind.EMBEDDING)].sum(), rel=1e-9)
    assert totals.from_errors == pytest.approx(influence[nodes.of_kind(NodeKind.ERROR)].sum(), rel=1e-9)
    assert totals.direct == pytest.approx(usable[target, nodes.of_kind(NodeKind.EMBEDDING)].sum(), rel=1e-9)
    if graph.record.share_basis == "file":
        assert totals.pruned_away is None
    else:
        ends = (nodes.input_total == 0) & np.isin(nodes.kind, [NodeKind.FEATURE, NodeKind.LOGIT])
        rest = 1 - influence[ends | np.isin(nodes.kind, [NodeKind.EMBEDDING, NodeKind.ERROR])].sum()
        assert totals.pruned_away == pytest.approx(rest, abs=1e-12)


def test_the_target_is_the_most_probable_logit() -> None:
    def target(probability: dict[int, float], target_logit: int | None = None) -> int:
        return choose_target(make_graph("ELLL", {}, probability=probability, target_logit=target_logit).nodes)

    assert target({1: 0.2, 2: 0.5, 3: 0.3}, target_logit=1) == 2
    assert target({1: 0.1, 2: 0.4, 3: 0.4}) == 2
    assert target({1: 0.1, 2: 0.4, 3: 0.4}, target_logit=3) == 3
    assert target({1: float("nan"), 2: 0.0, 3: 0.0}, target_logit=1) == 2
    assert target({1: float("nan"), 2: float("nan"), 3: float("nan")}, target_logit=2) == 2


@pytest.mark.parametrize(
    ("parameter", "query"),
    [
        ("k", {"k": 0}),
        ("k", {"k": MAX_PATHS + 1}),
        ("min_length", {"min_length": 0}),
        ("max_length", {"max_length": 1}),
        ("max_length", {"min_length": 4, "max_length": 3}),
        ("target", {"targets": (0,)}),
        ("target", {"targets": (2, 3)}),
        ("target", {"targets": (2, 5)}),
        ("target", {"targets": ()}),
        ("target", {"targets": (-1,)}),
        ("target", {"targets": (6,)}),
        ("source", {"sources": ()}),
        ("source", {"sources": (0, 5)}),
        ("source", {"sources": (6,)}),
        ("through", {"through": ((1,), ())}),
        ("through", {"through": ((6,),)}),
        ("through", {"through": ((1,),) * 9}),
        ("avoid", {"avoid": (7,)}),
        ("score", {"score": "weight"}),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_parameter(parameter: str, query: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        best(BY_HAND, **query)
    assert raised.value.parameter == parameter


def test_lengths_beyond_the_longest_path_cost_nothing() -> None:
    space = PathSpace(BY_HAND, PathQuery(max_length=10**9))
    assert len(space.problem.states) <= 5
    assert best_paths(space) == best(BY_HAND)
    assert best(BY_HAND, min_length=10**9) == []


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_graphs_rank_as_brute_force(name: str) -> None:
    graph = real_graph(name)
    query = PathQuery(k=100, max_length=3)
    space = PathSpace(graph, query)
    every = matching(graph, int(space.targets[0]), 2, 3)
    assert len(every) > 1000
    assert_ranks(best_paths(space), every, query.k)
    assert space.totals().matching == pytest.approx(sum(path.score for path in every), rel=1e-9)


@pytest.mark.parametrize("name", ["dallas", "dallas-grouped"])
def test_the_published_figures_of_dallas(name: str) -> None:
    """../shared/graphs/README.md, from an independent computation."""
    graph = real_graph(name)
    space = PathSpace(graph, PathQuery(k=1000))
    totals, found = space.totals(), best_paths(space)
    assert graph.nodes.token[int(space.targets[0])] == " Austin"
    assert round(totals.total, 3) == 0.699
    assert round(totals.direct, 3) == 0.138
    assert round(sum(path.score for path in found[:10]), 3) == 0.061
    assert round(sum(path.score for path in found[:100]), 2) == 0.20
    assert round(sum(path.score for path in found), 3) == 0.415
    assert totals.pruned_away is None
    assert totals.matching == pytest.approx(totals.total - totals.direct, rel=1e-9)


@pytest.mark.parametrize("name", LABELLED_GRAPHS)
def test_labels_change_no_single_path(name: str) -> None:
    labelled, bare = real_graph(name), real_graph(name.removesuffix("-grouped"))
    assert best(labelled, k=50) == best(bare, k=50)


def test_brute_force_counts_what_the_graph_has() -> None:
    """The yardstick itself: the number of paths by the powers of the adjacency matrix."""
    graph, counts = BY_HAND, Counter(len(path.edges) for path in all_paths(BY_HAND, 5))
    joined = (share_matrix(graph) != 0).astype(int)
    for length in range(1, 5):
        assert counts[length] == np.linalg.matrix_power(joined, length)[5, :2].sum()
