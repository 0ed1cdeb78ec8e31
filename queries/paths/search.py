"""The k best paths through an acyclic graph, exactly: the search, over arrays.

1. One pass from the sources finds the best beginning of a path for every node, and for every state in which a walk
   back from the target may arrive at the node. It is exact: some path attains it.
2. Best-first search from the target, guided by that pass, therefore never visits a part of a path that no answer uses.
   It sorts a node's inputs when it first meets the node, and takes them one at a time: each step puts the next-best
   input of the same part on the heap, so that k paths of length l cost O(k l) heap operations.
3. Among equals the newest comes first, and a part that only rounding tells from the one it extends equals it.
   Otherwise the search would go through many equal paths breadth first, and not end.
4. Products are compared as sums of logarithms. A mean has no such bound over all lengths: a search for each length
   finds its best sums, in a state that counts down, and the searches of all lengths are merged. They need as many
   states as the longest path has edges.
"""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from queries.errors import InvalidRequest
from queries.graph.acyclic import AcyclicGraph, Goal
from queries.graph.arrays import Bools, Floats, Ints
from queries.limits import Limits
from queries.paths.states import LengthStates, PathStates
from queries.words import Sign

MAX_CELLS = 50_000_000
"""Values that a pass may hold, one for each node and state: 0.4 GB."""
ENTRY_BYTES = 250
"""Of one entry of the search's heap with its suffix, or of one input."""
FEWER = "ask for fewer paths, or for shorter ones"
ROUNDING = 1e-12
"""What rounding makes of equal worths: relative, of a product's."""


