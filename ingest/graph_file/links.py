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

from ingest.graph_file.nodes import NodeIds, Ordinals, finite
from ingest.graph_file.pieces import LARGEST, GraphJson, required
from queries.errors import InvalidGraph
from queries.graph.acyclic import AcyclicGraph, CycleFound
from queries.graph.arrays import Floats, Ints

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
    n_zero: int
    """How many links weigh 0."""


class _Links(NamedTuple):
    """The links of a piece: source and target (n_links,) ordinals of nodes, weight (n_links,)."""

    source: Ordinals
    target: Ordinals
    weight: Floats


def read_links(file: GraphJson, ids: NodeIds) -> FileLinks:
    """The links of the file. Raises InvalidGraph."""
    plain, n_nodes, n_links = _PlainLinks(ids.ordinals), len(ids.nodes), 0
    cells, weights = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for start, end in file.in_turn():
        links = plain.read(file.bytes, start, end) or _checked(file.links(start, end), ids, n_links)
        ids.check(links.source, links.target, n_links)
        cells.append(links.target * np.int64(n_nodes) + links.source)
        weights.append(links.weight)
        n_links += len(links.weight)
    # Each list is freed as soon as it is an array: for a large file it takes more than a hundred MB.
    cell, weight = np.concatenate(cells), np.concatenate(weights)
    del cells, weights
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    _refuse_twins(cell, order, ids)
    weight = weight[order]
    del order
    is_zero = weight == 0
    n_zero = int(np.count_nonzero(is_zero))
    if n_zero:
        cell, weight = cell[~is_zero], weight[~is_zero]
    target = (cell // n_nodes).astype(np.int32)
    source = (cell - target * np.int64(n_nodes)).astype(np.int32)
    del cell
    try:
        edges = AcyclicGraph(n_nodes, source, target)
    except CycleFound as error:
        walk = [ids.nodes[node].id for node in [*error.nodes, error.nodes[0]]]
        raise InvalidGraph("links", f"they form a cycle: {' -> '.join(walk)}") from error
    return FileLinks(edges, _narrow(weight), n_zero)


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


def _checked(links: list[Any], ids: NodeIds, first: int) -> _Links:
    """The links of parsed JSON; `first` is the number of the first one. Raises InvalidGraph."""
    source, target, weight = list[int](), list[int](), list[float]()
    for number, link in enumerate(links, first):
        where = f"links[{number}]"
        if not isinstance(link, dict):
            raise InvalidGraph(where, "must be an object with source, target and weight")
        for end, ordinals in (("source", source), ("target", target)):
            name = required(link, end, str, f"{where}.{end}")
            if name not in ids.ordinals:
                raise InvalidGraph(f"{where}.{end}", f"there is no node {name!r}")
            ordinals.append(ids.ordinals[name])
        if "weight" not in link:
            raise InvalidGraph(f"{where}.weight", "missing")
        weight.append(finite(link["weight"], f"{where}.weight"))
    return _Links(np.array(source, dtype=np.int32), np.array(target, dtype=np.int32), np.array(weight))


def _refuse_twins(cell: Ints, order: Ints, ids: NodeIds) -> None:
    """Raises InvalidGraph for the first link that has the same ends as an earlier one.

    cell (n_links,) target * n_nodes + source, ascending; order (n_links,) the links' numbers,
    ascending for equal cells.
    """
    same = np.flatnonzero(cell[1:] == cell[:-1])
    if len(same):
        at = same[np.argmin(order[same + 1])]
        target, source = divmod(int(cell[at]), len(ids.nodes))
        ends = f"{ids.nodes[source].id!r} -> {ids.nodes[target].id!r}"
        raise InvalidGraph(f"links[{order[at + 1]}]", f"{ends} is also links[{order[at]}]")


def _narrow(weight: Floats) -> npt.NDArray[np.float32 | np.float64]:
    with np.errstate(over="ignore", under="ignore"):
        narrow = weight.astype(np.float32)
    return narrow if np.array_equal(narrow, weight) else weight
