"""Pruning keeps what circuit_tracer.graph.prune_graph keeps.

Compared in float64: circuit_tracer makes its working tensors in torch's default type, so the tests set that. Masks of
edges are compared on cells whose weight is not 0; circuit_tracer marks some of the other cells too, without effect. In
float32, its usual type, its cumulative scores are off by up to 1e-6, so that it may decide otherwise that near to the
threshold.
"""

import tracemalloc
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer import attribute
from circuit_tracer.graph import (
    compute_edge_influence,
    compute_graph_scores,
    compute_node_influence,
    find_threshold,
    prune_graph,
)
from hypothesis import given
from hypothesis import strategies as st

from demo.text.corpus import capital_question
from ingest import load_registry
from ingest.attribution.loading.load import load_model
from ingest.pruning.prune import Pruning, ScoredEdges, clean_up, edge_cut, node_cut, prune, score_edges
from ingest.traces.trace import Trace, TraceEdges
from queries.errors import InvalidGraph, InvalidRequest
from queries.graph.arrays import Bools, Floats
from queries.graph.attribution_graph import NodeKind
from tests.support.circuit_tracer_graphs import (
    dense_graph,
    dense_graphs,
    double,
    double_precision,
    in_rows,
    layered_graph,
    tied_graphs,
    trace_of,
)

pytestmark = pytest.mark.slow

THRESHOLDS = st.sampled_from([0.0, 0.5, 0.8, 0.98]) | st.floats(0.01, 0.99)
GIVEN_THRESHOLDS = [(0.8, 0.98), (0.5, 0.6), (0.95, 0.9999), (0.0, 0.0), (0.999, 0.5)]


@cache
def large(name: str) -> Any:
    """A graph of the demo model, or one of the size and shape of a real trace's, in float32."""
    if name == "demo":
        loaded = load_model(*load_registry(Path()).find("demo", None))
        return attribute(capital_question("Dallas"), loaded.replacement_model, batch_size=256)
    return layered_graph(1500, 400_000, n_layers=12, n_positions=14)


def edge_mask(edges: TraceEdges) -> Bools:
    """(n, n), row = target."""
    mask = np.zeros((edges.n_nodes, edges.n_nodes), dtype=np.bool_)
    target, source, _ = edges.rows(0, edges.n_nodes)
    mask[target, source] = True
    return mask


def assert_same(one: Pruning, other: Pruning) -> None:
    np.testing.assert_array_equal(one.node_mask, other.node_mask)
    for name in ("starts", "source", "weight"):
        np.testing.assert_array_equal(getattr(one.edges, name), getattr(other.edges, name))
    for name in ("node_influence", "cumulative_influence", "input_total", "scores"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)


def assert_same_masks(dense: Any, node_threshold: float, edge_threshold: float) -> Pruning:
    """`dense` is in float64."""
    with double_precision():
        expected = prune_graph(dense, node_threshold, edge_threshold)
    trace = trace_of(dense)
    found = prune(trace, node_threshold, edge_threshold)
    assert_same(found, prune(in_rows(trace), node_threshold, edge_threshold))
    np.testing.assert_array_equal(found.node_mask, expected.node_mask.numpy())
    # Where no edge is left between the kept nodes, its edge scores are 0/0 and it marks every cell: those of
    # dropped nodes are not edges of the pruned graph.
    ends = expected.node_mask.numpy()
    adjacency = dense.adjacency_matrix.numpy()
    on_edges = expected.edge_mask.numpy() & (adjacency != 0) & ends & ends[:, None]
    np.testing.assert_array_equal(edge_mask(found.edges), on_edges)
    np.testing.assert_array_equal(found.edges.weight, adjacency[on_edges])
    return found


@given(dense_graphs(), THRESHOLDS, THRESHOLDS)
def test_masks_equal_circuit_tracer_s(dense: Any, node_threshold: float, edge_threshold: float) -> None:
    found = assert_same_masks(dense, node_threshold, edge_threshold)
    kept = found.node_mask
    assert not edge_mask(found.edges)[~kept].any()
    assert not edge_mask(found.edges)[:, ~kept].any()


