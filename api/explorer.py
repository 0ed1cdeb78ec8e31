"""What the server serves: an open store, the job queue and the query runner beside it, and recently read graphs."""

import asyncio
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

import ingest
from api.token import ApiToken
from queries.address import is_neo4j
from queries.cypher.answer import Engine
from queries.cypher.runner import CypherRunner
from queries.errors import GraphNotFound
from queries.graph import AttributionGraph
from queries.records import GraphRecord
from queries.store import GraphStore

KEPT_GRAPHS = 8
"""Graphs kept in memory after they were read: a page asks for nodes, edges and paths of one graph in turn."""
CHECKED_FOR = 1.0
"""Seconds for which a kept graph is taken to be stored still. Other processes may delete one; asking takes longer than
ranking its paths."""


@dataclass
class _Kept:
    features_changed: int
    """The store's, before the graph was read."""
    graph: Future[AttributionGraph] = field(default_factory=Future)
    checked: float = field(default_factory=monotonic)
    """When it was last known to be stored."""


@dataclass
class Explorer:
    store: GraphStore
    queue: ingest.JobQueue
    data: Path
    cypher: CypherRunner
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    token: ApiToken | None = None
    """What every request must know; None: whoever reaches the server may use it."""
    _recent: OrderedDict[str, "_Kept"] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def engine(self) -> Engine:
        """Whose dialect of Cypher the database speaks."""
        return "neo4j" if is_neo4j(self.store.url) else "ladybug"

    def graph(self, graph_id: str) -> AttributionGraph:
        """The whole stored graph. A stored graph never changes but for the explanations of its features, which other
        graphs bring: it is read again after a load by this process. Those of other processes show when it is next read.

        A page asks for nodes and edges at once: the first to ask reads, the others wait for what it gets.
        """
        with self._lock:
            kept = self._recent.get(graph_id)
            fresh = kept is None or kept.features_changed != self.store.features_changed
            if kept is None or fresh:
                kept = self._recent[graph_id] = _Kept(self.store.features_changed)
            self._recent.move_to_end(graph_id)
            if len(self._recent) > KEPT_GRAPHS:
                self._recent.popitem(last=False)
        if fresh:
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

    async def import_graph(self, content: bytes, name: str | None) -> GraphRecord:
        return await asyncio.to_thread(self._import, content, name)

    def _import(self, content: bytes, name: str | None) -> GraphRecord:
        graph = ingest.read_graph_file(content, name)
        self.store.load(graph)
        return self.store.record(graph.record.id)

    def delete(self, graph_id: str) -> None:
        self.store.delete(graph_id)
        self._forget(graph_id)
