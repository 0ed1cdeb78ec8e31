"""The nodes of a graph file."""

import math
import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ingest.graph_file.faults import Faults
from ingest.graph_file.spelling import (
    MAX_LAYERS,
    finite,
    flag,
    index_in_id,
    index_in_number,
    logit_in_id,
    quoted,
    spelled_logit,
    text,
    token_text,
    whole,
)
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import NodeKind


class NodeType(NamedTuple):
    """`site`: as in `Nodes`."""

    kind: NodeKind
    site: str | None = None


ATTENTION, BIAS, UNEXPLORED = "attn", "bias", "unexplored"

TYPES = {
    "cross layer transcoder": NodeType(NodeKind.FEATURE),
    "per layer transcoder": NodeType(NodeKind.FEATURE),
    "transcoder": NodeType(NodeKind.FEATURE),
    "mlp reconstruction error": NodeType(NodeKind.ERROR),
    "lorsa": NodeType(NodeKind.FEATURE, ATTENTION),
    "lorsa error": NodeType(NodeKind.ERROR, ATTENTION),
    "bias": NodeType(NodeKind.ERROR, BIAS),
    "unexplored node": NodeType(NodeKind.ERROR, UNEXPLORED),
    "unknown": NodeType(NodeKind.ERROR, UNEXPLORED),
    "embedding": NodeType(NodeKind.EMBEDDING),
    "logit": NodeType(NodeKind.LOGIT),
}

UNKNOWN_TOKEN = -1
"""The token id of an embedding, or below it of a logit, whose file does not say it."""


@dataclass(frozen=True, slots=True)
class FileNode:
    """One node; `id` is its id in the file and `view_id` its other one (`jsNodeId`), `entry` its place there, `ordinal`
    its row once nodes are ordered by kind."""

    id: str
    view_id: str | None
    entry: int
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
    site: str | None
    tracing: Any
    """An attention feature's `qk_tracing_results`, not yet checked."""

    @property
    def place(self) -> str:
        """The end of the node's key."""
        site = f"/{self.site}" if self.site else ""
        return f"{self.kind.word}/{self.layer}/{self.position}/{self.index}{site}"


def read_nodes(entries: list[Any], tokens: list[str], n_layers: int | None, faults: Faults) -> list[FileNode]:
    """The file's nodes, ordered by kind, within a kind as in the file. `n_layers`: the model's, where the file says it.

    Raises InvalidGraph.
    """
    types: dict[int, NodeType] = {}
    for number, entry in enumerate(entries):
        with faults.collected():
            types[number] = _type(entry, f"nodes[{number}]")
    faults.check()
    order = sorted(types, key=lambda number: types[number].kind)
    nodes = list[FileNode]()
    for number in order:
        with faults.collected():
            nodes.append(_Entry(entries[number], number, len(nodes), types[number], tokens, faults).node())
    faults.check()
    logits = [node for node in nodes if node.kind == NodeKind.LOGIT]
    if not logits:
        raise InvalidGraph("nodes", "there is no logit node, so nothing is predicted")
    top = _layer_count([(node, entries[node.entry]) for node in nodes], n_layers)
    nodes = [replace(node, layer=top) if node.kind == NodeKind.LOGIT else node for node in nodes]
    _check_identity(nodes, faults)
    return nodes


def read_node(entry: Any, number: int, tokens: list[str], faults: Faults) -> FileNode:
    """A node by itself. Raises InvalidGraph."""
    return _Entry(entry, number, 0, _type(entry, f"nodes[{number}]"), tokens, faults).node()


def _type(entry: Any, where: str) -> NodeType:
    if not isinstance(entry, dict):
        raise InvalidGraph(where, "must be an object")
    name = _field(entry, "feature_type", where)
    if not isinstance(name, str) or name not in TYPES:
        raise InvalidGraph(
            f"{where}.feature_type", f"{quoted(name)} is not one of {', '.join(map(repr, TYPES))}"
        )
    return TYPES[name]


def _field(entry: dict[str, Any], name: str, where: str) -> Any:
    if name not in entry:
        raise InvalidGraph(f"{where}.{name}", "missing")
    return entry[name]