class Walk(NamedTuple):
    """A path: `nodes` from source to target, `edges` (rows of the problem's edges) between them."""

    nodes: tuple[int, ...]
    edges: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class PathProblem:
    """A set of paths of a graph.

    shapes: begin (n_nodes,) the nodes where a path may begin; ends (n_nodes,) the factor of a path that ends at a
    node, 0 where none may end; passable (n_nodes,) the nodes that a path may come through, or end at; through: for
    each item its nodes, of which a path must contain one, ends included; negative (n_edges,) the edges of negative
    weight, needed with a `sign`. Lengths are in edges; `max_length` None is any.
    """

    graph: AcyclicGraph
    begin: Bools
    ends: Floats
    passable: Bools
    through: list[Ints] = field(default_factory=list)
    sign: Sign | None = None
    negative: Bools | None = None
    min_length: int = 1
    max_length: int | None = None

    @cached_property
    def _lengths(self) -> tuple[int, int | None]:
        """The length limits, clamped to one edge more than the longest path has: each further length costs a state."""
        beyond = int(self.graph.level.max(initial=0)) + 1
        longest = None if self.max_length is None else min(self.max_length, beyond)
        return min(self.min_length, beyond), longest

    @cached_property
    def states(self) -> PathStates:
        """Raises InvalidRequest for too many states."""
        return self._states(LengthStates.between(*self._lengths))

    def _states(self, lengths: LengthStates) -> PathStates:
        n_states = len(lengths) * (1 if self.sign in (None, "all-positive") else 2) << len(self.through)
        if n_states * self.graph.n > MAX_CELLS:
            raise InvalidRequest(
                "through",
                f"what must be met ({len(self.through)} items), the lengths and the sign take {n_states:,} states for "
                f"each of {self.graph.n:,} nodes, which is too much memory: ask for fewer items, or for shorter paths",
            )
        return PathStates.of(self.graph.n, lengths, self.through, self.sign)

    def sum_of(self, value: Floats) -> float:
        """The sum over all the paths of the product of `value` (n_edges,)."""
        begin = self.begin.astype(np.float64)
        into = self.graph.sum_from(begin, value, self.passable, self.negative, self.states)
        return math.fsum(
            float(self.ends[node] * into[node, self.states.at_target(node)])
            for node in np.flatnonzero(self.ends).tolist()
        )

    def best(self, goal: Goal, value: Floats, k: int, limits: Limits) -> Iterator[Walk]:
        """At most k of the paths, best first by `goal` over `value` (n_edges,).

        `Goal.SUM` orders paths by their mean. The factors of `ends` count in a product only. Raises like `Limits`.
        """
        if goal is not Goal.SUM:
            yield from islice((walk for _, walk in self._search(goal, value, self.states, 0, k, limits)), k)
            return
        shortest, longest = self._lengths
        lengths = LengthStates.exactly(int(self.graph.level.max(initial=0)) if longest is None else longest)
        states = self._states(lengths)
        best = self._best(goal, value, states)

        def of_length(length: int) -> Iterator[tuple[float, Walk]]:
            for total, walk in self._search(goal, value, states, length, k, limits, best):
                yield total / length, walk

        every = map(of_length, range(shortest, len(lengths)))
        merged = heapq.merge(*every, key=lambda found: found[0], reverse=True)
        yield from islice((walk for _, walk in merged), k)

    def _best(self, goal: Goal, value: Floats, states: PathStates) -> Floats:
        begin = self.begin.astype(np.float64)
        return self.graph.best_from(goal, begin, value, self.passable, self.negative, states)

    def _search(
        self,
        goal: Goal,
        value: Floats,
        states: PathStates,
        length_state: int,
        k: int,
        limits: Limits,
        best: Floats | None = None,
    ) -> Iterator[tuple[float, Walk]]:
        """The goal's value and the walk of each path, best first. Only the first k are the best: rows hold k inputs."""
        rows = _Rows(self, goal, value, states, self._best(goal, value, states) if best is None else best, k)
        join = min if goal is Goal.LEAST else _add
        # A minimum is exact. Logarithms differ by what is relative in their products.
        relative, absolute = (
            0.0 if goal is Goal.LEAST else ROUNDING,
            ROUNDING if goal is Goal.PRODUCT else 0.0,
        )
        newest_first = count(step=-1)
        heap: list[tuple[float, int, float, int, int, int, _Suffix | None]] = []

        def push(
            so_far: float, node: int, state: int, rank: int, suffix: "_Suffix | None", most: float
        ) -> None:
            # An entry extends a suffix by its input `rank`, and is worth the best path that it begins: at most `most`.
            worths = rows[node, state].worth
            if rank < len(worths):
                worth = join(so_far, worths[rank])
                if math.isclose(worth, most, rel_tol=relative, abs_tol=absolute):
                    worth = most
                heapq.heappush(heap, (-worth, next(newest_first), so_far, node, state, rank, suffix))

        for node in np.flatnonzero((self.ends > 0.0) & self.passable).tolist():
            empty = {Goal.PRODUCT: math.log(self.ends[node]), Goal.SUM: 0.0, Goal.LEAST: math.inf}[goal]
            push(empty, node, states.at_target(node, length_state), 0, None, math.inf)
        n_held = 0
        try:
            while heap:
                limits.step()
                before, n_held = n_held, len(heap) + rows.n_inputs
                limits.hold((n_held - before) * ENTRY_BYTES, "k", FEWER)
                worth, _, so_far, node, state, rank, suffix = heapq.heappop(heap)
                push(so_far, node, state, rank + 1, suffix, -worth)
                inputs = rows[node, state]
                edge = inputs.edge[rank]
                if edge < 0:
                    yield -worth, _walk(node, suffix, self.graph.target)
                else:
                    joined = join(so_far, inputs.own[rank])
                    push(joined, inputs.source[rank], inputs.state[rank], 0, _Suffix(edge, suffix), -worth)
        finally:
            limits.hold(-n_held * ENTRY_BYTES, "k", FEWER)


class _Inputs(NamedTuple):
    """A node's inputs in a state, best first. Edge -1: the path begins at the node."""

    worth: list[float]
    """The goal's value for the best path over the edge, from the path's source to the node."""
    edge: list[int]
    source: list[int]
    state: list[int]
    """The walk's state at the edge's source."""
    own: list[float]
    """The edge's own value."""


