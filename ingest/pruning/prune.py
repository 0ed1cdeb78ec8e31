"""Pruning by cumulative influence: the masks of circuit_tracer.graph.prune_graph.

1. Node influence on the logits; nodes are kept from the strongest down until they carry `node_threshold` of the
   sum. Embeddings and logits always stay.
2. The same for the edges between the nodes kept, by the influence that flows along each, with `edge_threshold`.
3. Clean-up: features and errors without outputs, and features without inputs, are removed with their edges, until none
   is left.

Works in float64 on the trace's own edges, dense or sparse, and copies only those that it keeps. circuit_tracer's
float32 may cut elsewhere where a cumulative score is within 1e-6 of the threshold.
"""

from typing import Any, NamedTuple

import numpy as np

from ingest.traces.trace import Cut, Sources, Trace, TraceEdges, Weights, source_type
from queries.errors import InvalidGraph, InvalidRequest
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import NodeKind
from queries.graph.influence import GraphScores, scores_of_influence


class Measures(NamedTuple):
    """Measures of a whole trace. Node arrays are (n_nodes,)."""

    node_influence: Floats
    cumulative_influence: Floats
    input_total: Floats
    """The sum of |weight| into each node over the whole trace."""
    scores: GraphScores
    """circuit_tracer.graph.compute_graph_scores of the whole trace."""


class Pruning(NamedTuple):
    """The nodes and edges that pruning keeps, and the trace's `Measures`. Node arrays are (n_nodes,)."""

    node_mask: Bools
    edges: TraceEdges
    """The edges kept, as sparse rows over all nodes of the trace."""
    node_influence: Floats
    cumulative_influence: Floats
    input_total: Floats
    scores: GraphScores


class ScoredEdges(NamedTuple):
    """The edges between some nodes of a trace. An edge's score is |weight| over its target's `input_total`, times the
    target's `influence`. Node arrays are (n_nodes,)."""

    starts: Ints
    source: Sources | None
    weight: Weights
    keep: Floats
    """1 for these nodes, 0 for the others."""
    input_total: Floats
    influence: Floats
    """Each node's influence on the logits; a logit's includes its own weight. Undefined for nodes outside `keep`."""


def prune(trace: Trace, node_threshold: float, edge_threshold: float) -> Pruning:
    """Raises InvalidRequest for a threshold outside [0, 1], or above that of a trace that was cut; InvalidGraph for a
    trace without edges to a logit, for one whose edges do not go up in layers, and for weights that are no finite
    numbers."""
    was_cut = trace.record.cut
    for name, threshold in (("node_threshold", node_threshold), ("edge_threshold", edge_threshold)):
        if not 0.0 <= threshold <= 1.0:
            raise InvalidRequest(name, f"must be between 0 and 1, not {threshold}")
        if was_cut is not None and threshold > was_cut.threshold:
            why = f"the kept trace was cut at {was_cut.threshold:g}: more of it is not there"
            raise InvalidRequest(name, f"{threshold:g} is too much: {why}")
    if was_cut is None:
        measures = _measures(trace)
        least = node_cut(measures.node_influence, node_threshold)
        edge_share = edge_threshold
    else:
        measures = _known_measures(trace, was_cut)
        least = _known_node_cut(measures, was_cut, node_threshold)
        edge_share = edge_threshold / was_cut.threshold  # of what is left of the edges
    kind = trace.nodes.kind
    always = (kind == NodeKind.EMBEDDING) | (kind == NodeKind.LOGIT)
    between = score_edges(trace, always | (measures.node_influence >= least))
    node_mask, edges = clean_up(trace, between, edge_cut(between, edge_share))
    return Pruning(node_mask, edges, *measures)


def _measures(trace: Trace) -> Measures:
    unpruned = score_edges(trace, np.ones(trace.edges.n_nodes, dtype=np.bool_))
    influence = unpruned.influence - trace.logit_weight
    _check(trace, unpruned, influence)
    return Measures(
        influence,
        _cumulative(influence),
        unpruned.input_total,
        scores_of_influence(trace.nodes.kind, influence, unpruned.influence),
    )


def _known_measures(trace: Trace, cut: Cut) -> Measures:
    """Those that a trace had before it was cut."""
    nodes = trace.nodes
    scores = (np.nan if one is None else one for one in (cut.replacement_score, cut.completeness_score))
    return Measures(nodes.node_influence, nodes.cumulative_influence, nodes.input_total, GraphScores(*scores))


