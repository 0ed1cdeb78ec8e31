"""A stored graph as a networkx graph, for other libraries' algorithms."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from queries.graph.attribution_graph import AttributionGraph, NodeKind

if TYPE_CHECKING:
    import networkx as nx

COLUMNS = (
    "layer",
    "position",
    "index",
    "activation",
    "probability",
    "node_influence",
    "cumulative_influence",
)


def to_networkx(graph: AttributionGraph) -> "nx.DiGraph[int]":
    """Nodes are ordinals, with `key`, `kind` (word), `token`, `label` and the columns of `Nodes` that they have a value
    of; edges have `weight`, `share` and `cost`, -log(share), of which a path's sum is -log(its influence)."""
    import networkx as nx

    nodes, edges = graph.nodes, graph.edges
    drawn: nx.DiGraph[int] = nx.DiGraph(
        **graph.record.model_dump(mode="json", include={"id", "name", "prompt", "model"})
    )
    columns = {name: getattr(nodes, name).tolist() for name in COLUMNS}
    words = zip(nodes.keys(graph.record.id), nodes.kind.tolist(), nodes.token, graph.labels, strict=True)
    for node, (key, kind, token, label) in enumerate(words):
        known: dict[str, Any] = {name: values[node] for name, values in columns.items()}
        known |= {"key": key, "kind": NodeKind(kind).word, "token": token, "label": label}
        drawn.add_node(node, **{name: value for name, value in known.items() if not _is_unknown(value)})
    with np.errstate(divide="ignore"):
        cost = -np.log(edges.share)
    values = (edges.source, edges.target, edges.weight, edges.share, cost)
    for source, target, weight, share, one in zip(*(column.tolist() for column in values), strict=True):
        drawn.add_edge(source, target, weight=weight, share=share, cost=one)
    return drawn


def _is_unknown(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
