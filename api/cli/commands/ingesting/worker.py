"""`circuit-explorer worker`."""

from typing import TYPE_CHECKING

import click

from api.cli.options import with_places
from api.memory import settle_memory

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
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="Serve this worker's figures for Prometheus at /metrics on this port; 0 picks a free one.",
)
@click.option(
    "--metrics-host", default="127.0.0.1", show_default=True, help="Address that --metrics-port is of."
)
@with_places
def worker(
    places: "Places", drain: bool, max_idle: float, metrics_port: int | None, metrics_host: str
) -> None:
    """Run queued jobs, one at a time, until Ctrl-C: a process of its own beside the server.

    Any number of them may share a job database in Postgres (--jobs) and graphs in Neo4j (--database), each with a data
    folder of its own. What a worker leaves that is killed, another one goes on with.
    """
    settle_memory()  # before the engines are imported
    from api import server

    metrics = None if metrics_port is None else (metrics_host, metrics_port)
    server.work(places, max_idle=max_idle if drain else None, metrics=metrics, say=click.echo)
