"""The graphs of the measurements, as files that both programs read: the largest real one beside the repository, and
made ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from queries.exports.formats import FORMATS
from tests.support.processes import GRAPHS
from tests.support.synthetic_graphs import Size, synthetic_graph

REAL = GRAPHS / "gemma-2-2b-contraire-de-petit.json"
SIZES = {
    "700": Size(700, 9_000),
    "2000": Size(2_000, 60_000),
    "5000": Size(5_000, 300_000),
    "40000": Size(40_000, 600_000),
}
ALONE = "40000"
"""The graph that only our page opens: the viewer makes an element of every node and an object of every link."""


class Graph(NamedTuple):
    name: str
    title: str
    document: bytes
    """The graph file."""

    @property
    def has_peer(self) -> bool:
        return self.name != ALONE


NAMES = ("real", *SIZES)


def graphs(names: tuple[str, ...]) -> Iterator[Graph]:
    """The named graphs that there are."""
    for name in names:
        if name not in NAMES:
            raise ValueError(f"BENCH_GRAPHS: there is no graph {name}; there are {', '.join(NAMES)}")
        if name in SIZES:
            document = b"".join(FORMATS["graph-json"].write(synthetic_graph(SIZES[name], seed=1)))
            yield Graph(name, f"made: {SIZES[name]}", document)
        elif REAL.exists():
            yield Graph(name, f"real: {_counted(REAL)}", REAL.read_bytes())


def _counted(file: Path) -> str:
    document = json.loads(file.read_bytes())
    return str(Size(len(document["nodes"]), len(document["links"])))
