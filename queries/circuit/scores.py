"""Replacement and completeness score of a subgraph, as Neuronpedia's graph page counts them.

A feature that is left out counts as unexplained: what it sends on is added to the error node of its layer and position,
signed, and what it receives is dropped, as is all of it where there is no such error node.
"""

from functools import cached_property

import numpy as np

from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.influence import SMALLEST_SUM, GraphScores


class SubgraphScores:
    """The scores towards all logits, by their probabilities, of a graph with some of its features only.

    What is left out becomes an input of an error node's targets, which have no inputs of their own; so one pass over
    the graph's own edges is enough, whichever features are kept.
    """

    def __init__(self, graph: AttributionGraph) -> None:
        nodes, edges = graph.nodes, graph.edges
        self._graph, n = graph, len(nodes)
        is_logit = nodes.kind == NodeKind.LOGIT
        self.are_known = graph.record.attention_set is None and bool(
            np.isfinite(nodes.probability[is_logit]).all()
        )
        """Of graphs with attention features these scores say nothing, and they need probabilities."""
        self._logit_weight: Floats = np.where(is_logit, np.nan_to_num(nodes.probability), 0.0)
        self._is_feature: Bools = nodes.kind == NodeKind.FEATURE
        error = _errors(graph)
        # The inputs that are errors or may become some; those of one error are summed before their size counts.
        self._as_error: Ints = np.flatnonzero(error[edges.source] >= 0)
        ends = edges.target[self._as_error] * n + error[edges.source[self._as_error]]
        merged, self._place = np.unique(ends, return_inverse=True)
        self._target: Ints = merged // n

    @cached_property
    def whole(self) -> GraphScores | None:
        """Of the whole graph."""
        return self.of(self._is_feature)

    def of(self, kept: Bools) -> GraphScores | None:
        """With the `kept` (n_nodes,) features only; None where they are not known."""
        if not self.are_known:
            return None
        graph, n = self._graph, len(self._graph.nodes)
        edges, kind = graph.edges, graph.nodes.kind
        is_dropped = self._is_feature & ~kept
        is_error = kind == NodeKind.ERROR
        into = ~is_dropped[edges.target]
        size = np.where(into & ~is_dropped[edges.source] & ~is_error[edges.source], np.abs(edges.weight), 0.0)
        moved = (into & (is_error | is_dropped)[edges.source])[self._as_error]
        from_error = np.bincount(
            self._place,
            weights=np.where(moved, edges.weight[self._as_error], 0.0),
            minlength=len(self._target),
        )
        errors = np.bincount(self._target, weights=np.abs(from_error), minlength=n)
        total = np.maximum(np.bincount(edges.target, weights=size, minlength=n) + errors, SMALLEST_SUM)
        output = graph.acyclic.sum_to(self._logit_weight, size / total[edges.target])
        errors_influence = float(output @ (errors / total))
        tokens_influence = float(output[kind == NodeKind.EMBEDDING].sum())
        all_output = float(output[~is_error].sum()) + errors_influence
        with np.errstate(invalid="ignore", divide="ignore"):
            return GraphScores(
                replacement=float(np.float64(tokens_influence) / (tokens_influence + errors_influence)),
                completeness=float(1.0 - np.float64(errors_influence) / all_output),
            )


def _errors(graph: AttributionGraph) -> Ints:
    """(n_nodes,) the error node that each feature becomes, and each error is; -1 where there is none."""
    nodes = graph.nodes
    place = list(zip(nodes.layer.tolist(), nodes.position.tolist(), strict=True))
    errors = nodes.of_kind(NodeKind.ERROR).tolist()
    at = {place[node]: node for node in errors if nodes.site[node] is None}
    error: Ints = np.full(len(nodes), -1)
    for node in nodes.of_kind(NodeKind.FEATURE).tolist():
        error[node] = at.get(place[node], -1)
    error[errors] = errors
    return error
