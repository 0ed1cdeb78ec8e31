"""The short form of `make soak`, and that it sees what is wrong."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.jobs import postgres
from tests.support.patience import TRACING
from tests.support.soak.ledger import Ledger, Wrong
from tests.support.soak.logs import taken_up
from tests.support.soak.programs import Program
from tests.support.soak.setups import SetupName
from tests.support.soak.soak import soak
from tools import neo4j_server

KILLS = {SetupName.EMBEDDED: 4, SetupName.SHARED: 10}
"""On Postgres and Neo4j, each way to kill once."""


@pytest.mark.slow
@pytest.mark.timeout(6 * TRACING)
@pytest.mark.parametrize("name", SetupName)
def test_kills_lose_and_double_nothing(name: SetupName, tmp_path: Path) -> None:
    pytest.importorskip("circuit_tracer")
    try:
        report = soak(name, tmp_path, KILLS[name], seed=0)
    except (postgres.CannotStart, neo4j_server.CannotStart) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    assert report.faults == []
    assert report.kills.total() == KILLS[name]
    assert report.ending.states.total() == report.ending.accepted > 0
    assert report.ending.states["done"] > 0
    if name is SetupName.SHARED:
        assert len(report.kills) == 8


def a_job(**changes: object) -> dict[str, object]:
    ended = {"id": "one", "state": "done", "graph_id": "a", "problem": None, "finished_at": "now"}
    return ended | changes


@pytest.mark.parametrize(
    ("then", "wrong"),
    [
        ({}, []),
        ({"seconds_left": 1.0}, []),
        ({"state": "running"}, [Wrong.DOUBLED]),
        ({"graph_id": "b"}, [Wrong.DOUBLED]),
        ({"finished_at": "later"}, [Wrong.DOUBLED]),
    ],
)
def test_a_job_ends_once(then: dict[str, object], wrong: list[Wrong]) -> None:
    ledger = Ledger()
    ledger.accepted(a_job(state="queued"))
    assert ledger.unfinished == {"one"}
    for job in (a_job(), a_job(**then)):
        ledger.seen(job)
    assert ledger.unfinished == set()
    assert [fault.wrong for fault in ledger.faults] == wrong


def test_only_what_was_cancelled_is_cancelled() -> None:
    ledger = Ledger()
    ledger.cancels("one")
    for job in ("one", "two"):
        ledger.seen(a_job(id=job, state="cancelled"))
    assert [(fault.wrong, fault.what) for fault in ledger.faults] == [
        (Wrong.LOST, "two is cancelled, and nobody did")
    ]


def test_a_job_is_taken_up_when_it_is_begun_again(tmp_path: Path) -> None:
    """Worker 1 is killed at second 10 while it runs b; worker 2 notices that at 13 and begins b at 15. Worker 1 is back
    then, and killed again at 20, while it runs d: it notices at 30, when it is back, and begins d at 31 and b, which
    worker 2 has cut since, at 50."""
    lines: dict[str, list[tuple[int, str, str | None]]] = {
        "worker-1": [
            (1, "The job is begun.", "a"),
            (4, "The job is done.", "a"),
            (5, "The job is begun.", "b"),
            (18, "The job is begun.", "d"),
            (30, "The process host:78:ab12 is lost: what it ran is queued again.", None),
            (31, "The job is begun.", "d"),
            (49, "The process host:79:ab12 is lost: what it ran is queued again.", None),
            (50, "The job is begun.", "b"),
        ],
        "worker-2": [
            (6, "The job is begun.", "c"),
            (13, "The process host:77:ab12 is lost: what it ran is queued again.", None),
            (14, "The job is done.", "c"),
            (15, "The job is begun.", "b"),
        ],
    }

    def time(second: int) -> datetime:
        return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)

    programs = []
    for name, said in lines.items():
        programs.append(Program(name, tmp_path / name, ["worker"]))
        written = [{"time": time(at).isoformat(), "message": what, "job": job} for at, what, job in said]
        programs[-1].log.write_text("".join(f"{json.dumps(line)}\n" for line in written))
    programs[0].kills += [(time(10), 77), (time(20), 78)]
    programs[1].kills.append((time(40), 79))
    assert taken_up(programs) == (3, 11.0, 2.0)
