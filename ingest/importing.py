"""Graphs into the store and out of it, each with the trace that it was pruned from.

a file that is being sent -> read_graph_file, or the workbench -> store_graph
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

from ingest.graph_file.read import read_graph_file
from ingest.traces.folder import TraceFolder
from ingest.worker.workbench import Workbench
from queries.errors import OUT_OF_ROOM, StorageFull, TracesUnavailable
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import GraphRecord, Thresholds
from queries.store.store import GraphStore

log = logging.getLogger(__name__)

READ_IN_SERVER = 32 << 20
"""Bytes of the largest graph file that the server reads itself; a process of its own reads larger ones."""


async def import_graph(
    content: AsyncIterator[bytes],
    name: str | None,
    thresholds: Thresholds | None,
    store: GraphStore,
    traces: TraceFolder,
    workbench: Workbench,
) -> GraphRecord:
    """Store the graph of a file that is being sent; where it is too large or `thresholds` are given, pruned.

    Raises InvalidGraph, InvalidRequest, StorageFull, WorkerUnavailable, and the errors of `store_graph`.
    """
    head = bytearray()
    async for part in content:
        head += part
        if len(head) > READ_IN_SERVER:
            break
    if len(head) <= READ_IN_SERVER and thresholds is None:
        graph = await asyncio.to_thread(read_graph_file, bytes(head), name)
        await asyncio.to_thread(store_graph, graph, None, store, traces)
    else:
        with workbench.file() as file:
            try:
                with file.open("wb") as written:
                    await asyncio.to_thread(written.write, head)
                    async for part in content:
                        await asyncio.to_thread(written.write, part)
            except OSError as error:
                if error.errno not in OUT_OF_ROOM:
                    raise
                raise StorageFull(str(workbench.data), os.strerror(error.errno).lower()) from error
            graph, trace = await asyncio.to_thread(workbench.import_file, file, name, thresholds)
            await asyncio.to_thread(store_graph, graph, trace, store, traces)
    return await asyncio.to_thread(store.record, graph.record.id)


def store_graph(graph: AttributionGraph, trace: Path | None, store: GraphStore, traces: TraceFolder) -> None:
    """Load a graph, then keep the file of the trace that it was pruned from: in this order, since a trace without a
    stored graph is not kept. Raises the errors of `GraphStore.load`, and TracesUnavailable."""
    store.load(graph)
    if trace is not None and graph.record.trace_id is not None:
        traces.keep(graph.record.trace_id, trace)


def delete_graph(graph_id: str, store: GraphStore, traces: TraceFolder) -> None:
    """Delete a graph, and the file of its trace with the last graph pruned from that. Raises GraphNotFound."""
    trace_id = store.record(graph_id).trace_id
    store.delete(graph_id)
    if trace_id is not None:
        try:
            traces.drop(trace_id)
        except TracesUnavailable as error:  # the graph is deleted all the same
            log.warning("The file of the trace %s is left. %s", trace_id, error)
