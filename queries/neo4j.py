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
from typing import Any, TypeAlias, TypeVar

import neo4j
import numpy as np
from neo4j import time as neo4j_time

from queries import bolt, rows, schema
from queries.address import parse
from queries.errors import DatabaseUnavailable, GraphNotFound
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Supernode, View
from queries.graph.features import Explanation, FeatureId, FeatureRecord
from queries.graph.records import GraphRecord
from queries.rows import Columns, Row
from queries.store import GraphStore

Transaction: TypeAlias = neo4j.ManagedTransaction
T = TypeVar("T")

EDGES_AT_ONCE = 50_000
"""Edges sent with one statement: about 1.5 MB."""
LOAD_TIMEOUT = 1800.0
"""Seconds after which the server ends a load or deletion whose process it has lost sight of."""
READ_ATTEMPTS = 5
DELETED_MEANWHILE = "Neo.ClientError.Statement.EntityNotFound"
"""What the server says of a node that was found and deleted before it was read."""

# -- Cypher. Every statement that reaches a graph's nodes goes through HAS_NODE from the graph's unique id.

CONSTRAINT = "CREATE CONSTRAINT {label}_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
"""Also the index that finds a node by its key."""

KEYS = {"Schema": "id", **{table.label: next(iter(table.columns)) for table in schema.TABLES}}
"""The unique property of each label."""

MAKE_SCHEMA = "MERGE (s:Schema {id: 0}) ON CREATE SET s.version = $version"
RAISE_VERSION = "MATCH (s:Schema {id: 0}) SET s.version = $version"
SCHEMA_VERSION = "MATCH (s:Schema {id: 0}) RETURN s.version AS version"

LOCK_FEATURES = "MATCH (s:Schema {id: 0}) SET s.locked_by = $whom"
"""Taken until the transaction ends by whoever adds or removes what graphs share."""

CREATE_GRAPH = "MERGE (g:AttributionGraph {id: $row.id}) ON CREATE SET g = $row"

CREATE_NODES = (
    "MATCH (g:AttributionGraph {{id: $graph}}) UNWIND $rows AS row "
    "CREATE (g)-[:HAS_NODE]->(n:{label}) SET n = row"
)

CREATE_EDGES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(n) WITH n ORDER BY n.ordinal WITH collect(n) AS nodes "
    "UNWIND range(0, size($source) - 1) AS i "
    "WITH nodes[$source[i]] AS source, nodes[$target[i]] AS target, $weight[i] AS weight, $share[i] AS share "
    "CREATE (source)-[:DIRECT_EFFECT {weight: weight, share: share}]->(target)"
)
"""Ends are looked up in the list of the graph's nodes, which costs nothing beside a look into an index."""

CREATE_SUPERNODES = (
    "MATCH (g:AttributionGraph {id: $graph})-[:HAS_NODE]->(n) WITH g, n ORDER BY n.ordinal "
    "WITH g, collect(n) AS nodes UNWIND $rows AS row "
    "CREATE (g)-[:HAS_SUPERNODE]->(s:Supernode) SET s = row.supernode "
    "WITH nodes, row, s UNWIND row.members AS member WITH s, nodes[member] AS node CREATE (s)-[:GROUPS]->(node)"
)

CREATE_VIEWS = (
    "MATCH (g:AttributionGraph {id: $graph}) UNWIND $rows AS row CREATE (g)-[:HAS_VIEW]->(v:View) SET v = row"
)

MERGE_TRACE = (
    "MATCH (g:AttributionGraph {id: $graph}) MERGE (t:Trace {id: $row.id}) ON CREATE SET t = $row "
    "CREATE (g)-[:TRACED_FROM]->(t)"
)

MERGE_FEATURES = "UNWIND $rows AS row MERGE (f:Feature {key: row.key}) ON CREATE SET f = row"

CREATE_INSTANCES = (
    "UNWIND $rows AS row MATCH (n:FeatureNode {key: row[0]}) MATCH (f:Feature {key: row[1]}) "
    "CREATE (n)-[:INSTANCE_OF]->(f)"
)

