import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.annotation.file import annotate, read_explanations, read_labels
from ingest.models import TranscoderEntry
from queries.errors import InvalidGraph
from queries.graph.features import Explanation
from tests.support.graphs import make_graph

FULL = {
    "modelId": "gemma-2-2b",
    "layer": "20-gemmascope-transcoder-16k",
    "index": "15589",
    "description": " Texas ",
    "explanationModelName": "gpt-4o-mini",
    "typeName": "oai_token-act-pair",
    "scores": [{"value": 0.75, "explanationScoreTypeName": "recall_alt"}],
    "createdAt": "2024-08-02T19:23:51.913Z",
}


def write(path: Path, *entries: Any) -> Path:
    file = path / "explanations.jsonl"
    file.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in entries))
    return file


def test_reads_what_neuronpedia_exports(tmp_path: Path) -> None:
    found = read_explanations(write(tmp_path, FULL), {(20, 15589)})
    made = datetime(2024, 8, 2, 19, 23, 51, 913000, UTC)
    assert found == {(20, 15589): [Explanation("Texas", "gpt-4o-mini", "oai_token-act-pair", 0.75, made)]}


def test_a_layer_is_a_number_or_begins_a_source_id(tmp_path: Path) -> None:
    lines = [
        {"layer": layer, "index": 7, "description": "x"} for layer in (3, "3", "3-clt-hp", "33-clt-hp", 2)
    ]
    found = read_explanations(write(tmp_path, *lines), {(3, 7)})
    assert found == {(3, 7): [Explanation("x", "unknown", "unknown")] * 3}


def test_reads_the_wanted_features_only(tmp_path: Path) -> None:
    lines = [{"layer": 0, "index": index, "description": f"feature {index}"} for index in range(9)]
    assert read_explanations(write(tmp_path, *lines), {(0, 4), (1, 5)}).keys() == {(0, 4)}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "",
        "7",
        "[1]",
        "null",
        {"index": 1, "description": "x"},
        {"layer": 0, "description": "x"},
        {"layer": 0, "index": 1},
        {"layer": "gemma", "index": 1, "description": "x"},
        {"layer": 0, "index": None, "description": "x"},
        {"layer": 0, "index": 1, "description": "x", "scores": [0.5]},
        {"layer": 0, "index": 1, "description": "x", "scores": {"value": 0.5}},
        {"layer": 0, "index": 1, "description": "x", "scores": [{"value": "good"}]},
        {"layer": 0, "index": 1, "description": "x", "createdAt": "yesterday"},
        {"layer": 0, "index": 1, "description": "x", "createdAt": 5},
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: object) -> None:
    good = {"layer": 0, "index": 1, "description": "x"}
    with pytest.raises(InvalidGraph) as raised:
        read_explanations(write(tmp_path, good, line, good), {(0, 1)})
    assert raised.value.where == "explanations.jsonl, line 2"


@pytest.mark.parametrize(
    ("head", "line", "why"),
    [
        ("layer,index,label", "1,x,Texas", "invalid literal for int() with base 10: 'x'"),
        ("layer,index,label", "1,2,", "it has no words"),
        ("layer,index", "1,2", "it has no words"),
        ("index,label", "2,Texas", "'layer' is missing"),
        ("layer,index,label,score", "1,2,Texas,good", "could not convert string to float: 'good'"),
    ],
)
def test_a_malformed_line_of_labels_says_what_is_wrong(
    tmp_path: Path, head: str, line: str, why: str
) -> None:
    file = tmp_path / "labels.csv"
    file.write_text(f"{head}\n{line}\n")
    with pytest.raises(InvalidGraph) as raised:
        read_labels(file)
    assert str(raised.value) == f"labels.csv, line 2: not an explanation: {why}"


def test_a_graph_gets_its_features_explanations(tmp_path: Path) -> None:
    lines = [{"layer": layer, "index": layer + 1, "description": f"feature {layer}"} for layer in range(9)]
    transcoders = TranscoderEntry(name="set", source="folder", explanations=write(tmp_path, *lines))
    graph = make_graph("EFFFL", {(0, 1): 1}, labels={3: "own"})
    graph.nodes.index[2] = 77  # has no explanation
    explained = annotate(graph, transcoders)
    assert explained.explanations.keys() == {(0, 1), (2, 3)}
    assert explained.labels == [None, "feature 0", None, "own", None]
    assert explained.record.n_labelled_nodes == 2
    assert explained.record.id == graph.record.id


def test_without_a_file_a_graph_stays_as_it_is() -> None:
    graph = make_graph("EFL", {})
    assert annotate(graph, TranscoderEntry(name="set", source="folder")) is graph
