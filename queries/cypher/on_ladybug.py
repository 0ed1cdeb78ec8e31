"""A query on Ladybug: in a database opened for it alone, by a process that can open nothing else."""

import os
import re
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import ladybug

from queries.cypher import gate, values
from queries.cypher.answer import CypherQuery
from queries.cypher.engine import MEMORY, Result, limit_memory
from queries.cypher.lexer import Token, calls, tokens
from queries.cypher.unstoppable import bounds
from queries.cypher.values import Value
from queries.errors import (
    CircuitExplorerError,
    InvalidQuery,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
)
from queries.store.address import LADYBUG
from queries.store.ladybug.connection import (
    INTERVAL,
    OPEN_TIMEOUT,
    Written,
    last_committed,
    last_written,
    open_database,
)
from queries.words import Engine

BUFFER_POOL = 512 << 20
"""Bytes of the page cache, which also holds the rows that are found but not yet read."""
THREADS = max(1, (os.cpu_count() or 1) // 2)
"""Half of the cores: the server goes on working beside a query."""
OPENS = 3
"""Times that a query is run in a database opened anew, before an error that is always the same is its own."""
TOO_LARGE = f"it needed more than the {(MEMORY + BUFFER_POOL) >> 20} MB of memory that a query may use."


class _Opened(NamedTuple):
    database: ladybug.Database
    connection: ladybug.Connection
    committed: tuple[Written, Written | None]


class LadybugEngine:
    name: Engine = "ladybug"

    def __init__(self, url: str) -> None:
        self._path = Path(url.removeprefix(LADYBUG))
        self._opened: _Opened | None = None
        self._is_proven = False
        """Whether a query has been answered in the database as it is opened."""

    @contextmanager
    def result(self, request: CypherQuery) -> Iterator[Result]:
        """Raises the errors of `queries.cypher.engine.CypherEngine.result`."""
        until = time.monotonic() + request.timeout
        found = tokens(request.query)
        bounds.check(found)
        gate.check_beginning(found)
        gate.check_words(found)
        try:
            rows = self._rows(request, found, until)
            with _locked_in(), self._translating(request):
                is_id = [type.startswith("INTERNAL_ID") for type in rows.get_column_data_types()]
                yield Result(rows.get_column_names(), (list(map(_plain, row, is_id)) for row in rows))
        except (InvalidQuery, QueryRefused):
            raise
        except BaseException:
            self._close()  # its memory may be inconsistent
            raise

    def _rows(self, request: CypherQuery, found: Sequence[Token], until: float) -> ladybug.QueryResult:
        """All rows, read again where a checkpoint has torn them meanwhile.

        An error of the first query in a database that was just opened may be a checkpoint's too. It is the query's own
        where it is the same `OPENS` times, or where the parser's, which reads no file.
        """
        patience = min(until, time.monotonic() + OPEN_TIMEOUT)
        said: list[str] = []
        while True:
            connection, checkpoint = self._current()
            with _locked_in(), self._translating(request):
                connection.set_query_timeout(max(1, round((until - time.monotonic()) * 1000)))
                try:
                    rows = _rows(connection, request, found)
                except (RuntimeError, UnicodeDecodeError) as error:
                    if last_written(self._path) != checkpoint and time.monotonic() < until:
                        continue
                    said.append(_sentence(error))
                    is_own = said[-OPENS:] == [said[-1]] * OPENS or said[-1].startswith("Parser exception")
                    if (
                        self._is_proven
                        or is_own
                        or time.monotonic() > patience
                        or not _is_invalid(error, request)
                    ):
                        self._is_proven = True
                        raise
                else:
                    if last_written(self._path) == checkpoint:
                        self._is_proven = True
                        return rows
                    continue
            self._close()
            time.sleep(INTERVAL)

    def _current(self) -> tuple[ladybug.Connection, Written]:
        """A connection that sees what is committed now, and the checkpoint it reads.

        It is opened anew only after another commit: a fresh database plans its first query in 20 to 30 ms, longer
        where it is larger.
        """
        committed = last_committed(self._path)
        if self._opened is None or self._opened.committed != committed:
            self._close()
            database = open_database(self._path, read_only=True, buffer_pool=BUFFER_POOL, n_threads=THREADS)
            self._is_proven = False
            self._opened = _Opened(database, ladybug.Connection(database), committed)
        return self._opened.connection, committed[0]

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.connection.close()
            self._opened.database.close()
            self._opened = None

    @contextmanager
    def _translating(self, request: CypherQuery) -> Iterator[None]:
        try:
            yield
        except CircuitExplorerError:
            raise
        except MemoryError:
            raise QueryTooLarge(TOO_LARGE) from None
        except (RuntimeError, ValueError, TypeError, OverflowError) as error:
            raise _translated(error, request) from None


@contextmanager
def _locked_in() -> Iterator[None]:
    """Within it the process can open no file and no connection, and can have MEMORY bytes more than now.

    A new descriptor takes the lowest free number, so a limit at that number leaves none. Only the soft limit falls,
    since the next query must be able to open its database.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    with limit_memory():
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _rows(
    connection: ladybug.Connection, request: CypherQuery, found: Sequence[Token]
) -> ladybug.QueryResult:
    """All rows of the query, once the gate has let it pass."""
    gate.check_ladybug_functions((call.name for call in calls(found)), _macros(connection))
    _prepared(connection, request.query, request.parameters)  # for errors without our LIMIT in them
    query = _bounded(request.query, found, request.limit + 1)
    gate.check_ladybug_plan(_run(connection, f"EXPLAIN {query}", request.parameters).get_next()[0])
    return _run(connection, query, request.parameters)


def _prepared(
    connection: ladybug.Connection, query: str, parameters: Mapping[str, Any]
) -> ladybug.PreparedStatement:
    """One statement, bound to the tables that it names."""
    statement = ladybug.PreparedStatement(connection, query, dict(parameters))
    if not statement.is_success():
        raise RuntimeError(statement.get_error_message())
    return statement


def _run(connection: ladybug.Connection, query: str, parameters: Mapping[str, Any]) -> ladybug.QueryResult:
    """The one result of one statement.

    `Connection.execute` rewrites a text by its parameters and by its callers' variables: another query would run than
    the gate has seen.
    """
    result = connection.execute(_prepared(connection, query, parameters), dict(parameters))
    assert isinstance(result, ladybug.QueryResult)
    return result


def _macros(connection: ladybug.Connection) -> set[str]:
    """The functions that were added to the database, in upper case: Ladybug ignores the case."""
    return {row[0].upper() for row in _run(connection, "CALL show_macros() RETURN *", {})}


def _bounded(query: str, found: Sequence[Token], limit: int) -> str:
    """The query with a LIMIT where it has none: Ladybug finds all rows before it gives the first."""
    if found[-1].signs(";"):
        if not query.rstrip().endswith(";"):
            return query  # a comment comes after it
        query, found = query.rstrip()[:-1], found[:-1]
    depth, returns, limited = 0, False, False
    for token in found:
        if token.kind == "sign":
            depth += (token.text in "({[") - (token.text in ")}]")
        elif token.says("UNION"):
            return query  # a LIMIT would bound its last part only
        elif depth == 0:
            returns = returns or token.says("RETURN")
            limited = token.says("LIMIT") or (limited and not token.says("RETURN", "WITH"))
    return f"{query}\nLIMIT {limit}" if returns and not limited else query


def _plain(value: Any, is_id: bool = False) -> Value:
    """Ladybug returns nodes, relationships and paths as maps whose own fields begin with an underscore.

    `is_id`: the column holds ids, which are maps too.
    """
    if not isinstance(value, dict):
        return values.plain(value, lambda inner: _plain(inner, is_id))
    if is_id and value.keys() == {"offset", "table"}:
        return _id(value)
    if value.keys() == {"_NODES", "_RELS"}:
        relationships = [_plain(one) for one in value["_RELS"]]
        nodes = [_plain(one) for one in value["_NODES"]]
        # A variable of `-[r*1..3]->` holds the nodes between its relationships; a path also holds both end nodes.
        return values.path(nodes, relationships) if len(nodes) > len(relationships) else relationships
    if isinstance(value.get("_ID"), dict) and "_LABEL" in value:
        # A node of several tables comes with the columns of all of them.
        properties = {
            name: _plain(one) for name, one in value.items() if one is not None and name not in _OWN_FIELDS
        }
        if "_SRC" in value:
            ends = _id(value["_SRC"]), _id(value["_DST"])
            return values.relationship(_id(value["_ID"]), value["_LABEL"], *ends, properties)
        return values.node(_id(value["_ID"]), [value["_LABEL"]], properties)
    return values.plain(value, _plain)


_OWN_FIELDS = ("_ID", "_LABEL", "_SRC", "_DST")


def _id(value: Mapping[str, int]) -> str:
    return f"{value['table']}:{value['offset']}"


def _is_invalid(error: Exception, request: CypherQuery) -> bool:
    """Whether the error says that the query is wrong, and not that it took or did too much."""
    return isinstance(_translated(error, request), InvalidQuery)


def _translated(error: Exception, request: CypherQuery) -> CircuitExplorerError:
    why = _sentence(error)
    if why.startswith("Interrupted"):
        return QueryTimeout(request.timeout)
    if "bad_alloc" in why or why.startswith("Buffer manager exception"):
        return QueryTooLarge(TOO_LARGE)
    if "Cannot execute write operations" in why:
        return QueryRefused("it writes.")
    if "Too many open files" in why:
        return QueryRefused("it opens a file or a connection.")
    return InvalidQuery(why)


PLACE = re.compile(r"\(line: ([0-9]+), offset: ([0-9]+)\)")
READ = re.compile(r"<.*>", re.DOTALL)
MAX_READ = 40
"""Characters of a query that an error repeats before the place where it stops being Cypher."""


def _sentence(error: Exception) -> str:
    """What the engine says, with the place where it tells one, counted as Neo4j counts: `(line 2, column 1)`."""
    text = str(error).strip()
    if place := PLACE.search(text):
        said = READ.sub(_read_last, text[: place.start()])
        return f"{' '.join(said.split())} (line {place[1]}, column {int(place[2]) + 1})"
    # The first line: the others repeat the query.
    return (text.splitlines() or [type(error).__name__])[0]


def _read_last(read: re.Match[str]) -> str:
    """`<MATCH … RETRUN>`, all of the query up to the place, cut to its last characters."""
    text = read[0][1:-1]
    return f"<{text}>" if len(text) <= MAX_READ else f"<…{text[-MAX_READ:]}>"
