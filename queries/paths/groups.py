"""Groupings of a graph's nodes; paths through the same groups are added up."""

from collections.abc import Callable, Hashable
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import FeatureId
from queries.groups.automatic import AutomaticGroups, Grown, kept_beside
from queries.paths.flow import node_flow
from queries.paths.space import PathQuery, PathSpace
from queries.words import GroupBy, Unlabelled

UNLABELLED = "unlabelled"
WITH_UNLABELLED = ("label", "supernode")
"""What leaves feature nodes without a group."""
SHARED_FLOW = 0.5
MAX_EDGES = 5_000_000
"""Of a graph that is grouped automatically: they take some ten seconds and 2 GB."""

_Shared: TypeAlias = tuple[Hashable, str | None] | None
"""The key that the nodes of a group share, and the group's name; None: the node is a group of its own."""


class Grouping(NamedTuple):
    """`number` (n_nodes,) each node's group, numbered by first node; `name` (n_groups,) the label, layer, position or
    supernode that a group's nodes share, or an automatic group's name, None for a node that is a group of its own."""

    number: Ints
    name: list[str | None]


def group_nodes(
    graph: AttributionGraph,
    by: GroupBy,
    unlabelled: Unlabelled = "own",
    automatic: AutomaticGroups | None = None,
) -> Grouping:
    """Group feature nodes. Every other node is a group of its own, unless a drawn supernode holds it. A node that
    several supernodes hold belongs to the first of them. The `automatic` groups are those of `automatic_groups`."""
    shared_by = _rule(graph, by)
    number_of = [] if automatic is None else automatic.number.tolist()
    numbers: dict[Hashable, int] = {}
    names: list[str | None] = []
    number = np.empty(len(graph.nodes), dtype=np.int64)
    for node, kind in enumerate(graph.nodes.kind.tolist()):
        is_feature = kind == NodeKind.FEATURE
        shared = shared_by(node) if is_feature or by == "supernode" else None
        if shared is None and automatic is not None and number_of[node] >= 0:
            shared = (("auto", number_of[node]), automatic.names[number_of[node]])
        if shared is None and is_feature and unlabelled == "one" and by in WITH_UNLABELLED:
            shared = ((), UNLABELLED)
        key = ("node", node) if shared is None else ("group", shared[0])
        if key not in numbers:
            numbers[key] = len(names)
            names.append(shared and shared[1])
        number[node] = numbers[key]
    return Grouping(number, names)


def is_automatic(by: GroupBy | Literal["none"], unlabelled: Unlabelled) -> bool:
    """Whether a grouping has automatic groups."""
    return by == "auto" or (unlabelled == "auto" and by in WITH_UNLABELLED)


def find_groups(
    graph: AttributionGraph,
    space: PathSpace,
    by: GroupBy,
    unlabelled: Unlabelled = "own",
    n_groups: int | None = None,
) -> tuple[Grouping, AutomaticGroups | None]:
    """The groups of a space's nodes, and those of them that are automatic, `n_groups` or their own number of them. The
    space is the graph's."""
    automatic = automatic_groups(graph, space, by, n_groups) if is_automatic(by, unlabelled) else None
    return group_nodes(graph, by, unlabelled, automatic), automatic


def automatic_groups(
    graph: AttributionGraph, space: PathSpace, by: GroupBy, n_groups: int | None
) -> AutomaticGroups:
    """Automatic groups of the feature nodes that `by` puts into no group, towards the targets of the space, which is
    the graph's; so many, or of their own number. What takes time is kept beside the graph.

    Raises InvalidRequest for a graph of too many edges, which only a whole trace has.
    """
    if len(graph.edges) > MAX_EDGES:
        raise InvalidRequest(
            "group_by" if by == "auto" else "unlabelled",
            f"automatic groups take graphs of up to {MAX_EDGES:,} edges, and this trace has {len(graph.edges):,}: ask "
            "for them of the pruned graph",
        )
    shared_by = _rule(graph, by)
    nodes = range(len(graph.nodes))
    among = np.array([shared_by(node) is None for node in nodes], dtype=np.bool_)
    key = (*space.targets.tolist(), space.query.rather_than, among.tobytes())
    grown = kept_beside(graph, key, lambda: Grown(space.graph, space.target_weight, among))
    return grown.groups(graph, n_groups)


def default_grouping(graph: AttributionGraph) -> Literal["label", "auto"]:
    """What groups a graph's nodes where nobody says: `label` where labels that several features share carry half of the
    features' flow to the default target, else `auto`. Labels that all differ are names, not groups."""
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    flow = np.where(is_feature, node_flow(PathSpace(graph, PathQuery())), 0.0)
    features = graph.nodes.feature_ids()
    labelled: dict[str, set[FeatureId]] = {}
    for node in np.flatnonzero(is_feature).tolist():
        if label := graph.labels[node]:
            labelled.setdefault(label, set()).add(features[node])
    is_shared = np.array([len(labelled.get(label or "", ())) > 1 for label in graph.labels], dtype=np.bool_)
    shared = float(flow[is_feature & is_shared].sum())
    return "label" if shared > 0.0 and shared >= SHARED_FLOW * float(flow.sum()) else "auto"


def _rule(graph: AttributionGraph, by: GroupBy) -> Callable[[int], _Shared]:
    nodes = graph.nodes
    layer: list[int] = nodes.layer.tolist()
    position: list[int] = nodes.position.tolist()
    if by == "auto":
        return lambda _: None
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
