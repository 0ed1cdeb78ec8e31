"""Replacement and completeness score of a subgraph, as Neuronpedia's graph page counts them.

A feature that is left out counts as unexplained: what it sends on is added to the error node of its layer and position,
signed, and what it receives is dropped, as is all of it where there is no such error node.
"""

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.influence import GraphScores, graph_scores


def subgraph_scores(graph: AttributionGraph, kept: Bools) -> GraphScores | None:
    """The scores towards all logits, by their probabilities, of the graph with its `kept` (n_nodes,) features only.

    None where it has attention features, of which these scores say nothing, or no probabilities.
    """
    nodes, edges, n = graph.nodes, graph.edges, len(graph.nodes)
    if graph.record.attention_set is not None:
        return None
    is_logit = nodes.kind == NodeKind.LOGIT
    if not np.isfinite(nodes.probability[is_logit]).all():
        return None
    errors = {
        (int(nodes.layer[node]), int(nodes.position[node])): node
        for node in nodes.of_kind(NodeKind.ERROR).tolist()
        if nodes.site[node] is None
    }
    stands_for = np.arange(n)
    for node in np.flatnonzero((nodes.kind == NodeKind.FEATURE) & ~kept).tolist():
        stands_for[node] = errors.get((int(nodes.layer[node]), int(nodes.position[node])), -1)
    is_dropped = stands_for != np.arange(n)
    left = (stands_for[edges.source] >= 0) & ~is_dropped[edges.target]
    # Edges that now have the same ends are one.
    ends = edges.target[left] * n + stands_for[edges.source[left]]
    unique, place = np.unique(ends, return_inverse=True)
    weight = np.bincount(place, weights=edges.weight[left], minlength=len(unique)).astype(np.float64)
    acyclic = AcyclicGraph(n, unique % n, unique // n)
    return graph_scores(nodes.kind, acyclic, weight, np.where(is_logit, nodes.probability, 0.0))
