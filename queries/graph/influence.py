"""Influence, replacement score and completeness score of a graph, on the edges that exist.

Equal to circuit_tracer.graph.compute_node_influence and compute_graph_scores, which multiply dense matrices
until nothing is left: in an acyclic graph one pass does it.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import NodeKind

SMALLEST_SUM = 1e-10
"""Sums of |weight| into a node below this count as this (circuit_tracer.graph.normalize_matrix)."""


class GraphScores(NamedTuple):
    replacement: float
    completeness: float


def normalise(n: int, target: Ints, weight: Floats, smallest_sum: float = 0.0) -> tuple[Floats, Floats]:
    """|weight| over the sum of |weight| into the edge's target (n_edges,), and those sums (n,)."""
    absolute = np.abs(weight)
    sums: Floats = np.bincount(target, weights=absolute, minlength=n).astype(np.float64)
    return absolute / np.maximum(sums, smallest_sum)[target], sums


def node_influence(acyclic: AcyclicGraph, share: Floats, logit_weight: Floats) -> Floats:
    """(n,) the influence of each node on the logits, without what a logit is given to begin with.

    `logit_weight` (n,) holds each logit's probability, 0 elsewhere.
    """
    return acyclic.sum_to(logit_weight, share) - logit_weight


Kinds: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int8]]


def graph_scores(kind: Kinds, acyclic: AcyclicGraph, weight: Floats, logit_weight: Floats) -> GraphScores:
    """circuit_tracer.graph.compute_graph_scores; `kind` (n,), `weight` (n_edges,), `logit_weight` (n,)."""
    share, _ = normalise(acyclic.n, acyclic.target, weight, SMALLEST_SUM)
    influence = node_influence(acyclic, share, logit_weight)
    return scores_of_influence(kind, influence, influence + logit_weight)


def scores_of_influence(kind: Kinds, influence: Floats, output: Floats) -> GraphScores:
    """`output` (n,) is the influence with what a logit is given to begin with.

    Where neither tokens nor errors have influence (no edges at all) the replacement score is NaN, as circuit_tracer's.
    What errors hand in, which completeness leaves out, is their influence: the sum over all nodes of the errors' part
    of its inputs, times its output.
    """
    from_tokens = influence[kind == NodeKind.EMBEDDING].sum()
    from_errors = influence[kind == NodeKind.ERROR].sum()
    with np.errstate(invalid="ignore"):
        return GraphScores(
            replacement=float(from_tokens / (from_tokens + from_errors)),
            completeness=float(1.0 - from_errors / output.sum()),
        )
