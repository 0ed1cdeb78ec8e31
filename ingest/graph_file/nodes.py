"""The nodes of a graph file, and the node that a link means where two share an id."""

import math
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from queries.errors import InvalidGraph
from queries.graph.attribution_graph import NodeKind

Ordinals: TypeAlias = npt.NDArray[np.int32]

KINDS = {
    "cross layer transcoder": NodeKind.FEATURE,
    "per layer transcoder": NodeKind.FEATURE,
    "transcoder": NodeKind.FEATURE,
    "mlp reconstruction error": NodeKind.ERROR,
    "embedding": NodeKind.EMBEDDING,
    "logit": NodeKind.LOGIT,
}


@dataclass(frozen=True, slots=True)
class FileNode:
    """One node; `id` is its id in the file, `ordinal` its row once nodes are ordered by kind."""

    id: str
    ordinal: int
    kind: NodeKind
    layer: int
    position: int
    index: int
    token: str | None
    label: str | None
    activation: float
    probability: float
    cumulative_influence: float
    is_target_logit: bool


def read_nodes(entries: list[Any], tokens: list[str]) -> list[FileNode]:
    """The file's nodes, ordered by kind, within a kind as in the file. Raises InvalidGraph."""
    kinds = [_kind(entry, f"nodes[{number}]") for number, entry in enumerate(entries)]
    order = sorted(range(len(entries)), key=lambda number: kinds[number])
    nodes = [
        _read(entries[number], f"nodes[{number}]", kinds[number], ordinal, tokens)
        for ordinal, number in enumerate(order)
    ]
    if not any(node.kind == NodeKind.LOGIT for node in nodes):
        raise InvalidGraph("nodes", "there is no logit node, so nothing is predicted")
    top = {node.layer for node in nodes if node.kind == NodeKind.LOGIT}
    if len(top) > 1:
        raise InvalidGraph(
            "nodes", f"logit nodes are on several layers: {sorted(layer + 1 for layer in top)}"
        )
    _check_identity(nodes, order, top.pop())
    return nodes


def _check_identity(nodes: list[FileNode], order: list[int], n_layers: int) -> None:
    by_id: dict[str, list[tuple[FileNode, int]]] = {}
    by_place: dict[tuple[NodeKind, int, int, int], int] = {}
    for node, number in zip(nodes, order, strict=True):
        if node.kind in (NodeKind.FEATURE, NodeKind.ERROR) and not 0 <= node.layer < n_layers:
            raise InvalidGraph(
                f"nodes[{number}].layer", f"{node.layer} is not below the logits' layer, {n_layers + 1}"
            )
        place = (node.kind, node.layer, node.position, node.index)
        if place in by_place:
            raise InvalidGraph(
                f"nodes[{number}]",
                f"{node.id!r} is a second {node.kind.word} node of layer {node.layer}, position {node.position}, "
                f"index {node.index}; the first is nodes[{by_place[place]}]",
            )
        by_place[place] = number
        by_id.setdefault(node.id, []).append((node, number))
    for twins in by_id.values():
        # The format gives a layer-0 feature and an error node the same id; nothing else may share one.
        kinds = sorted(node.kind for node, _ in twins)
        allowed = kinds == [NodeKind.FEATURE, NodeKind.ERROR] and any(
            node.kind == NodeKind.FEATURE and node.layer == 0 for node, _ in twins
        )
        if len(twins) > 1 and not allowed:
            (node, number), (_, first) = twins[1], twins[0]
            raise InvalidGraph(f"nodes[{number}].node_id", f"{node.id!r} is also the id of nodes[{first}]")


class NodeIds:
    """Resolves the ids in links to nodes.

    An id that a feature and an error share means the feature as a target, since errors have no inputs. As a source it
    means the feature where the target is not above the error's layer, since the error cannot reach that target.
    """

    def __init__(self, nodes: list[FileNode]) -> None:
        """`nodes` come from `read_nodes`: features before errors, and only a feature and an error may share an id."""
        self.nodes = nodes
        self.ordinals: dict[str, int] = {}
        """The ordinal of the node that each id means; the feature's where two share the id."""
        kind = np.array([node.kind for node in nodes], dtype=np.int8)
        self._has_inputs = (kind == NodeKind.FEATURE) | (kind == NodeKind.LOGIT)
        self._has_outputs = kind != NodeKind.LOGIT
        self._layer = np.array([node.layer for node in nodes], dtype=np.int64)
        self._highest_target = np.full(len(nodes), np.iinfo(np.int64).max)
        """(n_nodes,) the highest layer of a target for which the node's id, as a source, means this node."""
        for node in nodes:
            meant = self.ordinals.setdefault(node.id, node.ordinal)
            if meant != node.ordinal:
                self._highest_target[meant] = node.layer

    def check(self, source: Ordinals, target: Ordinals, first: int) -> None:
        """Raises InvalidGraph, naming the link, where its ends cannot be linked or an id is ambiguous.

        source and target (n_links,) are values of `ordinals`; `first` is the number of the first link in the file.
        """
        no_inputs, no_outputs = ~self._has_inputs[target], ~self._has_outputs[source]
        ambiguous = self._layer[target] > self._highest_target[source]
        for link in np.flatnonzero(no_inputs | ambiguous | no_outputs):
            where = f"links[{first + link}]"
            out_of, into = self.nodes[source[link]], self.nodes[target[link]]
            if no_inputs[link]:
                raise InvalidGraph(
                    f"{where}.target", f"{into.id!r} is an {into.kind.word} node, which has no inputs"
                )
            if ambiguous[link]:
                raise InvalidGraph(
                    f"{where}.source",
                    f"{out_of.id!r} is the id of a feature and of an error node, and either can feed {into.id!r}",
                )
            raise InvalidGraph(f"{where}.source", f"{out_of.id!r} is a logit node, which has no outputs")


