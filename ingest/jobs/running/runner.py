"""The part of a process that runs jobs: DBOS, the worker, and the thread that keeps jobs alive. A process has one at
most, since DBOS allows one."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from dbos import DBOS
from sqlalchemy.exc import SQLAlchemyError

from ingest.jobs.kept.database import NAME, JobDatabase, serializer
from ingest.jobs.records import QUEUE
from ingest.jobs.running.claims import Claims
from ingest.jobs.running.executors import Executors
from ingest.jobs.running.sweep import Sweep
from ingest.jobs.running.workflow import Worker

if TYPE_CHECKING:
    from dbos import DBOSConfig

VERSION = "3"
"""Lost jobs are queued again for processes of the same version. Change it with the workflow's steps, so that the new
steps do not continue a job that the old ones began."""

POLLING_INTERVAL = 0.15
"""Seconds between two polls of the queue: the longest wait of a job for an idle worker."""

MOST_RUNNING = 17
"""Jobs that a process runs at a time: one in the tracing process, and the others' graphs are stored meanwhile, several
in one transaction."""


class Runner:
    """Runs the jobs of the job database from its making until `stop`. It soon resumes those that ended processes left.
    `tidy` is called between, to remove what ended jobs left.

    Raises DatabaseUnavailable.
    """

    def __init__(self, database: JobDatabase, worker: Worker, tidy: Callable[[], None]) -> None:
        self.worker, self._executors = worker, Executors(database.url)
        client = database.client
        with database.translated_errors():
            self._executors.register()
        client.register_queue(QUEUE, worker_concurrency=MOST_RUNNING, polling_interval_sec=POLLING_INTERVAL)
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": database.url,
            "executor_id": self._executors.own,
            "application_version": VERSION,
            "serializer": serializer(),
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 0.25,  # DBOS's shutdown waits for one
        }
        instance = DBOS(config=config)
        self._sweep = Sweep(self._executors, client, worker.running, tidy)
        # What a lost process ran comes first: it may be traced already.
        claims = Claims(lambda: self._sweep.has_swept and worker.may_trace())
        worker.register(claims)
        DBOS.launch()
        claims.decide(instance._sys_db)  # before the first poll, which comes an interval after the launch
        self._sweep.start()

    def stop(self) -> None:
        """A running job is resumed at the next start."""
        self.worker.stop()
        self._sweep.stop()
        DBOS.destroy(destroy_registry=True)
        with suppress(SQLAlchemyError):  # else it is noticed by its silence
            self._executors.leave()
        self._executors.close()
