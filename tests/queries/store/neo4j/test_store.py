"""The server engine alone: refusals, and several processes that load at once."""

import logging
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import neo4j
import pytest

from queries.errors import (
    DatabaseRefused,
    DatabaseUnavailable,
    UnsupportedSchema,
    UnsupportedServer,
)
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import Explanation
from queries.store import schema
from queries.store.neo4j import connection
from queries.store.neo4j.connection import Transaction
from queries.store.neo4j.load import load_graphs
from queries.store.open import open_store
from tests.support.engines import Engine, neo4j_engine
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE
from tools.neo4j_server import Neo4jServer, free_port

ROOT = Path(__file__).parents[4]


@pytest.fixture
def engine(neo4j_server: Neo4jServer) -> Engine:
    return neo4j_engine(neo4j_server)


def test_a_wrong_password_is_refused_at_once(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(DatabaseRefused) as raised:
        open_store(f"bolt://neo4j:wrong-secret@127.0.0.1:{neo4j_server.port}")
    assert "unauthorized" in str(raised.value)
    assert "wrong-secret" not in str(raised.value)


def test_an_unknown_database_is_refused(engine: Engine) -> None:
    with pytest.raises(DatabaseRefused, match="nowhere"):
        open_store(f"{engine.url}/nowhere")


def test_a_server_that_is_not_there_is_unavailable_when_asked() -> None:
    port = free_port()
    with open_store(f"neo4j://ada:secret@127.0.0.1:{port}") as store:
        for ask in (store.graphs, lambda: store.record("one"), lambda: store.load(make_graph("EL", {}))):
            with pytest.raises(DatabaseUnavailable) as raised:
                ask()
            assert raised.value.url == f"neo4j://ada@127.0.0.1:{port}"
            assert "secret" not in str(raised.value)


def test_an_older_server_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", (5, 999))
    with pytest.raises(UnsupportedServer) as raised:
        open_store(engine.url)
    assert raised.value.found.startswith("5.26")
    assert "Neo4j 5.999 or newer" in str(raised.value)


def test_a_newer_schema_is_refused_and_left_alone(engine: Engine) -> None:
    newer = schema.SCHEMA_VERSION + 1
    with open_store(engine.url) as store:
        store.load(make_graph("EL", {}))
    before = engine.count()
    engine.query(f"MATCH (s:Schema) SET s.version = {newer}")
    with pytest.raises(UnsupportedSchema) as raised:
        open_store(engine.url)
    assert (raised.value.found, raised.value.supported) == (newer, schema.SCHEMA_VERSION)
    assert engine.count() == before


def test_keys_are_unique(engine: Engine) -> None:
    with open_store(engine.url) as store:
        store.load(make_graph("EFL", {(0, 1): 1, (1, 2): 1}))
    for table in schema.TABLES:
        key = next(iter(table.columns))
        engine.query(f"CREATE (:{table.label} {{{key}: 'mine'}})")
        with pytest.raises(neo4j.exceptions.ConstraintError):
            engine.query(f"CREATE (:{table.label} {{{key}: 'mine'}})")


LOAD = """
import sys
from queries.store.open import open_store
from tests.queries.store.neo4j.test_store import overlapping
worker, url = int(sys.argv[1]), sys.stdin.readline().strip()
with open_store(url) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for graph in overlapping(worker):
        assert store.load(graph)
        if int(graph.record.id[-1]) % 2:
            store.delete(graph.record.id)
"""
N_WORKERS, N_GRAPHS, N_FEATURES = 4, 6, 40


def overlapping(worker: int) -> list[AttributionGraph]:
    """Graphs that share every feature, met in another order by each worker."""
    return [
        make_graph(
            "E" + "F" * N_FEATURES + "L",
            {(0, node): 1.0 for node in range(1, N_FEATURES + 1)},
            id=f"worker {worker} graph {number}",
        )
        for number in range(N_GRAPHS)
    ]


def test_processes_that_load_and_delete_at_once_neither_block_nor_duplicate(engine: Engine) -> None:
    loaders = [
        subprocess.Popen(
            [sys.executable, "-c", LOAD, str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for worker in range(N_WORKERS)
    ]
    for loader in loaders:
        assert loader.stdin is not None
        loader.stdin.write(f"{engine.url}\n")
        loader.stdin.flush()
    for loader in loaders:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "ready\n"
    for loader in loaders:
        loader.communicate("go\n", timeout=2 * PATIENCE)
    assert [loader.returncode for loader in loaders] == [0] * N_WORKERS
    kept = N_WORKERS * N_GRAPHS // 2
    counts = engine.count()
    assert (counts["AttributionGraph"], counts["Feature"]) == (kept, N_FEATURES)
    assert counts["INSTANCE_OF"] == counts["FeatureNode"] == kept * N_FEATURES


N_GROUPS, N_TOGETHER = 5, 16


def shared_group(number: int, chance: random.Random) -> list[AttributionGraph]:
    """Graphs that every writer stores, in an order of its own, with its own explanations of features that all have."""
    explained = chance.sample(range(1, N_FEATURES + 1), N_FEATURES // 2)
    told: dict[tuple[int, int] | tuple[int, int, str], list[Explanation]] = {
        (0, index): [Explanation(f"feature {index}", "ada", "auto")] for index in explained
    }
    group = [
        make_graph(
            "E" + "F" * N_FEATURES + "L",
            {(0, node): 1.0 for node in range(1, N_FEATURES + 1)},
            explanations=told,
            id=f"group {number} graph {graph}",
        )
        for graph in range(N_TOGETHER)
    ]
    chance.shuffle(group)
    return group


def test_writers_that_store_the_same_graphs_at_once_never_deadlock(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Each graph is new to one of them, and no transaction is tried again."""
    barrier = Barrier(N_WORKERS)

    def write(worker: int) -> list[str]:
        chance, new = random.Random(worker), list[str]()
        with open_store(engine.url) as store:
            for number in range(N_GROUPS):
                group = shared_group(number, chance)
                barrier.wait(PATIENCE)
                results = store.load_all(group)
                assert set(results) <= {True, False}
                new += [graph.record.id for graph, is_new in zip(group, results, strict=True) if is_new]
        return new

    with caplog.at_level(logging.WARNING, "neo4j"), ThreadPoolExecutor(N_WORKERS) as threads:
        stored = [graph for new in threads.map(write, range(N_WORKERS)) for graph in new]
    assert "retried" not in caplog.text
    assert len(stored) == len(set(stored)) == N_GROUPS * N_TOGETHER
    counts = engine.count()
    assert (counts["AttributionGraph"], counts["Feature"]) == (N_GROUPS * N_TOGETHER, N_FEATURES)
    assert counts["INSTANCE_OF"] == counts["FeatureNode"] == N_GROUPS * N_TOGETHER * N_FEATURES
    assert counts["Explanation"] == counts["EXPLAINED_BY"]
    with open_store(engine.url) as store:
        assert {record.n_labelled_nodes for record in store.graphs()} == {counts["Explanation"]}


def test_a_transaction_that_a_deadlock_ended_is_run_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all of its graphs, which are stored once."""
    deadlock = neo4j.exceptions.Neo4jError._hydrate_neo4j(
        code="Neo.TransientError.Transaction.DeadlockDetected", message="a cycle of waiting clients"
    )
    attempts = list[set[str]]()

    def ended(transaction: Transaction, graphs: list[AttributionGraph]) -> set[str]:
        attempts.append(load_graphs(transaction, graphs))
        if len(attempts) == 1:
            raise deadlock
        return attempts[-1]

    monkeypatch.setattr("queries.store.neo4j.store.load_graphs", ended)
    graphs = overlapping(0)
    with open_store(engine.url) as store:
        assert store.load_all(graphs) == [True] * N_GRAPHS
    assert attempts == [{graph.record.id for graph in graphs}] * 2
    assert engine.count()["FeatureNode"] == N_GRAPHS * N_FEATURES
