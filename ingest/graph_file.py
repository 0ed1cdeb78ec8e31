"""Attribution graph files as Neuronpedia and circuit-tracer write them, read into an AttributionGraph.

What is needed of a file is checked field by field; what is not known is kept in the record's metadata. Faults
are `InvalidGraph`, which names the field, node or link.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pydantic import ValidationError

from ingest.assemble import defined, graph_id, node_counts, prediction, stored_scores
from ingest.file_nodes import FileNode, finite, read_nodes, resolve_target_and_source
from queries.acyclic import AcyclicGraph, CycleFound
from queries.errors import InvalidGraph
from queries.graph import AttributionGraph, Edges, NodeKind, Nodes, Supernode, View, nullable
from queries.records import GraphRecord
from queries.scores import SMALLEST_SUM, node_influence, normalise

SCHEMA_VERSION = 1
FILE_VIEW = "file"
"""The name of the View that keeps a file's pins."""

MAX_DEPTH = 32
"""Levels of objects and lists in what is kept of `metadata`; pydantic writes 255."""

HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""Where the escapes of a surrogate, which come in pairs, may be."""


def read_graph_file(content: bytes, name: str | None = None) -> AttributionGraph:
    """The graph in a file's bytes. `name` is used where the file gives no slug. Raises InvalidGraph."""
    document = _parse(content)
    metadata = _get(document, "metadata", dict, "metadata")
    version = metadata.get("schema_version")
    if version not in (None, SCHEMA_VERSION):
        raise InvalidGraph(
            "metadata.schema_version",
            f"{version!r} is not known; this program reads version {SCHEMA_VERSION}",
        )
    tokens = _strings(
        _get(metadata, "prompt_tokens", list, "metadata.prompt_tokens"), "metadata.prompt_tokens"
    )
    file_nodes = read_nodes(_get(document, "nodes", list, "nodes"), tokens)
    source, target, weight, n_dropped = _read_links(_get(document, "links", list, "links"), file_nodes)
    nodes, edges = _columns(file_nodes, source, target, weight)
    query = _get(document, "qParams", dict, "qParams") if document.get("qParams") is not None else {}
    # Of two nodes that share an id the feature is meant: it is what people pin and group.
    by_id = {node.id: node.ordinal for node in sorted(file_nodes, key=lambda node: -node.kind)}
    supernodes = _supernodes(query, by_id)
    pins = _strings(_list(query, "pinnedIds", "qParams.pinnedIds"), "qParams.pinnedIds")
    pinned = [by_id[node] for node in pins if node in by_id]
    record = _record(metadata, name, tokens, nodes, edges, n_dropped, supernodes, pinned)
    keys = nodes.keys(record.id)
    views = (View(FILE_VIEW, 1, {"pinned": [keys[node] for node in pinned]}),) if pinned else ()
    return AttributionGraph(record, nodes, edges, supernodes, views)


