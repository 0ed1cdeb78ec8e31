"""Stored graphs as a Parquet data set in a zip: what `queries.store.parquet` writes into a folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from queries.exports.pieces import zipped
from queries.graph.attribution_graph import AttributionGraph
from queries.store.collections.collections import Collections
from queries.store.parquet import write_data_set

BLOCK = 1 << 20


def parquet(graphs: Iterable[AttributionGraph], collections: Collections | None = None) -> Iterator[bytes]:
    """The archive in pieces, with the `collections` that the graphs are in. The data set is written, in a temporary
    folder, before this returns: an error of reading a graph comes before the first piece."""
    folder = TemporaryDirectory(prefix="circuit-explorer-")
    try:
        write_data_set(Path(folder.name) / "data-set", graphs, collections)
    except BaseException:
        folder.cleanup()
        raise
    return _archive(folder)


def _archive(folder: "TemporaryDirectory[str]") -> Iterator[bytes]:
    with folder as name:
        files = sorted((Path(name) / "data-set").iterdir())
        yield from zipped((file.name, _blocks(file)) for file in files)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            yield block
