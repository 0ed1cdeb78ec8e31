"""Reaching a Neo4j server: a driver for its address, and its errors as this program's own errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import neo4j
from neo4j import exceptions

from queries.errors import (
    CircuitExplorerError,
    DatabaseRefused,
    DatabaseUnavailable,
    StorageFull,
    UnsupportedServer,
)
from queries.store.address import Address

Transaction: TypeAlias = neo4j.ManagedTransaction
ERRORS = (exceptions.Neo4jError, exceptions.DriverError)
"""All that the server or the connection may raise."""

OLDEST = (5, 26)
"""The oldest Neo4j that is supported."""
NO_ROOM = ("DatabaseReadOnly", "WriteOnReadOnly", "MemoryPoolOutOfMemory")
"""Parts of the codes of errors that say that a graph does not fit: on the disk, or into a transaction's memory."""
BROKEN = ("Neo.DatabaseError.Transaction.", "Neo.DatabaseError.Database.", "Neo.DatabaseError.General.")
"""Prefixes of the codes of a server that must be started again, as after a full disk. They do not name the cause."""
CONNECT_TIMEOUT = 5.0
"""Seconds after which a server that does not answer is unavailable."""


def open_driver(address: Address, **options: Any) -> neo4j.Driver:
    """A driver; nothing is connected yet."""
    # Nobody here reads the server's notifications about queries (deprecations, labels that do not exist yet).
    quiet: dict[str, Any] = {"notifications_min_severity": "OFF", "warn_notification_severity": "OFF"}
    timeouts = {
        "connection_timeout": CONNECT_TIMEOUT,
        "connection_acquisition_timeout": 6 * CONNECT_TIMEOUT,
        "max_transaction_retry_time": CONNECT_TIMEOUT,
    }
    return neo4j.GraphDatabase.driver(
        address.uri, auth=address.auth, user_agent="circuit-explorer", **{**quiet, **timeouts, **options}
    )


def check_server(session: neo4j.Session, address: Address) -> None:
    """Raises UnsupportedServer where it is older than `OLDEST`."""
    with translated_errors(address):
        agent = str(session.run("RETURN 1").consume().server.agent)  # "Neo4j/5.26.28"
    found = agent.partition("/")[2]
    numbers = tuple(int(number) for number in re.findall(r"\d+", found)[:2])
    if numbers and numbers < OLDEST:
        raise UnsupportedServer(address.shown, found, ".".join(map(str, OLDEST)))


@contextmanager
def translated_errors(address: Address) -> Iterator[None]:
    """Within it, errors of the server or the connection are DatabaseUnavailable, DatabaseRefused or StorageFull."""
    try:
        yield
    except ERRORS as error:
        raise translated(address, error) from error


def translated(address: Address, error: Exception) -> CircuitExplorerError | Exception:
    """The program's own error for an error of the driver; the same error where the program is at fault."""
    why = _sentence(error)
    code = error.code or "" if isinstance(error, exceptions.Neo4jError) else ""
    if "No space left" in str(error) or any(part in code for part in NO_ROOM):
        return StorageFull(address.shown, why)
    if code.endswith("AuthenticationRateLimit"):
        return DatabaseUnavailable(address.shown, why)
    if isinstance(
        error, (exceptions.AuthError, exceptions.ConfigurationError, exceptions.AuthConfigurationError)
    ):
        return DatabaseRefused(address.shown, why)
    if code.endswith("DatabaseNotFound"):
        return DatabaseRefused(address.shown, why)
    unreachable = (
        exceptions.ServiceUnavailable,
        exceptions.SessionExpired,
        exceptions.TransientError,
        exceptions.DatabaseUnavailable,
        exceptions.ConnectionAcquisitionTimeoutError,
    )
    if isinstance(error, unreachable) or code.startswith(BROKEN):
        return DatabaseUnavailable(address.shown, why)
    return error


def _sentence(error: Exception) -> str:
    """The first line of the message that is not empty, as a sentence."""
    text = error.message if isinstance(error, exceptions.Neo4jError) and error.message else str(error)
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return line.rstrip(":.") + "."
