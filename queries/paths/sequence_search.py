"""The search for the k best group sequences, exactly.

1. A sequence grows backwards from the targets. Its front group holds influence on the targets along the sequence, one
   value for each member and state. Where walks enter a group (at the targets too), e is what they bring, before they
   move inside the group.
2. One pass from the sources bounds what one sequence brings from the sources to a node m just entered. With h the group
   before m's own (END where a path begins in m's group), and v what an edge hands on,

       B_h(m)   = max over h' of (sum over n in h of v(n, m) B_h'(n)) + sum over n in m's own group of v(n, m) B_h(n)
       B_END(m) = (1 if a path may begin at m)                        + sum over n in m's own group of v(n, m) B_END(n)
       B(m)     = max over h of B_h(m)

   Then max over h of (sum over m of e(m) B_h(m)) is at least the score of each sequence that ends like this one. With
   the groups of a sequence in place of the maxima these sums are its exact score, and each maximum only raises them. If
   all groups are single nodes, the bound is the score of the best path.
3. Best first by that bound (by B in place of each B_h, while a search is easy). A popped sequence is closed over the
   edges inside its front group. If its paths can begin there, it is finished, with its exact score. Only the best of
   the groups before it waits on the heap, by the looser bound e(m) B(m). Once it is popped, the next best waits.
4. Among equal bounds the newest comes first, and a bound that only rounding tells from its sequence's equals it.
   Otherwise the search would go through many equal sequences breadth first, and not end.
"""

import heapq
import math
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Floats, Ints
from queries.limits import Limits
from queries.paths.search import PathProblem

if TYPE_CHECKING:
    from queries.paths.kernels import Bounds, Walks

EASY_STEPS = 20
"""Steps for each sequence asked for, after which a search is not easy: it begins again, with the bounds B_h. These cost
more than all other work of an easy one."""
MAX_BOUNDS = 8_000_000
"""Values of B_h that the pass may hold: 64 MB. Past it B stands for them, a looser bound."""
MAX_WORK = 500_000_000
"""Values of B_h that the pass may read: a second's work."""
END_BYTES = 900
"""Of one end, without its arrays' values."""
VALUE_BYTES = 16
"""Of one value that an end holds, or one bound, with its place."""
ENTRY_BYTES = 350
"""Of one entry of the heap."""

Groups = tuple[int, ...]
"""The groups of a sequence, from source to target."""


class _End(NamedTuple):
    """The end of sequences: what its front group holds, at node * S + state, and the groups before it, best first."""

    group: int
    after: "_End | None"
    spots: Ints
    held: Floats
    feeders: Ints
    bounds: Floats


class _Entry(NamedTuple):
    """What waits on the heap: a finished sequence, or the feeder `rank` of an end."""

    end: _End
    rank: int
    """-1: the end is a whole sequence."""
    is_tight: bool
    score: float


