"""Pruning keeps what circuit_tracer.graph.prune_graph keeps.

Compared in float64: circuit_tracer makes its working tensors in torch's default type, so that is set. In float32 its
cumulative scores carry errors of about 1e-6, and a node or edge whose score lies that near to the threshold may fall on
the other side of the cut. Masks of edges are compared on the cells whose weight is not 0: it marks some of the others,
which no one can see.
"""

from typing import Any

import numpy as np
import pytest
from circuit_tracer.graph import prune_graph
from hypothesis import given
from hypothesis import strategies as st

from ingest.prune import Pruning, prune
from queries.errors import InvalidGraph, InvalidRequest
from queries.graph import Floats, NodeKind
from tests.circuit_tracer_graphs import dense_graph, dense_graphs, double_precision, trace_of

THRESHOLDS = st.sampled_from([0.0, 0.5, 0.8, 0.98]) | st.floats(0.01, 0.99)


def assert_same_masks(dense: Any, node_threshold: float, edge_threshold: float) -> Pruning:
    trace = trace_of(dense)
    with double_precision():
        expected = prune_graph(dense, node_threshold, edge_threshold)
    found = prune(trace, node_threshold, edge_threshold)
    np.testing.assert_array_equal(found.node_mask, expected.node_mask.numpy())
    # Where no edge is left between the kept nodes, its edge scores are 0/0 and it marks every cell: those of
    # dropped nodes are not edges of the pruned graph.
    on_edges = expected.edge_mask.numpy()[trace.edges.target, trace.edges.source]
    ends = expected.node_mask.numpy()
    on_edges &= ends[trace.edges.target] & ends[trace.edges.source]
    np.testing.assert_array_equal(found.edge_mask, on_edges)
    return found


@given(dense_graphs(), THRESHOLDS, THRESHOLDS)
def test_masks_equal_circuit_tracer_s(dense: Any, node_threshold: float, edge_threshold: float) -> None:
    found = assert_same_masks(dense, node_threshold, edge_threshold)
    trace = trace_of(dense)
    kept = found.node_mask
    assert kept[trace.edges.source[found.edge_mask]].all()
    assert kept[trace.edges.target[found.edge_mask]].all()


@given(dense_graphs())
def test_cumulative_scores_equal_circuit_tracer_s(dense: Any) -> None:
    with double_precision():
        expected = prune_graph(dense).cumulative_scores.numpy()
    found = prune(trace_of(dense), 0.8, 0.98)
    # Nodes of equal influence (0, above all) come in an order of each library's own.
    for score in np.unique(found.node_influence):
        tied = found.node_influence == score
        np.testing.assert_allclose(
            np.sort(found.cumulative_influence[tied]), np.sort(expected[tied]), rtol=1e-10
        )
    assert found.cumulative_influence.max() == pytest.approx(1.0)


@given(dense_graphs())
def test_threshold_1_keeps_every_edge_that_the_clean_up_leaves(dense: Any) -> None:
    trace = trace_of(dense)
    found = prune(trace, 1.0, 1.0)
    kind, source, target = trace.nodes.kind, trace.edges.source, trace.edges.target
    # The clean-up by its definition, one round after another over plain sets.
    nodes, edges = set(range(trace.edges.n)), set(zip(source.tolist(), target.tolist(), strict=True))
    while True:
        gone = {
            node
            for node in nodes
            if (kind[node] in (NodeKind.FEATURE, NodeKind.ERROR) and all(a != node for a, _ in edges))
            or (kind[node] == NodeKind.FEATURE and all(b != node for _, b in edges))
        }
        if not gone:
            break
        nodes -= gone
        edges = {(a, b) for a, b in edges if a in nodes and b in nodes}
    assert set(np.flatnonzero(found.node_mask).tolist()) == nodes
    kept = zip(source[found.edge_mask].tolist(), target[found.edge_mask].tolist(), strict=True)
    assert set(kept) == edges


