"""A query on a Neo4j server: explained first, then run in a transaction that reads."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import neo4j
from neo4j import exceptions, graph, spatial
from neo4j import time as neo4j_time

from queries.cypher import gate, unstoppable, values
from queries.cypher.answer import CypherQuery
from queries.cypher.engine import MEMORY, Result, limit_memory
from queries.cypher.lexer import calls, tokens, unescaped
from queries.cypher.outliving import mark, outliving
from queries.cypher.values import Value
from queries.errors import (
    CircuitExplorerError,
    InvalidQuery,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    TooManyOutlive,
)
from queries.store.address import parse
from queries.store.neo4j import connection as bolt
from queries.words import Engine

EXPLAIN = "EXPLAIN "
MAX_OUTLIVING = 8
"""Queries that may outlive their end while others are begun. Each takes a processor of the server's."""


class Neo4jEngine:
    name: Engine = "neo4j"

    def __init__(self, url: str) -> None:
        self._address = parse(url)
        self._driver = bolt.open_driver(self._address)
        self._own: str | None = None
        """The database's name, once the server has told it: where the URL names none, the server chooses."""

    @contextmanager
    def result(self, request: CypherQuery) -> Iterator[Result]:
        """Raises the errors of `queries.cypher.engine.CypherEngine.result`."""
        text = _read(request.query)
        found = tokens(text)
        gate.check_words(found)
        gate.check_neo4j_functions(call.name for call in calls(found))
        unstoppable.check(found, request.parameters)
        request = request._replace(query=text)
        session = self._driver.session(database=self._address.database, default_access_mode=neo4j.READ_ACCESS)
        with self._translating(request), limit_memory(), session:
            self._check(session, request)
            with session.begin_transaction(dict(mark(request)), request.timeout) as transaction:
                rows = transaction.run(request.query, dict(request.parameters))
                yield Result(list(rows.keys()), ([_plain(value) for value in row] for row in rows))
                # Leaving rolls the transaction back, which ends rows that nobody read.

    def _check(self, session: neo4j.Session, request: CypherQuery) -> None:
        if self._own is None:
            self._own = session.run("RETURN 1").consume().database
        if not request.is_named and (number := len(outliving(session))) > MAX_OUTLIVING:
            raise TooManyOutlive(number)
        marked = dict(mark(request))
        explained = neo4j.Query(f"{EXPLAIN}{request.query}", metadata=marked, timeout=request.timeout)
        parts = list(_parts(session.run(explained, dict(request.parameters)).consume().plan))
        operators = [part["operatorType"].partition("@") for part in parts]
        gate.check_operators([name for name, _, _ in operators], gate.NEO4J_OPERATORS)
        for _, _, database in operators:
            if database not in ("", self._own):
                raise QueryRefused(f"it uses the database {database}.")
        for part in parts:
            for argument in ("Details", "Order"):
                gate.check_neo4j_details(str(part["args"].get(argument, "")))

    @contextmanager
    def _translating(self, request: CypherQuery) -> Iterator[None]:
        try:
            yield
        except MemoryError:
            raise QueryTooLarge(f"a row needed more than {MEMORY >> 20} MB of memory.") from None
        except bolt.ERRORS as error:
            raise self._translated(error, request) from error
        except (OverflowError, RecursionError, UnicodeEncodeError) as error:
            raise InvalidQuery(f"The query or a parameter cannot be sent: {error}") from None

    def _translated(self, error: Exception, request: CypherQuery) -> CircuitExplorerError | Exception:
        code = (error.code or "") if isinstance(error, exceptions.Neo4jError) else ""
        if "TransactionTimedOut" in code:
            return QueryTimeout(request.timeout)
        if "OutOfMemory" in code or "StackOverFlow" in code:
            return QueryTooLarge("it needed more memory than the server gives a transaction.")
        if code.endswith("DatabaseNotFound") and self._own is not None:
            return InvalidQuery(_sentence(error))  # the query's USE, since the session's own is there
        if code.endswith((".AccessMode", "Security.Forbidden", "UnsupportedAdministrationCommand")):
            return QueryRefused(_sentence(error))
        known = bolt.translated(self._address, error)
        if isinstance(known, CircuitExplorerError):
            return known
        return InvalidQuery(_sentence(error)) if code else error


def _read(query: str) -> str:
    """The query with its escapes replaced, so that the server finds none.

    Where an escape stands before the first word, Neo4j 5.26 drops characters after EXPLAIN: it explains another query
    than it would run.
    """
    text = unescaped(query)
    if unescaped(text) != text:
        raise InvalidQuery("It has an escape that is written by another escape.")
    return text


def _parts(plan: Any) -> Iterator[dict[str, Any]]:
    """The plan's operators; none where there is no plan."""
    waiting = [plan] if plan else []
    while waiting:
        part = waiting.pop()
        waiting += part.get("children", [])
        yield part


def _plain(value: Any) -> Value:
    match value:
        case graph.Node():
            return values.node(value.element_id, sorted(value.labels), _properties(value))
        case graph.Relationship():
            ends = (_end(value.start_node), _end(value.end_node))
            return values.relationship(value.element_id, value.type, *ends, _properties(value))
        case graph.Path():
            nodes, relationships = map(_plain, value.nodes), map(_plain, value.relationships)
            return values.path(list(nodes), list(relationships))
        case neo4j_time.Date() | neo4j_time.Time() | neo4j_time.DateTime() | neo4j_time.Duration():
            return value.iso_format()
        case spatial.Point():
            return values.point(value.srid or 0, list(value))
    return values.plain(value, _plain)


def _properties(entity: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _plain(value) for name, value in entity.items()}


def _end(node: graph.Node | None) -> str:
    return node.element_id if node is not None else ""


PLACE = re.compile(r"\(line ([0-9]+), column ([0-9]+) \(offset: [0-9]+\)\)")


def _sentence(error: Exception) -> str:
    """The first line of the server's message, since the others repeat the query; a place in it is the query's own."""
    message = error.message if isinstance(error, exceptions.Neo4jError) and error.message else str(error)
    lines = message.strip().splitlines() or [type(error).__name__]
    return PLACE.sub(_place, lines[0])


def _place(told: re.Match[str]) -> str:
    """Without the word before the query. Only what is explained has errors that tell a place."""
    line, column = int(told[1]), int(told[2])
    return f"(line {line}, column {column - len(EXPLAIN) if line == 1 else column})"
