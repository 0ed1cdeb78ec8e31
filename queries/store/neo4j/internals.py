"""A prompt's internals in a Neo4j database: how its statements are run, and its many links kept."""

from typing import Any

from queries.graph.attribution_graph import AttributionGraph
from queries.internals.records import HeadLinks, InternalsRecord
from queries.store.internals import LinkType
from queries.store.internals_rows import links_of
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction
from queries.store.neo4j.load import EDGES_AT_ONCE
from queries.store.neo4j.read import run_rows
from queries.store.rows import Row
from queries.store.statements import Reading


class Neo4jMeans:
    """`Means` of `queries.store.internals`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def run(self, statement: str, /, **values: Any) -> list[Row]:
        return run_rows(self._transaction, statement, **values)

    def text(self, reading: Reading) -> str:
        return reading.plain

    def put_links(
        self,
        type: LinkType,
        graph: AttributionGraph,
        record: InternalsRecord,  # noqa: ARG002
        links: HeadLinks,
    ) -> None:
        for start in range(0, len(links), EDGES_AT_ONCE):
            chosen = slice(start, start + EDGES_AT_ONCE)
            columns = {name: getattr(links, name)[chosen].tolist() for name in links.__slots__}
            statement = statements.CREATE_LINKS[type]
            self._transaction.run(statement, graph=graph.record.id, **columns).consume()

    def read_links(self, type: LinkType, record: InternalsRecord) -> HeadLinks:
        node, head = list[int](), list[int]()
        weight, absolute = list[float](), list[float]()
        for row in self._transaction.run(statements.GRAPH_LINKS[type], graph=record.graph_id):
            node += row["nodes"]
            head += [row["layer"] * record.n_heads + row["head"]] * len(row["nodes"])
            weight += row["weights"]
            absolute += row["absolutes"]
        return links_of(node, head, weight, absolute)
