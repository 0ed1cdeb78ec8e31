"""`circuit-explorer views`."""

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("view", metavar="[VIEW]", required=False)
@click.option("--notes", metavar="TEXT", help="Write the view's notes.")
@click.option("--remove", is_flag=True, help="Delete the view, with its supernodes.")
@as_json_option
@with_places
def views(
    places: "Places", graph: str, view: str | None, notes: str | None, remove: bool, as_json: bool
) -> None:
    """List GRAPH's views, or show one: its notes, supernodes and pinned nodes.

    GRAPH is a graph's id, the beginning of its id, or its name. The view `file` has what an imported file had pinned
    and drawn. `supernodes` draws in a view, and makes it where it is not there.
    """
    from api.cli import tables
    from api.cli.connect import connect

    if view is None and (remove or notes is not None):
        raise click.UsageError("Name the VIEW.")
    if remove and notes is not None:
        raise click.UsageError("Give --notes or --remove.")
    with connect(places) as client:
        address = f"/api/graphs/{find(client.graphs(), graph)['id']}/views"
        if view is None:
            listed = client.get(address).json()
            if as_json:
                show(json.dumps(listed, ensure_ascii=False))
            elif listed["views"]:
                show(tables.views(listed))
            else:
                show("The graph has no view.")
            return
        place = view_address(address, view)
        found = client.get(place).json()
        if remove:
            client.delete(place, revision=str(found["revision"]))
            show(f"Deleted the view {view!r}.")
            return
        if notes is not None:
            written = {"revision": found["revision"], "notes": notes, "state": found["state"]}
            found = client.put(place, written).json()
    show_view(found, as_json=as_json)


def view_address(views: str, name: str) -> str:
    return f"{views}/{quote(name, safe='')}"


def view_in_use(client: "Client", views: str, name: str | None) -> "tuple[str | None, int]":
    """The view that is meant, and its revision: the named one, else the one that counts where none is named; None where
    there is none. A view that is not there has the revision 0."""
    listed: Json = client.get(views).json()
    name = name or listed["default"]
    return name, next((one["revision"] for one in listed["views"] if one["name"] == name), 0)


def show_view(found: "Json", *, as_json: bool) -> None:
    """Print a view as the API answers it."""
    from api.cli import tables

    if as_json:
        show(json.dumps(found, ensure_ascii=False))
        return
    pinned, drawn, tests = (found["state"][name] for name in ("pinned", "supernodes", "tests"))
    show(
        f"{found['name']}, revision {found['revision']}: {len(drawn)} supernodes, {len(pinned)} nodes pinned."
    )
    if found["notes"]:
        show(found["notes"])
    if drawn:
        show(tables.supernodes(drawn))
    if pinned:
        show("Pinned: " + ", ".join(tables.ends(pinned)))
    if tests:
        show("Tests: " + ", ".join(tests))
