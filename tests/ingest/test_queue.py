import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ingest
from ingest.queue import JobQueue
from queries.engines import open_store
from queries.errors import (
    EmptyPrompt,
    JobNotFound,
    PromptTooLong,
    UnknownModel,
    UnknownTranscoders,
    WorkerUnavailable,
)
from queries.records import Job, JobRequest, JobState, Phase

PATIENCE = 120.0
"""Seconds that a busy machine gets to import torch and trace a small prompt."""

ENDED = (JobState.DONE, JobState.FAILED)


@contextmanager
def open_queue(data: Path) -> Iterator[JobQueue]:
    """A queue that is not started."""
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        queue = JobQueue(data, ingest.load_registry(data), store)
        try:
            yield queue
        finally:
            queue.stop()


@pytest.fixture
def idle(data: Path) -> Iterator[JobQueue]:
    with open_queue(data) as queue:
        yield queue


def ask(prompt: str, **more: object) -> JobRequest:
    return JobRequest.model_validate({"prompt": prompt, "model": "tiny", **more})


def wait(queue: JobQueue, job: Job, *states: JobState) -> Job:
    """The job once it is in one of the states."""
    deadline = time.monotonic() + PATIENCE
    while (now := queue.job(job.id)).state not in states:
        assert time.monotonic() < deadline, now
        assert now.state not in ENDED, now
        time.sleep(0.05)
    return now


def test_a_submitted_job_is_queued(idle: JobQueue) -> None:
    jobs = [idle.submit(ask(prompt)) for prompt in ("The capital", "The state", "Texas is")]
    assert idle.jobs(10) == jobs[::-1]
    assert idle.jobs(2) == jobs[:0:-1]
    assert idle.job(jobs[0].id) == jobs[0]
    assert (jobs[0].state, jobs[0].model, jobs[0].transcoders) == (
        JobState.QUEUED,
        "tiny",
        "tiny-transcoders",
    )
    with pytest.raises(JobNotFound):
        idle.job("nonsense")


def test_what_cannot_be_traced_is_refused(idle: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownModel):
        idle.submit(ask("Texas is", model="large"))
    with pytest.raises(UnknownTranscoders):
        idle.submit(ask("Texas is", transcoders="large"))
    with pytest.raises(EmptyPrompt):
        idle.submit(ask("  "))
    with pytest.raises(PromptTooLong):
        idle.submit(ask("Texas " * 24))
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    with pytest.raises(WorkerUnavailable, match=r"circuit-explorer\[trace\]"):
        idle.submit(ask("Texas is"))
    assert idle.jobs(10) == []


def test_examples_are_queued_once(idle: JobQueue) -> None:
    assert [job.prompt for job in idle.queue_examples()] == list(idle.models()[0].examples)
    assert idle.queue_examples() == []
    assert len(idle.jobs(10)) == 2


def test_jobs_become_graphs_or_say_why_not(data: Path, tiny: Path) -> None:
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        queue = JobQueue(data, ingest.load_registry(data), store)
        queue.start()
        try:
            asked = [
                ask("Fact: The capital of the state containing Dallas is"),
                ask("Fact: Oakland is", parameters={"attribution_targets": [""]}),
                ask("Fact: Oakland is"),
            ]
            good, refused, again = (queue.submit(request) for request in asked)
            seen = set()
            while (job := queue.job(good.id)).state not in ENDED:
                seen.add((job.state, job.phase))
                time.sleep(0.05)
            assert (JobState.RUNNING, Phase.TRACE) in seen

            assert job.graph_id is not None
            assert (job.state, job.phase, job.problem) == (JobState.DONE, Phase.LOAD, None)
            assert job.timings.keys() == {"model", "trace", "prune", "annotate", "load"}
            assert job.started_at is not None
            assert job.finished_at is not None
            assert job.created_at < job.started_at < job.finished_at
            assert (job.started_at - job.created_at).total_seconds() < 2.0  # bench/ holds the real limit
            record = store.record(job.graph_id)
            assert record.prompt == good.prompt
            assert record.n_labelled_nodes == record.n_feature_nodes > 0

            failed = wait(queue, refused, JobState.FAILED)
            assert (failed.graph_id, failed.phase) == (None, Phase.TRACE)
            assert failed.problem is not None
            assert failed.problem.error == "TraceFailed"
            assert "circuit-tracer refused" in failed.problem.detail

            assert wait(queue, again, JobState.DONE).graph_id != job.graph_id
            assert len(store.graphs()) == 2

            (tiny / "explanations.jsonl").rename(tiny / "gone.jsonl")
            try:
                unforeseen = wait(queue, queue.submit(ask("Texas is")), JobState.FAILED)
            finally:
                (tiny / "gone.jsonl").rename(tiny / "explanations.jsonl")
            assert unforeseen.phase == Phase.ANNOTATE
            assert unforeseen.problem is not None
            assert unforeseen.problem.error == "InternalError"
            assert len(store.graphs()) == 2
            assert not list((data / "work").iterdir())
        finally:
            queue.stop()


def test_unfinished_jobs_go_on_after_the_server_ended(data: Path) -> None:
    """Killed in the middle of a trace, then stopped in the middle of it, then left alone."""
    program = f"""
import sys, time
sys.path[:0] = {sys.path!r}
from pathlib import Path
import ingest
from queries.engines import open_store
from queries.records import JobRequest, JobState
data = Path({str(data)!r})
store = open_store(f"ladybug://{{data / 'graphs.lbug'}}")
queue = ingest.JobQueue(data, ingest.load_registry(data), store)
queue.start()
jobs = [queue.submit(JobRequest(prompt=prompt, model="tiny")) for prompt in ("Texas is", "The capital is")]
while queue.job(jobs[0].id).state == JobState.QUEUED:
    time.sleep(0.01)
print("running", flush=True)
time.sleep(1000)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "running\n"
        server.kill()

    with open_queue(data) as queue:
        second, first = queue.jobs(10)
        assert (first.prompt, first.state) == ("Texas is", JobState.RUNNING)
        queue.start()
        wait(queue, first, JobState.RUNNING)
        stopping = time.monotonic()
        queue.stop()
        assert time.monotonic() - stopping < 2.0
        assert queue.job(first.id).state == JobState.RUNNING  # nothing was recorded of its end
        queue.start()
        first, second = (wait(queue, job, JobState.DONE) for job in (first, second))
        assert first.finished_at is not None
        assert second.started_at is not None
        assert first.finished_at <= second.started_at
