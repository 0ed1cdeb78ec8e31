"""Passes over an acyclic graph: sums and bests over all its paths, with one visit of each edge.

`queries.graph.kernels` holds the loops. An `Automaton` tracks the facts about a path that a pass needs, such as its
length.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from queries.graph.arrays import Bools, Floats, Ints


class CycleFound(ValueError):
    """The graph has a cycle: `nodes` lists the cycle's ordinals along its edges, each once."""

    def __init__(self, nodes: list[int]) -> None:
        self.nodes = nodes
        super().__init__(f"cycle through {len(nodes)} nodes")


class Goal(Enum):
    """The value by which a path is the best."""

    PRODUCT = "product"
    """The largest product of values, all above 0."""
    SUM = "sum"
    """The largest sum of values."""
    LEAST = "least"
    """The largest least value."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """The paths that a pass counts: a walk from a path's target back to its source changes state with every edge.

    shapes: step (kinds, 2, S) the state at an edge's source, from the state at its target; [:, 1] for edges of negative
    weight; -1 where the walk must not take the edge. kind (n_nodes,) the row of `step` for edges out of each node.
    accepts (S,) the states in which a path may begin.
    """

    step: npt.NDArray[np.int64]
    kind: Ints
    accepts: Bools

    def __len__(self) -> int:
        """The number of states."""
        return len(self.accepts)

    @classmethod
    def of_any_path(cls, n: int) -> "Automaton":
        """One state, which every path of a graph of `n` nodes keeps."""
        step, kind = np.zeros((1, 2, 1), dtype=np.int64), np.zeros(n, dtype=np.int64)
        return Automaton(step, kind, np.ones(1, dtype=np.bool_))


class AcyclicGraph:
    """`n` nodes and edges `source -> target` (ordinals). Raises `CycleFound`.

    Passes are fastest where edges are ordered by target.
    """

    def __init__(self, n: int, source: npt.NDArray[Any], target: npt.NDArray[Any]) -> None:
        self.n, self.source, self.target = n, source, target
        self.starts: Ints = np.zeros(n + 1, dtype=np.int64)
        np.cumsum(np.bincount(target, minlength=n), out=self.starts[1:])
        is_sorted = bool(np.all(target[1:] >= target[:-1]))
        self._by_target = None if is_sorted else np.argsort(target, kind="stable")
        self._sources = self.in_rows(source)
        self.order, self.level, cycle = _kernels().depth_first(self.starts, self._sources)
        """order: (n,) nodes after all their inputs. level: (n,) edges on the longest path into each node."""
        if len(cycle):
            raise CycleFound(cycle.tolist())

    @cached_property
    def _all_passable(self) -> Bools:
        return np.ones(self.n, dtype=np.bool_)

    @cached_property
    def _any_path(self) -> Automaton:
        return Automaton.of_any_path(self.n)

    def in_rows(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """(n_edges,) values in the order of the rows by target."""
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
        """(n,) for each node, the sum over all paths out of it: product of `value` * ends[last node].

        `passable` (n,): the nodes that a path may come through or lead to.
        """
        total: Floats = _kernels().sum_to(
            self.order,
            self.starts,
            self._sources,
            self.in_rows(value),
            ends.astype(np.float64),
            self._all_passable if passable is None else passable,
        )
        return total

    def sum_from(
        self,
        begin: Floats,
        value: Floats,
        passable: Bools | None = None,
        negative: Bools | None = None,
        states: Automaton | None = None,
    ) -> Floats:
        """(n, S) for each node and state, the sum over all paths into it: begin[first node] * product of `value`.

        Column s counts the paths that a walk from the target may still take when it arrives at the node in state s;
        without `states` (S = 1) it counts all paths. `negative` (n_edges,): the edges of negative weight.
        """
        total: Floats = _kernels().sum_into(*self._walks(begin, value, passable, negative, states))
        return total

    def best_from(
        self,
        goal: Goal,
        begin: Floats,
        value: Floats,
        passable: Bools | None = None,
        negative: Bools | None = None,
        states: Automaton | None = None,
    ) -> Floats:
        """(n, S) like `sum_from`, the best path by `goal` (a product's logarithm); -inf without one."""
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
        states: Automaton | None,
    ) -> tuple[Any, ...]:
        """The arguments that the kernels of `sum_from` and `best_from` share."""
        states = self._any_path if states is None else states
        return (
            self.order,
            self.starts,
            self._sources,
            self.in_rows(value),
            begin.astype(np.float64),
            self._all_passable if passable is None else passable,
            None if negative is None else self.in_rows(negative),
            states.step,
            states.kind,
            states.accepts,
        )


def _kernels() -> Any:
    """Imported on first use: numba takes half a second, and listing graphs does without."""
    from queries.graph import kernels

    return kernels
