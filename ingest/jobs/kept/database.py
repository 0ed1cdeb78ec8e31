"""The job database: SQLite in the data folder, or Postgres for any number of processes. Jobs are read from it here.

DBOS and SQLAlchemy are loaded on first use, so that the server starts quickly.
"""

import logging
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.jobs.records import (
    PROGRESS,
    STATES,
    WORKFLOW,
    Accepted,
    accepted_of,
    read_job,
    unreadable_job,
)
from queries.errors import DatabaseUnavailable, JobNotFound, JobNotRetried, StorageFull
from queries.graph.records import Job, JobKind, JobState

if TYPE_CHECKING:
    from dbos import DBOSClient, Serializer, WorkflowStatus
    from sqlalchemy import Engine

    from ingest.jobs.kept.made import Made

log = logging.getLogger(__name__)

NAME = "circuit-explorer"

NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""SQLite's codes of a write that had no room."""
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AssertionError)
"""What reading a row raises that is damaged, or that another version wrote."""

MOST_READ = 1000
"""Jobs that are read at a time."""


class JobDatabase:
    """`url` is `sqlite:///…` or `postgresql://…`; the folder `data` is made for the former.

    Every method raises StorageFull or DatabaseUnavailable where the database cannot be used.
    """

    def __init__(self, url: str, data: Path) -> None:
        self.url, self._data = url, data

    def close(self) -> None:
        """Close all connections. The next use opens it again."""
        for name in ("client", "engine"):
            if opened := self.__dict__.pop(name, None):
                opened.dispose() if name == "engine" else opened.destroy()
        self.__dict__.pop("made", None)

    @cached_property
    def client(self) -> "DBOSClient":
        from dbos import DBOS, DBOSClient
        from dbos import error as dbos_errors
        from sqlalchemy.exc import SQLAlchemyError

        self._data.mkdir(parents=True, exist_ok=True)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        try:
            DBOS.migrate(self.url)
            return DBOSClient(system_database_url=self.url, serializer=serializer(), application_name=NAME)
        except (SQLAlchemyError, dbos_errors.DBOSException) as error:
            why = str(getattr(error, "orig", None) or error)
            raise DatabaseUnavailable(self._shown_url, why) from error

    @cached_property
    def engine(self) -> "Engine":
        """Beside DBOS's own."""
        from ingest.jobs.running.executors import engine_of

        assert self.client is not None  # which makes the tables
        return engine_of(self.url)

    @cached_property
    def made(self) -> "Made":
        from ingest.jobs.kept.made import Made

        return Made(self.engine)

    def job(self, job_id: str) -> Job:
        """Raises JobNotFound."""
        return self.read([self._found(job_id)])[0]

    def accepted(self, job_id: str) -> Accepted:
        """What a job was asked for. Raises JobNotFound, JobNotRetried."""
        try:
            return accepted_of(self._found(job_id))
        except UNREADABLE:
            raise JobNotRetried(job_id, "unreadable") from None

    def all_of(self, ids: Collection[str]) -> dict[str, Job]:
        """The jobs of these ids that there are."""
        found: dict[str, Job] = {}
        asked = list(ids)
        for first in range(0, len(asked), MOST_READ):
            with self.translated_errors():
                rows = self.client.list_workflows(
                    name=WORKFLOW, workflow_ids=asked[first : first + MOST_READ]
                )
            found |= {job.id: job for job in self.read(rows)}
        return found

    def jobs(
        self,
        limit: int,
        *,
        offset: int = 0,
        states: Collection[JobState] = (),
        kind: JobKind | None = None,
        model: str | None = None,
    ) -> list[Job]:
        """The newest jobs that are in one of the `states` (any, where none is named), the newest first; without the
        `offset` newest of them.

        The job database knows neither what a job is about, nor that one failed: jobs are read until there are enough.
        """
        # A job that failed may be one that ended.
        looked_for = {*states, *([JobState.DONE] if JobState.FAILED in states else [])}
        statuses = [status for status, state in STATES.items() if state in looked_for]
        found: list[Job] = []
        place, wanted, page_size = 0, offset + limit, limit

        def is_asked(job: Job) -> bool:
            of_state = job.state in (states or JobState)
            return of_state and kind in (None, job.kind) and model in (None, job.model)

        while len(found) < wanted:
            with self.translated_errors():
                page = self.client.list_workflows(
                    name=WORKFLOW, limit=page_size, offset=place, sort_desc=True, status=statuses or None
                )
            found += filter(is_asked, self.read(page))
            if len(page) < page_size:
                break
            place += page_size
            page_size = min(2 * page_size, MOST_READ)
        return found[offset:wanted]

    def read(self, workflows: "Iterable[WorkflowStatus]") -> list[Job]:
        return [self._read(each) for each in workflows]

    def counts(self) -> Counter[tuple[JobState, str]]:
        """How many jobs there are of each state and kind."""
        from ingest.jobs.metrics import count_jobs

        with self.translated_errors():
            return count_jobs(self.engine)

    def any_waits(self) -> bool:
        with self.translated_errors():
            return bool(
                self.client.list_workflows(
                    name=WORKFLOW,
                    status=["ENQUEUED", "DELAYED"],
                    limit=1,
                    load_input=False,
                    load_output=False,
                )
            )

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Within it, errors of the job database are StorageFull or DatabaseUnavailable."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            if getattr(cause, "sqlite_errorcode", None) in NO_ROOM:
                raise StorageFull(self._shown_url, f"{cause}.") from error
            raise DatabaseUnavailable(self._shown_url, f"{cause}.") from error

    def _found(self, job_id: str) -> "WorkflowStatus":
        with self.translated_errors():
            found = self.client.list_workflows(name=WORKFLOW, workflow_ids=[job_id])
        if not found:
            raise JobNotFound(job_id)
        return found[0]

    def _read(self, workflow: "WorkflowStatus") -> Job:
        succeeded_or_queued = workflow.status in ("SUCCESS", "ENQUEUED", "DELAYED")
        try:
            with self.translated_errors():
                progress = (
                    None
                    if succeeded_or_queued
                    else self.client.get_event(workflow.workflow_id, PROGRESS, timeout_seconds=0)
                )
            return read_job(workflow, progress)
        except UNREADABLE as error:
            log.warning("The job %s cannot be read: %s", workflow.workflow_id, error)
            return unreadable_job(workflow)

    @property
    def _shown_url(self) -> str:
        return re.sub(r":[^:/@]*@", ":***@", self.url)


def serializer() -> "Serializer":
    """JSON. DBOS's default, pickle, would let anyone who can write to the database run code here."""
    from dbos import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()
