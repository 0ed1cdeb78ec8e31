"""Files in pieces, so that no export is ever whole in memory: lists of JSON, and zip archives."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from itertools import islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic_core import to_json

AT_ONCE = 2000
"""Nodes or edges that are written at a time."""


def listed(items: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """The items of a JSON list, without its brackets."""
    comma = b""
    while piece := list(islice(items, AT_ONCE)):
        yield comma + to_json(piece)[1:-1]
        comma = b","


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """A zip archive of files, each a name and its pieces. The same files make the same archive."""
    sink = _Sink()
    with ZipFile(sink, "w") as archive:
        for name, pieces in files:
            entry = ZipInfo(name)  # without a date, unless it is given one
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if len(sink.written) > 1 << 16:
                        yield sink.taken()
    yield sink.taken()


class _Sink(RawIOBase):
    """Takes what ZipFile writes; since it cannot seek, sizes go behind each file's data."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.written += data
        return len(data)

    def taken(self) -> bytes:
        taken = bytes(self.written)
        self.written.clear()
        return taken
