"""`circuit-explorer flow-of`: which tokens the residual stream at a place came from."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.internals.asking import path_of, position_name, position_of
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import printable

if TYPE_CHECKING:
    from api.client.places import Places


@click.command(name="flow-of")
@click.argument("graph", metavar="GRAPH")
@click.option(
    "--layer", type=click.IntRange(0), metavar="NUMBER", help="Of which layer; the last unless given."
)
@click.option(
    "--position", type=click.IntRange(0), metavar="NUMBER", help="At which position; the last unless given."
)
@click.option(
    "--measure",
    type=click.Choice(("norm", "signed")),
    default="norm",
    show_default=True,
    help="The size of what came from each token, or its signed share of the stream; the shares add up to 1.",
)
@as_json_option
@with_places
def flow_of(
    places: "Places", graph: str, layer: int | None, position: int | None, measure: str, as_json: bool
) -> None:
    """Say from which tokens the residual stream at a layer and position of GRAPH's prompt came.

    With --json all positions of the layer, or of all layers where none is named.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect
    from api.client.arrays import with_arrays

    with connect(places) as client:
        record = find(client.graphs(), graph)
        tokens = record["tokens"]
        at = position_of(tokens, position)
        answer = client.get(path_of(record, "flow"), measure=measure, layer=layer)
    if as_json:
        show(answer.content)
        return
    found = with_arrays(answer.json())
    show(printable(f"At {position_name(tokens, at)} in layer {found['layers'][-1]}:"))
    values = found["values"][-1, :, at]
    show(tables.flow(values[:, [*range(at + 1), len(tokens)]], tokens[: at + 1], measure))
