"""Influence, replacement score and completeness score of a graph, from its edges alone.

The results equal circuit_tracer.graph.compute_node_influence and compute_graph_scores, which multiply dense matrices
until the product is zero; an acyclic graph needs one pass.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import NodeKind

SMALLEST_SUM = 1e-10
"""Least value for the sum of |weight| into a node (circuit_tracer.graph.normalize_matrix clamps to it)."""


class GraphScores(NamedTuple):
    replacement: float
    completeness: float


def normalise(n: int, target: Ints, weight: Floats, smallest_sum: float = 0.0) -> tuple[Floats, Floats]:
    """|weight| over the sum of |weight| into the edge's target (n_edges,), and the sums (n,)."""
    absolute = np.abs(weight)
    sums: Floats = np.bincount(target, weights=absolute, minlength=n).astype(np.float64)
    return absolute / np.maximum(sums, smallest_sum)[target], sums


def node_influence(acyclic: AcyclicGraph, share: Floats, logit_weight: Floats) -> Floats:
    """(n,) the influence of each node on the logits, without the weight that a logit starts with.

    `logit_weight` (n,) holds each logit's probability, 0 elsewhere.
    """
    return acyclic.sum_to(logit_weight, share) - logit_weight


Kinds: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int8]]


def graph_scores(kind: Kinds, acyclic: AcyclicGraph, weight: Floats, logit_weight: Floats) -> GraphScores:
    """Equal to circuit_tracer.graph.compute_graph_scores. `kind` (n,), `weight` (n_edges,), `logit_weight` (n,)."""
    share, _ = normalise(acyclic.n, acyclic.target, weight, SMALLEST_SUM)
    influence = node_influence(acyclic, share, logit_weight)
    return scores_of_influence(kind, influence, influence + logit_weight)


def scores_of_influence(kind: Kinds, influence: Floats, output: Floats) -> GraphScores:
    """The scores from `influence` (n,) and `output` (n,), the influence with the weight that a logit starts with.

    Without edges neither tokens nor errors have influence; the replacement score is then NaN, as in circuit_tracer.
    Completeness is 1 minus the errors' share: the sum over all nodes of output times the errors' part of the node's
    inputs equals the errors' influence.
    """
    from_tokens = influence[kind == NodeKind.EMBEDDING].sum()
    from_errors = influence[kind == NodeKind.ERROR].sum()
    with np.errstate(invalid="ignore"):
        return GraphScores(
            replacement=float(from_tokens / (from_tokens + from_errors)),
            completeness=float(1.0 - from_errors / output.sum()),
        )
