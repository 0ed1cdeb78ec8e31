"""A stored graph as a networkx graph, for other libraries' algorithms."""

from typing import TYPE_CHECKING, Any

import numpy as np

from queries.graph.attribution_graph import NODE_COLUMNS, AttributionGraph, ColumnType, NodeKind

if TYPE_CHECKING:
    import networkx as nx

NUMBERS = tuple(
    name
    for name, type, _ in NODE_COLUMNS
    if type in (ColumnType.INTEGER, ColumnType.REAL) and name != "input_total"
)
"""The columns of numbers; edges' weights and shares say what `input_total` does."""


def to_networkx(graph: AttributionGraph) -> "nx.DiGraph[int]":
    """Nodes are ordinals, with `key`, `kind` (word), `token`, `label` and the columns of `Nodes` in which they have a
    value. Edges have `weight`, `share` and `cost` = -log(share): the costs of a path sum to -log(its influence)."""
    import networkx as nx

    nodes, edges = graph.nodes, graph.edges
    drawn: nx.DiGraph[int] = nx.DiGraph(
        **graph.record.model_dump(mode="json", include={"id", "name", "prompt", "model"})
    )
    columns = {name: nodes.listed(name) for name in NUMBERS}
    words = zip(nodes.keys(graph.record.id), nodes.kind.tolist(), nodes.token, graph.labels, strict=True)
    for node, (key, kind, token, label) in enumerate(words):
        known: dict[str, Any] = {name: values[node] for name, values in columns.items()}
        known |= {"key": key, "kind": NodeKind(kind).word, "token": token, "label": label}
        drawn.add_node(node, **{name: value for name, value in known.items() if value is not None})
    with np.errstate(divide="ignore"):
        cost = -np.log(edges.share)
    values = (edges.source, edges.target, edges.weight, edges.share, cost)
    for source, target, weight, share, one in zip(*(column.tolist() for column in values), strict=True):
        drawn.add_edge(source, target, weight=weight, share=share, cost=one)
    return drawn
