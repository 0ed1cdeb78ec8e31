"""Queries that Neo4j cannot stop, sent past the checks that keep them out: they are seen, and keep nobody waiting."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from queries.cypher import on_neo4j
from queries.cypher.answer import CypherQuery
from queries.cypher.on_neo4j import Neo4jEngine
from queries.cypher.outliving import APP, mark
from queries.cypher.runner import CypherRunner
from queries.errors import TooManyOutlive
from tests.support.patience import AMPLE, LIMIT, PATIENCE, soon
from tools.neo4j_server import USER, CannotStart, Neo4jServer

pytestmark = pytest.mark.slow

ENDLESS = "WITH reduce(l = [1], i IN range(1, 60) | l + l) AS l RETURN all(x IN l WHERE x > 0) AS {name}"
SEND = """
import json, sys, neo4j
address, password, query, mark = json.loads(sys.stdin.read())
with neo4j.GraphDatabase.driver(address, auth=("neo4j", password)) as driver, driver.session() as session:
    with session.begin_transaction(mark, mark["timeout"]) as transaction:
        transaction.run(query).consume()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Neo4jServer]:
    """One of the test's own, since it is left with queries that only its end stops."""
    own = Neo4jServer(tmp_path)
    try:
        own.start()
    except CannotStart as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield own
    own.kill()


def leave_behind(server: Neo4jServer, names: tuple[str, ...]) -> None:
    """Start a query for each name, as a child does, and kill each one's process once the server has begun it."""
    address, senders = f"bolt://127.0.0.1:{server.port}", []
    for name in names:
        text = ENDLESS.format(name=name)
        sender = subprocess.Popen(
            [sys.executable, "-c", SEND], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        senders.append(sender)
        marked = mark(CypherQuery(text, {}, timeout=2 * PATIENCE))
        assert sender.stdin is not None
        sender.stdin.write(json.dumps([address, server.password, text, marked]).encode())
        sender.stdin.close()
    begun = f"SHOW TRANSACTIONS YIELD metaData, runtime WHERE metaData.app = '{APP}' AND runtime IS NOT NULL"
    with (
        neo4j.GraphDatabase.driver(address, auth=(USER, server.password)) as driver,
        driver.session() as session,
    ):
        assert soon(lambda: len(session.run(begun).values()) == len(names))
    time.sleep(
        2 * LIMIT
    )  # for the step from the plan to the expression, which no column of the server's tells
    for sender in senders:
        assert sender.poll() is None
        sender.kill()
        sender.wait()


def test_what_outlives_its_end_is_named_and_others_go_on(
    server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, names = CypherRunner(server.url), ("first", "second", "third")
    try:
        assert runner.outliving == []
        leave_behind(server, names)
        runner.warm()
        assert soon(lambda: len(runner.outliving) == len(names))
        assert {one.query for one in runner.outliving} == {ENDLESS.format(name=name) for name in names}
        assert all(one.id and one.seconds > 0 for one in runner.outliving)

        for is_named in (False, True):
            answer = asyncio.run(runner.run("RETURN 1 AS one", timeout=AMPLE, is_named=is_named))
            assert answer.rows == [[1]]

        monkeypatch.setattr(on_neo4j, "MAX_OUTLIVING", 2)
        engine, request = Neo4jEngine(server.url), CypherQuery("RETURN 1 AS one", {}, timeout=AMPLE)
        with pytest.raises(TooManyOutlive, match="goes on with 3 queries"), engine.result(request):
            pass
        with engine.result(request._replace(is_named=True)) as (_, rows):
            assert list(rows) == [[1]]
        engine._driver.close()

        server.kill()
        server.start()
        assert soon(lambda: runner.outliving == [])
    finally:
        runner.close()
