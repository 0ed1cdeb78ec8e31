"""Queries that Neo4j goes on with though they were ended: what keeps most of them out (`unstoppable`) keeps not all.

Nobody waits for such a one any more, and it has no turn. It has a processor of the database's machine, which only its
own end or a restart of Neo4j gives back.
"""

from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import Any, NamedTuple, Protocol

from queries.cypher.answer import CypherQuery
from queries.errors import CircuitExplorerError
from queries.store.address import is_neo4j, parse

APP = "circuit-explorer query"
"""What marks our queries on the server."""
SHOWN = 200
"""Characters of a query that its mark has."""
GRACE = 2.0
"""Seconds after its end in which Neo4j may notice that a query was ended."""
EVERY = 1.0
"""Seconds between two looks at queries that outlive their end."""
AWAY = 5.0
"""The same while the database does not answer."""

STATEMENT = (
    "SHOW TRANSACTIONS YIELD transactionId, metaData, status, elapsedTime WHERE metaData.app = $app "
    "AND (status STARTS WITH 'Terminated' OR elapsedTime.milliseconds > 1000 * (metaData.timeout + $grace)) "
    "RETURN transactionId AS id, metaData.query AS query, elapsedTime.milliseconds / 1000.0 AS seconds "
    "ORDER BY seconds DESC"
)


class OutlivingQuery(NamedTuple):
    """A query that was ended and that the database goes on with, for `seconds` in all."""

    id: str
    """The transaction's, in Neo4j's SHOW TRANSACTIONS."""
    query: str
    """Its first SHOWN characters."""
    seconds: float


class Session(Protocol):
    def run(self, query: str, **parameters: Any) -> Any: ...


def mark(request: CypherQuery) -> Mapping[str, Any]:
    """The metadata of a query's transactions."""
    return {"app": APP, "query": request.query[:SHOWN], "timeout": request.timeout}


def outliving(session: Session) -> list[OutlivingQuery]:
    """Those on the server now, the oldest first, whoever sent them."""
    return [
        OutlivingQuery(row["id"], row["query"] or "", round(row["seconds"], 1))
        for row in session.run(STATEMENT, app=APP, grace=GRACE)
    ]


class Watch:
    """Looks at the database in a thread of its own, as long as queries outlive their end there.

    A thread, since whoever asks for the server's health does not wait for its database. On Ladybug nothing outlives:
    the process that runs a query is the engine.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted, self._closed = Event(), Event()
        self.found: list[OutlivingQuery] = []
        """As of the last look."""
        if is_neo4j(url):
            Thread(target=self._watch, name="outliving queries", daemon=True).start()

    def look(self) -> None:
        """Look soon: a query was ended."""
        self._wanted.set()

    def close(self) -> None:
        self._closed.set()
        self._wanted.set()

    def _watch(self) -> None:
        from queries.store.neo4j import connection as bolt

        address = parse(self._url)
        while self._wanted.wait() and not self._closed.is_set():
            self._wanted.clear()
            pause = EVERY
            with bolt.open_driver(address) as driver:
                while not self._closed.wait(pause):
                    is_known = False
                    with suppress(CircuitExplorerError, *bolt.ERRORS), driver.session() as session:
                        self.found, is_known = outliving(session), True
                    if is_known and not self.found:
                        break  # until the next query is ended
                    pause = EVERY if is_known else AWAY
