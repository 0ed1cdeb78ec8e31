"""Measures by which groupings of a graph's feature nodes are compared, in tests and in bench.

A grouping is a number for each node, of any range; nodes that are no features count as groups of their own.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from queries.exports.part import part
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind
from queries.graph.influence import normalise
from queries.limits import Limits
from queries.paths.flow import node_flow
from queries.paths.sequences import influence_covered
from queries.paths.space import PathQuery, PathSpace

Grouping: TypeAlias = Ints
"""(n_nodes,)"""


@dataclass(frozen=True, eq=False)
class Measured:
    """A graph with what its groupings are measured by, towards its default target."""

    graph: AttributionGraph

    @cached_property
    def space(self) -> PathSpace:
        return PathSpace(self.graph, PathQuery(k=10))

    @cached_property
    def is_feature(self) -> Bools:
        features: Bools = self.graph.nodes.kind == NodeKind.FEATURE
        return features

    @cached_property
    def flow(self) -> Floats:
        """(n_nodes,) the flow through feature nodes."""
        flow: Floats = np.where(self.is_feature, node_flow(self.space), 0.0)
        return flow

    @cached_property
    def matching(self) -> float:
        return self.space.totals().matching

    def with_singles(self, grouping: Grouping) -> Grouping:
        """The grouping as numbers from 0, with every node that is no feature a group of its own."""
        own = grouping.max(initial=0) + 1 + np.arange(len(grouping))
        return np.unique(np.where(self.is_feature, grouping, own), return_inverse=True)[1]

    def covered(self, grouping: Grouping) -> float:
        """cov10: the influence of the 10 best grouped sequences, over that of all paths."""
        return influence_covered(self.space, self.with_singles(grouping), Limits()) / self.matching

    def shuffled(self, grouping: Grouping, seed: int) -> Grouping:
        """The nodes dealt out to groups of the same sizes at random."""
        shuffled = grouping.copy()
        shuffled[self.is_feature] = np.random.default_rng(seed).permutation(grouping[self.is_feature])
        return shuffled

    def covered_shuffled(self, grouping: Grouping, n: int = 5) -> float:
        return math.fsum(self.covered(self.shuffled(grouping, seed)) for seed in range(n)) / n

    def variation(self, grouping: Grouping) -> tuple[float, float]:
        """(in, out): the flow-weighted total variation between a node's distribution of inputs (of influence handed
        down) over groups and its group's mean."""
        group, edges = self.with_singles(grouping), self.graph.edges
        into = self.space.into[edges.target]
        influence = self.space.influence + self.space.target_weight
        inputs, outputs = np.zeros((2, len(group), group.max() + 1))
        np.add.at(inputs, (edges.target, group[edges.source]), edges.share)
        onwards = np.where(into, edges.share * influence[edges.target], 0.0)
        np.add.at(outputs, (edges.source, group[edges.target]), onwards)
        return self._variation(group, inputs), self._variation(group, outputs)

    def _variation(self, group: Ints, parts: Floats) -> float:
        total = parts.sum(axis=1, keepdims=True)
        parts = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0.0)
        means = np.zeros((parts.shape[1], parts.shape[1]))
        np.add.at(means, group, self.flow[:, None] * parts)
        weight = np.bincount(group, weights=self.flow)[:, None]
        means = np.divide(means, weight, out=np.zeros_like(means), where=weight > 0.0)
        apart = 0.5 * np.abs(parts - means[group]).sum(axis=1)
        return float(self.flow @ apart / self.flow.sum())

    def biggest(self, grouping: Grouping) -> tuple[float, float]:
        """The largest parts that one group has: of the features' flow, and of the graph's nodes."""
        group = self.with_singles(grouping)
        flow = np.bincount(group, weights=self.flow).max() / self.flow.sum()
        return float(flow), float(np.bincount(group).max() / len(group))

    @cached_property
    def truth(self) -> dict[int, int]:
        """The supernode of each feature node that people put into one; of several, the first."""
        holder: dict[int, int] = {}
        for number, supernode in enumerate(self.graph.supernodes):
            for node in supernode.members:
                if self.is_feature[node]:
                    holder.setdefault(node, number)
        return holder

    def agreement(self, grouping: Grouping) -> tuple[float, float]:
        """(AMI, pair F1) with people's groups, on the nodes that are in one."""
        nodes = list(self.truth)
        one, other = grouping[nodes], np.array(list(self.truth.values()))
        return adjusted_mutual_information(one, other), pair_f1(one, other)

    def without_some(self, seed: int, share: float = 0.2) -> tuple["Measured", Ints]:
        """The graph without some of its feature nodes, as a file without them would be read, and (n_kept,) the ordinals
        of its nodes here."""
        features = np.flatnonzero(self.is_feature)
        n = round(share * len(features))
        dropped = np.random.default_rng(seed).choice(features, n, replace=False)
        kept = np.setdiff1d(np.arange(len(self.is_feature)), dropped)
        less = part(self.graph, kept.tolist())
        edges, weight = less.edges, less.edges.weight
        shares, _ = normalise(len(less.nodes), edges.target, weight)
        return Measured(replace(less, edges=Edges(edges.source, edges.target, weight, shares))), kept


