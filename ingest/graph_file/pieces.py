"""A graph file's JSON taken apart: its links as pieces of text, everything else as one document.

A file can hold millions of links; as Python objects they need thirty times the memory of their numbers. Python's parser
reads every part that is not a plainly spelled link, so that each fault is reported in its words, with its place in the
file.
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
"""Bytes of a piece of links, which is then continued to the end of its last link."""
LARGEST = 256 << 20
"""The most bytes that are parsed together: in a piece, or in the document around the links."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""The escape of a surrogate. Surrogates must come in pairs."""
OPENING = re.compile(rb"[ \t\n\r]*+\{")
BLANK = re.compile(rb"[ \t\n\r]*+")
MEMBER = re.compile(rb'[ \t\n\r]*+("(?:[^"\\]|\\.)*+")[ \t\n\r]*+:[ \t\n\r]*+', re.DOTALL)
"""An object's next key, up to its value."""

Part: TypeAlias = tuple[int, bytes]
"""The place in the file where a text begins, and the text."""


def mapped(path: Path) -> Content:
    """A file's bytes. Only bytes in use take memory. The file is unmapped when nothing refers to it any more.

    The file must not become shorter meanwhile: the system kills a process that reads beyond its end.
    """
    with path.open("rb") as file:
        # An empty file cannot be mapped.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


class GraphJson:
    """The JSON object in a file's bytes. `piece` is the least number of bytes of a piece of links."""

    def __init__(self, content: Content, piece: int = PIECE) -> None:
        self._content = content
        text = memoryview(content)
        self._text = text[len(BYTE_ORDER_MARK) :] if text[:3] == BYTE_ORDER_MARK else text
        self.bytes: npt.NDArray[np.uint8] = np.frombuffer(self._text, dtype=np.uint8)
        """(n_bytes,) the file's bytes."""
        self.pieces: list[tuple[int, int]] = []
        """The start and end of each piece of links, in order: all text between the brackets of their list except the
        commas between pieces. Empty where there is no link."""
        self._last_member = 0
        self._find_links(piece)

    def document(self) -> dict[str, Any]:
        """The JSON object with a 0 in place of the links in `pieces`. Raises InvalidGraph."""
        parts = [self._part(0, len(self._text))] if not self.pieces else self._around_links()
        document = self._parse(parts)
        if not isinstance(document, dict):
            raise InvalidGraph("file", "it is JSON but not an attribution graph: an object is expected")
        return document

    def links(self, start: int, end: int) -> list[Any]:
        """The links of a piece. Raises InvalidGraph."""
        # The 0 turns a piece without links into a fault: there is a comma too many.
        links: list[Any] = self._parse([(start - 3, b"[0,"), self._part(start, end), (end, b"]")])
        return links[1:]

    def check_last_piece(self) -> None:
        """Raises InvalidGraph where it is not JSON: then it may hold text that is missing elsewhere."""
        if self.pieces:
            self.links(*self.pieces[-1])

    def in_turn(self) -> Iterator[tuple[int, int]]:
        """The pieces. After each the memory is freed that its part of a mapped file took."""
        for piece in self.pieces:
            yield piece
            self._release()

    def _find_links(self, piece: int) -> None:
        """Where the object has several members named links, the last one counts, as for Python's parser."""
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
        """The value of the JSON text that the parts make together."""
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
        except ValueError as error:  # Python's limit on the digits of an integer
            raise InvalidGraph("file", "it holds a number of thousands of digits") from error
        if HALF_CHARACTER.search(content):
            try:
                json.dumps(value, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                raise InvalidGraph("file", "it holds half a character (a lone surrogate escape)") from error
        return value

    def _line_and_column(self, place: int) -> str:
        """The line of a byte and its column in characters, both counted from 1."""
        line = column = 1
        for start in range(0, place, PIECE):
            block = self.bytes[start : min(place, start + PIECE)]
            ends = np.flatnonzero(block == LINE_FEED)
            if len(ends):
                line, column, block = line + len(ends), 1, block[ends[-1] + 1 :]
            column += int(np.count_nonzero(block & 0xC0 != 0x80))  # bytes that begin a character
        return f"line {line}, column {column}"


def _is_key(spelled: bytes, key: str) -> bool:
    try:
        return bool(json.loads(spelled) == key)
    except ValueError:
        return False


def _place(parts: list[Part], offset: int) -> int:
    """The place in the file of a byte of the joined parts."""
    for begin, text in parts[:-1]:
        if offset < len(text):
            return begin + offset
        offset -= len(text)
    return parts[-1][0] + offset


def required(parent: dict[str, Any], field: str, kind: type[Any], where: str) -> Any:
    """A field that must be present and of this kind. Raises InvalidGraph."""
    if field not in parent:
        raise InvalidGraph(where, "missing")
    if not isinstance(parent[field], kind):
        words = {"dict": "an object", "list": "a list", "str": "a string"}
        raise InvalidGraph(where, f"must be {words[kind.__name__]}, not {type(parent[field]).__name__}")
    return parent[field]
