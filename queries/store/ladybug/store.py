"""The embedded engine: attribution graphs in Ladybug, one file, one writing process."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from threading import Condition, Lock
from typing import TypeVar

import ladybug

from queries.errors import CircuitExplorerError, DatabaseUnavailable, StorageFull
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
from queries.store.collections.kept import KeptCollections
from queries.store.ladybug import statements
from queries.store.ladybug.connection import (
    INTERVAL,
    OPEN_TIMEOUT,
    Written,
    cached,
    first_line,
    last_written,
    open_database,
    out_of_room,
    run_rows,
)
from queries.store.ladybug.internals import LadybugMeans
from queries.store.ladybug.interventions import (
    add_intervention,
    delete_intervention,
    put_verification,
    read_feature_places,
    read_intervention,
    read_interventions,
    read_verifications,
)
from queries.store.ladybug.load import (
    add_features,
    count_labelled,
    create_tables,
    delete_graph,
    delete_view,
    load_graphs,
    load_unknown,
    put_view,
    set_label,
)
from queries.store.ladybug.read import (
    read_graph,
    read_kept_features,
    read_record,
    read_records,
    read_stored,
    read_traces,
    read_views,
)
from queries.store.library.library import Library
from queries.store.rows import NEWEST_FIRST, FeatureIdentity, Order, PlaceInList
from queries.store.saved.kept import KeptQueries
from queries.store.statements import RAISE_VERSION, SCHEMA_VERSION
from queries.store.store import GraphStore
from queries.words import FeatureSort

T = TypeVar("T")

BUFFER_POOL = 1 << 30
"""Bytes that the database's page cache may have: what a large transaction takes. Ladybug's own default is most of the
machine's memory."""
PAGES_KEPT = 8 << 20
"""Bytes that pages may take beyond those of opening the file, before the cache is emptied where nobody uses it. The
engine itself keeps every page that it has read, until its cache is full."""
LOOKS = 16
"""Connections after which the cache's size is looked at, once nobody uses the database: it takes a millisecond."""
READ_ATTEMPTS = 30
"""At least, beside a writer: on a slow machine each takes longer than the time between two writes may."""
ENDED = "Interrupted"
"""How the error of a statement begins that took longer than it may."""


