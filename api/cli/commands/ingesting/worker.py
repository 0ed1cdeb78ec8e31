"""`circuit-explorer worker`."""

from typing import TYPE_CHECKING

import click

from api.cli.options import with_places

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.option("--drain", is_flag=True, help="End once no job has waited or run for a while.")
@click.option(
    "--max-idle",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="With --drain: for how long.",
)
@with_places
def worker(places: "Places", drain: bool, max_idle: float) -> None:
    """Run queued jobs, one at a time, until Ctrl-C: a process of its own beside the server.

    Any number of them may share a job database in Postgres (--jobs) and graphs in Neo4j (--database), each with a data
    folder of its own. What a worker leaves that is killed, another one goes on with.
    """
    from api import server

    server.work(places, max_idle=max_idle if drain else None, say=click.echo)
