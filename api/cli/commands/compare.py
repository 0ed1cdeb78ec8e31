"""`circuit-explorer compare`."""

from typing import TYPE_CHECKING

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, labels_option, with_places
from api.cli.terminal import show
from queries.words import COMPARE_BY, DEFAULT_SEQUENCES, MAX_SEQUENCES

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
@click.option(
    "--group-by",
    type=click.Choice(COMPARE_BY),
    default="feature",
    show_default=True,
    help="What makes nodes of several graphs one step of their paths.",
)
@click.option(
    "--target",
    "targets",
    metavar="SELECTOR",
    multiple=True,
    help="Where the paths of a graph end; give one for each GRAPH, in their order, '' for the most probable logit.",
)
@click.option("--hide-bos", is_flag=True, help="Leave out paths that begin at the token before the text.")
@labels_option
@as_json_option
@with_places
def compare(
    places: "Places",
    names: tuple[str, ...],
    k: int,
    rows: int,
    group_by: str,
    targets: tuple[str, ...],
    hide_bos: bool,
    labels: str | None,
    as_json: bool,
) -> None:
    """List the features and paths that GRAPHs share, and the features that only one has.

    A GRAPH is a graph's id, the beginning of its id, or its name; all of one model and transcoder set, unless their
    paths are compared by label or supernode. It may come twice, with different targets.
    """
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        records = client.graphs()
        graphs = ",".join(find(records, name)["id"] for name in names)
        answer = client.get(
            "/api/compare",
            graphs=graphs,
            k=k,
            labels=labels,
            group_by=group_by,
            target=list(targets),
            hide_bos=hide_bos,
        )
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    show(tables.compared_graphs(found))
    parts = [tables.compared_features, tables.compared_sequences]
    for part in parts if found["shared"] is not None else parts[1:]:
        show("")
        show(part(found, rows))
