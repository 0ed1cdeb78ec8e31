"""The server engine: attribution graphs in Neo4j, over Bolt, for any number of processes at once.

A graph is loaded, and deleted, in one transaction. Readers, of this program or with Cypher of their own, see all of it
or nothing; when a loading process dies, the server ends its transaction and nothing of the graph is left.

Graphs share features. A transaction therefore touches them last, under one lock, that of the Schema node: loads and
deletions from several processes wait for each other there and cannot deadlock. A change of a graph's views takes the
lock of that graph, and a deletion takes it after the Schema node's: so the second of two writers finds the first one's
revision.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import TypeVar

import neo4j

from queries.errors import DatabaseUnavailable
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import Explanation, FeatureRecord, FiringGraph
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import GraphRecord, ListedGraph
from queries.internals.records import HeadRecord, Internals, InternalsRecord
from queries.store import internals as kept_internals
from queries.store import rows, schema
from queries.store.across.features import read_feature, read_feature_graphs
from queries.store.across.found import Found
from queries.store.across.search import search
from queries.store.address import parse
from queries.store.collections.kept import KeptCollections
from queries.store.library.library import Library
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction, check_server, open_driver, translated_errors
from queries.store.neo4j.internals import Neo4jMeans
from queries.store.neo4j.interventions import (
    add_intervention,
    delete_intervention,
    put_verification,
    read_feature_places,
    read_intervention,
    read_interventions,
    read_verifications,
)
from queries.store.neo4j.load import (
    add_features,
    create_indexes,
    delete_graph,
    delete_view,
    load_graphs,
    lock_features,
    put_view,
    set_label,
)
from queries.store.neo4j.read import (
    read_graph,
    read_kept_features,
    read_record,
    read_records,
    read_stored,
    read_traces,
    read_views,
    run_rows,
)
from queries.store.rows import NEWEST_FIRST, FeatureIdentity, Order, PlaceInList
from queries.store.saved.kept import KeptQueries
from queries.store.statements import RAISE_VERSION, SCHEMA_VERSION
from queries.store.store import GraphStore
from queries.words import FeatureSort

T = TypeVar("T")

WRITE_TIMEOUT = 1800.0
"""Seconds after which the server ends a load or deletion whose process it no longer hears from."""
READ_ATTEMPTS = 20
"""How often a graph is read that a writer changes meanwhile: on a busy machine, several times in a row."""
ENDED = "TransactionTimedOut"
"""A part of the server's codes for a transaction that took longer than it may."""
DELETED_MEANWHILE = "Neo.ClientError.Statement.EntityNotFound"
"""The server's code for a node that was found and deleted before its properties were read."""