@given(tied_graphs(), THRESHOLDS, THRESHOLDS)
def test_equal_scores_fall_on_the_same_side(dense: Any, node_threshold: float, edge_threshold: float) -> None:
    assert_same_masks(dense, node_threshold, edge_threshold)


@pytest.mark.parametrize("thresholds", GIVEN_THRESHOLDS)
@pytest.mark.parametrize("name", ["demo", "real size"])
def test_masks_of_large_graphs_equal_circuit_tracer_s(name: str, thresholds: tuple[float, float]) -> None:
    assert_same_masks(double(large(name)), *thresholds)


@pytest.mark.parametrize("thresholds", GIVEN_THRESHOLDS)
@pytest.mark.parametrize("name", ["demo", "real size"])
def test_a_float32_matrix_is_pruned_as_the_same_one_in_float64(
    name: str, thresholds: tuple[float, float]
) -> None:
    found = prune(trace_of(large(name)), *thresholds)
    assert_same(found, prune(trace_of(double(large(name))), *thresholds))
    assert found.edges.weight.dtype == np.float32


@pytest.mark.parametrize("thresholds", GIVEN_THRESHOLDS)
@pytest.mark.parametrize("name", ["demo", "real size"])
def test_in_float32_the_cuts_differ_at_the_threshold_alone_and_the_clean_up_does_not(
    name: str, thresholds: tuple[float, float]
) -> None:
    dense, trace = large(name), trace_of(large(name))
    node_threshold, edge_threshold = thresholds
    given = torch.tensor(trace.logit_weight, dtype=torch.float32)
    theirs = compute_node_influence(dense.adjacency_matrix, given)
    nodes = (theirs >= find_threshold(theirs, node_threshold)).numpy()
    ours = prune(trace, 1.0, 1.0)
    differing = nodes != (ours.node_influence >= node_cut(ours.node_influence, node_threshold))
    assert np.all(np.abs(ours.cumulative_influence[differing] - node_threshold) < 1e-6)

    nodes |= (trace.nodes.kind == NodeKind.EMBEDDING) | (trace.nodes.kind == NodeKind.LOGIT)
    between = torch.from_numpy(nodes & nodes[:, None])
    their_scores = compute_edge_influence(dense.adjacency_matrix * between, given)
    marked = (their_scores >= find_threshold(their_scores.flatten(), edge_threshold)).numpy()
    edges = score_edges(trace, nodes)
    scores = scores_of(edges)
    differing = (marked != (scores >= edge_cut(edges, edge_threshold))) & (scores >= 0)
    descending = np.sort(scores[scores >= 0])[::-1]
    place = np.searchsorted(-descending, -scores[differing], side="right") - 1
    cumulative = np.cumsum(descending)[place] / descending.sum()
    assert np.all(np.abs(cumulative - edge_threshold) < 1e-6)

    expected = prune_graph(dense, *thresholds)
    target, source = (marked & (scores >= 0)).nonzero()
    starts = np.append(0, np.cumsum(np.bincount(target, minlength=len(nodes))))
    ones = np.ones(len(nodes))
    weight = np.ones(len(target), dtype=np.float32)
    cut = ScoredEdges(starts, source.astype(np.uint16), weight, nodes.astype(np.float64), ones, ones)
    kept, kept_edges = clean_up(trace, cut, 0.0)
    np.testing.assert_array_equal(kept, expected.node_mask.numpy())
    on_edges = expected.edge_mask.numpy() & (dense.adjacency_matrix.numpy() != 0)
    np.testing.assert_array_equal(edge_mask(kept_edges), on_edges)


def scores_of(edges: ScoredEdges) -> Floats:
    """(n, n), by their definition; -1 where there is no edge. `edges` are dense."""
    n = len(edges.keep)
    weight = np.abs(edges.weight.reshape(n, n).astype(np.float64)) * edges.keep * edges.keep[:, None]
    scores = weight / np.maximum(edges.input_total, 1e-10)[:, None] * edges.influence[:, None]
    return np.where(weight != 0, scores, -1.0)


