"""Chats, from messages to graphs: the model's own template makes the tokens, here and in the tracing process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ingest
from ingest.attribution.prompt import split
from ingest.jobs.queue import JobQueue
from ingest.worker.handover import read_graph
from ingest.worker.process import Tracer
from ingest.worker.requests import TraceRequest
from queries.errors import InvalidRequest, NoChatTemplate
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import AttributionParameters, Job, JobRequest, JobState, Prompt, Thresholds
from tests.ingest.jobs.test_queue import open_queue, wait
from tests.support.patience import TRACING
from tests.support.tiny_model import write_chat_model, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

MESSAGES = [{"role": "user", "content": "Dallas is"}]
TOKENS = ["<bos>", "Fact:", "Dallas", "is", "The"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("chats")
    write_chat_model(data / "model")
    write_models_file(data, data / "model")
    return data


@pytest.fixture(scope="module")
def queue(data: Path) -> Iterator[JobQueue]:
    with open_queue(data) as queue:
        queue.start()
        yield queue


def done(queue: JobQueue, **request: object) -> Job:
    return wait(queue, queue.submit(JobRequest.model_validate(request)), JobState.DONE)


def test_messages_become_a_graph_of_the_template_s_tokens(queue: JobQueue) -> None:
    job = done(queue, messages=MESSAGES)
    asked = Prompt.model_validate({"messages": MESSAGES})
    entry, _ = queue.registry.find(None, None)
    assert asked.messages == job.messages
    assert split(entry, asked).tokens == TOKENS
    assert job.graph_id is not None and job.traced is not None
    graph = queue.store.read(job.graph_id)
    assert graph.record.tokens == TOKENS == job.traced.tokens
    assert graph.record.prompt == job.prompt == split(entry, asked).prompt
    assert (job.traced.n_tokens, job.traced.target_kind) == (5, "predictions")
    logits = np.flatnonzero(graph.nodes.kind == NodeKind.LOGIT)
    known = {graph.nodes.token[one]: graph.nodes.probability[one] for one in logits}
    predictions = {one.token: one.probability for one in job.traced.predictions}
    assert predictions == pytest.approx({str(token): share for token, share in known.items()})
    assert job.traced.predictions[0].token == graph.record.prediction.token
    shares = [share for share in predictions.values() if share is not None]
    assert shares == sorted(shares, reverse=True) and len(shares) == len(predictions)
    assert done(queue, prompt=job.prompt).graph_id == job.graph_id, "the same text is the same graph"


def test_an_answer_that_is_begun_is_gone_on_with(queue: JobQueue) -> None:
    job = done(queue, messages=[*MESSAGES, {"role": "assistant", "content": "capital of"}])
    assert job.traced is not None
    assert job.traced.tokens == ["<bos>", "Fact:", "Dallas", "is", "The", "capital", "of"]


def test_a_difference_has_no_probability(queue: JobQueue) -> None:
    terms = [{"token": "Texas", "factor": 1}, {"token": "Dallas", "factor": -1}]
    job = done(queue, prompt="The state is", parameters={"attribution_targets": [{"logits": terms}]})
    assert job.traced is not None
    assert [(one.token, one.probability) for one in job.traced.predictions] == [
        ("Texas rather than Dallas", None)
    ]
    assert job.traced.target_kind == "directions"


def test_what_cannot_be_checked_before_is_made_where_it_is_traced(data: Path, tmp_path: Path) -> None:
    """So where the model's files come from a hub: the request has messages, and words for people."""
    shutil.copytree(data / "model", tmp_path / "model")
    write_models_file(tmp_path, tmp_path / "model")
    template = tmp_path / "model" / "model" / "chat_template.jinja"
    entry, transcoders = ingest.load_registry(tmp_path).find(None, None)

    def asked(role: str) -> TraceRequest:
        messages = [{"role": role, "content": "Dallas is"}]
        return TraceRequest.model_validate(
            {
                "entry": entry,
                "transcoders": transcoders,
                "prompt": f"{role}: Dallas is",
                "messages": messages,
                "attribution": AttributionParameters(),
                "thresholds": Thresholds(),
                "output": tmp_path / "graph.npz",
                "trace": tmp_path / "whole.trace",
            }
        )

    tracer = Tracer(tmp_path / "tracing.log")
    try:
        tracer.run(asked("user"), lambda *_: None)
        assert read_graph(tmp_path / "graph.npz").record.tokens == TOKENS
        with pytest.raises(InvalidRequest, match="Only user and assistant"):
            tracer.run(asked("system"), lambda *_: None)
    finally:
        tracer.close()
    template.unlink()
    tracer = Tracer(tmp_path / "tracing.log")
    try:
        with pytest.raises(NoChatTemplate, match="'tiny' has no chat template"):
            tracer.run(asked("user"), lambda *_: None)
    finally:
        tracer.close()
