"""Stores a graph in Neo4j with the bare driver, in the ways that people write: the baseline of `queries.store`.

Every way stores the same data as the store: the graph's record, nodes, edges, Features and explanations. The ways
differ in how they find an edge's ends, how many rows a statement gets, and whether one transaction holds all of it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import neo4j
import numpy as np

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.store import rows, schema

Run: TypeAlias = Callable[..., neo4j.Result]

NODES = (
    "MATCH (g:AttributionGraph {{id: $graph}}) UNWIND $rows AS row "
    "CREATE (g)-[:HAS_NODE]->(n:{label}) SET n = row RETURN n.ordinal, elementId(n)"
)
FEATURES = "UNWIND $rows AS row MERGE (f:Feature {key: row.key}) ON CREATE SET f = row"
INSTANCES = (
    "UNWIND $rows AS row MATCH (n:FeatureNode {key: row[0]}) MATCH (f:Feature {key: row[1]}) "
    "CREATE (n)-[:INSTANCE_OF]->(f)"
)
EXPLANATIONS = (
    "UNWIND $rows AS row MATCH (f:Feature {key: row.feature}) MERGE (e:Explanation {key: row.explanation.key}) "
    "ON CREATE SET e = row.explanation MERGE (f)-[:EXPLAINED_BY]->(e)"
)
CREATE = "CREATE (source)-[:DIRECT_EFFECT {weight: row[2], share: row[3]}]->(target)"
BY_KEY = (
    "UNWIND $rows AS row MATCH (source:{source} {{key: row[0]}}) MATCH (target:{target} {{key: row[1]}}) "
    "CREATE (source)-[:DIRECT_EFFECT {{weight: row[2], share: row[3]}}]->(target)"
)
BY_ELEMENT_ID = (
    "UNWIND $rows AS row MATCH (source) WHERE elementId(source) = row[0] "
    "MATCH (target) WHERE elementId(target) = row[1] " + CREATE
)
BY_LIST = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(n) WITH n ORDER BY n.ordinal WITH collect(n) AS nodes "
    "UNWIND $rows AS row WITH nodes[row[0]] AS source, nodes[row[1]] AS target, row " + CREATE
)


class Way(NamedTuple):
    """How statements name the ends of edges (key, element id, or index in the list of nodes) and get their rows."""

    ends: str
    batch: int
    one_transaction: bool

    def __str__(self) -> str:
        transaction = "one transaction" if self.one_transaction else "a transaction each"
        return f"by {self.ends}, {self.batch:,} rows, {transaction}"


WAYS = (
    Way("key", 10_000, False),
    Way("key", 10_000, True),
    Way("element id", 10_000, True),
    Way("list", 10_000, False),
    Way("list", 50_000, True),
)


def store_bare(session: neo4j.Session, graph: AttributionGraph, way: Way) -> None:
    record, edges = graph.record, graph.edges
    keys = graph.nodes.keys(record.id)
    with _runner(session, way) as run:
        run("CREATE (g:AttributionGraph) SET g = $row", row=rows.record_row(record, "visible")).consume()
        element_ids = [""] * len(keys)
        for kind, table in schema.NODE_TABLES.items():
            columns = rows.node_columns(graph.nodes, kind, keys)
            node_rows = [dict(zip(columns, one, strict=True)) for one in zip(*columns.values(), strict=True)]
            for batch in _batches(node_rows, way.batch):
                created = run(NODES.format(label=table.label), graph=record.id, rows=batch)
                for ordinal, element_id in created.values():
                    element_ids[ordinal] = element_id
        names: Sequence[Any] = {"key": keys, "element id": element_ids, "list": range(len(keys))}[way.ends]
        effects = [
            [names[source], names[target], weight, share]
            for source, target, weight, share in zip(
                edges.source.tolist(),
                edges.target.tolist(),
                edges.weight.tolist(),
                edges.share.tolist(),
                strict=True,
            )
        ]
        for statement, chosen in _statements(graph, way.ends):
            for batch in _batches([effects[edge] for edge in chosen], way.batch):
                run(statement, graph=record.id, rows=batch).consume()
        explanations = [{"feature": key, "explanation": row} for key, row in rows.explanation_rows(graph)]
        shared: tuple[tuple[str, Sequence[Any]], ...] = (
            (FEATURES, rows.features(graph)),
            (INSTANCES, rows.instances(graph, keys)),
            (EXPLANATIONS, explanations),
        )
        for statement, shared_rows in shared:
            for batch in _batches(shared_rows, way.batch):
                run(statement, rows=batch).consume()


@contextmanager
def _runner(session: neo4j.Session, way: Way) -> Iterator[Run]:
    if not way.one_transaction:
        yield session.run
        return
    with session.begin_transaction() as transaction:
        yield transaction.run
        transaction.commit()


def _statements(graph: AttributionGraph, ends: str) -> Iterator[tuple[str, list[int]]]:
    """Each statement that creates edges, with its edges. By key every pair of labels has a statement of its own: an
    index covers one label."""
    if ends != "key":
        yield BY_LIST if ends == "list" else BY_ELEMENT_ID, list(range(len(graph.edges)))
        return
    kind, edges = graph.nodes.kind, graph.edges
    for source in NodeKind:
        for target in NodeKind:
            chosen = np.flatnonzero((kind[edges.source] == source) & (kind[edges.target] == target))
            labels = schema.NODE_TABLES[source].label, schema.NODE_TABLES[target].label
            yield BY_KEY.format(source=labels[0], target=labels[1]), chosen.tolist()


def _batches(every: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (every[start : start + size] for start in range(0, len(every), size))
