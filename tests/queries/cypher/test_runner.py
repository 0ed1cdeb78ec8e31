"""The processes that run queries: kept, replaced, ended when nobody waits for them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries.cypher.runner import AT_ONCE, CypherRunner
from queries.errors import DatabaseUnavailable, QueryTimeout, QueryTooLarge
from queries.store.open import open_store
from tests.queries.cypher.conftest import World, running, under_way
from tests.support.patience import AMPLE, LATE, LIMIT, PATIENCE, has_ended, soon

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
ENDLESS = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b UNWIND range(1, 100) AS c RETURN sum(a * b * c)"
UNSTOPPABLE = "RETURN levenshtein(repeat('a', 1000000), repeat('b', 1000000))"
"""One step, of hours: the engine looks at the time between steps."""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[CypherRunner]:
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    with open_store(url):
        one = CypherRunner(url)
        yield one
        one.close()


def run(runner: CypherRunner, query: str = "RETURN 1 AS one", timeout: float = AMPLE) -> list[list[object]]:
    return asyncio.run(runner.run(query, timeout=timeout)).rows


def test_a_process_is_kept_and_one_more_is_ready(runner: CypherRunner) -> None:
    runner.warm()
    assert soon(lambda: len(runner.pids) == 1)
    assert run(runner) == [[1]]
    assert len(pids := runner.pids) == 2
    assert run(runner) == [[1]]
    assert runner.pids == pids


def test_a_query_outside_of_the_process_s_time_ends_it_and_the_next_one_runs(runner: CypherRunner) -> None:
    run(runner)
    started = time.monotonic()
    with pytest.raises(QueryTimeout) as raised:
        run(runner, UNSTOPPABLE, timeout=LIMIT)
    assert time.monotonic() - started < LIMIT + LATE
    assert raised.value.timeout == LIMIT
    assert run(runner) == [[1]]


def test_killed_processes_are_replaced(runner: CypherRunner) -> None:
    run(runner)
    killed = runner.pids
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    # /proc shows a process of several threads as dead before the last thread has ended and its parent can see that.
    assert soon(lambda: not any(child.alive for child in runner._idle if child.pid in killed))
    assert run(runner) == [[1]]
    assert not set(killed) & set(runner.pids)


def test_a_process_that_is_killed_at_its_query_is_told(runner: CypherRunner) -> None:
    async def ask() -> None:
        task = asyncio.create_task(runner.run(ENDLESS, timeout=PATIENCE))
        await under_way(runner)
        for pid in running(runner):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(QueryTooLarge, match="SIGKILL"):
            await task

    asyncio.run(ask())
    assert run(runner) == [[1]]


def test_a_query_that_nobody_waits_for_is_ended(world: World) -> None:
    async def abandon() -> list[int]:
        task = asyncio.create_task(world.runner.run(ENDLESS, timeout=2 * PATIENCE))
        await under_way(world.runner)
        ran = running(world.runner)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ran

    ran = asyncio.run(abandon())
    assert ran and soon(lambda: all(map(has_ended, ran)))
    if world.engine.name == "neo4j":
        marked = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.app = 'circuit-explorer query'"
        assert soon(lambda: world.engine.query(marked) == [])


def test_more_queries_than_run_at_once_wait_their_time(runner: CypherRunner) -> None:
    async def ask() -> None:
        first = [asyncio.create_task(runner.run(ENDLESS, timeout=3 * LIMIT)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)  # each asks for its process
        with pytest.raises(DatabaseUnavailable, match="other queries run"):
            await runner.run("RETURN 1", timeout=0.5 * LIMIT)
        waiting = await runner.run("RETURN 1 AS one", timeout=AMPLE)
        assert waiting.rows == [[1]]
        for ended in await asyncio.gather(*first, return_exceptions=True):
            assert isinstance(ended, QueryTimeout)

    asyncio.run(ask())
    assert len(runner.pids) <= AT_ONCE + 1  # one is ready for a named query


def test_named_queries_never_wait_for_people_s_own(runner: CypherRunner) -> None:
    async def ask() -> None:
        people_s = [asyncio.create_task(runner.run(ENDLESS, timeout=PATIENCE)) for _ in range(2 * AT_ONCE)]
        await under_way(runner, AT_ONCE)
        named = await runner.run("RETURN 1 AS one", timeout=AMPLE, is_named=True)
        assert named.rows == [[1]]
        assert not any(task.done() for task in people_s)
        for task in people_s:
            task.cancel()
        await asyncio.gather(*people_s, return_exceptions=True)

    asyncio.run(ask())


def test_closing_ends_what_runs(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    with open_store(url):
        runner = CypherRunner(url)

        async def ask() -> tuple[int, ...]:
            task = asyncio.create_task(runner.run(ENDLESS, timeout=PATIENCE))
            await under_way(runner)
            there = runner.pids
            await asyncio.to_thread(runner.close)
            with pytest.raises(DatabaseUnavailable):
                await task
            return there

        there = asyncio.run(ask())
    assert there and all(map(has_ended, there))
    assert runner.pids == ()


def test_processes_die_with_their_server(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from queries.cypher.runner import CypherRunner\n"
        "from queries.store.open import open_store\n"
        "async def main():\n"
        "    with open_store(sys.argv[1]):\n"
        "        runner = CypherRunner(sys.argv[1])\n"
        "        asyncio.create_task(runner.run(sys.argv[2], timeout=600))\n"
        "        while len(runner.pids) < 2:\n"
        "            await asyncio.sleep(0.02)\n"
        "        print(*runner.pids, flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    command = [sys.executable, "-c", script, url, ENDLESS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert pids and not any(map(has_ended, pids))
        server.kill()
    assert soon(lambda: all(map(has_ended, pids)))


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    runner = CypherRunner("neo4j://ada:secret@127.0.0.1:1")
    try:
        with pytest.raises(DatabaseUnavailable) as raised:
            run(runner)
        assert "secret" not in str(raised.value) and "ada@127.0.0.1:1" in str(raised.value)
    finally:
        runner.close()


def test_the_database_s_password_is_no_argument_of_a_process(runner: CypherRunner) -> None:
    run(runner)
    for pid in runner.pids:
        assert b"graphs.lbug" not in Path(f"/proc/{pid}/cmdline").read_bytes()