def test_the_matrix_is_neither_copied_nor_changed() -> None:
    """Counts numpy's allocations; bench/pruning.py measures the memory of a process."""
    dense = large("real size")
    trace, before = trace_of(dense), dense.adjacency_matrix.numpy().copy()
    prune(trace, 0.8, 0.98)  # compiles
    tracemalloc.start()
    found = prune(trace, 0.8, 0.98)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < len(found.edges.weight) < 0.1 * before.size
    assert peak < 0.2 * before.nbytes
    np.testing.assert_array_equal(dense.adjacency_matrix.numpy(), before)


@given(dense_graphs(), THRESHOLDS)
def test_the_cut_is_that_of_all_scores_sorted(dense: Any, threshold: float) -> None:
    trace = trace_of(dense)
    assert_cut_is_right(trace, threshold)


@pytest.mark.parametrize("threshold", [0.0, 1e-6, 0.1, 0.5, 0.9, 0.98, 0.999999, 1 - 1e-12])
def test_the_cut_of_scores_of_every_size(threshold: float) -> None:
    """Weights from 1e-30 to 1e30 fill far more buckets than a trace does."""
    random = np.random.default_rng(0)
    adjacency = np.zeros((403, 403))
    adjacency[402, :400] = 10.0 ** random.uniform(-30, 30, 400)
    adjacency[200:400, :200] = 10.0 ** random.uniform(-30, 30, (200, 200))
    assert_cut_is_right(trace_of(dense_graph(adjacency, 400, 1, 1, [1.0])), threshold)


@pytest.mark.parametrize("n_kept", range(1, 17))
def test_the_cut_where_buckets_end(n_kept: int) -> None:
    """Scores of 32, 31, 30 … 16 of 1024: a bucket begins at each of them, and every sum is exact."""
    largest = 1024 - sum(range(16, 33))
    adjacency = np.zeros((37, 37))
    adjacency[36, 18:36] = [largest, *range(16, 33)]
    trace = trace_of(dense_graph(adjacency, 0, 1, 18, [1.0]))
    edges = score_edges(trace, np.ones(37, dtype=np.bool_))
    assert edge_cut(edges, (largest + sum(range(33 - n_kept, 33))) / 1024) == (33 - n_kept) / 1024


def test_thousands_of_equal_scores() -> None:
    """50 logits have 50 equal inputs each: one bucket holds more scores than the trace has nodes."""
    adjacency = np.zeros((150, 150))
    adjacency[100:, 50:100] = 1.0
    with double_precision():
        dense = dense_graph(adjacency, 0, 1, 50, [1 / 64] * 50)
    assert len(assert_same_masks(dense, 0.5, 0.5).edges.weight) == 2500


def assert_cut_is_right(trace: Trace, threshold: float) -> None:
    edges = score_edges(trace, np.ones(trace.edges.n_nodes, dtype=np.bool_))
    scores = scores_of(edges)
    descending = np.sort(scores[scores >= 0])[::-1]
    cumulative = np.cumsum(descending) / descending.sum()
    cut = descending[min(int(np.searchsorted(cumulative, threshold)), len(descending) - 1)]
    assert edge_cut(edges, threshold) == pytest.approx(cut, rel=1e-14, abs=0)


@given(dense_graphs())
def test_cumulative_scores_equal_circuit_tracer_s(dense: Any) -> None:
    with double_precision():
        expected = prune_graph(dense).cumulative_scores.numpy()
    found = prune(trace_of(dense), 0.8, 0.98)
    # Each library orders nodes of equal influence (mostly 0) in its own way.
    for score in np.unique(found.node_influence):
        tied = found.node_influence == score
        np.testing.assert_allclose(
            np.sort(found.cumulative_influence[tied]), np.sort(expected[tied]), rtol=1e-10
        )
    assert found.cumulative_influence.max() == pytest.approx(1.0)


@given(dense_graphs())
def test_scores_of_the_whole_trace_equal_circuit_tracer_s(dense: Any) -> None:
    with double_precision():
        expected = compute_graph_scores(dense)
    assert prune(trace_of(dense), 0.8, 0.98).scores == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", ["demo", "real size"])
def test_scores_of_large_graphs_equal_circuit_tracer_s(name: str) -> None:
    dense = double(large(name))
    with double_precision():
        expected = compute_graph_scores(dense)
    assert prune(trace_of(large(name)), 0.8, 0.98).scores == pytest.approx(expected, rel=1e-10)


