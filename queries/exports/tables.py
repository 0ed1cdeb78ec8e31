"""A stored graph as CSV: a zip of `nodes.csv` and `edges.csv`, for spreadsheets and data frames."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from queries.cells import text_cell
from queries.exports.networkx import described_edges, described_nodes
from queries.exports.pieces import AT_ONCE, zipped
from queries.graph.attribution_graph import AttributionGraph

NODES = (
    *("id", "kind", "layer", "position", "index", "site", "token", "label"),
    *("label_source", "label_by"),
    *("activation", "probability", "node_influence", "cumulative_influence"),
)
EDGES = ("source", "target", "weight", "share")


def csv_tables(graph: AttributionGraph) -> Iterator[bytes]:
    """The archive in pieces. Edges name nodes by their ids."""
    keys = graph.nodes.keys(graph.record.id)
    nodes = ((known["key"], *(known.get(name) for name in NODES[1:])) for known in described_nodes(graph))
    edges = (
        (keys[source], keys[target], known["weight"], known["share"])
        for source, target, known in described_edges(graph)
    )
    yield from zipped((("nodes.csv", _rows(NODES, nodes)), ("edges.csv", _rows(EDGES, edges))))


def _rows(heading: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    left = chain([heading], rows)
    while piece := list(islice(left, AT_ONCE)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [text_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in piece
        )
        yield text.getvalue().encode()
