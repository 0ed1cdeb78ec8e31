"""A small graph file, to be read as it is or spoiled."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from ingest.graph_file.read import read_graph_file
from queries.graph.attribution_graph import AttributionGraph


def node(
    node_id: str, feature_type: str, layer: str, position: int, feature: int, **more: Any
) -> dict[str, Any]:
    return {
        "node_id": node_id,
        "feature": feature,
        "layer": layer,
        "ctx_idx": position,
        "feature_type": feature_type,
        "jsNodeId": "ignored",
        "clerp": "",
        **more,
    }


def feature_node(layer: int, index: int, position: int, **more: Any) -> dict[str, Any]:
    paired = (layer + index) * (layer + index + 1) // 2 + index
    node_id = f"{layer}_{index}_{position}"
    return node(node_id, "cross layer transcoder", str(layer), position, paired, **more)


def error_node(layer: int, position: int, **more: Any) -> dict[str, Any]:
    return node(f"0_{layer}_{position}", "mlp reconstruction error", str(layer), position, -1, **more)


def link(source: str, target: str, weight: float) -> dict[str, Any]:
    return {"source": source, "target": target, "weight": weight}


def document() -> dict[str, Any]:
    """Dallas -> a feature -> another (labelled Texas, with an error beside) -> Austin; five layers, 3 tokens."""
    return {
        "metadata": {
            "slug": "a-slug",
            "scan": "gemma-2-2b",
            "transcoder_list": [],
            "prompt_tokens": ["<bos>", "Dallas", " is"],
            "prompt": "<bos>Dallas is",
            "node_threshold": 0.8,
            "schema_version": 1,
            "info": {
                "creator_name": "Ada",
                "transcoder_set": "clt-hp",
                "generator": {"name": "circuit-tracer", "version": "0.2.0"},
            },
            "generation_settings": {"max_n_logits": 10, "desired_logit_prob": 0.95},
            "pruning_settings": {"node_threshold": 0.8, "edge_threshold": 0.85},
        },
        "qParams": {"pinnedIds": ["2_9_2"], "supernodes": [["state", "2_9_2", "0_7_1"]], "linkType": "both"},
        "nodes": [
            node("E_26865_1", "embedding", "E", 1, 1, influence=0.5),
            feature_node(0, 7, 1, activation=1.5, influence=0.3),
            feature_node(2, 9, 2, activation=2.5, influence=0.1, clerp="Texas"),
            error_node(1, 2, influence=0.7),
            node(
                "5_22898_2",
                "logit",
                "5",
                2,
                22898,
                clerp='Output " Austin" (p=0.500)',
                token_prob=0.5,
                is_target_logit=True,
            ),
            node("5_50_2", "logit", "5", 2, 50, clerp='Output " "quoted"" (p=0.250)', token_prob=0.25),
        ],
        "links": [
            link("E_26865_1", "0_7_1", 2.0),
            link("0_7_1", "2_9_2", -3.0),
            link("0_1_2", "2_9_2", 1),
            link("E_26865_1", "5_22898_2", 1.0),
            link("2_9_2", "5_22898_2", 4.0),
            link("2_9_2", "5_50_2", 0.0),
        ],
    }


def edited(*edits: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    changed = document()
    for edit in edits:
        edit(changed)
    return changed


def read(file: dict[str, Any]) -> AttributionGraph:
    return read_graph_file(json.dumps(file).encode())


def whole_document(n_features: int, seed: int) -> dict[str, Any]:
    """A whole trace as a file: two tokens, features of six layers, errors and two logits, with nearly all the links
    that layers allow."""
    random = Random(seed)
    made = [(-1, node(f"E_{100 + at}_{at}", "embedding", "E", at, at)) for at in range(2)]
    made += [
        (at % 6, feature_node(at % 6, at, at % 2, activation=1.0 + random.random()))
        for at in range(n_features)
    ]
    made += [(layer, error_node(layer, 1)) for layer in range(6)]
    made += [
        (
            6,
            node(
                f"7_{at}_1", "logit", "7", 1, at, token_prob=0.6 - 0.2 * at, clerp=f'Output "t{at}" (p=0.5)'
            ),
        )
        for at in range(2)
    ]
    links = [
        link(source["node_id"], target["node_id"], random.lognormvariate(0, 2) * random.choice((1, 1, -1)))
        for layer, target in made
        if target["feature_type"] in ("cross layer transcoder", "logit")
        for below, source in made
        if below < layer and random.random() < 0.9
    ]
    metadata = document()["metadata"] | {"prompt_tokens": ["Dallas", " is"], "prompt": "Dallas is"}
    return {"metadata": metadata, "nodes": [one for _, one in made], "links": links}
