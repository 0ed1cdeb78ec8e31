"""A graph in the order of its node keys, and the influence that flows through its nodes and edges to a target.

All sums of this room are in this order, so that the same graph gives the same groups, whatever the order of its rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Nodes


@dataclass(frozen=True, eq=False)
class Flow:
    """The flow from the embeddings through feature nodes to a target, whose influence is 1.

    `order` (n_nodes,) are the graph's ordinals by node key; all else is in that order. shapes: source, target, weight,
    share (n_edges,), rows by target; target_weight (n_nodes,) the factor of a path that ends at a node.
    """

    nodes: Nodes
    order: Ints
    source: Ints
    target: Ints
    weight: Floats
    share: Floats
    target_weight: Floats

    @classmethod
    def of(cls, graph: AttributionGraph, target_weight: Floats) -> Self:
        """The flow to the targets, whose factors are `target_weight` (n_nodes,), 0 for other nodes."""
        nodes, edges = graph.nodes, graph.edges
        sites = np.array([site or "" for site in nodes.site], dtype=np.str_)
        order = np.lexsort((sites, nodes.index, nodes.position, nodes.layer, nodes.kind))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        source, target = place[edges.source], place[edges.target]
        rows = np.lexsort((source, target))
        return cls(
            nodes=nodes.take(order),
            order=order,
            source=source[rows],
            target=target[rows],
            weight=edges.weight[rows],
            share=edges.share[rows],
            target_weight=target_weight[order],
        )

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def is_feature(self) -> Bools:
        features: Bools = self.nodes.kind == NodeKind.FEATURE
        return features

    @cached_property
    def into(self) -> Bools:
        """(n_nodes,) the nodes that paths come through or lead to."""
        into: Bools = self.is_feature | (self.target_weight > 0.0)
        return into

    @cached_property
    def acyclic(self) -> AcyclicGraph:
        return AcyclicGraph(len(self), self.source, self.target)

    @cached_property
    def embeddings(self) -> Ints:
        return self.nodes.of_kind(NodeKind.EMBEDDING)

    @cached_property
    def reach(self) -> Floats:
        """(n_nodes, n_embeddings + 1) the part of a node's inputs, followed back to where they start, that starts at
        each embedding, and in the last column at errors."""
        from queries.groups.kernels import reach_by_source

        column = np.full(len(self), -1)
        column[self.embeddings] = np.arange(len(self.embeddings))
        column[self.nodes.kind == NodeKind.ERROR] = len(self.embeddings)
        reach: Floats = reach_by_source(
            self.acyclic.order,
            self.acyclic.starts,
            self.source,
            self.share,
            self.into,
            column,
            len(self.embeddings) + 1,
        )
        return reach

    @cached_property
    def from_tokens(self) -> Floats:
        """(n_nodes,) the reach from all embeddings."""
        total: Floats = self.reach[:, :-1].sum(axis=1)
        return total

    @cached_property
    def influence(self) -> Floats:
        """(n_nodes,) each node's influence on the targets, which have their own factor."""
        return self.acyclic.sum_to(self.target_weight, self.share, self.into)

    @cached_property
    def of_nodes(self) -> Floats:
        """(n_nodes,) the flow through feature nodes, 0 for others."""
        flow: Floats = np.where(self.is_feature, self.from_tokens * self.influence, 0.0)
        return flow

    @cached_property
    def onwards(self) -> Floats:
        """(n_edges,) the influence that an edge hands down: its share of its target's."""
        onwards: Floats = np.where(self.into[self.target], self.share * self.influence[self.target], 0.0)
        return onwards

    @cached_property
    def of_edges(self) -> Floats:
        """(n_edges,) the flow along each edge."""
        flow: Floats = self.from_tokens[self.source] * self.onwards
        return flow
