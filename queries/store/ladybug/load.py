"""Writing into a Ladybug database: its tables, and a graph's rows, copied in bulk; and deleting them."""

from collections.abc import Iterable, Sequence
from typing import Any

import ladybug
import numpy as np
import pyarrow as pa

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.store import rows, schema
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run_rows
from queries.store.ladybug.read import read_record
from queries.store.rows import Columns, Row
from queries.store.statements import DELETE_UNUSED_TRACE


def create_tables(connection: ladybug.Connection) -> None:
    for table in schema.TABLES:
        connection.execute(schema.create_table(table))
    for relationship in schema.RELATIONSHIPS:
        connection.execute(schema.create_relationship(relationship))


def load_graph(connection: ladybug.Connection, graph: AttributionGraph) -> bool:
    """False where the graph is stored already. Needs a transaction."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    if run_rows(connection, statements.GRAPH_RECORD, graph=record.id, state=schema.VISIBLE):
        return False
    keys = nodes.keys(record.id)
    labels = np.array([schema.NODE_TABLES[NodeKind(kind)].label for kind in nodes.kind.tolist()])
    row = rows.record_row(record, schema.VISIBLE)
    _copy(connection, schema.ATTRIBUTION_GRAPH, {column: [value] for column, value in row.items()})
    for kind, table in schema.NODE_TABLES.items():
        _copy(connection, table, rows.node_columns(nodes, kind, keys))
    graph_label = schema.ATTRIBUTION_GRAPH.label
    _relate(connection, schema.HAS_NODE, [record.id] * len(keys), keys, [graph_label] * len(keys), labels)
    _relate(
        connection,
        schema.DIRECT_EFFECT,
        [keys[node] for node in edges.source.tolist()],
        [keys[node] for node in edges.target.tolist()],
        labels[edges.source],
        labels[edges.target],
        {"weight": edges.weight, "share": edges.share},
    )
    add_features(connection, rows.features(graph), list(rows.explanation_rows(graph)))
    instances = rows.instances(graph, keys)
    _relate(connection, schema.INSTANCE_OF, [node for node, _ in instances], [key for _, key in instances])
    _load_supernodes(connection, graph, keys, labels)
    if (trace := rows.trace_row(record)) is not None:
        _copy_unknown(connection, schema.TRACE, [trace])
        _relate(connection, schema.TRACED_FROM, [record.id], [trace["id"]])
    views = rows.view_rows(graph)
    _copy(connection, schema.VIEW, _columns(schema.VIEW, views))
    view_keys = [row["key"] for row in views]
    _relate(connection, schema.HAS_VIEW, [record.id] * len(view_keys), view_keys)
    return True


def add_features(
    connection: ladybug.Connection, features: list[Row], explanations: list[tuple[str, Row]]
) -> None:
    """Add the features and explanations that are not stored yet; the others stay as they are."""
    _copy_unknown(connection, schema.FEATURE, features)
    feature_of = {row["key"]: feature for feature, row in explanations}
    new = _copy_unknown(connection, schema.EXPLANATION, [row for _, row in explanations])
    _relate(connection, schema.EXPLAINED_BY, [feature_of[key] for key in new], new)


def delete_graph(connection: ladybug.Connection, graph_id: str) -> None:
    """Raises GraphNotFound. Needs a transaction."""
    record = read_record(connection, graph_id)
    used = [row["key"] for row in run_rows(connection, statements.GRAPH_FEATURES, graph=graph_id)]
    for statement in statements.DELETE_PARTS:
        connection.execute(statement, {"graph": graph_id})
    unused = [row["key"] for row in run_rows(connection, statements.UNUSED_FEATURES, keys=used)]
    connection.execute(statements.DELETE_EXPLANATIONS, {"keys": unused})
    connection.execute(statements.DELETE_FEATURES, {"keys": unused})
    if record.trace_id is not None:
        connection.execute(DELETE_UNUSED_TRACE, {"trace": record.trace_id})


def _copy_unknown(connection: ladybug.Connection, table: schema.Table, new: list[Row]) -> list[str]:
    """Create the nodes whose keys the table does not hold yet. Returns their keys."""
    column = next(iter(table.columns))
    by_key = {row[column]: row for row in new}
    found = run_rows(connection, statements.KNOWN.format(label=table.label, column=column), keys=list(by_key))
    for row in found:
        del by_key[row["key"]]
    _copy(connection, table, _columns(table, by_key.values()))
    return list(by_key)


def _load_supernodes(
    connection: ladybug.Connection, graph: AttributionGraph, keys: list[str], labels: Any
) -> None:
    supernodes = rows.supernode_rows(graph)
    _copy(connection, schema.SUPERNODE, _columns(schema.SUPERNODE, supernodes))
    own_keys = [row["key"] for row in supernodes]
    _relate(connection, schema.HAS_SUPERNODE, [graph.record.id] * len(own_keys), own_keys)
    members = [
        (key, node) for key, one in zip(own_keys, graph.supernodes, strict=True) for node in one.members
    ]
    _relate(
        connection,
        schema.GROUPS,
        [key for key, _ in members],
        [keys[node] for _, node in members],
        [schema.SUPERNODE.label] * len(members),
        labels[[node for _, node in members]] if members else [],
    )


def _relate(
    connection: ladybug.Connection,
    relationship: schema.Relationship,
    sources: Sequence[str],
    targets: Sequence[str],
    source_labels: Any = None,
    target_labels: Any = None,
    properties: Row | None = None,
) -> None:
    """Create relationships by the keys of their ends, for one pair of labels at a time, as Ladybug copies them.

    Labels may be left out where the relationship has one pair only.
    """
    for source_label, target_label in relationship.pairs:
        if source_labels is None:
            chosen = np.arange(len(sources))
        else:
            chosen = np.flatnonzero(
                (np.asarray(source_labels) == source_label) & (np.asarray(target_labels) == target_label)
            )
        if not len(chosen):
            continue
        table = pa.table(
            {
                "from": pa.array([sources[row] for row in chosen.tolist()], pa.string()),
                "to": pa.array([targets[row] for row in chosen.tolist()], pa.string()),
                **{name: pa.array(values[chosen]) for name, values in (properties or {}).items()},
            }
        )
        connection.execute(
            f"COPY {relationship.type} FROM $rows (from='{source_label}', to='{target_label}')",
            {"rows": table},
        )


ARROW_TYPES = {
    schema.TEXT: pa.string(),
    schema.INTEGER: pa.int64(),
    schema.REAL: pa.float64(),
    schema.FLAG: pa.bool_(),
    schema.TEXTS: pa.list_(pa.string()),
    schema.INTEGERS: pa.list_(pa.int64()),
    schema.TIME: pa.timestamp("us"),
}


def _copy(connection: ladybug.Connection, table: schema.Table, columns: Columns) -> None:
    """Create nodes in bulk, from all columns of their table."""
    if not columns[next(iter(table.columns))]:
        return
    arrays = {name: pa.array(columns[name], ARROW_TYPES[type]) for name, type in table.columns.items()}
    connection.execute(f"COPY {table.label} FROM $rows", {"rows": pa.table(arrays)})


def _columns(table: schema.Table, new: Iterable[Row]) -> Columns:
    listed = list(new)
    return {column: [row[column] for row in listed] for column in table.columns}