class _Entry:
    """One entry of the file's nodes."""

    def __init__(
        self,
        entry: dict[str, Any],
        number: int,
        ordinal: int,
        type: NodeType,
        tokens: list[str],
        faults: Faults,
    ) -> None:
        self._entry, self._number, self._ordinal, self._type = entry, number, ordinal, type
        self._tokens, self._faults, self._where = tokens, faults, f"nodes[{number}]"

    def node(self) -> FileNode:
        """Raises InvalidGraph."""
        entry, where = self._entry, self._where
        node_id = _field(entry, "node_id", where)
        if not isinstance(node_id, str):
            raise InvalidGraph(f"{where}.node_id", f"must be a string, not {quoted(node_id)}")
        position = whole(_field(entry, "ctx_idx", where), f"{where}.ctx_idx")
        if not 0 <= position < len(self._tokens):
            raise InvalidGraph(
                f"{where}.ctx_idx", f"{position} is not a position of the {len(self._tokens)} prompt tokens"
            )
        view_id = entry.get("jsNodeId")
        common: dict[str, Any] = {
            "id": node_id,
            "view_id": view_id if isinstance(view_id, str) else None,
            "entry": self._number,
            "ordinal": self._ordinal,
            "kind": self._type.kind,
            "position": position,
            "activation": math.nan,
            "probability": math.nan,
            "cumulative_influence": self._real("influence"),
            "site": self._type.site,
            "tracing": entry.get("qk_tracing_results"),
            "is_target_logit": flag(entry.get("is_target_logit"), f"{where}.is_target_logit"),
        }
        clerp = text(entry.get("clerp"), f"{where}.clerp")
        own: dict[str, Any]
        match self._type.kind:
            case NodeKind.EMBEDDING:
                own = {"layer": -1, "index": _embedded_token(node_id), "label": None}
                own |= {"token": self._tokens[position]}
            case NodeKind.LOGIT:
                own = self._logit(node_id, clerp)
            case NodeKind.ERROR:
                own = {
                    "layer": self._layer(),
                    "index": self._source_index(node_id),
                    "token": None,
                    "label": None,
                }
                if self._type.site == BIAS and (found := re.fullmatch(r"\d+_bias_(\w+)_\d+", node_id)):
                    own["site"] = f"{BIAS}-{found[1]}"
            case NodeKind.FEATURE:
                layer = self._layer()
                own = {"layer": layer, "index": self._index(node_id, layer, position), "token": None}
                own |= {"label": self._label(clerp), "activation": self._real("activation")}
        return FileNode(**(common | own))

    def _label(self, clerp: str) -> str | None:
        """The graph's own label: an export says it where it shows another one."""
        if "own_label" not in self._entry:
            return clerp or None
        return text(self._entry["own_label"], f"{self._where}.own_label") or None

    def _layer(self) -> int:
        layer = whole(_field(self._entry, "layer", self._where), f"{self._where}.layer")
        if not 0 <= layer < MAX_LAYERS:
            raise InvalidGraph(
                f"{self._where}.layer", f"{layer} is not a layer: they are 0 to {MAX_LAYERS - 1}"
            )
        return layer

    def _index(self, node_id: str, layer: int, position: int) -> int:
        """The feature's index in its layer: its ids say it, or else its number."""
        entry, where = self._entry, f"{self._where}.feature"
        for spelled in (node_id, entry.get("jsNodeId")):
            if isinstance(spelled, str) and (index := index_in_id(spelled, layer, position)) is not None:
                return index
        number = whole(_field(entry, "feature", self._where), where)
        found = index_in_number(number, layer)
        if found is None:
            raise InvalidGraph(
                where, f"{number} is not the pairing of layer {layer} with an index, nor does the id say it"
            )
        return found

    def _source_index(self, node_id: str) -> int:
        """0 for an error; an unexplored node has the index that its id or number says, if any."""
        number = self._entry.get("feature")
        if self._type.site != UNEXPLORED:
            return 0
        found = re.fullmatch(r"\d+_\w+?_(\d+)_\d+|\d+_(\d+)_\d+", node_id)
        if found:
            return int(found[1] or found[2])
        return number if isinstance(number, int) and number >= 0 else 0

    def _logit(self, node_id: str, clerp: str) -> dict[str, Any]:
        """What a logit node's fields say of it. Its layer is known once all nodes are."""
        entry, where = self._entry, self._where
        index = self._logit_index(node_id)
        spelled = spelled_logit(clerp)
        probability = self._real("token_prob")
        own_token = entry.get("token")
        if spelled is not None:
            token, label = spelled.token, spelled.name
            if math.isnan(probability):
                probability = spelled.probability
        elif isinstance(own_token, str) and own_token:
            token, label = token_text(own_token), clerp if clerp not in ("", own_token) else None
        else:
            token, label = token_text(clerp) or f"token {index}", None
        if not math.isnan(probability):
            finite(probability, f"{where}.token_prob")
        return {"layer": 0, "index": index, "token": token, "label": label, "probability": probability}

    def _logit_index(self, node_id: str) -> int:
        for spelled in (node_id, self._entry.get("jsNodeId")):
            if isinstance(spelled, str) and (found := logit_in_id(spelled)):
                return found[1]
        number = self._entry.get("feature")
        # An own number for each, since their keys must differ.
        return UNKNOWN_TOKEN - self._number if number is None else whole(number, f"{self._where}.feature")

    def _real(self, name: str) -> float:
        """A number; NaN where the field is missing, null or NaN."""
        value = self._entry.get(name)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return math.nan
        try:
            return finite(value, f"{self._where}.{name}")
        except InvalidGraph as error:
            self._faults.drop("bad_activations", error)
            return math.nan