def same_nodes(one: Measured, other: Measured) -> tuple[list[int], list[int]]:
    """The feature nodes that two graphs of near-equal prompts have in common, by feature and position from the end."""

    def keys(measured: Measured) -> dict[Hashable, int]:
        nodes, last = measured.graph.nodes, measured.graph.nodes.position.max()
        features = nodes.feature_ids()
        return {
            (features[node], int(last - nodes.position[node])): node
            for node in np.flatnonzero(measured.is_feature).tolist()
        }

    mine, theirs = keys(one), keys(other)
    common = [key for key in mine if key in theirs]
    return [mine[key] for key in common], [theirs[key] for key in common]


def _contingency(one: Ints, other: Ints) -> Ints:
    rows, columns = (np.unique(each, return_inverse=True)[1] for each in (one, other))
    table = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(table, (rows, columns), 1)
    return table


def adjusted_mutual_information(one: Ints, other: Ints) -> float:
    """AMI of two groupings of the same items (n,): mutual information beyond that of chance, over the mean of both
    entropies beyond it (Vinh, Epps and Bailey, 2010). 1: the same; 0: as good as chance."""
    table = _contingency(one, other)
    n, rows, columns = int(table.sum()), table.sum(axis=1).tolist(), table.sum(axis=0).tolist()
    if len(rows) == len(columns) == 1 or len(rows) == len(columns) == n:
        return 1.0

    def entropy(sizes: Sequence[int]) -> float:
        return -math.fsum(size / n * math.log(size / n) for size in sizes)

    mutual = math.fsum(
        table[a, b] / n * math.log(n * table[a, b] / (rows[a] * columns[b])) for a, b in np.argwhere(table)
    )
    log = [math.lgamma(k + 1) for k in range(n + 1)]
    expected = math.fsum(
        k / n * math.log(n * k / (a * b))
        * math.exp(
            log[a] + log[b] + log[n - a] + log[n - b] - log[n] - log[k] - log[a - k] - log[b - k] - log[n - a - b + k]
        )
        for a in rows
        for b in columns
        for k in range(max(1, a + b - n), min(a, b) + 1)
    )  # fmt: skip
    return (mutual - expected) / ((entropy(rows) + entropy(columns)) / 2.0 - expected)


def pair_f1(one: Ints, other: Ints) -> float:
    """F1 of pairs of items that are together in `one`, as a guess of those that are together in `other`."""
    table = _contingency(one, other)

    def pairs(sizes: Ints) -> int:
        return int((sizes * (sizes - 1) // 2).sum())

    guessed, true = pairs(table.sum(axis=0)), pairs(table.sum(axis=1))
    return 2 * pairs(table) / (guessed + true) if guessed + true else 1.0
