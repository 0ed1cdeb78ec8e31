"""What a graph file says beside its nodes and links: the record of the graph, its pins and supernodes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.graph_file.faults import Faults
from ingest.graph_file.ids import NodeIds
from ingest.graph_file.nodes import ATTENTION
from ingest.graph_file.pieces import required
from ingest.graph_file.spelling import MAX_LAYERS, finite, quoted, token_text, whole
from ingest.traces.trace import TraceRecord
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import KnownTarget, NamedTarget, Record

_TARGETS = TypeAdapter[list[KnownTarget] | None](list[KnownTarget] | None)
SCHEMA_VERSIONS = (None, 0, 1)
PARAMETERS = ("max_n_logits", "desired_logit_prob", "max_feature_nodes", "batch_size")
"""The fields of a file's `generation_settings` that the record keeps: parameters of the attribution."""
THRESHOLDS = ("node_threshold", "edge_threshold")
MAX_DEPTH = 32
"""The most levels of objects and lists in kept `metadata`; pydantic writes at most 255."""
MOST_PROBABILITY = 1.0 + 1e-3
"""The most that probabilities sum to: a softmax in low precision can end above 1."""
DIRECTION = re.compile(r"logit\(.*\)|.* rather than .*", re.DOTALL)
"""The text of a target that is no token, as circuit-tracer's guide and this program spell it."""


class ImportOptions(Record):
    """What is said with a file. `name` is for one that has none; `model` and `transcoder_set` are for one that does not
    say them, or says them wrong."""

    name: str | None = None
    model: str | None = None
    transcoder_set: str | None = None
    lenient: bool = False


@dataclass(frozen=True, eq=False)
class About:
    """The parts of a file around its nodes and links, checked for their types."""

    metadata: dict[str, Any]
    query: dict[str, Any]
    """The file's qParams."""
    tokens: list[str]
    n_layers: int | None

    @classmethod
    def of(cls, document: dict[str, Any]) -> "About":
        """Raises InvalidGraph."""
        if "metadata" not in document and isinstance(document.get("graphs"), list):
            raise InvalidGraph(
                "file", "it lists graphs (graph-metadata.json) and is none: import the files that it lists"
            )
        metadata = required(document, "metadata", dict, "metadata")
        version = metadata.get("schema_version")
        if isinstance(version, bool) or version not in SCHEMA_VERSIONS:
            raise InvalidGraph(
                "metadata.schema_version",
                f"{quoted(version)} is not known; this program reads versions 0 and 1",
            )
        where = "metadata.prompt_tokens"
        tokens = _strings(required(metadata, "prompt_tokens", list, where), where)
        given = document.get("qParams")
        query = required(document, "qParams", dict, "qParams") if given is not None else {}
        n_layers = (
            None if metadata.get("n_layers") is None else whole(metadata["n_layers"], "metadata.n_layers")
        )
        if n_layers is not None and not 0 < n_layers <= MAX_LAYERS:
            raise InvalidGraph("metadata.n_layers", f"must be 1 to {MAX_LAYERS}, not {n_layers}")
        return cls(metadata, query, [token_text(token) for token in tokens], n_layers)


KNOWN_METADATA = {
    "slug",
    "scan",
    "prompt",
    "prompt_tokens",
    "n_layers",
    "node_threshold",
    "schema_version",
    "pruning_settings",
}


def file_record(about: About, ids: NodeIds, options: ImportOptions, faults: Faults) -> TraceRecord:
    """The record of the file, apart from its pruning. Raises InvalidGraph."""
    metadata, tokens = about.metadata, about.tokens
    info, details = _object(metadata, "info"), _object(metadata, "feature_details")
    settings, generator = _object(metadata, "generation_settings"), _object(info, "generator")
    model = options.model or _text(metadata, "scan", "metadata.scan")
    if model is None:
        raise InvalidGraph("metadata.scan", "missing: state the model with the import")
    transcoder_set = options.transcoder_set or named_set(metadata) or model
    prompt = token_text(_text(metadata, "prompt", "metadata.prompt") or "".join(tokens))
    if tokens and re.fullmatch(r"<[^<>\s]+>", tokens[0]):
        prompt = prompt.removeprefix(tokens[0])  # the prompt as a person typed it
    parameters = _numbers({field: settings.get(field) for field in PARAMETERS})
    kept = {key: value for key, value in metadata.items() if key not in KNOWN_METADATA}
    _check_kept(kept, "metadata")
    by_id = ids.anywhere()
    supernodes, pins = _supernodes(about.query, by_id, faults), _pins(about.query, by_id, faults)
    logits = [node for node in ids.nodes if node.kind == NodeKind.LOGIT]
    try:
        return TraceRecord(
            origin="import",
            name=_text(metadata, "slug", "metadata.slug") or options.name or prompt,
            prompt=prompt,
            tokens=tokens,
            model=model,
            transcoder_set=transcoder_set,
            attention_set=_attention_set(details, ids),
            n_layers=logits[0].layer,
            **parameters,
            attribution_targets=_said_targets(settings) or _chosen_targets(ids),
            n_dropped_links=faults.dropped.zero_links,
            versions={str(generator["name"]): str(generator.get("version"))} if "name" in generator else {},
            metadata=kept,
            supernodes=supernodes,
            pinned=pins,
        )
    except ValidationError as error:  # half a logit
        first = error.errors()[0]
        raise InvalidGraph(f"metadata.{'.'.join(map(str, first['loc']))}", first["msg"]) from error


