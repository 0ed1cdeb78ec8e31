"""How much of a target's influence passes through a node, a pair of nodes, or a group: sums over all paths at once.

All are shares of the target's total influence, which is 1. Paths have at least one edge; a path's ends are on it too.
"""

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Bools, Floats, Ints
from queries.paths.space import PathSpace


def node_flow(space: PathSpace) -> Floats:
    """(n_nodes,) the influence of the paths from the query's sources to its targets that contain each node."""
    problem = space.problem
    return _reach(space) * _influence(space, problem.ends) - problem.begin * problem.ends


def pair_flow(space: PathSpace, via: int) -> Floats:
    """(n_nodes,) the influence of the paths that contain both `via` and each node, in whatever order."""
    if not 0 <= via < space.acyclic.n:
        raise InvalidRequest("via", f"the graph's nodes are 0 to {space.acyclic.n - 1}")
    alone = np.zeros(space.acyclic.n)
    alone[via] = 1.0
    reach, influence = _reach(space), _influence(space, space.problem.ends)
    before = reach * _influence(space, alone) * influence[via]
    after = reach[via] * _reach(space, alone) * influence
    flow: Floats = before + after
    # Counted on both sides, as by `node_flow`.
    flow[via] = reach[via] * influence[via] - space.problem.begin[via] * space.problem.ends[via]
    return flow


def group_flow(space: PathSpace, group: Ints) -> Floats:
    """(n_groups,) the influence of the paths that contain at least one node of each of the `group` (n_nodes,) numbers.

    Each path counts once: what remains when those that avoid the group are taken away.
    """
    of_nodes = node_flow(space)
    sizes = np.bincount(group)
    flow = np.bincount(group, weights=of_nodes).astype(np.float64)
    total = _total(space, np.zeros(len(group), dtype=np.bool_))
    for number in np.flatnonzero((sizes > 1) & (flow > 0.0)).tolist():
        flow[number] = total - _total(space, group == number)
    return flow


def _total(space: PathSpace, avoided: Bools) -> float:
    problem = space.problem
    begin = (problem.begin & ~avoided).astype(np.float64)
    ends = np.where(avoided, 0.0, problem.ends)
    reach = space.acyclic.sum_from(begin, space.graph.edges.share, problem.passable & ~avoided)[:, 0]
    return float((reach - begin) @ ends)


def _reach(space: PathSpace, begin: Floats | None = None) -> Floats:
    """(n_nodes,) the influence that arrives at each node from the sources, or from where `begin` says."""
    starts = space.problem.begin.astype(np.float64) if begin is None else begin
    reach: Floats = space.acyclic.sum_from(starts, space.graph.edges.share, space.problem.passable)[:, 0]
    return reach


def _influence(space: PathSpace, ends: Floats) -> Floats:
    """(n_nodes,) each node's influence on `ends`, by paths that avoid what the query avoids."""
    problem = space.problem
    influence = space.acyclic.sum_to(ends, space.graph.edges.share, problem.passable)
    return np.where(problem.begin | problem.passable, influence, 0.0)
