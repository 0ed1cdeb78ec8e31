"""The graphs that were read lately, kept: a page asks for nodes, edges and paths of one graph in turn."""

import os
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph
from queries.groups.automatic import bytes_beside
from queries.size import n_bytes
from queries.store.store import GraphStore

LIMIT = "CIRCUIT_EXPLORER_GRAPHS_MB"
"""The environment variable for how much the kept graphs may take together."""
DEFAULT_LIMIT = 16.0
"""MB. A pruned graph of 320 nodes takes about 0.7 with its automatic groups, one of 300,000 edges 40."""
CHECKED_FOR = 1.0
"""Seconds for which a kept graph counts as still stored. Another process may delete it, but to ask the database takes
longer than to rank the graph's paths."""


@dataclass
class _Kept:
    features_changed: int
    views_changed: int
    """The store's numbers before the graph, and then its views, were read."""
    graph: Future[AttributionGraph] = field(default_factory=Future)
    checked: float = field(default_factory=monotonic)
    """The moment when it was last known to be stored, with these views."""
    size: int = 0
    """Bytes of the graph with its labels; 0 until it was read."""


class RecentGraphs:
    """`limit`: bytes that the graphs may take together, with what is kept beside them; the newest is kept, whatever its
    size."""

    def __init__(self, store: GraphStore, limit: int | None = None) -> None:
        self._store = store
        self._limit = int(float(os.environ.get(LIMIT) or DEFAULT_LIMIT) * 1e6) if limit is None else limit
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def graph(self, graph_id: str) -> AttributionGraph:
        """A stored graph, read once for all who ask at the same time, and kept. Raises GraphNotFound.

        Only its views can change, and the labels of its features, when another graph brings some, or a person. Views
        are read again after a change by this process, and when it was last looked at a while ago. The graph is read
        again after a change of labels by this process; those that another process stores show when it is next read.
        """
        store = self._store
        with self._lock:
            kept = self._kept.get(graph_id)
            must_read = kept is None or kept.features_changed != store.features_changed
            if kept is None or must_read:
                kept = self._kept[graph_id] = _Kept(store.features_changed, store.views_changed)
            self._kept.move_to_end(graph_id)
        if must_read:
            try:
                graph = store.read(graph_id)
                _ = (
                    graph.acyclic,
                    graph.labels,
                )  # what most questions compute of it, and is kept with it, counts
                kept.size = n_bytes(graph)
                kept.graph.set_result(graph)
            except BaseException as error:
                self.forget(graph_id)
                kept.graph.set_exception(error)
        elif kept.views_changed != store.views_changed or monotonic() - kept.checked > CHECKED_FOR:
            self._look_again(graph_id, kept)
        self._keep_limit()
        return kept.graph.result()

    def forget(self, graph_id: str) -> None:
        with self._lock:
            self._kept.pop(graph_id, None)

    def _keep_limit(self) -> None:
        """Forget the graphs that were asked for least lately, as many as have to go."""
        with self._lock:
            sizes = {graph_id: _size(kept) for graph_id, kept in self._kept.items()}
            total = sum(sizes.values())
            for graph_id in [*sizes][:-1]:
                if total <= self._limit:
                    return
                total -= sizes[graph_id]
                del self._kept[graph_id]

    def _look_again(self, graph_id: str, kept: _Kept) -> None:
        """Give a kept graph the views that it has now. Raises GraphNotFound."""
        changed, checked = self._store.views_changed, monotonic()
        try:
            views = self._store.views(graph_id)
        except GraphNotFound:
            self.forget(graph_id)
            raise
        kept.graph.result()  # it may still be read
        with self._lock:
            if changed < kept.views_changed:
                return  # they were read again since, after a further change
            kept.views_changed, kept.checked = changed, checked
            graph = kept.graph.result()
            if views != graph.views:
                kept.graph = Future()
                kept.graph.set_result(graph.with_views(views))


def _size(kept: _Kept) -> int:
    return kept.size + (bytes_beside(kept.graph.result()) if kept.size else 0)
