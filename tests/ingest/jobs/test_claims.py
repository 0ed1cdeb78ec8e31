"""A process takes one job at a time for its tracing process, rather of the model that it has. On both databases."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import ingest
from ingest.jobs.queue import JobQueue
from ingest.jobs.running import claims, runner
from queries.graph.records import Job, JobRequest, JobState, Phase
from queries.store.open import open_store
from tests.ingest.jobs.test_queue import traces_of, wait
from tests.support.jobs.postgres import PostgresServer
from tests.support.patience import TRACING, soon
from tests.support.tiny_model import write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

WORDS = ["Dallas", "Oakland", "Texas", "state", "capital", "containing"]


@pytest.fixture(params=["sqlite", "postgres"])
def queue(request: pytest.FixtureRequest, tmp_path: Path, tiny: Path) -> Iterator[JobQueue]:
    """Not started, with the tiny model under two names, as two models."""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.url.replace("/jobs", f"/{secrets.token_hex(4)}_jobs")  # which DBOS makes
    else:
        url = f"sqlite:///{tmp_path / 'jobs.sqlite'}"
    write_models_file(tmp_path, tiny)
    file = tmp_path / "models.toml"
    one = file.read_text()
    file.write_text(one + one.replace('name = "tiny"', 'name = "other"').replace("default = true", ""))
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store:
        queue = JobQueue(tmp_path, ingest.load_registry(tmp_path), store, traces_of(tmp_path, store), url)
        try:
            yield queue
        finally:
            queue.stop()


def alternating(queue: JobQueue, n: int) -> list[Job]:
    """Jobs of both models, in turn."""
    requests = [
        {"prompt": f"Fact: {WORDS[each]} is", "model": ("tiny", "other")[each % 2]} for each in range(n)
    ]
    return queue.submit_all([JobRequest.model_validate(each) for each in requests])


def models_in_turn(queue: JobQueue, jobs: list[Job]) -> str:
    """The first letters of the models of ended jobs, in the order in which they began."""
    ended = [wait(queue, job, JobState.DONE) for job in jobs]
    assert all(job.started_at for job in ended)
    return "".join(job.model[0] for job in sorted(ended, key=lambda job: str(job.started_at)))


def test_jobs_of_the_loaded_model_come_first(queue: JobQueue) -> None:
    jobs = alternating(queue, 6)
    queue.start()
    assert models_in_turn(queue, jobs) == "tttooo"


def test_a_model_is_kept_for_a_while_only(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "KEEPS_MODEL", 0.0)
    jobs = alternating(queue, 4)
    queue.start()
    assert models_in_turn(queue, jobs) == "toto"


def test_the_next_prompt_is_traced_while_a_graph_is_stored(
    queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, stored = Event(), list[str]()

    def slow(graph: Any, *more: Any) -> bool:
        stored.append(graph.record.prompt)
        assert release.wait(TRACING)
        return store(graph, *more)

    store = queue.loader.store
    monkeypatch.setattr(runner, "MOST_RUNNING", 4)
    monkeypatch.setattr(queue.loader, "store", slow)
    jobs = alternating(queue, 6)
    queue.start()
    try:
        assert soon(lambda: len(stored) == 4, TRACING), "one was traced after the other"

        def phases() -> list[Phase | None]:
            return [job.phase for job in queue.jobs(10, states=[JobState.RUNNING])]

        assert soon(lambda: set(phases()) == {Phase.LOAD})
        assert len(phases()) == 4, "no more graphs wait in this process than it may have"
    finally:
        release.set()
    assert models_in_turn(queue, jobs) == "tttooo"
    assert len(queue.store.graphs()) == 6


def test_jobs_go_by_priority_and_one_prompt_before_many(queue: JobQueue) -> None:
    def asked(word: str, **more: object) -> JobRequest:
        return JobRequest.model_validate({"prompt": f"Fact: {word} is", "model": "tiny", **more})

    many = queue.submit_all([asked("Dallas"), asked("Oakland", priority=5)])
    one, late = queue.submit(asked("Texas")), queue.submit(asked("state", priority=100))
    other = queue.submit(asked("capital", model="other", priority=9))
    queue.start()
    begun = [wait(queue, job, JobState.DONE) for job in (*many, one, late, other)]
    begun.sort(key=lambda job: str(job.started_at))
    assert [job.prompt.split()[1] for job in begun] == ["Oakland", "capital", "Texas", "Dallas", "state"]
