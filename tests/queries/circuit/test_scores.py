"""The scores of a subgraph, against circuit_tracer's own on the matrix that Neuronpedia's rule makes."""

import numpy as np
import pytest
from circuit_tracer.graph import compute_graph_scores
from hypothesis import given
from hypothesis import strategies as st

from queries.circuit.scores import SubgraphScores
from queries.graph.arrays import Bools, Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.influence import graph_scores
from tests.queries.store.test_store import attention_graph
from tests.support.circuit_tracer_graphs import dense_graph, double_precision
from tests.support.graphs import graphs, make_graph

pytestmark = pytest.mark.slow


def dense_scores(graph: AttributionGraph, kept: Bools) -> tuple[float, float]:
    """The matrix (target, source), with what is left out moved or dropped; ordered as circuit_tracer has it."""
    nodes = graph.nodes
    matrix: Floats = np.zeros((len(nodes), len(nodes)))
    matrix[graph.edges.target, graph.edges.source] = graph.edges.weight
    place = list(zip(nodes.layer.tolist(), nodes.position.tolist(), strict=True))
    for node in np.flatnonzero((nodes.kind == NodeKind.FEATURE) & ~kept).tolist():
        for error in nodes.of_kind(NodeKind.ERROR).tolist():
            if place[error] == place[node]:
                matrix[:, error] += matrix[:, node]
        matrix[:, node] = matrix[node, :] = 0.0
    order = [NodeKind.FEATURE, NodeKind.ERROR, NodeKind.EMBEDDING, NodeKind.LOGIT]
    by_kind = [nodes.of_kind(kind) for kind in order]
    every = np.concatenate(by_kind)
    n_features, n_errors, n_tokens, _ = map(len, by_kind)
    with double_precision():
        dense = dense_graph(
            matrix[np.ix_(every, every)],
            n_features,
            n_errors,
            n_tokens,
            nodes.probability[by_kind[3]].tolist(),
        )
        dense.cfg.n_layers = 1
        dense.n_pos = n_tokens
        return tuple(float(one) for one in compute_graph_scores(dense))  # type: ignore[return-value]


def one_error_a_position(graph: AttributionGraph) -> bool:
    """circuit_tracer's graphs have as many errors as tokens, on one layer."""
    return graph.record.n_error_nodes == graph.record.n_embedding_nodes


@given(graph=graphs().filter(one_error_a_position), seed=st.integers(0, 99))
def test_scores_equal_circuit_tracers_on_the_graph_without_the_rest(
    graph: AttributionGraph, seed: int
) -> None:
    kept = np.random.default_rng(seed).random(len(graph.nodes)) < 0.5
    found, expected = SubgraphScores(graph).of(kept), dense_scores(graph, kept)
    assert found is not None
    np.testing.assert_allclose(found, expected, atol=1e-9, equal_nan=True)


def test_with_all_features_they_are_the_graphs_own() -> None:
    graph = make_graph("EEFFXXL", {(0, 2): 1, (2, 3): 2, (4, 3): 1, (3, 6): 3, (5, 6): -1, (1, 6): 1})
    every = np.ones(len(graph.nodes), dtype=np.bool_)
    whole = graph_scores(
        graph.nodes.kind, graph.acyclic, graph.edges.weight, np.nan_to_num(graph.nodes.probability)
    )
    assert SubgraphScores(graph).of(every) == pytest.approx(whole)


def test_a_feature_left_out_is_an_error_of_its_layer_and_position() -> None:
    # Feature 1 is of layer 0, as is error 3; feature 2, of layer 1, has no error beside it.
    graph = make_graph("EFFXL", {(0, 1): 1, (0, 2): 1, (1, 4): 2, (2, 4): 1, (3, 4): -0.5})
    none = np.zeros(5, dtype=np.bool_)
    scores = SubgraphScores(graph).of(none)
    assert scores is not None
    assert (scores.replacement, scores.completeness) == (0.0, 0.5), "all that the logit reads is an error"
    only_second = none.copy()
    only_second[2] = True
    scores = SubgraphScores(graph).of(only_second)
    assert scores is not None
    assert scores.replacement == pytest.approx(1 / 2.5)


def test_graphs_that_they_say_nothing_of() -> None:
    every = np.ones(99, dtype=np.bool_)
    attention = attention_graph("one")
    assert SubgraphScores(attention).of(every[: len(attention.nodes)]) is None
    unknown = make_graph("EFL", {(0, 1): 1, (1, 2): 1}, probability={2: float("nan")})
    assert SubgraphScores(unknown).of(every[:3]) is None
