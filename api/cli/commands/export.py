"""`circuit-explorer export`."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import click

from api.cli.graph_names import find
from api.cli.options import labels_option, view_option, with_places
from api.cli.terminal import show
from api.cli.wording import SHORT_ID
from queries.paths.scores import SCORES
from queries.words import EXPORT_FORMATS, GROUPINGS, MAX_PATHS

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places

SUFFIXES = {
    "graph-json": ".json",
    "graphml": ".graphml",
    "node-link": ".node-link.json",
    "csv": ".csv.zip",
}
"""What the names of files end in; Parquet is a folder."""
BLOCK = 1 << 16
"""Bytes that are read at a time."""
TEXTS = ("graph-json", "graphml", "node-link")
"""The formats that can be printed."""


@click.command()
@click.argument("names", metavar="GRAPH...", nargs=-1, required=True)
@click.option(
    "--format",
    "format",
    type=click.Choice(EXPORT_FORMATS),
    default="graph-json",
    show_default=True,
    help="graph-json as Neuronpedia and circuit-tracer read it; csv is a zip of two tables, parquet a folder.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="Where to; a folder for several graphs and for parquet. Without it, text is printed.",
)
@click.option(
    "--node",
    metavar="SELECTOR",
    multiple=True,
    help="Only these nodes, with the edges between them. Repeatable; see paths for selectors.",
)
@click.option("--pinned", is_flag=True, help="Only what the view has pinned, members of supernodes, too.")
@click.option(
    "--paths", "n_paths", type=click.IntRange(1, MAX_PATHS), metavar="K", help="Only the K best paths."
)
@click.option("--score", type=click.Choice(list(SCORES)), help="With --paths: what ranks them.")
@click.option(
    "--source", metavar="SELECTOR", multiple=True, help="With --paths: where they begin. Repeatable."
)
@click.option("--target", metavar="SELECTOR", multiple=True, help="With --paths: where they end. Repeatable.")
@click.option(
    "--through", metavar="SELECTOR", multiple=True, help="With --paths: met by every path. Repeatable."
)
@click.option("--avoid", metavar="SELECTOR", multiple=True, help="With --paths: in no path. Repeatable.")
@click.option(
    "--group-by", type=click.Choice(["none", *GROUPINGS]), help="With --paths: the K best group sequences."
)
@view_option
@labels_option
@with_places
def export(
    places: "Places",
    names: tuple[str, ...],
    format: str,
    output: Path | None,
    node: tuple[str, ...],
    pinned: bool,
    view: str | None,
    n_paths: int | None,
    labels: str | None,
    **question: Any,
) -> None:
    """Write stored graphs as files for other programs, or a part of them.

    A GRAPH is named by its id, the beginning of its id, or its name. Nothing is written unless all are found, and no
    file is left half written. Several graphs in parquet are one data set, a database that is only read:
    parquet:///FOLDER.
    """
    from api.cli.connect import connect

    part = _part(node, pinned, n_paths, question)
    shown = {name: value for name, value in (("labels", labels), ("view", view)) if value is not None}
    if output is None and (format not in TEXTS or len(names) > 1):
        what = "several graphs are" if format in TEXTS else f"{format} is"
        raise click.UsageError(f"Say where to with -o: {what} not printed.")
    with connect(places) as client:
        records = client.graphs()
        found = list({record["id"]: record for record in (find(records, name) for name in names)}.values())
        if output is None:
            with client.stream(
                f"/api/graphs/{found[0]['id']}/export", format=format, **shown, **part
            ) as response:
                for piece in response.iter_content(BLOCK):
                    click.echo(piece, nl=False)
        elif format == "parquet":
            _data_set(client, found, output, {**shown, **part} if part else {})
        else:
            for record in found:
                is_folder = len(found) > 1 or output.is_dir()
                place = output / _file_name(record, format) if is_folder else output
                query = {"format": format, **shown, **part}
                _download(client, f"/api/graphs/{record['id']}/export", query, place)
                show(f"Wrote {place}.")


def _part(
    node: tuple[str, ...], pinned: bool, n_paths: int | None, question: dict[str, Any]
) -> dict[str, Any]:
    """The parameters of the request that say what is exported."""
    asked = {name: value for name, value in question.items() if value}
    if (bool(node) + pinned + (n_paths is not None)) > 1:
        raise click.UsageError("Give one of --node, --pinned and --paths.")
    if asked and n_paths is None:
        raise click.UsageError(f"--{next(iter(asked)).replace('_', '-')} goes with --paths.")
    if node:
        return {"part": "nodes", "node": node}
    if pinned:
        return {"part": "view"}
    return {} if n_paths is None else {"part": "paths", "k": n_paths, **asked}


def _file_name(record: "Json", format: str) -> str:
    plain = re.sub(r"[^\w.-]+", "-", record["name"]).strip("-.")[:80]
    return f"{plain or 'graph'}-{record['id'][:SHORT_ID]}{SUFFIXES[format]}"


def _data_set(client: "Client", found: "list[Json]", folder: Path, part: dict[str, Any]) -> None:
    """Write one data set of all graphs into an empty or new folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is there already: name an empty or new folder.")
    if part and len(found) > 1:
        raise click.UsageError("A part of one graph at a time is written as parquet.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".export-", dir=folder.parent) as draft:
        archive, files = Path(draft) / "archive.zip", Path(draft) / "files"
        if part:
            path, query = f"/api/graphs/{found[0]['id']}/export", {"format": "parquet", **part}
        else:
            path, query = "/api/export", {"graph": [record["id"] for record in found]}
        _download(client, path, query, archive)
        with ZipFile(archive) as content:
            content.extractall(files)
        if folder.is_dir():
            folder.rmdir()
        files.rename(folder)
    show(
        f"Wrote the data set {folder}, graphs: {len(found)}. To read it: serve --database parquet://{folder.resolve()}"
    )


def _download(client: "Client", path: str, query: dict[str, Any], place: Path) -> None:
    """Write an answer into a file, which is there once it is whole."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.part")
        try:
            with client.stream(path, **query) as response, draft.open("wb") as file:
                file.writelines(response.iter_content(BLOCK))
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{place}: {(error.strerror or str(error)).lower()}") from None
