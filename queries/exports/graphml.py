"""A stored graph as GraphML, which networkx, Gephi, yEd, Cytoscape and igraph read.

networkx's own writer holds the whole document in memory, and writes characters that XML does not have.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from queries.exports.networkx import described_edges, described_nodes, facts
from queries.exports.pieces import AT_ONCE
from queries.graph.attribution_graph import NODE_COLUMNS, AttributionGraph, ColumnType

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold; tokens do."""
TYPES = {
    **{one.name: "long" for one in NODE_COLUMNS if one.type is ColumnType.INTEGER},
    **{one.name: "double" for one in NODE_COLUMNS if one.type is ColumnType.REAL},
    **dict.fromkeys(("weight", "share", "cost"), "double"),
}
"""The type of each attribute that is no text."""


def graphml(graph: AttributionGraph) -> Iterator[bytes]:
    """The document in pieces. A node's id is its key."""
    keys = graph.nodes.keys(graph.record.id)
    declared = {
        "graph": facts(graph).keys(),
        "node": {name: None for known in described_nodes(graph) for name in known}.keys() - {"key"},
        "edge": ("weight", "share", "cost"),
    }
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ]
    head += [
        f'<key id="{of}-{name}" for="{of}" attr.name="{name}" attr.type="{TYPES.get(name, "string")}"/>'
        for of, names in declared.items()
        for name in sorted(names)
    ]
    head += ['<graph edgedefault="directed">', *_data("graph", facts(graph).items())]
    yield "\n".join(head).encode()
    yield from _joined(
        f"<node id={_attribute(known['key'])}>"
        + "".join(_data("node", ((name, value) for name, value in known.items() if name != "key")))
        + "</node>"
        for known in described_nodes(graph)
    )
    yield from _joined(
        f"<edge source={_attribute(keys[source])} target={_attribute(keys[target])}>"
        + "".join(_data("edge", known.items()))
        + "</edge>"
        for source, target, known in described_edges(graph)
    )
    yield b"\n</graph>\n</graphml>\n"


def _joined(lines: Iterator[str]) -> Iterator[bytes]:
    while piece := list(islice(lines, AT_ONCE)):
        yield ("\n" + "\n".join(piece)).encode()


def _data(of: str, values: Iterable[tuple[str, object]]) -> Iterator[str]:
    for name, value in values:
        yield f'<data key="{of}-{name}">{_text(str(value))}</data>'


def _text(text: str) -> str:
    # A parser reads a bare carriage return as a line feed.
    return escape(NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(NOT_XML.sub("\ufffd", text))
