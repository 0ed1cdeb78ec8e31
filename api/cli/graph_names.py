"""Names of stored graphs: the ones that people give, and the one that the command line shows."""

from typing import TYPE_CHECKING

import click

from api.cli.wording import SHORT_ID

if TYPE_CHECKING:
    from api.client.client import Json

MIN_PREFIX = 4
"""Characters of a graph id that are enough to name a graph."""
MAX_CANDIDATES = 6
"""Graphs listed where a name fits none or several."""


def find(records: "list[Json]", name: str) -> "Json":
    """The graph that an id, the beginning of one, or a name means. Raises ClickException, which lists candidates."""
    for record in records:
        if record["id"] == name:
            return record
    begins = len(name) >= MIN_PREFIX
    fitting = [
        record for record in records if record["name"] == name or (begins and record["id"].startswith(name))
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise click.ClickException(f"{name!r} fits {len(fitting)} graphs: {_candidates(fitting)}.")
    if not records:
        raise click.ClickException(f"There is no graph {name!r}: none is stored yet.")
    raise click.ClickException(f"There is no graph {name!r}. Stored: {_candidates(records)}.")


def _candidates(records: "list[Json]") -> str:
    more = len(records) - MAX_CANDIDATES
    return ", ".join(map(display_name, records[:MAX_CANDIDATES])) + (f" and {more} more" if more > 0 else "")


def display_name(record: "Json") -> str:
    """'capital_dallas (1f2e3d4c5b6a)'"""
    return f"{record['name']} ({record['id'][:SHORT_ID]})"
