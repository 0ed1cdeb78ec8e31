"""Database URLs: the engine that one names, the place that it leads to, and how it is shown."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from queries.errors import InvalidRequest

LADYBUG, PARQUET = "ladybug://", "parquet://"
NEO4J = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""The official driver's URL schemes."""


def is_neo4j(url: str) -> bool:
    scheme, is_url, _ = url.partition("://")
    return bool(is_url) and scheme in NEO4J


def shown(url: str) -> str:
    """The URL of a database without its password."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1@", url)


class Address(NamedTuple):
    """The parts of a URL `neo4j://user:password@host:port/database`; `shown` is the URL without its password."""

    uri: str
    auth: tuple[str, str] | None
    database: str | None
    shown: str


def parse(url: str) -> Address:
    """Raises InvalidRequest for a URL that names no server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidRequest("database", f"{shown(url)!r} is no URL: {error}") from None
    if not host:
        raise InvalidRequest(
            "database", f"{shown(url)!r} is not of the form neo4j://user:password@host:port/database"
        )
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    database = unquote(parts.path.strip("/")) or None
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Address(f"{parts.scheme}://{place}", auth, database, shown(url).rstrip("/"))