MERGE_EXPLANATIONS = (
    "UNWIND $rows AS row MATCH (f:Feature {key: row.feature}) "
    "MERGE (e:Explanation {key: row.explanation.key}) ON CREATE SET e = row.explanation "
    "MERGE (f)-[:EXPLAINED_BY]->(e)"
)

TRACES = "MATCH (t:Trace) RETURN t.id AS id"

DELETE_UNUSED_TRACE = "MATCH (t:Trace {id: $trace}) WHERE NOT EXISTS { (t)<-[:TRACED_FROM]-() } DELETE t"

GRAPH_RECORDS = (
    "MATCH (g:AttributionGraph) WHERE g.state = $state WITH g ORDER BY g.created_at DESC, g.id "
    "RETURN properties(g) AS row"
)
"""One row a graph."""

GRAPH_RECORD = (
    "MATCH (g:AttributionGraph {id: $graph}) WHERE g.state = $state "
    "RETURN properties(g) AS row, elementId(g) AS stored_as"
)
"""At most one row. `stored_as` differs between a graph and the same graph deleted and loaded again."""

GRAPH_NODES = (
    "MATCH (:AttributionGraph {{id: $graph}})-[:HAS_NODE]->(n:{label}) RETURN collect([{columns}]) AS nodes"
)
"""One row: a list for each node of the label, of its table's columns."""

GRAPH_EDGES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(source) CALL (source) { "
    "MATCH (source)-[effect:DIRECT_EFFECT]->(target) RETURN collect(target.ordinal) AS targets, "
    "collect(effect.weight) AS weights, collect(effect.share) AS shares } "
    "RETURN source.ordinal AS source, targets, weights, shares"
)
"""One row a node, the edges that leave it collected: many times faster than a row an edge."""

GRAPH_EXPLANATIONS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "WITH DISTINCT f MATCH (f)-[:EXPLAINED_BY]->(e:Explanation) RETURN f.layer AS layer, f.index AS index, "
    "properties(e) AS explanation ORDER BY layer, index, e.text"
)
"""One row an explanation of a feature in the graph."""

GRAPH_SUPERNODES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_SUPERNODE]->(s:Supernode)-[:GROUPS]->(n) "
    "WITH s, n ORDER BY n.ordinal RETURN s.ordinal AS ordinal, s.name AS name, collect(n.ordinal) AS members "
    "ORDER BY ordinal"
)
"""One row a supernode."""

GRAPH_VIEWS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(v:View) "
    "RETURN v.name AS name, v.revision AS revision, v.state AS state ORDER BY name"
)
"""One row a view."""

FEATURE_EXPLANATIONS = (
    "MATCH (:Feature {key: $feature})-[:EXPLAINED_BY]->(e:Explanation) RETURN properties(e) AS row"
)
"""One row an explanation."""

KEPT_FEATURES = (
    "MATCH (f:Feature)-[:EXPLAINED_BY]->(e:Explanation) WHERE NOT EXISTS { (f)<-[:INSTANCE_OF]-() } "
    "RETURN properties(f), properties(e)"
)
"""One row an explanation of a feature that no graph uses."""

DELETE_PARTS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_SUPERNODE]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(part) DETACH DELETE part",
    "MATCH (part:AttributionGraph {id: $graph}) DETACH DELETE part",
)

GRAPH_FEATURES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "RETURN collect(DISTINCT f.key) AS keys"
)
"""One row: the keys of the features that the graph uses."""

DELETE_UNUSED_FEATURES = (
    "UNWIND $keys AS key MATCH (f:Feature {key: key}) WHERE NOT EXISTS { (f)<-[:INSTANCE_OF]-() } "
    "AND NOT EXISTS { (f)-[:EXPLAINED_BY]->(:Explanation {type: 'person'}) } "
    "OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation) DETACH DELETE e, f"
)
"""Of the keys, the features that no graph uses and no person explained."""


