"""Predictions equal dense matrix algebra on random graphs, and a pass downwards from the target."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidRequest
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.interventions.predictions import change_of, mediated, predict
from tests.support.graphs import graphs, make_graph


def effect_matrix(graph: AttributionGraph) -> Floats:
    """(n, n) row = target, column = source: the weight, over a feature target's activation."""
    nodes, n = graph.nodes, len(graph.nodes)
    matrix = np.zeros((n, n))
    matrix[graph.edges.target, graph.edges.source] = graph.edges.weight
    is_feature = nodes.kind == NodeKind.FEATURE
    matrix[is_feature] /= nodes.activation[is_feature, None]
    return matrix


def dense(graph: AttributionGraph, factors: dict[int, float], held: set[int]) -> Floats:
    """Every node's change, from the solution of the linear system."""
    matrix, n = effect_matrix(graph), len(graph.nodes)
    given_ = np.zeros(n)
    for node, factor in factors.items():
        given_[node] = factor - 1.0
    matrix[[*factors, *held]] = 0.0
    return np.linalg.solve(np.eye(n) - matrix, given_).astype(np.float64)


def downwards(graph: AttributionGraph, factors: dict[int, float], held: set[int], target: int) -> float:
    """The change of one logit: effects into the target, layer by layer downwards."""
    matrix, kind = effect_matrix(graph), graph.nodes.kind
    effect = matrix[target].copy()
    for node in reversed(graph.acyclic.order.tolist()):
        if kind[node] == NodeKind.FEATURE and node not in factors and node not in held:
            effect += matrix[node] * effect[node]
    return float(sum((factor - 1.0) * effect[node] for node, factor in factors.items()))


@st.composite
def asked(draw: st.DrawFn) -> tuple[AttributionGraph, dict[int, float], set[int]]:
    graph = draw(graphs())
    features = graph.nodes.of_kind(NodeKind.FEATURE).tolist()
    some = st.lists(st.sampled_from(features), unique=True) if features else st.just([])
    changed, held = draw(some), draw(some)
    factors = {node: draw(st.sampled_from([0.0, 0.5, 2.0, -1.0])) for node in changed}
    return graph, factors, set(held) - factors.keys()


@given(asked())
def test_predictions_equal_dense_algebra(
    question: tuple[AttributionGraph, dict[int, float], set[int]],
) -> None:
    graph, factors, held = question
    found = predict(graph, factors, held)
    np.testing.assert_allclose(found, dense(graph, factors, held), rtol=1e-9, atol=1e-12)
    for target in graph.nodes.of_kind(NodeKind.LOGIT).tolist():
        expected = downwards(graph, factors, held, target)
        np.testing.assert_allclose(found[target], expected, rtol=1e-9, atol=1e-12)
    assert all(found[node] == 0.0 for node in held)


@given(asked())
def test_the_mediated_part_is_what_holding_a_group_takes_away(
    question: tuple[AttributionGraph, dict[int, float], set[int]],
) -> None:
    graph, factors, group = question
    target = int(graph.nodes.of_kind(NodeKind.LOGIT)[0])
    expected = dense(graph, factors, set())[target] - dense(graph, factors, group)[target]
    np.testing.assert_allclose(mediated(graph, factors, group, target), expected, rtol=1e-9, atol=1e-9)


def chain() -> AttributionGraph:
    """token -> A (activation 0.5) -> B (0.75) -> logit, A -> logit beside it."""
    return make_graph("EFFL", {(0, 1): 0.5, (1, 2): 0.6, (2, 3): 3.0, (1, 3): 1.0})


def test_a_chain_by_hand() -> None:
    """B has 0.6 of its 0.75 from A: without A it falls by 0.8 of itself, and the logit by 1 + 0.8 * 3."""
    graph = chain()
    found = predict(graph, {1: 0.0})
    np.testing.assert_allclose(found, [0.0, -1.0, -0.8, -3.4])
    assert change_of(graph, found, [2]) == pytest.approx(-0.6)
    assert mediated(graph, {1: 0.0}, [2], 3) == pytest.approx(-2.4)
    np.testing.assert_allclose(predict(graph, {1: 0.0, 2: 2.0}), [0.0, -1.0, 1.0, 2.0])


def test_without_activations_nothing_is_predicted() -> None:
    graph = chain()
    silent = replace(graph, nodes=replace(graph.nodes, activation=np.full(4, np.nan)))
    with pytest.raises(InvalidRequest, match=r"graph: nothing can be predicted: .*activations"):
        predict(silent, {1: 0.0})
