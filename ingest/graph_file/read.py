"""Attribution graph files as Neuronpedia and circuit-tracer write them, read into an AttributionGraph.

Needed fields are checked one by one; unknown fields are kept in the record's metadata. A fault raises `InvalidGraph`,
which names the field, node or link.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from ingest.graph_file.links import FileLinks, read_links
from ingest.graph_file.nodes import FileNode, NodeIds, finite, read_nodes
from ingest.graph_file.pieces import PIECE, Content, GraphJson, required
from ingest.identity import file_graph_id
from ingest.pruning.assemble import pinned_view, stored_facts
from ingest.traces.trace import Sources, Trace, TraceEdges, TraceRecord, source_type
from queries.errors import InvalidGraph
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Nodes, Supernode
from queries.graph.influence import SMALLEST_SUM, node_influence, normalise
from queries.graph.records import AttributionRecord, GraphRecord

SCHEMA_VERSION = 1
PARAMETERS = ("max_n_logits", "desired_logit_prob", "max_feature_nodes", "batch_size")
"""The fields of a file's `generation_settings` that the record keeps: parameters of the attribution."""
MAX_DEPTH = 32
"""The most levels of objects and lists in kept `metadata`; pydantic writes at most 255."""


@dataclass(frozen=True, eq=False)
class GraphFile:
    """The content of a graph file: its nodes, by kind, and its links as columns over them."""

    metadata: dict[str, Any]
    query: dict[str, Any]
    """The file's qParams."""
    tokens: list[str]
    nodes: list[FileNode]
    ids: NodeIds
    links: FileLinks


def parse_graph_file(content: Content, piece: int = PIECE) -> GraphFile:
    """The checked content of a graph file's bytes, or of a `mapped` file. Raises InvalidGraph.

    A mapped file of 1.8 GB with 16 million links takes 10 to 15 seconds and 1 GB of memory (bench/large_file.py).
    """
    file = GraphJson(content, piece)
    try:
        metadata, query, tokens, nodes = _document_parts(file.document())
    except InvalidGraph:
        file.check_last_piece()
        raise
    ids = NodeIds(nodes)
    return GraphFile(metadata, query, tokens, nodes, ids, read_links(file, ids))


def _document_parts(
    document: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any], list[str], list[FileNode]]:
    metadata = required(document, "metadata", dict, "metadata")
    version = metadata.get("schema_version")
    if version not in (None, SCHEMA_VERSION):
        raise InvalidGraph(
            "metadata.schema_version",
            f"{version!r} is not known; this program reads version {SCHEMA_VERSION}",
        )
    tokens = _strings(
        required(metadata, "prompt_tokens", list, "metadata.prompt_tokens"), "metadata.prompt_tokens"
    )
    nodes = read_nodes(required(document, "nodes", list, "nodes"), tokens)
    required(document, "links", list, "links")
    query = required(document, "qParams", dict, "qParams") if document.get("qParams") is not None else {}
    return metadata, query, tokens, nodes


def read_graph_file(content: Content, name: str | None = None) -> AttributionGraph:
    """The graph in a file's bytes. `name` is used where the file has no slug. Raises InvalidGraph."""
    return attribution_graph(parse_graph_file(content), name)


def attribution_graph(file: GraphFile, name: str | None = None) -> AttributionGraph:
    """The graph of a file as it is, for a file that was pruned: all its links are stored. Raises InvalidGraph."""
    nodes, edges = _columns(file)
    about = _about(file, name)
    record = _record(file, about, nodes, edges)
    supernodes = tuple(Supernode(one, tuple(members)) for one, members in about.supernodes)
    pins = nodes.keys(record.id, np.array(about.pinned, dtype=np.int64))
    return AttributionGraph(record, nodes, edges, supernodes, pinned_view(pins))


def trace_of_file(file: GraphFile, name: str | None = None) -> Trace:
    """The content of a file that was not pruned. Raises InvalidGraph."""
    links = file.links
    sources: Sources = links.edges.source.astype(source_type(len(file.nodes)))
    # Pruning computes influence from all links; the file's own influence is not used.
    unknown = np.full(len(file.nodes), np.nan)
    return Trace(
        _about(file, name),
        _nodes(file, unknown, unknown, unknown),
        TraceEdges(links.edges.starts, sources, links.weight),
    )


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


def _list(parent: dict[str, Any], field: str, where: str) -> list[Any]:
    """An optional list: empty where it is absent or null."""
    found: list[Any] = required(parent, field, list, where) if parent.get(field) is not None else []
    return found


def _object(parent: dict[str, Any], field: str) -> dict[str, Any]:
    """An optional object: empty where it is absent or something else."""
    value = parent.get(field)
    return value if isinstance(value, dict) else {}


def _strings(values: list[Any], where: str) -> list[str]:
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise InvalidGraph(f"{where}[{number}]", f"must be a string, not {value!r}")
    return values


