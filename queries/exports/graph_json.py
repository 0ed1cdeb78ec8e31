"""A stored graph as the JSON that Neuronpedia and circuit-tracer read; `ingest.graph_file` reads it back as the same
graph.

Ids are those that circuit-tracer writes since July 2026, whose errors (`{layer}_-1_{position}`) share no id with a
feature; nodes that it does not know are spelled as complete replacement models spell them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from pydantic_core import to_json

from queries.exports.pieces import AT_ONCE, listed
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import BORROWED, UNKNOWN, Explanation, feature_number, site_of
from queries.graph.records import AttributionRecord, GraphRecord
from queries.words import KIND_WORDS

SCHEMA_VERSION = 1
SETTINGS = ("max_n_logits", "desired_logit_prob", "batch_size", "max_feature_nodes")
THRESHOLDS = ("node_threshold", "edge_threshold")
TRACER = "circuit-tracer"
START_TOKEN = re.compile(r"<[^<>\s]+>")
"""A first token that readers take off the prompt."""


def graph_json(graph: AttributionGraph) -> Iterator[bytes]:
    """The file in pieces. Links stand target by target, their sources in the order of the nodes."""
    file = _File(graph)
    yield to_json({"metadata": _metadata(graph.record), "qParams": file.query()})[:-1]
    yield b',"nodes":['
    yield from listed(file.nodes())
    yield b'],"links":['
    yield from listed(file.links())
    yield b"]"
    if others := file.qk_only_nodes():
        yield b',"qk_only_nodes":' + to_json(others)
    if told := list(file.explanations()):
        yield b',"explanations":' + to_json(told)
    yield b"}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is: the parts of its key after the graph's id."""

    kind: NodeKind
    layer: int
    position: int
    index: int
    site: str | None

    @classmethod
    def of(cls, key: str) -> Self:
        """`key` as `Contributors` hold it, without the graph's id."""
        kind, layer, position, index, *site = key.split("/", 4)
        numbers = int(layer), int(position), int(index)
        return cls(NodeKind(KIND_WORDS.index(kind)), *numbers, site[0] if site else None)

    def spelled(self, logit_layer: int) -> dict[str, Any]:
        """The fields of a file's node that say which one it is."""
        layer, position, index, site = self.layer, self.position, self.index, self.site
        in_layer = str(layer)
        match self.kind:
            case NodeKind.EMBEDDING:
                id, view_id, type = f"E_{index}_{position}", f"E_{index}-{position}", "embedding"
                in_layer, number = "E", position
            case NodeKind.LOGIT:
                id, view_id, type = f"{logit_layer}_{index}_{position}", f"L_{index}-{position}", "logit"
                in_layer, number = str(logit_layer), index
            case NodeKind.FEATURE if site is None:
                id, view_id = f"{layer}_{index}_{position}", f"{layer}_{index}-0"
                type, number = "cross layer transcoder", feature_number(layer, index)
            case NodeKind.FEATURE:
                id, view_id = f"{layer}_lor_{index}_{position}", f"{layer}_lor_{index}-0"
                type, number = "lorsa", feature_number(layer, index)
            case _:
                id, type, number = *_error(layer, position, index, site), -1
                view_id = f"{layer}_{position}-0" if site is None else id
        return {
            "node_id": id,
            "feature": number,
            "layer": in_layer,
            "ctx_idx": position,
            "feature_type": type,
            "jsNodeId": view_id,
        }


def _error(layer: int, position: int, index: int, site: str | None) -> tuple[str, str]:
    """The id and the type of an error node, or of another source that is no feature."""
    if site is None:
        return f"{layer}_-1_{position}", "mlp reconstruction error"
    if site == "attn":
        return f"{layer}_error_attn_{position}", "lorsa error"
    if site.startswith("bias"):
        return f"{layer}_{site.replace('-', '_', 1)}_{position}", "bias"
    return f"{layer}_unexplored_{index}_{position}", "unexplored node"


