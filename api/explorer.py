"""What the server serves: an open store, the job queue beside it, and recently read graphs."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import ingest
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
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    _recent: OrderedDict[str, AttributionGraph] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def graph(self, graph_id: str) -> AttributionGraph:
        """The whole stored graph. Stored graphs never change, so a kept copy is as good as the store's."""
        self.store.record(graph_id)  # it may have been deleted by another process since
        with self._lock:
            if graph_id in self._recent:
                self._recent.move_to_end(graph_id)
                return self._recent[graph_id]
        graph = self.store.read(graph_id)
        with self._lock:
            self._recent[graph_id] = graph
            while len(self._recent) > KEPT_GRAPHS:
                self._recent.popitem(last=False)
        return graph

    async def import_graph(self, content: bytes, name: str | None) -> GraphRecord:
        return await asyncio.to_thread(self._import, content, name)

    def _import(self, content: bytes, name: str | None) -> GraphRecord:
        graph = ingest.read_graph_file(content, name)
        self.store.load(graph)
        return self.store.record(graph.record.id)

    def delete(self, graph_id: str) -> None:
        self.store.delete(graph_id)
        with self._lock:
            self._recent.pop(graph_id, None)
