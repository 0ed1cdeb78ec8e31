"""Passes over an acyclic graph: every sum or best over all its paths, in one visit of each edge.

`queries.graph.kernels` holds the loops. What a path must remember of itself on the way, such as its length, is a
`PathStates`.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from queries.graph.arrays import Bools, Floats, Ints
from queries.words import Sign


class CycleFound(ValueError):
    """The graph is not acyclic: `nodes` is one of its cycles, as ordinals, first node not repeated."""

    def __init__(self, nodes: list[int]) -> None:
        self.nodes = nodes
        super().__init__(f"cycle through {len(nodes)} nodes")


class Goal(Enum):
    """What makes one path better than another."""

    PRODUCT = "product"
    """A larger product of values, all of which are above 0."""
    SUM = "sum"
    """A larger sum of values."""
    LEAST = "least"
    """A larger least value."""


@dataclass(frozen=True)
class LengthStates:
    """Which path lengths are allowed, as an automaton that counts the edges of a path.

    An edge moves it from state `s` to `step[s]` (-1: no further edge is allowed); it may end where `accepts[s]`.
    """

    step: Ints
    accepts: Bools

    @classmethod
    def between(cls, min_length: int, max_length: int | None) -> "LengthStates":
        """Begun in state 0. Only as many states as the limits need: counting stops at `min_length` where there is
        no `max_length`."""
        last = min_length if max_length is None else max_length
        step = np.arange(1, last + 2)
        step[last] = last if max_length is None else -1
        lengths = np.arange(last + 1)
        return cls(step, lengths >= min_length)

    @classmethod
    def exactly(cls, longest: int) -> "LengthStates":
        """Begun in state s it allows paths of s edges, for every s up to `longest`."""
        return cls(np.arange(-1, longest), np.arange(longest + 1) == 0)

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, eq=False)
class PathStates:
    """What is remembered of a path on the walk from its target back to its source, as an automaton.

    A state is the path's length so far, whether the product of its weights is negative, and which of the items that
    it must come through it has met. shapes: step (kinds, 2, S), [:, 1] for negative edges, -1 where the walk may
    not go; kind (n_nodes,) each node's row of `step`; accepts (S,) whether a path may begin there; items (n_nodes,)
    the state of a walk that begins at a node and in the lengths' state 0.
    """

    step: npt.NDArray[np.int64]
    kind: Ints
    accepts: Bools
    items: Ints
    per_length: int
    """States of each state of the lengths."""

    @classmethod
    def of(cls, n: int, lengths: LengthStates, through: list[Ints], sign: Sign | None) -> "PathStates":
        """`through`: for each item, the nodes of which a path must come through at least one."""
        met = np.zeros(n, dtype=np.int64)
        for item, nodes in enumerate(through):
            met[nodes] |= 1 << item
        patterns, kind = np.unique(met, return_inverse=True)
        n_signs, n_met = 1 if sign in (None, "all-positive") else 2, 1 << len(through)
        length, negative, already = np.indices((len(lengths), n_signs, n_met))
        step = np.empty((len(patterns), 2, length.size), dtype=np.int64)
        for turns in (0, 1):
            after = lengths.step[length] * n_signs + (negative ^ turns if n_signs == 2 else 0)
            for row, pattern in enumerate(patterns):
                moved = np.where(lengths.step[length] < 0, -1, after * n_met + (already | pattern))
                step[row, turns] = moved.ravel()
        if sign == "all-positive":
            step[:, 1] = -1
        wanted = 1 if sign == "negative" else 0
        accepts = lengths.accepts[length] & (negative == wanted) & (already == n_met - 1)
        return cls(step, kind, accepts.ravel(), met, n_signs * n_met)

    def __len__(self) -> int:
        return len(self.accepts)

    def begun(self, node: int, length_state: int = 0) -> int:
        """The state of a walk that begins at a node."""
        return length_state * self.per_length + int(self.items[node])


class AcyclicGraph:
    """`n` nodes and edges `source -> target` (ordinals). Raises `CycleFound`.

    Passes are fastest where edges come in the order of their targets.
    """

    def __init__(self, n: int, source: npt.NDArray[Any], target: npt.NDArray[Any]) -> None:
        self.n, self.source, self.target = n, source, target
        self.starts: Ints = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=n), out=self.starts[1:])
        sorted_already = bool(np.all(target[1:] >= target[:-1]))
        self._by_target = None if sorted_already else np.argsort(target, kind="stable")
        self._sources = self._in_rows(source)
        self._order, self.level, cycle = _kernels().depth_first(self.starts, self._sources)
        """level: (n,) edges on the longest path into each node."""
        if len(cycle):
            raise CycleFound(cycle.tolist())

    @cached_property
    def _everywhere(self) -> Bools:
        return np.ones(self.n, dtype=np.bool_)

    def _in_rows(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values if self._by_target is None else values[self._by_target]

    def row(self, node: int) -> slice | Ints:
        """The edges into a node."""
        part = slice(int(self.starts[node]), int(self.starts[node + 1]))
        return part if self._by_target is None else self._by_target[part]

    def into(self, nodes: Ints) -> Ints:
        """The edges into several nodes, node after node."""
        lengths = self.starts[nodes + 1] - self.starts[nodes]
        before = np.repeat(self.starts[nodes] - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        places: Ints = np.arange(len(before)) + before
        return places if self._by_target is None else self._by_target[places]

    def sum_to(self, ends: Floats, value: Floats, passable: Bools | None = None) -> Floats:
        """(n,) for each node, the sum over all paths out of it of product of `value` * ends[last node].

        `passable` (n,): which nodes a path may come through or lead to.
        """
        total: Floats = _kernels().sum_to(
            self._order,
            self.starts,
            self._sources,
            self._in_rows(value),
            ends.astype(np.float64),
            self._everywhere if passable is None else passable,
        )
        return total

    def sum_from(
        self,
        begin: Floats,
        value: Floats,
        passable: Bools | None = None,
        negative: Bools | None = None,
        states: PathStates | None = None,
    ) -> Floats:
        """(n, S) for each node and state, the sum over all paths into it of begin[first node] * product of `value`.

        In column s are the paths that a walk from the target may still take from the node when it arrives there in
        state s; without `states` (S = 1) all of them. `negative` (n_edges,): the edges of negative weight.
        """
        total: Floats = _kernels().sum_into(*self._walks(begin, value, passable, negative, states))
        return total

    def count_from(
        self, begin: Bools, passable: Bools, negative: Bools | None, states: PathStates, modulus: int
    ) -> Ints:
        """(n, S) like `sum_from`, the number of those paths modulo a number below 2^31."""
        ways = self._ways(begin, passable, negative, states)
        counted: Ints = _kernels().count_into(self._order, self.starts, self._sources, *ways, modulus)
        return counted

    def best_from(
        self,
        goal: Goal,
        begin: Floats,
        value: Floats,
        passable: Bools | None = None,
        negative: Bools | None = None,
        states: PathStates | None = None,
    ) -> Floats:
        """(n, S) like `sum_from`, the best path by `goal` (of a product the logarithm); -inf where there is none."""
        kernels = _kernels()
        walks = self._walks(begin, value, passable, negative, states)
        best: Floats
        if goal is Goal.PRODUCT:
            best = kernels.best_product_into(*walks)
        else:
            wanted = kernels.LARGEST_SUM if goal is Goal.SUM else kernels.LARGEST_MINIMUM
            best = kernels.best_into(*walks, wanted)
        return best

    def _walks(
        self,
        begin: Floats,
        value: Floats,
        passable: Bools | None,
        negative: Bools | None,
        states: PathStates | None,
    ) -> tuple[Any, ...]:
        ways = self._ways(begin.astype(np.float64), passable, negative, states)
        return (self._order, self.starts, self._sources, self._in_rows(value), *ways)

    def _ways(
        self,
        begin: Floats | Bools,
        passable: Bools | None,
        negative: Bools | None,
        states: PathStates | None,
    ) -> tuple[Any, ...]:
        """Where walks begin and how they go on, as the kernels take it."""
        if states is None:
            states = PathStates.of(self.n, LengthStates.between(0, None), [], None)
        return (
            begin,
            self._everywhere if passable is None else passable,
            None if negative is None else self._in_rows(negative),
            states.step,
            states.kind,
            states.accepts,
        )


def _kernels() -> Any:
    """Imported when first needed: numba takes half a second, and what lists graphs needs none of it."""
    from queries.graph import kernels

    return kernels