class Neo4jStore(GraphStore):
    """A server that cannot be reached when the store is opened is tried again with every call."""

    rows_at_once = 10_000
    """Larger transactions take longer than the same graphs in several: the commit's share grows."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """`read_only`: a missing schema is not created, an older one not migrated.

        Raises InvalidRequest, DatabaseRefused, UnsupportedServer, UnsupportedSchema.
        """
        self._address = parse(url)
        self.url, self.engine_url = self._address.shown, url
        self._driver = open_driver(self._address)
        self._read_only = read_only
        self._preparing, self._prepared = Lock(), False
        self.collections = KeptCollections(self._reading_rows, self._writing_rows)
        self.saved_queries = KeptQueries(self._reading_rows, self._writing_rows)
        self.library = Library(self._reading_rows, self._writing_rows, "neo4j")
        try:
            with suppress(DatabaseUnavailable):
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._driver.close()

    def _load(self, graphs: list[AttributionGraph]) -> set[str]:
        return self._write(lambda transaction: load_graphs(transaction, graphs))

    def graphs(
        self,
        limit: int | None = None,
        after: PlaceInList | None = None,
        order: Order = NEWEST_FIRST,
        collection: str | None = None,
    ) -> list[ListedGraph]:
        return self._read(lambda transaction: read_records(transaction, limit, after, order, collection))

    def record(self, graph_id: str) -> GraphRecord:
        return self._read(lambda transaction: read_record(transaction, graph_id))

    def stored(self, graph_ids: Collection[str]) -> set[str]:
        return self._read(lambda transaction: read_stored(transaction, graph_ids))

    def read(self, graph_id: str) -> AttributionGraph:
        return self._read_whole(graph_id, read_graph)

    def views(self, graph_id: str) -> tuple[View, ...]:
        return self._read_whole(graph_id, read_views)

    def _read_whole(self, graph_id: str, read: Callable[[Transaction, str], T | None]) -> T:
        """What `read` finds, which finds None where it changed meanwhile."""
        for _ in range(READ_ATTEMPTS):
            try:
                found = self._read(lambda transaction: read(transaction, graph_id))
            except neo4j.exceptions.ClientError as error:
                if error.code != DELETED_MEANWHILE:
                    raise
                continue
            if found is not None:
                return found
        raise DatabaseUnavailable(self.url, f"the graph {graph_id} is being changed all the time.")

    def _put_view(self, graph: AttributionGraph, view: View, read: int) -> None:
        self._write(lambda transaction: put_view(transaction, graph.record.id, view, read))

    def _delete_view(self, graph_id: str, name: str, read: int) -> None:
        self._write(lambda transaction: delete_view(transaction, graph_id, name, read))

    def reword(self, graph: AttributionGraph) -> None:
        def callback(transaction: Transaction) -> None:
            for statement, values in rows.rewording(graph):
                transaction.run(statement, values).consume()

        self._write(callback)

    def _set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None:
        def callback(transaction: Transaction) -> None:
            lock_features(transaction, "a label")
            set_label(transaction, feature, author, label)

        self._write(callback)

    def interventions(self, graph_id: str) -> list[Intervention]:
        return self._read(lambda transaction: read_interventions(transaction, graph_id))

    def intervention(self, intervention_id: str) -> Intervention:
        return self._read(lambda transaction: read_intervention(transaction, intervention_id))

    def add_intervention(self, intervention: Intervention) -> bool:
        return self._write(lambda transaction: add_intervention(transaction, intervention))

    def delete_intervention(self, intervention_id: str) -> None:
        self._write(lambda transaction: delete_intervention(transaction, intervention_id))

    def verifications(self, graph_id: str) -> list[Verification]:
        return self._read(lambda transaction: read_verifications(transaction, graph_id))

    def put_verification(self, verification: Verification) -> bool:
        return self._write(lambda transaction: put_verification(transaction, verification))

    def internals(self, graph_id: str) -> Internals | None:
        def callback(transaction: Transaction) -> Internals | None:
            read_record(transaction, graph_id)
            return kept_internals.read_internals(Neo4jMeans(transaction), graph_id)

        return self._read(callback)

    def internals_record(self, graph_id: str) -> InternalsRecord | None:
        def callback(transaction: Transaction) -> InternalsRecord | None:
            read_record(transaction, graph_id)
            return kept_internals.read_internals_record(partial(run_rows, transaction), graph_id)

        return self._read(callback)

    def put_internals(self, graph: AttributionGraph, internals: Internals) -> bool:
        def callback(transaction: Transaction) -> bool:
            lock_features(transaction, internals.record.id)
            read_record(transaction, graph.record.id)
            return kept_internals.put_internals(Neo4jMeans(transaction), graph, internals)

        return self._write(callback)

    def delete_internals(self, graph_id: str) -> None:
        def callback(transaction: Transaction) -> None:
            lock_features(transaction, graph_id)
            read_record(transaction, graph_id)
            kept_internals.delete_internals(partial(run_rows, transaction), graph_id)

        self._write(callback)

    def head(self, model: str, layer: int, head: int) -> HeadRecord:
        def callback(transaction: Transaction) -> HeadRecord:
            return kept_internals.read_head(Neo4jMeans(transaction), model, layer, head)

        return self._read(callback)

    def feature_places(self, graph_id: str) -> list[tuple[int, int, int]]:
        return self._read(lambda transaction: read_feature_places(transaction, graph_id))

    def _delete(self, graph_id: str) -> None:
        self._write(lambda transaction: delete_graph(transaction, graph_id))

    def traces(self) -> set[str]:
        return self._read(read_traces)

    def feature(
        self, model: str, transcoder_set: str, layer: int, index: int, site: str | None = None
    ) -> FeatureRecord:
        feature = model, transcoder_set, layer, index, site
        return self._reading_rows(lambda run: read_feature(run, feature))

    def feature_graphs(
        self,
        feature: FeatureIdentity,
        sort: FeatureSort,
        limit: int,
        after: PlaceInList | None = None,
    ) -> list[FiringGraph]:
        return self._reading_rows(lambda run: read_feature_graphs(run, feature, sort, limit, after))

    def search(self, text: str, limit: int) -> Found:
        return search(
            self._reading_within, hinted=False, collections=self.collections, text=text, limit=limit
        )

    def kept_features(self) -> list[FeatureRecord]:
        return self._read(read_kept_features)

    def _keep_features(self, features: list[FeatureRecord]) -> None:
        def callback(transaction: Transaction) -> None:
            lock_features(transaction, "kept features")
            add_features(transaction, *rows.kept_feature_rows(features))

        self._write(callback)

    # -- schema

    def _prepare(self) -> None:
        """Check the server's version; check the schema, and create or migrate it."""
        if self._prepared:
            return
        with self._open_session(neo4j.READ_ACCESS if self._read_only else neo4j.WRITE_ACCESS) as session:
            check_server(session, self._address)
            found = session.run(SCHEMA_VERSION).value("version")
            for version in found:
                schema.check_version(version, read_only=self._read_only)
            if not found and not self._read_only:
                create_indexes(session)
                # Last, so that a start that was cut short is done again.
                session.run(statements.MAKE_SCHEMA, version=schema.SCHEMA_VERSION).consume()
            for version in range(found[0] if found else schema.SCHEMA_VERSION, schema.SCHEMA_VERSION):
                migration = schema.MIGRATIONS[version]
                for statement in migration.neo4j:
                    session.run(statement).consume()
                if migration.fill:
                    schema.filled(migration.fill, partial(run_rows, session))
                session.run(RAISE_VERSION, version=version + 1).consume()
        self._prepared = True

    # -- transactions

    def _read(self, callback: Callable[[Transaction], T]) -> T:
        with self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(callback)

    def _write(self, callback: Callable[[Transaction], T]) -> T:
        """All or nothing; tried again where the server ended the transaction for a passing reason."""
        with self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(neo4j.unit_of_work(timeout=WRITE_TIMEOUT)(callback))

    def _reading_rows(self, callback: Callable[[kept_internals.Run], T]) -> T:
        return self._read(lambda transaction: callback(partial(run_rows, transaction)))

    def _reading_within(self, callback: Callable[[kept_internals.Run], T], seconds: float) -> T | None:
        """None where its statements took more than so many seconds."""
        timed = neo4j.unit_of_work(timeout=seconds)

        def reading(transaction: Transaction) -> T:
            return callback(partial(run_rows, transaction))

        with self._session(neo4j.READ_ACCESS) as session:
            try:
                return session.execute_read(timed(reading))
            except neo4j.exceptions.Neo4jError as error:
                if ENDED not in (error.code or ""):
                    raise
                return None

    def _writing_rows(self, callback: Callable[[kept_internals.Run], T]) -> T:
        """Under the lock that deletions of graphs hold, too."""

        def locked(transaction: Transaction) -> T:
            lock_features(transaction, "collections")
            return callback(partial(run_rows, transaction))

        return self._write(locked)

    @contextmanager
    def _session(self, access_mode: str) -> Iterator[neo4j.Session]:
        """A session of a prepared database."""
        if not self._prepared:
            with self._preparing:
                self._prepare()
        with self._open_session(access_mode) as session:
            yield session

    @contextmanager
    def _open_session(self, access_mode: str) -> Iterator[neo4j.Session]:
        with (
            translated_errors(self._address),
            self._driver.session(database=self._address.database, default_access_mode=access_mode) as session,
        ):
            yield session
