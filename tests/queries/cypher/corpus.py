"""Statements that people may send, hostile and honest, each with the status it must be answered with.

A statement's text may name {secret}, a file whose content must never be told; {folder}, where nothing may appear;
{port}, on which nobody may knock; {graph}, the id of a stored graph.
"""

from typing import Any, NamedTuple

OK, INVALID, REFUSED, TIMEOUT, TOO_LARGE = 200, 400, 403, 408, 413
ENDED = (TIMEOUT, TOO_LARGE)
"""Of a query that no machine answers: time or memory, whichever is short first, ends it."""
ANSWERED_OR_ENDED = (OK, *ENDED)
"""Of a query that is heavy and not endless: a fast machine answers it, rightly, within its time."""


class Statement(NamedTuple):
    """`statuses` are those it may be answered with."""

    text: str
    statuses: tuple[int, ...]
    parameters: dict[str, Any] = {}  # noqa: RUF012  # never written to


def statements(statuses: int | tuple[int, ...], *texts: str) -> list[Statement]:
    wanted = (statuses,) if isinstance(statuses, int) else statuses
    return [Statement(text, wanted) for text in texts]