class SequenceSearch:
    """The k best sequences of the groups `group` (n_nodes,) by the sum of products of `value` (n_edges,), >= 0."""

    def __init__(self, problem: PathProblem, value: Floats, group: Ints, k: int, limits: Limits) -> None:
        self.k = k
        self._problem, self._limits, self._kernels = problem, limits, _kernels()
        n_groups, n_states = int(group.max(initial=-1)) + 1, len(problem.states)
        self._walks: Walks = _walks(problem, value, group, n_groups)
        self._bounds: Bounds = self._bound_sequences(0)
        # Scratch, zeros between calls.
        self._influence: Floats = np.zeros((problem.graph.n, n_states))
        self._sums: Any = self._kernels.no_sums(n_groups, 1)
        self._newest_first, self._n_bytes = count(step=-1), 0
        self._heap: list[tuple[float, int, _Entry]] = []
        self._best_scores: list[float] = []
        """The k best of the finished sequences, as a heap: nothing below the least of them is wanted."""

    def best(self) -> Iterator[tuple[float, Groups]]:
        """The score and the groups of each sequence, best first. Raises like `Limits`."""
        found: set[Groups] = set()
        try:
            self._begin()
            for n_steps in count():
                if n_steps == EASY_STEPS * self.k:
                    self._bounds = self._bound_sequences(MAX_BOUNDS)
                    self._begin()
                if not self._heap or len(found) == self.k:
                    break
                self._limits.step()
                bound, _, entry = heapq.heappop(self._heap)
                self._hold(-ENTRY_BYTES)
                if entry.rank >= 0:
                    self._extend(-bound, entry)
                elif (groups := _groups(entry.end)) not in found:
                    found.add(groups)
                    yield entry.score, groups
        finally:
            self._hold(-self._n_bytes)

    def _begin(self) -> None:
        self._heap.clear()
        self._best_scores.clear()
        self._hold(-self._n_bytes)
        ends, group = self._problem.ends, self._walks.group
        targets = np.flatnonzero(ends > 0.0)
        for number in np.unique(group[targets]).tolist():
            for node in targets[group[targets] == number].tolist():
                self._influence[node, self._problem.states.at_target(node)] = ends[node]
            self._close(number, None, self._bound(number))

    def _extend(self, bound: float, entry: _Entry) -> None:
        """Enter an end's feeder. If the bound of all its nodes together is below what waits, it waits once more."""
        end, number = entry.end, int(entry.end.feeders[entry.rank])
        if not entry.is_tight and entry.rank + 1 < len(end.feeders):
            self._push(float(end.bounds[entry.rank + 1]), _Entry(end, entry.rank + 1, False, 0.0))
        self._kernels.enter(number, end.spots, end.held, self._walks, self._influence)
        members = self.members(number)
        if not entry.is_tight and len(members) > 1:
            tight = self._bound(number)
            if tight < bound * self._kernels.ALIKE:
                bound = tight
                if self._heap and bound < -self._heap[0][0]:
                    self._influence[members] = 0.0
                    self._push(bound, entry._replace(is_tight=True))
                    return
        self._close(number, end, bound)

    def _close(self, number: int, after: _End | None, bound: float) -> None:
        """Close a group just entered; its sequence, and the best group before it, wait on the heap."""
        score, *held = self._kernels.close(
            number, self._walks, self._bounds.best, self._influence, self._sums, self._least, bound
        )
        end = _End(number, after, *held)
        self._hold(END_BYTES + VALUE_BYTES * (len(end.held) + len(end.feeders)))
        if score > 0.0:
            worth = bound if score >= bound * self._kernels.ALIKE else score
            self._push(worth, _Entry(end, -1, False, score))
            heapq.heappush(self._best_scores, score)
            if len(self._best_scores) > self.k:
                heapq.heappop(self._best_scores)
        if len(end.feeders):
            self._push(float(end.bounds[0]), _Entry(end, 0, False, 0.0))

    def _push(self, bound: float, entry: _Entry) -> None:
        if bound > 0.0 and bound >= self._least:
            heapq.heappush(self._heap, (-bound, next(self._newest_first), entry))
            self._hold(ENTRY_BYTES)

    def _hold(self, n_bytes: int) -> None:
        self._n_bytes += n_bytes
        self._limits.hold(n_bytes, "group_by", "ask for fewer sequences, or for single paths")

    def _bound_sequences(self, max_bounds: int) -> "Bounds":
        order = self._problem.graph.order
        bounds: Bounds = self._kernels.bound_sequences(order, self._walks, max_bounds, MAX_WORK)
        return bounds

    def _bound(self, number: int) -> float:
        bound: float = self._kernels.bound(number, self._walks, self._bounds, self._influence, self._sums)
        return bound

    def members(self, number: int) -> Ints:
        """The nodes of a group, each before its inputs."""
        starts = self._walks.member_starts
        return self._walks.members[starts[number] : starts[number + 1]]

    @property
    def _least(self) -> float:
        return self._best_scores[0] if len(self._best_scores) == self.k else 0.0


def _walks(problem: PathProblem, value: Floats, group: Ints, n_groups: int) -> "Walks":
    kernels, graph, states = _kernels(), problem.graph, problem.states
    source, negative = graph.in_rows(graph.source), problem.negative
    # By the groups of sources, then by targets: the second keeps the order of the first.
    _, by_source = kernels.sort_by(group[source], n_groups)
    _, by_target = kernels.sort_by(graph.in_rows(graph.target)[by_source], graph.n)
    rows = by_source[by_target]
    source = source[rows].astype(np.int64, copy=False)
    downwards = graph.order[::-1]
    member_starts, places = kernels.sort_by(group[downwards], n_groups)
    walks: Walks = kernels.Walks(
        starts=graph.starts,
        source=source,
        source_group=group[source],
        value=graph.in_rows(value)[rows],
        sign=np.zeros(len(rows), np.int8)
        if negative is None
        else graph.in_rows(negative)[rows].astype(np.int8),
        begin=problem.begin.astype(np.float64),
        passable=problem.passable,
        kind=states.kind,
        step=states.step,
        accepts=states.accepts,
        group=group,
        member_starts=member_starts,
        members=downwards[places],
    )
    return walks


def _groups(end: _End | None) -> Groups:
    groups = []
    while end is not None:
        groups.append(end.group)
        end = end.after
    return tuple(groups)


def warm_up() -> None:
    """Load the code of this search, compiling it once on a machine: the first question in groups would wait ten
    seconds."""
    graph = AcyclicGraph(4, np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3]))
    nodes = np.arange(4)
    problem = PathProblem(graph, nodes == 0, (nodes == 3).astype(np.float64), np.ones(4, dtype=np.bool_))
    limits = Limits(seconds=math.inf)  # a busy machine may compile for longer than a question may take
    list(SequenceSearch(problem, np.ones(4), np.array([0, 1, 1, 2]), 1, limits).best())


def _kernels() -> Any:
    """Imported on first use: numba takes half a second."""
    from queries.paths import kernels

    return kernels
