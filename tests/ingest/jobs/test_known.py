"""The same asked again is answered with the stored graph, and never traced twice at the same time."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ingest.jobs.queue import JobQueue
from ingest.worker.process import OnProgress, Tracer
from ingest.worker.requests import Request, TraceRequest
from queries.graph.records import JobState, Phase, Thresholds
from tests.ingest.jobs.test_queue import ask, open_queue, wait
from tests.support.patience import TRACING
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    data = tmp_path_factory.mktemp("known")
    write_models_file(data, tiny)
    with open_queue(data) as queue:
        queue.start()
        yield queue


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The prompts that are traced from now on."""
    prompts, ran = list[str](), Tracer.run

    def run(tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any) -> dict[str, float]:
        if isinstance(request, TraceRequest):
            prompts.append(request.prompt)
        return ran(tracer, request, on_progress, **options)

    monkeypatch.setattr(Tracer, "run", run)
    return prompts


def test_a_stored_graph_is_the_answer_at_once(queue: JobQueue, traced: list[str]) -> None:
    made = wait(queue, queue.submit(ask(PROMPT)), JobState.DONE)
    assert not made.known
    again = queue.submit(ask(PROMPT))
    assert again == made.model_copy(update={"known": True})
    assert traced == [PROMPT]
    other, known = queue.submit_all([ask("Fact: Texas is"), ask(PROMPT), ask("Fact: Texas is")])
    assert known == again and not other.known
    wait(queue, other, JobState.DONE)
    assert [job.known for job in queue.submit_all([ask(PROMPT), ask("Fact: Texas is")])] == [True, True]
    assert len(queue.store.graphs()) == 2


def test_other_parameters_are_another_graph(queue: JobQueue) -> None:
    wait(queue, queue.submit(ask(PROMPT)), JobState.DONE)
    other = queue.submit(ask(PROMPT, parameters={"max_n_logits": 2}))
    assert not other.known
    wait(queue, other, JobState.DONE)


def test_a_prompt_is_traced_again_where_that_is_asked_for(queue: JobQueue, traced: list[str]) -> None:
    made = wait(queue, queue.submit(ask("Fact: state is")), JobState.DONE)
    forced = wait(queue, queue.submit(ask("Fact: state is", force=True)), JobState.DONE)
    assert traced == ["Fact: state is"] * 2
    assert forced.graph_id == made.graph_id and not forced.known


def test_a_deleted_graph_is_not_known(queue: JobQueue, traced: list[str]) -> None:
    made = wait(queue, queue.submit(ask("Fact: The is")), JobState.DONE)
    queue.store.delete(str(made.graph_id))
    again = wait(queue, queue.submit(ask("Fact: The is")), JobState.DONE)
    assert again.id != made.id and again.graph_id == made.graph_id
    assert traced == ["Fact: The is"] * 2


def test_other_files_of_the_model_are_another_model(queue: JobQueue, tiny: Path, traced: list[str]) -> None:
    wait(queue, queue.submit(ask("Fact: of is")), JobState.DONE)
    config = tiny / "model" / "config.json"
    before = config.stat()
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    again = queue.submit(ask("Fact: of is"))
    assert not again.known
    wait(queue, again, JobState.DONE)
    assert traced == ["Fact: of is"] * 2


def test_only_what_is_asked_beside_a_known_graph_is_done(queue: JobQueue, traced: list[str]) -> None:
    made = wait(queue, queue.submit(ask("Fact: Dallas is")), JobState.DONE)
    job = queue.submit(ask("Fact: Dallas is", verify=True))
    assert job.id != made.id
    ended = wait(queue, job, JobState.DONE)
    assert ended.known and ended.graph_id == made.graph_id
    assert traced == ["Fact: Dallas is"]
    assert "trace" not in ended.timings
    assert queue.store.verifications(str(made.graph_id))


def test_the_same_pruning_is_known(queue: JobQueue) -> None:
    made = wait(queue, queue.submit(ask(PROMPT)), JobState.DONE)
    thresholds = Thresholds(node_threshold=0.75, edge_threshold=0.98)
    first = wait(queue, queue.prune(str(made.graph_id), thresholds), JobState.DONE)
    again = queue.prune(str(made.graph_id), thresholds)
    assert again.known and (again.id, again.graph_id) == (first.id, first.graph_id)


def test_a_prompt_that_is_being_traced_is_waited_for(
    queue: JobQueue, traced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that does more beside waits until the graph is stored, and takes it."""
    ran, release, storing = Tracer.run, Event(), Event()

    def held(tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any) -> dict[str, float]:
        def progress(phase: Phase, done: int, total: int) -> None:
            on_progress(phase, done, total)
            if phase is Phase.TRACE:
                storing.set()
                release.wait(TRACING)

        return ran(tracer, request, progress, **options)

    monkeypatch.setattr(Tracer, "run", held)
    first = queue.submit(ask("Fact: capital is"))
    assert storing.wait(TRACING)
    second = queue.submit(ask("Fact: capital is", internals=True))
    release.set()
    first, second = (wait(queue, job, JobState.DONE) for job in (first, second))
    assert second.graph_id == first.graph_id and second.known and not first.known
    assert traced == ["Fact: capital is"]
    assert queue.store.internals(str(first.graph_id)) is not None


def test_a_known_graph_goes_into_the_collection_at_once(queue: JobQueue, traced: list[str]) -> None:
    made = wait(queue, queue.submit(ask("Fact: Texas state is", collection="one")), JobState.DONE)
    known = queue.submit(ask("Fact: Texas state is", collection="two"))
    assert known.known and traced == ["Fact: Texas state is"]
    for name in ("one", "two"):
        assert [each.id for each in queue.store.graphs(collection=name)] == [made.graph_id]
    job = queue.submit(ask("Fact: Texas state is", collection="three", internals=True))
    wait(queue, job, JobState.DONE)
    assert [each.id for each in queue.store.graphs(collection="three")] == [made.graph_id]
