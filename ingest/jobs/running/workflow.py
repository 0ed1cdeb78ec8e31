"""The durable workflow of all jobs, and the worker that runs them in this process: one in the tracing process at a
time, while the graphs of others are stored."""

import logging
from collections.abc import Callable
from threading import Condition

from dbos import DBOS

from ingest.jobs import metrics
from ingest.jobs.records import MAX_STARTS, WORKFLOW, Accepted, Json, to_json
from ingest.jobs.running.claims import Claims
from ingest.jobs.running.course import Course, Tools
from ingest.jobs.running.run import JobRun
from queries import logs

log = logging.getLogger(__name__)


class Worker:
    """Runs the jobs that this process takes."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self._stopping = False
        self._runs: dict[str, JobRun] = {}
        self._changed = Condition()

    def register(self, claims: Claims) -> None:
        """Register the workflow with DBOS, before it is launched."""

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MAX_STARTS)
        def ingest(accepted: Json) -> Json:
            job_id = DBOS.workflow_id
            assert job_id is not None
            asked = Accepted.model_validate(accepted)
            course = Course(self.tools, job_id, asked)
            run = JobRun(course)
            with self._changed:
                self._runs[job_id] = run
                if self._stopping:
                    course.ends.set()
            claims.begins(job_id, asked.loads)
            try:
                with logs.about_job(job_id, asked.kind), metrics.RUNNING.track_inprogress():
                    log.info("The job is begun.")
                    outcome = run.outcome()
                    log.info("The job %s", "failed." if outcome.problem else "is done.")
                metrics.has_ended(asked.kind, outcome)
                return to_json(outcome)
            finally:
                with self._changed:
                    del self._runs[job_id]
                    self._changed.notify_all()

    def stop(self) -> None:
        """Interrupt a running trace; wait for the end of any other work."""
        with self._changed:
            self._stopping = True
            for run in self._runs.values():
                run.cancel()
        self.tools.tracer.close()
        with self._changed:
            self._changed.wait_for(lambda: not self._runs)

    def running(self) -> dict[str, Callable[[], None]]:
        """The ids of the running jobs, and how each is told that it was cancelled."""
        with self._changed:
            return {job_id: run.cancel for job_id, run in self._runs.items()}

    def may_trace(self) -> bool:
        """Whether no running job needs the tracing process."""
        with self._changed:
            return not any(run.traces for run in self._runs.values())
