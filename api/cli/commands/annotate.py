"""`circuit-explorer annotate`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.graph_names import display_name, find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import FAILED, complain, progress_bar, show

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places

MAX_WAIT = 120.0
"""Seconds for which the command waits for Neuronpedia to take requests again; longer, it ends and says when."""
ROUND_SECONDS = 20
PIECE = 500
"""Explanations of a file that are sent in one request."""


@click.command()
@click.argument("names", metavar="[GRAPH...]", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All stored graphs.")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take explanations and labels from this CSV or JSONL file, and ask nobody.",
)
@click.option("--offline", is_flag=True, help="Use what is kept here and files only.")
@as_json_option
@with_places
def annotate(
    places: "Places", names: tuple[str, ...], every: bool, file: Path | None, offline: bool, as_json: bool
) -> None:
    """Find out what the features of stored graphs are, and store their explanations.

    The sources, in this order: the data folder, which keeps every answer; bulk files of Neuronpedia's data set
    (CIRCUIT_EXPLORER_NEURONPEDIA_FILES, a folder or a URL); Neuronpedia itself, unless CIRCUIT_EXPLORER_NEURONPEDIA of
    the server is `off`; the transcoder set's own feature files. After Ctrl-C, the next call goes on.
    """
    import json

    from api.cli.connect import connect

    if bool(names) == every:
        raise click.UsageError("Name graphs, or give --all.")
    given = None if file is None else _read(file)
    reports: list[Json] = []
    with connect(places) as client:
        records = client.graphs()
        chosen = records if every else [find(records, name) for name in names]
        for record in {one["id"]: one for one in chosen}.values():
            if given is None:
                report = _found_out(client, record, offline)
                said = _sentence(report)
            else:
                report = _send(client, record["id"], given)
                said = (
                    f"{report['n_stored']} explanations stored, {report['n_known']} known, "
                    f"{report['n_elsewhere']} of features that it does not have"
                )
            reports.append({"graph": record["id"], **report})
            if not as_json:
                show(f"{display_name(record)}: {said}.")
                for problem in report.get("problems", []):
                    complain(problem, FAILED)
    if as_json:
        show(json.dumps(reports, ensure_ascii=False))
    if any(report.get("n_left") for report in reports):
        raise click.exceptions.Exit(FAILED)


def _read(file: Path) -> "list[Json]":
    import ingest

    return [
        {
            "layer": feature[0],
            "index": feature[1],
            "site": feature[2] if len(feature) == 3 else None,
            "text": said.text,
            "author": said.author,
            "type": said.type,
            "score": said.score,
        }
        for feature, said in ingest.read_labels(file)
    ]


def _send(client: "Client", graph_id: str, given: "list[Json]") -> "Json":
    """The sum of the answers to all pieces."""
    total = {"n_stored": 0, "n_known": 0, "n_elsewhere": 0}
    for begin in range(0, len(given), PIECE):
        body = {"explanations": given[begin : begin + PIECE]}
        answer = client.post(f"/api/graphs/{graph_id}/explanations", body).json()
        total = {name: total[name] + answer[name] for name in total}
    return total


def _found_out(client: "Client", record: "Json", offline: bool) -> "Json":
    """The last report on a graph: asked again while features are left and each round finds some out."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

    path = f"/api/graphs/{record['id']}/annotate?seconds={ROUND_SECONDS}&ask={'false' if offline else 'true'}"
    left = None
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with progress_bar(*columns, transient=True) as progress:
        bar = progress.add_task(record["name"], total=None)
        while True:
            report: Json = client.post(path, {}).json()
            n_done = report["n_features"] - report["n_left"]
            progress.update(bar, completed=n_done, total=report["n_features"])
            wait = report["resumes_in"]
            stuck = report["n_left"] == left and wait is None
            if not report["n_left"] or report["problems"] or stuck or (wait or 0.0) > MAX_WAIT:
                return report
            left = report["n_left"]
            time.sleep(wait or 0.0)


def _sentence(report: "Json") -> str:
    said = f"{report['n_explained']} of {report['n_features']} features have explanations"
    if report["n_missing"]:
        said += f", {report['n_missing']} are unknown to Neuronpedia"
    if report["unknown_sets"]:
        said += (
            f"; Neuronpedia's source is not known of the transcoder sets {', '.join(report['unknown_sets'])}"
        )
    if report["n_left"]:
        said += f"; {report['n_left']} are left to ask for"
    if report["resumes_in"]:
        said += f", in {report['resumes_in'] / 60:.0f} min at the earliest"
    return said
