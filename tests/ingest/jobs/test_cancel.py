"""Jobs are cancelled while they wait and in every phase that they run in, and tried again."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from dbos import DBOS

from ingest.jobs.queue import JobQueue
from ingest.jobs.running import run
from ingest.worker.process import OnProgress, Tracer
from ingest.worker.requests import Request
from queries.errors import DatabaseUnavailable, JobEnded, JobNotFound, JobNotRetried
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import JobState, Phase
from queries.internals.records import InternalsParameters
from tests.ingest.jobs.test_queue import ask, open_queue, wait
from tests.support.patience import TRACING, soon
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    data = tmp_path_factory.mktemp("cancelled")
    write_models_file(data, tiny)
    with open_queue(data) as queue:
        queue.start()
        yield queue


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Phase], Event]]:
    """Holds the tracing process's next progress in a phase: the event that it is held is set then."""
    ran, release = Tracer.run, Event()

    def hold(phase: Phase) -> Event:
        held = Event()

        def holding(
            tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any
        ) -> dict[str, float]:
            def progress(now: Phase, done: int, total: int) -> None:
                on_progress(now, done, total)
                if now is phase:
                    held.set()
                    release.wait(TRACING)

            return ran(tracer, request, progress, **options)

        monkeypatch.setattr(Tracer, "run", holding)
        return held

    yield hold
    release.set()


def work_is_left(queue: JobQueue) -> bool:
    return any((queue.data / "work").glob("*"))


def test_a_job_that_waits_is_cancelled_at_once(queue: JobQueue) -> None:
    queue.stop()
    job = queue.submit(ask(PROMPT))
    cancelled = queue.cancel(job.id)
    assert (cancelled.state, cancelled.phase, cancelled.graph_id) == (JobState.CANCELLED, None, None)
    assert cancelled.finished_at is not None
    queue.start()
    other = wait(queue, queue.submit(ask("Fact: Texas is")), JobState.DONE)
    assert queue.job(job.id) == cancelled, "it never ran"
    assert queue.store.record(str(other.graph_id)).prompt == "Fact: Texas is"


def test_a_trace_is_cancelled_in_the_middle(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracing process answers nothing any more: it is ended all the same."""
    asked = Event()

    def deaf(tracer: Tracer, request: Request, on_progress: OnProgress, *, left: Event) -> dict[str, float]:
        on_progress(Phase.TRACE, 1, 10)
        asked.set()
        while not left.wait(0.05):
            pass
        return ran(tracer, request, on_progress, left=left)

    ran = Tracer.run
    monkeypatch.setattr(Tracer, "run", deaf)
    job = queue.submit(ask("Fact: Oakland is"))
    assert asked.wait(TRACING)
    assert queue.cancel(job.id).state == JobState.CANCELLED
    assert soon(lambda: queue.is_idle() and not work_is_left(queue))
    ended = queue.job(job.id)
    assert (ended.state, ended.phase, ended.problem) == (JobState.CANCELLED, Phase.TRACE, None)
    monkeypatch.undo()
    wait(queue, queue.submit(ask("Fact: Dallas is")), JobState.DONE)


def test_a_lookup_of_labels_is_cancelled(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Event()

    def slow(graph: AttributionGraph, *more: Any) -> tuple[AttributionGraph, str | None]:
        asked.set()
        more[-1].wait(TRACING)
        return graph, None

    monkeypatch.setattr(run, "annotated", slow)
    assert queue._runner is not None
    monkeypatch.setattr(queue._runner.worker.tools, "annotator", object())
    job = queue.submit(ask("Fact: state is"))
    assert asked.wait(TRACING)
    queue.cancel(job.id)
    assert soon(lambda: queue.is_idle() and not work_is_left(queue))
    assert queue.job(job.id).state == JobState.CANCELLED


def test_a_job_that_waits_for_its_database_is_cancelled(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Event()

    def away(*_: object) -> None:
        asked.set()
        raise DatabaseUnavailable("neo4j://away", "it is away")

    monkeypatch.setattr(queue.loader, "store", away)
    job = queue.submit(ask("Fact: capital is"))
    assert asked.wait(TRACING)
    queue.cancel(job.id)
    assert soon(lambda: queue.is_idle() and not work_is_left(queue))
    assert queue.job(job.id).state == JobState.CANCELLED
    assert all(record.prompt != "Fact: capital is" for record in queue.store.graphs())


def test_internals_are_cancelled_and_leave_their_graph(
    queue: JobQueue, held: Callable[[Phase], Event]
) -> None:
    made = wait(queue, queue.submit(ask("Fact: containing is")), JobState.DONE)
    record = queue.store.record(str(made.graph_id))
    reached = held(Phase.INTERNALS)
    job = queue.internals(record, InternalsParameters())
    assert reached.wait(TRACING)
    assert queue.cancel(job.id).state == JobState.CANCELLED
    assert queue.store.internals(record.id) is None


def test_a_cancelled_job_is_tried_again(queue: JobQueue) -> None:
    queue.stop()
    job = queue.submit(ask("Fact: of is", parameters={"max_n_logits": 3}))
    queue.cancel(job.id)
    queue.start()
    again = queue.retry(job.id)
    assert again.id != job.id and again.parameters == job.parameters
    assert again.created_at > job.created_at
    ended = wait(queue, again, JobState.DONE)
    assert ended.graph_id is not None
    assert queue.job(job.id).state == JobState.CANCELLED


def test_what_cannot_be_cancelled_or_tried_again_is_said(queue: JobQueue) -> None:
    done = wait(queue, queue.submit(ask("Fact: the is")), JobState.DONE)
    with pytest.raises(JobEnded, match="is done: there is nothing to cancel"):
        queue.cancel(done.id)
    with pytest.raises(JobNotRetried, match="is done: jobs that failed or were cancelled"):
        queue.retry(done.id)
    for call in (queue.cancel, queue.retry):
        with pytest.raises(JobNotFound):
            call("none")


def test_progress_is_written_once_a_second_at_most(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    written = list[float]()
    real = DBOS.set_event

    def counted(key: str, value: Any) -> None:
        written.append(time.monotonic())
        real(key, value)

    def chatty(tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any) -> dict[str, float]:
        for done in range(1000):
            on_progress(Phase.TRACE, done, 1000)
        return ran(tracer, request, on_progress, **options)

    ran = Tracer.run
    monkeypatch.setattr(Tracer, "run", chatty)
    monkeypatch.setattr(DBOS, "set_event", counted)
    before = time.monotonic()
    wait(queue, queue.submit(ask("Fact: Texas state is")), JobState.DONE)
    n_phases = 4
    assert len(written) <= 2 * n_phases + 2 + (time.monotonic() - before), (
        "the first and the last of each phase"
    )
