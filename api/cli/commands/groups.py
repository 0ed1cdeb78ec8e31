"""`circuit-explorer groups`."""

from typing import TYPE_CHECKING, Any

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, labels_option, number_of_groups, view_option, with_places
from api.cli.terminal import show

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@number_of_groups
@click.option(
    "--target",
    metavar="SELECTOR",
    multiple=True,
    help="Towards what: logits, or one feature node; the most probable logit unless given. Repeatable.",
)
@click.option(
    "--rather-than",
    metavar="SELECTOR",
    help="One other logit: towards the difference of the target and this one.",
)
@view_option
@labels_option
@as_json_option
@with_places
def groups(places: "Places", graph: str, as_json: bool, **query: Any) -> None:
    """List GRAPH's automatic groups: features taken together by the graph's edges alone.

    GRAPH is a graph's id, the beginning of its id, or its name. A group's name says where its influence comes from and
    goes to, not what its features mean.
    """
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        address = f"/api/graphs/{find(client.graphs(), graph)['id']}/groups"
        answer = client.get(address, **query)
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    if not found["groups"]:
        show("The graph has no features to group.")
        return
    show(tables.groups(found))
    show(tables.kept(len(found["groups"]), found["information_lost"]))
