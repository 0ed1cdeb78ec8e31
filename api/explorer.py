"""What the server serves: an open store, the job queue and the query runner beside it, and recently read graphs."""

import asyncio
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import ingest
from api.token import ApiToken
from queries.address import is_neo4j
from queries.cypher.answer import Engine
from queries.cypher.runner import CypherRunner
from queries.graph import AttributionGraph
from queries.records import GraphRecord
from queries.store import GraphStore

KEPT_GRAPHS = 8
"""Graphs kept in memory after they were read: a page asks for nodes, edges and paths of one graph in turn."""


@dataclass
class Explorer:
    store: GraphStore
    queue: ingest.JobQueue
    data: Path
    cypher: CypherRunner
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    token: ApiToken | None = None
    """What every request must know; None: whoever reaches the server may use it."""
    _recent: OrderedDict[str, Future[AttributionGraph]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def engine(self) -> Engine:
        """Whose dialect of Cypher the database speaks."""
        return "neo4j" if is_neo4j(self.store.url) else "ladybug"

    def graph(self, graph_id: str) -> AttributionGraph:
        """The whole stored graph. Stored graphs never change, so a kept copy is as good as the store's.

        A page asks for nodes and edges at once: the first to ask reads, the others wait for what it gets.
        """
        self.store.record(graph_id)  # it may have been deleted by another process since
        with self._lock:
            known = self._recent.get(graph_id)
            graph = self._recent.setdefault(graph_id, Future())
            self._recent.move_to_end(graph_id)
            if len(self._recent) > KEPT_GRAPHS:
                self._recent.popitem(last=False)
        if known is None:
            try:
                graph.set_result(self.store.read(graph_id))
            except BaseException as error:
                self._forget(graph_id)
                graph.set_exception(error)
        return graph.result()

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
