"""`circuit-explorer compare`."""

from typing import TYPE_CHECKING

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, labels_option, with_places
from api.cli.terminal import show
from queries.words import DEFAULT_SEQUENCES, MAX_SEQUENCES

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.argument("names", metavar="GRAPH GRAPH...", nargs=-1, required=True)
@click.option(
    "-k",
    type=click.IntRange(1, MAX_SEQUENCES),
    default=DEFAULT_SEQUENCES,
    show_default=True,
    help="Best paths taken of each graph.",
)
@click.option(
    "--rows", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="Rows of each table."
)
@labels_option
@as_json_option
@with_places
def compare(
    places: "Places", names: tuple[str, ...], k: int, rows: int, labels: str | None, as_json: bool
) -> None:
    """List the features and paths that GRAPHs share, and the features that only one has.

    A GRAPH is a graph's id, the beginning of its id, or its name; all of one model and transcoder set.
    """
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        records = client.graphs()
        graphs = ",".join(find(records, name)["id"] for name in names)
        answer = client.get("/api/compare", graphs=graphs, k=k, labels=labels)
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    show(tables.compared_graphs(found))
    for part in (tables.compared_features, tables.compared_sequences):
        show("")
        show(part(found, rows))
