"""The links of a graph file as columns: checked, their ids resolved to nodes, sorted by target, then source.

1. A compiled loop reads a piece of the file's text. It knows links only as files usually spell them: where one is
   spelled in another way, or has a fault, Python's parser reads the piece and names the fault.
2. All links are sorted by target and source, which puts links with the same ends side by side.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.graph_file.faults import Faults
from ingest.graph_file.ids import NodeIds, Ordinals
from ingest.graph_file.pieces import LARGEST, GraphJson, required
from ingest.graph_file.spelling import finite, quoted
from queries.errors import InvalidGraph
from queries.graph.acyclic import AcyclicGraph, CycleFound
from queries.graph.arrays import Bools, Floats, Ints

SHORTEST_LINK = len('{"source":"","target":"","weight":0}')
ESCAPED = re.compile(r'[\x00-\x1f"\\]')
"""The characters that JSON escapes."""


@dataclass(frozen=True, eq=False)
class FileLinks:
    """The links of weight other than 0: their ends (int32), by target, then source, and weight (n_edges,).

    Weights are float32 if that holds each exactly, as for a model that computed in float32 or less; else float64.
    """

    edges: AcyclicGraph
    weight: npt.NDArray[np.float32 | np.float64]


class _Links(NamedTuple):
    """The links of a piece: source and target (n_links,) ordinals of nodes, weight (n_links,)."""

    source: Ordinals
    target: Ordinals
    weight: Floats


def read_links(file: GraphJson, ids: NodeIds, faults: Faults) -> FileLinks:
    """The links of the file. Raises InvalidGraph."""
    plain, n_nodes, n_links = _PlainLinks(ids.ordinals), len(ids.nodes), 0
    none = _Links(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0))
    pieces = [none]
    for start, end in file.in_turn():
        links = plain.read(file.bytes, start, end)
        if links is None:
            links = _checked(file.links(start, end), ids, n_links, faults)
        pieces.append(links)
        n_links += len(links.weight)
    faults.check()
    # Each list is freed as soon as it is an array: for a large file it takes more than a hundred MB.
    source, target, weight = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    del pieces
    kept = ids.tell_apart(source, target, faults)
    cell = target * np.int64(n_nodes) + source
    del source, target
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    kept = kept[order] & _without_twins(cell, order, ids, faults)
    weight = weight[order]
    is_zero = weight == 0
    faults.drop("zero_links", count=int(np.count_nonzero(is_zero)))
    kept &= ~is_zero
    if not kept.all():
        cell, weight, order = cell[kept], weight[kept], order[kept]
    target = (cell // n_nodes).astype(np.int32)
    source = (cell - target * np.int64(n_nodes)).astype(np.int32)
    del cell
    can_be = ids.check(source, target, order, faults)
    faults.check()
    if not can_be.all():
        source, target, weight = source[can_be], target[can_be], weight[can_be]
    try:
        edges = AcyclicGraph(n_nodes, source, target)
    except CycleFound as error:
        walk = [ids.nodes[node].id for node in [*error.nodes, error.nodes[0]]]
        raise InvalidGraph("links", f"they form a cycle: {' -> '.join(walk)}") from error
    return FileLinks(edges, _narrow(weight))


class _PlainLinks:
    """Reads links as files usually spell them: with their three fields alone, and without escapes."""

    def __init__(self, ordinals: dict[str, int]) -> None:
        from ingest.graph_file.kernels import id_table

        unescaped = [one for one in ordinals if not ESCAPED.search(one)]
        spelled = [one.encode() for one in unescaped]
        self._ordinals = np.array([ordinals[one] for one in unescaped], dtype=np.int32)
        self._spelled = np.frombuffer(b"".join(spelled), dtype=np.uint8)
        self._ends = np.cumsum([0, *map(len, spelled)])
        self._multiplier = np.uint64(secrets.randbits(64) | 1)
        self._table = id_table(self._spelled, self._ends, self._multiplier)

    def read(self, text: npt.NDArray[np.uint8], start: int, end: int) -> _Links | None:
        """The links of text[start:end]; None where one is not plain, or has a fault."""
        from pyarrow import StringArray, float64, py_buffer

        from ingest.graph_file.kernels import NONE, plain_links

        size = end - start
        if size > LARGEST:
            return None
        room = size // SHORTEST_LINK + 1
        source, target = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
        digits, digit_ends = np.empty(size, dtype=np.uint8), np.zeros(room + 1, dtype=np.int32)
        ids = (self._spelled, self._ends, self._table, self._multiplier)
        n = plain_links(text, start, end, *ids, source, target, digits, digit_ends)
        if n == NONE:
            return None
        # Rounds as correctly as Python's float(), and is twenty times as fast.
        numbers = StringArray.from_buffers(n, py_buffer(digit_ends), py_buffer(digits)).cast(float64())
        weight: Floats = numbers.to_numpy()
        if not np.isfinite(weight).all():
            return None
        return _Links(self._ordinals[source[:n]], self._ordinals[target[:n]], weight)


def _checked(links: list[Any], ids: NodeIds, first: int, faults: Faults) -> _Links:
    """The links of parsed JSON; `first` is the number of the first one. Raises InvalidGraph."""
    source, target, weight = list[int](), list[int](), list[float]()
    for number, link in enumerate(links, first):
        with faults.collected():
            found = _checked_link(link, f"links[{number}]", ids, faults)
            if found is not None:
                for column, value in zip((source, target, weight), found, strict=True):
                    column.append(value)  # type: ignore[attr-defined]
    return _Links(np.array(source, dtype=np.int32), np.array(target, dtype=np.int32), np.array(weight))


def _checked_link(link: Any, where: str, ids: NodeIds, faults: Faults) -> tuple[int, int, float] | None:
    """Source, target and weight; None where it is dropped. Raises InvalidGraph."""
    if not isinstance(link, dict):
        raise InvalidGraph(where, "must be an object with source, target and weight")
    ends = [required(link, end, str, f"{where}.{end}") for end in ("source", "target")]
    for end, name in zip(("source", "target"), ends, strict=True):
        if name not in ids.ordinals:
            faults.drop("dangling_links", InvalidGraph(f"{where}.{end}", f"there is no node {quoted(name)}"))
            return None
    if "weight" not in link:
        raise InvalidGraph(f"{where}.weight", "missing")
    try:
        weight = finite(link["weight"], f"{where}.weight")
    except InvalidGraph as error:
        faults.drop("bad_links", error)
        return None
    return ids.ordinals[ends[0]], ids.ordinals[ends[1]], weight


def _without_twins(cell: Ints, order: Ints, ids: NodeIds, faults: Faults) -> Bools:
    """(n_links,) without each link that a later one with the same ends replaces. Raises InvalidGraph for the first such
    link, but in lenient reading.

    cell (n_links,) target * n_nodes + source, ascending; order (n_links,) the links' numbers, ascending for equal
    cells.
    """
    same = np.flatnonzero(cell[1:] == cell[:-1])
    kept = np.ones(len(cell), dtype=np.bool_)
    if len(same):
        at = same[np.argmin(order[same + 1])]
        target, source = divmod(int(cell[at]), len(ids.nodes))
        ends = f"{quoted(ids.nodes[source].id)} -> {quoted(ids.nodes[target].id)}"
        with faults.collected():
            twin = InvalidGraph(f"links[{order[at + 1]}]", f"{ends} is also links[{order[at]}]")
            faults.drop("doubled_links", twin, len(same))
        kept[same] = False
    return kept


def _narrow(weight: Floats) -> npt.NDArray[np.float32 | np.float64]:
    with np.errstate(over="ignore", under="ignore"):
        narrow = weight.astype(np.float32)
    return narrow if np.array_equal(narrow, weight) else weight