class _Rows:
    """The k best inputs by node and state, sorted on first use."""

    def __init__(
        self, problem: PathProblem, goal: Goal, value: Floats, states: PathStates, best: Floats, k: int
    ) -> None:
        self._problem, self._goal, self._value, self._states = problem, goal, value, states
        self._best, self._k = best, k
        self._known: dict[tuple[int, int], _Inputs] = {}
        self.n_inputs = 0

    def __getitem__(self, at: tuple[int, int]) -> _Inputs:
        known = self._known.get(at)
        if known is None:
            known = self._known[at] = self._sorted_inputs(*at)
            self.n_inputs += len(known.edge)
        return known

    def _sorted_inputs(self, node: int, state: int) -> _Inputs:
        problem, states = self._problem, self._states
        row = problem.graph.row(node) if problem.passable[node] else slice(0, 0)
        edges: npt.NDArray[np.int64] = np.arange(row.start, row.stop) if isinstance(row, slice) else row
        far = problem.graph.source[row]
        signs = 0 if problem.negative is None else problem.negative[row].astype(np.int64)
        after = states.step[states.kind[far], signs, state]
        own = np.log(self._value[row]) if self._goal is Goal.PRODUCT else self._value[row]
        rest = np.where(after < 0, -np.inf, self._best[far, after])
        worth = np.minimum(own, rest) if self._goal is Goal.LEAST else own + rest
        possible = np.flatnonzero(rest > -np.inf)
        if len(possible) > self._k:
            possible = possible[np.argpartition(-worth[possible], self._k)[: self._k]]
        chosen = possible[np.argsort(-worth[possible], kind="stable")]
        inputs = _Inputs(
            worth[chosen].tolist(),
            edges[chosen].tolist(),
            far[chosen].tolist(),
            after[chosen].tolist(),
            own[chosen].tolist(),
        )
        if problem.begin[node] and states.accepts[state]:
            begun = math.inf if self._goal is Goal.LEAST else 0.0
            place = int(np.searchsorted(-worth[chosen], -begun))
            for column in (inputs.worth, inputs.own):
                column.insert(place, begun)
            for numbers in (inputs.edge, inputs.source, inputs.state):
                numbers.insert(place, -1)
        return inputs


class _Suffix(NamedTuple):
    """The end of a path, a linked list of edges up to the target."""

    edge: int
    after: "_Suffix | None"


def _add(one: float, other: float) -> float:
    return one + other


def _walk(node: int, suffix: _Suffix | None, target: Ints) -> Walk:
    nodes, edges = [node], []
    while suffix is not None:
        edges.append(suffix.edge)
        nodes.append(int(target[suffix.edge]))
        suffix = suffix.after
    return Walk(tuple(nodes), tuple(edges))


def rank_paths(
    source: npt.ArrayLike,
    target: npt.ArrayLike,
    value: npt.ArrayLike,
    starts: npt.ArrayLike,
    ends: npt.ArrayLike,
    *,
    k: int = 10,
    goal: Goal = Goal.PRODUCT,
    passable: npt.ArrayLike | None = None,
    min_length: int = 1,
    max_length: int | None = None,
) -> list[Walk]:
    """The k best paths of any acyclic graph, best first: for a notebook, from arrays alone.

    source, target (n_edges,): node numbers from 0. value (n_edges,): multiplied along a path (the default; above 0,
    such as shares of influence), averaged (Goal.SUM, such as weights), or the least of them taken (Goal.LEAST).
    starts, ends: the nodes where paths begin and end. passable: the nodes that paths may come through; all unless
    given. Lengths are in edges.

    Raises CycleFound, ValueError for columns of different lengths, and like `Limits`.
    """
    from_, to, values = np.asarray(source), np.asarray(target), np.asarray(value, dtype=np.float64)
    if not len(from_) == len(to) == len(values):
        raise ValueError(f"source, target and value have {len(from_)}, {len(to)} and {len(values)} entries")
    first, last = np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    n = 1 + max((int(nodes.max()) for nodes in (from_, to, first, last) if len(nodes)), default=-1)
    begin, end, through = np.zeros(n, dtype=np.bool_), np.zeros(n), np.ones(n, dtype=np.bool_)
    begin[first], end[last] = True, 1.0
    if passable is not None:
        through = end > 0.0
        through[np.asarray(passable, dtype=np.int64)] = True
    graph = AcyclicGraph(n, from_, to)
    problem = PathProblem(graph, begin, end, through, min_length=min_length, max_length=max_length)
    return list(problem.best(goal, values, k, Limits()))


def warm_up() -> None:
    """Load the compiled code that ranks by influence, or compile it: else the first question would wait for it."""
    edge = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)
    graph, ends = AcyclicGraph(2, *edge), np.array([0.0, 1.0])
    problem = PathProblem(graph, np.array([True, False]), ends, np.ones(2, dtype=np.bool_))
    value = np.ones(1)
    problem.sum_of(value)
    list(problem.best(Goal.PRODUCT, value, 1, Limits(seconds=math.inf)))  # compiles for as long as it takes
    graph.sum_to(ends, value)
