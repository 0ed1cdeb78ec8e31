"""An unpruned graph file as circuit-tracer spells one, of whatever size: by default that of a prompt of 73 tokens."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from queries.graph.arrays import Ints
from queries.graph.attribution_graph import NodeKind
from tests.support.synthetic_graphs import Size

LARGE = Size(14_000, 16_000_000)
N_TOKENS = 73
N_LAYERS = 26
N_LOGITS = 10
N_FEATURES = 16_384
"""Of a layer."""

Places: TypeAlias = tuple[Ints, Ints, Ints, Ints]
"""Kind, layer, position and index (n_nodes,), by kind."""


def write_large_file(path: Path, size: Size = LARGE, seed: int = 1) -> None:
    """A file as circuit-tracer spells it, of a graph before pruning; its number of links is nearly `size.edges`."""
    random = np.random.default_rng(seed)
    places = _places(random, size.nodes)
    kind, layer, position, _ = places
    rows = [_node(*place) for place in zip(*(column.tolist() for column in places), strict=True)]
    targets = np.flatnonzero((kind == NodeKind.FEATURE) | (kind == NodeKind.LOGIT)).tolist()

    def inputs(target: int) -> Ints:
        """What is below its layer, and not after its position."""
        return np.flatnonzero((layer < layer[target]) & (position <= position[target]))

    density = size.edges / sum(len(inputs(target)) for target in targets)
    # All of a link but its target and weight.
    heads = [f'    {{\n      "source": "{row["node_id"]}",\n      "target": "' for row in rows]
    with path.open("w", encoding="utf-8") as file:
        opening = {"metadata": _metadata(), "qParams": {"pinnedIds": [], "supernodes": []}, "nodes": rows}
        file.write(json.dumps(opening, indent=2).removesuffix("\n}") + ',\n  "links": [\n')
        separator = ""
        for target in targets:
            sources = inputs(target)
            sources = sources[random.random(len(sources)) < density]
            weights = random.standard_normal(len(sources)) * random.lognormal(-4.0, 1.5, len(sources))
            middle = f'{rows[target]["node_id"]}",\n      "weight": '
            links = [
                f"{heads[source]}{middle}{weight!r}\n    }}"
                # As float32, in which circuit-tracer computes.
                for source, weight in zip(sources.tolist(), weights.astype("f4").tolist(), strict=True)
            ]
            if links:
                file.write(separator + ",\n".join(links))
                separator = ",\n"
        file.write("\n  ]\n}\n")


def _places(random: np.random.Generator, n_nodes: int) -> Places:
    n_errors = N_LAYERS * N_TOKENS
    n_features = n_nodes - N_TOKENS - n_errors - N_LOGITS
    cells = np.sort(random.choice(N_LAYERS * N_TOKENS * N_FEATURES, n_features, replace=False))
    cell, index = np.divmod(cells, N_FEATURES)
    errors, tokens = np.arange(n_errors), np.arange(N_TOKENS)
    layer = (np.full(N_TOKENS, -1), cell // N_TOKENS, errors // N_TOKENS, np.full(N_LOGITS, N_LAYERS))
    position = (tokens, cell % N_TOKENS, errors % N_TOKENS, np.full(N_LOGITS, N_TOKENS - 1))
    # The first features of layer 0 are left out: they have the ids of errors, and such a file would be refused.
    numbers = (1_000 + tokens, N_LAYERS + index, np.zeros(n_errors, np.int64), np.arange(N_LOGITS))
    kind = np.repeat(np.arange(4), [len(column) for column in layer])
    return kind, np.concatenate(layer), np.concatenate(position), np.concatenate(numbers)


def _node(kind: int, layer: int, position: int, index: int) -> dict[str, Any]:
    paired = (layer + index) * (layer + index + 1) // 2 + index
    node_id, feature_type, spelled_layer, feature = {
        NodeKind.EMBEDDING: (f"E_{index}_{position}", "embedding", "E", position),
        NodeKind.FEATURE: (f"{layer}_{index}_{position}", "cross layer transcoder", str(layer), paired),
        NodeKind.ERROR: (f"0_{layer}_{position}", "mlp reconstruction error", str(layer), -1),
        NodeKind.LOGIT: (f"{layer + 1}_{index}_{position}", "logit", str(layer + 1), index),
    }[NodeKind(kind)]
    return {
        "node_id": node_id,
        "feature": feature,
        "layer": spelled_layer,
        "ctx_idx": position,
        "feature_type": feature_type,
        "token_prob": 0.5 ** (index + 1) if kind == NodeKind.LOGIT else 0.0,
        "is_target_logit": kind == NodeKind.LOGIT and index == 0,
        "run_idx": 0,
        "reverse_ctx_idx": 0,
        "jsNodeId": f"{spelled_layer}_{feature}-0",
        "clerp": f'Output " next{index}" (p={0.5 ** (index + 1):.3f})' if kind == NodeKind.LOGIT else "",
        "influence": None,
        "activation": 1.0 + index % 7 if kind == NodeKind.FEATURE else None,
    }


def _metadata() -> dict[str, Any]:
    tokens = [f" token{at}" for at in range(N_TOKENS)]
    return {
        "slug": "large",
        "scan": "synthetic",
        "transcoder_list": [],
        "prompt_tokens": tokens,
        "prompt": "".join(tokens),
        "schema_version": 1,
    }
