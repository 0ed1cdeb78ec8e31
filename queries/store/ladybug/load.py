"""Writing into a Ladybug database: its tables, and a graph's rows, copied in bulk."""

from collections.abc import Iterable, Sequence
from typing import Any

import ladybug
import numpy as np
import pyarrow as pa

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.store import rows, schema
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run_rows
from queries.store.rows import Columns, Row


def create_tables(connection: ladybug.Connection) -> None:
    for table in schema.TABLES:
        columns = [f"`{name}` {type}" for name, type in table.columns.items()]
        columns[0] += " PRIMARY KEY"
        connection.execute(f"CREATE NODE TABLE IF NOT EXISTS {table.label}({', '.join(columns)})")
    for relationship in schema.RELATIONSHIPS:
        parts = [f"FROM {source} TO {target}" for source, target in relationship.pairs]
        parts += [f"`{name}` {type}" for name, type in relationship.columns.items()]
        connection.execute(f"CREATE REL TABLE IF NOT EXISTS {relationship.type}({', '.join(parts)})")


def load_graph(connection: ladybug.Connection, graph: AttributionGraph) -> None:
    """Needs a transaction, in which the graph is not stored yet."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    keys = nodes.keys(record.id)
    of_table = np.array([schema.NODE_TABLES[NodeKind(kind)].label for kind in nodes.kind.tolist()])
    row = rows.record_row(record, schema.VISIBLE)
    _copy(connection, schema.ATTRIBUTION_GRAPH, {column: [value] for column, value in row.items()})
    for kind, table in schema.NODE_TABLES.items():
        _copy(connection, table, rows.node_columns(nodes, kind, keys))
    graph_label = schema.ATTRIBUTION_GRAPH.label
    _relate(connection, schema.HAS_NODE, [record.id] * len(keys), keys, [graph_label] * len(keys), of_table)
    _relate(
        connection,
        schema.DIRECT_EFFECT,
        [keys[node] for node in edges.source.tolist()],
        [keys[node] for node in edges.target.tolist()],
        of_table[edges.source],
        of_table[edges.target],
        {"weight": edges.weight, "share": edges.share},
    )
    add_features(connection, rows.features(graph), list(rows.explanation_rows(graph)))
    instances = rows.instances(graph, keys)
    _relate(connection, schema.INSTANCE_OF, [node for node, _ in instances], [key for _, key in instances])
    _load_supernodes(connection, graph, keys, of_table)
    if (trace := rows.trace_row(record)) is not None:
        _copy_unknown(connection, schema.TRACE, [trace])
        _relate(connection, schema.TRACED_FROM, [record.id], [trace["id"]])
    views = rows.view_rows(graph)
    _copy(connection, schema.VIEW, _columns(schema.VIEW, views))
    view_keys = [row["key"] for row in views]
    _relate(connection, schema.HAS_VIEW, [record.id] * len(view_keys), view_keys)


def add_features(
    connection: ladybug.Connection, features: list[Row], explanations: list[tuple[str, Row]]
) -> None:
    """Features and explanations exist once: those that are there stay as they are."""
    _copy_unknown(connection, schema.FEATURE, features)
    feature_of = {row["key"]: feature for feature, row in explanations}
    new = _copy_unknown(connection, schema.EXPLANATION, [row for _, row in explanations])
    _relate(connection, schema.EXPLAINED_BY, [feature_of[key] for key in new], new)


def _copy_unknown(connection: ladybug.Connection, table: schema.Table, new: list[Row]) -> list[str]:
    """Create the nodes whose keys the table does not hold; return those keys."""
    column = next(iter(table.columns))
    by_key = {row[column]: row for row in new}
    found = run_rows(connection, statements.KNOWN.format(label=table.label, column=column), keys=list(by_key))
    for row in found:
        del by_key[row["key"]]
    _copy(connection, table, _columns(table, by_key.values()))
    return list(by_key)


def _load_supernodes(
    connection: ladybug.Connection, graph: AttributionGraph, keys: list[str], of_table: Any
) -> None:
    supernodes = rows.supernode_rows(graph)
    _copy(connection, schema.SUPERNODE, _columns(schema.SUPERNODE, supernodes))
    own = [row["key"] for row in supernodes]
    _relate(connection, schema.HAS_SUPERNODE, [graph.record.id] * len(own), own)
    members = [(key, node) for key, one in zip(own, graph.supernodes, strict=True) for node in one.members]
    _relate(
        connection,
        schema.GROUPS,
        [key for key, _ in members],
        [keys[node] for _, node in members],
        [schema.SUPERNODE.label] * len(members),
        of_table[[node for _, node in members]] if members else [],
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
    """Create relationships by their ends' keys. Labels may be left out where there is one pair only.

    Ladybug copies one pair of labels at a time.
    """
    rest = properties or {}
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
                "from": pa.array([sources[at] for at in chosen.tolist()], pa.string()),
                "to": pa.array([targets[at] for at in chosen.tolist()], pa.string()),
                **{name: pa.array(values[chosen]) for name, values in rest.items()},
            }
        )
        connection.execute(
            f"COPY {relationship.type} FROM $rows (from='{source_label}', to='{target_label}')",
            {"rows": table},
        )


ARROW_TYPES = {
    schema.TEXT: pa.string(),
    schema.WHOLE: pa.int64(),
    schema.REAL: pa.float64(),
    schema.FLAG: pa.bool_(),
    schema.TEXTS: pa.list_(pa.string()),
    schema.WHOLES: pa.list_(pa.int64()),
    schema.TIME: pa.timestamp("us"),
}


def _copy(connection: ladybug.Connection, table: schema.Table, columns: Columns) -> None:
    """Bulk-create nodes, given all columns of their table."""
    if not columns["key" if "key" in columns else "id"]:
        return
    arrays = {name: pa.array(columns[name], ARROW_TYPES[type]) for name, type in table.columns.items()}
    connection.execute(f"COPY {table.label} FROM $rows", {"rows": pa.table(arrays)})


def _columns(table: schema.Table, new: Iterable[Row]) -> Columns:
    listed = list(new)
    return {column: [row[column] for row in listed] for column in table.columns}
