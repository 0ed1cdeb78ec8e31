"""The lab's engine: attribution graphs in Neo4j, over Bolt, for any number of processes at once.

A graph is loaded, and deleted, in one transaction: whoever reads, with this program or with Cypher of their own,
sees all of it or nothing, and a loader that dies leaves nothing, since its server ends the transaction.

Features are shared between graphs, so what touches them is done last in a transaction and under one lock, the
Schema node's: loads and deletions from several processes wait for each other there, and cannot deadlock.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, TypeVar

import neo4j
import numpy as np
from neo4j import time as neo4j_time

from queries.errors import DatabaseUnavailable, GraphNotFound
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Supernode, View
from queries.graph.features import Explanation, FeatureId, FeatureRecord
from queries.graph.records import GraphRecord
from queries.store import rows, schema
from queries.store.address import parse
from queries.store.neo4j import connection, statements
from queries.store.neo4j.load import Transaction, add_features, load_graph, run_over
from queries.store.rows import Columns, Row
from queries.store.store import GraphStore

T = TypeVar("T")

LOAD_TIMEOUT = 1800.0
"""Seconds after which the server ends a load or deletion whose process it has lost sight of."""
READ_ATTEMPTS = 5
DELETED_MEANWHILE = "Neo.ClientError.Statement.EntityNotFound"
"""What the server says of a node that was found and deleted before it was read."""


class Neo4jStore(GraphStore):
    """A server that cannot be reached when the store is opened is tried again with every call."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """`read_only`: the server's schema is not made where it is missing.

        Raises InvalidRequest, DatabaseRefused, UnsupportedServer, UnsupportedSchema."""
        self._address = parse(url)
        self.url = self._address.shown
        self._driver = connection.open_driver(self._address)
        self._read_only = read_only
        self._preparing, self._prepared = Lock(), False
        try:
            with suppress(DatabaseUnavailable):
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._driver.close()

    def _load(self, graph: AttributionGraph) -> bool:
        return self._write(lambda transaction: load_graph(transaction, graph))

    def graphs(self) -> list[GraphRecord]:
        def work(transaction: Transaction) -> list[Row]:
            return transaction.run(statements.GRAPH_RECORDS, state=schema.VISIBLE).value("row")

        return [_record_of(row) for row in self._read(work)]

    def record(self, graph_id: str) -> GraphRecord:
        return self._read(lambda transaction: _record(transaction, graph_id))[0]

    def read(self, graph_id: str) -> AttributionGraph:
        # Neo4j's reads take no locks: a deletion that is committed meanwhile can be seen in part. What was read
        # is the graph if it was all there and is still the same at the end.
        for _ in range(READ_ATTEMPTS):
            try:
                graph = self._read(lambda transaction: _read(transaction, graph_id))
            except neo4j.exceptions.ClientError as error:
                if error.code != DELETED_MEANWHILE:
                    raise
                continue
            if graph is not None:
                return graph
        raise DatabaseUnavailable(self.url, f"the graph {graph_id} is being deleted and stored all the time.")

    def feature(self, model: str, transcoder_set: str, layer: int, index: int) -> FeatureRecord:
        key = schema.feature_key(model, transcoder_set, layer, index)

        def work(transaction: Transaction) -> tuple[list[Row], list[Row]]:
            said = transaction.run(statements.FEATURE_EXPLANATIONS, feature=key).value("row")
            occurrences = transaction.run(rows.FEATURE_OCCURRENCES, feature=key, state=schema.VISIBLE).data()
            return [_complete(row, schema.EXPLANATION) for row in said], occurrences

        return rows.feature_of((model, transcoder_set, layer, index), *self._read(work))

    def delete(self, graph_id: str) -> None:
        self._write(lambda transaction: _delete(transaction, graph_id))

    def traces(self) -> set[str]:
        return set(self._read(lambda transaction: transaction.run(statements.TRACES).value("id")))

    def kept_features(self) -> list[FeatureRecord]:
        def work(transaction: Transaction) -> list[list[Row]]:
            return transaction.run(statements.KEPT_FEATURES).values()

        return rows.kept_features(
            (feature, _complete(explanation, schema.EXPLANATION)) for feature, explanation in self._read(work)
        )

    def _keep_features(self, features: list[FeatureRecord]) -> None:
        def work(transaction: Transaction) -> None:
            transaction.run(statements.LOCK_FEATURES, whom="kept features").consume()
            add_features(transaction, *rows.kept_feature_rows(features))

        self._write(work)

    # -- transactions

    def _read(self, work: Callable[[Transaction], T]) -> T:
        with self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(work)

    def _write(self, work: Callable[[Transaction], T]) -> T:
        """All or nothing; tried again where the server ended it for a passing reason."""
        with self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(neo4j.unit_of_work(timeout=LOAD_TIMEOUT)(work))

    @contextmanager
    def _session(self, access_mode: str) -> Iterator[neo4j.Session]:
        if not self._prepared:
            with self._preparing:
                self._prepare()
        with self._open(access_mode) as session:
            yield session

    @contextmanager
    def _open(self, access_mode: str) -> Iterator[neo4j.Session]:
        with (
            connection.told(self._address),
            self._driver.session(database=self._address.database, default_access_mode=access_mode) as session,
        ):
            yield session

    def _prepare(self) -> None:
        """Check the server's version, and make or check the schema."""
        if self._prepared:
            return
        with self._open(neo4j.READ_ACCESS if self._read_only else neo4j.WRITE_ACCESS) as session:
            connection.check_server(session, self._address)
            found = session.run(statements.SCHEMA_VERSION).value("version")
            for version in found:
                schema.check_version(version, read_only=self._read_only)
            if not found and not self._read_only:
                for label, key in statements.KEYS.items():
                    session.run(statements.CONSTRAINT.format(label=label, key=key)).consume()
                # Last, so that a start that was cut short is done again.
                session.run(statements.MAKE_SCHEMA, version=schema.SCHEMA_VERSION).consume()
            for version in range(found[0] if found else schema.SCHEMA_VERSION, schema.SCHEMA_VERSION):
                for statement in schema.MIGRATIONS[version].neo4j:
                    session.run(statement).consume()
                session.run(statements.RAISE_VERSION, version=version + 1).consume()
        self._prepared = True


