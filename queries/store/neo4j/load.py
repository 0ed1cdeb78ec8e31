"""Writing into a Neo4j database: its constraints, and a graph's rows; and deleting them."""

from collections.abc import Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import neo4j

from queries.errors import FeatureNotFound, ViewChanged, ViewNotFound
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import PERSON, UNSAID, Explanation
from queries.store import rows, schema
from queries.store.internals import delete_internals
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction
from queries.store.neo4j.read import read_record, run_rows
from queries.store.rows import Columns, FeatureIdentity, Row
from queries.store.statements import (
    CHANGE_VIEW,
    COUNT_LABELLED,
    DELETE_UNUSED_TRACE,
    DELETE_VIEW,
    EXPLAINED,
    GRAPH_VIEWS,
    REDATE,
    UNLABEL,
    VIEW_REVISION,
)

EDGES_AT_ONCE = 50_000
"""Edges sent with one statement: about 1.5 MB."""


def create_indexes(session: neo4j.Session) -> None:
    for label, key in statements.KEYS.items():
        session.run(statements.CONSTRAINT.format(label=label, key=key)).consume()
    session.run(schema.GRAPHS_BY_PROMPT).consume()


def load_graphs(transaction: Transaction, graphs: Sequence[AttributionGraph]) -> set[str]:
    """Store those of the graphs that are not stored yet. Returns their ids.

    A graph that another transaction stores is waited for: their own nodes are created in the order of ids, so that two
    transactions do not wait for each other.
    """
    by_id = sorted(graphs, key=lambda one: one.record.id)
    created = {graph.record.id for graph in by_id if _is_new(transaction, graph)}
    new = [graph for graph in graphs if graph.record.id in created]
    if not new:
        return set()
    each_keys = [graph.nodes.keys(graph.record.id) for graph in new]
    for graph, keys in zip(new, each_keys, strict=True):
        _create_parts(transaction, graph, keys)
    lock_features(transaction, new[0].record.id)
    features = [row for graph in new for row in rows.features(graph)]
    add_features(transaction, features, [told for graph in new for told in rows.explanation_rows(graph)])
    instances = [
        pair for graph, keys in zip(new, each_keys, strict=True) for pair in rows.instances(graph, keys)
    ]
    _run_over(transaction, statements.CREATE_INSTANCES, rows=sorted(instances, key=itemgetter(1)))
    explained = _explained(transaction, [feature for _, feature in instances])
    for graph in new:
        n_labelled = rows.n_labelled(graph, explained)
        if n_labelled != graph.record.n_labelled_nodes:  # its features were explained before
            transaction.run(statements.RECOUNT_LABELS, graph=graph.record.id, n_labelled=n_labelled).consume()
        if (trace := rows.trace_row(graph.record)) is not None:
            transaction.run(statements.MERGE_TRACE, graph=graph.record.id, row=trace).consume()
    return created


def _is_new(transaction: Transaction, graph: AttributionGraph) -> bool:
    """Create the graph's own node, unless there is one."""
    row = rows.record_row(graph.record, schema.VISIBLE)
    created = transaction.run(statements.CREATE_GRAPH, row=row).consume()
    return created.counters.nodes_created > 0


def _create_parts(transaction: Transaction, graph: AttributionGraph, keys: list[str]) -> None:
    """Create what belongs to the graph alone. `keys` holds the keys of its nodes."""
    graph_id, nodes, edges = graph.record.id, graph.nodes, graph.edges
    for kind, table in schema.NODE_TABLES.items():
        new = _rows_of(rows.node_columns(nodes, kind, keys))
        _run_over(transaction, statements.CREATE_NODES.format(label=table.label), graph=graph_id, rows=new)
    for start in range(0, len(edges), EDGES_AT_ONCE):
        chosen = slice(start, start + EDGES_AT_ONCE)
        columns = {column: getattr(edges, column)[chosen].tolist() for column in edges.__slots__}
        transaction.run(statements.CREATE_EDGES, graph=graph_id, **columns).consume()
    for view in graph.views:
        _create_view(transaction, graph_id, view)


def lock_features(transaction: Transaction, holder: str) -> None:
    transaction.run(statements.LOCK_FEATURES, whom=holder).consume()


def add_features(transaction: Transaction, features: list[Row], explanations: list[tuple[str, Row]]) -> None:
    """Add the features and explanations that are not stored yet; the others stay as they are. Needs the lock.

    They are written in the order of their keys: the lock holds off this program's writers only.
    """
    by_key = {row["key"]: row for row in features}
    _run_over(transaction, statements.MERGE_FEATURES, rows=[by_key[key] for key in sorted(by_key)])
    explained = _explained(transaction, [feature for feature, _ in explanations])
    new = {row["key"]: {"feature": feature, "explanation": row} for feature, row in reversed(explanations)}
    _run_over(transaction, statements.MERGE_EXPLANATIONS, rows=[new[key] for key in sorted(new)])
    said = {feature for feature, row in explanations if row["type"] not in UNSAID}
    _count_labelled(transaction, said - explained)


