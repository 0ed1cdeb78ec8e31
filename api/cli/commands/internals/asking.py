"""How commands ask about a prompt's internals: their addresses, questions that are jobs, and the names of nodes."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.ingesting.jobs import followed, without_problem
from api.cli.wording import member_name, token

if TYPE_CHECKING:
    from requests import Response

    from api.client.client import Client, Json

NOT_THERE = "InternalsNotComputed"
"""What the API answers where nothing was computed, or a question was not asked yet."""


def path_of(record: "Json", what: str = "") -> str:
    """The address of a graph's internals, or of what is below it."""
    return f"/api/graphs/{record['id']}/internals" + (f"/{what}" if what else "")


def asked(client: "Client", path: str, question: "Json") -> "Response":
    """The answer to a question that the model answers, once: what was asked before is kept."""
    from api.client.client import Refused

    try:
        return client.get(path, **question)
    except Refused as refused:
        if refused.error != NOT_THERE:
            raise
    computed(client, path, question)
    return client.get(path, **question)


def computed(client: "Client", path: str, body: "Json") -> None:
    """Post a question, and follow its job to its end. Raises ClickException where it failed."""
    queued = client.post(path, body).json()
    without_problem(followed(client, queued["id"]))


def names(client: "Client", record: "Json") -> dict[str, str]:
    """Nodes' names by their ids, with their positions, but for logits': 'Dallas @ 9', 'Texas L3/518 @ 10', 'Austin'."""
    nodes = client.get(f"/api/graphs/{record['id']}/nodes").json()
    columns = ("id", "kind", "layer", "position", "index", "token", "label", "site")
    rows = [
        dict(zip(columns, row, strict=True)) for row in zip(*(nodes[name] for name in columns), strict=True)
    ]
    return {row["id"]: member_name(row) + _place(row) for row in rows}


def _place(node: "Json") -> str:
    return "" if node["kind"] == "logit" else f" @ {node['position']}"


def position_name(tokens: list[str], position: int) -> str:
    """'Dallas (9)'"""
    return f"{token(tokens[position])} ({position})"


def position_of(tokens: list[str], asked: int | None) -> int:
    """The position that is asked for; the last where none is. Raises ClickException where there is no such position."""
    last = len(tokens) - 1
    if asked is not None and asked > last:
        raise click.ClickException(f"There is no position {asked}; they are 0 to {last}.")
    return last if asked is None else asked


def explained(answer: "Json") -> str:
    """'Austin rather than Texas'"""
    foil = "" if answer["foil"] is None else f" rather than {token(answer['foil'])}"
    return token(answer["target"]) + foil
