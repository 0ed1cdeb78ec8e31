"""The part of a target's influence that passes through a node, a pair of nodes, or a group, summed over all paths.

Flows are shares of the target's total influence, which is 1. Paths have at least one edge and contain their ends.
"""

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Bools, Floats, Ints
from queries.limits import Limits
from queries.paths.space import PathSpace


def node_flow(space: PathSpace) -> Floats:
    """(n_nodes,) the influence of the paths from the query's sources to its targets that contain each node."""
    problem = space.problem
    return _arriving(space) * _influence(space, problem.ends) - problem.begin * problem.ends


def pair_flow(space: PathSpace, via: int) -> Floats:
    """(n_nodes,) the influence of the paths that contain both `via` and each node, in either order."""
    if not 0 <= via < space.acyclic.n:
        raise InvalidRequest("via", f"the graph's nodes are 0 to {space.acyclic.n - 1}")
    only_via = np.zeros(space.acyclic.n)
    only_via[via] = 1.0
    arriving, influence = _arriving(space), _influence(space, space.problem.ends)
    before = arriving * _influence(space, only_via) * influence[via]
    after = arriving[via] * _arriving(space, only_via) * influence
    flow: Floats = before + after
    # Both terms count `via` itself; its flow is `node_flow`'s.
    flow[via] = arriving[via] * influence[via] - space.problem.begin[via] * space.problem.ends[via]
    return flow


def group_flow(space: PathSpace, group: Ints, limits: Limits) -> Floats:
    """(n_groups,) for each of the `group` (n_nodes,) numbers, the influence of the paths that contain a node of the
    group.

    Each path counts once: a group's flow is the total minus the total of the paths that avoid the group, which takes a
    pass for each group. Raises like `Limits`.
    """
    of_nodes = node_flow(space)
    sizes = np.bincount(group)
    flow = np.bincount(group, weights=of_nodes).astype(np.float64)
    total = _total(space, np.zeros(len(group), dtype=np.bool_))
    for number in np.flatnonzero((sizes > 1) & (flow > 0.0)).tolist():
        limits.check()
        flow[number] = total - _total(space, group == number)
    return flow


def _total(space: PathSpace, avoided: Bools) -> float:
    problem = space.problem
    begin = (problem.begin & ~avoided).astype(np.float64)
    ends = np.where(avoided, 0.0, problem.ends)
    arriving = space.acyclic.sum_from(begin, space.graph.edges.share, problem.passable & ~avoided)[:, 0]
    return float((arriving - begin) @ ends)


def _arriving(space: PathSpace, begin: Floats | None = None) -> Floats:
    """(n_nodes,) the influence that arrives at each node from the sources, or from `begin` (n_nodes,)."""
    starts = space.problem.begin.astype(np.float64) if begin is None else begin
    arriving: Floats = space.acyclic.sum_from(starts, space.graph.edges.share, space.problem.passable)[:, 0]
    return arriving


def _influence(space: PathSpace, ends: Floats) -> Floats:
    """(n_nodes,) each node's influence on `ends`, by paths without the nodes that the query avoids."""
    problem = space.problem
    influence = space.acyclic.sum_to(ends, space.graph.edges.share, problem.passable)
    return np.where(problem.begin | problem.passable, influence, 0.0)
