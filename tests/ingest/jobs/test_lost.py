"""What lost processes ran is queued again; every process has an id of its own. On SQLite and on Postgres."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import ingest
from ingest.jobs.queue import JobQueue
from ingest.jobs.running import executors as module
from ingest.jobs.running.executors import Executors
from queries.graph.records import Job, JobState
from queries.internals.records import InternalsParameters
from queries.store.open import open_store
from tests.ingest.jobs.test_queue import ask, traces_of, wait
from tests.support.engines import Engine
from tests.support.jobs.postgres import PostgresServer
from tests.support.patience import TRACING, soon
from tests.support.tiny_model import write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty job database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url.replace("/jobs", "/postgres")


def test_every_process_has_an_id_of_its_own(url: str) -> None:
    with closing(Executors(url)) as one, closing(Executors(url)) as other:
        assert one.own != other.own
        for each in (one, other):
            each.register()
        assert one.lost([one.own, other.own]) == []
        other.leave()
        assert one.lost([other.own, "never known"]) == [other.own, "never known"]


def test_a_process_of_this_machine_that_is_gone_is_lost_at_once(url: str) -> None:
    script = f"""
from ingest.jobs.running.executors import Executors
one = Executors({url!r})
one.register()
print(one.own)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    gone = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    with closing(Executors(url)) as mine:
        mine.register()
        assert mine.lost([gone.stdout.strip()]) == [gone.stdout.strip()]


def test_one_elsewhere_is_lost_once_it_is_silent(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Executors(url)) as mine, closing(Executors(url)) as other:
        other._host = "elsewhere"
        for each in (mine, other):
            each.register()
        assert mine.lost([other.own]) == []
        monkeypatch.setattr(module, "SILENT", 0.2)
        assert soon(lambda: mine.lost([other.own]) == [other.own])
        other.live()
        assert mine.lost([other.own]) == []


def test_one_that_was_forgotten_is_known_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Executors(url)) as mine, closing(Executors(url)) as other:
        other.register()
        monkeypatch.setattr(module, "FORGOTTEN", -1.0)
        mine.register()
        assert mine.lost([other.own]) == [other.own]
        other.live()
        assert mine.lost([other.own]) == []


@pytest.fixture(params=[("ladybug", "sqlite"), ("neo4j", "postgres")], ids=lambda each: "-".join(each))
def places(request: pytest.FixtureRequest, tmp_path: Path, tiny: Path) -> tuple[Path, str, str]:
    """A data folder, and the URLs of its graphs and jobs."""
    graphs = request.param[0]
    data = tmp_path / "data"
    data.mkdir()
    write_models_file(data, tiny)
    if graphs == "ladybug":
        return data, f"ladybug://{data / 'graphs.lbug'}", f"sqlite:///{data / 'jobs.sqlite'}"
    from tests.support.engines import neo4j_engine

    engine: Engine = neo4j_engine(request.getfixturevalue("neo4j_server"))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return data, engine.url, server.url


WORKER = """
import sys
from api.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def worker(data: Path, database: str, jobs: str, *options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [
            *(sys.executable, "-c", WORKER, "worker", "--data", str(data)),
            *("--database", database, "--jobs", jobs, *options),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


def inside_after_a_kill(queue: JobQueue, data: Path, database: str, jobs: str, made: Job) -> None:
    """The same for internals, whose worker is killed while it computes or stores them."""
    graph_id = str(made.graph_id)
    job = queue.internals(queue.store.record(graph_id), InternalsParameters())
    with worker(data, database, jobs) as first:
        try:
            assert soon(lambda: queue.job(job.id).done > 0, TRACING)
        finally:
            first.send_signal(signal.SIGKILL)
    with worker(data, database, jobs, "--drain", "--max-idle", "1") as second:
        ended = wait(queue, queue.job(job.id), JobState.DONE)
        second.communicate(timeout=TRACING)
    assert queue.job(job.id) == ended
    internals = queue.store.internals(graph_id)
    assert internals is not None
    assert [file.stem for file in (data / "traces").glob("*.internals")] == [internals.record.id]


def submitted(queue: JobQueue, n: int) -> list[str]:
    words = ["Dallas", "Oakland", "Texas", "state", "capital"]
    return [queue.submit(ask(f"Fact: The {words[each]} is")).id for each in range(n)]


def test_a_killed_workers_job_is_ended_once_by_another(places: tuple[Path, str, str]) -> None:
    data, database, jobs = places
    asked = data.parent / "asked"  # submits and looks, and runs nothing
    asked.mkdir()
    (asked / "models.toml").write_text((data / "models.toml").read_text())
    store_place = f"ladybug://{asked / 'other.lbug'}" if database.startswith("ladybug") else database
    with open_store(store_place) as store:  # which Ladybug lets one process write
        queue = JobQueue(asked, ingest.load_registry(asked), store, traces_of(asked, store), jobs)
        try:
            ids = submitted(queue, 3)
            with worker(data, database, jobs) as first:
                try:
                    assert soon(lambda: queue.job(ids[0]).state == JobState.RUNNING, TRACING)
                finally:
                    first.send_signal(signal.SIGKILL)
            assert queue.job(ids[0]).state == JobState.RUNNING, "its end was not recorded"
            ids.append(queue.submit(ask("Fact: The Texas", priority=2)).id)
            with worker(data, database, jobs, "--drain", "--max-idle", "1") as second:
                ended = [wait(queue, queue.job(each), JobState.DONE) for each in ids]
                printed, _ = second.communicate(timeout=TRACING)
            assert second.returncode == 0
            assert "Working on the jobs of" in printed and "the worker ends" in printed
            assert len({job.graph_id for job in ended}) == 4
            assert [queue.job(each) for each in ids] == ended, "each ended once"
            finished = [job.finished_at for job in ended if job.finished_at is not None]
            assert finished[0] == min(finished), "what was begun goes first, whatever waits"
            if store_place == database:
                inside_after_a_kill(queue, data, database, jobs, ended[0])
        finally:
            queue.stop()
    with open_store(database) as graphs:
        assert {record.id for record in graphs.graphs()} == {job.graph_id for job in ended}
