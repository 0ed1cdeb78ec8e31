"""`circuit-explorer collections`."""

import json
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from urllib.parse import quote

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from queries.names import check_addressed_name
from queries.words import MAX_COLLECTED, MAX_SHARED

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places

Action: TypeAlias = Literal["list", "shared", "add", "remove", "rename", "delete"]
ARGUMENTS: dict[Action, tuple[int, int | None, str]] = {
    "list": (0, 0, "nothing"),
    "shared": (1, 1, "NAME"),
    "add": (1, None, "NAME GRAPH..."),
    "remove": (2, None, "NAME GRAPH..."),
    "rename": (2, 2, "NAME NEW_NAME"),
    "delete": (1, None, "NAME..."),
}
"""What each action is followed by: at least, at most, and in words."""
COLLECTIONS = "/api/collections"


@click.command()
@click.argument("action", metavar="[ACTION]", type=click.Choice(get_args(Action)), default="list")
@click.argument("arguments", metavar="[NAME] [GRAPH...]", nargs=-1)
@click.option(
    "--rows",
    type=click.IntRange(1, MAX_SHARED),
    metavar="N",
    default=10,
    show_default=True,
    help="Rows of each table of what is shared.",
)
@as_json_option
@with_places
def collections(
    places: "Places", action: Action, arguments: tuple[str, ...], rows: int, as_json: bool
) -> None:
    """List the named collections of graphs, or change some, or what the graphs of one share. ACTION is one of:

    \b
    list                    list them, with how many graphs each has (this, where no action is named)
    shared NAME             the features and the sequences of groups that several of its graphs have
    add NAME GRAPH...       put graphs into a collection, which is made where it is new
    remove NAME GRAPH...    take graphs out of it; they stay stored
    rename NAME NEW_NAME    call it otherwise
    delete NAME...          delete collections; their graphs stay stored

    A graph may be in several. GRAPH is a graph's id, the beginning of its id, or its name. `graphs --collection NAME`
    lists the graphs of one.
    """
    from api.cli import tables
    from api.cli.connect import connect

    least, most, words = ARGUMENTS[action]
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise click.UsageError(f"{action} is followed by {words}.")
    if action == "add":
        check_addressed_name("collection", arguments[0])  # else the address would be another's
    with connect(places) as client:
        if action == "list":
            answer = client.get(COLLECTIONS)
            if as_json:
                show(answer.content)
            elif listed := answer.json()["collections"]:
                show(tables.collections(listed))
            else:
                show("There is no collection.")
            return
        if action == "shared":
            answer = client.get(f"{address(arguments[0])}/shared", rows=rows)
            if as_json:
                show(answer.content)
                return
            found = answer.json()
            show(read_sentence(found))
            for part in (tables.shared_features, tables.shared_sequences):
                show("")
                show(part(found))
            return
        if action == "delete":
            for name in arguments:
                client.delete(address(name))
                if not as_json:
                    show(f"Deleted the collection {name!r}.")
            return
        name, *others = arguments
        if action == "rename":
            found = client.put(address(name), {"name": others[0]}).json()
        else:
            found = _changed(client, action, name, others)
    show(json.dumps(found, ensure_ascii=False) if as_json else f"{found['name']}: {n_graphs(found)}.")


def address(name: str) -> str:
    return f"{COLLECTIONS}/{quote(name, safe='')}"


def n_graphs(collection: "Json") -> str:
    n: int = collection["n_graphs"]
    return f"{n:,} graph{'' if n == 1 else 's'}"


def read_sentence(shared: "Json") -> str:
    """How many of its graphs were read for what a collection's graphs share, and of how many sequences are lacking."""
    n_read, n_unranked = len(shared["graphs"]), sum(not one["ranked"] for one in shared["graphs"])
    lacking = f" The sequences of {n_unranked:,} of them took too long." if n_unranked else ""
    if n_read == shared["n_graphs"]:
        return f"{shared['collection']}: {n_graphs(shared)}.{lacking}"
    return f"{shared['collection']}: the newest {n_read:,} of {n_graphs(shared)} were read.{lacking}"


def _changed(client: "Client", action: Action, name: str, graphs: list[str]) -> "Json":
    """The collection, once graphs were added or removed."""
    if not graphs:
        made: Json = client.put(address(name), {}).json()
        return made
    records = client.graphs(collection=name) if action == "remove" else client.graphs()
    ids = [find(records, graph)["id"] for graph in graphs]
    for first in range(0, len(ids), MAX_COLLECTED):
        chosen = ids[first : first + MAX_COLLECTED]
        found: Json = client.post(f"{address(name)}/graphs", {action: chosen}).json()
    return found
