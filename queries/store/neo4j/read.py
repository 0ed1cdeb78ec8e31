"""Reading from a Neo4j database: graphs and features, from their rows."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

import neo4j
import numpy as np
from neo4j import time as neo4j_time

from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, View
from queries.graph.features import Explanation, FeatureId, FeatureRecord, feature_id
from queries.graph.records import GraphRecord, ListedGraph
from queries.store import rows, schema
from queries.store.across.features import kept_features
from queries.store.collections.kept import read_collection
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction
from queries.store.rows import Columns, Order, PlaceInList, Row
from queries.store.statements import GRAPH_NAMES, GRAPH_VIEWS, STORED, TRACES


def read_records(
    transaction: Transaction,
    limit: int | None,
    after: PlaceInList | None,
    order: Order,
    collection: str | None = None,
) -> list[ListedGraph]:
    """The visible graphs, of a collection where one is named, after a place in the list, in an order. Raises
    CollectionNotFound."""
    page = rows.page(limit, after, order)
    if collection is None:
        found = transaction.run(statements.GRAPH_RECORDS, page).value("row")
    else:
        found = transaction.run(statements.COLLECTION_RECORDS, page, collection=collection).value("row")
        if not found:
            read_collection(partial(run_rows, transaction), collection)
    return [rows.listed_of(native_row(row, rows.LISTED)) for row in found]


def read_record(transaction: Transaction, graph_id: str) -> GraphRecord:
    """Raises GraphNotFound."""
    return _record_and_element(transaction, graph_id)[0]


def read_graph(transaction: Transaction, graph_id: str) -> AttributionGraph | None:
    """The graph; None where it was deleted while it was read. Raises GraphNotFound.

    Neo4j's reads take no locks, so that a deletion that is committed meanwhile can be seen in part. What was read is
    the graph if none of it was missing and the same graph is still there at the end.
    """
    record, element_id = _record_and_element(transaction, graph_id)
    by_kind: dict[NodeKind, Columns] = {}
    for kind, table in schema.NODE_TABLES.items():
        columns = ", ".join(f"n.{column}" for column in table.columns)
        statement = statements.GRAPH_NODES.format(label=table.label, columns=columns)
        found = transaction.run(statement, graph=graph_id).single(strict=True)["nodes"]
        values = zip(*found, strict=True) if found else ([] for _ in table.columns)
        by_kind[kind] = {column: list(of_all) for column, of_all in zip(table.columns, values, strict=True)}
    if sum(len(columns["ordinal"]) for columns in by_kind.values()) != record.n_nodes:
        return None
    explanations: dict[FeatureId, list[Explanation]] = {}
    for row in transaction.run(statements.GRAPH_EXPLANATIONS, graph=graph_id):
        explanations.setdefault(feature_id(row["layer"], row["index"], row["site"]), []).append(
            rows.explanation_of(_row_of(schema.EXPLANATION, row["explanation"]))
        )
    views = read_views(transaction, graph_id)
    if views is None:
        return None
    graph = AttributionGraph(
        record=record,
        nodes=rows.nodes_of(by_kind),
        edges=read_edges(transaction, graph_id),
        views=views,
        explanations=explanations,
        borrowed=rows.borrowed(
            transaction.run(statements.BORROWED_LABELS, graph=graph_id, state=schema.VISIBLE).data(),
            lambda ids: dict(transaction.run(GRAPH_NAMES, ids=ids).values()),
        ),
    )
    if len(graph.edges) != record.n_edges or _record_and_element(transaction, graph_id)[1] != element_id:
        return None
    return graph


def read_views(transaction: Transaction, graph_id: str) -> tuple[View, ...] | None:
    """A graph's views; None where one was changed while they were read. Raises GraphNotFound."""
    element_id = _record_and_element(transaction, graph_id)[1]
    found = transaction.run(GRAPH_VIEWS, graph=graph_id).data()
    drawn = transaction.run(statements.GRAPH_SUPERNODES, graph=graph_id).data()
    again = transaction.run(GRAPH_VIEWS, graph=graph_id).data()
    if again != found or _record_and_element(transaction, graph_id)[1] != element_id:
        return None
    return rows.views_of((_row_of(schema.VIEW, row) for row in found), drawn)


def read_edges(transaction: Transaction, graph_id: str) -> Edges:
    """The graph's edges, ordered by target, then source."""
    source: list[int] = []
    columns: dict[str, list[Any]] = {"targets": [], "weights": [], "shares": []}
    for row in transaction.run(statements.GRAPH_EDGES, graph=graph_id):
        source += [row["source"]] * len(row["targets"])
        for column, values in columns.items():
            values += row[column]
    ends = np.array([source, columns["targets"]], dtype=np.int64)
    order = np.lexsort(ends)
    weight, share = (np.array(columns[column], dtype=np.float64)[order] for column in ("weights", "shares"))
    return Edges(ends[0][order], ends[1][order], weight, share)


def read_kept_features(transaction: Transaction) -> list[FeatureRecord]:
    """The features that no graph uses."""
    return kept_features(
        (feature, _row_of(schema.EXPLANATION, explanation))
        for feature, explanation in transaction.run(statements.KEPT_FEATURES).values()
    )


def read_stored(transaction: Transaction, graph_ids: Collection[str]) -> set[str]:
    found = transaction.run(STORED, graphs=list(graph_ids), state=schema.VISIBLE)
    return set(found.value("id"))


def read_traces(transaction: Transaction) -> set[str]:
    """The ids of the stored traces."""
    return set(transaction.run(TRACES).value("id"))


def _record_and_element(transaction: Transaction, graph_id: str) -> tuple[GraphRecord, str]:
    """The graph's record, and the id that the server gave its node. Raises GraphNotFound."""
    found = transaction.run(statements.GRAPH_RECORD, graph=graph_id, state=schema.VISIBLE).single()
    if found is None:
        raise GraphNotFound(graph_id)
    return _record_of(found["row"]), found["element_id"]


def _record_of(properties: Row) -> GraphRecord:
    return rows.record_of(_row_of(schema.ATTRIBUTION_GRAPH, properties))


def _row_of(table: schema.Table, properties: Row) -> Row:
    """A node's properties as a row of its table: nulls are not stored, and times are of the driver's own class."""
    return native_row(properties, table.columns)


def run_rows(transaction: Transaction | neo4j.Session, statement: str, **values: Any) -> list[Row]:
    """The rows of a statement, with Python's own times."""
    return [native_row(row, row) for row in transaction.run(statement, values).data()]


def native_row(properties: Row, columns: Iterable[str]) -> Row:
    """The values of these columns: None where nothing is stored, and Python's own times."""
    return {column: _native(properties.get(column)) for column in columns}


def _native(value: Any) -> Any:
    return value.to_native() if isinstance(value, neo4j_time.DateTime) else value