def by_hand() -> Floats:
    """Features 0, 1, 2; error 3; embedding 4; logit 5. Feature 2 has an input but feeds nothing."""
    adjacency = np.zeros((6, 6))
    adjacency[5, [0, 1, 3, 4]] = [4, 2, -1, 1]
    adjacency[0, [3, 4]] = [1, 3]
    adjacency[1, 0] = 1
    adjacency[2, 4] = 1
    return adjacency


def test_by_hand() -> None:
    # Influence: feature 1 1/4; feature 0 1/2 + 1/4; error 1/8 + 3/16; embedding 1/8 + 9/16; all: 2.
    trace = trace_of(dense_graph(by_hand(), 3, 1, 1, [1.0]))
    whole = prune(trace, 1.0, 1.0)
    assert whole.node_influence.tolist() == [3 / 4, 1 / 4, 0, 5 / 16, 11 / 16, 0]
    assert whole.cumulative_influence[[0, 4, 3, 1]].tolist() == [12 / 32, 23 / 32, 28 / 32, 1]
    assert np.flatnonzero(whole.node_mask).tolist() == [0, 1, 3, 4, 5]
    # 0.8 of the influence is held by feature 0, the embedding and the error; feature 1 goes, with its edges.
    kept = prune(trace, 0.8, 1.0)
    assert np.flatnonzero(kept.node_mask).tolist() == [0, 3, 4, 5]
    edges = zip(trace.edges.source[kept.edge_mask], trace.edges.target[kept.edge_mask], strict=True)
    assert set(edges) == {(3, 0), (4, 0), (0, 5), (3, 5), (4, 5)}


def test_chains_without_an_end_go_link_by_link() -> None:
    # 0 -> 1 -> 2 -> nowhere: the clean-up needs three rounds; the logit hears the embedding alone.
    adjacency = np.zeros((6, 6))
    adjacency[0, 4] = adjacency[1, 0] = adjacency[2, 1] = adjacency[5, 4] = 1
    found = prune(trace_of(dense_graph(adjacency, 3, 1, 1, [1.0])), 1.0, 1.0)
    assert np.flatnonzero(found.node_mask).tolist() == [4, 5]
    assert found.edge_mask.sum() == 1


def test_no_edge_left_between_the_kept_nodes() -> None:
    # Two errors feed feature 0, which feeds the logit through 1 and 2. At threshold 0 only 0, the strongest, stays;
    # none of its edges does, so it goes as well.
    adjacency = np.zeros((7, 7))
    adjacency[0, [3, 4]] = adjacency[1, 0] = adjacency[2, 0] = 1
    adjacency[6, [1, 2]] = 1
    found = prune(trace_of(dense_graph(adjacency, 3, 2, 1, [1.0])), 0.0, 0.5)
    assert np.flatnonzero(found.node_mask).tolist() == [5, 6]
    assert not found.edge_mask.any()


def test_a_trace_whose_edges_lead_to_no_logit_is_refused() -> None:
    adjacency = np.zeros((4, 4))
    adjacency[0, 1] = 1
    with pytest.raises(InvalidGraph, match="leads to a logit"):
        prune(trace_of(dense_graph(adjacency, 1, 1, 1, [1.0])), 0.8, 0.98)


def test_a_trace_without_edges_is_refused() -> None:
    with pytest.raises(InvalidGraph) as raised:
        prune(trace_of(dense_graph(np.zeros((4, 4)), 1, 1, 1, [1.0])), 0.8, 0.98)
    assert raised.value.where == "edges"


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["node_threshold", "edge_threshold"])
def test_a_threshold_outside_0_to_1_is_refused(name: str, threshold: float) -> None:
    trace = trace_of(dense_graph(by_hand(), 3, 1, 1, [1.0]))
    with pytest.raises(InvalidRequest) as raised:
        prune(trace, **{"node_threshold": 0.5, "edge_threshold": 0.5, name: threshold})
    assert raised.value.parameter == name
