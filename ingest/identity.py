"""The ids of graphs and traces: 32 hexadecimal digits of a SHA-256, the same for the same content.

| id of | is made from |
|---|---|
| a trace that the model computed | model, transcoder set, dtype, token ids and parameters of the attribution |
| a trace imported from a file | the record's TRACE_FIELDS, all node columns, all edges |
| a graph pruned from either | the same as its trace, the thresholds, and at what the trace was cut, if it was |
| a graph imported as it is | its model, tokens, parameters, thresholds, nodes, edges, supernodes and pins |

Ids stand in databases, in the names of trace files and in URLs, so that the same content must get the same id in every
version. Each field below is therefore listed by name: a field that a record gains later belongs to no id.

This layout is version 1 and has no version word in the bytes that it hashes. A layout that hashes anything else must
begin them with a version word of its own ("2", ...), in `content_id` and `_imported_trace_id`, so that none of its ids
is one of version 1.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from ingest.traces.trace import Trace, TraceRecord
from queries.graph.attribution_graph import Edges, Nodes, nullable
from queries.graph.records import KnownTarget, TargetDirection, Thresholds

ATTRIBUTION_PARAMETERS = (
    "max_n_logits",
    "desired_logit_prob",
    "max_feature_nodes",
    "batch_size",
    "update_interval",
    "attribution_targets",
)
FILE_PARAMETERS = ("max_n_logits", "desired_logit_prob", "max_feature_nodes", "batch_size")
THRESHOLDS = ("node_threshold", "edge_threshold")

TRACE_FIELDS = (
    "origin",
    "prompt",
    "tokens",
    "token_ids",
    "model",
    "model_revision",
    "transcoder_set",
    "transcoder_revision",
    "n_layers",
    "dtype",
    *ATTRIBUTION_PARAMETERS,
    "n_active_features",
    "n_dropped_links",
    "versions",
    "metadata",
    "supernodes",
    "pinned",
)
"""In the order in which they are hashed. The name is missing: a file may be imported under any."""
NODE_COLUMNS = (
    "kind",
    "layer",
    "position",
    "index",
    "token",
    "label",
    "activation",
    "probability",
    "is_target_logit",
    "node_influence",
    "cumulative_influence",
    "input_total",
)
EDGE_COLUMNS = ("starts", "source", "weight")


def content_id(content: Mapping[str, Any]) -> str:
    """The id of a JSON object, whatever the order of its names."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _digits([canonical.encode()])


def trace_id(trace: Trace) -> str:
    record = trace.record
    if record.cut is not None:
        return record.cut.trace_id
    return content_id(_attribution(record)) if record.origin == "trace" else _imported_trace_id(trace)


def pruned_graph_id(record: TraceRecord, trace_id: str, thresholds: Thresholds) -> str:
    """The id of the graph that these thresholds leave of a trace."""
    kept = {name: getattr(thresholds, name) for name in THRESHOLDS}
    if record.cut is not None:
        kept["cut"] = record.cut.threshold
    if record.origin == "trace":
        return content_id(_attribution(record, kept))
    return content_id({"trace": trace_id, **kept})


def file_graph_id(
    about: TraceRecord, thresholds: Mapping[str, float | None], nodes: Nodes, edges: Edges
) -> str:
    """The id of a graph that is stored as its file has it. Nodes are named by their keys, so that their order
    does not matter."""
    keys = nodes.keys("")
    node_rows = zip(
        keys,
        nodes.label,
        nullable(nodes.activation),
        nullable(nodes.probability),
        nullable(nodes.cumulative_influence),
        nodes.is_target_logit.tolist(),
        strict=True,
    )
    edge_rows = zip(edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), strict=True)
    # Only graphs with attention features have the name, so that all other ids are those of before.
    attention = {} if about.attention_set is None else {"attention_set": about.attention_set}
    return content_id(
        {
            "model": about.model,
            "transcoder_set": about.transcoder_set,
            **attention,
            "tokens": about.tokens,
            **{name: thresholds[name] for name in THRESHOLDS},
            **{name: getattr(about, name) for name in FILE_PARAMETERS},
            "nodes": sorted(node_rows, key=lambda row: row[0]),
            "edges": sorted((keys[source], keys[target], weight) for source, target, weight in edge_rows),
            "supernodes": sorted(
                (name, sorted(keys[node] for node in members)) for name, members in about.supernodes
            ),
            "pinned": sorted(keys[node] for node in about.pinned),
        }
    )


def _attribution(record: TraceRecord, thresholds: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The identity of an attribution by a model: the same request always gets the same id."""
    parameters = {name: getattr(record, name) for name in ATTRIBUTION_PARAMETERS}
    targets = record.attribution_targets
    parameters["attribution_targets"] = targets and [_target(one) for one in targets]
    return {
        "model": f"{record.model}@{record.model_revision}",
        "transcoder_set": f"{record.transcoder_set}@{record.transcoder_revision}",
        "dtype": record.dtype,
        "token_ids": record.token_ids,
        "parameters": {**parameters, **(thresholds or {})},
    }


def _target(target: KnownTarget) -> Any:
    if not isinstance(target, TargetDirection):
        return target
    return {
        "name": target.name,
        "weight": target.weight,
        "logits": None if target.logits is None else [[term.token, term.factor] for term in target.logits],
        "direction": target.direction,
    }


def _imported_trace_id(trace: Trace) -> str:
    def parts() -> Iterator[bytes]:
        if any(trace.nodes.site):  # a layout of its own, as the module's docstring says
            yield b"2"
            yield to_json([trace.record.attention_set, trace.nodes.site])
        yield to_json({name: getattr(trace.record, name) for name in TRACE_FIELDS})
        columns = [getattr(trace.nodes, name) for name in NODE_COLUMNS]
        columns += [getattr(trace.edges, name) for name in EDGE_COLUMNS]
        for column in columns:
            yield json.dumps(column).encode() if isinstance(column, list) else column.tobytes()

    return _digits(parts())


def _digits(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:32]
