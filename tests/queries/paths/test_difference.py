"""A difference of two logits as a target, against matrix algebra over dense matrices."""

import math

import numpy as np
import pytest
from hypothesis import assume, given

from queries.errors import InvalidRequest
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.flow import node_flow
from queries.paths.question import FlowQuestion, PathsQuestion
from queries.paths.space import Path, PathQuery, PathSpace, best_paths
from tests.support.graphs import graphs, make_graph, real_graph, share_matrix

AUSTIN, DALLAS = 4, 5
GRAPH = make_graph(
    "EEFFLL",
    {(0, 2): 2, (1, 3): -1, (2, 4): 3, (2, 5): 1, (3, 4): 0.5, (3, 5): 0.5, (1, 5): 2},
    probability={4: 0.6, 5: 0.3},
)


def solved(matrix: Floats, right: Floats) -> Floats:
    found: Floats = np.linalg.solve(matrix, right).astype(np.float64)
    return found


def difference(graph: AttributionGraph, one: int, other: int) -> Floats:
    """(n_nodes,) the effect of each node on logit `one` minus its effect on logit `other`."""
    effects = np.zeros(len(graph.nodes))
    for source, target, weight in zip(
        graph.edges.source, graph.edges.target, graph.edges.weight, strict=True
    ):
        effects[source] += weight * (int(target == one) - int(target == other))
    return effects


def influence(graph: AttributionGraph, one: int, other: int) -> Floats:
    """(n_nodes,) the influence of each node on the difference: all ways there, and then a share of the effects."""
    effects = np.abs(difference(graph, one, other))
    share = effects / effects.sum() if effects.any() else effects
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    between = share_matrix(graph, into=lambda node: bool(is_feature[node]))
    return solved((np.eye(len(share)) - between).T, share)


def contribution(graph: AttributionGraph, one: int, other: int, size: bool = False) -> Floats:
    """(n_nodes,) the effect of each node on the difference in logits, summed over all paths from it; of `size`, the sum
    of the absolute effects."""
    nodes, n = graph.nodes, len(graph.nodes)
    per_activation, effects = np.zeros((n, n)), difference(graph, one, other)
    for source, target, weight in zip(
        graph.edges.source, graph.edges.target, graph.edges.weight, strict=True
    ):
        if nodes.kind[target] == NodeKind.FEATURE:
            per_activation[target, source] = weight / nodes.activation[target]
    if size:
        per_activation, effects = np.abs(per_activation), np.abs(effects)
    return solved((np.eye(n) - per_activation).T, effects)


def check(graph: AttributionGraph, one: int, other: int) -> None:
    space = PathSpace(graph, PathQuery(targets=(one,), rather_than=other, min_length=1))
    expected = influence(graph, one, other)
    is_logit = graph.nodes.kind == NodeKind.LOGIT
    np.testing.assert_allclose(space.influence[~is_logit], expected[~is_logit], rtol=1e-9, atol=1e-14)
    embeddings = graph.nodes.of_kind(NodeKind.EMBEDDING)
    totals = space.totals()
    assert totals.total == pytest.approx(expected[embeddings].sum(), rel=1e-9, abs=1e-14)
    in_logits, effects = totals.effect.contribution, contribution(graph, one, other)
    assert in_logits is not None
    scale = contribution(graph, one, other, size=True)[embeddings].sum()
    assert in_logits == pytest.approx(effects[embeddings].sum(), rel=1e-9, abs=1e-12 * scale)
    flow = node_flow(space)
    np.testing.assert_allclose(flow[embeddings], expected[embeddings], rtol=1e-9, atol=1e-14)


@given(graphs())
def test_all_paths_to_a_difference_equal_matrix_algebra(graph: AttributionGraph) -> None:
    logits = graph.nodes.of_kind(NodeKind.LOGIT).tolist()
    assume(len(logits) == 2)
    check(graph, *logits)


@pytest.mark.parametrize("name", ["dallas-grouped", "oakland"])
def test_a_real_graph_s_difference_equals_matrix_algebra(name: str) -> None:
    graph = real_graph(name)
    first, second, *_ = graph.nodes.of_kind(NodeKind.LOGIT).tolist()
    check(graph, first, second)
    check(graph, second, first)


def test_a_path_contributes_what_it_does_to_one_logit_less_what_it_does_to_the_other() -> None:
    def contributions(**query: object) -> dict[tuple[int, ...], float]:
        asked = PathQuery(k=100, min_length=1, score="contribution", **query)  # type: ignore[arg-type]
        return {path.nodes[:-1]: path.score for path in best_paths(PathSpace(GRAPH, asked))}

    both = contributions(targets=(AUSTIN,), rather_than=DALLAS)
    one, other = contributions(targets=(AUSTIN,)), contributions(targets=(DALLAS,))
    expected = {path: one.get(path, 0.0) - other.get(path, 0.0) for path in one | other}
    assert both == pytest.approx({path: value for path, value in expected.items() if value})
    assert (1, 3) in one | other and (1, 3) not in both, "equal effects on both are none on the difference"
    assert both[(1,)] < 0, "it raises the other logit alone"


def test_sides_of_a_difference_change_with_its_order() -> None:
    def paths(one: int, other: int) -> list[Path]:
        return best_paths(PathSpace(GRAPH, PathQuery(targets=(one,), rather_than=other, min_length=1)))

    for there, back in zip(paths(AUSTIN, DALLAS), paths(DALLAS, AUSTIN), strict=True):
        assert there.score == pytest.approx(back.score)
        assert there.effect.net == pytest.approx(-back.effect.net)


def test_equal_logits_differ_in_nothing() -> None:
    graph = make_graph("EFLL", {(0, 1): 1, (1, 2): 2, (1, 3): 2})
    space = PathSpace(graph, PathQuery(targets=(2,), rather_than=3))
    assert best_paths(space) == []
    assert math.isclose(space.totals().total, 0.0)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"rather_than": "token:token 4"}, "the target itself"),
        ({"target": ["token:token 4", "token:token 5"], "rather_than": "token:token 5"}, "two logits"),
        ({"target": ["feature:0/2"], "rather_than": "token:token 5"}, "two logits"),
        ({"rather_than": "feature:0/2"}, "two logits"),
        ({"rather_than": "logits"}, "names 2 nodes"),
        ({"rather_than": "token:nothing"}, "names nothing here; there are"),
    ],
)
def test_what_is_no_difference_is_refused(asked: dict[str, object], why: str) -> None:
    for question in (PathsQuestion, FlowQuestion):
        with pytest.raises(InvalidRequest, match=why) as raised:
            question.model_validate(asked).space(GRAPH)
        assert raised.value.parameter == "rather_than"
