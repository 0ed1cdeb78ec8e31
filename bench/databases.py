"""Databases to measure, of either engine, and the edges of a graph in them read alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queries.store.ladybug import statements
from queries.store.ladybug.connection import run
from queries.store.ladybug.store import LadybugStore
from queries.store.neo4j.read import read_edges
from queries.store.neo4j.store import Neo4jStore
from queries.store.store import GraphStore
from queries.words import Engine
from tools.neo4j_server import Memory, running

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


def read_edge_columns(store: GraphStore, graph_id: str) -> int:
    """Read a graph's edges as columns, and nothing else of it. How many there are."""
    if isinstance(store, LadybugStore):
        with store._connection() as connection:
            return len(run(connection, statements.GRAPH_EDGES, graph=graph_id))
    assert isinstance(store, Neo4jStore)
    return len(store._read(lambda transaction: read_edges(transaction, graph_id)))
