"""Writing into a Neo4j database: its constraints, and a graph's rows; and deleting them."""

from typing import Any

import neo4j

from queries.graph.attribution_graph import AttributionGraph
from queries.store import rows, schema
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction
from queries.store.neo4j.read import read_record
from queries.store.rows import Columns, Row
from queries.store.statements import DELETE_UNUSED_TRACE

EDGES_AT_ONCE = 50_000
"""Edges sent with one statement: about 1.5 MB."""


def create_constraints(session: neo4j.Session) -> None:
    for label, key in statements.KEYS.items():
        session.run(statements.CONSTRAINT.format(label=label, key=key)).consume()


def load_graph(transaction: Transaction, graph: AttributionGraph) -> bool:
    """False where the graph is stored already."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    graph_id, keys = record.id, nodes.keys(record.id)
    created = transaction.run(statements.CREATE_GRAPH, row=rows.record_row(record, schema.VISIBLE)).consume()
    if not created.counters.nodes_created:
        return False
    for kind, table in schema.NODE_TABLES.items():
        new = _rows_of(rows.node_columns(nodes, kind, keys))
        _run_over(transaction, statements.CREATE_NODES.format(label=table.label), graph=graph_id, rows=new)
    for start in range(0, len(edges), EDGES_AT_ONCE):
        chosen = slice(start, start + EDGES_AT_ONCE)
        columns = {column: getattr(edges, column)[chosen].tolist() for column in edges.__slots__}
        transaction.run(statements.CREATE_EDGES, graph=graph_id, **columns).consume()
    supernodes = [
        {"supernode": row, "members": list(one.members)}
        for row, one in zip(rows.supernode_rows(graph), graph.supernodes, strict=True)
    ]
    _run_over(transaction, statements.CREATE_SUPERNODES, graph=graph_id, rows=supernodes)
    _run_over(transaction, statements.CREATE_VIEWS, graph=graph_id, rows=rows.view_rows(graph))
    lock_features(transaction, graph_id)
    add_features(transaction, rows.features(graph), list(rows.explanation_rows(graph)))
    _run_over(transaction, statements.CREATE_INSTANCES, rows=rows.instances(graph, keys))
    if (trace := rows.trace_row(record)) is not None:
        transaction.run(statements.MERGE_TRACE, graph=graph_id, row=trace).consume()
    return True


def lock_features(transaction: Transaction, holder: str) -> None:
    transaction.run(statements.LOCK_FEATURES, whom=holder).consume()


def add_features(transaction: Transaction, features: list[Row], explanations: list[tuple[str, Row]]) -> None:
    """Add the features and explanations that are not stored yet; the others stay as they are. Needs the lock."""
    _run_over(transaction, statements.MERGE_FEATURES, rows=features)
    explained = [{"feature": feature, "explanation": row} for feature, row in explanations]
    _run_over(transaction, statements.MERGE_EXPLANATIONS, rows=explained)


def delete_graph(transaction: Transaction, graph_id: str) -> None:
    """Raises GraphNotFound."""
    lock_features(transaction, graph_id)
    record = read_record(transaction, graph_id)
    used = transaction.run(statements.GRAPH_FEATURES, graph=graph_id).single(strict=True)["keys"]
    for statement in statements.DELETE_PARTS:
        transaction.run(statement, graph=graph_id).consume()
    transaction.run(statements.DELETE_UNUSED_FEATURES, keys=used).consume()
    if record.trace_id is not None:
        transaction.run(DELETE_UNUSED_TRACE, trace=record.trace_id).consume()


def _run_over(transaction: Transaction, statement: str, *, rows: list[Any], **parameters: Any) -> None:
    """Run a statement over rows, if there are any."""
    if rows:
        transaction.run(statement, rows=rows, **parameters).consume()


def _rows_of(columns: Columns) -> list[Row]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
