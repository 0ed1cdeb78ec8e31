import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import pytest

import ingest
from ingest.jobs.queue import JobQueue
from ingest.jobs.running.run import NO_TRACE
from ingest.traces.folder import TraceFolder
from ingest.worker.process import OnProgress, Tracer
from ingest.worker.requests import Request, TraceRequest
from queries.errors import (
    DatabaseUnavailable,
    EmptyPrompt,
    JobNotFound,
    PromptTooLong,
    TraceNotKept,
    UnknownModel,
    UnknownTranscoders,
    WorkerUnavailable,
)
from queries.graph.records import Job, JobRequest, JobState, Phase, Thresholds
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.patience import PATIENCE, PROMPTLY, TRACING, soon
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

ENDED = (JobState.DONE, JobState.FAILED)


def traces_of(data: Path, store: GraphStore) -> TraceFolder:
    return TraceFolder(str(data / "traces"), store.traces)


@contextmanager
def open_queue(data: Path) -> Iterator[JobQueue]:
    """A queue that is not started."""
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        queue = JobQueue(data, ingest.load_registry(data), store, traces_of(data, store))
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
    deadline = time.monotonic() + TRACING
    while (now := queue.job(job.id)).state not in states:
        assert time.monotonic() < deadline, now
        assert now.state not in ENDED, now
        time.sleep(0.05)
    return now


def outage(asked: object, monkeypatch: pytest.MonkeyPatch, method: str) -> list[tuple[object, ...]]:
    """The first time that a job calls the method, the database is away; the arguments of jobs' calls."""
    really, calls = getattr(asked, method), list[tuple[object, ...]]()

    def called(*arguments: object) -> Any:
        if current_thread() is not main_thread():
            calls.append(arguments)
            if len(calls) == 1:
                raise DatabaseUnavailable("neo4j://away", "it is away")
        return really(*arguments)

    monkeypatch.setattr(asked, method, called)
    return calls


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
    queued = [job.prompt for job in idle.queue_examples()]
    assert queued == list(idle.models()[0].examples)[::-1], "graphs are listed newest first"
    assert idle.queue_examples() == []
    assert len(idle.jobs(10)) == 2


SERVER = """
import sys, time
from pathlib import Path
from threading import Event
from typing import Any
import ingest
from queries.store.open import open_store
from queries.graph.records import JobRequest, JobState
data, *prompts = sys.argv[1:]
store = open_store(f"ladybug://{data}/graphs.lbug")
traces = ingest.TraceFolder(f"{data}/traces", store.traces)
queue = ingest.JobQueue(Path(data), ingest.load_registry(Path(data)), store, traces)
queue.start()
jobs = [queue.submit(JobRequest(prompt=prompt)) for prompt in prompts]
while queue.job(jobs[0].id).state == JobState.QUEUED:
    time.sleep(0.01)
print("running", flush=True)
time.sleep(1000)
"""


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    """The queue, not yet started, of a server that was killed during the first of its two traces."""
    data = tmp_path_factory.mktemp("left")
    write_models_file(data, tiny)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(data), "Texas is", "The capital is"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "running\n"
        server.kill()
    with open_queue(data) as queue:
        yield queue


@pytest.fixture(scope="module")
def queue(left: JobQueue) -> JobQueue:
    """The same, started."""
    left.start()
    return left


def test_a_killed_server_s_jobs_are_not_lost(left: JobQueue) -> None:
    second, first = left.jobs(10)
    assert (first.prompt, first.state) == ("Texas is", JobState.RUNNING)
    assert (second.prompt, second.state) == ("The capital is", JobState.QUEUED)


def test_a_server_stops_at_once_and_goes_on_later(queue: JobQueue) -> None:
    second, first = queue.jobs(10)
    wait(queue, first, JobState.RUNNING)
    stopping = time.monotonic()
    queue.stop()
    assert time.monotonic() - stopping < PROMPTLY
    assert not queue.job(first.id).state.is_last, "its end was not recorded"
    queue.start()
    first, second = (wait(queue, job, JobState.DONE) for job in (first, second))
    assert first.started_at is not None
    assert second.started_at is not None
    assert first.started_at < second.started_at


