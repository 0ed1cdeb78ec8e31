"""Writing into a Ladybug database: its tables, and a graph's rows, copied in bulk; and deleting them."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import ladybug
import numpy as np
import pyarrow as pa

from queries.errors import FeatureNotFound, ViewChanged, ViewNotFound
from queries.graph.attribution_graph import AttributionGraph, NodeKind, View
from queries.graph.features import PERSON, UNSAID, Explanation
from queries.store import rows, schema
from queries.store.internals import delete_internals
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run_rows
from queries.store.ladybug.read import read_record, read_views
from queries.store.rows import Columns, FeatureIdentity, Row
from queries.store.statements import (
    CHANGE_VIEW,
    COUNT_LABELLED,
    DELETE_UNUSED_TRACE,
    DELETE_VIEW,
    EXPLAINED,
    REDATE,
    UNLABEL,
    VIEW_REVISION,
)

T = TypeVar("T")


def create_tables(connection: ladybug.Connection) -> None:
    for table in schema.TABLES:
        connection.execute(schema.create_table(table))
    for relationship in schema.RELATIONSHIPS:
        connection.execute(schema.create_relationship(relationship))


def load_unknown(
    connection: ladybug.Connection, graphs: Sequence[AttributionGraph]
) -> tuple[set[str], set[str]]:
    """Copy those of the graphs that are not stored. Returns their ids; and the keys that `load_graphs` returns."""
    known = set(_known(connection, schema.ATTRIBUTION_GRAPH, [graph.record.id for graph in graphs]))
    new = [graph for graph in graphs if graph.record.id not in known]
    return {graph.record.id for graph in new}, load_graphs(connection, new) if new else set()


def load_graphs(connection: ladybug.Connection, graphs: Sequence[AttributionGraph]) -> set[str]:
    """Copy graphs that are not stored, together: what a copy costs whatever its rows, all of them share.

    Returns the keys of the features that they are the first to explain, whose nodes in other graphs are still to be
    counted. Needs a transaction, which takes room in the page cache for all their rows.
    """
    each_keys = [graph.nodes.keys(graph.record.id) for graph in graphs]
    with_keys = list(zip(graphs, each_keys, strict=True))
    instances = _joined(rows.instances(*one) for one in with_keys)
    told = _joined(map(rows.explanation_rows, graphs))
    explained = _explained(connection, [key for _, key in instances]) | _said(told)
    records = [
        rows.record_row(graph.record, schema.VISIBLE)
        | {"n_labelled_nodes": rows.n_labelled(graph, explained)}
        for graph in graphs
    ]
    _copy(connection, schema.ATTRIBUTION_GRAPH, _columns(schema.ATTRIBUTION_GRAPH, records))
    for kind, table in schema.NODE_TABLES.items():
        parts = [rows.node_columns(graph.nodes, kind, keys) for graph, keys in with_keys]
        _copy(connection, table, {name: _joined(part[name] for part in parts) for name in table.columns})
    _load_edges(connection, graphs, each_keys)
    newly_explained = add_features(connection, _joined(map(rows.features, graphs)), told)
    _relate_pairs(connection, schema.INSTANCE_OF, instances)
    _load_views(connection, graphs, each_keys)
    traces = [(graph.record.id, trace) for graph in graphs if (trace := rows.trace_row(graph.record))]
    _copy_unknown(connection, schema.TRACE, [trace for _, trace in traces])
    _relate_pairs(connection, schema.TRACED_FROM, [(graph_id, trace["id"]) for graph_id, trace in traces])
    return newly_explained


def add_features(
    connection: ladybug.Connection, features: list[Row], explanations: list[tuple[str, Row]]
) -> set[str]:
    """Add the features and explanations that are not stored yet; the others stay as they are. Returns the keys of the
    features of which nobody had said what they mean."""
    _copy_unknown(connection, schema.FEATURE, features)
    explained = _explained(connection, [feature for feature, _ in explanations])
    feature_of = {row["key"]: feature for feature, row in explanations}
    new = _copy_unknown(connection, schema.EXPLANATION, [row for _, row in explanations])
    _relate(connection, schema.EXPLAINED_BY, [feature_of[key] for key in new], new)
    return _said(explanations) - explained


def count_labelled(
    connection: ladybug.Connection, features: Collection[str], sign: int = 1, counted: Collection[str] = ()
) -> None:
    """Count the nodes of features that are explained since, or no more, in all graphs but those `counted`.

    After a bulk copy this needs a transaction of its own: of one that copies and changes stored rows, a kill during its
    checkpoint leaves the changes only.
    """
    if features:
        values = {"keys": sorted(features), "sign": sign, "counted": [*counted]}
        connection.execute(COUNT_LABELLED, values)


def set_label(
    connection: ladybug.Connection, feature: FeatureIdentity, author: str, label: Explanation | None
) -> None:
    """Raises FeatureNotFound. Needs a transaction."""
    key = schema.feature_key(*feature)
    if not _known(connection, schema.FEATURE, [key]):
        raise FeatureNotFound(*feature[:4])
    before = _explained(connection, [key])
    row = {"key": ""} if label is None else rows.explanation_row(key, label)
    said = {"feature": key, "type": PERSON, "author": author, "kept": row["key"]}
    connection.execute(UNLABEL, said)
    if label is not None:
        if _known(connection, schema.EXPLANATION, [row["key"]]):
            connection.execute(REDATE, {"key": row["key"], "created_at": row["created_at"]})
        else:
            connection.execute(statements.EXPLAIN, row | {"feature": key})
    after = _explained(connection, [key])
    count_labelled(connection, after - before)
    count_labelled(connection, before - after, -1)
    _delete_unused_features(connection, [key])


def _said(explanations: list[tuple[str, Row]]) -> set[str]:
    """The keys of the features of which these explanations say what they mean."""
    return {feature for feature, row in explanations if row["type"] not in UNSAID}


def _explained(connection: ladybug.Connection, features: list[str]) -> set[str]:
    """The keys of those of these features of which somebody says what they mean."""
    if not features:
        return set()
    found = run_rows(connection, EXPLAINED, keys=list(dict.fromkeys(features)), unsaid=list(UNSAID))
    return {row["key"] for row in found}


def delete_graph(connection: ladybug.Connection, graph_id: str) -> None:
    """Raises GraphNotFound. Needs a transaction."""
    record = read_record(connection, graph_id)
    used = [row["key"] for row in run_rows(connection, statements.GRAPH_FEATURES, graph=graph_id)]
    delete_internals(partial(run_rows, connection), graph_id)
    for statement in statements.DELETE_PARTS:
        connection.execute(statement, {"graph": graph_id})
    _delete_unused_features(connection, used)
    if record.trace_id is not None:
        connection.execute(DELETE_UNUSED_TRACE, {"trace": record.trace_id})


def _delete_unused_features(connection: ladybug.Connection, keys: list[str]) -> None:
    unused = [row["key"] for row in run_rows(connection, statements.UNUSED_FEATURES, keys=keys)]
    connection.execute(statements.DELETE_EXPLANATIONS, {"keys": unused})
    connection.execute(statements.DELETE_FEATURES, {"keys": unused})


def _copy_unknown(connection: ladybug.Connection, table: schema.Table, new: list[Row]) -> list[str]:
    """Create the nodes whose keys the table does not hold yet. Returns their keys."""
    if not new:
        return []
    column = next(iter(table.columns))
    by_key = {row[column]: row for row in reversed(new)}  # the first of a key counts
    for key in _known(connection, table, list(by_key)):
        del by_key[key]
    _copy(connection, table, _columns(table, by_key.values()))
    return list(by_key)


def _known(connection: ladybug.Connection, table: schema.Table, keys: list[str]) -> list[str]:
    """Those of the keys that the table holds."""
    statement = statements.KNOWN.format(label=table.label, column=next(iter(table.columns)))
    return [row["key"] for row in run_rows(connection, statement, keys=keys)]


def _load_edges(
    connection: ladybug.Connection, graphs: Sequence[AttributionGraph], each_keys: list[list[str]]
) -> None:
    """Relate graphs to their nodes, and these to each other."""
    keys = _joined(each_keys)
    labels = np.concatenate([_labels(graph) for graph in graphs])
    graph_ids = _joined([graph.record.id] * len(graph.nodes) for graph in graphs)
    _relate(
        connection, schema.HAS_NODE, graph_ids, keys, [schema.ATTRIBUTION_GRAPH.label] * len(keys), labels
    )
    # The graphs' nodes are counted on from one graph to the next.
    first = np.cumsum([0, *map(len, each_keys)]).tolist()
    source, target = (
        np.concatenate(
            [getattr(graph.edges, end) + begin for graph, begin in zip(graphs, first, strict=False)]
        )
        for end in ("source", "target")
    )
    _relate(
        connection,
        schema.DIRECT_EFFECT,
        [keys[node] for node in source.tolist()],
        [keys[node] for node in target.tolist()],
        labels[source],
        labels[target],
        {
            name: np.concatenate([getattr(graph.edges, name) for graph in graphs])
            for name in ("weight", "share")
        },
    )


def _load_views(
    connection: ladybug.Connection, graphs: Sequence[AttributionGraph], each_keys: list[list[str]]
) -> None:
    views, supernodes = list[tuple[str, Row]](), list[tuple[str, Row]]()
    members, labels = list[tuple[str, str]](), list[str]()
    for graph, keys in zip(graphs, each_keys, strict=True):
        own_labels = _labels(graph)
        for view in graph.views:
            row = rows.view_row(graph.record.id, view)
            views.append((graph.record.id, row))
            for own, one in zip(rows.supernode_rows(graph.record.id, view), view.supernodes, strict=True):
                supernodes.append((row["key"], own))
                members += [(own["key"], keys[node]) for node in one.members]
                labels += [str(own_labels[node]) for node in one.members]
    _copy(connection, schema.VIEW, _columns(schema.VIEW, [row for _, row in views]))
    _relate_pairs(connection, schema.HAS_VIEW, [(graph_id, row["key"]) for graph_id, row in views])
    _copy(connection, schema.SUPERNODE, _columns(schema.SUPERNODE, [row for _, row in supernodes]))
    _relate_pairs(connection, schema.HAS_SUPERNODE, [(view, row["key"]) for view, row in supernodes])
    _relate(
        connection,
        schema.GROUPS,
        [key for key, _ in members],
        [node for _, node in members],
        [schema.SUPERNODE.label] * len(members),
        labels,
    )


def put_view(connection: ladybug.Connection, graph: AttributionGraph, view: View, read: int) -> None:
    """Raises GraphNotFound, ViewChanged. Needs a transaction, in which nothing is copied."""
    graph_id = graph.record.id
    read_record(connection, graph_id)
    row = rows.view_row(graph_id, view)
    _check_revision(connection, view.name, row["key"], read)
    if read:
        connection.execute(statements.DELETE_SUPERNODES, {"view": row["key"]})
        connection.execute(CHANGE_VIEW, {name: value for name, value in row.items() if name != "name"})
    else:
        connection.execute(statements.CREATE_VIEW, row | {"graph": graph_id})
    drawn = rows.supernode_rows(graph_id, view)
    if drawn:
        connection.execute(statements.CREATE_SUPERNODES, {"view": row["key"], "rows": drawn})
    keys = graph.nodes.keys(graph_id)
    pairs: dict[int, list[list[str]]] = {}
    for own, one in zip(drawn, view.supernodes, strict=True):
        for node in one.members:
            pairs.setdefault(int(graph.nodes.kind[node]), []).append([own["key"], keys[node]])
    for kind, of_kind in pairs.items():
        label = schema.NODE_TABLES[NodeKind(kind)].label
        connection.execute(statements.CREATE_MEMBERS.format(label=label), {"pairs": of_kind})


def delete_view(connection: ladybug.Connection, graph_id: str, name: str, read: int) -> None:
    """Raises GraphNotFound, ViewNotFound, ViewChanged. Needs a transaction."""
    known = [view.name for view in read_views(connection, graph_id)]
    if name not in known:
        raise ViewNotFound(graph_id, name, known)
    key = rows.view_key(graph_id, name)
    _check_revision(connection, name, key, read)
    connection.execute(statements.DELETE_SUPERNODES, {"view": key})
    connection.execute(DELETE_VIEW, {"view": key})


def _check_revision(connection: ladybug.Connection, name: str, key: str, read: int) -> None:
    found = run_rows(connection, VIEW_REVISION, view=key)
    revision = found[0]["revision"] if found else 0
    if revision != read:
        raise ViewChanged(name, read, revision)


def _labels(graph: AttributionGraph) -> Any:
    """(n_nodes,) the label of each node's table."""
    return np.array([schema.NODE_TABLES[NodeKind(kind)].label for kind in graph.nodes.kind.tolist()])


def _joined(parts: Iterable[Iterable[T]]) -> list[T]:
    return [one for part in parts for one in part]


def _relate_pairs(
    connection: ladybug.Connection, relationship: schema.Relationship, pairs: list[tuple[str, str]]
) -> None:
    _relate(connection, relationship, [source for source, _ in pairs], [target for _, target in pairs])


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
