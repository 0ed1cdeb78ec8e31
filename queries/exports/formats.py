"""The table of formats in which a stored graph is exported."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from queries.exports.graph_json import graph_json
from queries.exports.graphml import graphml
from queries.exports.networkx import node_link_json
from queries.exports.parquet import parquet
from queries.exports.tables import csv_tables
from queries.graph.attribution_graph import AttributionGraph
from queries.words import ExportFormat


class Format(NamedTuple):
    """How a format writes a graph, in pieces; the media type and the end of the name of what it writes."""

    media_type: str
    suffix: str
    write: Callable[[AttributionGraph], Iterator[bytes]]


FORMATS: dict[ExportFormat, Format] = {
    "graph-json": Format("application/json", ".json", graph_json),
    "graphml": Format("application/graphml+xml", ".graphml", graphml),
    "node-link": Format("application/json", ".node-link.json", node_link_json),
    "csv": Format("application/zip", ".csv.zip", csv_tables),
    "parquet": Format("application/zip", ".parquet.zip", lambda graph: parquet([graph])),
}