def set_label(
    transaction: Transaction, feature: FeatureIdentity, author: str, label: Explanation | None
) -> None:
    """Raises FeatureNotFound. Needs the lock."""
    key = schema.feature_key(*feature)
    if not transaction.run(statements.FEATURE_KNOWN, feature=key).value("key"):
        raise FeatureNotFound(*feature[:4])
    before = _explained(transaction, [key])
    row = {"key": ""} if label is None else rows.explanation_row(key, label)
    transaction.run(UNLABEL, feature=key, type=PERSON, author=author, kept=row["key"]).consume()
    if label is not None:
        new = {"feature": key, "explanation": row}
        _run_over(transaction, statements.MERGE_EXPLANATIONS, rows=[new])
        transaction.run(REDATE, key=row["key"], created_at=row["created_at"]).consume()
    after = _explained(transaction, [key])
    _count_labelled(transaction, after - before)
    _count_labelled(transaction, before - after, -1)
    transaction.run(statements.DELETE_UNUSED_FEATURES, keys=[key]).consume()


def _count_labelled(transaction: Transaction, features: set[str], sign: int = 1) -> None:
    """Count the nodes of features that are explained since, or no more."""
    if features:
        transaction.run(COUNT_LABELLED, keys=sorted(features), sign=sign, counted=[]).consume()


def _explained(transaction: Transaction, features: list[str]) -> set[str]:
    """The keys of those of these features of which somebody says what they mean."""
    if not features:
        return set()
    return set(
        transaction.run(EXPLAINED, keys=list(dict.fromkeys(features)), unsaid=list(UNSAID)).value("key")
    )


def _create_view(transaction: Transaction, graph_id: str, view: View) -> None:
    row = rows.view_row(graph_id, view)
    _run_over(transaction, statements.CREATE_VIEWS, graph=graph_id, rows=[row])
    _create_supernodes(transaction, graph_id, view)


def _create_supernodes(transaction: Transaction, graph_id: str, view: View) -> None:
    supernodes = [
        {"view": rows.view_key(graph_id, view.name), "supernode": row, "members": list(one.members)}
        for row, one in zip(rows.supernode_rows(graph_id, view), view.supernodes, strict=True)
    ]
    _run_over(transaction, statements.CREATE_SUPERNODES, graph=graph_id, rows=supernodes)


def put_view(transaction: Transaction, graph_id: str, view: View, read: int) -> None:
    """Raises GraphNotFound, ViewChanged."""
    _lock_graph(transaction, graph_id)
    row = rows.view_row(graph_id, view)
    _check_revision(transaction, view.name, row["key"], read)
    if not read:
        _create_view(transaction, graph_id, view)
        return
    transaction.run(statements.DELETE_SUPERNODES, view=row["key"]).consume()
    transaction.run(CHANGE_VIEW, row).consume()
    _create_supernodes(transaction, graph_id, view)


def delete_view(transaction: Transaction, graph_id: str, name: str, read: int) -> None:
    """Raises GraphNotFound, ViewNotFound, ViewChanged."""
    _lock_graph(transaction, graph_id)
    known = transaction.run(GRAPH_VIEWS, graph=graph_id).value("name")
    if name not in known:
        raise ViewNotFound(graph_id, name, known)
    key = rows.view_key(graph_id, name)
    _check_revision(transaction, name, key, read)
    transaction.run(statements.DELETE_SUPERNODES, view=key).consume()
    transaction.run(DELETE_VIEW, view=key).consume()


def _lock_graph(transaction: Transaction, graph_id: str) -> None:
    """Raises GraphNotFound."""
    transaction.run(statements.LOCK_GRAPH, graph=graph_id).consume()
    read_record(transaction, graph_id)


def _check_revision(transaction: Transaction, name: str, key: str, read: int) -> None:
    found = transaction.run(VIEW_REVISION, view=key).value("revision")
    revision = found[0] if found else 0
    if revision != read:
        raise ViewChanged(name, read, revision)


def delete_graph(transaction: Transaction, graph_id: str) -> None:
    """Raises GraphNotFound."""
    lock_features(transaction, graph_id)
    _lock_graph(transaction, graph_id)
    record = read_record(transaction, graph_id)
    used = transaction.run(statements.GRAPH_FEATURES, graph=graph_id).single(strict=True)["keys"]
    delete_internals(partial(run_rows, transaction), graph_id)
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
