"""Feature files of a transcoder set as circuit-tracer's viewer reads them, from bytes into facts. They hold no words.

    index.json.gz   by layer: `filename`, and `offsets`, one more than the layer has features
    layer_5.bin     the part of a feature: the length of what follows, 4 bytes, little-endian, then JSON as gzip or zlib
    38.json         in place of both, a file a feature: its number is the Cantor pairing of layer and index

Source: `frontend/assets/feature_examples/init-feature-examples.js`, `frontend/assets/util.js` and
`frontend/feature_models.py` of circuit-tracer 0.5.0.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from ingest.annotation.reading import UNREADABLE, most_active
from queries.graph.facts import FeatureExample, FeatureFacts, FeatureLogit, Histogram
from queries.graph.features import feature_number

ORIGIN = "set files"
INDEX = "index.json.gz"
MOST_INDEX, MOST_UNPACKED_INDEX = 128 << 20, 256 << 20
"""Bytes of an index, as it comes and unpacked: that of 2.5 million features has some 30 million."""
MOST_FEATURE, MOST_UNPACKED_FEATURE = 16 << 20, 64 << 20

BROKEN = (*UNREADABLE, zlib.error, RecursionError)
"""What reading raises that is not in this shape."""


class Part(NamedTuple):
    file: str
    bytes: range
    """Empty where the file has nothing on the feature."""


class Index:
    """Where the features' parts are. Making one, and `part`, raise one of BROKEN."""

    def __init__(self, content: bytes) -> None:
        self._layers: Any = json.loads(unpacked(content, MOST_UNPACKED_INDEX))
        if not isinstance(self._layers, list | dict):
            raise TypeError("it has no layers")

    def part(self, layer: int, index: int) -> Part | None:
        """The part of a feature; None: the files have no such layer or index."""
        if isinstance(self._layers, list):
            found = self._layers[layer] if layer < len(self._layers) else None
        else:
            found = self._layers.get(str(layer))
        if found is None:
            return None
        file, offsets = found["filename"], found["offsets"]
        if not isinstance(file, str) or PurePosixPath(file).is_absolute() or ".." in file.split("/"):
            raise ValueError(f"{file!r} is no name of a file")
        if index + 1 >= len(offsets):
            return None
        begin, end = (int(offset) for offset in offsets[index : index + 2])
        if not 0 <= begin <= end <= begin + MOST_FEATURE:
            raise ValueError(f"a part from {begin} to {end}")
        return Part(file, range(begin, end))


def file_of(layer: int, index: int) -> str:
    """The name of a feature's file where each has its own."""
    return f"{feature_number(layer, index)}.json"


def read_part(content: bytes, now: datetime) -> FeatureFacts:
    """Raises one of BROKEN."""
    end = 4 + int.from_bytes(content[:4], "little")
    if len(content) < end:
        raise ValueError(f"{len(content)} bytes of {end}")
    return read_file(unpacked(content[4:end], MOST_UNPACKED_FEATURE), now)


def read_file(content: bytes, now: datetime) -> FeatureFacts:
    """Raises one of BROKEN."""
    entry = json.loads(content)
    if not isinstance(entry, dict):
        raise TypeError("it is no feature")
    return FeatureFacts(
        origin=ORIGIN,
        fetched_at=now,
        top_logits=[FeatureLogit(token=token, value=None) for token in entry.get("top_logits") or []],
        bottom_logits=[FeatureLogit(token=token, value=None) for token in entry.get("bottom_logits") or []],
        density=entry.get("activation_frequency"),
        max_activation=entry.get("act_max"),
        activation_histogram=_histogram(entry),
        logit_histogram=None,
        examples=most_active(_examples(entry)),
    )


def unpacked(content: bytes, most: int) -> bytes:
    """What gzip or zlib packed. Raises ValueError for what is cut short or has more than so many bytes; zlib.error."""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    found = unpacking.decompress(content, most)
    if not unpacking.eof:
        raise ValueError("it is too large" if len(found) == most else "it is cut short")
    return found


def _examples(entry: Mapping[str, Any]) -> Iterator[FeatureExample]:
    """Each text once: the ranges of activation that the examples are grouped by may share one."""
    seen = set[tuple[str, ...]]()
    for group in entry.get("examples_quantiles") or []:
        for one in group["examples"]:
            example = FeatureExample(tokens=one["tokens"], activations=one["tokens_acts_list"])
            if len(example.tokens) != len(example.activations):
                raise ValueError("an example has another number of tokens than of activations")
            if tuple(example.tokens) not in seen:
                seen.add(tuple(example.tokens))
                yield example


def _histogram(entry: Mapping[str, Any]) -> Histogram | None:
    """Bars of equal width from the least to the greatest activation, each by its middle."""
    heights, least, greatest = entry.get("histogram"), entry.get("act_min"), entry.get("act_max")
    if not heights or least is None or greatest is None:
        return None
    width = (greatest - least) / len(heights)
    return Histogram(values=[least + (bar + 0.5) * width for bar in range(len(heights))], heights=heights)
