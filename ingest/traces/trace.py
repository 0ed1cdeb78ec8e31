"""A prompt's trace: the whole, unpruned attribution, as arrays. Needs no torch."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import Nodes
from queries.graph.records import AttributionRecord

Sources: TypeAlias = npt.NDArray[np.uint16 | np.uint32]
Weights: TypeAlias = npt.NDArray[np.float32 | np.float64]
Matrix: TypeAlias = np.ndarray[tuple[int, int], np.dtype[np.float32 | np.float64]]


@dataclass(frozen=True, eq=False)
class TraceEdges:
    """Direct effects as rows by target: those on node t are `weight[starts[t] : starts[t + 1]]`.

    `source` names the node that each comes from, and no weight is 0. Where it is None, rows are dense: as many
    weights as there are nodes, in their order, 0 where there is no edge. shapes: starts (n_nodes + 1,), source and
    weight (n_edges,), or dense weight (n_nodes * n_nodes,).
    """

    starts: Ints
    source: Sources | None
    weight: Weights

    @classmethod
    def dense(cls, adjacency: Matrix) -> "TraceEdges":
        """A matrix (row = target, column = source). Of one in C order nothing is copied."""
        n = len(adjacency)
        return cls(np.arange(n + 1) * n, None, np.ascontiguousarray(adjacency).reshape(n * n))

    @property
    def n_nodes(self) -> int:
        return len(self.starts) - 1

    def count(self) -> int:
        """How many edges there are."""
        return len(self.weight) if self.source is not None else int(np.count_nonzero(self.weight))

    def rows(self, first: int, end: int) -> tuple[Ints, Sources, Weights]:
        """Target, source and weight of the edges into the nodes `first` to `end`, by target, then source."""
        weight = self.weight[self.starts[first] : self.starts[end]]
        targets = np.arange(first, end)
        if self.source is not None:
            source = self.source[self.starts[first] : self.starts[end]]
            return np.repeat(targets, np.diff(self.starts[first : end + 1])), source, weight
        row, column = weight.reshape(end - first, self.n_nodes).nonzero()
        return targets[row], column.astype(source_type(self.n_nodes)), weight[weight != 0]


def source_type(n_nodes: int) -> type[np.uint16 | np.uint32]:
    """The smallest of the types in which a source is kept."""
    return np.uint16 if n_nodes <= 2**16 else np.uint32


class TraceRecord(AttributionRecord):
    """The record of a whole trace, with what people drew on an imported file's nodes."""

    supernodes: list[tuple[str, list[int]]] = Field(default_factory=list)
    """Names and members, by row of the trace's nodes."""
    pinned: list[int] = Field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Trace:
    """A whole attribution graph.

    `nodes` are in circuit-tracer's order, or in that of an imported file by kind; their influences and input totals are
    not yet known. `edges` is its adjacency matrix.
    """

    record: TraceRecord
    nodes: Nodes
    edges: TraceEdges

    @cached_property
    def logit_weight(self) -> Floats:
        """(n_nodes,) each logit's probability, 0 elsewhere: the influence that is handed down."""
        return np.nan_to_num(self.nodes.probability)

    @cached_property
    def order(self) -> Ints:
        """(n_nodes,) the nodes so that each comes after all its inputs: of a model's own trace, and where there can be
        no such order, by layer. Pruning looks whether it is one."""
        if self.record.origin == "import" and self.edges.source is not None:
            from queries.graph.kernels import depth_first

            order: Ints
            order, _, cycle = depth_first(self.edges.starts, self.edges.source)
            if not len(cycle):  # else it holds a part of the nodes
                return order
        return np.argsort(self.nodes.layer, kind="stable")
