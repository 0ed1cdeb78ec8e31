"""Other ways to group a graph's feature nodes without labels, each as short as it can be.

Each takes a graph and a number of groups, and gives (n_nodes,) numbers; only those of feature nodes count.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import igraph
import numpy as np

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.groups.flow import Flow
from queries.groups.tree import Tree
from queries.groups.units import Units
from queries.paths.groups import find_groups
from queries.paths.space import PathQuery, PathSpace
from queries.words import GroupBy

Method: TypeAlias = Callable[[AttributionGraph, int], Ints]


def nothing(graph: AttributionGraph, _: int) -> Ints:
    return np.arange(len(graph.nodes))


def shared(by: GroupBy) -> Method:
    """Nodes that share what `by` names; the number of groups follows."""

    def method(graph: AttributionGraph, _: int) -> Ints:
        return find_groups(graph, PathSpace(graph, PathQuery()), by)[0].number

    return method


def chosen(graph: AttributionGraph, _: int) -> Ints:
    """Automatic groups, of their own number."""
    automatic = find_groups(graph, PathSpace(graph, PathQuery()), "auto")[1]
    return nothing(graph, 0) if automatic is None else automatic.number


class _WithoutFlow(Units):
    """Units of which merging knows no flow between."""

    def between(self) -> tuple[Ints, Ints, Floats]:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0)


def bottleneck(kind: type[Units], *, apart: bool = False) -> Method:
    """The information bottleneck; `apart`: units that say something are never merged with others."""

    def method(graph: AttributionGraph, n_groups: int) -> Ints:
        units = units_of(graph, kind)
        if not apart:
            units = replace(units, says=np.zeros(len(units), dtype=np.bool_))
        return _spread(units, Tree.of(units).cut(n_groups))

    return method


# -- clustering of features by what describes them


def described(describe: Callable[[Units], Floats], complete: bool = False) -> Method:
    """Agglomerative clustering of features by the cosine of what describes them: average or complete link."""

    def method(graph: AttributionGraph, n_groups: int) -> Ints:
        units = units_of(graph)
        return _spread(units, _linked(1.0 - _cosine(describe(units)), n_groups, complete))

    return method


def token_reach(units: Units) -> Floats:
    """(n_units, n_embeddings) the part of each feature's inputs that starts at each token."""
    return _mean(units, units.flow.reach[:, :-1])


def edge_profiles(units: Units) -> Floats:
    """(n_units, 2 n_nodes) signed weights in, and out, each of length 1: after Neuronpedia's pull request 229."""
    flow = units.flow
    incoming, outgoing = np.zeros((2, len(flow), len(flow)))
    incoming[flow.target, flow.source] = outgoing[flow.source, flow.target] = flow.weight
    return np.hstack([_unit(_mean(units, incoming)), _unit(_mean(units, outgoing))])


def tokens_by_logits(units: Units) -> Floats:
    """(n_units, n_embeddings * n_logits) token attribution times logit contribution: after ADAG."""
    flow = units.flow
    logits = flow.nodes.of_kind(NodeKind.LOGIT)
    signed = np.copysign(flow.share, flow.weight)
    to_logits = np.zeros((len(flow), len(logits)))
    for place, logit in enumerate(logits.tolist()):
        ends = np.zeros(len(flow))
        ends[logit] = 1.0
        to_logits[:, place] = flow.acyclic.sum_to(ends, signed, flow.is_feature | (ends > 0.0))
    outer = flow.reach[:, :-1, None] * to_logits[:, None, :]
    return _mean(units, outer.reshape(len(flow), -1))


def _linked(distance: Floats, n_groups: int, complete: bool) -> Ints:
    """(n,) the clusters that are left when the nearest two have been merged again and again."""
    n = len(distance)
    distance, size, group = distance.copy(), np.ones(n), np.arange(n)
    np.fill_diagonal(distance, np.inf)
    for _ in range(n - n_groups):
        one, other = sorted(divmod(int(distance.argmin()), n))
        rows = distance[[one, other]]
        weights = size[[one, other]] / size[[one, other]].sum()
        merged = rows.max(axis=0) if complete else weights @ np.where(np.isinf(rows), 0.0, rows)
        merged[np.isinf(rows).any(axis=0)] = np.inf
        distance[one], distance[:, one] = merged, merged
        distance[other], distance[:, other] = np.inf, np.inf
        size[one] += size[other]
        group[group == other] = one
    return group


