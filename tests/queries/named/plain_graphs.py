"""Graphs as plain Python nodes and edges, over which the oracle loops."""

from typing import Any, NamedTuple

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.store.schema import feature_key

Row = dict[str, Any]


class Node(NamedTuple):
    ordinal: int
    key: str
    kind: NodeKind
    layer: int
    position: int
    token: str | None
    label: str | None
    feature: str | None
    activation: float
    probability: float
    influence: float


class Edge(NamedTuple):
    source: Node
    target: Node
    weight: float
    share: float


class Graph(NamedTuple):
    stored: AttributionGraph
    nodes: list[Node]
    edges: list[Edge]

    @property
    def id(self) -> str:
        return self.stored.record.id

    @property
    def about(self) -> Row:
        record = self.stored.record
        return {"graph": record.id, "name": record.name, "prompt": record.prompt}

    def of_kind(self, *kinds: NodeKind) -> list[Node]:
        return [node for node in self.nodes if node.kind in kinds]


def read(graph: AttributionGraph) -> Graph:
    record, columns = graph.record, graph.nodes
    nodes = [
        Node(
            ordinal=at,
            key=key,
            kind=NodeKind(columns.kind[at]),
            layer=int(columns.layer[at]),
            position=int(columns.position[at]),
            token=columns.token[at],
            label=columns.label[at],
            feature=feature_key(
                record.model, record.transcoder_set, int(columns.layer[at]), int(columns.index[at])
            )
            if columns.kind[at] == NodeKind.FEATURE
            else None,
            activation=float(columns.activation[at]),
            probability=float(columns.probability[at]),
            influence=float(columns.node_influence[at]),
        )
        for at, key in enumerate(columns.keys(record.id))
    ]
    effects = (getattr(graph.edges, column).tolist() for column in graph.edges.__slots__)
    edges = [Edge(nodes[a], nodes[b], weight, share) for a, b, weight, share in zip(*effects, strict=True)]
    return Graph(graph, nodes, edges)
