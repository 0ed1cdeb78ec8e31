"""The internals of a stored graph's prompt are computed by jobs: all of them are there afterwards, or none."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.importing import delete_graph
from ingest.internals.folder import InternalsFolder
from ingest.jobs.queue import JobQueue
from ingest.worker.process import OnProgress, Tracer
from ingest.worker.requests import Request
from queries.errors import InternalsNotComputed, InvalidRequest
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import GraphRecord, JobKind, JobState, Phase
from queries.internals.findings import CellQuestion, LinkPathsFound, LinkQuestion, ScorePairsFound
from queries.internals.records import PARTS, InternalsParameters
from tests.ingest.jobs.test_queue import ask, open_queue, wait
from tests.support.patience import TRACING
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

NO_FLOW = InternalsParameters(parts=["attention", "heads", "loadings"], verify=False)


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    data = tmp_path_factory.mktemp("inside")
    write_models_file(data, tiny)
    with open_queue(data) as queue:
        queue.start()
        yield queue


@pytest.fixture
def folder(queue: JobQueue) -> InternalsFolder:
    return InternalsFolder(queue.traces.files)


def stored(queue: JobQueue, prompt: str, **more: Any) -> GraphRecord:
    job = wait(queue, queue.submit(ask(prompt, **more)), JobState.DONE)
    assert job.graph_id is not None
    return queue.store.record(job.graph_id)


@pytest.fixture(scope="module")
def record(queue: JobQueue) -> GraphRecord:
    return stored(queue, PROMPT)


def kept(queue: JobQueue) -> list[str]:
    return sorted(file.stem for file in (queue.data / "traces").glob("*.internals"))


def test_they_are_computed_and_stored(queue: JobQueue, record: GraphRecord, folder: InternalsFolder) -> None:
    queued = queue.internals(record, InternalsParameters())
    assert (queued.kind, queued.graph_id, queued.prompt) == (JobKind.INTERNALS, record.id, PROMPT)
    job = wait(queue, queued, JobState.DONE)
    assert (job.phase, job.done, job.total, job.problem) == (Phase.INTERNALS, 600, 600, None)
    assert job.timings.keys() == {"model", *PARTS, "keep", "store"}
    internals = queue.store.internals(record.id)
    assert internals is not None
    assert (internals.record.model, internals.record.missing) == ("tiny", {})
    assert max(error for name, error in internals.record.errors.items() if "completeness" not in name) < 1e-5
    assert len(internals.read) and len(internals.written)
    # What heads read of nodes is what they write to nodes: each head's part of the same links.
    for links in (internals.read, internals.written):
        assert links.weight.sum() == pytest.approx(internals.read.weight.sum(), rel=1e-9)
    with folder.open(record.id, internals.record.id) as file:
        assert file.record == internals.record
        assert file.array("flow_norm").shape == (2, 2, len(record.tokens), len(record.tokens) + 1)
    assert not list((queue.data / "work").iterdir())


def test_asked_again_they_are_the_same_and_with_others_replaced(queue: JobQueue, record: GraphRecord) -> None:
    ids = []
    for parameters in (InternalsParameters(), InternalsParameters(), NO_FLOW):
        wait(queue, queue.internals(record, parameters), JobState.DONE)
        found = queue.store.internals_record(record.id)
        assert found is not None and found.parameters == parameters
        ids.append(found.id)
        assert found.id in kept(queue)
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] not in kept(queue), "the file of what was replaced goes"


def test_questions_about_them_are_answered(
    queue: JobQueue, record: GraphRecord, folder: InternalsFolder
) -> None:
    wait(queue, queue.internals(record, NO_FLOW), JobState.DONE)
    graph, internals = queue.store.read(record.id), queue.store.internals_record(record.id)
    assert internals is not None
    keys, place = graph.nodes.keys(record.id), int(abs(graph.edges.weight).argmax())
    link = LinkQuestion(source=keys[graph.edges.source[place]], target=keys[graph.edges.target[place]])
    job = wait(queue, queue.ask(record, link), JobState.DONE)
    assert (job.kind, job.graph_id) == (JobKind.INTERNALS, record.id)
    found = folder.answer(internals.id, link)
    assert isinstance(found, LinkPathsFound)
    assert found.weight == pytest.approx(graph.edges.weight[place], rel=1e-4)
    assert found.direct + sum(each.last for each in found.heads) + found.rest == pytest.approx(found.weight)

    cell = CellQuestion(layer=1, head=0, query=len(record.tokens) - 1, key=2)
    wait(queue, queue.ask(record, cell), JobState.DONE)
    why = folder.answer(internals.id, cell)
    assert isinstance(why, ScorePairsFound)
    assert sum(pair.score for pair in why.pairs) + why.rest == pytest.approx(why.product, rel=1e-5)


def test_what_cannot_be_asked_is_refused(queue: JobQueue, record: GraphRecord) -> None:
    with pytest.raises(InvalidRequest, match="position: there is no position 99; they are 0 to"):
        queue.internals(record, InternalsParameters(position=99))
    long = record.model_copy(update={"tokens": ["a"] * 300})
    with pytest.raises(InvalidRequest, match="300 tokens, of at most 256; up to 512 without the part flow"):
        queue.internals(long, InternalsParameters())
    before = queue.store.internals_record(record.id)
    for parameters, why in (
        (InternalsParameters(target="nonsense"), "target: 'nonsense' is no token of this model"),
        (InternalsParameters(baseline="of the"), "baseline: 'of the' is 2 tokens"),
        (InternalsParameters(target="Texas", foil="Texas"), "foil: it is the target itself"),
        (InternalsParameters(direction=[1.0, 2.0]), "direction: has the shape 2"),
    ):
        job = wait(queue, queue.internals(record, parameters), JobState.FAILED)
        assert job.problem is not None and why in job.problem.detail
    assert queue.store.internals_record(record.id) == before, "a failure leaves what there was"


def test_a_killed_process_leaves_none_of_them(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    record = stored(queue, "Fact: Oakland is")
    ran, killed, before = Tracer.run, list[int](), kept(queue)

    def killing(
        tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any
    ) -> dict[str, float]:
        def progress(phase: Phase, done: int, total: int) -> None:
            on_progress(phase, done, total)
            if phase is Phase.INTERNALS and done > 200 and not killed:
                assert tracer.pid is not None
                killed.append(tracer.pid)
                os.kill(tracer.pid, signal.SIGKILL)

        return ran(tracer, request, progress, **options)

    monkeypatch.setattr(Tracer, "run", killing)
    job = wait(queue, queue.internals(record, InternalsParameters()), JobState.FAILED)
    assert killed
    assert job.problem is not None and "SIGKILL" in job.problem.detail
    assert queue.store.internals(record.id) is None
    assert kept(queue) == before
    wait(queue, queue.internals(record, InternalsParameters()), JobState.DONE)
    assert queue.job(job.id) == job, "it ended once"
    assert queue.store.internals(record.id) is not None


def test_they_go_with_their_graph(queue: JobQueue) -> None:
    record = stored(queue, "Fact: Texas is", internals=True)
    internals = queue.store.internals_record(record.id)
    assert internals is not None, "they were asked for with the prompt"
    assert internals.id in kept(queue)
    delete_graph(record.id, queue.store, queue.traces)
    assert internals.id not in kept(queue)


def test_of_a_graph_that_is_deleted_meanwhile_nothing_is_left(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = stored(queue, "Fact: The state is")
    ran, before = Tracer.run, kept(queue)

    def deleting(
        tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any
    ) -> dict[str, float]:
        timings = ran(tracer, request, on_progress, **options)
        queue.store.delete(record.id)
        return timings

    monkeypatch.setattr(Tracer, "run", deleting)
    job = wait(queue, queue.internals(record, NO_FLOW), JobState.FAILED)
    assert job.problem is not None and job.problem.error == "GraphNotFound"
    assert kept(queue) == before


def test_a_question_about_none_is_refused(queue: JobQueue) -> None:
    record = stored(queue, "Fact: Dallas is")
    graph = queue.store.read(record.id)
    keys = graph.nodes.keys(record.id)
    source, target = (
        keys[int(graph.nodes.of_kind(kind)[0])] for kind in (NodeKind.EMBEDDING, NodeKind.LOGIT)
    )
    job = wait(queue, queue.ask(record, LinkQuestion(source=source, target=target)), JobState.FAILED)
    assert job.problem is not None and job.problem.error == InternalsNotComputed.__name__