# -- communities


def leiden(graph: AttributionGraph, n_groups: int) -> Ints:
    """Leiden communities of features linked by flow, at the resolution that gives the number of groups of several."""
    units = units_of(graph)
    sources, targets, flow = units.between()
    linked = igraph.Graph(len(units), np.stack([sources, targets], axis=1).tolist())
    low, high, best = 0.01, 100.0, np.zeros(len(units), dtype=np.int64)
    for _ in range(30):
        random.seed(0)  # igraph draws from here
        resolution = (low * high) ** 0.5
        found = linked.community_leiden(
            "modularity", weights=flow.tolist(), resolution=resolution, n_iterations=10
        )
        best = np.array(found.membership)
        n_found = int((np.bincount(best) > 1).sum())
        if n_found == n_groups:
            break
        low, high = (resolution, high) if n_found < n_groups else (low, resolution)
    return _spread(units, best)


def spectral(graph: AttributionGraph, n_groups: int) -> Ints:
    """Normalised spectral clustering (Ng, Jordan and Weiss) on the cosine of edge profiles."""
    units = units_of(graph)
    near = np.maximum(_cosine(edge_profiles(units)), 0.0)
    degree = near.sum(axis=1) ** -0.5
    _, vectors = np.linalg.eigh(degree[:, None] * near * degree)
    return _spread(units, _k_means(_unit(vectors[:, -n_groups:]), n_groups))


def _k_means(points: Floats, n_groups: int) -> Ints:
    """(n,) the nearest of centres that begin far from each other."""
    centres = points[:1]
    for _ in range(n_groups - 1):
        apart = ((points[:, None] - centres) ** 2).sum(axis=2).min(axis=1)
        centres = np.vstack([centres, points[apart.argmax()]])
    for _ in range(100):
        nearest: Ints = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        centres = np.stack(
            [
                points[nearest == at].mean(axis=0) if (nearest == at).any() else centres[at]
                for at in range(n_groups)
            ]
        )
    return nearest


# -- pieces


def units_of(graph: AttributionGraph, kind: type[Units] = Units) -> Units:
    flow = Flow.of(graph, PathSpace(graph, PathQuery()).target_weight)
    return kind.of(flow, np.ones(len(flow), dtype=np.bool_), graph.record.n_layers)


def _mean(units: Units, values: Floats) -> Floats:
    """(n_units, ...) means of nodes' values (n_nodes, ...), weighted by their flow."""
    is_in = units.of_node >= 0
    means = np.zeros((len(units), values.shape[1]))
    np.add.at(means, units.of_node[is_in], (units.mass[:, None] * values)[is_in])
    return means / units.weight[:, None]


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0.0)
    return unit


def _cosine(rows: Floats) -> Floats:
    unit = _unit(rows)
    cosine: Floats = unit @ unit.T
    return cosine


def _spread(units: Units, groups: Ints) -> Ints:
    """(n_nodes,) the numbers of the units' groups, in the order of the graph's nodes."""
    number = np.empty(len(units.flow), dtype=np.int64)
    number[units.flow.order] = np.where(units.of_node >= 0, groups[units.of_node], -1)
    return number


METHODS: dict[str, Method] = {
    "none": nothing,
    "same feature": shared("feature"),
    "token position": shared("position"),
    "layer": shared("layer"),
    "cosine of token reach, average link": described(token_reach),
    "signed in and out edge profiles, complete link": described(edge_profiles, complete=True),
    "the same, average link": described(edge_profiles),
    "token attribution x logit contribution": described(tokens_by_logits),
    "Leiden on flow": leiden,
    "spectral on edge profiles": spectral,
    "information bottleneck, no flow term": bottleneck(_WithoutFlow),
    "the same with the flow term": bottleneck(Units),
    "and what says something apart": bottleneck(Units, apart=True),
    "chosen: and what says something apart, own number": chosen,
}
