"""Influence and scores equal circuit_tracer's, by hand and on the real graphs."""

from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer.graph import compute_graph_scores, compute_node_influence
from hypothesis import given

from queries.graph.acyclic import AcyclicGraph
from queries.graph.attribution_graph import NodeKind
from queries.graph.influence import GraphScores, graph_scores, node_influence, normalise
from tests.support.circuit_tracer_graphs import (
    acyclic_of,
    dense_graph,
    dense_graphs,
    double_precision,
    trace_of,
)
from tests.support.graphs import REAL_GRAPHS, make_graph, real_graph

pytestmark = pytest.mark.slow


@given(dense_graphs())
def test_influence_equals_circuit_tracer_s(dense: Any) -> None:
    with double_precision():
        trace = trace_of(dense)
        weights = torch.tensor(trace.logit_weight)
        expected = compute_node_influence(dense.adjacency_matrix, weights).numpy()
    acyclic, weight = acyclic_of(trace)
    share, _ = normalise(acyclic.n, acyclic.target, weight)
    np.testing.assert_allclose(
        node_influence(acyclic, share, trace.logit_weight), expected, rtol=1e-10, atol=1e-15
    )


@given(dense_graphs())
def test_scores_equal_circuit_tracer_s(dense: Any) -> None:
    with double_precision():
        expected = compute_graph_scores(dense)
    trace = trace_of(dense)
    scores = graph_scores(trace.nodes.kind, *acyclic_of(trace), trace.logit_weight)
    assert scores == pytest.approx(expected, rel=1e-10)


def test_scores_by_hand() -> None:
    # The feature: 3 of 4 from the token; the logit: half from the feature, a quarter each from token and error.
    graph = make_graph("EFXL", {(0, 1): 3, (2, 1): -1, (1, 3): 2, (0, 3): 1, (2, 3): 1})
    acyclic = AcyclicGraph(4, graph.edges.source, graph.edges.target)
    scores = graph_scores(graph.nodes.kind, acyclic, graph.edges.weight, np.array([0, 0, 0, 1.0]))
    from_token, from_error = 1 / 2 * 3 / 4 + 1 / 4, 1 / 2 * 1 / 4 + 1 / 4
    assert scores.replacement == pytest.approx(from_token / (from_token + from_error))
    # Output influence: feature 1/2, logit 1, token 5/8 and error 3/8 (without inputs, so no input is an error).
    explained = 3 / 4 * 1 / 2 + 3 / 4 * 1 + 5 / 8 + 3 / 8
    assert scores.completeness == pytest.approx(explained / (1 / 2 + 1 + 5 / 8 + 3 / 8))


def test_a_graph_without_edges_has_no_replacement_score_there_nor_here() -> None:
    with double_precision():
        dense = dense_graph(np.zeros((4, 4)), 0, 1, 1, [0.5, 0.5])
        expected = compute_graph_scores(dense)
    trace = trace_of(dense)
    scores = graph_scores(trace.nodes.kind, *acyclic_of(trace), trace.logit_weight)
    assert np.isnan(expected[0])
    assert scores == pytest.approx(GraphScores(float("nan"), expected[1]), nan_ok=True)


def test_normalise_counts_very_small_sums_as_asked() -> None:
    target, weight = np.array([0, 0, 1]), np.array([3.0, -1.0, 1e-12])
    share, sums = normalise(3, target, weight)
    assert share.tolist() == [0.75, 0.25, 1.0]
    assert sums.tolist() == [4.0, 1e-12, 0.0]
    assert normalise(3, target, weight, smallest_sum=1e-10)[0].tolist() == [0.75, 0.25, pytest.approx(1e-2)]


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_the_influence_of_real_graphs_adds_up(name: str) -> None:
    """All influence ends at tokens, errors or features whose inputs were pruned; the graph stores the same figures."""
    graph = real_graph(name)
    logit_weight = np.nan_to_num(graph.nodes.probability)
    acyclic = AcyclicGraph(len(graph.nodes), graph.edges.source, graph.edges.target)
    influence = node_influence(acyclic, graph.edges.share, logit_weight)
    ends = (graph.nodes.input_total == 0) & (graph.nodes.kind != NodeKind.LOGIT)
    assert influence[ends].sum() == pytest.approx(logit_weight.sum(), rel=1e-9)
    np.testing.assert_allclose(influence, graph.nodes.node_influence, rtol=1e-9)
