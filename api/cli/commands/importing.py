"""`circuit-explorer import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import as_json_option, into_collection, threshold_options, with_places
from api.cli.terminal import FAILED, complain, progress_bar, show
from api.cli.wording import dropped, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response
    from rich.progress import Progress

    from api.client.client import Client, Json
    from api.client.places import Places


SOURCES = ("https://", "http://", "neuronpedia:")
"""The beginnings of what is no file, but fetched by the server."""
SAVED = ".pt"
"""The end of the name of a graph that circuit-tracer saved."""


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
@click.option(
    "--tokenizer", metavar="FOLDER", help="The tokenizer of a .pt file, in place of the one that it names."
)
@threshold_options
@into_collection
@as_json_option
@with_places
def import_files(
    places: "Places", files: tuple[str, ...], as_json: bool, tokenizer: str | None, **options: Any
) -> None:
    """Store graph files as Neuronpedia and circuit-tracer write them, as they are or gzipped.

    A FILE may be an address that the server fetches, https://…, or a graph of Neuronpedia, neuronpedia:MODEL/SLUG;
    or a graph that circuit-tracer saved, FILE.pt.

    A file of more than a million links, or with a threshold given, is pruned, and its whole trace kept. A file that
    cannot be stored does not stop the others. With --json: a list, for each file in turn its graph's record or its
    error.
    """
    import json

    from rich.progress import DownloadColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    from api.cli.connect import connect
    from api.client.client import Refused
    from queries.errors import CircuitExplorerError

    outcomes: list[Json] = []
    columns = SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn()
    with connect(places) as client, progress_bar(*columns, transient=True) as progress:
        for name in files:
            try:
                record = import_file(client, progress, name, tokenizer, options)
            except OSError as error:
                detail = f"{name}: {(error.strerror or str(error)).lower()}"
                outcomes.append({"error": type(error).__name__, "detail": detail})
            except Refused as error:
                outcomes.append({"error": error.error, "detail": f"{name}: {error.detail}"})
            except CircuitExplorerError as error:
                outcomes.append({"error": type(error).__name__, "detail": f"{name}: {error}"})
            else:
                outcomes.append(record)
                if not as_json:
                    show(f"{name}: {imported(record)}")
                continue
            complain(outcomes[-1]["detail"], FAILED)
    if as_json:
        show(json.dumps(outcomes, ensure_ascii=False))
    if any("error" in outcome for outcome in outcomes):
        raise click.exceptions.Exit(FAILED)


def imported(record: "Json") -> str:
    """What an import answered, as a line."""
    counts = f"{record['n_nodes']:,} nodes, {record['n_edges']:,} edges"
    known = ", which was stored before" if record["known"] else ""
    return f"graph {record['id']}{known}, {counts}, {outcome(record)}{dropped(record)}"


def import_file(
    client: "Client", progress: "Progress", name: str, tokenizer: str | None, options: dict[str, Any]
) -> "Json":
    """Have one file stored: fetched by the server, or sent; a graph that circuit-tracer saved is sent as graph JSON.

    Raises Refused, OSError, InvalidGraph, and WorkerUnavailable where that graph cannot be read here.
    """
    if name.startswith(SOURCES):
        return _answered(client.import_source(name, options))
    path = Path(name)
    known_as = path.name.split(".")[0]
    is_saved = path.suffix == SAVED
    # A byte more than there are, so that the bar does not end before the server has stored the graph.
    unfinished = None if is_saved else path.stat().st_size + 1
    bar = progress.add_task(path.name, total=unfinished)
    try:
        if is_saved:
            return _answered(client.import_graph(_converted(path, tokenizer), known_as, options))
        with progress.open(path, "rb", total=unfinished, task_id=bar) as file:
            return _answered(client.import_graph(file, known_as, options))
    finally:
        progress.remove_task(bar)


def _answered(response: "Response") -> "Json":
    record: Json = response.json()
    return record


def _converted(path: Path, tokenizer: str | None) -> "Iterator[bytes]":
    from ingest import saved_graph_file
    from queries.errors import WorkerUnavailable

    try:
        return saved_graph_file(path, tokenizer)
    except ModuleNotFoundError as error:
        raise WorkerUnavailable(
            "A graph saved by circuit-tracer is read with what tracing takes: "
            "`pip install 'circuit-explorer[trace]'`."
        ) from error