def _columns(file: GraphFile) -> tuple[Nodes, Edges]:
    acyclic, n = file.links.edges, len(file.nodes)
    source, target = acyclic.source.astype(np.int64), acyclic.target.astype(np.int64)
    weight = file.links.weight.astype(np.float64)
    share, input_total = normalise(n, target, weight)
    for node in np.flatnonzero(~np.isfinite(input_total)):
        raise InvalidGraph("links", f"the weights into {file.nodes[node].id!r} are too large to be summed")
    probability = np.array([node.probability for node in file.nodes])
    # The file has no raw influence: like the shares, it is computed from the file's own edges.
    of_pruned, _ = normalise(n, target, weight, SMALLEST_SUM)
    influence = node_influence(acyclic, of_pruned, np.nan_to_num(probability))
    cumulative = np.array([node.cumulative_influence for node in file.nodes])
    return _nodes(file, influence, cumulative, input_total), Edges(source, target, weight, share)


def _nodes(file: GraphFile, influence: Floats, cumulative: Floats, input_total: Floats) -> Nodes:
    nodes = file.nodes
    return Nodes.of_columns(
        kind=np.array([node.kind for node in nodes], dtype=np.int8),
        layer=np.array([node.layer for node in nodes], dtype=np.int64),
        position=np.array([node.position for node in nodes], dtype=np.int64),
        index=np.array([node.index for node in nodes], dtype=np.int64),
        token=[node.token for node in nodes],
        label=[node.label for node in nodes],
        activation=np.array([node.activation for node in nodes]),
        probability=np.array([node.probability for node in nodes]),
        is_target_logit=np.array([node.is_target_logit for node in nodes], dtype=np.bool_),
        node_influence=influence,
        cumulative_influence=cumulative,
        input_total=input_total,
    )


def _supernodes(query: dict[str, Any], by_id: dict[str, int]) -> list[tuple[str, list[int]]]:
    """qParams.supernodes: lists of a name and node ids. Ids of nodes that pruning removed later are left out."""
    supernodes = list[tuple[str, list[int]]]()
    for entry in _list(query, "supernodes", "qParams.supernodes"):
        if not (isinstance(entry, list) and entry and all(isinstance(part, str) for part in entry)):
            raise InvalidGraph(
                "qParams.supernodes", f"each must be a list of a name and node ids, not {entry!r}"
            )
        members = sorted({by_id[node] for node in entry[1:] if node in by_id})
        if members:
            supernodes.append((entry[0], members))
    return supernodes


KNOWN_METADATA = {
    "slug",
    "scan",
    "prompt",
    "prompt_tokens",
    "node_threshold",
    "schema_version",
    "pruning_settings",
}


def _about(file: GraphFile, name: str | None) -> TraceRecord:
    """The record of the file, apart from its pruning."""
    metadata, tokens, ids = file.metadata, file.tokens, file.ids.ordinals
    info, details = _object(metadata, "info"), _object(metadata, "feature_details")
    settings, generator = _object(metadata, "generation_settings"), _object(info, "generator")
    model = required(metadata, "scan", str, "metadata.scan")
    transcoder_set = (
        info.get("transcoder_set")
        or details.get("neuronpedia_source_set")
        or ", ".join(map(str, _list(metadata, "transcoder_list", "metadata.transcoder_list")))
        or model
    )
    prompt = str(metadata.get("prompt") or "".join(tokens))
    if tokens and re.fullmatch(r"<[^<>\s]+>", tokens[0]):
        prompt = prompt.removeprefix(tokens[0])  # the prompt as a person typed it
    parameters = _numbers({field: settings.get(field) for field in PARAMETERS})
    kept = {key: value for key, value in metadata.items() if key not in KNOWN_METADATA}
    _check_kept(kept, "metadata")
    pins = _strings(_list(file.query, "pinnedIds", "qParams.pinnedIds"), "qParams.pinnedIds")
    logit = next(node for node in file.nodes if node.kind == NodeKind.LOGIT)
    try:
        return TraceRecord(
            origin="import",
            name=str(metadata.get("slug") or name or prompt),
            prompt=prompt,
            tokens=tokens,
            model=model,
            transcoder_set=str(transcoder_set),
            n_layers=logit.layer,
            **parameters,
            n_dropped_links=file.links.n_zero,
            versions={str(generator["name"]): str(generator.get("version"))} if "name" in generator else {},
            metadata=kept,
            supernodes=_supernodes(file.query, ids),
            pinned=[ids[node] for node in pins if node in ids],
        )
    except ValidationError as error:  # half a logit
        first = error.errors()[0]
        raise InvalidGraph(f"metadata.{'.'.join(map(str, first['loc']))}", first["msg"]) from error


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields, once each is null or a number that can be stored. Raises InvalidGraph."""
    for field, value in fields.items():
        if value is not None and not abs(finite(value, f"metadata.{field}")) < 2**63:
            raise InvalidGraph(f"metadata.{field}", "the number is too large")
    return fields


def _record(file: GraphFile, about: TraceRecord, nodes: Nodes, edges: Edges) -> GraphRecord:
    metadata = file.metadata
    pruning = _object(metadata, "pruning_settings")
    thresholds = _numbers(
        {
            "node_threshold": pruning.get("node_threshold", metadata.get("node_threshold")),
            "edge_threshold": pruning.get("edge_threshold"),
        }
    )
    return GraphRecord(
        id=file_graph_id(about, thresholds, nodes, edges),
        **about.model_dump(include=set(AttributionRecord.model_fields)),
        **thresholds,
        share_basis="file",
        **stored_facts(nodes, edges),
    )