def _parse(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except UnicodeDecodeError as error:
        raise InvalidGraph("file", f"it is not JSON: not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidGraph("file", f"it is not JSON: {error.msg} at {where}") from error
    except RecursionError as error:
        raise InvalidGraph("file", "it is nested too deeply to be a graph") from error
    except ValueError as error:  # Python's limit on the digits of a whole number
        raise InvalidGraph("file", "it holds a number of thousands of digits") from error
    if not isinstance(document, dict):
        raise InvalidGraph("file", "it is JSON but not an attribution graph: an object is expected")
    if HALF_CHARACTER.search(content):
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InvalidGraph("file", "it holds half a character (a lone surrogate escape)") from error
    return document


def _check_kept(value: Any, where: str, depth: int = 0) -> None:
    """What is kept as it is goes out as JSON again: no NaN, no Infinity, no more levels than writers take."""
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


def _get(parent: dict[str, Any], field: str, kind: type[Any], where: str) -> Any:
    if field not in parent:
        raise InvalidGraph(where, "missing")
    if not isinstance(parent[field], kind):
        words = {"dict": "an object", "list": "a list", "str": "a string"}
        raise InvalidGraph(where, f"must be {words[kind.__name__]}, not {type(parent[field]).__name__}")
    return parent[field]


def _list(parent: dict[str, Any], field: str, where: str) -> list[Any]:
    """An optional list: empty where it is absent or null."""
    found: list[Any] = _get(parent, field, list, where) if parent.get(field) is not None else []
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


def _read_links(links: list[Any], nodes: list[FileNode]) -> tuple[list[int], list[int], list[float], int]:
    """Ordinals and weights of the links that are not 0, and how many are."""
    by_id: dict[str, list[FileNode]] = {}
    for node in nodes:
        by_id.setdefault(node.id, []).append(node)
    source, target, weight, n_zero = [], [], [], 0
    first_seen: dict[tuple[int, int], int] = {}
    for number, link in enumerate(links):
        where = f"links[{number}]"
        if not isinstance(link, dict):
            raise InvalidGraph(where, "must be an object with source, target and weight")
        for end in ("source", "target"):
            if _get(link, end, str, f"{where}.{end}") not in by_id:
                raise InvalidGraph(f"{where}.{end}", f"there is no node {link[end]!r}")
        if "weight" not in link:
            raise InvalidGraph(f"{where}.weight", "missing")
        value = finite(link["weight"], f"{where}.weight")
        into, out_of = resolve_target_and_source(by_id[link["target"]], by_id[link["source"]], where)
        pair = (out_of.ordinal, into.ordinal)
        if pair in first_seen:
            raise InvalidGraph(
                where, f"{link['source']!r} -> {link['target']!r} is also links[{first_seen[pair]}]"
            )
        first_seen[pair] = number
        if value == 0:
            n_zero += 1
            continue
        source.append(out_of.ordinal)
        target.append(into.ordinal)
        weight.append(value)
    try:
        AcyclicGraph(len(nodes), np.array(source, dtype=np.int64), np.array(target, dtype=np.int64))
    except CycleFound as error:
        walk = [nodes[node].id for node in [*error.nodes, error.nodes[0]]]
        raise InvalidGraph("links", f"they form a cycle: {' -> '.join(walk)}") from error
    return source, target, weight, n_zero


def _columns(
    file_nodes: list[FileNode], source: list[int], target: list[int], weight: list[float]
) -> tuple[Nodes, Edges]:
    into, out_of = np.array(target, dtype=np.int64), np.array(source, dtype=np.int64)
    weights = np.array(weight, dtype=np.float64)
    order = np.lexsort((out_of, into))
    into, out_of, weights = into[order], out_of[order], weights[order]
    n = len(file_nodes)
    share, input_total = normalise(n, into, weights)
    for node in np.flatnonzero(~np.isfinite(input_total)):
        raise InvalidGraph("links", f"the weights into {file_nodes[node].id!r} are too large to be summed")
    probability = np.array([node.probability for node in file_nodes])
    # The file has no raw influence: it is taken over the file's own edges, as its shares are.
    of_pruned, _ = normalise(n, into, weights, SMALLEST_SUM)
    influence = node_influence(AcyclicGraph(n, out_of, into), of_pruned, np.nan_to_num(probability))
    nodes = Nodes(
        kind=np.array([node.kind for node in file_nodes], dtype=np.int8),
        layer=np.array([node.layer for node in file_nodes], dtype=np.int64),
        position=np.array([node.position for node in file_nodes], dtype=np.int64),
        index=np.array([node.index for node in file_nodes], dtype=np.int64),
        token=[node.token for node in file_nodes],
        label=[node.label for node in file_nodes],
        activation=np.array([node.activation for node in file_nodes]),
        probability=probability,
        is_target_logit=np.array([node.is_target_logit for node in file_nodes], dtype=np.bool_),
        node_influence=influence,
        cumulative_influence=np.array([node.cumulative_influence for node in file_nodes]),
        input_total=input_total,
    )
    return nodes, Edges(out_of, into, weights, share)


def _supernodes(query: dict[str, Any], by_id: dict[str, int]) -> tuple[Supernode, ...]:
    """qParams.supernodes: lists of a name and node ids. Ids of nodes that pruning took since are left out."""
    supernodes = []
    for entry in _list(query, "supernodes", "qParams.supernodes"):
        if not (isinstance(entry, list) and entry and all(isinstance(part, str) for part in entry)):
            raise InvalidGraph(
                "qParams.supernodes", f"each must be a list of a name and node ids, not {entry!r}"
            )
        members = tuple(sorted({by_id[node] for node in entry[1:] if node in by_id}))
        if members:
            supernodes.append(Supernode(entry[0], members))
    return tuple(supernodes)


KNOWN_METADATA = {
    "slug",
    "scan",
    "prompt",
    "prompt_tokens",
    "node_threshold",
    "schema_version",
    "pruning_settings",
}


def _record(
    metadata: dict[str, Any],
    name: str | None,
    tokens: list[str],
    nodes: Nodes,
    edges: Edges,
    n_dropped: int,
    supernodes: tuple[Supernode, ...],
    pinned: list[int],
) -> GraphRecord:
    info, details = _object(metadata, "info"), _object(metadata, "feature_details")
    pruning, settings = _object(metadata, "pruning_settings"), _object(metadata, "generation_settings")
    model = _get(metadata, "scan", str, "metadata.scan")
    transcoder_set = (
        info.get("transcoder_set")
        or details.get("neuronpedia_source_set")
        or ", ".join(map(str, _list(metadata, "transcoder_list", "metadata.transcoder_list")))
        or model
    )
    prompt = str(metadata.get("prompt") or "".join(tokens))
    if tokens and re.fullmatch(r"<[^<>\s]+>", tokens[0]):
        prompt = prompt.removeprefix(tokens[0])  # as a person typed it
    generator = _object(info, "generator")
    thresholds: dict[str, Any] = {
        "node_threshold": pruning.get("node_threshold", metadata.get("node_threshold")),
        "edge_threshold": pruning.get("edge_threshold"),
    }
    parameters: dict[str, Any] = {
        field: settings.get(field)
        for field in ("max_n_logits", "desired_logit_prob", "max_feature_nodes", "batch_size")
    }
    for field, value in {**thresholds, **parameters}.items():
        if value is not None and not abs(finite(value, f"metadata.{field}")) < 2**63:
            raise InvalidGraph(f"metadata.{field}", "the number is too large")
    kept = {key: value for key, value in metadata.items() if key not in KNOWN_METADATA}
    _check_kept(kept, "metadata")
    scores = stored_scores(nodes, edges)
    keys = nodes.keys("")
    identity = {
        "model": model,
        "transcoder_set": transcoder_set,
        "tokens": tokens,
        **thresholds,
        **parameters,
        "nodes": sorted(
            zip(
                keys,
                nodes.label,
                nullable(nodes.activation),
                nullable(nodes.probability),
                nullable(nodes.cumulative_influence),
                nodes.is_target_logit.tolist(),
                strict=True,
            ),
            key=lambda row: row[0],
        ),
        "edges": sorted(
            (keys[source], keys[target], weight)
            for source, target, weight in zip(
                edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), strict=True
            )
        ),
        "supernodes": sorted((one.name, sorted(keys[node] for node in one.members)) for one in supernodes),
        "pinned": sorted(keys[node] for node in pinned),
    }
    try:
        return GraphRecord(
            id=graph_id(identity),
            name=str(metadata.get("slug") or name or prompt),
            origin="import",
            prompt=prompt,
            tokens=tokens,
            model=model,
            transcoder_set=str(transcoder_set),
            n_layers=int(nodes.layer[nodes.of_kind(NodeKind.LOGIT)[0]]),
            **thresholds,
            **parameters,
            pruned_replacement_score=defined(scores.replacement),
            pruned_completeness_score=defined(scores.completeness),
            share_basis="file",
            prediction=prediction(nodes),
            **node_counts(nodes),
            n_labelled_nodes=sum(label is not None for label in nodes.label),
            n_edges=len(edges),
            n_dropped_links=n_dropped,
            versions={str(generator["name"]): str(generator.get("version"))} if "name" in generator else {},
            metadata=kept,
            created_at=datetime.now(UTC),
        )
    except ValidationError as error:  # half a logit
        first = error.errors()[0]
        raise InvalidGraph(f"metadata.{'.'.join(map(str, first['loc']))}", first["msg"]) from error
