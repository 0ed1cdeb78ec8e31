"""Explanations for a graph's features, from files: in the shape of Neuronpedia's exports, or as people write them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ingest.annotation.reading import UNREADABLE, read_explanation, why_unreadable
from ingest.models import TranscoderEntry
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import PERSON, Explanation, FeatureId, feature_id

TEXTS = ("description", "explanation", "text")
"""The fields of a file that hold an explanation's words; `label` holds a person's."""


class Explained(NamedTuple):
    """A line of a file: a feature, and what it is said to mean."""

    feature: FeatureId
    explanation: Explanation


def annotate(graph: AttributionGraph, transcoders: TranscoderEntry) -> AttributionGraph:
    """The graph with the explanations of its features from the transcoder set's file."""
    if transcoders.explanations is None:
        return graph
    wanted = set(features_of(graph))
    return graph.with_explanations(read_explanations(transcoders.explanations, wanted))


def features_of(graph: AttributionGraph) -> list[FeatureId]:
    """The graph's features, each once, in the order of its nodes."""
    of_nodes = graph.nodes.feature_ids()
    return list(dict.fromkeys(of_nodes[node] for node in graph.nodes.of_kind(NodeKind.FEATURE).tolist()))


def read_explanations(path: Path, wanted: set[FeatureId]) -> dict[FeatureId, list[Explanation]]:
    """The file's explanations of the `wanted` features: one JSON object a line, with `layer` (a number, or a
    source id that begins with it, `20-gemmascope-transcoder-16k`), `index` and `description`.

    Raises InvalidGraph, which names the line.
    """
    found: dict[FeatureId, list[Explanation]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
                feature = _layer(entry), int(entry["index"])
                if feature in wanted:
                    found.setdefault(feature, []).append(read_explanation(entry))
            except UNREADABLE as error:
                raise _malformed(path, number, error) from error
    return found


def read_labels(path: Path) -> list[Explained]:
    """The explanations and labels of a person's file: CSV with a head, or one JSON object a line.

    A line has `layer`, `index`, for a feature of attention `site`, and one of `label` (a person's words),
    `description`, `explanation` and `text`; perhaps `author`, `type` and `score`.

    Raises InvalidGraph, which names the line.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidGraph(path.name, f"not UTF-8: {error}") from error
    found: list[Explained] = []
    for number, read in _lines(path, content):
        try:
            entry = json.loads(read) if isinstance(read, str) else read
            found.append(_explained(entry))
        except UNREADABLE as error:
            raise _malformed(path, number, error) from error
    return found


def _lines(path: Path, content: str) -> Iterator[tuple[int, str | Mapping[str, Any]]]:
    """Each line that is not empty, with its number: of CSV as the fields of its head, else as it stands."""
    if path.suffix.lower() == ".csv":
        table = csv.DictReader(io.StringIO(content, newline=""), skipinitialspace=True)
        for row in table:
            yield table.line_num, row
        return
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, line


def _explained(entry: Mapping[str, Any]) -> Explained:
    """Raises one of UNREADABLE."""
    label = entry.get("label")
    text = label or next((value for name in TEXTS if (value := entry.get(name))), "")
    named = dict(entry) | {"description": text}
    named["explanationModelName"] = entry.get("explanationModelName") or entry.get("author")
    named["typeName"] = entry.get("typeName") or entry.get("type") or (PERSON if label else None)
    score = entry.get("score")
    if score not in (None, ""):
        named["scores"] = [{"value": score}]
    explanation = read_explanation(named)
    if not explanation.text:
        raise ValueError("it has no words")
    if explanation.type == PERSON and explanation.author == "unknown":
        explanation = replace(explanation, author=PERSON)
    return Explained(feature_id(_layer(entry), int(entry["index"]), entry.get("site") or None), explanation)


def _layer(entry: Mapping[str, Any]) -> int:
    """The number of an entry's layer, which may begin a source id. Raises one of UNREADABLE."""
    return int(str(entry["layer"]).partition("-")[0])


def _malformed(path: Path, line: int, error: BaseException) -> InvalidGraph:
    return InvalidGraph(f"{path.name}, line {line}", f"not an explanation: {why_unreadable(error)}")