class _File:
    """The nodes and links of a graph as a file spells them."""

    def __init__(self, graph: AttributionGraph) -> None:
        nodes, self._graph = graph.nodes, graph
        # circuit-tracer leaves a layer free below the logits, complete replacement models do not.
        self._logit_layer = graph.record.n_layers + (graph.record.attention_set is None)
        columns = (
            nodes.kind.tolist(),
            nodes.layer.tolist(),
            nodes.position.tolist(),
            nodes.index.tolist(),
            nodes.site,
        )
        self._places = [Place(NodeKind(kind), *place) for kind, *place in zip(*columns, strict=True)]
        self._spelled = [place.spelled(self._logit_layer) for place in self._places]

    @cached_property
    def _at(self) -> dict[str, int]:
        """The ordinal of each node by its key without the graph's id."""
        return {key.removeprefix("/"): node for node, key in enumerate(self._graph.nodes.keys(""))}

    def nodes(self) -> Iterator[dict[str, Any]]:
        nodes = self._graph.nodes
        columns = ("label", "token", "activation", "probability", "cumulative_influence", "is_target_logit")
        rows = zip(*(nodes.listed(name) for name in (*columns, "contributors")), strict=True)
        shown = self._graph.labels
        for place, spelled, row, label in zip(self._places, self._spelled, rows, shown, strict=True):
            own, token, activation, probability, influence, is_target, contributors = row
            entry = spelled | {
                "token_prob": 0.0,
                "is_target_logit": is_target,
                "run_idx": 0,
                "reverse_ctx_idx": 0,
                "clerp": label or "",
                "influence": influence,
                "activation": activation,
            }
            if label != own:  # so that the graph is imported as itself
                entry["own_label"] = own
            if place.kind == NodeKind.LOGIT:
                entry |= _logit(token or "", label, probability)
                if probability is None:  # circuit-tracer's own models take no null
                    del entry["token_prob"]
            if contributors is not None:
                entry["qk_tracing_results"] = self._tracing(json.loads(contributors))
            yield entry

    def explanations(self) -> Iterator[dict[str, Any]]:
        """What is said of the features beside the graph's own labels; of labels that other graphs of the database give
        them, those that show, by the names of these graphs."""
        graph = self._graph
        told = {feature: list(explanations) for feature, explanations in graph.explanations.items()}
        for feature, label in zip(graph.nodes.feature_ids(), graph.shown, strict=True):
            if label is not None and label.origin.graph is not None:
                borrowed = Explanation(label.text, label.origin.by or UNKNOWN, BORROWED)
                known = told.setdefault(feature, [])
                if borrowed not in known:
                    known.append(borrowed)
        for feature in sorted(told, key=lambda one: (one[:2], site_of(one) or "")):
            layer, index, *_ = feature
            named: dict[str, Any] = {"layer": layer, "index": index}
            if (site := site_of(feature)) is not None:
                named["site"] = site
            for one in sorted(told[feature], key=lambda one: (one.text, one.author, one.type)):
                yield named | {name: value for name, value in asdict(one).items() if value is not None}

    def links(self) -> Iterator[dict[str, Any]]:
        edges = self._graph.edges
        ids = [one["node_id"] for one in self._spelled]
        order = np.lexsort((edges.source, edges.target))
        for begin in range(0, len(order), AT_ONCE):
            some = order[begin : begin + AT_ONCE]
            columns = (edges.source[some].tolist(), edges.target[some].tolist(), edges.weight[some].tolist())
            for source, target, weight in zip(*columns, strict=True):
                yield {"source": ids[source], "target": ids[target], "weight": weight}

    def query(self) -> dict[str, Any]:
        """qParams: what the graph's view has pinned and grouped."""
        graph = self._graph
        pinned = [] if graph.view is None else graph.view.pinned
        at = {f"{graph.record.id}/{key}": node for key, node in self._at.items()} if pinned else {}
        return {
            "pinnedIds": [self._spelled[at[key]]["node_id"] for key in pinned if key in at],
            "supernodes": [
                [one.name, *(self._spelled[node]["node_id"] for node in one.members)]
                for one in graph.supernodes
            ],
            "linkType": "both",
            "clickedId": "",
            "sg_pos": "",
        }

    def qk_only_nodes(self) -> dict[str, dict[str, Any]]:
        """The nodes that take part in attention scores only, and the names of all that do, by their ids."""
        others: dict[str, dict[str, Any]] = {}
        for told in filter(None, self._graph.nodes.contributors):
            contributors = json.loads(told)
            rows = (*contributors["pairs"], *contributors["queries"], *contributors["keys"])
            for key in {key for *keys, _ in rows for key in keys}:
                name = contributors["names"].get(key)
                if name is not None or key not in self._at:
                    entry = Place.of(key).spelled(self._logit_layer)
                    others[entry["node_id"]] = entry | {"clerp": name or ""}
        return dict(sorted(others.items()))

    def _tracing(self, contributors: dict[str, Any]) -> dict[str, Any]:
        def rows(field: str) -> list[list[Any]]:
            return [
                [*(Place.of(key).spelled(self._logit_layer)["node_id"] for key in keys), value]
                for *keys, value in contributors[field]
            ]

        return {
            "pair_wise_contributors": rows("pairs"),
            "top_q_marginal_contributors": rows("queries"),
            "top_k_marginal_contributors": rows("keys"),
        }