class Neo4jStore(GraphStore):
    """A server that cannot be reached when the store is opened is tried again with every call."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """`read_only`: the server's schema is not made where it is missing.

        Raises InvalidRequest, DatabaseRefused, UnsupportedServer, UnsupportedSchema."""
        self._address = parse(url)
        self.url = self._address.shown
        self._driver = bolt.open_driver(self._address)
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

    def load(self, graph: AttributionGraph) -> bool:
        stored = self._write(lambda transaction: _load(transaction, graph))
        self._features_change()
        return stored

    def graphs(self) -> list[GraphRecord]:
        def work(transaction: Transaction) -> list[Row]:
            return transaction.run(GRAPH_RECORDS, state=schema.VISIBLE).value("row")

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
            said = transaction.run(FEATURE_EXPLANATIONS, feature=key).value("row")
            occurrences = transaction.run(rows.FEATURE_OCCURRENCES, feature=key, state=schema.VISIBLE).data()
            return [_complete(row, schema.EXPLANATION) for row in said], occurrences

        return rows.feature_of((model, transcoder_set, layer, index), *self._read(work))

    def delete(self, graph_id: str) -> None:
        self._write(lambda transaction: _delete(transaction, graph_id))

    def traces(self) -> set[str]:
        return set(self._read(lambda transaction: transaction.run(TRACES).value("id")))

    def kept_features(self) -> list[FeatureRecord]:
        def work(transaction: Transaction) -> list[list[Row]]:
            return transaction.run(KEPT_FEATURES).values()

        return rows.kept_features(
            (feature, _complete(explanation, schema.EXPLANATION)) for feature, explanation in self._read(work)
        )

    def keep_features(self, features: list[FeatureRecord]) -> None:
        def work(transaction: Transaction) -> None:
            transaction.run(LOCK_FEATURES, whom="kept features").consume()
            _add_features(transaction, *rows.kept_feature_rows(features))

        self._write(work)
        self._features_change()

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
            bolt.told(self._address),
            self._driver.session(database=self._address.database, default_access_mode=access_mode) as session,
        ):
            yield session

    def _prepare(self) -> None:
        """Check the server's version, and make or check the schema."""
        if self._prepared:
            return
        with self._open(neo4j.READ_ACCESS if self._read_only else neo4j.WRITE_ACCESS) as session:
            bolt.check_server(session, self._address)
            found = session.run(SCHEMA_VERSION).value("version")
            for version in found:
                schema.check_version(version, read_only=self._read_only)
            if not found and not self._read_only:
                for label, key in KEYS.items():
                    session.run(CONSTRAINT.format(label=label, key=key)).consume()
                # Last, so that a start that was cut short is done again.
                session.run(MAKE_SCHEMA, version=schema.SCHEMA_VERSION).consume()
            for version in range(found[0] if found else schema.SCHEMA_VERSION, schema.SCHEMA_VERSION):
                for statement in schema.MIGRATIONS[version].neo4j:
                    session.run(statement).consume()
                session.run(RAISE_VERSION, version=version + 1).consume()
        self._prepared = True


# -- storing


def _load(transaction: Transaction, graph: AttributionGraph) -> bool:
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    graph_id, keys = record.id, nodes.keys(record.id)
    created = transaction.run(CREATE_GRAPH, row=rows.record_row(record, schema.VISIBLE)).consume()
    if not created.counters.nodes_created:
        return False
    for kind, table in schema.NODE_TABLES.items():
        made = _rows_of(rows.node_columns(nodes, kind, keys))
        _run(transaction, CREATE_NODES.format(label=table.label), graph=graph_id, rows=made)
    for start in range(0, len(edges), EDGES_AT_ONCE):
        chosen = slice(start, start + EDGES_AT_ONCE)
        columns = {
            column: getattr(edges, column)[chosen].tolist()
            for column in ("source", "target", "weight", "share")
        }
        transaction.run(CREATE_EDGES, graph=graph_id, **columns).consume()
    supernodes = [
        {"supernode": row, "members": list(one.members)}
        for row, one in zip(rows.supernode_rows(graph), graph.supernodes, strict=True)
    ]
    _run(transaction, CREATE_SUPERNODES, graph=graph_id, rows=supernodes)
    _run(transaction, CREATE_VIEWS, graph=graph_id, rows=rows.view_rows(graph))
    transaction.run(LOCK_FEATURES, whom=graph_id).consume()
    _add_features(transaction, rows.features(graph), list(rows.explanation_rows(graph)))
    _run(transaction, CREATE_INSTANCES, rows=rows.instances(graph, keys))
    if (trace := rows.trace_row(record)) is not None:
        transaction.run(MERGE_TRACE, graph=graph_id, row=trace).consume()
    return True


