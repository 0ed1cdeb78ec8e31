"""Hundreds of statements, hostile and honest: each is answered as it must be, and nothing changes."""

import asyncio
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from queries.cypher.answer import MAX_BYTES
from queries.cypher.runner import CypherRunner
from queries.errors import CircuitExplorerError
from tests.queries.cypher import honest, hostile_endless, hostile_ladybug, hostile_neo4j
from tests.queries.cypher.conftest import SECRET, World, running, under_way
from tests.queries.cypher.corpus import Statement
from tests.support.patience import AMPLE, LATE, LIMIT, soon

pytestmark = pytest.mark.slow

HOSTILE = {"ladybug": hostile_ladybug.HOSTILE, "neo4j": hostile_neo4j.HOSTILE}
BOMBS = {"ladybug": hostile_ladybug.BOMBS, "neo4j": hostile_neo4j.BOMBS}
PARTS = 3
"""Of the bombs, which go off at the same time: as many as a server runs at once."""
HONEST = {"ladybug": honest.BOTH + honest.LADYBUG, "neo4j": honest.BOTH + honest.NEO4J}


@pytest.mark.parametrize("name", ["ladybug", "neo4j"])
def test_the_corpora_are_large_and_without_repetition(name: str) -> None:
    endless = hostile_endless.STATEMENTS
    for corpus, least in ((HOSTILE[name] + BOMBS[name], 150), (endless, 100), (HONEST[name], 60)):
        assert len({f"{one.text}{one.parameters}" for one in corpus}) == len(corpus) >= least


def faults(world: World, corpus: list[Statement], timeout: float) -> list[str]:
    """The statements that were not answered as they must be, with what was told."""
    found = []
    for statement in corpus:
        started = time.monotonic()
        status, told, _ = world.ask(statement, timeout)
        seconds = time.monotonic() - started
        if status not in statement.statuses or not told or SECRET in told:
            found.append(f"{status} instead of {statement.statuses}: {statement.text[:200]!r}: {told[:200]}")
        if seconds > timeout + LATE:
            found.append(f"{seconds:.1f} s: {statement.text[:200]!r}")
    return found


def test_what_strangers_try_is_refused_and_leaves_no_trace(world: World) -> None:
    before = world.state()
    assert faults(world, HOSTILE[world.engine.name], AMPLE) == []
    assert world.state() == before
    assert before["folder"] == ["secret.csv"] and not before["connection"]


def test_what_would_take_all_time_and_memory_is_ended_in_time(world: World) -> None:
    before, bombs = world.state(), BOMBS[world.engine.name]

    def part_s_faults(part: int) -> list[str]:
        """Those of a part's bombs, one after another, whose process is there before each: none has to start."""
        with closing(CypherRunner(world.engine.url)) as runner:
            found = []
            for bomb in bombs[part::PARTS]:
                asyncio.run(runner.run("RETURN 1", timeout=AMPLE))
                found += faults(replace(world, runner=runner), [bomb], LIMIT)
            return found

    with ThreadPoolExecutor(PARTS) as parts:
        assert [fault for found in parts.map(part_s_faults, range(PARTS)) for fault in found] == []
    assert soon(lambda: world.state() == before, LATE)  # a server has to end the last one too


def test_what_could_not_be_stopped_is_refused_and_nothing_goes_on(world: World) -> None:
    is_neo4j = world.engine.name == "neo4j"
    corpus = hostile_endless.STATEMENTS if is_neo4j else hostile_endless.PLANNING
    assert faults(world, corpus, AMPLE) == []
    assert world.runner.outliving == []
    if is_neo4j:
        marked = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.app = 'circuit-explorer query'"
        assert world.engine.query(marked) == []


def test_questions_are_answered(world: World) -> None:
    assert faults(world, HONEST[world.engine.name], AMPLE) == []


def test_bombs_leave_others_answered(world: World) -> None:
    bomb = BOMBS[world.engine.name][0].text

    async def ask() -> list[object]:
        bombs = [asyncio.create_task(world.runner.run(bomb, timeout=2 * AMPLE)) for _ in range(2)]
        await under_way(world.runner, len(bombs))
        answer = await world.runner.run("MATCH (n:FeatureNode) RETURN count(*) AS n", timeout=AMPLE)
        assert not any(task.done() for task in bombs)
        for pid in running(world.runner):
            os.kill(pid, signal.SIGKILL)
        return [answer.rows, *await asyncio.gather(*bombs, return_exceptions=True)]

    rows, *ended = asyncio.run(ask())
    assert rows == [[4]]
    assert all(isinstance(error, CircuitExplorerError) for error in ended)


def test_cut_rows_say_so(world: World) -> None:
    many = asyncio.run(world.runner.run("UNWIND range(1, 50) AS x RETURN x", limit=7, timeout=AMPLE))
    assert (many.truncated, many.rows) == ("rows", [[x] for x in range(1, 8)])
    exact = asyncio.run(world.runner.run("UNWIND range(1, 7) AS x RETURN x", limit=7, timeout=AMPLE))
    assert (exact.truncated, len(exact.rows)) == (None, 7)
    text = "x" * 1_000_000
    wide = asyncio.run(
        world.runner.run("UNWIND range(1, 50) AS x RETURN $text AS t", {"text": text}, timeout=AMPLE)
    )
    assert wide.truncated == "bytes"
    assert len(wide.rows) == MAX_BYTES // (len(text) + len('[""]'))
