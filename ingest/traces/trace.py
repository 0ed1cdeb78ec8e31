"""The trace of a prompt: its whole, unpruned attribution as arrays. Needs no torch."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import Nodes
from queries.graph.records import AttributionRecord, Record

Sources: TypeAlias = npt.NDArray[np.uint16 | np.uint32]
Weights: TypeAlias = npt.NDArray[np.float32 | np.float64]
Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float32 | np.float64]]


@dataclass(frozen=True, eq=False)
class TraceEdges:
    """Direct effects in rows by target: the row of node t is `weight[starts[t] : starts[t + 1]]`.

    Sparse rows: `source` holds the source node of each weight, and no weight is 0. Dense rows: `source` is None, and a
    row has a weight for every node, in their order, 0 where there is no edge. Shapes: starts (n_nodes + 1,), sparse
    source and weight (n_edges,), dense weight (n_nodes * n_nodes,).
    """

    starts: Ints
    source: Sources | None
    weight: Weights

    @classmethod
    def dense(cls, adjacency: Matrix) -> "TraceEdges":
        """The edges of a matrix (row = target, column = source). A matrix in C order is not copied."""
        n = len(adjacency)
        return cls(np.arange(n + 1) * n, None, np.ascontiguousarray(adjacency).reshape(n * n))

    @property
    def n_nodes(self) -> int:
        return len(self.starts) - 1

    def count(self) -> int:
        """The number of edges."""
        return len(self.weight) if self.source is not None else int(np.count_nonzero(self.weight))

    def rows(self, first: int, end: int) -> tuple[Ints, Sources, Weights]:
        """Target, source and weight of the edges into the nodes from `first` to below `end`, by target, then source."""
        weight = self.weight[self.starts[first] : self.starts[end]]
        targets = np.arange(first, end)
        if self.source is not None:
            source = self.source[self.starts[first] : self.starts[end]]
            return np.repeat(targets, np.diff(self.starts[first : end + 1])), source, weight
        row, column = weight.reshape(end - first, self.n_nodes).nonzero()
        return targets[row], column.astype(source_type(self.n_nodes)), weight[weight != 0]


def source_type(n_nodes: int) -> type[np.uint16 | np.uint32]:
    """The smallest type that holds every source."""
    return np.uint16 if n_nodes <= 2**16 else np.uint32


class Cut(Record):
    """To what a trace was cut, and facts of the whole one. Its nodes keep their influences and input totals."""

    threshold: float
    """Of nodes and of edges: the share of their cumulative influence that was kept."""
    trace_id: str
    n_nodes: int
    n_edges: int
    n_features: int
    influence: float
    """The sum of all nodes' influence."""
    replacement_score: float | None
    completeness_score: float | None


class TraceRecord(AttributionRecord):
    """The record of a whole trace; for an imported file, with the supernodes and pins that people made."""

    cut: Cut | None = None
    """None: the trace is whole."""

    supernodes: list[tuple[str, list[int]]] = Field(default_factory=list)
    """Names and members; a member is a row of the trace's nodes."""
    pinned: list[int] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Trace:
    """An unpruned attribution graph.

    `nodes` are in circuit-tracer's order, or, from a file, by kind; their influences and input totals are not known
    yet, unless the trace was cut. `edges` is the adjacency matrix.
    """

    record: TraceRecord
    nodes: Nodes
    edges: TraceEdges

    @cached_property
    def logit_weight(self) -> Floats:
        """(n_nodes,) each logit's probability, 0 elsewhere: the influence that logits hand down."""
        return np.nan_to_num(self.nodes.probability)

    @cached_property
    def order(self) -> Ints:
        """(n_nodes,) the nodes, each after all its inputs. A model's own trace is ordered by layer; so is one with a
        cycle, which has no such order. Pruning checks the order."""
        if self.record.origin == "import" and self.edges.source is not None:
            from queries.graph.kernels import depth_first

            order: Ints
            order, _, cycle = depth_first(self.edges.starts, self.edges.source)
            if not len(cycle):  # with a cycle, the order is incomplete
                return order
        return np.argsort(self.nodes.layer, kind="stable")
