"""One table lists the columns of nodes; databases and files follow it."""

import numpy as np

from queries.graph.attribution_graph import NODE_COLUMNS, NodeKind, Nodes
from queries.store import schema
from queries.words import KIND_WORDS
from tests.support.graphs import make_graph


def test_the_words_of_kinds_are_their_names() -> None:
    assert [kind.name.lower() for kind in NodeKind] == [kind.word for kind in NodeKind] == list(KIND_WORDS)


def test_the_node_tables_of_stored_databases_stay() -> None:
    """Ladybug copies rows into its tables by the order of columns, so a new column goes last."""
    place = {"key": "STRING", "ordinal": "INT64", "layer": "INT64", "position": "INT64", "index": "INT64"}
    influence = {"node_influence": "DOUBLE", "cumulative_influence": "DOUBLE", "input_total": "DOUBLE"}
    expected = {
        "EmbeddingNode": {**place, "token": "STRING", **influence},
        "FeatureNode": {
            **place,
            "label": "STRING",
            "activation": "DOUBLE",
            **influence,
            "site": "STRING",
            "contributors": "STRING",
        },
        "ErrorNode": {**place, **influence, "site": "STRING"},
        "LogitNode": {
            **place,
            "token": "STRING",
            "probability": "DOUBLE",
            "is_target_logit": "BOOL",
            **influence,
            "label": "STRING",
        },
    }
    assert {table.label: list(table.columns.items()) for table in schema.NODE_TABLES.values()} == {
        label: list(columns.items()) for label, columns in expected.items()
    }


def test_a_column_that_is_not_given_is_blank() -> None:
    kind = np.array([NodeKind.EMBEDDING, NodeKind.LOGIT], dtype=np.int8)
    nodes = Nodes.of_columns(kind=kind, layer=np.array([-1, 3]))
    full = make_graph("EL", {}).nodes
    for column in NODE_COLUMNS:
        values, other = getattr(nodes, column.name), getattr(full, column.name)
        assert len(values) == 2 and type(values) is type(other)
        if isinstance(values, np.ndarray):
            assert values.dtype == other.dtype
    assert nodes.layer.tolist() == [-1, 3]
    assert (nodes.listed("token"), nodes.listed("probability")) == ([None, None], [None, None])
    assert (nodes.listed("index"), nodes.listed("is_target_logit")) == ([0, 0], [False, False])
