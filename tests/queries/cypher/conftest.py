"""A database of each engine with graphs in it, the runner on it, and what no query may touch."""

import asyncio
import hashlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.http.errors import STATUSES
from queries.cypher.answer import CypherAnswer
from queries.cypher.runner import CypherRunner
from queries.errors import CircuitExplorerError
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.cypher.corpus import Statement
from tests.queries.store.test_store import full_graph
from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tests.support.patience import PATIENCE, soon

SECRET = "swordfish-4711"
"""What is in the file that no answer and no error may tell of."""


@dataclass
class World:
    """A database whose store is open, as in a server, and the places around it that a query may reach for."""

    engine: Engine
    store: GraphStore
    runner: CypherRunner
    folder: Path
    secret: Path
    listener: socket.socket

    def ask(self, statement: Statement, timeout: float) -> tuple[int, str, CypherAnswer | None]:
        """The status over HTTP, all that was told, and the answer where there is one."""
        places = {
            "{secret}": str(self.secret),
            "{folder}": str(self.folder),
            "{port}": str(self.listener.getsockname()[1]),
            "{graph}": "one",
        }
        text = statement.text
        for name, place in places.items():
            text = text.replace(name, place)
        try:
            answer = asyncio.run(self.runner.run(text, statement.parameters, timeout=timeout))
        except CircuitExplorerError as error:
            return STATUSES[type(error)], str(error), None
        return 200, answer.json().decode(), answer

    def state(self) -> dict[str, Any]:
        """All that a query could have changed."""
        found: dict[str, Any] = {"folder": sorted(path.name for path in self.folder.rglob("*"))}
        for name, statement in STATES[self.engine.name].items():
            rows = sorted(
                json.dumps(row, default=str, sort_keys=True) for row in self.engine.query(statement)
            )
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest() if len(rows) > 9 else rows
        try:
            self.listener.accept()[0].close()
            found["connection"] = True
        except BlockingIOError:
            found["connection"] = False
        return found


def running(runner: CypherRunner) -> list[int]:
    """The processes whose queries are under way."""
    return [child.pid for child in runner._busy if child._engine]


async def under_way(runner: CypherRunner, queries: int = 1) -> None:
    """Return once that many queries are."""
    assert await asyncio.to_thread(soon, lambda: len(running(runner)) == queries)


STATES = {
    "ladybug": {
        "nodes": "MATCH (n) RETURN n",
        "relationships": "MATCH (a)-[r]->(b) RETURN r",
        "tables": "CALL show_tables() RETURN name, type, comment",
        "functions": "CALL show_functions() RETURN *",
        "macros": "CALL show_macros() RETURN *",
        "sequences": "CALL show_sequences() RETURN *",
        "extensions": "CALL show_loaded_extensions() RETURN *",
    },
    "neo4j": {
        "nodes": "MATCH (n) RETURN elementId(n), labels(n), properties(n)",
        "relationships": "MATCH ()-[r]->() RETURN elementId(r), type(r), properties(r)",
        "users": "SHOW USERS YIELD user, suspended, passwordChangeRequired",
        "settings": "SHOW SETTINGS YIELD name, value",
        "indexes": "SHOW INDEXES YIELD name, type",
        "constraints": "SHOW CONSTRAINTS YIELD name, type",
        "transactions": "SHOW TRANSACTIONS YIELD metaData WHERE metaData.app IS NOT NULL",
    },
}


@pytest.fixture(scope="module", params=["ladybug", "neo4j"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if request.param == "ladybug":
        engine = ladybug_engine(tmp_path_factory.mktemp("database"))
    else:
        engine = neo4j_engine(request.getfixturevalue("neo4j_server"))
    folder = tmp_path_factory.mktemp("folder")
    secret = folder / "secret.csv"
    secret.write_text(f"{SECRET}\n")
    with open_store(engine.url) as store, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        store.load(full_graph("one"))
        store.load(full_graph("two"))
        runner = CypherRunner(engine.url)
        try:
            asyncio.run(runner.run("RETURN 1", timeout=PATIENCE))
            yield World(engine, store, runner, folder, secret, listener)
        finally:
            runner.close()
