"""The engine that a database URL names."""

from pathlib import Path

from queries.errors import InvalidRequest
from queries.store import GraphStore

LADYBUG = "ladybug://"
NEO4J = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""The official driver's URL schemes."""


def open_store(url: str) -> GraphStore:
    """Open the database at `ladybug:///path` or `neo4j://user:password@host:port/database`.

    Raises DatabaseUnavailable, DatabaseRefused, UnsupportedServer, UnsupportedSchema, InvalidRequest.
    """
    if url.startswith(LADYBUG) and len(url) > len(LADYBUG):
        from queries.ladybug import LadybugStore

        return LadybugStore(Path(url.removeprefix(LADYBUG)))
    scheme, is_url, _ = url.partition("://")
    if is_url and scheme in NEO4J:
        from queries.neo4j import Neo4jStore

        return Neo4jStore(url)
    raise InvalidRequest(
        "database",
        f"{url!r} is neither ladybug:///path/to/database nor neo4j://user:password@host:port/database",
    )
