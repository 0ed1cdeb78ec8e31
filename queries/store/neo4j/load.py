"""Writing into a Neo4j database: a graph's rows, in one transaction."""

from typing import Any, TypeAlias

import neo4j

from queries.graph.attribution_graph import AttributionGraph
from queries.store import rows, schema
from queries.store.neo4j import statements
from queries.store.rows import Columns, Row

Transaction: TypeAlias = neo4j.ManagedTransaction

EDGES_AT_ONCE = 50_000
"""Edges sent with one statement: about 1.5 MB."""


def load_graph(transaction: Transaction, graph: AttributionGraph) -> bool:
    """False where the graph is stored already."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    graph_id, keys = record.id, nodes.keys(record.id)
    created = transaction.run(statements.CREATE_GRAPH, row=rows.record_row(record, schema.VISIBLE)).consume()
    if not created.counters.nodes_created:
        return False
    for kind, table in schema.NODE_TABLES.items():
        made = _rows_of(rows.node_columns(nodes, kind, keys))
        run_over(transaction, statements.CREATE_NODES.format(label=table.label), graph=graph_id, rows=made)
    for start in range(0, len(edges), EDGES_AT_ONCE):
        chosen = slice(start, start + EDGES_AT_ONCE)
        columns = {
            column: getattr(edges, column)[chosen].tolist()
            for column in ("source", "target", "weight", "share")
        }
        transaction.run(statements.CREATE_EDGES, graph=graph_id, **columns).consume()
    supernodes = [
        {"supernode": row, "members": list(one.members)}
        for row, one in zip(rows.supernode_rows(graph), graph.supernodes, strict=True)
    ]
    run_over(transaction, statements.CREATE_SUPERNODES, graph=graph_id, rows=supernodes)
    run_over(transaction, statements.CREATE_VIEWS, graph=graph_id, rows=rows.view_rows(graph))
    transaction.run(statements.LOCK_FEATURES, whom=graph_id).consume()
    add_features(transaction, rows.features(graph), list(rows.explanation_rows(graph)))
    run_over(transaction, statements.CREATE_INSTANCES, rows=rows.instances(graph, keys))
    if (trace := rows.trace_row(record)) is not None:
        transaction.run(statements.MERGE_TRACE, graph=graph_id, row=trace).consume()
    return True


def add_features(transaction: Transaction, features: list[Row], explanations: list[tuple[str, Row]]) -> None:
    """Features and explanations exist once: those that are there stay as they are. Needs the lock."""
    run_over(transaction, statements.MERGE_FEATURES, rows=features)
    explained = [{"feature": feature, "explanation": row} for feature, row in explanations]
    run_over(transaction, statements.MERGE_EXPLANATIONS, rows=explained)


def run_over(transaction: Transaction, statement: str, **parameters: Any) -> None:
    """Run a statement over rows (or keys), if there are any."""
    if all(parameters.get(rows_or_keys, True) for rows_or_keys in ("rows", "keys")):
        transaction.run(statement, parameters).consume()


def _rows_of(columns: Columns) -> list[Row]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
