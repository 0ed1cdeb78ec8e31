"""Pruning by cumulative influence: the masks of circuit_tracer.graph.prune_graph.

1. Node influence on the logits; nodes are kept from the strongest down until they carry `node_threshold` of the
   sum. Embeddings and logits always stay.
2. The same for the edges between the nodes kept, by the influence that flows along each, with `edge_threshold`.
3. Clean-up: features and errors without outputs, and features without inputs, go with their edges, until none is left.

Works in float64 on the edges that exist; circuit_tracer's float32 may cut elsewhere where a cumulative score
is within 1e-6 of the threshold.
"""

from typing import NamedTuple

import numpy as np

from ingest.trace import Trace
from queries.errors import InvalidGraph, InvalidRequest
from queries.graph import Bools, Floats, Ints, NodeKind
from queries.scores import SMALLEST_SUM, node_influence, normalise


class Pruning(NamedTuple):
    """What a pruning keeps. Node arrays are (n_nodes,), in the trace's order; edge arrays (n_edges,), over
    the trace's edges that are not 0."""

    node_mask: Bools
    edge_mask: Bools
    node_influence: Floats
    cumulative_influence: Floats


def prune(trace: Trace, node_threshold: float, edge_threshold: float) -> Pruning:
    """Raises InvalidRequest for a threshold outside [0, 1], InvalidGraph for a trace without edges to a logit."""
    for name, threshold in (("node_threshold", node_threshold), ("edge_threshold", edge_threshold)):
        if not 0.0 <= threshold <= 1.0:
            raise InvalidRequest(name, f"must be between 0 and 1, not {threshold}")
    if not len(trace.weight):
        raise InvalidGraph("edges", "the trace has none, so nothing carries influence")
    acyclic, weight, kind = trace.edges, trace.weight, trace.nodes.kind
    source, target, n, logit_weight = acyclic.source, acyclic.target, acyclic.n, trace.logit_weight
    share, _ = normalise(n, target, weight, SMALLEST_SUM)
    influence = node_influence(acyclic, share, logit_weight)
    if not influence.any():
        raise InvalidGraph("edges", "none of the trace's leads to a logit, so nothing carries influence")
    node_mask = _strongest(influence, node_threshold)
    always = (kind == NodeKind.EMBEDDING) | (kind == NodeKind.LOGIT)
    node_mask |= always

    between = node_mask[source] & node_mask[target]
    kept_share, _ = normalise(n, target, np.where(between, weight, 0.0), SMALLEST_SUM)
    through = node_influence(acyclic, kept_share, logit_weight) + logit_weight
    score = kept_share * through[target]
    edge_mask = between & _strongest(score, edge_threshold)

    needs_inputs = kind == NodeKind.FEATURE
    while True:
        has_outputs = _touched(n, source[edge_mask])
        has_inputs = _touched(n, target[edge_mask])
        kept = node_mask & (always | has_outputs) & (~needs_inputs | has_inputs)
        if np.array_equal(kept, node_mask):
            break
        node_mask = kept
        edge_mask &= node_mask[source] & node_mask[target]
    return Pruning(node_mask, edge_mask, influence, _cumulative(influence))


def _strongest(scores: Floats, threshold: float) -> Bools:
    """The fewest entries that hold `threshold` of the sum, and those equal to the least of them."""
    descending = -np.sort(-scores)
    total = descending.sum()
    # Rounding must not end the sum a little early; and where all are 0, none is stronger.
    if threshold == 1.0 or total == 0.0:
        return np.ones(len(scores), dtype=np.bool_)
    cumulative = np.cumsum(descending) / total
    cut = min(int(np.searchsorted(cumulative, threshold)), len(scores) - 1)
    strong: Bools = scores >= descending[cut]
    return strong


def _cumulative(scores: Floats) -> Floats:
    """(n,) the share of the sum held by an entry and all stronger ones."""
    order = np.argsort(-scores, kind="stable")
    cumulative = np.empty_like(scores)
    cumulative[order] = np.cumsum(scores[order]) / scores.sum()
    return cumulative


def _touched(n: int, ends: Ints) -> Bools:
    return np.bincount(ends, minlength=n) > 0
