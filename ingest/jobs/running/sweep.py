"""The thread of a worker that keeps its jobs alive: it says that this process lives, queues again what lost processes
left, and tells running jobs that they were cancelled.

It never ends by itself, whatever the job database does: what one look missed, a later one finds.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from dbos import DBOS, DBOSClient
from sqlalchemy.exc import SQLAlchemyError

from ingest.jobs.records import WORKFLOW
from ingest.jobs.running.executors import SILENT, Executors

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks whether a running job is cancelled."""
SWEEP = 5.0
"""Seconds between two signs of life, and between two looks for what others left."""


class Sweep:
    """`running`: the ids of the jobs that run in this process, and how each is told that it was cancelled. `tidy`
    removes what ended jobs left in the data folder."""

    def __init__(
        self,
        executors: Executors,
        client: DBOSClient,
        running: Callable[[], dict[str, Callable[[], None]]],
        tidy: Callable[[], None],
    ) -> None:
        self._executors, self._client = executors, client
        self._running, self._tidy = running, tidy
        self._stopping = Event()
        self.has_swept = False
        """Whether it has looked once for what others left."""
        self._last = time.monotonic()
        self._trusts_others_from = 0.0
        self._thread = Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        next_sweep = 0.0
        while True:
            try:
                if time.monotonic() >= next_sweep:
                    self._sweep()
                    self.has_swept = True
                    next_sweep = time.monotonic() + SWEEP
                self._look()
            except SQLAlchemyError as error:
                log.warning("The job database cannot be used: %s", getattr(error, "orig", None) or error)
            except Exception:
                log.exception("A sweep of the job database failed.")
            if self._stopping.wait(LOOK):
                return

    def _sweep(self) -> None:
        self._executors.live()
        self._tidy()
        now = time.monotonic()
        if now - self._last > SILENT / 2:
            # The database was away: others, too, could not say that they live.
            self._trusts_others_from = now + SILENT
        self._last = now
        if now < self._trusts_others_from:
            return
        pending = self._client.list_workflows(
            name=WORKFLOW, status="PENDING", load_input=False, load_output=False
        )
        runners = {each.executor_id for each in pending if each.executor_id is not None}
        for lost in self._executors.lost(runners):
            log.warning("The process %s is lost: what it ran is queued again.", lost)
            self._executors.hasten(lost)
            DBOS._recover_pending_workflows([lost])

    def _look(self) -> None:
        if not (running := self._running()):
            return
        cancelled = self._client.list_workflows(
            workflow_ids=list(running), status="CANCELLED", load_input=False, load_output=False
        )
        for each in cancelled:
            running[each.workflow_id]()
