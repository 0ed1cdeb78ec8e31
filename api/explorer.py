"""The state of a server: an open store, the job queue and the query runner beside it, and recently read graphs."""

import asyncio
import logging
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

import ingest
from api.token import ApiToken
from queries.cypher.runner import CypherRunner
from queries.errors import OUT_OF_ROOM, GraphNotFound, StorageFull, TracesUnavailable
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import GraphRecord, Thresholds
from queries.paths.question import PathsQuestion, Ranking, rank
from queries.store.address import is_neo4j
from queries.store.store import GraphStore
from queries.words import Engine

log = logging.getLogger(__name__)

KEPT_GRAPHS = 8
"""Graphs kept in memory after they were read: a page asks for nodes, edges and paths of one graph in turn."""
CHECKED_FOR = 1.0
"""Seconds for which a kept graph counts as still stored. Another process may delete it, but to ask the database takes
longer than to rank the graph's paths."""
READ_HERE = 32 << 20
"""Bytes of the largest graph file that the server reads itself; a process of its own reads larger ones."""


@dataclass
class _Kept:
    features_changed: int
    """The store's number before the graph was read."""
    graph: Future[AttributionGraph] = field(default_factory=Future)
    checked: float = field(default_factory=monotonic)
    """The moment when it was last known to be stored."""


@dataclass
class Explorer:
    store: GraphStore
    queue: ingest.JobQueue
    data: Path
    cypher: CypherRunner
    bench: ingest.Workbench
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    token: ApiToken | None = None
    """The token that every request must give; None: everybody who reaches the server may use it."""
    _recent: OrderedDict[str, "_Kept"] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def engine(self) -> Engine:
        """The engine of the database, whose dialect of Cypher it speaks."""
        return "neo4j" if is_neo4j(self.store.url) else "ladybug"

    def graph(self, graph_id: str) -> AttributionGraph:
        """A stored graph, read once for all who ask at the same time, and kept. Raises GraphNotFound.

        Only the explanations of its features can change, when another graph brings some. The graph is read again after
        a load by this process; explanations that another process loads show when it is next read.
        """
        with self._lock:
            kept = self._recent.get(graph_id)
            must_read = kept is None or kept.features_changed != self.store.features_changed
            if kept is None or must_read:
                kept = self._recent[graph_id] = _Kept(self.store.features_changed)
            self._recent.move_to_end(graph_id)
            if len(self._recent) > KEPT_GRAPHS:
                self._recent.popitem(last=False)
        if must_read:
            try:
                kept.graph.set_result(self.store.read(graph_id))
            except BaseException as error:
                self._forget(graph_id)
                kept.graph.set_exception(error)
        elif monotonic() - kept.checked > CHECKED_FOR:
            try:
                self.store.record(graph_id)
            except GraphNotFound:
                self._forget(graph_id)
                raise
            kept.checked = monotonic()
        return kept.graph.result()

    def _forget(self, graph_id: str) -> None:
        with self._lock:
            self._recent.pop(graph_id, None)

    def rank(self, graph_id: str, question: PathsQuestion) -> tuple[Ranking, AttributionGraph]:
        """The answer to a question, and the graph, or the part of its unpruned trace, that its ordinals are of."""
        graph = self.graph(graph_id)
        return self.bench.rank(graph, question) if question.unpruned else (rank(graph, question), graph)

    async def import_graph(
        self, content: AsyncIterator[bytes], name: str | None, thresholds: Thresholds | None
    ) -> GraphRecord:
        """Store the graph of a file that is being sent."""
        head = bytearray()
        async for part in content:
            head += part
            if len(head) > READ_HERE:
                break
        if len(head) <= READ_HERE and thresholds is None:
            return await asyncio.to_thread(self._import, bytes(head), name)
        with self.bench.file() as file:
            try:
                with file.open("wb") as written:
                    await asyncio.to_thread(written.write, head)
                    async for part in content:
                        await asyncio.to_thread(written.write, part)
            except OSError as error:
                if error.errno not in OUT_OF_ROOM:
                    raise
                raise StorageFull(str(self.data), os.strerror(error.errno).lower()) from error
            return await asyncio.to_thread(self._import_file, file, name, thresholds)

    def _import(self, content: bytes, name: str | None) -> GraphRecord:
        graph = ingest.read_graph_file(content, name)
        self.store.load(graph)
        return self.store.record(graph.record.id)

    def _import_file(self, file: Path, name: str | None, thresholds: Thresholds | None) -> GraphRecord:
        graph, trace = self.bench.import_file(file, name, thresholds)
        self.store.load(graph)
        if trace is not None and graph.record.trace_id is not None:
            self.queue.traces.keep(graph.record.trace_id, trace)
        return self.store.record(graph.record.id)

    def delete(self, graph_id: str) -> None:
        trace_id = self.store.record(graph_id).trace_id
        self.store.delete(graph_id)
        self._forget(graph_id)
        if trace_id is not None:
            try:
                self.queue.traces.drop(trace_id)
            except TracesUnavailable as error:  # the graph is gone all the same
                log.warning("The file of the trace %s is left. %s", trace_id, error)
