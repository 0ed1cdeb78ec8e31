"""Storing the graphs of several threads together: the first one to come stores its own, then one of those who wait by
then stores all of theirs in one transaction. A graph that comes alone does not wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition

from ingest.annotation.stored import explain_stored
from ingest.names import KNOWN, TranscoderSet, stored_name
from ingest.traces.folder import TraceFolder
from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import GraphRecord
from queries.store.store import GraphStore


@dataclass(eq=False)
class _Waiting:
    graph: AttributionGraph
    result: bool | Exception | None = None
    """As of `GraphStore.load_all`; None as long as the graph waits."""


class Loader:
    """Stores graphs, each with the file of its trace. Safe to use from several threads."""

    def __init__(self, store: GraphStore, traces: TraceFolder) -> None:
        self._store, self._traces = store, traces
        self._waiting: list[_Waiting] = []
        self._changed, self._is_storing = Condition(), False

    def store(
        self, graph: AttributionGraph, trace: Path | None, sets: Sequence[TranscoderSet] = KNOWN
    ) -> bool:
        """Load a graph, then keep the file of the trace that it was pruned from: in this order, since a trace without a
        stored graph is not kept. Whether the graph was stored before: then it gets the new one's words, and
        explanations.

        The transcoder set of an imported graph gets the name that `sets` give it. The graph's id depends on the file's
        own.

        Raises the errors of `GraphStore.load`, and TracesUnavailable.
        """
        record = graph.record
        if record.origin == "import":
            name = stored_name(record.model, record.transcoder_set, sets)
            graph = replace(graph, record=record.model_copy(update={"transcoder_set": name}))
        is_new = self._is_new(graph)
        if trace is not None and record.trace_id is not None:
            self._traces.keep(record.trace_id, trace)
        return not is_new

    def _is_new(self, graph: AttributionGraph) -> bool:
        """Store a graph, or change the one that is stored."""
        while not self._load(graph):
            try:
                self._change(graph)
            except GraphNotFound:  # it was deleted meanwhile
                continue
            return False
        return True

    def _change(self, graph: AttributionGraph) -> None:
        """Give the stored graph of the same id this one's words and explanations. Raises GraphNotFound."""
        known = self._store.record(graph.record.id)
        if _words(known) != _words(graph.record):
            self._store.reword(graph)
        if graph.explanations:
            explain_stored(self._store.read(known.id), graph.explanations, self._store)

    def _load(self, graph: AttributionGraph) -> bool:
        """`GraphStore.load` of this graph, with those of other threads."""
        mine = _Waiting(graph)
        with self._changed:
            self._waiting.append(mine)
        try:
            while mine.result is None:
                self._store_some(mine)
        finally:
            with self._changed:
                if mine in self._waiting:  # this thread is interrupted
                    self._waiting.remove(mine)
        if isinstance(mine.result, Exception):
            raise mine.result
        return mine.result

    def _store_some(self, mine: _Waiting) -> None:
        """Store those graphs that came first, as many as one transaction takes; or wait while another thread does."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_storing or mine.result is not None)
            if mine.result is not None:
                return
            together = next(self._store.transactions(one.graph for one in self._waiting))
            self._is_storing, group = True, self._waiting[: len(together)]
        try:
            for one, result in zip(group, self._store.load_all(together), strict=True):
                one.result = result
        finally:
            with self._changed:
                self._is_storing = False
                self._waiting = [one for one in self._waiting if one.result is None]
                self._changed.notify_all()


def _words(record: GraphRecord) -> tuple[str, str]:
    """The words of a record, on which its graph's id does not depend, but for its name."""
    return record.prompt, record.prediction.token
