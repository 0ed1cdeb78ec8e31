"""A query as its child gets it, the answer that comes back, and the bounds of both.

Neither this module nor its imports need pydantic or numpy, so that a child starts quickly.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from queries.cells import text_cell
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT, Engine

MAX_BYTES = 32 << 20
"""Bytes of all rows of an answer, as JSON."""

Truncated: TypeAlias = Literal["rows", "bytes"] | None


class CypherQuery(NamedTuple):
    """A query with the values of its $parameters, at most `limit` rows of it, in at most `timeout` seconds.

    `is_named`: it is one of the named queries, which no query of a person's may keep from its turn.
    """

    query: str
    parameters: dict[str, Any]
    limit: int = DEFAULT_LIMIT
    timeout: float = DEFAULT_TIMEOUT
    is_named: bool = False


@dataclass(frozen=True)
class CypherAnswer:
    """The rows of a query. They stay JSON, as the child wrote them, until somebody asks for `rows`.

    `truncated` names the bound that cut the rows, None where these are all. `seconds` is from the request to the last
    row.
    """

    columns: Sequence[str]
    lines: Sequence[bytes]
    """Each row, a JSON list."""
    truncated: Truncated
    seconds: float
    engine: Engine

    @cached_property
    def rows(self) -> list[list[Any]]:
        """Values as `queries.cypher.values` writes them, in the order of `columns`."""
        return [json.loads(line) for line in self.lines]

    def json(self) -> bytes:
        """`{"columns", "rows", "truncated", "seconds", "engine"}`"""
        rest = {"truncated": self.truncated, "seconds": self.seconds, "engine": self.engine}
        return b'{"columns":%b,"rows":[%b],%b' % (
            json.dumps(self.columns, ensure_ascii=False).encode(),
            b",".join(self.lines),
            json.dumps(rest).encode()[1:],
        )

    def csv(self) -> bytes:
        """A line of columns, then a line a row: text by `text_cell`, null empty, any other value as JSON."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(map(text_cell, self.columns))
        writer.writerows(map(_cell, json.loads(line)) for line in self.lines)
        return written.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return text_cell(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
