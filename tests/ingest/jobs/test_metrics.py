"""What is counted of jobs: by the process that ran them, and in the job database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from ingest.jobs.queue import JobQueue
from queries.graph.records import JobState
from tests.ingest.jobs.test_queue import ask, open_queue, wait
from tests.support.patience import TRACING

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture
def queue(data: Path) -> Iterator[JobQueue]:
    with open_queue(data) as queue:
        yield queue


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"circuit_explorer_{name}", labels) or 0.0


def test_jobs_are_counted_where_they_end_and_in_the_job_database(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        ("jobs_ended_total", {"kind": "trace", "state": "done"}),
        ("jobs_ended_total", {"kind": "trace", "state": "failed"}),
        ("job_errors_total", {"error": "PromptTooLong"}),
        ("job_phase_seconds_count", {"phase": "load"}),
        ("job_phase_seconds_count", {"phase": "trace"}),
    ]
    before = [counted(name, **labels) for name, labels in names]
    done = queue.submit(ask("The capital"))
    monkeypatch.setattr("ingest.jobs.queue.checked", lambda _, asked: asked.prompt)
    failed = queue.submit(ask("Texas " * 24))
    cancelled = queue.submit(ask("The state"))
    queue.cancel(cancelled.id)
    assert queue.counts() == {(JobState.QUEUED, "trace"): 2, (JobState.CANCELLED, "trace"): 1}
    queue.start()
    wait(queue, done, JobState.DONE)
    wait(queue, failed, JobState.FAILED)
    assert queue.counts() == {
        (JobState.DONE, "trace"): 1,
        (JobState.FAILED, "trace"): 1,
        (JobState.CANCELLED, "trace"): 1,
    }
    after = [counted(name, **labels) for name, labels in names]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1, 1, 1]
    assert counted("jobs_here") == 0
