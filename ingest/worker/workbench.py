"""Work on whole traces and large files that somebody waits for: done without a job, in a process of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Semaphore

from ingest.graph_file.about import ImportOptions
from ingest.graph_file.faults import Dropped
from ingest.traces.folder import TraceFolder
from ingest.worker.handover import read_graph
from ingest.worker.process import Tracer
from ingest.worker.requests import ImportRequest, RankRequest
from queries.errors import WorkerUnavailable
from queries.graph.attribution_graph import FILE_VIEW, AttributionGraph
from queries.graph.records import Thresholds
from queries.paths.answer import Ranking
from queries.paths.question import PathsQuestion
from queries.process import process_exists

MOST_WAITING = 4
"""Requests that wait for the process or run in it. Each holds a thread of the server, which has few."""


class Workbench:
    """Works in the data folder's `whole/`, on one request at a time. The process ends with each: it holds gigabytes."""

    def __init__(self, data: Path, traces: TraceFolder) -> None:
        self.data = data
        self._folder, self._traces = data / "whole", traces
        self._tracer = Tracer(data / "whole.log")
        self._places = Semaphore(MOST_WAITING)
        for left in self._folder.glob("*"):  # by killed servers; running ones may use this folder too
            if not process_exists(int(left.name.partition("-")[0])):
                shutil.rmtree(left, ignore_errors=True)

    def close(self) -> None:
        self._tracer.close()

    def rank(
        self, graph: AttributionGraph, question: PathsQuestion, left: Event
    ) -> tuple[Ranking, AttributionGraph]:
        """The best paths of the trace that a graph was pruned from, and the part of the trace that they name.

        Raises ClientLeft once `left` is set, TraceNotKept, TracesUnavailable, InvalidRequest, InvalidGraph for a
        damaged file.
        """
        with self._place() as place:
            request = RankRequest(
                trace=self._traces.fetch(graph.record.id, graph.record.trace_id, place / "kept.trace"),
                record=graph.record,
                explanations=list(graph.explanations.items()),
                borrowed=list(graph.borrowed.items()),
                supernodes=_supernodes(graph),
                question=question,
                output=place / "part.npz",
                ranking=place / "ranking.json",
            )
            self._run(request, left)
            ranking = Ranking.model_validate_json(request.ranking.read_text())
            return ranking, replace(
                read_graph(request.output),
                explanations=graph.explanations,
                borrowed=graph.borrowed,
                label_rule=question.labels,
            )

    def import_file(
        self, file: Path, options: ImportOptions, thresholds: Thresholds | None
    ) -> tuple[AttributionGraph, Dropped, Path | None]:
        """The graph in a `file()`, and what was dropped of it; where it was pruned, also the file of its whole trace,
        in the same place.

        Raises InvalidGraph, InvalidRequest.
        """
        place = file.parent
        request = ImportRequest(
            file=file,
            options=options,
            thresholds=thresholds,
            output=place / "graph.npz",
            report=place / "report.json",
            trace=place / "whole.trace",
            retention=self._traces.retention,
        )
        self._run(request)
        dropped = Dropped.model_validate_json(request.report.read_text())
        return read_graph(request.output), dropped, request.trace if request.trace.exists() else None

    @contextmanager
    def file(self) -> Iterator[Path]:
        """A path for a file to import. The file and all files made from it are removed at the end."""
        with self._place() as place:
            yield place / "graph.json"

    def _run(self, request: RankRequest | ImportRequest, left: Event | None = None) -> None:
        if not self._places.acquire(blocking=False):
            raise WorkerUnavailable(
                "This server works on whole traces and large files one at a time, and "
                f"{MOST_WAITING} are waiting: try again."
            )
        try:
            self._tracer.run(request, lambda *_: None, end_after=True, left=left)
        finally:
            self._places.release()

    @contextmanager
    def _place(self) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self._folder))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _supernodes(graph: AttributionGraph) -> list[tuple[str, list[str]]] | None:
    """The supernodes of the graph's view; None where they are the trace's own."""
    view = graph.view
    if view is None or (view.name == FILE_VIEW and view.revision == 1):
        return None
    keys = graph.nodes.keys(graph.record.id)
    return [(one.name, [keys[node] for node in one.members]) for one in view.supernodes]
