"""A graph as rows, and back, is complete."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import Explanation
from queries.graph.records import GraphRecord, Prediction
from queries.store import schema
from queries.store.rows import (
    STORE_ONLY,
    explanation_of,
    explanation_rows,
    features,
    node_columns,
    nodes_of,
    record_of,
    record_row,
)
from tests.support.graphs import graphs, make_graph

FULL: dict[str, Any] = {
    "id": "0123",
    "name": "a name",
    "origin": "trace",
    "prompt": 'The "capital"',
    "tokens": ["<bos>", "The", ""],
    "token_ids": [2, 651, 0],
    "model": "gemma-2-2b",
    "model_revision": "abc",
    "transcoder_set": "gemma",
    "transcoder_revision": "def",
    "attention_set": "lorsa",
    "n_layers": 26,
    "dtype": "bfloat16",
    "max_n_logits": 9,
    "desired_logit_prob": 0.9,
    "max_feature_nodes": 5000,
    "batch_size": 48,
    "update_interval": 3,
    "attribution_targets": [" Austin"],
    "node_threshold": 0.7,
    "edge_threshold": 0.97,
    "n_active_features": 7000,
    "n_selected_features": 5000,
    "replacement_score": 0.5,
    "completeness_score": 0.6,
    "pruned_replacement_score": 0.7,
    "pruned_completeness_score": 0.8,
    "share_basis": "trace",
    "prediction": Prediction(token=" Austin", probability=0.4),
    "n_embedding_nodes": 1,
    "n_feature_nodes": 2,
    "n_error_nodes": 3,
    "n_logit_nodes": 4,
    "n_labelled_nodes": 5,
    "n_edges": 6,
    "faithfulness": 0.875,
    "faithfulness_random": 0.125,
    "notes": "Read me.",
    "n_dropped_links": 7,
    "timings": {"trace": 1.5},
    "versions": {"circuit-tracer": "0.5.0"},
    "metadata": {"info": {"creator": "Ada"}, "list": [1, None]},
    "trace_id": "4567",
    "n_trace_nodes": 8,
    "n_trace_edges": 9,
    "created_at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
}
NEEDED = {name for name, field in GraphRecord.model_fields.items() if field.is_required()}


def test_the_example_gives_every_field_its_own_value() -> None:
    assert FULL.keys() == GraphRecord.model_fields.keys()
    for name, field in GraphRecord.model_fields.items():
        assert field.is_required() or FULL[name] != field.get_default(call_default_factory=True), name


@pytest.mark.parametrize("left_out", [None, *sorted(FULL.keys() - NEEDED)])
def test_a_record_comes_back_as_it_was(left_out: str | None) -> None:
    record = GraphRecord(**{name: value for name, value in FULL.items() if name != left_out})
    row = record_row(record, "visible")
    assert row["state"] == "visible"
    assert record_of(row) == record


def test_targets_come_back_as_they_were() -> None:
    difference = {"logits": [{"token": " Austin", "factor": 1.0}, {"token": 5, "factor": -1.0}]}
    for targets in (
        [" Austin", 5, "5", "json:", 'json:"x"', "{"],
        [difference, {"name": "x", "direction": [0.5, 1e-9], "weight": 2.0}],
    ):
        record = GraphRecord(**FULL | {"attribution_targets": targets})
        row = record_row(record, "visible")
        assert all(isinstance(one, str) for one in row["attribution_targets"]), "columns of texts"
        assert record_of(row) == record
    assert record_row(GraphRecord(**FULL), "visible")["attribution_targets"] == [" Austin"], "as in 0.1"


def test_a_prediction_without_probability_comes_back() -> None:
    record = GraphRecord(**FULL | {"prediction": Prediction(token="x")})
    assert record_of(record_row(record, "visible")).prediction == Prediction(token="x", probability=None)


def test_times_are_stored_in_utc() -> None:
    local = FULL["created_at"].astimezone(timezone(timedelta(hours=5)))
    row = record_row(GraphRecord(**FULL | {"created_at": local}), "visible")
    assert row["created_at"] == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert row["created_at"].tzinfo is UTC
    assert record_of(row).created_at == FULL["created_at"]


def test_the_table_has_a_column_for_every_field() -> None:
    spread = {"predicted_token", "predicted_probability"}
    columns = set(schema.ATTRIBUTION_GRAPH.columns)
    assert columns - STORE_ONLY - spread == GraphRecord.model_fields.keys() - {"prediction"}
    assert columns >= spread | {"state"} | set(schema.JSON_COLUMNS)


def assert_nodes_equal(one: AttributionGraph, other: AttributionGraph) -> None:
    for column in one.nodes.__slots__:
        np.testing.assert_array_equal(
            getattr(one.nodes, column), getattr(other.nodes, column), err_msg=column
        )


@given(graphs(labels=("A", "")))
def test_nodes_come_back_from_their_kinds_columns_in_any_order(graph: AttributionGraph) -> None:
    keys = graph.nodes.keys(graph.record.id)
    by_kind = {kind: node_columns(graph.nodes, kind, keys) for kind in reversed(NodeKind)}
    for kind, columns in by_kind.items():
        assert list(columns) == list(schema.NODE_TABLES[kind].columns)
        by_kind[kind] = {name: values[::-1] for name, values in columns.items()}
    back = AttributionGraph(graph.record, nodes_of(by_kind), graph.edges)
    assert_nodes_equal(back, graph)


def test_no_node_table_holds_a_nan() -> None:
    nodes = make_graph("EFXL", {(0, 1): 1}, probability={3: float("nan")}).nodes
    nodes.activation[1] = np.nan
    for kind in NodeKind:
        for values in node_columns(nodes, kind, nodes.keys("g")).values():
            assert values == values  # a NaN would not be equal to itself
    assert node_columns(nodes, NodeKind.LOGIT, nodes.keys("g"))["probability"] == [None]


def test_a_feature_is_counted_once_whatever_its_positions() -> None:
    graph = make_graph("EFFL", {})
    graph.nodes.layer[1:3], graph.nodes.index[1:3], graph.nodes.position[1:3] = 4, 77, [0, 1]
    (row,) = features(graph)
    assert row == {
        "key": "model/set/4/77",
        "model": "model",
        "transcoder_set": "set",
        "layer": 4,
        "index": 77,
        "site": None,
    }


def test_explanations_come_back_and_are_told_apart_by_what_they_say() -> None:
    explanations = [
        Explanation("Texas", "ada", "person", 0.5, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))),
        Explanation("Texas", "model", "auto"),
        Explanation("a state", "model", "auto", 0.0),
    ]
    rows = list(explanation_rows(make_graph("EFL", {}, explanations={(0, 1): explanations})))
    assert {feature for feature, _ in rows} == {"model/set/0/1"}
    assert len({row["key"] for _, row in rows}) == 3
    assert [explanation_of(row) for _, row in rows] == explanations
