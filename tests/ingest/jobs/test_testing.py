"""Stored graphs are put to the test by jobs: in the tracing process, ahead of traces, with all or nothing stored."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.jobs.queue import JobQueue
from ingest.worker.process import OnProgress, Tracer
from ingest.worker.requests import Request
from queries.errors import UnknownModel, WorkerUnavailable
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import GraphRecord, Job, JobKind, JobState, Phase
from queries.interventions.changes import InterventionQuestion
from queries.interventions.plan import VerifyQuestion
from tests.ingest.jobs.test_queue import ask, open_queue, outage, wait
from tests.support.patience import TRACING
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

OTHER = PROMPT.replace("Dallas", "Oakland")


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    data = tmp_path_factory.mktemp("tested")
    write_models_file(data, tiny)
    with open_queue(data) as queue:
        queue.start()
        yield queue


@pytest.fixture(scope="module")
def record(queue: JobQueue) -> GraphRecord:
    return stored(queue, PROMPT)


def stored(queue: JobQueue, prompt: str, **more: Any) -> GraphRecord:
    job = wait(queue, queue.submit(ask(prompt, **more)), JobState.DONE)
    assert job.graph_id is not None
    return queue.store.record(job.graph_id)


def suppress(queue: JobQueue, record: GraphRecord, n: int = 2, **more: Any) -> InterventionQuestion:
    nodes = queue.store.read(record.id).nodes
    keys = nodes.keys(record.id, nodes.of_kind(NodeKind.FEATURE)[:n])
    return InterventionQuestion.model_validate({"changes": [{"nodes": keys}], **more})


def test_an_intervention_is_measured_and_stored(queue: JobQueue, record: GraphRecord) -> None:
    queued = queue.intervene(record, suppress(queue, record, note="why not"))
    assert (queued.kind, queued.graph_id, queued.prompt) == (JobKind.INTERVENE, record.id, PROMPT)
    job = wait(queue, queued, JobState.DONE)
    assert (job.phase, job.graph_id, job.problem) == (Phase.INTERVENE, record.id, None)
    assert job.timings.keys() == {"model", "baseline", "intervene"}
    (found,) = queue.store.interventions(record.id)
    assert job.intervention_id == found.id
    assert len(found.changes) == 2 and all(one.value == 0.0 and one.before for one in found.changes)
    assert len(found.predicted.targets) == len(found.measured.as_graph) == record.n_logit_nodes
    assert found.measured.controls is not None and len(found.measured.controls.in_model) == 19
    assert (found.note, found.model_revision) == ("why not", record.model_revision)
    assert not list((queue.data / "work").iterdir())


def test_asked_twice_it_is_stored_once(queue: JobQueue, record: GraphRecord) -> None:
    question = suppress(queue, record, 1)
    first, again = (wait(queue, queue.intervene(record, question), JobState.DONE) for _ in range(2))
    other = wait(queue, queue.intervene(record, question.model_copy(update={"seed": 3})), JobState.DONE)
    assert first.intervention_id == again.intervention_id != other.intervention_id
    ids = [one.id for one in queue.store.interventions(record.id)]
    assert ids.count(str(first.intervention_id)) == 1


def test_a_transplant_takes_from_another_graph(queue: JobQueue, record: GraphRecord) -> None:
    donor = stored(queue, OTHER)
    asked = {"changes": [{"op": "transplant", "donor": donor.id, "part": "whole"}]}
    job = wait(queue, queue.intervene(record, InterventionQuestion.model_validate(asked)), JobState.DONE)
    found = queue.store.intervention(str(job.intervention_id))
    assert {one.donor for one in found.changes} == {donor.id}
    assert found.predicted.n_unpredicted == sum(one.key is None for one in found.changes) > 0
    assert found.measured.verdict is None


def test_a_verification_is_stored_and_shown(queue: JobQueue, record: GraphRecord) -> None:
    question = VerifyQuestion(group_by="layer", k=5)
    queued = queue.verify(record, question)
    assert (queued.kind, queued.graph_id) == (JobKind.VERIFY, record.id)
    job = wait(queue, queued, JobState.DONE)
    assert (job.phase, job.intervention_id) == (Phase.INTERVENE, None)
    (found,) = queue.store.verifications(record.id)
    assert (found.group_by, found.k, len(found.sequences)) == ("layer", 5, 5)
    assert [one.name for one in found.groups] and found.links
    shown = queue.store.record(record.id)
    assert (shown.faithfulness, shown.faithfulness_random) == (
        found.of("graph").in_model,
        found.of("graph").in_model_random,
    )
    wait(queue, queue.verify(record, question), JobState.DONE)
    assert queue.store.verifications(record.id) == [found]


def test_a_traced_prompt_may_be_verified_at_once(queue: JobQueue) -> None:
    job = wait(queue, queue.submit(ask("Fact: Texas is", verify=True)), JobState.DONE)
    assert (job.kind, job.phase, job.note) == (JobKind.TRACE, Phase.INTERVENE, None)
    assert job.graph_id is not None
    assert queue.store.record(job.graph_id).faithfulness is not None
    assert job.timings.keys() > {"trace", "load", "baseline", "intervene"}


def test_an_outage_of_the_database_fails_no_test(
    queue: JobQueue, record: GraphRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = suppress(queue, record, 2, seed=7)
    calls = outage(queue.store, monkeypatch, "read")
    job = wait(queue, queue.intervene(record, question), JobState.DONE)
    assert calls == 2 * [(record.id,)] and job.intervention_id is not None


def test_nor_does_a_traced_prompt_go_without_its_verification(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = outage(queue.store, monkeypatch, "read")
    job = wait(queue, queue.submit(ask("Fact: Dallas of is", verify=True)), JobState.DONE)
    assert job.graph_id is not None and calls == 2 * [(job.graph_id,)] and job.note is None
    assert queue.store.record(job.graph_id).faithfulness is not None


def test_a_test_goes_before_traces(queue: JobQueue, record: GraphRecord) -> None:
    queue.stop()
    traces = [queue.submit(ask(f"{prompt} is")) for prompt in ("Dallas", "Oakland")]
    test = queue.intervene(record, suppress(queue, record, 3))
    queue.start()
    ended: list[Job] = [wait(queue, job, JobState.DONE) for job in (test, *traces)]
    begun = [job.started_at for job in ended if job.started_at is not None]
    assert begun == sorted(begun) and len(begun) == 3


def test_a_killed_process_leaves_no_half_verification(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = stored(queue, "Fact: Oakland is")
    ran, killed = Tracer.run, list[int]()

    def killing(
        tracer: Tracer, request: Request, on_progress: OnProgress, **options: Any
    ) -> dict[str, float]:
        def progress(phase: Phase, done: int, total: int) -> None:
            on_progress(phase, done, total)
            if phase is Phase.INTERVENE and not killed:
                assert tracer.pid is not None
                killed.append(tracer.pid)
                os.kill(tracer.pid, signal.SIGKILL)

        return ran(tracer, request, progress, **options)

    monkeypatch.setattr(Tracer, "run", killing)
    job = wait(queue, queue.verify(record, VerifyQuestion()), JobState.FAILED)
    assert killed
    assert job.problem is not None and job.problem.error == "TraceFailed" and "SIGKILL" in job.problem.detail
    assert queue.store.verifications(record.id) == []
    assert queue.store.record(record.id).faithfulness is None
    assert not list((queue.data / "work").iterdir())
    wait(queue, queue.verify(record, VerifyQuestion()), JobState.DONE)
    assert queue.job(job.id) == job, "it ended once"
    assert len(queue.store.verifications(record.id)) == 1


def test_a_graph_that_is_deleted_meanwhile_fails_its_test(queue: JobQueue) -> None:
    record = stored(queue, "Fact: The capital is")
    queue.stop()
    queued = queue.verify(record, VerifyQuestion())
    queue.store.delete(record.id)
    queue.start()
    job = wait(queue, queued, JobState.FAILED)
    assert job.problem is not None and job.problem.error == "GraphNotFound"


def test_a_changed_model_is_refused(queue: JobQueue, record: GraphRecord, tmp_path: Path) -> None:
    """The same names, other weights: the transcoders of the two layers change places."""
    entry, transcoders = queue.registry.find("tiny", None)
    other = tmp_path / "transcoders"
    shutil.copytree(transcoders.source, other)
    shutil.copy(Path(transcoders.source) / "layer_0.safetensors", other / "layer_1.safetensors")
    shutil.copy(Path(transcoders.source) / "layer_1.safetensors", other / "layer_0.safetensors")
    changed = transcoders.model_copy(update={"source": str(other)})
    was, models = queue.registry.models, list(queue.registry.models)
    models[models.index(entry)] = entry.model_copy(update={"transcoders": (changed,)})
    object.__setattr__(queue.registry, "models", tuple(models))
    before = queue.store.interventions(record.id)
    try:
        job = wait(queue, queue.intervene(record, suppress(queue, record, 4)), JobState.FAILED)
    finally:
        object.__setattr__(queue.registry, "models", was)
    assert job.problem is not None and job.problem.error == "GraphNotReproduced"
    assert "deviates by" in job.problem.detail
    assert queue.store.interventions(record.id) == before


def test_a_graph_of_a_model_that_is_not_listed_cannot_be_tested(
    queue: JobQueue, record: GraphRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = record.model_copy(update={"model": "gemma-2-2b"})
    with pytest.raises(UnknownModel, match="gemma-2-2b"):
        queue.verify(stranger, VerifyQuestion())
    assert queue.why_not_tested(record) is None
    assert "Unknown model 'gemma-2-2b'" in str(queue.why_not_tested(stranger))
    imported = record.model_copy(update={"origin": "import", "transcoder_set": "called otherwise"})
    assert queue.why_not_tested(imported) is None
    monkeypatch.setattr("ingest.jobs.queue.can_trace", lambda: False)
    with pytest.raises(WorkerUnavailable, match="Testing needs the model, which this server has not"):
        queue.verify(record, VerifyQuestion())
    assert "Testing needs the model" in str(queue.why_not_tested(record))
