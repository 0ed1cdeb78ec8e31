"""The file that hands a graph from the tracing process to the worker: an .npz of arrays and JSON, without pickle."""

import json
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from queries.graph.attribution_graph import (
    NODE_COLUMNS,
    AttributionGraph,
    ColumnType,
    Edges,
    Nodes,
    view_json,
    views_of_json,
)
from queries.graph.features import Explanation, FeatureId
from queries.graph.records import GraphRecord

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
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, text=np.frombuffer(json.dumps(text).encode(), dtype=np.uint8), **arrays)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_graph(path: Path) -> AttributionGraph:
    with np.load(path, allow_pickle=False) as stored:
        text = json.loads(stored["text"].tobytes())
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
