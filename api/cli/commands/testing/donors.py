"""`circuit-explorer donors`: the graphs that can lend one what it has not."""

from typing import TYPE_CHECKING

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@as_json_option
@with_places
def donors(places: "Places", graph: str, as_json: bool) -> None:
    """List the stored graphs that can lend GRAPH what it has not, for `intervene --transplant`.

    They are of the same model, with nearly the same prompt and another prediction; those that differ in the fewest
    feature nodes come first.
    """
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        answer = client.get(f"/api/graphs/{find(client.graphs(), graph)['id']}/donors")
    if as_json:
        show(answer.content)
    elif answer.json()["donors"]:
        show(tables.donors(answer.json()))
    else:
        show("No stored graph can lend it anything: none has nearly the same prompt and another prediction.")