def named_set(metadata: dict[str, Any]) -> str | None:
    """The transcoder set that a file's metadata names. Raises InvalidGraph."""
    info, details = _object(metadata, "info"), _object(metadata, "feature_details")
    return (
        _text(info, "transcoder_set", "metadata.info.transcoder_set")
        or _text(details, "neuronpedia_source_set", "metadata.feature_details.neuronpedia_source_set")
        or _text(info, "neuronpedia_source_set", "metadata.info.neuronpedia_source_set")
        or ", ".join(map(str, _list(metadata, "transcoder_list", "metadata.transcoder_list")))
        or None
    )


def file_thresholds(about: About) -> dict[str, float | None]:
    """How the file says that it was pruned. Raises InvalidGraph."""
    metadata = about.metadata
    pruning = _object(metadata, "pruning_settings")
    thresholds = _numbers(
        {
            "node_threshold": pruning.get("node_threshold", metadata.get("node_threshold")),
            "edge_threshold": pruning.get("edge_threshold"),
        }
    )
    for name, value in thresholds.items():
        if value is not None and not 0.0 <= value <= 1.0:
            raise InvalidGraph(f"metadata.{name}", f"must be between 0 and 1, not {value}")
    return thresholds


def _attention_set(details: dict[str, Any], ids: NodeIds) -> str | None:
    """The set of the attention features; None where the graph has none."""
    if not any(node.kind == NodeKind.FEATURE and node.site == ATTENTION for node in ids.nodes):
        return None
    field = "neuronpedia_lorsa_source_set"
    return _text(details, field, f"metadata.feature_details.{field}") or "lorsa"


def _said_targets(settings: dict[str, Any]) -> list[KnownTarget] | None:
    """The chosen targets as this program's exports say them; what another program says there is only kept."""
    try:
        return _TARGETS.validate_python(settings.get("attribution_targets")) or None
    except ValidationError:
        return None


def _chosen_targets(ids: NodeIds) -> list[NamedTarget] | None:
    """The targets that somebody chose, where the logits' weights or names show that they are no predictions."""
    logits = [node for node in ids.nodes if node.kind == NodeKind.LOGIT]
    weights = [node.probability for node in logits if node.probability == node.probability]
    are_chosen = (
        any(not 0.0 <= weight <= MOST_PROBABILITY for weight in weights)
        or sum(weights) > MOST_PROBABILITY
        or any(DIRECTION.fullmatch((node.token or "").strip()) for node in logits)
    )
    if not are_chosen:
        return None
    return [
        NamedTarget(
            name=node.token or "", weight=0.0 if node.probability != node.probability else node.probability
        )
        for node in logits
    ]


def _pins(query: dict[str, Any], by_id: dict[str, int], faults: Faults) -> list[int]:
    """qParams.pinnedIds: ids, or a text of ids with commas between them."""
    given, where = query.get("pinnedIds"), "qParams.pinnedIds"
    if isinstance(given, str) and not given.lstrip().startswith("["):
        given = [part.strip() for part in given.split(",") if part.strip()]
    pins = _strings(_listed(given, where), where)
    faults.drop("pins", count=sum(pin not in by_id for pin in pins))
    return list(dict.fromkeys(by_id[pin] for pin in pins if pin in by_id))


def _supernodes(query: dict[str, Any], by_id: dict[str, int], faults: Faults) -> list[tuple[str, list[int]]]:
    """qParams.supernodes: lists of a name and node ids, or their JSON as a text."""
    supernodes, where = list[tuple[str, list[int]]](), "qParams.supernodes"
    for entry in _listed(query.get("supernodes"), where):
        if not (isinstance(entry, list) and entry and all(isinstance(part, str) for part in entry)):
            raise InvalidGraph(where, f"each must be a list of a name and node ids, not {quoted(entry)}")
        members = sorted({by_id[node] for node in entry[1:] if node in by_id})
        faults.drop("supernode_members", count=sum(node not in by_id for node in entry[1:]))
        if members:
            supernodes.append((entry[0], members))
        else:
            faults.drop("supernodes")
    return supernodes


def _listed(given: Any, where: str) -> list[Any]:
    """A list, or its JSON as a text; empty where there is none."""
    if isinstance(given, str):
        try:
            given = json.loads(given) if given.strip() else []
        except (ValueError, RecursionError):
            raise InvalidGraph(where, f"must be a list, not {quoted(given)}") from None
    return _list({"given": given}, "given", where)


def _check_kept(value: Any, where: str, depth: int = 0) -> None:
    """Raises InvalidGraph for a value that could not be written as JSON again: NaN, Infinity, too many levels."""
    if depth > MAX_DEPTH:
        raise InvalidGraph(where, "it is nested too deeply")
    if isinstance(value, float):
        finite(value, where)
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_kept(part, f"{where}.{name}" if depth < 2 else where, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check_kept(part, where, depth + 1)


def _list(parent: Mapping[str, Any], field: str, where: str) -> list[Any]:
    """An optional list: empty where it is absent or null."""
    found: list[Any] = required(dict(parent), field, list, where) if parent.get(field) is not None else []
    return found


def _object(parent: dict[str, Any], field: str) -> dict[str, Any]:
    """An optional object: empty where it is absent or something else."""
    value = parent.get(field)
    return value if isinstance(value, dict) else {}


def _text(parent: dict[str, Any], field: str, where: str) -> str | None:
    """An optional text: None where it is absent, null or empty. Raises InvalidGraph."""
    return (required(parent, field, str, where) if parent.get(field) is not None else None) or None


def _strings(values: list[Any], where: str) -> list[str]:
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise InvalidGraph(f"{where}[{number}]", f"must be a string, not {quoted(value)}")
    return values


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, once each is null or a number that can be stored. Raises InvalidGraph."""
    for field, value in fields.items():
        if value is not None and not abs(finite(value, f"metadata.{field}")) < 2**63:
            raise InvalidGraph(f"metadata.{field}", "the number is too large")
    return fields
