"""The stored graph of a small trace; test_attribution.py compares a real one with circuit-tracer's file."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer.graph import compute_graph_scores
from hypothesis import given
from hypothesis import strategies as st

from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.trace import Trace
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import Thresholds
from tests.support.circuit_tracer_graphs import dense_graph, dense_graphs, double_precision, trace_of

pytestmark = pytest.mark.slow


def stored(trace: Trace, node_threshold: float = 0.8, edge_threshold: float = 0.98) -> AttributionGraph:
    chosen = Thresholds(node_threshold=node_threshold, edge_threshold=edge_threshold)
    return assemble(trace, prune(trace, node_threshold, edge_threshold), chosen, {"trace": 1.5})


@given(dense_graphs(), st.sampled_from([0.3, 0.8, 1.0]), st.sampled_from([0.5, 0.98, 1.0]))
def test_what_is_kept_keeps_its_place_and_its_numbers(
    dense: Any, node_threshold: float, edge_threshold: float
) -> None:
    trace = trace_of(dense)
    pruning, graph = (
        prune(trace, node_threshold, edge_threshold),
        stored(trace, node_threshold, edge_threshold),
    )
    assert np.all(np.diff(graph.nodes.kind) >= 0)  # stored by kind
    # `index` is each node's place in the trace: see trace_of.
    place = graph.nodes.index
    assert sorted(place.tolist()) == np.flatnonzero(pruning.node_mask).tolist()
    np.testing.assert_array_equal(graph.nodes.kind, trace.nodes.kind[place])
    np.testing.assert_array_equal(graph.nodes.node_influence, pruning.node_influence[place])
    np.testing.assert_array_equal(graph.nodes.cumulative_influence, pruning.cumulative_influence[place])
    np.testing.assert_array_equal(graph.nodes.probability, trace.nodes.probability[place])
    into = np.abs(dense.adjacency_matrix.numpy()).sum(axis=1)
    np.testing.assert_allclose(graph.nodes.input_total, into[place], rtol=1e-12)
    target, source, weight = (column.tolist() for column in pruning.edges.rows(0, len(trace.nodes)))
    kept = dict(zip(zip(source, target, strict=True), weight, strict=True))
    source, target = place[graph.edges.source].tolist(), place[graph.edges.target].tolist()
    assert dict(zip(zip(source, target, strict=True), graph.edges.weight, strict=True)) == kept
    assert np.all(np.diff(graph.edges.target * len(graph.nodes) + graph.edges.source) > 0)
    np.testing.assert_allclose(graph.edges.share, np.abs(graph.edges.weight) / into[target], rtol=1e-12)


@given(dense_graphs(), st.sampled_from([0.3, 0.8, 1.0]), st.sampled_from([0.5, 0.98, 1.0]))
def test_scores_of_both_graphs_equal_circuit_tracer_s(
    dense: Any, node_threshold: float, edge_threshold: float
) -> None:
    """The pruned graph's scores, with dropped edges set to 0."""
    trace = trace_of(dense)
    target, source, _ = prune(trace, node_threshold, edge_threshold).edges.rows(0, len(trace.nodes))
    kept = np.zeros(dense.adjacency_matrix.shape)
    kept[target, source] = dense.adjacency_matrix.numpy()[target, source]
    with double_precision():
        whole = compute_graph_scores(dense)
        dense.adjacency_matrix = torch.from_numpy(kept)
        pruned = compute_graph_scores(dense)
    record = stored(trace, node_threshold, edge_threshold).record
    found = [record.replacement_score, record.completeness_score]
    found += [record.pruned_replacement_score, record.pruned_completeness_score]
    expected = [*whole, *pruned]
    assert [score is None for score in found] == np.isnan(expected).tolist()
    assert [score or 0.0 for score in found] == pytest.approx(np.nan_to_num(expected), rel=1e-10)


def test_shares_have_no_smallest_sum() -> None:
    """Unlike the scores that pruning uses."""
    adjacency = np.zeros((4, 4))
    adjacency[0, [1, 2]] = [1e-20, 3e-20]
    adjacency[3, 0] = 1
    graph = stored(trace_of(dense_graph(adjacency, 1, 1, 1, [1.0])), 1.0, 1.0)
    into_feature = graph.edges.share[graph.nodes.kind[graph.edges.target] == NodeKind.FEATURE]
    assert sorted(into_feature) == pytest.approx([1 / 4, 3 / 4])


def small() -> Trace:
    """One feature between a token and the logit, with a weak second feature and an error."""
    adjacency = np.zeros((5, 5))
    adjacency[0, 3] = 3
    adjacency[0, 2] = -1
    adjacency[1, 3] = 1
    adjacency[4, [0, 1]] = [9, 1]
    return trace_of(dense_graph(adjacency, 2, 1, 1, [1.0]))


def test_the_record_counts_what_is_stored() -> None:
    record = stored(small(), 0.9).record
    assert (record.n_embedding_nodes, record.n_feature_nodes, record.n_error_nodes, record.n_logit_nodes) == (
        1,
        1,
        1,
        1,
    )
    assert (record.n_nodes, record.n_edges, record.n_selected_features) == (4, 3, 2)
    assert record.timings == {"trace": 1.5}
    assert record.replacement_score == pytest.approx((9 / 10 * 3 / 4 + 1 / 10) / 1)
    assert record.pruned_replacement_score == pytest.approx(3 / 4)


def test_shares_are_of_all_that_the_trace_had() -> None:
    graph = stored(small(), 0.9)
    into_logit = graph.edges.share[graph.nodes.kind[graph.edges.target] == NodeKind.LOGIT]
    assert into_logit.tolist() == [0.9]


def test_a_score_that_is_not_defined_is_null_and_never_nan() -> None:
    # Pruned until no edge is left (see test_prune.py).
    adjacency = np.zeros((7, 7))
    adjacency[0, [3, 4]] = adjacency[1, 0] = adjacency[2, 0] = 1
    adjacency[6, [1, 2]] = 1
    record = stored(trace_of(dense_graph(adjacency, 3, 2, 1, [1.0])), 0.0, 0.5).record
    assert record.n_edges == 0
    assert record.pruned_replacement_score is None
    assert record.replacement_score == 0.0
    assert "NaN" not in json.dumps(record.model_dump(mode="json"))
