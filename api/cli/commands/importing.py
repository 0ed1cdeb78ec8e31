"""`circuit-explorer import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import as_json_option, threshold_options, with_places
from api.cli.terminal import FAILED, complain, progress_bar, show
from api.cli.wording import dropped, outcome

if TYPE_CHECKING:
    from rich.progress import Progress

    from api.client.client import Client, Json
    from api.client.places import Places


SOURCES = ("https://", "http://", "neuronpedia:")
"""The beginnings of what is no file, but fetched by the server."""


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--model", help="The model, in place of the one that the files name.")
@click.option(
    "--transcoder-set", metavar="NAME", help="The transcoder set, in place of the one that they name."
)
@click.option(
    "--lenient",
    is_flag=True,
    help="Drop links and activations that are wrong, and say how many, instead of refusing a file.",
)
@threshold_options
@as_json_option
@with_places
def import_files(places: "Places", files: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Store graph files as Neuronpedia and circuit-tracer write them, as they are or gzipped.

    A FILE may be an address that the server fetches, https://…, or a graph of Neuronpedia, neuronpedia:MODEL/SLUG.

    A file of more than a million links, or with a threshold given, is pruned, and its whole trace kept. A file that
    cannot be stored does not stop the others. With --json: a list, for each file in turn its graph's record or its
    error.
    """
    import json

    from rich.progress import DownloadColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    from api.cli.connect import connect
    from api.client.client import Refused

    outcomes: list[Json] = []
    columns = SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn()
    with connect(places) as client, progress_bar(*columns, transient=True) as progress:
        for name in files:
            try:
                if name.startswith(SOURCES):
                    record = client.import_source(name, options).json()
                else:
                    record = _import_file(client, progress, Path(name), options)
            except OSError as error:
                detail = f"{name}: {(error.strerror or str(error)).lower()}"
                outcomes.append({"error": type(error).__name__, "detail": detail})
            except Refused as error:
                outcomes.append({"error": error.error, "detail": f"{name}: {error.detail}"})
            else:
                outcomes.append(record)
                if not as_json:
                    counts = f"{record['n_nodes']:,} nodes, {record['n_edges']:,} edges"
                    known = ", which was stored before" if record["known"] else ""
                    show(f"{name}: graph {record['id']}{known}, {counts}, {outcome(record)}{dropped(record)}")
                continue
            complain(outcomes[-1]["detail"], FAILED)
    if as_json:
        show(json.dumps(outcomes, ensure_ascii=False))
    if any("error" in outcome for outcome in outcomes):
        raise click.exceptions.Exit(FAILED)


def _import_file(client: "Client", progress: "Progress", path: Path, options: dict[str, Any]) -> "Json":
    """Send one file, with a bar that follows the bytes sent."""
    unfinished = (
        path.stat().st_size + 1
    )  # so that the bar does not end before the server has stored the graph
    bar = progress.add_task(path.name, total=unfinished)
    try:
        with progress.open(path, "rb", total=unfinished, task_id=bar) as file:
            record: Json = client.import_graph(file, path.name.split(".")[0], options).json()
            return record
    finally:
        progress.remove_task(bar)