def _kind(entry: Any, where: str) -> NodeKind:
    if not isinstance(entry, dict):
        raise InvalidGraph(where, "must be an object")
    name = _field(entry, "feature_type", where)
    if not isinstance(name, str) or name not in KINDS:
        raise InvalidGraph(f"{where}.feature_type", f"{name!r} is not one of {', '.join(map(repr, KINDS))}")
    return KINDS[name]


def _read(entry: dict[str, Any], where: str, kind: NodeKind, ordinal: int, tokens: list[str]) -> FileNode:
    node_id = _field(entry, "node_id", where)
    if not isinstance(node_id, str):
        raise InvalidGraph(f"{where}.node_id", f"must be a string, not {node_id!r}")
    position = _integer(_field(entry, "ctx_idx", where), f"{where}.ctx_idx")
    if not 0 <= position < len(tokens):
        raise InvalidGraph(
            f"{where}.ctx_idx", f"{position} is not a position of the {len(tokens)} prompt tokens"
        )
    clerp = entry.get("clerp") or ""
    if not isinstance(clerp, str):
        raise InvalidGraph(f"{where}.clerp", f"must be a string, not {clerp!r}")
    layer, index, token, label = -1, 0, None, None
    if kind == NodeKind.EMBEDDING:
        index = _embedding_token(node_id, where)
        token = tokens[position]
    else:
        layer = _integer(_field(entry, "layer", where), f"{where}.layer")
    if kind == NodeKind.FEATURE:
        index = _feature_index(
            _integer(_field(entry, "feature", where), f"{where}.feature"), layer, node_id, where
        )
        label = clerp or None
    elif kind == NodeKind.LOGIT:
        if layer < 1:
            raise InvalidGraph(f"{where}.layer", f"logits are above all layers, so not on {layer}")
        layer -= 1  # the file leaves a layer between the last one and the logits
        index = _integer(_field(entry, "feature", where), f"{where}.feature")
        spelled = re.fullmatch(r'Output "(.*)" \(p=[\d.]+\)', clerp, re.DOTALL)
        token = spelled[1] if spelled else clerp or f"token {index}"
    return FileNode(
        id=node_id,
        ordinal=ordinal,
        kind=kind,
        layer=layer,
        position=position,
        index=index,
        token=token,
        label=label,
        activation=_real(entry, "activation", where) if kind == NodeKind.FEATURE else math.nan,
        probability=_probability(entry, where) if kind == NodeKind.LOGIT else math.nan,
        cumulative_influence=_real(entry, "influence", where),
        is_target_logit=bool(entry.get("is_target_logit", False)),
    )


def _field(entry: dict[str, Any], name: str, where: str) -> Any:
    if name not in entry:
        raise InvalidGraph(f"{where}.{name}", "missing")
    return entry[name]


def _integer(value: Any, where: str) -> int:
    """An integer, which the format also writes as a string (`layer`)."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise InvalidGraph(where, f"must be a whole number, not {value!r}")


def _real(entry: dict[str, Any], name: str, where: str) -> float:
    """A finite number; NaN where the field is missing or null."""
    value = entry.get(name)
    return math.nan if value is None else finite(value, f"{where}.{name}")


def _probability(entry: dict[str, Any], where: str) -> float:
    value = _real(entry, "token_prob", where)
    if value < 0.0 or value > 1.0 + 1e-6:  # a softmax in low precision can end a little above 1
        raise InvalidGraph(f"{where}.token_prob", f"must be between 0 and 1, not {value}")
    return value


def finite(value: Any, where: str) -> float:
    """A finite number as a float. Raises InvalidGraph."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # an integer of more than 308 digits
            raise InvalidGraph(where, "the number is too large") from None
        if math.isfinite(number):
            return number
    raise InvalidGraph(where, f"must be a finite number, not {value!r}")


def _embedding_token(node_id: str, where: str) -> int:
    spelled = re.fullmatch(r"E_(\d{1,15})_\d+", node_id)
    if not spelled:
        raise InvalidGraph(f"{where}.node_id", f"an embedding's is E_token_position, not {node_id!r}")
    return int(spelled[1])


def _feature_index(paired: int, layer: int, node_id: str, where: str) -> int:
    """The feature's index in its layer: from the Cantor pairing of layer and index, else from the id."""
    if paired >= 0:
        diagonal = (math.isqrt(8 * paired + 1) - 1) // 2
        index = paired - diagonal * (diagonal + 1) // 2
        if diagonal - index == layer:
            return index
    spelled = re.fullmatch(r"(\d{1,9})_(\d{1,15})_\d+", node_id)
    if spelled and int(spelled[1]) == layer:
        return int(spelled[2])
    raise InvalidGraph(
        f"{where}.feature",
        f"{paired} is not the pairing of layer {layer} with an index, nor does the id say it",
    )
