"""The files that hand a graph, or its prompt's internals, from the tracing process to the worker: an .npz of arrays and
JSON, without pickle."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from ingest.traces.whole import written_whole
from queries.graph.attribution_graph import (
    NODE_COLUMNS,
    AttributionGraph,
    ColumnType,
    Edges,
    NodeKind,
    Nodes,
    view_json,
    views_of_json,
)
from queries.graph.features import Explanation, FeatureId
from queries.graph.records import GraphRecord, Prediction, TracedPrompt
from queries.internals.records import STATISTICS, HeadEdges, HeadLinks, Heads, Internals, InternalsRecord
from queries.words import MAX_JOB_PREDICTIONS, MAX_JOB_TOKENS

NODE_TEXTS = tuple(one.name for one in NODE_COLUMNS if one.type is ColumnType.TEXT)
NODE_ARRAYS = tuple(one.name for one in NODE_COLUMNS if one.type is not ColumnType.TEXT)
_EXPLANATIONS = TypeAdapter(list[tuple[FeatureId, list[Explanation]]])
EDGE_ARRAYS = tuple(one.name for one in fields(Edges))


def write_graph(path: Path, graph: AttributionGraph) -> None:
    """Write a graph, and the explanations that its file brought: completely, or not at all."""
    text = {
        "record": graph.record.model_dump(mode="json", exclude=set(GraphRecord.model_computed_fields)),
        **{name: getattr(graph.nodes, name) for name in NODE_TEXTS},
        "views": [view_json(one) for one in graph.views],
        "explanations": to_jsonable_python(list(graph.explanations.items())),
    }
    arrays = {f"node_{name}": getattr(graph.nodes, name) for name in NODE_ARRAYS}
    arrays |= {f"edge_{name}": getattr(graph.edges, name) for name in EDGE_ARRAYS}
    _write(path, text, arrays)


def read_graph(path: Path) -> AttributionGraph:
    with np.load(path, allow_pickle=False) as stored:
        text = _text(stored)
        columns = {name: stored[f"node_{name}"] for name in NODE_ARRAYS if f"node_{name}" in stored}
        edges = Edges(*(stored[f"edge_{name}"] for name in EDGE_ARRAYS))
    columns |= {name: text[name] for name in NODE_TEXTS if name in text}
    views = views_of_json(text["views"], text.get("supernodes", ()))
    explanations = _EXPLANATIONS.validate_python(text.get("explanations", ()))
    return AttributionGraph(
        GraphRecord(**text["record"]),
        Nodes.of_columns(**columns),
        edges,
        views,
        explanations=dict(explanations),
    )


def read_traced_prompt(path: Path) -> TracedPrompt:
    """How the prompt of a written graph was split, and what comes next."""
    with np.load(path, allow_pickle=False) as stored:
        text = _text(stored)
        logits = np.flatnonzero(stored["node_kind"] == NodeKind.LOGIT)
        probability = stored["node_probability"][logits]
    record = GraphRecord(**text["record"])
    is_sum = record.target_kind == "directions"  # which has a weight in its place
    best = np.argsort(-probability, kind="stable")[:MAX_JOB_PREDICTIONS]
    return TracedPrompt(
        tokens=record.tokens[:MAX_JOB_TOKENS],
        n_tokens=len(record.tokens),
        predictions=[
            Prediction(
                token=text["token"][logits[one]] or "",
                probability=None if is_sum or np.isnan(probability[one]) else float(probability[one]),
            )
            for one in best
        ],
        target_kind=record.target_kind,
    )


def write_stored_internals(path: Path, internals: Internals) -> None:
    """Write what the database holds of a prompt's internals."""
    heads = internals.heads
    arrays = {f"heads_{name}": values for name, values in heads.statistics.items()}
    arrays |= {"heads_induction": heads.induction, "heads_duplicate_token": heads.duplicate_token}
    for name in ("read", "written", "fed"):
        arrays |= {
            f"{name}_{column}": values for column, values in _columns(getattr(internals, name)).items()
        }
    _write(path, {"record": internals.record.model_dump(mode="json"), "seed": heads.seed}, arrays)


def read_stored_internals(path: Path) -> Internals:
    with np.load(path, allow_pickle=False) as stored:
        text = _text(stored)
        heads = Heads(
            statistics={name: stored[f"heads_{name}"] for name in STATISTICS},
            induction=stored["heads_induction"],
            duplicate_token=stored["heads_duplicate_token"],
            seed=text["seed"],
        )
        read, written = (HeadLinks(**_read(stored, name, HeadLinks)) for name in ("read", "written"))
        fed = HeadEdges(**_read(stored, "fed", HeadEdges))
    return Internals(InternalsRecord.model_validate(text["record"]), heads, read, written, fed)


def _read(stored: Any, name: str, kind: type[HeadLinks | HeadEdges]) -> dict[str, Any]:
    return {one.name: stored[f"{name}_{one.name}"] for one in fields(kind)}


def _columns(links: HeadLinks | HeadEdges) -> dict[str, Any]:
    return {one.name: getattr(links, one.name) for one in fields(links)}


def _write(path: Path, text: dict[str, Any], arrays: dict[str, Any]) -> None:
    with written_whole(path) as file:
        np.savez(file, text=np.frombuffer(json.dumps(text).encode(), dtype=np.uint8), **arrays)


def _text(stored: Any) -> Any:
    return json.loads(stored["text"].tobytes())
