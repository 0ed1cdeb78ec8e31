"""Which waiting jobs this process takes, and when: one at a time, and rather one of the model that it has loaded.

DBOS's queues know priorities, but neither what a job needs nor what a process has. Its claim of the next jobs gets both
here, by the two functions of its system database that decide it: how many it may take, and of which rows.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ingest.jobs.records import GRAPH_IS_MADE, LOADS, QUEUE

if TYPE_CHECKING:
    from dbos._sys_db import SystemDatabase

KEEPS_MODEL = 600.0
"""Seconds for which a process rather takes jobs of the model that it has: then whichever waits longest comes next, so
that none waits for ever. A model takes up to minutes to load."""
BEGINS = 30.0
"""Seconds after which a job that was taken and did not begin counts no more."""


class Claims:
    """`may_take`: whether this process may take another job. To be told of each job that begins."""

    def __init__(self, may_take: Callable[[], bool]) -> None:
        self._may_take = may_take
        self._lock = Lock()
        self._taken: dict[str, float] = {}
        self._loads: str | None = None
        self._since = 0.0

    def begins(self, job_id: str, loads: str | None) -> None:
        """A job begins; `loads`: the model that it needs, if one."""
        with self._lock:
            self._taken.pop(job_id, None)
            if loads is not None and (loads != self._loads or not self._keeps):
                self._loads, self._since = loads, time.monotonic()

    def rests(self) -> None:
        """The model is loaded no more."""
        with self._lock:
            self._loads = None

    def decide(self, database: "SystemDatabase") -> None:
        """From now on, claims through this system database of DBOS are decided here."""
        claim, table = database.start_queued_workflows, database.tables.workflow_status

        def claimed(
            queue: Any, executor: str, version: str, key: str | None, running: int, **named: Any
        ) -> tuple[list[str], Any]:
            if queue.name != QUEUE:
                return claim(queue, executor, version, key, running, **named)
            if not self._is_free():
                return [], "worker_concurrency"
            but_one = max(running, queue._worker_concurrency - 1)
            ids, reason = claim(queue, executor, version, key, but_one, **named)
            self._take(ids)
            return ids, reason

        def gate(queue_name: str, _: str | None) -> list[sa.ColumnElement[bool]]:
            loaded = self._preferred() if queue_name == QUEUE else None
            return [] if loaded is None else [_rather(table, loaded)]

        # Methods of the instance: mypy takes no assignment to a method.
        vars(database).update(start_queued_workflows=claimed, _claim_gate=gate)

    def _is_free(self) -> bool:
        with self._lock:
            latest = time.monotonic() - BEGINS
            self._taken = {job: at for job, at in self._taken.items() if at > latest}
            return not self._taken and self._may_take()

    def _take(self, ids: list[str]) -> None:
        with self._lock:
            self._taken |= dict.fromkeys(ids, time.monotonic())

    def _preferred(self) -> str | None:
        with self._lock:
            return self._loads if self._keeps else None

    @property
    def _keeps(self) -> bool:
        return time.monotonic() - self._since < KEEPS_MODEL


def _rather(table: Any, loaded: str) -> sa.ColumnElement[bool]:
    """Rows of jobs that need the loaded model or none, and those for which a person waits; of all, where no job waits
    for the loaded model."""
    other = table.alias()
    waits = sa.exists().where(
        other.c.queue_name == QUEUE,
        other.c.status == "ENQUEUED",
        other.c.attributes[LOADS].as_string() == loaded,
    )
    loads = table.c.attributes[LOADS].as_string()
    return sa.or_(loads == loaded, loads.is_(None), table.c.priority < GRAPH_IS_MADE, sa.not_(waits))