def _logit(token: str, label: str | None, probability: float | None) -> dict[str, Any]:
    """What a logit node says of its token, its name and its probability, which may be a chosen target's weight."""
    known = {} if probability is None else {"token_prob": probability}
    # circuit-tracer's viewer looks for "(p=" in every text of a logit.
    output = f'Output "{token}" (p={"?" if probability is None else f"{probability:.3f}"})'
    if label is None:
        return known | {"clerp": output}
    if "[" in label or "]" in label:  # which would not be told from the brackets around it
        return known | {"clerp": label, "token": token}
    return known | {"clerp": f"[{label}] {output}"}


def _metadata(record: GraphRecord) -> dict[str, Any]:
    """What an imported file said, with the record's fields as they are now."""
    said = record.metadata
    first = record.tokens[0] if record.tokens else ""
    start = first if START_TOKEN.fullmatch(first) else ""
    thresholds = _given(record, THRESHOLDS)
    transcoders = said.get("transcoder_list")
    metadata = said | {
        "slug": record.name,
        "scan": record.model,
        "transcoder_list": list(map(str, transcoders)) if isinstance(transcoders, list) else [],
        "prompt_tokens": record.tokens,
        "prompt": start + record.prompt,
        "schema_version": SCHEMA_VERSION,
        "info": _info(record),
        "feature_details": _object(said, "feature_details"),
        "generation_settings": _object(said, "generation_settings") | _given(record, SETTINGS),
        "pruning_settings": thresholds,
    }
    if record.n_layers > 0:
        metadata["n_layers"] = record.n_layers
    if "node_threshold" in thresholds:
        metadata["node_threshold"] = thresholds["node_threshold"]
    if record.attention_set is not None:
        metadata["feature_details"] |= {"neuronpedia_lorsa_source_set": record.attention_set}
    if record.attribution_targets is not None:
        chosen = record.model_dump(mode="json", include={"attribution_targets"}, exclude_none=True)
        metadata["generation_settings"] |= chosen
    return metadata


def _info(record: GraphRecord) -> dict[str, Any]:
    """`info`: who made the graph, with what. A traced graph says by what revisions it could be traced again."""
    info = _object(record.metadata, "info") | {"transcoder_set": record.transcoder_set}
    if record.origin == "trace":
        info["generator"] = {"name": TRACER, "version": record.versions.get(TRACER, "")}
        info["create_time_ms"] = int(record.created_at.timestamp() * 1000)
        info["circuit_explorer"] = {"graph_id": record.id, "versions": record.versions} | _given(
            record, ("model_revision", "transcoder_revision", "dtype", "update_interval", "share_basis")
        )
    return info


def _object(said: dict[str, Any], field: str) -> dict[str, Any]:
    value = said.get(field)
    return dict(value) if isinstance(value, dict) else {}


def _given(record: AttributionRecord, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in fields if (value := getattr(record, name)) is not None}