@given(dense_graphs())
def test_threshold_1_keeps_every_edge_that_the_clean_up_leaves(dense: Any) -> None:
    trace = trace_of(dense)
    found = prune(trace, 1.0, 1.0)
    kind = trace.nodes.kind
    # The clean-up as it is defined: repeated rounds over plain sets.
    nodes = set(range(len(kind)))
    edges = set(map(tuple, np.argwhere(dense.adjacency_matrix.numpy()).tolist()))
    while True:
        gone = {
            node
            for node in nodes
            if (kind[node] in (NodeKind.FEATURE, NodeKind.ERROR) and all(a != node for _, a in edges))
            or (kind[node] == NodeKind.FEATURE and all(b != node for b, _ in edges))
        }
        if not gone:
            break
        nodes -= gone
        edges = {(b, a) for b, a in edges if a in nodes and b in nodes}
    assert set(np.flatnonzero(found.node_mask).tolist()) == nodes
    assert set(map(tuple, np.argwhere(edge_mask(found.edges)).tolist())) == edges


def test_threshold_1_keeps_what_rounding_would_not() -> None:
    """A feature with 1e-20 of the influence, and edges that carry as little."""
    adjacency = np.zeros((5, 5))
    adjacency[4, [0, 1]] = [1, 1e-20]
    adjacency[0, 3] = adjacency[1, 3] = 1
    found = prune(trace_of(dense_graph(adjacency, 2, 1, 1, [1.0])), 1.0, 1.0)
    assert found.node_mask.tolist() == [True, True, False, True, True]
    assert len(found.edges.weight) == 4


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
    assert whole.input_total.tolist() == [4, 1, 1, 0, 0, 8]
    assert np.flatnonzero(whole.node_mask).tolist() == [0, 1, 3, 4, 5]
    # Errors give 5/16 of 1. Of the 3 that all nodes give, they are the inputs of 5/16.
    assert whole.scores == pytest.approx((11 / 16, 1 - 5 / 16 / 3))
    # Feature 0, the embedding and the error hold 0.8 of the influence; feature 1 is removed with its edges.
    kept = prune(trace, 0.8, 1.0)
    assert np.flatnonzero(kept.node_mask).tolist() == [0, 3, 4, 5]
    target, source, weight = kept.edges.rows(0, 6)
    assert list(zip(target.tolist(), source.tolist(), weight.tolist(), strict=True)) == [
        (0, 3, 1),
        (0, 4, 3),
        (5, 0, 4),
        (5, 3, -1),
        (5, 4, 1),
    ]


def test_equal_edges_at_the_cut_stay_or_go_together() -> None:
    # The logit's inputs are a feature (4 of 8) and four embeddings (1 each): 0.6 of the score needs one of the four.
    adjacency = np.zeros((10, 10))
    adjacency[9, [0, 5, 6, 7, 8]] = [4, 1, -1, 1, -1]
    adjacency[0, 1] = 1
    trace = trace_of(dense_graph(adjacency, 1, 1, 4, [1.0]))
    logit = prune(trace, 1.0, 0.6).edges.rows(9, 10)[1].tolist()
    assert logit == [0]  # 0 -> logit and error -> 0 are 2/3 of the score
    assert prune(trace, 1.0, 0.7).edges.rows(9, 10)[1].tolist() == [0, 5, 6, 7, 8]


def test_inputs_too_small_to_divide_by() -> None:
    """circuit_tracer takes a sum below 1e-10 for 1e-10, so that such inputs are less than all."""
    adjacency = by_hand()
    adjacency[0] *= 1e-12
    dense = dense_graph(adjacency, 3, 1, 1, [1.0])
    with double_precision():
        dense.logit_probabilities = dense.logit_probabilities.double()
        for thresholds in ((0.8, 0.98), (0.99, 0.999), (0.5, 0.5)):
            assert_same_masks(dense, *thresholds)
        found = prune(trace_of(dense), 0.8, 0.98)
        assert found.scores == pytest.approx(compute_graph_scores(dense), rel=1e-12)
    assert found.input_total[0] == pytest.approx(4e-12)
    assert found.node_influence[3] == pytest.approx(1 / 8 + 3 / 4 * 1e-12 / 1e-10)


