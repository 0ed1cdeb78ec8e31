"""The influence that paths carry through chosen nodes only, and what every node adds to it or takes from it."""

from typing import NamedTuple

import numpy as np

from queries.graph.arrays import Bools, Floats
from queries.paths.space import PathSpace


class Passing(NamedTuple):
    """The paths from sources to targets over at least one node between, all of which are chosen, as shares of the
    targets' influence.

    `explained` is what they carry. `arriving` and `leaving` (n_nodes,) are the sums over the paths from a source into a
    node, and from it to a target, whose other nodes are chosen; their product is what flows through a node: what it
    takes away if it is one of the chosen, what it would add alone if it is not.
    """

    explained: float
    arriving: Floats
    leaving: Floats

    @property
    def through(self) -> Floats:
        """(n_nodes,)"""
        return self.arriving * self.leaving


def passing(space: PathSpace, chosen: Bools, share: Floats | None = None) -> Passing:
    """`chosen` (n_nodes,). `share` (n_edges,): what a path multiplies, unless given the edges' shares.

    Two passes over the edges, and a sum over them for each.
    """
    problem, graph = space.problem, space.acyclic
    value: Floats = space.graph.edges.share if share is None else share
    inside = chosen & problem.passable & ~space.is_target
    begin = problem.begin.astype(np.float64)
    within = graph.sum_from(begin, value, inside)[:, 0]
    onwards = graph.sum_to(problem.ends, value, inside | space.is_target)
    onwards = np.where(inside | space.is_target, onwards, 0.0)
    starts = np.where(inside | problem.begin, within, 0.0)
    arriving = np.bincount(graph.target, weights=value * starts[graph.source], minlength=graph.n).astype(
        np.float64
    )
    leaving = np.bincount(graph.source, weights=value * onwards[graph.target], minlength=graph.n).astype(
        np.float64
    )
    # Paths of one edge have no node between, so begin at the first chosen node.
    explained = float(np.where(inside, begun(space, value), 0.0) @ onwards)
    return Passing(explained, arriving, leaving)


def begun(space: PathSpace, value: Floats) -> Floats:
    """(n_nodes,) the sum of `value` (n_edges,) over the edges from sources into each node."""
    graph, begin = space.acyclic, space.problem.begin.astype(np.float64)
    sums: Floats = np.bincount(graph.target, weights=value * begin[graph.source], minlength=graph.n).astype(
        np.float64
    )
    return sums
