"""The small files in ../shared/cases/graph-files, each as its table there says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.graph_file.about import ImportOptions
from ingest.graph_file.read import GraphFile, attribution_graph, parse_graph_file
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import AttributionGraph, NodeKind

CASES = Path(__file__).parents[4] / "shared/cases/graph-files"

Check = Callable[[AttributionGraph, GraphFile], Any]


def parsed(name: str, **options: Any) -> GraphFile:
    found = sorted(CASES.glob(f"{name}_*.json"))
    if not found:
        pytest.skip(f"the cases are not there: {CASES}")
    return parse_graph_file(found[0].read_bytes(), ImportOptions(**options))


def features(graph: AttributionGraph) -> list[tuple[Any, ...]]:
    return [graph.nodes.feature_ids()[node] for node in graph.nodes.of_kind(NodeKind.FEATURE)]


def logits(graph: AttributionGraph, column: str) -> list[Any]:
    values = graph.nodes.listed(column)
    return [values[node] for node in graph.nodes.of_kind(NodeKind.LOGIT)]


def shared_inputs(graph: AttributionGraph) -> list[float]:
    (target,) = (n for n, place in enumerate(graph.nodes.feature_ids()) if place == (3, 8))
    weights: list[float] = graph.edges.weight[graph.edges.target == target].tolist()
    return weights


READ: list[tuple[str, dict[str, Any], Check]] = [
    ("00", {}, lambda graph, _: len(graph.nodes) == 7),
    ("01", {}, lambda graph, _: features(graph) == [(0, 35), (2, 5758)]),
    ("03", {}, lambda graph, _: shared_inputs(graph) == [0.75, 0.5, 0.25]),
    ("05", {}, lambda _, file: file.dropped.zero_links == 1),
    (
        "07",
        {},
        lambda graph, _: (logits(graph, "token")[0], logits(graph, "label")[0]) == (" north", "points up"),
    ),
    ("09", {}, lambda graph, _: logits(graph, "token")[0] == "points up"),
    (
        "10",
        {},
        lambda graph, _: (1, 20, "attn") in features(graph) and graph.record.attention_set == "toy-lorsa",
    ),
    ("11", {}, lambda graph, _: graph.record.n_error_nodes == 1),
    ("13", {}, lambda graph, _: logits(graph, "probability") == [0.7, 0.2]),
    ("13b", {}, lambda graph, _: graph.record.prediction.token == " south"),
    (
        "15",
        {},
        lambda graph, _: graph.record.target_kind == "directions" and logits(graph, "probability")[0] == 1.5,
    ),
    ("16", {}, lambda graph, _: graph.record.target_kind == "directions"),
    ("19", {"lenient": True}, lambda _, file: file.dropped.dangling_links == 1),
    ("20", {}, lambda graph, file: len(graph.views[0].state["pinned"]) == 2 and file.dropped.pins == 0),
    ("21", {}, lambda _, file: (file.dropped.pins, file.dropped.supernode_members) == (1, 2)),
    ("22", {}, lambda graph, _: not graph.views),
    ("23", {}, lambda graph, _: not graph.views),
    ("24", {}, lambda graph, _: len(graph.views[0].state["pinned"]) == 2 and graph.supernodes[0].name == "a"),
    ("25", {}, lambda graph, _: graph.record.n_layers == 4 and features(graph) == [(2, 9)]),
    ("26", {"lenient": True}, lambda _, file: file.dropped.bad_links == 1),
    ("27", {}, lambda graph, _: np.isnan(graph.nodes.activation[3])),
    ("28", {}, lambda graph, _: graph.nodes.activation[3] == 0.0),
    ("29", {}, lambda graph, _: logits(graph, "token")[0].startswith("</script>")),
    (
        "30",
        {},
        lambda graph, _: graph.record.tokens[1:] == ["\n", "\n"] and logits(graph, "token")[0] == "\n\n",
    ),
    ("31", {}, lambda graph, _: len(set(logits(graph, "index"))) == 2),
    ("32", {}, lambda graph, _: graph.record.n_feature_nodes == 0),
    ("33", {}, lambda graph, _: graph.record.n_layers == 4),
    ("34", {}, lambda graph, _: graph.record.n_layers == 4),
    ("35", {}, lambda graph, _: len(graph.edges) == 3),
    (
        "36",
        {},
        lambda graph, _: (
            graph.record.prediction.token == " north" and logits(graph, "is_target_logit") == [False, True]
        ),
    ),
    ("37", {}, lambda graph, _: graph.record.n_layers == 4),
    ("38", {}, lambda graph, _: features(graph)[0] == (1, 7)),
    ("39", {}, lambda graph, _: features(graph)[0] == (1, 7)),
    ("41", {}, lambda graph, _: np.isnan(graph.nodes.activation[3])),
    ("42", {}, lambda graph, _: graph.record.prediction.token == " NORTH (corrected)"),
    ("43", {}, lambda graph, _: graph.record.n_layers == 4),
    ("45", {"model": "toy-model"}, lambda graph, _: graph.record.model == "toy-model"),
    ("46", {"lenient": True}, lambda _, file: file.dropped.doubled_links == 1),
]


@pytest.mark.parametrize(("name", "options", "check"), READ, ids=[name for name, *_ in READ])
def test_a_case_is_read(name: str, options: dict[str, Any], check: Check) -> None:
    file = parsed(name, **options)
    assert check(attribution_graph(file), file)


@pytest.mark.parametrize(
    ("name", "why"),
    [("19", "there is no node"), ("26", "finite"), ("45", "state the model"), ("46", "is also")],
)
def test_a_case_is_refused(name: str, why: str) -> None:
    with pytest.raises(InvalidGraph, match=why):
        parsed(name)


def test_every_case_is_here() -> None:
    if not CASES.is_dir():
        pytest.skip(f"the cases are not there: {CASES}")
    assert {file.name.split("_")[0] for file in CASES.glob("*.json")} == {name for name, *_ in READ}
