"""Groupings of a graph's nodes; paths through the same groups are added up."""

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeAlias

import numpy as np

from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.words import GroupBy, Unlabelled

UNLABELLED = "unlabelled"

_Shared: TypeAlias = tuple[Hashable, str | None] | None
"""The key that the nodes of a group share, and the group's name; None: the node is a group of its own."""


class Grouping(NamedTuple):
    """`number` (n_nodes,) each node's group, numbered by first node; `name` (n_groups,) the label, layer, position or
    supernode that a group's nodes share, None for a node that is a group of its own."""

    number: Ints
    name: list[str | None]


def group_nodes(graph: AttributionGraph, by: GroupBy, unlabelled: Unlabelled = "own") -> Grouping:
    """Group feature nodes. Every other node is a group of its own, unless a drawn supernode holds it. A node that
    several supernodes hold belongs to the first of them."""
    shared_by = _rule(graph, by)
    numbers: dict[Hashable, int] = {}
    names: list[str | None] = []
    number = np.empty(len(graph.nodes), dtype=np.int64)
    for node, kind in enumerate(graph.nodes.kind.tolist()):
        is_feature = kind == NodeKind.FEATURE
        shared = shared_by(node) if is_feature or by == "supernode" else None
        if shared is None and is_feature and unlabelled == "one" and by in ("label", "supernode"):
            shared = ((), UNLABELLED)
        key = ("node", node) if shared is None else ("group", shared[0])
        if key not in numbers:
            numbers[key] = len(names)
            names.append(shared and shared[1])
        number[node] = numbers[key]
    return Grouping(number, names)


def _rule(graph: AttributionGraph, by: GroupBy) -> Callable[[int], _Shared]:
    nodes = graph.nodes
    layer: list[int] = nodes.layer.tolist()
    position: list[int] = nodes.position.tolist()
    if by == "label":
        return lambda node: (label, label) if (label := graph.labels[node]) else None
    if by == "supernode":
        holder: dict[int, tuple[int, str]] = {}
        for place, supernode in enumerate(graph.supernodes):
            for node in supernode.members:
                holder.setdefault(node, (place, supernode.name))
        return holder.get
    if by == "feature":
        features = nodes.feature_ids()
        return lambda node: (features[node], graph.labels[node])
    if by == "layer":
        return lambda node: (layer[node], f"layer {layer[node]}")
    return lambda node: (position[node], f"position {position[node]}")
