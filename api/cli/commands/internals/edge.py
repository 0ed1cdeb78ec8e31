"""`circuit-explorer edge`: the heads that carried a link of a graph."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.internals.asking import computed, names, path_of
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import printable, signed
from queries.words import ANY_OF_MEANING, SELECTORS

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places

GRAMMAR = (
    "SOURCE and TARGET are SELECTORs of one node each: "
    + "; ".join(f"{form} ({meaning})" for form, meaning in SELECTORS.items())
    + f"; {ANY_OF_MEANING}."
)


@click.command(
    help=f"""List the heads that carried the link of GRAPH from SOURCE to TARGET.

    Each path counts at its last head, so that the heads, the direct part and the rest add up to the link. With --paths
    the model is asked for every path through each head, too, where that was not asked before.

    {GRAMMAR}"""
)
@click.argument("graph", metavar="GRAPH")
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET")
@click.option("--paths", is_flag=True, help="Every path through each head, by the model.")
@as_json_option
@with_places
def edge(places: "Places", graph: str, source: str, target: str, paths: bool, as_json: bool) -> None:
    from api.cli.commands.internals import tables
    from api.cli.connect import connect

    question = {"source": source, "target": target}
    with connect(places, run_jobs=paths) as client:
        record = find(client.graphs(), graph)
        path = path_of(record, "link")
        answer = client.get(path, **question)
        if paths and answer.json()["paths"] is None:
            computed(client, path, question)
            answer = client.get(path, **question)
        named: Json = {} if as_json else names(client, record)
    if as_json:
        show(answer.content)
        return
    found, tokens = answer.json(), record["tokens"]
    ends = " -> ".join(named[found[end]] for end in ("source", "target"))
    parts = [f"direct {signed(found['direct'])}"]
    parts += [f"by heads {signed(sum(one['weight'] for one in found['heads']))}"]
    parts += [f"smaller parts {signed(found['rest'])}"]
    show(printable(f"{ends}: {signed(found['weight'])} ({', '.join(parts)})"))
    if found["heads"]:
        show(tables.link(found, tokens))
    else:
        show("No head carried a hundredth of it.")
    if found["paths"] is not None:
        show(f"Every path, by the model as it is loaded: {signed(found['paths']['weight'])}")
        show(tables.link_paths(found["paths"], tokens))
