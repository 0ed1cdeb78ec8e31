"""An attribution graph in memory: its record, columns of nodes and columns of edges.

Inside the program a node is named by its *ordinal*, its row in the columns; outside it by its *key*,
`graph/kind/layer/position/index`.
"""

import math
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.features import Explanation, FeatureId, best_texts
from queries.graph.records import GraphRecord


class NodeKind(IntEnum):
    EMBEDDING = 0
    FEATURE = 1
    ERROR = 2
    LOGIT = 3

    @property
    def word(self) -> str:
        """The kind as it is written in node keys and JSON."""
        return self.name.lower()


KIND_OF_WORD = {kind.word: kind for kind in NodeKind}
_WORDS = list(KIND_OF_WORD)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Columns (n_nodes,), one row a node; NaN or None where a value does not apply or is unknown.

    `layer` is -1 for embeddings and n_layers for logits. `index` is an embedding's token id, a feature's index in its
    layer of the transcoder set, 0 for an error, a logit's vocabulary index. `token` is the text of an embedding or
    logit. `label` is the graph's own label of a feature node (a file's `clerp`), which wins over its Feature's
    explanations. `input_total` is the sum of |weight| into the node over the unpruned trace (over the file, for an
    import).
    """

    kind: npt.NDArray[np.int8]
    layer: Ints
    position: Ints
    index: Ints
    token: list[str | None]
    label: list[str | None]
    activation: Floats
    probability: Floats
    is_target_logit: Bools
    node_influence: Floats
    cumulative_influence: Floats
    input_total: Floats

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, chosen: Ints) -> "Nodes":
        """The nodes of these ordinals, in their order."""
        columns: dict[str, Any] = {}
        for name in self.__slots__:
            values = getattr(self, name)
            columns[name] = [values[node] for node in chosen] if isinstance(values, list) else values[chosen]
        return Nodes(**columns)

    def of_kind(self, kind: NodeKind) -> Ints:
        """Ordinals of the nodes of one kind, ascending."""
        return np.flatnonzero(self.kind == kind)

    def keys(self, graph_id: str, ordinals: Ints | slice = slice(None)) -> list[str]:
        """The key of each node, or of each of the `ordinals`: `graph/kind/layer/position/index`."""
        return [
            f"{graph_id}/{_WORDS[kind]}/{layer}/{position}/{index}"
            for kind, layer, position, index in zip(
                self.kind[ordinals].tolist(),
                self.layer[ordinals].tolist(),
                self.position[ordinals].tolist(),
                self.index[ordinals].tolist(),
                strict=True,
            )
        ]


@dataclass(frozen=True, slots=True)
class Edges:
    """Columns (n_edges,): the direct effect of node `source` on node `target` (ordinals).

    `weight` is signed; `share` is |weight| over the target's `input_total`.
    """

    source: Ints
    target: Ints
    weight: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class Supernode:
    """Nodes that a person grouped under a name; `members` are ordinals."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A saved way of looking at a graph. `state` is JSON; node references in it are keys."""

    name: str
    revision: int
    state: dict[str, Any]


def nullable(values: Floats) -> list[float | None]:
    """A column as rows and JSON hold it: None for NaN."""
    return [None if math.isnan(value) else value for value in values.tolist()]


@dataclass(frozen=True, eq=False)
class AttributionGraph:
    record: GraphRecord
    nodes: Nodes
    edges: Edges
    supernodes: tuple[Supernode, ...] = ()
    views: tuple[View, ...] = ()
    explanations: dict[FeatureId, list[Explanation]] = field(default_factory=dict)

    @cached_property
    def acyclic(self) -> AcyclicGraph:
        """The graph's edges for passes over them, built once. Raises CycleFound."""
        return AcyclicGraph(len(self.nodes), self.edges.source, self.edges.target)

    @cached_property
    def labels(self) -> list[str | None]:
        """(n_nodes,) the text that shows and groups a feature node: the graph's own label, else its Feature's best
        explanation, else None. Nodes of other kinds keep their own label, which is None."""
        best, nodes = best_texts(self.explanations), self.nodes
        columns = (nodes.kind.tolist(), nodes.label, nodes.layer.tolist(), nodes.index.tolist())
        return [
            (own or best.get((layer, index))) if kind == NodeKind.FEATURE else own
            for kind, own, layer, index in zip(*columns, strict=True)
        ]