def _delete(transaction: Transaction, graph_id: str) -> None:
    """Raises GraphNotFound."""
    transaction.run(statements.LOCK_FEATURES, whom=graph_id).consume()
    record, _ = _record(transaction, graph_id)
    used = transaction.run(statements.GRAPH_FEATURES, graph=graph_id).single(strict=True)["keys"]
    for statement in statements.DELETE_PARTS:
        transaction.run(statement, graph=graph_id).consume()
    run_over(transaction, statements.DELETE_UNUSED_FEATURES, keys=used)
    if record.trace_id is not None:
        transaction.run(statements.DELETE_UNUSED_TRACE, trace=record.trace_id).consume()


# -- reading


def _record(transaction: Transaction, graph_id: str) -> tuple[GraphRecord, str]:
    """The graph's record and what its node is called inside the database. Raises GraphNotFound."""
    found = transaction.run(statements.GRAPH_RECORD, graph=graph_id, state=schema.VISIBLE).single()
    if found is None:
        raise GraphNotFound(graph_id)
    return _record_of(found["row"]), found["stored_as"]


def _record_of(row: Row) -> GraphRecord:
    return rows.record_of(_complete(row, schema.ATTRIBUTION_GRAPH))


def _read(transaction: Transaction, graph_id: str) -> AttributionGraph | None:
    """The graph; None where it was deleted while it was read. Raises GraphNotFound."""
    record, stored_as = _record(transaction, graph_id)
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
        explanations.setdefault((row["layer"], row["index"]), []).append(
            rows.explanation_of(_complete(row["explanation"], schema.EXPLANATION))
        )
    graph = AttributionGraph(
        record=record,
        nodes=rows.nodes_of(by_kind),
        edges=read_edges(transaction, graph_id),
        supernodes=tuple(
            Supernode(row["name"], tuple(row["members"]))
            for row in transaction.run(statements.GRAPH_SUPERNODES, graph=graph_id)
        ),
        views=tuple(
            View(row["name"], row["revision"], json.loads(row["state"]))
            for row in transaction.run(statements.GRAPH_VIEWS, graph=graph_id)
        ),
        explanations=explanations,
    )
    whole = len(graph.edges) == record.n_edges
    return graph if whole and _record(transaction, graph_id)[1] == stored_as else None


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


def _complete(properties: Row, table: schema.Table) -> Row:
    """A node's properties as a row of its table: what is null is not stored, and times are the driver's own."""
    return {column: _native(properties.get(column)) for column in table.columns}


def _native(value: Any) -> Any:
    return value.to_native() if isinstance(value, neo4j_time.DateTime) else value
