"""Databases to measure, of either engine, and the edges of a graph in them read alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queries import ladybug, neo4j
from queries.cypher.answer import Engine
from queries.ladybug_load import run
from queries.store import GraphStore
from tools.neo4j_server import Memory, running

ENGINES: tuple[Engine, ...] = ("ladybug", "neo4j")
SERVER_MEMORY = Memory(heap="2g", page_cache="512m", transaction="1g")
"""A graph of 300,000 edges is 0.5 GB of heap while its transaction lasts."""


@contextmanager
def database(engine: Engine, folder: Path) -> Iterator[str]:
    """The URL of a database in `folder`: an empty one, or what an earlier call left there."""
    if engine == "ladybug":
        yield f"ladybug://{folder}/graphs.ladybug"
    else:
        with running(folder, memory=SERVER_MEMORY) as server:
            yield server.url


def read_edges(store: GraphStore, graph_id: str) -> int:
    """Read a graph's edges as columns, and nothing else of it. How many there are."""
    if isinstance(store, ladybug.LadybugStore):
        with store._connection() as connection:
            return len(run(connection, ladybug.GRAPH_EDGES, graph=graph_id))
    assert isinstance(store, neo4j.Neo4jStore)
    return len(store._read(lambda transaction: neo4j._edges(transaction, graph_id)))
