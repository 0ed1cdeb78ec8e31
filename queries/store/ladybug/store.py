"""The embedded engine: attribution graphs in Ladybug, one file, one writing process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Lock
from typing import TypeVar

import ladybug
import numpy as np

from queries.errors import DatabaseUnavailable, GraphNotFound, StorageFull
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Supernode, View
from queries.graph.features import Explanation, FeatureId, FeatureRecord
from queries.graph.records import GraphRecord
from queries.store import rows, schema
from queries.store.ladybug import statements
from queries.store.ladybug.connection import last_written, open_database, out_of_room, run, run_rows
from queries.store.ladybug.load import add_features, create_tables, load_graph
from queries.store.rows import Columns, Row
from queries.store.store import GraphStore

T = TypeVar("T")

BUFFER_POOL = 1 << 30
"""Bytes of the database's page cache. Ladybug's own default is most of the machine's memory."""

READ_ATTEMPTS = 10


class LadybugStore(GraphStore):
    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """`read_only`: as it is now, also while another process has it open for writing.

        Raises DatabaseUnavailable, UnsupportedSchema.
        """
        self.url = f"ladybug://{path}"
        self._path, self._read_only = path, read_only
        self._writing = Lock()
        self._reading, self._n_readers = Condition(), 0
        self._database: ladybug.Database | None = None
        try:
            if read_only:
                with self._connection() as connection:
                    self._check_schema(connection)
            else:
                with self._transaction() as connection:
                    self._create_schema(connection)
        except BaseException:
            self.close()  # it is somebody else's to open
            raise

    def close(self) -> None:
        with self._reading:
            self._reading.wait_for(lambda: not self._n_readers)
            if self._database is not None:
                self._database.close()
                self._database = None

    def _load(self, graph: AttributionGraph) -> bool:
        with self._transaction() as connection:
            if run_rows(connection, statements.GRAPH_RECORD, graph=graph.record.id, state=schema.VISIBLE):
                return False
            load_graph(connection, graph)
        return True

    def graphs(self) -> list[GraphRecord]:
        found = self._whole(
            lambda connection: run_rows(connection, statements.GRAPH_RECORDS, state=schema.VISIBLE)
        )
        return [rows.record_of(_unprefixed(row)) for row in found]

    def record(self, graph_id: str) -> GraphRecord:
        return self._whole(lambda connection: self._record(connection, graph_id))

    def _record(self, connection: ladybug.Connection, graph_id: str) -> GraphRecord:
        found = run_rows(connection, statements.GRAPH_RECORD, graph=graph_id, state=schema.VISIBLE)
        if not found:
            raise GraphNotFound(graph_id)
        return rows.record_of(_unprefixed(found[0]))

    def read(self, graph_id: str) -> AttributionGraph:
        return self._whole(lambda connection: self._read(connection, graph_id))

    def _read(self, connection: ladybug.Connection, graph_id: str) -> AttributionGraph:
        record = self._record(connection, graph_id)
        by_kind: dict[NodeKind, Columns] = {}
        for kind, table in schema.NODE_TABLES.items():
            columns = ", ".join(f"n.`{column}` AS `{column}`" for column in table.columns)
            query = statements.GRAPH_NODES.format(label=table.label, columns=columns)
            by_kind[kind] = run(connection, query, graph=graph_id).to_pydict()
        source, target, weight, share = run(connection, statements.GRAPH_EDGES, graph=graph_id).columns
        order = np.lexsort((source, target))
        explanations: dict[FeatureId, list[Explanation]] = {}
        for row in run_rows(connection, statements.GRAPH_EXPLANATIONS, graph=graph_id):
            explanations.setdefault((row["layer"], row["index"]), []).append(rows.explanation_of(row))
        members: dict[tuple[int, str], list[int]] = {}
        for row in run_rows(connection, statements.GRAPH_SUPERNODES, graph=graph_id):
            members.setdefault((row["supernode"], row["name"]), []).append(row["member"])
        return AttributionGraph(
            record=record,
            nodes=rows.nodes_of(by_kind),
            edges=Edges(*(column.to_numpy()[order] for column in (source, target, weight, share))),
            supernodes=tuple(Supernode(name, tuple(nodes)) for (_, name), nodes in members.items()),
            views=tuple(
                View(row["name"], row["revision"], json.loads(row["state"]))
                for row in run_rows(connection, statements.GRAPH_VIEWS, graph=graph_id)
            ),
            explanations=explanations,
        )

    def feature(self, model: str, transcoder_set: str, layer: int, index: int) -> FeatureRecord:
        key = schema.feature_key(model, transcoder_set, layer, index)
        columns = ", ".join(f"e.`{column}` AS `{column}`" for column in schema.EXPLANATION.columns)

        def work(connection: ladybug.Connection) -> tuple[list[Row], list[Row]]:
            said = run_rows(connection, statements.FEATURE_EXPLANATIONS.format(columns=columns), feature=key)
            return said, run_rows(connection, rows.FEATURE_OCCURRENCES, feature=key, state=schema.VISIBLE)

        return rows.feature_of((model, transcoder_set, layer, index), *self._whole(work))

    def delete(self, graph_id: str) -> None:
        with self._transaction() as connection:
            record = self._record(connection, graph_id)
            used = [row["key"] for row in run_rows(connection, statements.GRAPH_FEATURES, graph=graph_id)]
            for statement in statements.DELETE_PARTS:
                connection.execute(statement, {"graph": graph_id})
            unused = [row["key"] for row in run_rows(connection, statements.UNUSED_FEATURES, keys=used)]
            connection.execute(statements.DELETE_EXPLANATIONS, {"keys": unused})
            connection.execute(statements.DELETE_FEATURES, {"keys": unused})
            if record.trace_id is not None:
                connection.execute(statements.DELETE_UNUSED_TRACE, {"trace": record.trace_id})

    def traces(self) -> set[str]:
        return {row["id"] for row in self._whole(lambda connection: run_rows(connection, statements.TRACES))}

    def kept_features(self) -> list[FeatureRecord]:
        feature_columns, explanation_columns = (
            ", ".join(f"{alias}.`{column}`" for column in table.columns)
            for alias, table in (("f", schema.FEATURE), ("e", schema.EXPLANATION))
        )
        query = statements.KEPT_FEATURES.format(columns=f"{feature_columns}, {explanation_columns}")
        found = self._whole(lambda connection: run_rows(connection, query))
        return rows.kept_features((_unprefixed(row, "f."), _unprefixed(row, "e.")) for row in found)

    def _keep_features(self, features: list[FeatureRecord]) -> None:
        with self._transaction() as connection:
            add_features(connection, *rows.kept_feature_rows(features))

    # -- storing

    def _create_schema(self, connection: ladybug.Connection) -> None:
        connection.execute("CREATE NODE TABLE IF NOT EXISTS Schema(id INT64 PRIMARY KEY, version INT64)")
        found = self._check_schema(connection)
        if found is not None:
            for version in range(found, schema.SCHEMA_VERSION):
                for statement in schema.MIGRATIONS[version].ladybug:
                    connection.execute(statement)
                connection.execute("MATCH (s:Schema) SET s.version = $version", {"version": version + 1})
            return
        create_tables(connection)
        # Last, so that a start that was cut short is done again.
        connection.execute("CREATE (:Schema {id: 0, version: $version})", {"version": schema.SCHEMA_VERSION})

    def _check_schema(self, connection: ladybug.Connection) -> int | None:
        """The version of the database's schema; None where it is not made yet.

        Raises UnsupportedSchema, DatabaseUnavailable where somebody else's is to be read.
        """
        try:
            found = run_rows(connection, "MATCH (s:Schema) RETURN s.version AS version")
        except RuntimeError:
            raise DatabaseUnavailable(self.url, "it is not one of Circuit Explorer's.") from None
        for row in found:
            schema.check_version(row["version"], read_only=self._read_only)
        return found[0]["version"] if found else None

    # -- connections

    @contextmanager
    def _connection(self) -> Iterator[ladybug.Connection]:
        """A connection of the caller's own (30 µs). The database is not closed while there is one."""
        with self._reading:
            if self._database is None:
                self._database = open_database(self._path, read_only=self._read_only, buffer_pool=BUFFER_POOL)
            connection = ladybug.Connection(self._database)
            self._n_readers += 1
        try:
            yield connection
        finally:
            connection.close()
            with self._reading:
                self._n_readers -= 1
                self._reading.notify_all()

    def _whole(self, work: Callable[[ladybug.Connection], T]) -> T:
        """What `work` reads, all of one moment, whatever is stored or deleted meanwhile.

        Within the process a transaction sees to that. Beside a process that writes, a checkpoint of its tears what
        is read: then it is read again.
        """
        for _ in range(READ_ATTEMPTS):
            before = last_written(self._path)
            try:
                with self._connection() as connection:
                    connection.execute("BEGIN TRANSACTION READ ONLY")
                    try:
                        found = work(connection)
                    finally:
                        _roll_back(connection)
            except Exception:
                if not self._read_only or last_written(self._path) == before:
                    raise
            else:
                if not self._read_only or last_written(self._path) == before:
                    return found
            self.close()  # what comes next opens it as it is now
        raise DatabaseUnavailable(self.url, "another process writes into it all the time.")

    @contextmanager
    def _transaction(self) -> Iterator[ladybug.Connection]:
        """All or nothing, one at a time. Raises StorageFull."""
        with self._writing:
            try:
                with self._connection() as connection:
                    connection.execute("BEGIN TRANSACTION")
                    try:
                        yield connection
                        connection.execute("COMMIT")
                    except BaseException:
                        _roll_back(connection)
                        raise
            except RuntimeError as error:
                why = out_of_room(error)
                if why is None:
                    raise
                # Its memory now holds what its file does not, and says that this is durable; it was not when
                # the file was opened again. So go on from the file.
                self.close()
                raise StorageFull(self.url, why) from error


def _roll_back(connection: ladybug.Connection) -> None:
    with suppress(RuntimeError):  # a statement that failed has ended the transaction already
        connection.execute("ROLLBACK")


def _unprefixed(row: Row, prefix: str = "g.") -> Row:
    """Those of a row's columns that begin so, as `g.*` names its columns g.id, g.name, …"""
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