def _known_node_cut(measures: Measures, cut: Cut, threshold: float) -> float:
    """`node_cut` of the trace before it was cut."""
    held_by_larger = measures.cumulative_influence - measures.node_influence / cut.influence
    return float(
        measures.node_influence[held_by_larger < threshold].min(initial=measures.node_influence.max())
    )


def score_edges(trace: Trace, node_mask: Bools) -> ScoredEdges:
    """The edges between the nodes of the mask with their scores, from one pass over their rows."""
    edges, keep = (trace.edges.starts, trace.edges.source, trace.edges.weight), node_mask.astype(np.float64)
    return ScoredEdges(*edges, keep, *_kernels().hand_down(trace.order, *edges, keep, trace.logit_weight))


def node_cut(influence: Floats, threshold: float) -> float:
    """The smallest influence that is kept."""
    if threshold == 1.0:  # rounding must not drop the last nodes
        return 0.0
    return _least(influence, threshold, 0.0, influence.sum())


def edge_cut(edges: ScoredEdges, threshold: float) -> float:
    """The smallest score that is kept. Scores are summed in buckets; only the bucket with the cut is sorted."""
    kernels = _kernels()
    sums = kernels.score_buckets(*edges)
    held = np.append(np.cumsum(sums[::-1])[::-1], 0.0)  # sum of each bucket and all above it
    if threshold == 1.0 or held[0] == 0.0:  # where all scores are 0, all are kept
        return 0.0
    bucket = int(np.flatnonzero((held[:-1] / held[0] >= threshold) & (sums > 0.0))[-1])
    low, high = (np.array([bucket, bucket + 1]) << kernels.SHIFT).view(np.float64)
    return _least(kernels.scores_between(*edges, low, high), threshold, held[bucket + 1], held[0])


def clean_up(trace: Trace, edges: ScoredEdges, cut: float) -> tuple[Bools, TraceEdges]:
    """(n_nodes,) the nodes that have the inputs and outputs they need among the edges that score `cut` or more, and
    these edges between them."""
    needs_inputs = trace.nodes.kind == NodeKind.FEATURE
    needs_outputs = needs_inputs | (trace.nodes.kind == NodeKind.ERROR)
    kernels = _kernels()
    keep, starts = kernels.clean_up(trace.order, *edges, cut, needs_inputs, needs_outputs)
    source: Sources = np.empty(starts[-1], dtype=source_type(len(keep)))
    weight: Weights = np.empty(starts[-1], dtype=edges.weight.dtype)
    kernels.take(*edges._replace(keep=keep), cut, source, weight)
    return keep > 0.0, TraceEdges(starts, source, weight)


def _least(scores: Floats, threshold: float, before: float, total: float) -> float:
    """The last score that is needed when scores are added to `before`, the largest first, until the sum is the share
    `threshold` of `total`."""
    descending = np.sort(scores)[::-1]
    held = (before + np.cumsum(descending)) / total
    return float(descending[min(int(np.searchsorted(held, threshold)), len(scores) - 1)])


def _check(trace: Trace, edges: ScoredEdges, influence: Floats) -> None:
    source, target = _kernels().edge_against_order(trace.order, edges.starts, edges.source, edges.weight)
    if source >= 0:
        raise InvalidGraph(
            "edges", f"one leads from node {source} to node {target}, which is in no later layer"
        )
    unknown = np.flatnonzero(~np.isfinite(edges.input_total))
    if len(unknown):
        raise InvalidGraph("edges", f"the weight of one into node {unknown[0]} is no finite number")
    if not edges.input_total.any():
        raise InvalidGraph("edges", "the trace has none, so nothing carries influence")
    if not influence.any():
        raise InvalidGraph("edges", "none of the trace's leads to a logit, so nothing carries influence")


def _cumulative(scores: Floats) -> Floats:
    """(n,) the share of the sum that each score and all larger ones hold."""
    order = np.argsort(-scores, kind="stable")
    cumulative = np.empty_like(scores)
    cumulative[order] = np.cumsum(scores[order]) / scores.sum()
    return cumulative


def _kernels() -> Any:
    """Imported on first use: numba takes half a second, and reading graph files does without."""
    from ingest.pruning import kernels as pruning_kernels

    return pruning_kernels
