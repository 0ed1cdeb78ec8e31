"""`circuit-explorer search`."""

from typing import TYPE_CHECKING

import click

from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from queries.words import DEFAULT_FOUND, MAX_FOUND

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_FOUND),
    default=DEFAULT_FOUND,
    show_default=True,
    help="Rows of each kind.",
)
@as_json_option
@with_places
def search(places: "Places", words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find collections, graphs, views and features that have all WORDS.

    Graphs are found by prompt, name, notes and prediction, features by label, explanation and number: L20, "#44686",
    20/44686.
    """
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        answer = client.get("/api/search", q=" ".join(words), limit=limit)
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    if any(found[kind] for kind in tables.FOUND):
        show(tables.found(found))
    else:
        show("Nothing has all of these words.")
    if found["unfinished"]:
        kinds = " and ".join(found["unfinished"])
        click.echo(f"The search of {kinds} took too long and was ended: there may be more.", err=True)
