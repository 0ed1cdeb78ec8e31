"""Only the embedded engine has a file that the server writes while a query reads it."""

import asyncio
from contextlib import closing, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from queries.cypher import on_ladybug
from queries.cypher.answer import CypherQuery
from queries.cypher.on_ladybug import LadybugEngine
from queries.cypher.runner import AT_ONCE, CypherRunner
from queries.errors import DatabaseUnavailable, InvalidQuery
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.store.test_store import full_graph
from tests.support.patience import AMPLE

WEIGHTS = "MATCH ()-[r:DIRECT_EFFECT]->() RETURN count(*) AS n, sum(abs(r.weight)) AS weights"


def answer(engine: LadybugEngine, query: str) -> list[list[Any]]:
    with engine.result(CypherQuery(query, {}, 100, 30.0)) as (_, rows):
        return list(rows)


@pytest.mark.slow
def test_a_query_that_the_file_was_written_under_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    engine, run = LadybugEngine(url), on_ladybug._run
    monkeypatch.setattr(on_ladybug, "_locked_in", nullcontext)  # this process must go on opening files
    with open_store(url) as store:
        store.load(full_graph("one"))
        [[n, weights]] = answer(engine, WEIGHTS)
        assert n == 7 and weights > 0
        ran: list[str] = []

        def run_while_storing(connection: Any, query: str, parameters: Any) -> Any:
            if query.startswith("MATCH"):
                ran.append(query)
                if len(ran) == 1:
                    for number in range(6):
                        store.load(full_graph(f"more{number}"))
            return run(connection, query, parameters)

        monkeypatch.setattr(on_ladybug, "_run", run_while_storing)
        assert answer(engine, WEIGHTS) == [[7 * n, pytest.approx(7 * weights)]]
        assert len(ran) == 2


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="No such file"):
        answer(LadybugEngine(f"ladybug://{tmp_path / 'nothing.lbug'}"), "RETURN 1")
    assert not (tmp_path / "nothing.lbug").exists()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that an engine in this process has run."""
    ran: list[str] = []
    real = on_ladybug._rows

    def rows(connection: Any, request: CypherQuery, found: Any) -> Any:
        ran.append(request.query)
        return real(connection, request, found)

    monkeypatch.setattr(on_ladybug, "_locked_in", nullcontext)
    monkeypatch.setattr(on_ladybug, "_rows", rows)
    return ran


def test_a_first_query_that_a_checkpoint_disturbs_is_run_again(
    tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, run = f"ladybug://{tmp_path / 'graphs.lbug'}", on_ladybug._rows
    with open_store(url) as store:
        store.load(full_graph("one"))

    def disturbed(*arguments: Any) -> Any:
        if len(counted) < 3:
            counted.append("")
            raise RuntimeError(f"Runtime exception: Reading past the end, {len(counted)}")
        return run(*arguments)

    monkeypatch.setattr(on_ladybug, "_rows", disturbed)
    assert answer(LadybugEngine(url), WEIGHTS)[0][0] == 7
    assert counted == ["", "", "", WEIGHTS]


def test_a_query_s_own_error_is_told(tmp_path: Path, counted: list[str]) -> None:
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    with open_store(url) as store:
        store.load(full_graph("one"))
    engine = LadybugEngine(url)
    for times in (on_ladybug.OPENS, 1):
        with pytest.raises(InvalidQuery, match="Nothing"):
            answer(engine, "MATCH (n:Nothing) RETURN n")
        assert len(counted) == times, "the database is known to be whole after the first"
        counted.clear()
    with pytest.raises(InvalidQuery, match="Parser"):
        answer(LadybugEngine(url), "RETURN (")
    assert len(counted) == 1


@pytest.mark.slow
def test_a_storm_of_queries_beside_a_writer_is_answered(tmp_path: Path) -> None:
    """The writer commits and checkpoints; each commit has the queries' processes open the file anew."""
    url, done, stored = f"ladybug://{tmp_path / 'graphs.lbug'}", Event(), list[str]()

    def write(store: GraphStore) -> None:
        while not done.wait(0.3):
            stored.append(f"graph {len(stored)}")
            store.load(full_graph(stored[-1]))

    async def ask(runner: CypherRunner) -> None:
        query = "MATCH (g:AttributionGraph)-[:HAS_NODE]->(n:FeatureNode) RETURN g.id, count(n) AS n, min(g.n_edges)"
        while len(stored) < 8:
            answer = await runner.run(query, timeout=AMPLE)
            assert {tuple(row[1:]) for row in answer.rows} == {(2, 7)}

    async def storm(runner: CypherRunner) -> None:
        await asyncio.gather(*(ask(runner) for _ in range(AT_ONCE)))

    with open_store(url) as store, closing(CypherRunner(url)) as runner:
        store.load(full_graph("first"))
        writer = Thread(target=write, args=(store,))
        writer.start()
        try:
            asyncio.run(storm(runner))
        finally:
            done.set()
            writer.join()