def _add_features(transaction: Transaction, features: list[Row], explanations: list[tuple[str, Row]]) -> None:
    """Features and explanations exist once: those that are there stay as they are. Needs the lock."""
    _run(transaction, MERGE_FEATURES, rows=features)
    explained = [{"feature": feature, "explanation": row} for feature, row in explanations]
    _run(transaction, MERGE_EXPLANATIONS, rows=explained)


def _delete(transaction: Transaction, graph_id: str) -> None:
    transaction.run(LOCK_FEATURES, whom=graph_id).consume()
    record, _ = _record(transaction, graph_id)
    used = transaction.run(GRAPH_FEATURES, graph=graph_id).single(strict=True)["keys"]
    for statement in DELETE_PARTS:
        transaction.run(statement, graph=graph_id).consume()
    _run(transaction, DELETE_UNUSED_FEATURES, keys=used)
    if record.trace_id is not None:
        transaction.run(DELETE_UNUSED_TRACE, trace=record.trace_id).consume()


def _run(transaction: Transaction, statement: str, **parameters: Any) -> None:
    """Run a statement over rows (or keys), if there are any."""
    if all(parameters.get(rows_or_keys, True) for rows_or_keys in ("rows", "keys")):
        transaction.run(statement, parameters).consume()


def _rows_of(columns: Columns) -> list[Row]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


# -- reading


def _record(transaction: Transaction, graph_id: str) -> tuple[GraphRecord, str]:
    """The graph's record and what its node is called inside the database. Raises GraphNotFound."""
    found = transaction.run(GRAPH_RECORD, graph=graph_id, state=schema.VISIBLE).single()
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
        statement = GRAPH_NODES.format(label=table.label, columns=columns)
        found = transaction.run(statement, graph=graph_id).single(strict=True)["nodes"]
        values = zip(*found, strict=True) if found else ([] for _ in table.columns)
        by_kind[kind] = {column: list(of_all) for column, of_all in zip(table.columns, values, strict=True)}
    if sum(len(columns["ordinal"]) for columns in by_kind.values()) != record.n_nodes:
        return None
    explanations: dict[FeatureId, list[Explanation]] = {}
    for row in transaction.run(GRAPH_EXPLANATIONS, graph=graph_id):
        explanations.setdefault((row["layer"], row["index"]), []).append(
            rows.explanation_of(_complete(row["explanation"], schema.EXPLANATION))
        )
    graph = AttributionGraph(
        record=record,
        nodes=rows.nodes_of(by_kind),
        edges=_edges(transaction, graph_id),
        supernodes=tuple(
            Supernode(row["name"], tuple(row["members"]))
            for row in transaction.run(GRAPH_SUPERNODES, graph=graph_id)
        ),
        views=tuple(
            View(row["name"], row["revision"], json.loads(row["state"]))
            for row in transaction.run(GRAPH_VIEWS, graph=graph_id)
        ),
        explanations=explanations,
    )
    whole = len(graph.edges) == record.n_edges
    return graph if whole and _record(transaction, graph_id)[1] == stored_as else None


def _edges(transaction: Transaction, graph_id: str) -> Edges:
    """The graph's edges, ordered by target, then source."""
    source: list[int] = []
    columns: dict[str, list[Any]] = {"targets": [], "weights": [], "shares": []}
    for row in transaction.run(GRAPH_EDGES, graph=graph_id):
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
