"""Opening the engine that a database URL names."""

from pathlib import Path

from queries.errors import InvalidRequest
from queries.store.address import LADYBUG, is_neo4j, shown
from queries.store.parquet import PARQUET, ParquetStore
from queries.store.store import GraphStore


def open_store(url: str, *, read_only: bool = False) -> GraphStore:
    """Open the database at `ladybug:///path` or `neo4j://user:password@host:port/database`.

    `read_only`: nothing is created or changed, and another process may have a Ladybug file open for writing.
    A Parquet data set, `parquet:///folder`, opens with `read_only` alone.
    Raises InvalidDataSet, DatabaseUnavailable, DatabaseRefused, UnsupportedServer, UnsupportedSchema, InvalidRequest.
    """
    if url.startswith(LADYBUG) and len(url) > len(LADYBUG):
        from queries.store.ladybug.store import LadybugStore

        return LadybugStore(Path(url.removeprefix(LADYBUG)), read_only=read_only)
    if is_neo4j(url):
        from queries.store.neo4j.store import Neo4jStore

        return Neo4jStore(url, read_only=read_only)
    if read_only and url.startswith(PARQUET):
        return ParquetStore(Path(url.removeprefix(PARQUET)))
    raise InvalidRequest(
        "database",
        f"{shown(url)!r} is neither ladybug:///path/to/database nor neo4j://user:password@host:port/database",
    )
