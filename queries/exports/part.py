"""A part of a stored graph, as a graph of its own: chosen nodes with the edges between them, or paths."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Supernode, View


def part(
    graph: AttributionGraph, nodes: Collection[int], edges: Collection[int] | None = None
) -> AttributionGraph:
    """The graph of these ordinals of nodes and edges; without `edges`, of all edges between the nodes.

    Weights and shares stay what they are in the whole. The part is another graph, so it has an id of its own.
    """
    kept: Ints = np.unique(np.array(list(nodes), dtype=np.int64))
    place = np.full(len(graph.nodes), -1)
    place[kept] = np.arange(len(kept))
    every = graph.edges
    if edges is None:
        chosen = np.flatnonzero((place[every.source] >= 0) & (place[every.target] >= 0))
    else:
        chosen = np.unique(np.array(list(edges), dtype=np.int64))
    own = Edges(
        place[every.source[chosen]], place[every.target[chosen]], every.weight[chosen], every.share[chosen]
    )
    taken = graph.nodes.take(kept)
    keys, old_id = taken.keys(""), graph.record.id
    digest = hashlib.sha256("\0".join((old_id, *keys)).encode())
    for column in (own.source, own.target, own.weight):
        digest.update(column.tobytes())
    new_id = digest.hexdigest()[:32]
    record = graph.record.model_copy(
        update={
            "id": new_id,
            "name": f"{graph.record.name} (part)",
            **{f"n_{kind.word}_nodes": len(taken.of_kind(kind)) for kind in NodeKind},
            "n_labelled_nodes": sum(
                taken.label[node] is not None for node in taken.of_kind(NodeKind.FEATURE)
            ),
            "n_edges": len(own),
            # Scores and traces are of the whole.
            **dict.fromkeys(("replacement_score", "completeness_score")),
            **dict.fromkeys(("pruned_replacement_score", "pruned_completeness_score")),
            **dict.fromkeys(("trace_id", "n_trace_nodes", "n_trace_edges")),
        }
    )
    there = {f"{old_id}{key}": f"{new_id}{key}" for key in keys}
    views = tuple(_part_of_view(view, there, place) for view in graph.views)
    features = set(taken.feature_ids())
    explanations = {one: told for one, told in graph.explanations.items() if one in features}
    return replace(
        graph,
        record=record,
        nodes=taken,
        edges=own,
        views=tuple(one for one in views if one.pinned or one.supernodes),
        explanations=explanations,
    )


def _part_of_view(view: View, there: Mapping[str, str], place: Ints) -> View:
    """What a view says of the nodes of a part: `there` has their keys by those in the whole, `place` their ordinals,
    -1 for other nodes."""
    pinned = [there[key] for key in view.pinned if key in there]
    supernodes = tuple(
        Supernode(one.name, members)
        for one in view.supernodes
        if (members := tuple(int(place[node]) for node in one.members if place[node] >= 0))
    )
    return replace(view, state={"pinned": pinned} if pinned else {}, supernodes=supernodes)


def pinned_nodes(graph: AttributionGraph) -> list[int]:
    """The ordinals of the nodes that the graph's view has pinned or draws together. Raises InvalidRequest."""
    if graph.view is None:
        raise InvalidRequest("view", "the graph has no view")
    at = {key: node for node, key in enumerate(graph.nodes.keys(graph.record.id))}
    pinned = [at[key] for key in graph.view.pinned if key in at]
    drawn = [node for one in graph.view.supernodes for node in one.members]
    if not pinned and not drawn:
        raise InvalidRequest("view", f"{graph.view.name!r} has no node pinned")
    return list(dict.fromkeys([*pinned, *drawn]))
