"""What only the server engine has: addresses, refusals, several loading processes at once."""

import subprocess
import sys
from pathlib import Path

import neo4j
import pytest

from queries.errors import (
    DatabaseRefused,
    DatabaseUnavailable,
    InvalidRequest,
    StorageFull,
    UnsupportedSchema,
    UnsupportedServer,
)
from queries.graph.attribution_graph import AttributionGraph
from queries.store import schema
from queries.store.address import Address, parse
from queries.store.neo4j import connection as bolt
from queries.store.open import open_store
from tests.support.engines import Engine, neo4j_engine
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE
from tools.neo4j_server import Neo4jServer, free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture
def engine(neo4j_server: Neo4jServer) -> Engine:
    return neo4j_engine(neo4j_server)


@pytest.mark.parametrize(
    ("url", "uri", "auth", "database", "shown"),
    [
        ("neo4j://host", "neo4j://host", None, None, "neo4j://host"),
        (
            "bolt+s://ada:a%40b@host:1/lab",
            "bolt+s://host:1",
            ("ada", "a@b"),
            "lab",
            "bolt+s://ada@host:1/lab",
        ),
        ("neo4j://ada:p@[::1]:7687/", "neo4j://[::1]:7687", ("ada", "p"), None, "neo4j://ada@[::1]:7687"),
    ],
)
def test_an_address_is_read_and_shown_without_its_password(
    url: str, uri: str, auth: tuple[str, str] | None, database: str | None, shown: str
) -> None:
    assert parse(url) == Address(uri, auth, database, shown)


@pytest.mark.parametrize("url", ["neo4j://", "bolt://:secret@", "neo4j://ada:secret@host:port"])
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse(url)
    assert raised.value.parameter == "database"
    assert "secret" not in str(raised.value)


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


@pytest.mark.parametrize(
    ("code", "told"),
    [
        # What 5.26 says when its disk is full, and from then on until it is started again.
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", DatabaseUnavailable),
        ("Neo.DatabaseError.Transaction.TransactionStartFailed", DatabaseUnavailable),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", StorageFull),
        ("Neo.ClientError.Security.AuthenticationRateLimit", DatabaseUnavailable),
        ("Neo.ClientError.Security.Unauthorized", DatabaseRefused),
        ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", StorageFull),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", neo4j.exceptions.ConstraintError),
    ],
)
def test_what_the_server_says_is_told(code: str, told: type[Exception]) -> None:
    error = neo4j.exceptions.Neo4jError._hydrate_neo4j(code=code, message="It cannot.\nMore.")
    assert isinstance(bolt.translated(parse("neo4j://ada:secret@lab"), error), told)


def test_an_older_server_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bolt, "OLDEST", (5, 999))
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
from tests.queries.store.test_neo4j import overlapping
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
