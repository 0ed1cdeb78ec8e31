"""A graph file as it is sent: gzip is unpacked on its way in; other archives get a sentence that says what to do."""

import zlib
from collections.abc import AsyncIterator

from queries.errors import InvalidGraph

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
AT_ONCE = 1 << 20
"""Bytes that are unpacked at a time."""
MOST_UNPACKED = 8 << 30
"""Bytes of the largest file that is unpacked: a small archive can hold any number."""
TORCH = (
    "it is a file of PyTorch (.pt), which runs code where it is loaded: write the graph as JSON where you trust the "
    "file, with circuit_tracer.utils.create_graph_files, and import that"
)
ARCHIVE = "it is a zip archive: unpack it, and import the graph files that it holds"


async def unpacked(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes of a file, unpacked where they are gzip. Raises InvalidGraph for an archive of another kind."""
    head = b""
    async for part in content:
        head += part
        if len(head) >= len(ZIP):
            break
    if head.startswith(ZIP):
        async for part in content:  # the first entry of a PyTorch file is named ARCHIVE/data.pkl
            head += part
            if len(head) >= 100:
                break
        raise InvalidGraph("file", TORCH if b"/data.pkl" in head[:100] else ARCHIVE)
    if not head.startswith(GZIP):
        yield head
        async for part in content:
            yield part
        return
    unpack, total, packed, is_inside = zlib.decompressobj(wbits=31), 0, head, False
    try:
        while packed:
            has_more = True
            while packed or has_more:
                text = unpack.decompress(packed, AT_ONCE)
                packed, is_inside, has_more = unpack.unconsumed_tail, True, len(text) == AT_ONCE
                total += len(text)
                if total > MOST_UNPACKED:
                    raise InvalidGraph("file", f"unpacked, it is larger than {MOST_UNPACKED >> 30} GB")
                yield text
                if unpack.eof:  # another archive may follow
                    packed, unpack, is_inside = unpack.unused_data, zlib.decompressobj(wbits=31), False
                    has_more = False
            packed = await anext(content, b"")
    except zlib.error as error:
        raise InvalidGraph("file", f"it is damaged gzip: {error}") from error
    if is_inside:
        raise InvalidGraph("file", "it is gzip that was cut off")