def test_a_job_becomes_a_graph(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    traced, seen = Tracer.run, Event()

    def traced_once_seen(
        tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any
    ) -> dict[str, float]:
        """However fast the machine is, the trace goes on when the test has seen it under way."""

        def progress(phase: Phase, done: int, total: int) -> None:
            on_progress(phase, done, total)
            assert phase is not Phase.TRACE or seen.wait(PATIENCE)

        return traced(tracer, request, progress, **options)

    monkeypatch.setattr(Tracer, "run", traced_once_seen)
    job = queue.submit(ask(PROMPT))
    while job.state not in ENDED:
        job = queue.job(job.id)
        if (job.state, job.phase) == (JobState.RUNNING, Phase.TRACE):
            seen.set()
        time.sleep(0.02)
    assert seen.is_set()
    assert job.graph_id is not None
    assert (job.state, job.phase, job.problem) == (JobState.DONE, Phase.LOAD, None)
    assert job.timings.keys() == {"model", "trace", "keep", "prune", "annotate", "load"}
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at < job.started_at < job.finished_at
    record = queue.store.record(job.graph_id)
    assert record.prompt == job.prompt
    assert record.n_labelled_nodes == record.n_feature_nodes > 0
    assert not list((queue.data / "work").iterdir())
    assert record.trace_id is not None
    assert queue.traces.fetch(record.id, record.trace_id, Path("unused")).is_file()


def test_a_kept_trace_is_pruned_again(queue: JobQueue) -> None:
    traced = wait(queue, queue.submit(ask(PROMPT)), JobState.DONE)
    assert traced.graph_id is not None
    before = queue.store.record(traced.graph_id)
    thresholds = Thresholds(node_threshold=0.7, edge_threshold=0.98)
    queued = queue.prune(before.id, thresholds)
    assert (queued.state, queued.trace_id, queued.prompt) == (JobState.QUEUED, before.trace_id, PROMPT)
    job = wait(queue, queued, JobState.DONE)
    assert job.timings.keys() == {"read", "prune", "annotate", "load"}
    assert job.graph_id is not None
    record = queue.store.record(job.graph_id)
    assert record.id != before.id and record.trace_id == before.trace_id
    assert (record.node_threshold, record.edge_threshold) == (0.7, 0.98)
    assert 0 < record.n_feature_nodes < before.n_feature_nodes
    assert record.n_labelled_nodes == record.n_feature_nodes, (
        "its features are explained as those of the first are"
    )
    # The prompt, traced with these thresholds, gives the same graph.
    again = wait(
        queue,
        queue.submit(ask(PROMPT, parameters={"node_threshold": 0.7})),
        JobState.DONE,
    )
    assert again.graph_id == record.id


def test_a_pruning_whose_graph_is_deleted_meanwhile_says_so(queue: JobQueue) -> None:
    traced = wait(queue, queue.submit(ask("Fact: Fresno is")), JobState.DONE)
    assert traced.graph_id is not None
    record = queue.store.record(traced.graph_id)
    assert record.trace_id is not None
    ahead = queue.submit(ask(PROMPT, parameters={"node_threshold": 0.6}))
    queued = queue.prune(record.id, Thresholds(node_threshold=0.5))
    queue.store.delete(record.id)
    queue.traces.drop(record.trace_id)
    job = wait(queue, queued, JobState.FAILED)
    assert job.problem is not None and job.problem.error == "TraceNotKept"
    assert f"The whole trace of the graph '{record.id}' is not kept here" in job.problem.detail
    wait(queue, ahead, JobState.DONE)  # or its graph would come into the next test's count


def test_a_failed_job_says_why_and_the_next_one_works(queue: JobQueue) -> None:
    graphs = len(queue.store.graphs())
    failed = queue.submit(ask("Fact: Oakland is", parameters={"attribution_targets": [999]}))
    following = queue.submit(ask("Fact: Oakland is"))
    failed = wait(queue, failed, JobState.FAILED)
    assert (failed.graph_id, failed.phase) == (None, Phase.TRACE)
    assert failed.problem is not None
    assert failed.problem.error == "InvalidRequest"
    assert "there is no token 999" in failed.problem.detail
    wait(queue, following, JobState.DONE)
    assert len(queue.store.graphs()) == graphs + 1
    assert not list((queue.data / "work").iterdir())


def test_an_outage_after_the_graph_is_stored_costs_neither_the_job_nor_its_trace(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a trace is kept is asked of the database."""
    store, stored = queue.loader.store, list[object]()

    def counted(*arguments: Any) -> bool:
        stored.append(arguments)
        return store(*arguments)

    monkeypatch.setattr(queue.loader, "store", counted)
    calls = outage(queue.traces, monkeypatch, "keep")
    job = wait(queue, queue.submit(ask("Fact: Texas of is")), JobState.DONE)
    assert len(calls) == 2 and len(stored) == 1 and job.note is None and job.graph_id is not None
    queue.traces.check(job.graph_id, queue.store.record(job.graph_id).trace_id)


def test_what_nobody_foresaw_is_a_job_s_problem_too(queue: JobQueue, tiny: Path) -> None:
    graphs = len(queue.store.graphs())
    (tiny / "explanations.jsonl").rename(tiny / "gone.jsonl")
    try:
        failed = wait(queue, queue.submit(ask("Fact: Dallas is")), JobState.FAILED)
    finally:
        (tiny / "gone.jsonl").rename(tiny / "explanations.jsonl")
    assert (failed.graph_id, failed.phase) == (None, Phase.ANNOTATE)
    assert failed.problem is not None
    assert failed.problem.error == "InternalError"
    assert len(queue.store.graphs()) == graphs


def test_a_start_removes_what_jobs_that_were_given_up_left(queue: JobQueue) -> None:
    (ended,) = queue.jobs(1)
    work = queue.data / "work"
    queue.stop()
    for name in (ended.id, "of-another-job-database"):
        (work / name).mkdir()
        (work / name / "graph.npz").touch()
    queue.start()
    try:
        assert soon(lambda: [folder.name for folder in work.iterdir()] == ["of-another-job-database"])
    finally:
        shutil.rmtree(work / "of-another-job-database")


def test_a_job_database_that_cannot_be_opened(data: Path) -> None:
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        url = f"sqlite:///{data}/nowhere/jobs.sqlite"
        queue = JobQueue(data, ingest.load_registry(data), store, traces_of(data, store), jobs_url=url)
        with pytest.raises(DatabaseUnavailable, match="unable to open database file"):
            queue.start()
        queue.stop()


def test_a_graph_is_stored_though_its_trace_cannot_be_written(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tracing process fails after the graph is there and while it is stored: no graph is left that no job made."""

    def hindered(
        tracer: Tracer, request: TraceRequest, on_progress: OnProgress, **options: Any
    ) -> dict[str, float]:
        request.trace.with_name(f"{request.trace.name}.partial").mkdir(parents=True)
        return ran(tracer, request, on_progress, **options)

    ran = Tracer.run
    monkeypatch.setattr(Tracer, "run", hindered)
    job = wait(queue, queue.submit(ask("Fact: The capital of Texas is")), JobState.DONE)
    assert job.note is not None and job.note.startswith(NO_TRACE)
    assert queue.store.record(str(job.graph_id)).trace_id is not None
    with pytest.raises(TraceNotKept):
        queue.prune(str(job.graph_id), Thresholds(node_threshold=0.5))
    monkeypatch.undo()
    again = wait(queue, queue.submit(ask("Fact: The capital of Texas is", force=True)), JobState.DONE)
    assert (again.graph_id, again.note) == (job.graph_id, None)
    assert queue.prune(str(job.graph_id), Thresholds(node_threshold=0.5))
