"""The graph databases that tests run on: how to reach one, and what it holds."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ladybug
import neo4j

from tools.neo4j_server import USER, Neo4jServer

COUNTS = (
    "MATCH (n) RETURN {label}, count(*)",
    "MATCH ()-[r]->() RETURN {type}, count(*)",
)


@dataclass(frozen=True)
class Engine:
    """A database of one engine. `query` runs Cypher past the program and returns the rows; `write` runs statements that
    change something, one after another, while no store has it open."""

    name: str
    url: str
    query: Callable[[str], list[list[Any]]]
    write: Callable[..., None]

    def count(self) -> Counter[str]:
        """How many nodes of each label and relationships of each type it holds."""
        nodes, relationships = COUNTS
        if self.name == "neo4j":
            nodes, relationships = nodes.format(label="labels(n)[0]"), relationships.format(type="type(r)")
        else:
            nodes, relationships = nodes.format(label="label(n)"), relationships.format(type="label(r)")
        found: Iterable[list[Any]] = self.query(nodes) + self.query(relationships)
        return Counter({label: n for label, n in found if label != "Schema"})


def ladybug_engine(folder: Path) -> Engine:
    path = folder / "store" / "graphs.ladybug"

    def query(statement: str) -> list[list[Any]]:
        # A store may have it open for writing: this sees what is committed.
        with ladybug.Database(path, read_only=True) as database, ladybug.Connection(database) as connection:
            result = connection.execute(statement)
            assert isinstance(result, ladybug.QueryResult)
            return list(result)

    def write(*statements: str) -> None:
        with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
            for statement in statements:
                connection.execute(statement)

    return Engine("ladybug", f"ladybug://{path}", query, write)


def neo4j_engine(server: Neo4jServer) -> Engine:
    """The server's database, emptied."""

    def query(statement: str) -> list[list[Any]]:
        address = f"bolt://127.0.0.1:{server.port}"
        with (
            neo4j.GraphDatabase.driver(address, auth=(USER, server.password)) as driver,
            driver.session() as session,
        ):
            return session.run(statement).values()

    query("MATCH (n) DETACH DELETE n")

    def write(*statements: str) -> None:
        for statement in statements:
            query(statement)

    return Engine("neo4j", server.url, query, write)
