"""`circuit-explorer attention` and `logits`: where a head looks, and what a logit is the sum of."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.internals.asking import path_of, position_name, position_of
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import printable, signed

if TYPE_CHECKING:
    from api.client.places import Places

KINDS = ("standard", "value-weighted", "info-weighted", "logit")


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("head", metavar="HEAD")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="standard",
    show_default=True,
    help="The pattern; weighted by the size of what there is at a key; or what the head moves towards a logit.",
)
@click.option(
    "--keys", type=click.IntRange(1), metavar="N", default=4, show_default=True, help="How many of each."
)
@as_json_option
@with_places
def attention(places: "Places", graph: str, head: str, kind: str, keys: int, as_json: bool) -> None:
    """Say where a head looks from every position of GRAPH's prompt: the keys with most, and how much.

    HEAD is written 2.3 or L2H3. With --json all of the pattern.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect
    from api.client.arrays import with_arrays
    from queries.internals.heads import head_of_name

    layer, number = head_of_name(head)
    with connect(places) as client:
        record = find(client.graphs(), graph)
        answer = client.get(path_of(record, f"heads/{layer}/{number}"), kind=kind)
    if as_json:
        show(answer.content)
        return
    pattern = with_arrays(answer.json())["pattern"]
    show(tables.attention(pattern, record["tokens"], keys, is_signed=kind == "logit"))


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.option(
    "--position", type=click.IntRange(0), metavar="NUMBER", help="At which position; the last unless given."
)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", default=15, show_default=True, help="How many components."
)
@as_json_option
@with_places
def logits(places: "Places", graph: str, position: int | None, limit: int, as_json: bool) -> None:
    """Say what adds up to a logit on GRAPH's prompt: heads, MLPs, embedding and biases, by size.

    It is the logit that `internals` was asked for: each position's most probable token unless --towards said otherwise.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect
    from api.client.arrays import with_arrays

    with connect(places) as client:
        record = find(client.graphs(), graph)
        tokens = record["tokens"]
        at = position_of(tokens, position)
        answer = client.get(path_of(record, "components"))
    if as_json:
        show(answer.content)
        return
    found = with_arrays(answer.json())
    towards = found["towards"][at].strip() or repr(found["towards"][at])
    show(
        printable(
            f"{towards} at {position_name(tokens, at)}: {signed(float(found['logit'][at]))}, the sum of"
        )
    )
    show(tables.components(found["names"], found["values"][:, at], limit))
