"""Passes over an acyclic graph: every sum or best over all its paths, in one sweep of its levels.

The level of a node is the number of edges on the longest path into it, so that edges always climb. A pass
visits the levels once, in order, with all edges of a level together; it is linear in the edges.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from queries.graph import Bools, Floats, Ints


class CycleFound(ValueError):
    """The graph is not acyclic: `nodes` is one of its cycles, as ordinals, first node not repeated."""

    def __init__(self, nodes: list[int]) -> None:
        self.nodes = nodes
        super().__init__(f"cycle through {len(nodes)} nodes")


@dataclass(frozen=True)
class LengthStates:
    """Which path lengths are allowed, as an automaton that counts the edges of a path.

    A path starts in state 0; each edge moves it from `s` to `step[s]` (-1: no further edge is allowed); it may
    end where `accepts[s]`. Only as many states as the limits need: counting stops at `min_length` where
    there is no `max_length`.
    """

    step: Ints
    accepts: Bools

    @classmethod
    def between(cls, min_length: int, max_length: int | None) -> "LengthStates":
        last = min_length if max_length is None else max_length
        step = np.arange(1, last + 2)
        step[last] = last if max_length is None else -1
        lengths = np.arange(last + 1)
        return cls(step, lengths >= min_length)

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, eq=False)
class _Sweep:
    """Edges in the order in which a pass visits them: by the level of their `here` end, then by node."""

    order: Ints
    here: Ints  # (n_segments,) the node whose edges a segment holds
    starts: Ints  # (n_segments + 1,) where each segment begins in `order`
    levels: list[slice]  # segments of one level, in the pass's direction


class AcyclicGraph:
    """`n` nodes and edges `source -> target` (ordinals). Raises `CycleFound`."""

    def __init__(self, n: int, source: Ints, target: Ints) -> None:
        self.n, self.source, self.target = n, source, target
        self.level = _levels(n, source, target)
        """(n,) edges on the longest path into each node."""

    @cached_property
    def inputs(self) -> tuple[Ints, Ints]:
        """(starts (n + 1,), edges (n_edges,)): node v's incoming edges are edges[starts[v]:starts[v + 1]]."""
        return _rows(self.n, self.target)

    @cached_property
    def outputs(self) -> tuple[Ints, Ints]:
        """(starts (n + 1,), edges (n_edges,)): node v's outgoing edges are edges[starts[v]:starts[v + 1]]."""
        return _rows(self.n, self.source)

    @cached_property
    def _upward(self) -> _Sweep:
        return _sweep(self.level, self.target, ascending=True)

    @cached_property
    def _downward(self) -> _Sweep:
        return _sweep(self.level, self.source, ascending=False)

    def sum_from(self, starts: Floats, weight: Floats) -> Floats:
        """(n,) for each node, the sum over all paths into it of starts[first node] * product of `weight`."""
        return self._pass(self._upward, self.source, starts[None], weight, _UNCOUNTED, np.add).ravel()

    def sum_to(self, ends: Floats, weight: Floats) -> Floats:
        """(n,) for each node, the sum over all paths out of it of product of `weight` * ends[last node]."""
        return self._pass(self._downward, self.target, ends[None], weight, _UNCOUNTED, np.add).ravel()

    def counted_sum_from(self, starts: Floats, weight: Floats, lengths: LengthStates) -> Floats:
        """(n_states, n) like `sum_from`, over the paths which end a walk that began in state s at the far end.

        Row s holds the paths into a node after which a walk of s edges from there to its target has an allowed
        length in all.
        """
        initial = np.where(lengths.accepts[:, None], starts[None], 0.0)
        return self._pass(self._upward, self.source, initial, weight, lengths.step, np.add)

    def least_cost_to(self, ends: Floats, cost: Floats, lengths: LengthStates) -> Floats:
        """(n_states, n) least sum of `cost` plus ends[last node] over the paths out of each node in state s."""
        initial = np.where(lengths.accepts[:, None], ends[None], np.inf)
        return self._pass(self._downward, self.target, initial, cost, lengths.step, np.minimum)

    def _pass(
        self, sweep: _Sweep, far_ends: Ints, initial: Floats, weight: Floats, step: Ints, reduce: np.ufunc
    ) -> Floats:
        """value[s, v] = reduce of initial[s, v] and, over v's edges, of weight joined to value[step[s], far end].

        Sums join by product, minima by sum: weights are shares there, costs here.
        """
        join: np.ufunc = np.multiply if reduce is np.add else np.add
        nothing = 0.0 if reduce is np.add else np.inf
        value = np.vstack([initial, np.full((1, self.n), nothing)])  # the last row is what step -1 leads to
        far, joined = far_ends[sweep.order], weight[sweep.order]
        for segments in sweep.levels:
            first, last = sweep.starts[segments.start], sweep.starts[segments.stop]
            reached = join(joined[first:last], value[step[:, None], far[None, first:last]])
            best = reduce.reduceat(reached, sweep.starts[segments] - first, axis=1)
            here = sweep.here[segments]
            value[:-1, here] = reduce(value[:-1, here], best)
        return value[:-1]


_UNCOUNTED = np.zeros(1, dtype=np.int64)  # one state that every edge returns to


def _rows(n: int, ends: Ints) -> tuple[Ints, Ints]:
    starts = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=n), out=starts[1:])
    return starts, np.argsort(ends, kind="stable")


def gather(rows: tuple[Ints, Ints], nodes: Ints) -> Ints:
    """The edges of several nodes, from `AcyclicGraph.inputs` or `outputs`, node after node."""
    starts, edges = rows
    lengths = starts[nodes + 1] - starts[nodes]
    before = np.repeat(starts[nodes] - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    chosen: Ints = edges[np.arange(len(before)) + before]
    return chosen


def _sweep(level: Ints, here: Ints, *, ascending: bool) -> _Sweep:
    of_edge = level[here] if ascending else -level[here]
    order = np.lexsort((here, of_edge))
    nodes, levels = here[order], of_edge[order]
    starts = np.concatenate(([True], nodes[1:] != nodes[:-1])).nonzero()[0] if len(order) else order
    bounds = np.concatenate(([True], levels[starts][1:] != levels[starts][:-1], [True])).nonzero()[0]
    slices = [slice(a, b) for a, b in pairwise(bounds)] if len(order) else []
    return _Sweep(order, nodes[starts], np.append(starts, len(order)), slices)


def _levels(n: int, source: Ints, target: Ints) -> Ints:
    level = np.zeros(n, dtype=np.int64)
    waiting = np.bincount(target, minlength=n)
    outputs = _rows(n, source)
    ready: npt.NDArray[np.int64] = np.flatnonzero(waiting == 0)
    n_done, current = 0, 0
    while len(ready):
        level[ready] = current
        n_done += len(ready)
        nodes, counts = np.unique(target[gather(outputs, ready)], return_counts=True)
        waiting[nodes] -= counts
        ready = nodes[waiting[nodes] == 0]
        current += 1
    if n_done < n:
        raise CycleFound(_cycle(waiting > 0, source, target))
    return level


def _cycle(unresolved: Bools, source: Ints, target: Ints) -> list[int]:
    """A cycle among nodes that each have an unresolved input: walk inputs until a node comes again."""
    inside = unresolved[source] & unresolved[target]
    an_input = dict(zip(target[inside].tolist(), source[inside].tolist(), strict=True))
    node, seen = next(iter(an_input)), dict[int, int]()
    while node not in seen:
        seen[node] = len(seen)
        node = an_input[node]
    walk = list(seen)[seen[node] :]
    return walk[::-1]
