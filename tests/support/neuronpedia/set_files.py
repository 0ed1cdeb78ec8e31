"""Feature files of a transcoder set, as circuit-tracer's viewer reads them."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from tests.support.neuronpedia.site import Entry


def set_entry(layer: int, index: int, **changes: Any) -> Entry:
    """A feature as circuit-tracer's `feature_models.Model` has it."""
    return {
        "transcoder_id": f"layer_{layer}",
        "index": index,
        "top_logits": [" Austin", f" of {layer} {index}"],
        "bottom_logits": [" Ohio"],
        "act_min": 1.0,
        "act_max": 5.0,
        "quantile_values": [1.0, 5.0],
        "histogram": [30.0, 4.0],
        "activation_frequency": 0.002,
        "examples_quantiles": [
            {"quantile_name": "Subsample", "examples": [example(["in", " Ohio"], [0.0, 2.0])]},
            {
                "quantile_name": "Top",
                "examples": [
                    example(["in", " Texas"], [0.0, 5.0]),
                    example(["in", " Ohio"], [0.0, 2.0], is_repeated_datapoint=True),
                ],
            },
        ],
    } | changes


def example(tokens: list[str], activations: list[float], **changes: Any) -> Entry:
    return {
        "tokens": tokens,
        "tokens_acts_list": activations,
        "train_token_ind": 1,
        "is_repeated_datapoint": False,
    } | changes


def packed(entry: Any, is_zlib: bool = False) -> bytes:
    """A feature's part of a layer's file."""
    content = json.dumps(entry).encode()
    compressed = zlib.compress(content) if is_zlib else gzip.compress(content, mtime=0)
    return len(compressed).to_bytes(4, "little") + compressed


def write_layers(folder: Path, layers: list[dict[int, bytes]], n_features: int = 8) -> None:
    """An index and a file a layer: of each, the parts of its features by their index; the others have none."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for layer, parts in enumerate(layers):
        offsets, content = [0], b""
        for feature in range(n_features):
            content += parts.get(feature, b"")
            offsets.append(len(content))
        (folder / f"layer_{layer}.bin").write_bytes(content)
        index.append({"filename": f"layer_{layer}.bin", "offsets": offsets})
    (folder / "index.json.gz").write_bytes(gzip.compress(json.dumps(index).encode()))
