"""`circuit-explorer serve`."""

from typing import TYPE_CHECKING

import click

from api.cli.options import with_places
from api.memory import settle_memory

if TYPE_CHECKING:
    from api.client.places import Places


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    metavar="NAME",
    multiple=True,
    help="A further name by which browsers may reach the server; may be repeated.",
)
@click.option(
    "--allow-frame",
    "allow_frames",
    metavar="ORIGIN",
    multiple=True,
    help="A site whose pages may show a graph's drawing in a frame, such as https://wiki.example; may be repeated.",
)
@click.option("--no-examples", is_flag=True, help="Leave an empty database empty.")
@click.option(
    "--no-worker",
    is_flag=True,
    help="Run no jobs: they wait for `circuit-explorer worker` on the same --jobs.",
)
@with_places
def serve(
    places: "Places",
    host: str,
    port: int,
    allow_hosts: tuple[str, ...],
    allow_frames: tuple[str, ...],
    no_examples: bool,
    no_worker: bool,
) -> None:
    """Run the server: page, API and job worker, until Ctrl-C.

    An empty database gets the default model's example prompts to trace.
    """
    settle_memory()  # before the engines are imported
    from api import server

    server.serve(
        places,
        host=host,
        port=port,
        allow_hosts=allow_hosts,
        allow_frames=allow_frames,
        examples=not no_examples,
        run_jobs=not no_worker,
        say=click.echo,
    )
