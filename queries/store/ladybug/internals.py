"""A prompt's internals in a Ladybug database: how its statements are run, and its many links kept."""

from typing import Any

import ladybug
import pyarrow as pa

from queries.graph.attribution_graph import AttributionGraph
from queries.internals.records import HeadLinks, InternalsRecord
from queries.store.internals import LinkType
from queries.store.internals_rows import link_columns, links_of
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run, run_rows
from queries.store.rows import Row
from queries.store.statements import Reading


class LadybugMeans:
    """`Means` of `queries.store.internals`."""

    def __init__(self, connection: ladybug.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, /, **values: Any) -> list[Row]:
        return run_rows(self._connection, statement, **values)

    def text(self, reading: Reading) -> str:
        return reading.hinted

    def put_links(
        self, type: LinkType, graph: AttributionGraph, record: InternalsRecord, links: HeadLinks
    ) -> None:
        for label, columns in link_columns(graph, record, links).items():
            statement = statements.CREATE_LINKS[type].format(label=label)
            self.run(statement, rows=pa.table(columns))

    def read_links(self, type: LinkType, record: InternalsRecord) -> HeadLinks:
        found = run(self._connection, statements.GRAPH_LINKS[type], graph=record.graph_id)
        node, layer, head, weight, absolute = (column.to_numpy() for column in found.columns)
        return links_of(node, layer * record.n_heads + head, weight, absolute)
