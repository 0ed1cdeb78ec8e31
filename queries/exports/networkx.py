"""A stored graph as a networkx graph, for other libraries' algorithms, and as the JSON that networkx reads."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json

from queries.exports.pieces import AT_ONCE, listed
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
    """Nodes are ordinals, with `key`, `kind` (word), `token`, `label`, its origin, and the columns of `Nodes` in which
    they have a value. Edges have `weight`, `share` and `cost` = -log(share): the costs of a path sum to
    -log(its influence)."""
    import networkx as nx

    drawn: nx.DiGraph[int] = nx.DiGraph(None, **facts(graph))
    for node, attributes in enumerate(described_nodes(graph)):
        drawn.add_node(node, **attributes)
    for source, target, attributes in described_edges(graph):
        drawn.add_edge(source, target, **attributes)
    return drawn


def facts(graph: AttributionGraph) -> dict[str, str]:
    return graph.record.model_dump(mode="json", include={"id", "name", "prompt", "model"})


def described_nodes(graph: AttributionGraph) -> Iterator[dict[str, Any]]:
    """What is known of each node, in the order of ordinals."""
    nodes = graph.nodes
    columns = {name: nodes.listed(name) for name in NUMBERS}
    words = zip(
        nodes.keys(graph.record.id), nodes.kind.tolist(), nodes.token, graph.shown, nodes.site, strict=True
    )
    for node, (key, kind, token, label, site) in enumerate(words):
        known: dict[str, Any] = {name: values[node] for name, values in columns.items()}
        known |= {"key": key, "kind": NodeKind(kind).word, "token": token, "site": site}
        if label is not None:
            origin = label.origin
            known |= {"label": label.text, "label_source": origin.source, "label_by": origin.by}
        yield {name: value for name, value in known.items() if value is not None}


def described_edges(graph: AttributionGraph) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Source, target and what is known of each edge."""
    edges = graph.edges
    for begin in range(0, len(edges), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        with np.errstate(divide="ignore"):
            cost = -np.log(edges.share[some])
        columns = (edges.source[some], edges.target[some], edges.weight[some], edges.share[some], cost)
        for source, target, weight, share, one in zip(*(column.tolist() for column in columns), strict=True):
            yield source, target, {"weight": weight, "share": share, "cost": one}


def node_link_json(graph: AttributionGraph) -> Iterator[bytes]:
    """The JSON that `networkx.node_link_graph(…, edges="edges")` reads, in pieces. A node's id is its key; an edge
    whose share is too small for a cost has none."""
    keys = graph.nodes.keys(graph.record.id)
    yield to_json({"directed": True, "multigraph": False, "graph": facts(graph)})[:-1] + b',"nodes":['
    nodes = (
        {"id": known["key"]} | {name: value for name, value in known.items() if name != "key"}
        for known in described_nodes(graph)
    )
    yield from listed(nodes)
    yield b'],"edges":['
    edges = (
        {"source": keys[source], "target": keys[target]}
        | {name: value for name, value in known.items() if math.isfinite(value)}
        for source, target, known in described_edges(graph)
    )
    yield from listed(edges)
    yield b"]}"
