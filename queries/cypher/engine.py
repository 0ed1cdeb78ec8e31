"""The interface between a query's child and an engine, and the limits of a process that serves one query at a time."""

import resource
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from queries.cypher.answer import CypherQuery
from queries.cypher.values import Value
from queries.words import Engine

MEMORY = 1 << 30
"""Bytes that a query may take beyond what its process has when it begins."""


class Result(NamedTuple):
    columns: list[str]
    rows: Iterator[list[Value]]


class CypherEngine(Protocol):
    @property
    def name(self) -> Engine: ...

    def result(self, request: CypherQuery) -> AbstractContextManager[Result]:
        """The rows of a query that only reads, as they are found; leaving ends the query.

        Raises InvalidQuery, QueryRefused, QueryUnstoppable, QueryTimeout, QueryTooLarge, TooManyOutlive,
        DatabaseUnavailable, DatabaseRefused; reading the rows raises the same.
        """
        ...


@contextmanager
def limit_memory() -> Iterator[None]:
    """Within it, the process can have MEMORY bytes more than now. Only Linux enforces this limit."""
    if sys.platform != "linux":
        yield
        return
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (has + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
