"""`circuit-explorer heads` and `head`: what a prompt's attention heads did, and the links that one of them carried."""

from typing import TYPE_CHECKING, Any

import click

from api.cli.commands.internals.asking import explained, names, path_of
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import printable
from queries.words import MAX_LISTED

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places

SORTS = (
    *("attribution", "direct_logit", "ablation", "carried", "induction", "duplicate_token"),
    *("previous_token", "first_token", "entropy", "normalised_entropy", "max_attention", "mean_distance"),
)
"""The maps of heads, by which they can be ordered."""


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    help="The largest first, of what can be negative by its size. [default: attribution, or the first that there is]",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="How many; all unless given.")
@click.option(
    "--without-first",
    is_flag=True,
    help="Statistics of patterns without the first token, rows scaled to add up to 1.",
)
@as_json_option
@with_places
def heads(
    places: "Places", graph: str, sort: str | None, limit: int | None, without_first: bool, as_json: bool
) -> None:
    """List the attention heads on GRAPH's prompt with what is known of each.

    A blank is what is not known. `internals` computes them.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect
    from api.client.arrays import with_arrays

    with connect(places) as client:
        answer = client.get(path_of(find(client.graphs(), graph)))
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    maps: dict[str, Any] = with_arrays(found["maps"])
    if without_first:
        maps |= with_arrays(found["maps_without_first"])
    sort = sort or next((name for name in SORTS if name in maps), None)
    if sort is None:
        raise click.ClickException(
            "No part that tells of heads was computed: attention, logits, heads or loadings."
        )
    if sort not in maps:
        raise click.ClickException(
            f"{sort} is not known; computed were the parts {', '.join(found['parts'])}."
        )
    show(printable(f"{explained(found)}; heads by {sort}."))
    show(tables.heads(maps, _order(maps[sort], by_size=sort in tables.SIGNED)[:limit]))


def _order(values: Any, *, by_size: bool) -> list[tuple[int, int]]:
    """Layer and head of each, the largest first; those that are not known last."""
    from queries.internals.heads import ranked_heads

    known = [(each.head.layer, each.head.head) for each in ranked_heads(values, by_size=by_size)]
    n_layers, n_heads = values.shape
    places = [(layer, head) for layer in range(n_layers) for head in range(n_heads)]
    return known + [place for place in places if place not in set(known)]


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("head", metavar="HEAD")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_LISTED),
    metavar="N",
    default=20,
    show_default=True,
    help="How many links, and how many nodes that it read and wrote to.",
)
@as_json_option
@with_places
def head(places: "Places", graph: str, head: str, limit: int, as_json: bool) -> None:
    """List the links of GRAPH that one attention HEAD carried, and what it read and wrote.

    HEAD is written 2.3 or L2H3.
    """
    from api.cli.commands.internals import tables
    from api.cli.connect import connect

    place = head_path(head)
    with connect(places) as client:
        record = find(client.graphs(), graph)
        answer = client.get(path_of(record, f"{place}/links"), limit=limit)
        named: Json = {} if as_json else names(client, record)
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    said = f"{tables.head_name(found)} carried a hundredth or more of {found['n_links']:,} links"
    if not found["links"]:
        show(f"{said}.")
        return
    show(f"{said}; what it carried of the strongest:")
    show(tables.head_links(found, named))
    show(tables.node_sums(found["reads"], "read", named))
    show(tables.node_sums(found["writes"], "wrote to", named))


def head_path(name: str) -> str:
    """'heads/2/3' of '2.3' or 'L2H3'. Raises InvalidRequest."""
    from queries.internals.heads import head_of_name

    layer, number = head_of_name(name)
    return f"heads/{layer}/{number}"
