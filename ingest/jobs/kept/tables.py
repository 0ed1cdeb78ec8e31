"""DBOS's table of jobs, for the few questions that its client does not answer."""

from collections.abc import Iterable

import sqlalchemy as sa

from ingest.jobs.records import MAKES, PERSON_WAITS, QUEUE

MOST_NAMED = 500
"""Things that one statement names."""


def schema_of(engine: sa.Engine) -> str | None:
    """DBOS's schema in the job database."""
    return None if engine.dialect.name == "sqlite" else "dbos"


def workflow_status(engine: sa.Engine) -> sa.TableClause:
    names = (
        "workflow_uuid",
        "name",
        "status",
        "output",
        "queue_name",
        "deduplication_id",
        "executor_id",
        "priority",
    )
    return sa.table(
        "workflow_status",
        *map(sa.column, names),
        sa.column("attributes", sa.JSON),
        schema=schema_of(engine),
    )


def unfinished(engine: sa.Engine, questions: Iterable[str]) -> dict[str, str]:
    """Of these, by `Accepted.question_id`, the ids of the jobs that wait or run. Raises SQLAlchemyError."""
    jobs, asked, found = workflow_status(engine), list(questions), dict[str, str]()
    query = sa.select(jobs.c.deduplication_id, jobs.c.workflow_uuid).where(*_unfinished(jobs))
    with engine.connect() as connection:
        for first in range(0, len(asked), MOST_NAMED):
            some = jobs.c.deduplication_id.in_(asked[first : first + MOST_NAMED])
            found |= {
                row.deduplication_id: row.workflow_uuid for row in connection.execute(query.where(some))
            }
    return found


def count_unfinished(engine: sa.Engine) -> int:
    """How many jobs wait or run. Raises SQLAlchemyError."""
    jobs = workflow_status(engine)
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(jobs).where(*_unfinished(jobs))) or 0


def running_makers(engine: sa.Engine, question: str) -> list[str]:
    """The ids of the running jobs that make a graph, by `Accepted.graph_question`. Raises SQLAlchemyError."""
    jobs = workflow_status(engine)
    query = sa.select(jobs.c.workflow_uuid).where(
        jobs.c.status == "PENDING", jobs.c.attributes[MAKES].as_string() == question
    )
    with engine.connect() as connection:
        return list(connection.scalars(query))


def hasten(engine: sa.Engine, executor: str) -> None:
    """What a process runs goes first wherever it is queued again: it was begun before all that waits. Raises
    SQLAlchemyError."""
    jobs = workflow_status(engine)
    its = (jobs.c.executor_id == executor, jobs.c.status == "PENDING", jobs.c.queue_name == QUEUE)
    with engine.begin() as connection:
        connection.execute(sa.update(jobs).where(*its).values(priority=PERSON_WAITS))


def _unfinished(jobs: sa.TableClause) -> list[sa.ColumnElement[bool]]:
    return [jobs.c.queue_name == QUEUE, jobs.c.status.in_(("ENQUEUED", "PENDING"))]
