"""The course of a job's run: what it is run with, how far it has come, and whether it is to end."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TypeVar

from dbos import DBOS

from ingest.annotation.annotator import Annotator
from ingest.internals.folder import InternalsFolder
from ingest.jobs.kept.database import JobDatabase
from ingest.jobs.known import KnownGraphs
from ingest.jobs.records import FIRST_PHASES, PROGRESS, Accepted, Progress, to_json
from ingest.loading import Loader
from ingest.models import Registry
from ingest.traces.folder import TraceFolder
from ingest.worker.process import Interrupted, OnProgress, Tracer
from ingest.worker.requests import Request
from queries.errors import DatabaseUnavailable
from queries.graph.records import Phase
from queries.store.store import GraphStore

log = logging.getLogger(__name__)

T = TypeVar("T")

WRITE_INTERVAL = 1.0
"""Seconds between two records of a phase's progress; the first and the last are always recorded."""
RETRY_INTERVAL = 2.0
"""Seconds between two attempts to use a database that cannot be reached."""


@dataclass
class Tools:
    """What jobs are run with."""

    work: Path
    """It holds a folder for each unfinished job."""
    database: JobDatabase
    registry: Registry
    store: GraphStore
    loader: Loader
    traces: TraceFolder
    tracer: Tracer
    annotator: Annotator | None
    internals: InternalsFolder = field(init=False)
    known: KnownGraphs = field(init=False)

    def __post_init__(self) -> None:
        self.internals = InternalsFolder(self.traces.files)
        self.known = KnownGraphs(self.database, self.store)


class Course:
    def __init__(self, tools: Tools, job_id: str, accepted: Accepted) -> None:
        self.tools, self.job_id, self.accepted = tools, job_id, accepted
        self.ends = Event()
        """Set where nobody waits for the job's end any more: it is cancelled, or the worker stops."""
        self.folder = tools.work / job_id
        phase = FIRST_PHASES.get(accepted.kind, Phase.TRACE)
        self.last = Progress(phase=phase, done=0, total=0, started_at=datetime.now(UTC), timings={})
        self._written_at = 0.0

    def run(self, request: Request, on_progress: OnProgress | None = None) -> None:
        """Let the tracing process do it. Raises its error; Interrupted, ClientLeft."""
        self.add_timings(self.tools.tracer.run(request, on_progress or self.report, left=self.ends))

    def once_reachable(self, use: Callable[[], T]) -> T:
        """What `use`, which asks a database, returns. It is called again once one that cannot be reached is back: what
        was computed is not thrown away, and no other job could be stored either. Raises Interrupted where the worker
        stops meanwhile."""
        while True:
            try:
                return use()
            except DatabaseUnavailable as error:
                log.warning("A job waits for a database. %s", error)
                self.wait()

    def wait(self) -> None:
        """Wait until trying again makes sense. Raises Interrupted where the worker stops, or the job is cancelled."""
        if self.ends.wait(RETRY_INTERVAL):
            raise Interrupted from None

    def add_timings(self, timings: dict[str, float]) -> None:
        self.last = self.last.model_copy(update={"timings": {**self.last.timings, **timings}})

    def report(self, phase: Phase, done: int, total: int) -> None:
        """Record progress, where it is due. To be called in a step."""
        if self.ends.is_set():
            raise Interrupted
        changed = phase != self.last.phase
        if changed or self.last.phase_at is None:
            self.last = self.last.model_copy(update={"phase_at": datetime.now(UTC)})
        self.last = self.last.model_copy(update={"phase": phase, "done": done, "total": total})
        ended = done == total > 0
        now = time.monotonic()
        if changed or ended or now - self._written_at >= WRITE_INTERVAL:
            self._written_at = now
            DBOS.set_event(PROGRESS, to_json(self.last))
