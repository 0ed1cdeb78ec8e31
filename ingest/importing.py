"""Graphs of files into the store, and graphs out of it, each with the trace that it was pruned from.

a file that is being sent -> unpacked -> parse_graph_file, or the workbench -> Loader
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from ingest.graph_file.about import ImportOptions, named_set
from ingest.graph_file.faults import Dropped
from ingest.graph_file.packed import unpacked
from ingest.graph_file.read import attribution_graph, parse_graph_file
from ingest.internals.folder import InternalsFolder
from ingest.loading import Loader
from ingest.names import known_sets, stored_name
from ingest.traces.folder import TraceFolder
from ingest.worker.workbench import Workbench
from queries.errors import OUT_OF_ROOM, StorageFull, TracesUnavailable
from queries.graph.records import GraphRecord, Thresholds
from queries.store.store import GraphStore

log = logging.getLogger(__name__)

READ_IN_SERVER = 32 << 20
"""Bytes of the largest graph file that the server reads itself; a process of its own reads larger ones."""


class Imported(NamedTuple):
    """A graph that a file was stored as. `known`: it was stored before."""

    record: GraphRecord
    dropped: Dropped
    known: bool


async def import_graph(
    content: AsyncIterator[bytes],
    options: ImportOptions,
    thresholds: Thresholds | None,
    store: GraphStore,
    loader: Loader,
    workbench: Workbench,
) -> Imported:
    """Store the graph of a file that is being sent; where it is too large or `thresholds` are given, pruned.

    Raises InvalidGraph, InvalidRequest, StorageFull, WorkerUnavailable, and the errors of `Loader.store`.
    """
    sets = await asyncio.to_thread(known_sets, workbench.data)
    head, content = bytearray(), unpacked(content)
    async for part in content:
        head += part
        if len(head) > READ_IN_SERVER:
            break
    if len(head) <= READ_IN_SERVER and thresholds is None:
        file = await asyncio.to_thread(parse_graph_file, bytes(head), options)
        graph = await asyncio.to_thread(attribution_graph, file)
        dropped, known = file.dropped, await asyncio.to_thread(loader.store, graph, None, sets)
    else:
        with workbench.file() as place:
            try:
                with place.open("wb") as written:
                    await asyncio.to_thread(written.write, head)
                    async for part in content:
                        await asyncio.to_thread(written.write, part)
            except OSError as error:
                if error.errno not in OUT_OF_ROOM:
                    raise
                raise StorageFull(str(workbench.data), os.strerror(error.errno).lower()) from error
            graph, dropped, trace = await asyncio.to_thread(workbench.import_file, place, options, thresholds)
            known = await asyncio.to_thread(loader.store, graph, trace, sets)
    return Imported(await asyncio.to_thread(store.record, graph.record.id), dropped, known)


def file_set(record: GraphRecord, data: Path) -> str:
    """The name of a stored graph's transcoder set in its own file, on which its id depends; the stored name where the
    file has another set, or none."""
    named = named_set(record.metadata) or record.model
    is_same = stored_name(record.model, named, known_sets(data)) == record.transcoder_set
    return named if is_same else record.transcoder_set


def delete_graph(graph_id: str, store: GraphStore, traces: TraceFolder) -> None:
    """Delete a graph with the file of its internals, and that of its trace with the last graph pruned from it. Raises
    GraphNotFound."""
    trace_id, internals = store.record(graph_id).trace_id, store.internals_record(graph_id)
    store.delete(graph_id)
    if internals is not None:
        InternalsFolder(traces.files).drop(internals.id)
    if trace_id is not None:
        try:
            traces.drop(trace_id)
        except TracesUnavailable as error:  # the graph is deleted all the same
            log.warning("The file of the trace %s is left. %s", trace_id, error)
