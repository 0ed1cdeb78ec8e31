"""What Prometheus is told of jobs: what ran in this process, and all jobs of the job database, counted.

Labels are words of the program (kinds, states, phases, names of errors): no prompt and no id is one.
"""

from collections import Counter
from contextlib import closing

import prometheus_client as prometheus
import sqlalchemy as sa

from ingest.jobs.kept.tables import schema_of, workflow_status
from ingest.jobs.records import WORKFLOW, Outcome, state_of
from queries.graph.records import JobKind, JobState

UNKNOWN = "unknown"
"""The kind of a job that a version queued which did not write it beside the job."""

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
PHASE_SECONDS = prometheus.Histogram(
    "circuit_explorer_job_phase_seconds",
    "Seconds that each phase, or part of one, of the jobs took that ended in this process.",
    ["phase"],
    buckets=SECONDS,
)
ENDED = prometheus.Counter(
    "circuit_explorer_jobs_ended", "Jobs that ended in this process, by kind and state.", ["kind", "state"]
)
ERRORS = prometheus.Counter(
    "circuit_explorer_job_errors", "Jobs that failed in this process, by the error's name.", ["error"]
)
RUNNING = prometheus.Gauge("circuit_explorer_jobs_here", "Jobs that run in this process now.")


def has_ended(kind: JobKind, outcome: Outcome) -> None:
    """Count a job that ended in this process, other than by being cancelled."""
    state = JobState.FAILED if outcome.problem else JobState.DONE
    ENDED.labels(kind.value, state.value).inc()
    if outcome.problem:
        ERRORS.labels(outcome.problem.error).inc()
    for phase, seconds in outcome.last.timings.items():
        PHASE_SECONDS.labels(phase).observe(seconds)


def count_jobs(engine: sa.Engine) -> Counter[tuple[JobState, str]]:
    """How many jobs the job database has of each state and kind: one aggregate, whatever their number.

    Raises SQLAlchemyError.
    """
    jobs = workflow_status(engine)
    outputs = sa.table(
        "workflow_output", sa.column("workflow_uuid"), sa.column("output"), schema=schema_of(engine)
    )
    # A quotation mark inside a text of JSON is escaped, so that only the field itself is found.
    succeeded = sa.func.coalesce(outputs.c.output, jobs.c.output).like('%"problem":null%')
    query = (
        sa.select(
            jobs.c.status,
            jobs.c.attributes["kind"].as_string().label("kind"),
            succeeded.label("succeeded"),
            sa.func.count().label("n"),
        )
        .select_from(jobs.outerjoin(outputs, outputs.c.workflow_uuid == jobs.c.workflow_uuid))
        .where(jobs.c.name == WORKFLOW)
        .group_by("status", "kind", "succeeded")
    )
    counts: Counter[tuple[JobState, str]] = Counter()
    with closing(engine.connect()) as connection:
        for row in connection.execute(query):
            counts[state_of(row.status, has_problem=not row.succeeded), row.kind or UNKNOWN] += row.n
    return counts
