"""A graph file's JSON taken apart: its links as pieces of text, all else as one document.

A file can hold millions of links, which as Python objects need thirty times the memory that their numbers do.
Python's parser sees every byte that is not spelled as plainly as files spell links, so that what it refuses is
refused, in its words and with the place in the file.
"""

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from queries.errors import InvalidGraph

Content: TypeAlias = bytes | mmap.mmap

LINE_FEED = ord("\n")

PIECE = 4 << 20
"""Bytes of a piece of links, until the link that they end in does."""
LARGEST = 256 << 20
"""Bytes that are parsed as one: of a piece, or of all that is not links."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""Where the escapes of a surrogate, which come in pairs, may be."""
OPENING = re.compile(rb"[ \t\n\r]*+\{")
BLANK = re.compile(rb"[ \t\n\r]*+")
MEMBER = re.compile(rb'[ \t\n\r]*+("(?:[^"\\]|\\.)*+")[ \t\n\r]*+:[ \t\n\r]*+', re.DOTALL)
"""An object's next key, and what comes before its value."""

Part: TypeAlias = tuple[int, bytes]
"""A text, and where in the file it begins."""


def mapped(path: Path) -> Content:
    """A file's bytes, of which only those in use take memory. Unmapped once nothing refers to them.

    The file must not be cut short meanwhile: the system ends a process that reads what is no longer there.
    """
    with path.open("rb") as file:
        # Nothing can be mapped of an empty file.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


class GraphJson:
    """The JSON object in a file's bytes. `piece` is the least number of bytes of a piece of links."""

    def __init__(self, content: Content, piece: int = PIECE) -> None:
        self._content = content
        text = memoryview(content)
        self._text = text[len(BYTE_ORDER_MARK) :] if text[:3] == BYTE_ORDER_MARK else text
        self.bytes: npt.NDArray[np.uint8] = np.frombuffer(self._text, dtype=np.uint8)
        """(n_bytes,) the file's."""
        self.pieces: list[tuple[int, int]] = []
        """Where each piece of links begins and ends, in order: all that is between the brackets of their list but the
        commas that part the pieces. Empty where there is no link."""
        self._last_member = 0
        self._find_links(piece)

    def document(self) -> dict[str, Any]:
        """All but the links in `pieces`, for which it has a 0. Raises InvalidGraph."""
        parts = [self._part(0, len(self._text))] if not self.pieces else self._around_links()
        document = self._parse(parts)
        if not isinstance(document, dict):
            raise InvalidGraph("file", "it is JSON but not an attribution graph: an object is expected")
        return document

    def links(self, start: int, end: int) -> list[Any]:
        """The links of a piece. Raises InvalidGraph."""
        # The 0 makes a piece without links what it is: a comma too many.
        links: list[Any] = self._parse([(start - 3, b"[0,"), self._part(start, end), (end, b"]")])
        return links[1:]

    def check_last_piece(self) -> None:
        """Raises InvalidGraph where it is not JSON: then it may reach too far, and hold what is missing elsewhere."""
        if self.pieces:
            self.links(*self.pieces[-1])

    def in_turn(self) -> Iterator[tuple[int, int]]:
        """The pieces; after each the memory goes that its part of a mapped file took."""
        for piece in self.pieces:
            yield piece
            self._release()

    def _find_links(self, piece: int) -> None:
        """Of several members of the object that are named links the last one counts, as for Python's parser."""
        opened = OPENING.match(self._text)
        at = opened.end() if opened else len(self._text)
        while member := MEMBER.match(self._text, at):
            self._last_member, at = member.start(1), member.end()
            is_links = _is_key(member[1], "links")
            if is_links:
                self.pieces = []
            if is_links and self._is_at(at, b"["):
                at = self._find_pieces(at + 1, piece) + 1
            end = self._item_end(at)
            if not self._is_at(end, b","):
                return
            at = end + 1

    def _find_pieces(self, start: int, piece: int) -> int:
        """The place of the bracket that closes the list of links."""
        end = self._item_end(start, piece)
        if BLANK.fullmatch(self._text, start, end):
            return end
        self.pieces.append((start, end))
        while self._is_at(end, b","):
            self._release()
            start = end + 1
            end = self._item_end(start, piece)
            self.pieces.append((start, end))
        return end

    def _release(self) -> None:
        if isinstance(self._content, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._content.madvise(mmap.MADV_DONTNEED)

    def _item_end(self, start: int, at_least: int = 0) -> int:
        from ingest.graph_file.kernels import item_end

        return int(item_end(self.bytes, start, at_least))

    def _is_at(self, at: int, byte: bytes) -> bool:
        return self._text[at : at + 1] == byte

    def _around_links(self) -> list[Part]:
        start, end = self.pieces[0][0], self.pieces[-1][1]
        return [self._part(0, start), (start, b"0"), self._part(end, len(self._text))]

    def _part(self, start: int, end: int) -> Part:
        if end - start > LARGEST:
            where = self._line_and_column(self._last_member if start <= self._last_member < end else start)
            raise InvalidGraph(
                "file",
                f"it is not JSON, or no graph: what begins at {where} goes on for {(end - start) >> 20} MB",
            )
        return start, bytes(self._text[start:end])

    def _parse(self, parts: list[Part]) -> Any:
        """The value that the parts spell together."""
        content = b"".join(text for _, text in parts)
        try:
            value = json.loads(str(content, "utf-8"))
        except UnicodeDecodeError as error:
            place = _place(parts, error.start)
            raise InvalidGraph("file", f"it is not JSON: not UTF-8 text at byte {place}") from error
        except json.JSONDecodeError as error:
            where = self._line_and_column(_place(parts, len(error.doc[: error.pos].encode())))
            raise InvalidGraph("file", f"it is not JSON: {error.msg} at {where}") from error
        except RecursionError as error:
            raise InvalidGraph("file", "it is nested too deeply to be a graph") from error
        except ValueError as error:  # Python's limit on the digits of a whole number
            raise InvalidGraph("file", "it holds a number of thousands of digits") from error
        if HALF_CHARACTER.search(content):
            try:
                json.dumps(value, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                raise InvalidGraph("file", "it holds half a character (a lone surrogate escape)") from error
        return value

    def _line_and_column(self, place: int) -> str:
        """The line of a byte, and its column in characters, both from 1."""
        line = column = 1
        for start in range(0, place, PIECE):
            block = self.bytes[start : min(place, start + PIECE)]
            ends = np.flatnonzero(block == LINE_FEED)
            if len(ends):
                line, column, block = line + len(ends), 1, block[ends[-1] + 1 :]
            column += int(np.count_nonzero(block & 0xC0 != 0x80))  # the bytes that begin a character
        return f"line {line}, column {column}"


def _is_key(spelled: bytes, key: str) -> bool:
    try:
        return bool(json.loads(spelled) == key)
    except ValueError:
        return False


def _place(parts: list[Part], offset: int) -> int:
    """Where in the file a byte of the parts together is."""
    for begin, text in parts[:-1]:
        if offset < len(text):
            return begin + offset
        offset -= len(text)
    return parts[-1][0] + offset


def required(parent: dict[str, Any], field: str, kind: type[Any], where: str) -> Any:
    """A field that must be there and of this kind. Raises InvalidGraph."""
    if field not in parent:
        raise InvalidGraph(where, "missing")
    if not isinstance(parent[field], kind):
        words = {"dict": "an object", "list": "a list", "str": "a string"}
        raise InvalidGraph(where, f"must be {words[kind.__name__]}, not {type(parent[field]).__name__}")
    return parent[field]
