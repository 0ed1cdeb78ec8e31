"""Reading from a Ladybug database: graphs and features, from their rows and columns."""

from collections.abc import Collection
from functools import partial

import ladybug
import numpy as np

from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, View
from queries.graph.features import Explanation, FeatureId, FeatureRecord, feature_id
from queries.graph.records import GraphRecord, ListedGraph
from queries.store import rows, schema
from queries.store.across.features import kept_features
from queries.store.collections.kept import read_collection
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run, run_rows
from queries.store.rows import Columns, Order, PlaceInList, Row
from queries.store.statements import GRAPH_NAMES, GRAPH_VIEWS, STORED, TRACES


def read_records(
    connection: ladybug.Connection,
    limit: int | None,
    after: PlaceInList | None,
    order: Order,
    collection: str | None = None,
) -> list[ListedGraph]:
    """The visible graphs, of a collection where one is named, after a place in the list, in an order. Raises
    CollectionNotFound."""
    page = rows.page(limit, after, order)
    if collection is None:
        found = run_rows(connection, statements.GRAPH_RECORDS, **page)
    else:
        found = run_rows(connection, statements.COLLECTION_RECORDS, collection=collection, **page)
        if not found:
            read_collection(partial(run_rows, connection), collection)
    return [rows.listed_of(_of_variable("g", row)) for row in found]


def read_record(connection: ladybug.Connection, graph_id: str) -> GraphRecord:
    """Raises GraphNotFound."""
    found = run_rows(connection, statements.GRAPH_RECORD, graph=graph_id, state=schema.VISIBLE)
    if not found:
        raise GraphNotFound(graph_id)
    return rows.record_of(_of_variable("g", found[0]))


def read_graph(connection: ladybug.Connection, graph_id: str) -> AttributionGraph:
    """Raises GraphNotFound."""
    record = read_record(connection, graph_id)
    by_kind: dict[NodeKind, Columns] = {}
    for kind, table in schema.NODE_TABLES.items():
        columns = ", ".join(f"n.`{column}` AS `{column}`" for column in table.columns)
        query = statements.GRAPH_NODES.format(label=table.label, columns=columns)
        by_kind[kind] = run(connection, query, graph=graph_id).to_pydict()
    explanations: dict[FeatureId, list[Explanation]] = {}
    for row in run_rows(connection, statements.GRAPH_EXPLANATIONS, graph=graph_id):
        feature = feature_id(row["layer"], row["index"], row["site"])
        explanations.setdefault(feature, []).append(rows.explanation_of(row))
    return AttributionGraph(
        record=record,
        nodes=rows.nodes_of(by_kind),
        edges=read_edges(connection, graph_id),
        views=_views(connection, graph_id),
        explanations=explanations,
        borrowed=rows.borrowed(
            run_rows(connection, statements.BORROWED_LABELS, graph=graph_id, state=schema.VISIBLE),
            lambda ids: {row["id"]: row["name"] for row in run_rows(connection, GRAPH_NAMES, ids=ids)},
        ),
    )


def read_views(connection: ladybug.Connection, graph_id: str) -> tuple[View, ...]:
    """Raises GraphNotFound."""
    read_record(connection, graph_id)
    return _views(connection, graph_id)


def _views(connection: ladybug.Connection, graph_id: str) -> tuple[View, ...]:
    members: dict[tuple[str, int], Row] = {}
    for row in run_rows(connection, statements.GRAPH_SUPERNODES, graph=graph_id):
        supernode = members.setdefault((row["view"], row["supernode"]), row | {"members": []})
        supernode["members"].append(row["member"])
    return rows.views_of(run_rows(connection, GRAPH_VIEWS, graph=graph_id), members.values())


def read_edges(connection: ladybug.Connection, graph_id: str) -> Edges:
    """The graph's edges, ordered by target, then source."""
    source, target, weight, share = (
        column.to_numpy() for column in run(connection, statements.GRAPH_EDGES, graph=graph_id).columns
    )
    order = np.lexsort((source, target))
    return Edges(source[order], target[order], weight[order], share[order])


def read_kept_features(connection: ladybug.Connection) -> list[FeatureRecord]:
    """The features that no graph uses."""
    columns = ", ".join(
        f"{variable}.`{column}`"
        for variable, table in (("f", schema.FEATURE), ("e", schema.EXPLANATION))
        for column in table.columns
    )
    found = run_rows(connection, statements.KEPT_FEATURES.format(columns=columns))
    return kept_features((_of_variable("f", row), _of_variable("e", row)) for row in found)


def read_stored(connection: ladybug.Connection, graph_ids: Collection[str]) -> set[str]:
    if not graph_ids:  # Ladybug cannot tell the type of an empty list
        return set()
    return {row["id"] for row in run_rows(connection, STORED, graphs=list(graph_ids), state=schema.VISIBLE)}


def read_traces(connection: ladybug.Connection) -> set[str]:
    """The ids of the stored traces."""
    return {row["id"] for row in run_rows(connection, TRACES)}


def _of_variable(variable: str, row: Row) -> Row:
    """The properties of one variable: `RETURN g.*` names its columns g.id, g.name, …"""
    prefix = f"{variable}."
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
