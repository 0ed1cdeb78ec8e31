"""`circuit-explorer why`: what makes a head look where it looks."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.internals.asking import asked, names, path_of, position_name
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import number, percent, printable, signed

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("head", metavar="HEAD")
@click.argument("query", metavar="QUERY", type=click.IntRange(0))
@click.argument("key", metavar="KEY", type=click.IntRange(0))
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="How many pairs."
)
@as_json_option
@with_places
def why(places: "Places", graph: str, head: str, query: int, key: int, limit: int, as_json: bool) -> None:
    """Say why a head of GRAPH's model looks from QUERY to KEY, which are positions of the prompt.

    Its score there is a sum over pairs of nodes, one at the query and one at the key. HEAD is written 2.3 or L2H3. The
    model is asked once; the answer is kept.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect
    from queries.internals.heads import head_of_name

    layer, number_in_layer = head_of_name(head)
    question: Json = {"layer": layer, "head": number_in_layer, "query": query, "key": key}
    with connect(places, run_jobs=True) as client:
        record = find(client.graphs(), graph)
        answer = asked(client, path_of(record, "cell"), question)
        named: Json = {} if as_json else names(client, record)
    if as_json:
        show(answer.content)
        return
    found, tokens = answer.json(), record["tokens"]
    ends = (position_name(tokens, position) for position in (query, key))
    received = "nothing" if found["softmax_input"] is None else signed(found["softmax_input"])
    show(
        printable(
            f"{tables.head_name(found)} looks from {' to '.join(ends)} with {percent(found['pattern'], 1)}; "
            f"softmax received {received}, q . k is {signed(found['product'])}."
        )
    )
    show(tables.pairs(found, named, tokens, limit))
    shown = sum(pair["score"] for pair in found["pairs"][:limit])
    show(
        f"All other pairs: {signed(found['product'] - shown)}. "
        f"Sums differ from q . k by {number(found['error'])} of it."
    )