def _embedded_token(node_id: str) -> int:
    spelled = re.fullmatch(r"E_(\d{1,15})_\d+", node_id)
    return int(spelled[1]) if spelled else UNKNOWN_TOKEN


def _layer_count(nodes: list[tuple[FileNode, dict[str, Any]]], stated: int | None) -> int:
    """The number of the model's layers, above which its logits are: what the file says, else what the logits' ids and
    layers say (circuit-tracer leaves a layer free below them, others do not), else one more than the highest layer."""
    logits = [(node, entry) for node, entry in nodes if node.kind == NodeKind.LOGIT]
    has_layer = (NodeKind.FEATURE, NodeKind.ERROR)
    below = max((node.layer for node, _ in nodes if node.kind in has_layer), default=-1)
    if stated is not None:
        if stated <= below:
            raise InvalidGraph("metadata.n_layers", f"{stated} is not above layer {below}, which has nodes")
        return stated
    layers = {_whole_or_none(entry.get("layer")) for _, entry in logits}
    if any(node.site == ATTENTION for node, _ in nodes) and len(layers) == 1:
        # Complete replacement models have their logits right above the last layer.
        (layer,) = layers
        if layer is not None and below < layer <= MAX_LAYERS:
            return layer
    if len(layers) > 1:
        raise InvalidGraph("nodes", f"logit nodes are on several layers: {sorted(map(str, layers))}")
    in_ids = {found[0] for node, _ in logits if (found := logit_in_id(node.id)) and found[0] is not None}
    said: list[int] = [
        layer for layer in (*(in_ids if len(in_ids) == 1 else ()), *layers) if layer is not None and layer > 0
    ]
    for layer in said:
        if layer > MAX_LAYERS:
            raise InvalidGraph(
                "nodes", f"logit nodes are on layer {layer}, and at most {MAX_LAYERS} are known"
            )
        if layer > below:
            return layer - 1 if layer - 1 > below else layer
    if said:
        raise InvalidGraph(
            "nodes", f"layer {below}, which has nodes, is not below the logits' layer, {said[-1]}"
        )
    return below + 1


def _whole_or_none(value: Any) -> int | None:
    try:
        return whole(value, "")
    except InvalidGraph:
        return None


def _check_identity(nodes: list[FileNode], faults: Faults) -> None:
    by_id: dict[str, list[FileNode]] = {}
    by_place: dict[str, FileNode] = {}
    for node in nodes:
        with faults.collected():
            first = by_place.setdefault(node.place, node)
            if first is not node:
                raise InvalidGraph(
                    f"nodes[{node.entry}]",
                    f"{quoted(node.id)} is a second {node.kind.word} node of layer {node.layer}, position "
                    f"{node.position}, index {node.index}; the first is nodes[{first.entry}]",
                )
            by_id.setdefault(node.id, []).append(node)
    for twins in by_id.values():
        # Older files give a layer-0 feature and an error node the same id; nothing else may share one.
        kinds = sorted(node.kind for node in twins)
        allowed = kinds == [NodeKind.FEATURE, NodeKind.ERROR] and any(
            node.kind == NodeKind.FEATURE and node.layer == 0 for node in twins
        )
        with faults.collected():
            if len(twins) > 1 and not allowed:
                raise InvalidGraph(
                    f"nodes[{twins[1].entry}].node_id",
                    f"{quoted(twins[0].id)} is also the id of nodes[{twins[0].entry}]",
                )
    faults.check()
