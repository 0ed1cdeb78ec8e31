"""Explanations for a graph's features, from files in the shape of Neuronpedia's exports."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.models import TranscoderEntry
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import Explanation, FeatureId


def annotate(graph: AttributionGraph, transcoders: TranscoderEntry) -> AttributionGraph:
    """The graph with the explanations of its features from the transcoder set's file."""
    if transcoders.explanations is None:
        return graph
    nodes = graph.nodes
    of_nodes = nodes.feature_ids()
    wanted = {of_nodes[node] for node in nodes.of_kind(NodeKind.FEATURE)}
    explained = replace(graph, explanations=read_explanations(transcoders.explanations, wanted))
    n_labelled = sum(explained.labels[node] is not None for node in nodes.of_kind(NodeKind.FEATURE))
    return replace(explained, record=graph.record.model_copy(update={"n_labelled_nodes": n_labelled}))


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
                feature = int(str(entry["layer"]).partition("-")[0]), int(entry["index"])
                if feature in wanted:
                    found.setdefault(feature, []).append(_explanation(entry))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise InvalidGraph(f"{path.name}, line {number}", f"not an explanation: {error!r}") from error
    return found


def _explanation(entry: dict[str, Any]) -> Explanation:
    scores = entry.get("scores") or []
    score = scores[0].get("value") if scores else None
    created = entry.get("createdAt")
    return Explanation(
        text=str(entry["description"]).strip(),
        author=str(entry.get("explanationModelName") or entry.get("authorName") or "unknown"),
        type=str(entry.get("typeName") or "unknown"),
        score=None if score is None else float(score),
        created_at=datetime.fromisoformat(created) if created else None,
    )
