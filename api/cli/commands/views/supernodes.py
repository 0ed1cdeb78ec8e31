"""`circuit-explorer supernodes`."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args
from urllib.parse import quote

import click

from api.cli.commands.views.views import show_view, view_address, view_in_use
from api.cli.graph_names import find
from api.cli.options import as_json_option, labels_option, number_of_groups, with_places
from api.cli.terminal import show
from queries.words import FIRST_VIEW, GROUPINGS, Unlabelled

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places

Action: TypeAlias = Literal["add", "set", "rename", "remove", "keep"]
ARGUMENTS: dict[Action, tuple[int, int | None, str]] = {
    "add": (2, None, "NAME SELECTOR..."),
    "set": (2, None, "NAME SELECTOR..."),
    "rename": (2, 2, "NAME NEW_NAME"),
    "remove": (1, None, "NAME..."),
    "keep": (0, 0, "--group-by GROUPING"),
}
"""What each action is followed by: at least, at most, and in words."""


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("action", metavar="[ACTION]", type=click.Choice(get_args(Action)), required=False)
@click.argument("arguments", metavar="[NAME] [SELECTOR...]", nargs=-1)
@click.option("--view", metavar="NAME", help="In which view; unless given, as for paths.")
@click.option("--group-by", type=click.Choice(GROUPINGS), help="With keep: what makes the groups.")
@number_of_groups
@click.option(
    "--unlabelled",
    type=click.Choice(get_args(Unlabelled)),
    help="With keep: the features without a label or supernode, as for paths.",
)
@click.option(
    "--target", metavar="SELECTOR", multiple=True, help="With keep: towards what automatic groups are made."
)
@click.option("--only", is_flag=True, help="With keep: in place of all supernodes that the view has.")
@labels_option
@as_json_option
@with_places
def supernodes(
    places: "Places",
    graph: str,
    action: Action | None,
    arguments: tuple[str, ...],
    view: str | None,
    as_json: bool,
    **keeping: Any,
) -> None:
    """List the supernodes that people drew in GRAPH, or draw some. ACTION is one of:

    \b
    add NAME SELECTOR...    draw a supernode of the nodes that selectors name
    set NAME SELECTOR...    give it these nodes in place of its own
    rename NAME NEW_NAME    call it otherwise
    remove NAME...          remove it; its nodes stay
    keep --group-by X       keep groups that have a name as supernodes

    GRAPH is a graph's id, the beginning of its id, or its name; `paths --help` lists the selectors. A view that is not
    there is made. Groups that are kept leave the view's supernodes the nodes that these hold.
    """
    from api.cli.connect import connect

    given = {name: value for name, value in keeping.items() if value not in (None, (), False)}
    _check(action, arguments, given)
    with connect(places) as client:
        views = f"/api/graphs/{find(client.graphs(), graph)['id']}/views"
        name, revision = view_in_use(client, views, view)
        if action is None:
            if name is None:
                show("The graph has no view, and no supernodes.")
                return
            found = client.get(view_address(views, name)).json()
        else:
            place = view_address(views, name or FIRST_VIEW)
            found = _change(client, place, revision, action, arguments, given)
    show_view(found, as_json=as_json)


def _check(action: Action | None, arguments: tuple[str, ...], given: dict[str, Any]) -> None:
    if given and action != "keep":
        raise click.UsageError(f"--{next(iter(given)).replace('_', '-')} goes with keep.")
    if action is None:
        return
    least, most, words = ARGUMENTS[action]
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise click.UsageError(f"{action} is followed by {words}.")
    if action == "keep" and "group_by" not in given:
        raise click.UsageError(f"{action} is followed by {words}.")


def _change(
    client: "Client",
    view: str,
    revision: int,
    action: Action,
    arguments: tuple[str, ...],
    given: dict[str, Any],
) -> "Json":
    """The view at an address, changed."""
    if action == "keep":
        found: Json = client.post(f"{view}/supernodes", {"revision": revision, **given}).json()
        return found
    drawn: list[Json] = client.get(view).json()["state"]["supernodes"] if revision else []
    known = {one["name"] for one in drawn}
    names = arguments if action == "remove" else arguments[:1]
    if action == "add" and names[0] in known:
        raise click.ClickException(f"There is a supernode {names[0]!r} already: set gives it other nodes.")
    unknown = next((name for name in names if name not in known), None)
    if action != "add" and unknown is not None:
        there = f"there are {', '.join(map(repr, sorted(known)))}" if known else "there is none"
        raise click.ClickException(f"There is no supernode {unknown!r} in the view; {there}.")
    for name in names:
        place = f"{view}/supernodes/{quote(name, safe='')}"
        if action == "remove":
            found = client.delete(place, revision=str(revision)).json()
            revision = found["revision"]
        elif action == "rename":
            found = client.put(place, {"revision": revision, "name": arguments[1]}).json()
        else:
            found = client.put(place, {"revision": revision, "nodes": list(arguments[1:])}).json()
    return found
