"""The engine that a database URL names."""

from pathlib import Path

from queries.errors import InvalidRequest
from queries.store import GraphStore

LADYBUG = "ladybug://"


def open_store(url: str) -> GraphStore:
    """Open the database at `ladybug:///path`. Raises DatabaseUnavailable, UnsupportedSchema, InvalidRequest."""
    if url.startswith(LADYBUG) and len(url) > len(LADYBUG):
        from queries.ladybug import LadybugStore

        return LadybugStore(Path(url.removeprefix(LADYBUG)))
    raise InvalidRequest("database", f"{url!r} is not of the form ladybug:///path/to/database")
