"""`circuit-explorer verify`: a graph's best groups, put to the test."""

from typing import TYPE_CHECKING, get_args

import click

from api.cli.commands.ingesting.jobs import followed, without_problem
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from queries.words import GROUPINGS, Unlabelled

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.option(
    "--group-by",
    type=click.Choice(GROUPINGS),
    help="Feature nodes are taken together by this; unless given, as the page groups the graph's paths.",
)
@click.option(
    "--unlabelled",
    type=click.Choice(get_args(Unlabelled)),
    default="own",
    show_default=True,
    help="Feature nodes without a label or supernode are groups of their own, or all of them one.",
)
@click.option(
    "-k", type=click.IntRange(1, 100), default=10, show_default=True, help="Best sequences that are tested."
)
@as_json_option
@with_places
def verify(
    places: "Places", graph: str, group_by: str | None, unlabelled: str, k: int, as_json: bool
) -> None:
    """Test the groups and links of GRAPH's best sequences in the model, and how faithful the graph is.

    The first link of a sequence, from a token, is the graph's word only: replace the token to test it, by a transplant
    from a graph with another token. Faithfulness stands beside that of as many random features.
    """
    from api.cli import tables
    from api.cli.connect import connect

    question: Json = {"group_by": group_by, "unlabelled": unlabelled, "k": k}
    with connect(places, run_jobs=True) as client:
        record = find(client.graphs(), graph)
        queued = client.post(f"/api/graphs/{record['id']}/verify", question).json()
        without_problem(followed(client, queued["id"]))
        answer = client.get(
            f"/api/graphs/{record['id']}/verification", group_by=group_by, unlabelled=unlabelled
        )
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    show(tables.tested_groups(found))
    if found["links"]:
        show(tables.tested_links(found))
    show(tables.tested_sequences(found, record["tokens"]))
    show(tables.faithfulness(found))
    holding = [one["verdict"] for one in found["groups"]].count("holds")
    show(f"{holding} of {len(found['groups'])} groups hold. In brackets: as many random features.")