class LadybugStore(GraphStore):
    rows_at_once = 500_000
    """The page cache holds as many."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """`read_only`: the database as it is now, even while another process has it open for writing.

        Raises DatabaseUnavailable, UnsupportedSchema.
        """
        self.url = self.engine_url = f"ladybug://{path}"
        self._path, self._read_only = path, read_only
        self._writing = Lock()
        self._reading, self._n_readers = Condition(), 0
        self._database: ladybug.Database | None = None
        self._opened_at: Written | None = None
        self.collections = KeptCollections(self._reading_rows, self._writing_rows)
        self.saved_queries = KeptQueries(self._reading_rows, self._writing_rows)
        self.library = Library(self._reading_rows, self._writing_rows, "ladybug")
        self._n_since_look = self._least_cached = 0
        try:
            if read_only:
                self._read(self._check_schema)
            else:
                self._write(self._prepare_schema)
        except BaseException:
            self.close()  # so that another process can open it
            raise

    def close(self) -> None:
        with self._reading:
            self._reading.wait_for(lambda: not self._n_readers)
            if self._database is not None:
                self._database.close()
                self._database = None

    def rest(self) -> None:
        with self._reading:
            self._look_at_cache()

    def _load(self, graphs: list[AttributionGraph]) -> set[str]:
        new, explained = self._write(lambda connection: load_unknown(connection, graphs))
        if explained:
            self._write(lambda connection: count_labelled(connection, explained, counted=new))
        return new

    def fill(self, graphs: Iterable[AttributionGraph]) -> None:
        """Store many graphs in an empty database, several in each transaction. Each comes with all that the others
        explain of its features."""
        for group in self.transactions(graphs):
            self._fill(group)

    def _fill(self, group: list[AttributionGraph]) -> None:
        self._write(lambda connection: load_graphs(connection, group))

    def graphs(
        self,
        limit: int | None = None,
        after: PlaceInList | None = None,
        order: Order = NEWEST_FIRST,
        collection: str | None = None,
    ) -> list[ListedGraph]:
        return self._read(lambda connection: read_records(connection, limit, after, order, collection))

    def record(self, graph_id: str) -> GraphRecord:
        return self._read(lambda connection: read_record(connection, graph_id))

    def stored(self, graph_ids: Collection[str]) -> set[str]:
        return self._read(lambda connection: read_stored(connection, graph_ids))

    def read(self, graph_id: str) -> AttributionGraph:
        return self._read(lambda connection: read_graph(connection, graph_id))

    def views(self, graph_id: str) -> tuple[View, ...]:
        return self._read(lambda connection: read_views(connection, graph_id))

    def _put_view(self, graph: AttributionGraph, view: View, read: int) -> None:
        self._write(lambda connection: put_view(connection, graph, view, read))

    def _delete_view(self, graph_id: str, name: str, read: int) -> None:
        self._write(lambda connection: delete_view(connection, graph_id, name, read))

    def reword(self, graph: AttributionGraph) -> None:
        def callback(connection: ladybug.Connection) -> None:
            for statement, values in rows.rewording(graph):
                connection.execute(statement, values)

        self._write(callback)

    def _set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None:
        self._write(lambda connection: set_label(connection, feature, author, label))

    def interventions(self, graph_id: str) -> list[Intervention]:
        return self._read(lambda connection: read_interventions(connection, graph_id))

    def intervention(self, intervention_id: str) -> Intervention:
        return self._read(lambda connection: read_intervention(connection, intervention_id))

    def add_intervention(self, intervention: Intervention) -> bool:
        return self._write(lambda connection: add_intervention(connection, intervention))

    def delete_intervention(self, intervention_id: str) -> None:
        self._write(lambda connection: delete_intervention(connection, intervention_id))

    def verifications(self, graph_id: str) -> list[Verification]:
        return self._read(lambda connection: read_verifications(connection, graph_id))

    def put_verification(self, verification: Verification) -> bool:
        return self._write(lambda connection: put_verification(connection, verification))

    def internals(self, graph_id: str) -> Internals | None:
        def callback(connection: ladybug.Connection) -> Internals | None:
            read_record(connection, graph_id)
            return kept_internals.read_internals(LadybugMeans(connection), graph_id)

        return self._read(callback)

    def internals_record(self, graph_id: str) -> InternalsRecord | None:
        def callback(connection: ladybug.Connection) -> InternalsRecord | None:
            read_record(connection, graph_id)
            return kept_internals.read_internals_record(partial(run_rows, connection), graph_id)

        return self._read(callback)

    def put_internals(self, graph: AttributionGraph, internals: Internals) -> bool:
        def callback(connection: ladybug.Connection) -> bool:
            read_record(connection, graph.record.id)
            return kept_internals.put_internals(LadybugMeans(connection), graph, internals)

        return self._write(callback)

    def delete_internals(self, graph_id: str) -> None:
        def callback(connection: ladybug.Connection) -> None:
            read_record(connection, graph_id)
            kept_internals.delete_internals(partial(run_rows, connection), graph_id)

        self._write(callback)

    def head(self, model: str, layer: int, head: int) -> HeadRecord:
        def callback(connection: ladybug.Connection) -> HeadRecord:
            return kept_internals.read_head(LadybugMeans(connection), model, layer, head)

        return self._read(callback)

    def feature_places(self, graph_id: str) -> list[tuple[int, int, int]]:
        return self._read(lambda connection: read_feature_places(connection, graph_id))

    def _delete(self, graph_id: str) -> None:
        self._write(lambda connection: delete_graph(connection, graph_id))

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
        return search(self._reading_within, hinted=True, collections=self.collections, text=text, limit=limit)

    def kept_features(self) -> list[FeatureRecord]:
        return self._read(read_kept_features)

    def _keep_features(self, features: list[FeatureRecord]) -> None:
        kept = rows.kept_feature_rows(features)
        explained = self._write(lambda connection: add_features(connection, *kept))
        if explained:
            self._write(lambda connection: count_labelled(connection, explained))

    # -- schema

    def _prepare_schema(self, connection: ladybug.Connection) -> None:
        """Create the schema, or migrate an older one."""
        connection.execute(statements.CREATE_SCHEMA)
        found = self._check_schema(connection)
        if found is None:
            create_tables(connection)
            # Last, so that a start that was cut short is done again.
            connection.execute(statements.MAKE_SCHEMA, {"version": schema.SCHEMA_VERSION})
            return
        for version in range(found, schema.SCHEMA_VERSION):
            migration = schema.MIGRATIONS[version]
            for statement in migration.ladybug:
                connection.execute(statement)
            if migration.fill:
                schema.filled(migration.fill, partial(run_rows, connection))
            connection.execute(RAISE_VERSION, {"version": version + 1})

    def _check_schema(self, connection: ladybug.Connection) -> int | None:
        """The version of the database's schema; None where none has been created yet.

        Raises UnsupportedSchema, or DatabaseUnavailable where the database is another program's.
        """
        try:
            found = run_rows(connection, SCHEMA_VERSION)
        except RuntimeError as error:
            if "Table Schema does not exist" not in str(error):
                raise
            raise DatabaseUnavailable(self.url, "it is not one of Circuit Explorer's.") from None
        for row in found:
            schema.check_version(row["version"], read_only=self._read_only)
        return found[0]["version"] if found else None

    # -- transactions

    def _read(self, callback: Callable[[ladybug.Connection], T]) -> T:
        """The result of `callback`, which reads one state of the database, whatever is stored or deleted meanwhile.

        A transaction isolates it from this process's writes. A checkpoint of another process is not held back by
        it and mixes old pages with new ones: then `callback` is called again. So it is after any error that the engine
        raises beside another process.
        """
        until = time.monotonic() + OPEN_TIMEOUT
        for attempt in count(1):
            try:
                with self._connection() as connection:
                    connection.execute("BEGIN TRANSACTION READ ONLY")
                    try:
                        found = callback(connection)
                    finally:
                        _roll_back(connection)
            except DatabaseUnavailable:  # it could not be opened: that was tried again already
                raise
            except Exception as error:
                is_ours = isinstance(error, CircuitExplorerError)
                if not self._read_only or (is_ours and self._is_as_opened()):
                    raise
                if time.monotonic() > until:
                    if isinstance(error, RuntimeError):
                        raise DatabaseUnavailable(self.url, first_line(error)) from error
                    raise
            else:
                if not self._read_only or self._is_as_opened():
                    return found
                if attempt >= READ_ATTEMPTS and time.monotonic() > until:
                    break
            self.close()  # the next attempt opens the file as it is by then
            time.sleep(INTERVAL)
        raise DatabaseUnavailable(self.url, "another process writes into it all the time.")

    def _reading_rows(self, callback: Callable[[kept_internals.Run], T]) -> T:
        return self._read(lambda connection: callback(partial(run_rows, connection)))

    def _reading_within(self, callback: Callable[[kept_internals.Run], T], seconds: float) -> T | None:
        """None where its statements took more than so many seconds."""

        def timed(connection: ladybug.Connection) -> T | None:
            connection.set_query_timeout(max(1, int(seconds * 1000)))
            try:
                return callback(partial(run_rows, connection))
            except RuntimeError as error:
                if not str(error).startswith(ENDED):
                    raise
                return None

        return self._read(timed)

    def _writing_rows(self, callback: Callable[[kept_internals.Run], T]) -> T:
        return self._write(lambda connection: callback(partial(run_rows, connection)))

    def _is_as_opened(self) -> bool:
        """Whether no other process has made a checkpoint since the file was opened."""
        return last_written(self._path) == self._opened_at

    def _write(self, callback: Callable[[ladybug.Connection], T]) -> T:
        """All or nothing, one at a time. Raises StorageFull."""
        with self._writing:
            try:
                with self._connection() as connection:
                    connection.execute("BEGIN TRANSACTION")
                    try:
                        result = callback(connection)
                        connection.execute("COMMIT")
                    except BaseException:
                        _roll_back(connection)
                        raise
                    return result
            except RuntimeError as error:
                why = out_of_room(error)
                if why is None:
                    raise
                # The engine now holds in memory what its file lacks, and calls it durable. It is gone when the
                # file is opened again, so open the file again at once.
                self.close()
                raise StorageFull(self.url, why) from error

    @contextmanager
    def _connection(self) -> Iterator[ladybug.Connection]:
        """A connection for this caller alone (30 µs). The database stays open as long as there is one."""
        with self._reading:
            if self._database is None:
                self._database = self._open()
            connection = ladybug.Connection(self._database)
            self._n_readers += 1
        try:
            yield connection
        finally:
            connection.close()
            with self._reading:
                self._n_readers -= 1
                self._n_since_look += 1
                if self._n_since_look >= LOOKS:
                    self._look_at_cache()
                self._reading.notify_all()

    def _open(self) -> ladybug.Database:
        if self._read_only and self._path.exists():
            self._opened_at = last_written(self._path)
        database = open_database(self._path, read_only=self._read_only, buffer_pool=BUFFER_POOL)
        self._least_cached = 0 if self._read_only else cached(database)
        return database

    def _look_at_cache(self) -> None:
        """Open the file again where the engine's page cache has grown and nobody uses the database. Needs the lock.

        A reader beside another process opens it anew often enough.
        """
        if self._n_readers or self._read_only:
            return
        self._n_since_look = 0
        if self._database is not None and cached(self._database) > self._least_cached + PAGES_KEPT:
            self._database.close()
            self._database = None
            with suppress(DatabaseUnavailable):  # the next one who needs it tries again
                self._database = self._open()


def _roll_back(connection: ladybug.Connection) -> None:
    with suppress(RuntimeError):  # a statement that failed has already ended the transaction
        connection.execute("ROLLBACK")
