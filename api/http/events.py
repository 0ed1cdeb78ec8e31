"""Server-sent events: a job's progress as it happens."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

from starlette.responses import StreamingResponse

import ingest
from queries.graph.records import Job

INTERVAL = 0.15
"""Seconds between two looks at the job. They are needed since another process may run it."""
KEEP_ALIVE = 15.0
"""Seconds without a change after which a comment is sent, so that proxies keep the connection."""


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


async def of_job(queue: ingest.JobQueue, job_id: str, last: str | None) -> EventStream:
    """`last`: the id of the last event that the client saw."""
    first = await asyncio.to_thread(queue.job, job_id)  # an unknown job is a 404, not an empty stream
    return EventStream(_changes(queue, first, last), headers={"Cache-Control": "no-store"})


async def _changes(queue: ingest.JobQueue, job: Job, last: str | None) -> AsyncIterator[str]:
    if last != _id(job) or job.state.is_last:
        yield _event(job)
    silent = 0.0
    while not job.state.is_last:
        await asyncio.sleep(INTERVAL)
        seen, job = job, await asyncio.to_thread(queue.job, job.id)
        silent += INTERVAL
        if _id(job) != _id(seen):
            yield _event(job)
            silent = 0.0
        elif silent >= KEEP_ALIVE:
            yield ": still here\n\n"
            silent = 0.0


def _event(job: Job) -> str:
    return f"event: job\nid: {_id(job)}\ndata: {job.model_dump_json()}\n\n"


def _id(job: Job) -> str:
    """Another one after each change; the time that is left changes without any."""
    return sha256(job.model_dump_json(exclude={"seconds_left"}).encode()).hexdigest()[:16]
