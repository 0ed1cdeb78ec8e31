"""Automatic groups by brute force, from the definitions: every path walked, profiles as dictionaries."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Supernode, file_view
from queries.graph.features import FeatureId
from tests.support.graphs import Weights, all_paths, make_graph

Profile: TypeAlias = dict[object, float]
"""Parts by end: a unit, or another node's ordinal. They sum to 1."""


@dataclass(frozen=True)
class BruteUnit:
    nodes: tuple[int, ...]
    weight: float
    says: bool
    profiles: tuple[Profile, Profile, Profile]


def many_features(seed: int, n_features: int = 12, n_positions: int = 4) -> AttributionGraph:
    """A random graph whose features are active at several positions, some of them in the upper half of its 8 layers.
    It has errors, dead ends, and features that do not reach the target."""
    random = np.random.default_rng(seed)
    kinds = "E" * n_positions + "F" * n_features + "X" * int(random.integers(0, 3)) + "L" * 2
    weights: Weights = {}
    density = random.choice([0.2, 0.4, 0.7])
    for b, letter in enumerate(kinds):
        for a, other in enumerate(kinds):
            feeds = other in "EX" or (other == "F" and (letter == "L" or a < b))
            if letter in "FL" and feeds and random.random() < density:
                weights[a, b] = float(random.lognormal() * random.choice([1, -1]))
    graph = make_graph(kinds, weights, n_layers=8)
    feature = graph.nodes.of_kind(NodeKind.FEATURE)
    layer, position, index = (
        column.copy() for column in (graph.nodes.layer, graph.nodes.position, graph.nodes.index)
    )
    places = random.permutation(n_features * 2)[:n_features]
    layer[feature] = np.sort(places // n_positions % 6) + random.integers(0, 3)
    position[feature] = np.where(random.random(n_features) < 0.5, n_positions - 1, places % n_positions)
    index[feature] = np.arange(n_features) // random.integers(1, 4)
    keys = set(zip(layer[feature].tolist(), position[feature].tolist(), index[feature].tolist(), strict=True))
    if len(keys) < n_features:  # two nodes of one key
        index[feature] = np.arange(n_features)
    position[graph.nodes.kind == NodeKind.LOGIT] = n_positions - 1
    return replace(graph, nodes=replace(graph.nodes, layer=layer, position=position, index=index))


def reordered(
    graph: AttributionGraph, seed: int
) -> tuple[AttributionGraph, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The graph with its nodes and edges in another order, and (n_nodes,) the old ordinal of each of its nodes."""
    random = np.random.default_rng(seed)
    old = random.permutation(len(graph.nodes))
    new = np.empty_like(old)
    new[old] = np.arange(len(old))
    rows = random.permutation(len(graph.edges))
    edges = graph.edges
    supernodes = tuple(
        Supernode(one.name, tuple(new[list(one.members)].tolist())) for one in graph.supernodes
    )
    return (
        replace(
            graph,
            nodes=graph.nodes.take(old),
            edges=Edges(
                new[edges.source[rows]], new[edges.target[rows]], edges.weight[rows], edges.share[rows]
            ),
            views=file_view([], supernodes),
        ),
        old,
    )


def brute_units(
    graph: AttributionGraph, target: int
) -> tuple[dict[FeatureId, BruteUnit], dict[frozenset[FeatureId], float]]:
    """Units by feature, and the flow between each two of them over all flow between units."""
    nodes, edges = graph.nodes, graph.edges
    kind = nodes.kind.tolist()
    features = nodes.feature_ids()
    members: dict[FeatureId, list[int]] = {}
    for node in nodes.of_kind(NodeKind.FEATURE).tolist():
        members.setdefault(features[node], []).append(node)
    end: list[object] = [
        features[node] if kind[node] == NodeKind.FEATURE else node for node in range(len(kind))
    ]
    sources = {node for node in range(len(kind)) if kind[node] in (NodeKind.EMBEDDING, NodeKind.ERROR)}
    reach: list[Profile] = [defaultdict(float) for _ in kind]
    for node in nodes.of_kind(NodeKind.FEATURE).tolist():
        for path in all_paths(graph, node, sources=sources):
            first = path.nodes[0]
            reach[node]["errors" if kind[first] == NodeKind.ERROR else first] += path.score
    influence = defaultdict(float, {target: 1.0})
    every_feature = set(nodes.of_kind(NodeKind.FEATURE).tolist())
    for path in all_paths(graph, target, sources=every_feature):
        influence[path.nodes[0]] += path.score
    from_tokens = [math.fsum(part for at, part in one.items() if at != "errors") for one in reach]
    for node in nodes.of_kind(NodeKind.EMBEDDING).tolist():
        from_tokens[node] = 1.0
    inputs: list[Profile] = [defaultdict(float) for _ in kind]
    outputs: list[Profile] = [defaultdict(float) for _ in kind]
    between: dict[frozenset[FeatureId], float] = defaultdict(float)
    for a, b, share in zip(edges.source.tolist(), edges.target.tolist(), edges.share.tolist(), strict=True):
        inputs[b][end[a]] += share
        if kind[b] == NodeKind.FEATURE or b == target:
            outputs[a][end[b]] += share * influence[b]
        if kind[a] == kind[b] == NodeKind.FEATURE and features[a] != features[b]:
            between[frozenset((features[a], features[b]))] += from_tokens[a] * share * influence[b]
    flow = [
        from_tokens[node] * influence[node] if kind[node] == NodeKind.FEATURE else 0.0
        for node in range(len(kind))
    ]
    all_flow, all_between = math.fsum(flow) or 1.0, math.fsum(between.values()) or 1.0
    last = max(nodes.position.tolist())
    units = {}
    for feature, of_unit in members.items():
        weight = math.fsum(flow[node] for node in of_unit) / all_flow
        mass = {
            node: flow[node] / all_flow / weight if weight > 1e-9 else 1 / len(of_unit) for node in of_unit
        }
        at_last = math.fsum(mass[node] for node in of_unit if nodes.position[node] == last)
        units[feature] = BruteUnit(
            tuple(of_unit),
            max(weight, 1e-9),
            feature[0] >= graph.record.n_layers / 2 and at_last >= 0.5,
            (_mean(reach, mass), _mean(inputs, mass), _mean(outputs, mass)),
        )
    total = math.fsum(one.weight for one in units.values())
    return (
        {feature: replace(one, weight=one.weight / total) for feature, one in units.items()},
        {pair: value / all_between for pair, value in between.items()},
    )


def _mean(profiles: Sequence[Profile], mass: Mapping[int, float]) -> Profile:
    """The mean of nodes' profiles; that of a node with nothing in it is one entry, "nothing"."""
    mean: Profile = defaultdict(float)
    for node, part in mass.items():
        total = math.fsum(profiles[node].values())
        if total == 0.0:
            mean["nothing"] += part
        else:
            for at, value in profiles[node].items():
                mean[at] += part * value / total
    return {at: value for at, value in mean.items() if value > 0.0}


def together(units: Sequence[BruteUnit]) -> tuple[float, tuple[Profile, ...]]:
    """The weight and the mean profiles of several units."""
    weight = math.fsum(one.weight for one in units)
    means: list[Profile] = []
    for which in range(3):
        mean: Profile = defaultdict(float)
        for one in units:
            for at, value in one.profiles[which].items():
                mean[at] += one.weight / weight * value
        means.append(dict(mean))
    return weight, tuple(means)


def divergence(profile: Profile, mean: Profile) -> float:
    """Kullback-Leibler, in nats."""
    return math.fsum(value * math.log(value / mean[at]) for at, value in profile.items())


def lost(groups: Sequence[Sequence[BruteUnit]]) -> float:
    """The information of units about their profiles that the groups no longer tell, in nats: each unit's divergences
    from its group's means, times its weight."""
    total = 0.0
    for group in groups:
        _, means = together(group)
        total += math.fsum(
            one.weight * divergence(profile, mean)
            for one in group
            for profile, mean in zip(one.profiles, means, strict=True)
        )
    return total
