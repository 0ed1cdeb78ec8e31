"""The file that hands a graph from the tracing process to the worker: an .npz of arrays and JSON, without pickle."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from queries.graph.attribution_graph import AttributionGraph, Edges, Nodes, Supernode, View
from queries.graph.records import GraphRecord

NODE_ARRAYS = ("kind", "layer", "position", "index", "activation", "probability", "is_target_logit")
INFLUENCE_ARRAYS = ("node_influence", "cumulative_influence", "input_total")
EDGE_ARRAYS = ("source", "target", "weight", "share")


def write_graph(path: Path, graph: AttributionGraph) -> None:
    """Write a graph that is not stored yet, and so has no explanations: completely, or not at all."""
    text = {
        "record": graph.record.model_dump(mode="json", exclude={"n_nodes"}),
        "token": graph.nodes.token,
        "label": graph.nodes.label,
        "supernodes": [asdict(one) for one in graph.supernodes],
        "views": [asdict(one) for one in graph.views],
    }
    arrays = {f"node_{name}": getattr(graph.nodes, name) for name in (*NODE_ARRAYS, *INFLUENCE_ARRAYS)}
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
        columns = {name: stored[f"node_{name}"] for name in (*NODE_ARRAYS, *INFLUENCE_ARRAYS)}
        edges = Edges(*(stored[f"edge_{name}"] for name in EDGE_ARRAYS))
    nodes = Nodes(**columns, token=text["token"], label=text["label"])
    supernodes = tuple(Supernode(one["name"], tuple(one["members"])) for one in text["supernodes"])
    views = tuple(View(**one) for one in text["views"])
    return AttributionGraph(GraphRecord(**text["record"]), nodes, edges, supernodes, views)