def test_chains_without_an_end_go_link_by_link() -> None:
    # 0 -> 1 -> 2 -> nowhere, and nowhere -> 3 -> 4 -> logit: both chains go; only the embedding feeds the logit.
    adjacency = np.zeros((8, 8))
    adjacency[0, 6] = adjacency[1, 0] = adjacency[2, 1] = adjacency[7, 6] = 1
    adjacency[4, 3] = adjacency[7, 4] = 1
    found = prune(trace_of(dense_graph(adjacency, 5, 1, 1, [1.0])), 1.0, 1.0)
    assert np.flatnonzero(found.node_mask).tolist() == [6, 7]
    assert len(found.edges.weight) == 1


def test_no_edge_left_between_the_kept_nodes() -> None:
    # Two errors feed feature 0, which feeds the logit through 1 and 2. At threshold 0 only 0, the strongest, stays;
    # none of its edges does, so it is removed too.
    adjacency = np.zeros((7, 7))
    adjacency[0, [3, 4]] = adjacency[1, 0] = adjacency[2, 0] = 1
    adjacency[6, [1, 2]] = 1
    found = prune(trace_of(dense_graph(adjacency, 3, 2, 1, [1.0])), 0.0, 0.5)
    assert np.flatnonzero(found.node_mask).tolist() == [5, 6]
    assert len(found.edges.weight) == 0


def refused(adjacency: Floats, n_features: int) -> list[str]:
    """The error for the graph, with dense and with sparse rows."""
    trace = trace_of(dense_graph(adjacency, n_features, 1, 1, [1.0]))
    said = []
    for one in (trace, in_rows(trace)):
        with pytest.raises(InvalidGraph) as raised:
            prune(one, 0.8, 0.98)
        assert raised.value.where == "edges"
        said.append(raised.value.why)
    return said


def test_a_trace_whose_edges_lead_to_no_logit_is_refused() -> None:
    adjacency = np.zeros((4, 4))
    adjacency[0, 1] = 1
    assert refused(adjacency, 1) == ["none of the trace's leads to a logit, so nothing carries influence"] * 2


def test_a_trace_without_edges_is_refused() -> None:
    assert refused(np.zeros((4, 4)), 1) == ["the trace has none, so nothing carries influence"] * 2


@pytest.mark.parametrize(("source", "target"), [(1, 0), (2, 2), (5, 0), (0, 4)])
def test_a_trace_with_an_edge_that_does_not_go_up_is_refused(source: int, target: int) -> None:
    adjacency = by_hand()
    adjacency[target, source] = 1e-30
    why = f"one leads from node {source} to node {target}, which is in no later layer"
    assert refused(adjacency, 3) == [why] * 2


def test_an_imported_graph_s_edges_may_stay_in_a_layer_but_not_go_round() -> None:
    trace = in_rows(trace_of(dense_graph(by_hand(), 3, 1, 1, [1.0])))
    flat = replace(trace.nodes, layer=np.zeros(6, dtype=np.int64))
    imported = replace(trace, nodes=flat, record=trace.record.model_copy(update={"origin": "import"}))
    assert_same(prune(imported, 0.8, 0.98), prune(trace, 0.8, 0.98))
    adjacency = by_hand()
    adjacency[0, 1] = 1
    circle = in_rows(trace_of(dense_graph(adjacency, 3, 1, 1, [1.0]))).edges
    with pytest.raises(InvalidGraph, match="in no later layer"):
        prune(replace(imported, edges=circle), 0.8, 0.98)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_no_finite_number_is_refused(weight: float) -> None:
    adjacency = by_hand()
    adjacency[1, 0] = weight
    assert refused(adjacency, 3) == ["the weight of one into node 1 is no finite number"] * 2


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["node_threshold", "edge_threshold"])
def test_a_threshold_outside_0_to_1_is_refused(name: str, threshold: float) -> None:
    trace = trace_of(dense_graph(by_hand(), 3, 1, 1, [1.0]))
    with pytest.raises(InvalidRequest) as raised:
        prune(trace, **{"node_threshold": 0.5, "edge_threshold": 0.5, name: threshold})
    assert raised.value.parameter == name
