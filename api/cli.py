"""The command line: every command asks the API, of a running server or of a private one.

Answers go to stdout, progress and the one line of a failure to stderr. What only some commands need is
imported in them: `--help` and a question to a running server must not wait for engines.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.names import candidate, find
from api.options import IngestCommand, as_json_option, threshold_options, with_places
from api.path_commands import flow, paths
from api.query import query
from api.terminal import progress_bar, show

if TYPE_CHECKING:
    from rich.progress import Progress

    from api.client.client import Client, Json
    from api.client.places import Places

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses other than 0."""


def main() -> None:
    """Run a command; a failure is one line on stderr and an exit status, never a traceback."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """The exit status of a command; its arguments are the process's unless given."""
    from queries.errors import CircuitExplorerError

    try:
        return cli.main(arguments, prog_name="circuit-explorer", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISUSED
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "circuit-explorer"
        return _complain(f"{error.format_message()} See {command} --help.", MISUSED)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (click.ClickException, CircuitExplorerError) as error:
        return _complain(str(error), FAILED)
    except Exception as error:
        if os.environ.get("CIRCUIT_EXPLORER_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _complain(f"Unexpected {what} (CIRCUIT_EXPLORER_DEBUG=1 shows where).", FAILED)


def _complain(sentence: str, status: int) -> int:
    """The one line of a failure."""
    from api.tables import printable

    click.echo(f"circuit-explorer: {printable(' '.join(sentence.split()))}", err=True)
    return status


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="circuit-explorer", prog_name="circuit-explorer")
def cli() -> None:
    """Keep attribution graphs in a graph database and rank their paths.

    Commands use the server that runs on the data folder; without one they open the database themselves.
    """


@cli.command()
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
@click.option("--no-examples", is_flag=True, help="Leave an empty database empty.")
@with_places
def serve(places: "Places", host: str, port: int, allow_hosts: tuple[str, ...], no_examples: bool) -> None:
    """Run the server: page, API and job worker, until Ctrl-C.

    An empty database gets the default model's example prompts to trace.
    """
    from api import server

    server.serve(
        places, host=host, port=port, allow_hosts=allow_hosts, examples=not no_examples, say=click.echo
    )


@cli.command(cls=IngestCommand)
@click.argument("prompt")
@click.option("--model", help="A model that the server knows; its first unless given.")
@click.option("--transcoders", help="One of that model's transcoder sets; its first unless given.")
@click.option("--no-wait", is_flag=True, help="Only queue the job.")
@as_json_option
@with_places
def ingest(
    places: "Places",
    prompt: str,
    model: str | None,
    transcoders: str | None,
    no_wait: bool,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Trace PROMPT into a stored graph."""
    from api.client.client import connect

    given = {name: value for name, value in parameters.items() if value not in (None, ())}
    request = {
        "prompt": prompt,
        "model": model,
        "transcoders": transcoders,
        "parameters": {name: None if value == "all" else value for name, value in given.items()},
    }
    with connect(places, work=not no_wait) as client:
        submitted = client.submit(request)
        if no_wait:
            when = "; it is traced when a server runs" if client.private else ""
            show(submitted.content if as_json else f"Queued job {submitted.json()['id']}{when}.")
        else:
            _wait(client, submitted.json()["id"], as_json=as_json)


@cli.command()
@click.argument("graph", metavar="GRAPH")
@threshold_options
@as_json_option
@with_places
def prune(places: "Places", graph: str, as_json: bool, **thresholds: float | None) -> None:
    """Prune the whole trace behind GRAPH again, into another stored graph.

    The model is not needed. GRAPH is a graph's id, the beginning of its id, or its name. The same thresholds make
    the same graph.
    """
    from api.client.client import connect

    given = {name: value for name, value in thresholds.items() if value is not None}
    with connect(places, work=True) as client:
        record = find(client.get("/api/graphs").json()["graphs"], graph)
        submitted = client.post(f"/api/graphs/{record['id']}/prune", given)
        _wait(client, submitted.json()["id"], as_json=as_json)


def _wait(client: "Client", job_id: str, *, as_json: bool) -> None:
    """Follow a job to its end, and show the graph that it made."""
    from api.client.places import ServerLost
    from api.tables import prediction

    try:
        _follow(client, job_id)
        ended = client.get(f"/api/jobs/{job_id}")
    except ServerLost as error:
        raise click.ClickException(f"{error} Job {job_id} goes on when a server starts again.") from None
    if as_json:
        show(ended.content)
    job = ended.json()
    if job["problem"]:
        raise click.ClickException(job["problem"]["detail"])
    if not as_json:
        record = client.get(f"/api/graphs/{job['graph_id']}").json()
        counts = f"{record['n_nodes']:,} nodes, {record['n_edges']:,} edges"
        page = "" if client.private else f", {client.url}/graphs/{record['id']}"
        show(f"Graph {record['id']}: {counts}, predicts {prediction(record)}{page}")


def _follow(client: "Client", job_id: str) -> None:
    """Show a job's progress, a bar a phase, until it ends."""
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with progress_bar(*columns, TimeElapsedColumn()) as progress:
        bar, shown, total = progress.add_task("waiting", total=None), None, 1
        try:
            for job in client.job_events(job_id):
                if job["phase"] != shown or job["state"] == "done":
                    progress.update(bar, total=total, completed=total)
                if job["phase"] not in (shown, None):
                    bar, shown = progress.add_task(job["phase"], total=None), job["phase"]
                if job["state"] == "running":
                    total = job["total"] or 1
                    progress.update(bar, total=job["total"] or None, completed=job["done"])
        except KeyboardInterrupt:
            progress.stop()
            where = "when a server starts" if client.private else "in the server"
            click.echo(f"Job {job_id} goes on {where}.", err=True)
            raise


@cli.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@threshold_options
@as_json_option
@with_places
def import_files(places: "Places", files: tuple[str, ...], as_json: bool, **thresholds: float | None) -> None:
    """Store graph files as Neuronpedia and circuit-tracer write them.

    A file of more than a million links, or with a threshold given, is pruned, and its whole trace kept. A file that
    cannot be stored does not stop the others. With --json: a list, for each file in turn its graph's record or its
    error.
    """
    import json

    from rich.progress import DownloadColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    from api.client.client import Refused, connect
    from api.tables import prediction

    outcomes: list[Json] = []
    columns = SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn()
    with connect(places) as client, progress_bar(*columns, transient=True) as progress:
        for name in files:
            try:
                record = _import_file(client, progress, Path(name), thresholds)
            except OSError as error:
                detail = f"{name}: {(error.strerror or str(error)).lower()}"
                outcomes.append({"error": type(error).__name__, "detail": detail})
            except Refused as error:
                outcomes.append({"error": error.error, "detail": f"{name}: {error.detail}"})
            else:
                outcomes.append(record)
                if not as_json:
                    counts = f"{record['n_nodes']:,} nodes, {record['n_edges']:,} edges"
                    show(f"{name}: graph {record['id']}, {counts}, predicts {prediction(record)}")
                continue
            _complain(outcomes[-1]["detail"], FAILED)
    if as_json:
        show(json.dumps(outcomes, ensure_ascii=False))
    if any("error" in outcome for outcome in outcomes):
        raise click.exceptions.Exit(FAILED)


def _import_file(
    client: "Client", progress: "Progress", path: Path, thresholds: dict[str, float | None]
) -> "Json":
    """Send one file; the count follows what was sent of it."""
    unfinished = path.stat().st_size + 1  # so that time goes on while the server stores what it has got
    bar = progress.add_task(path.name, total=unfinished)
    try:
        with progress.open(path, "rb", total=unfinished, task_id=bar) as file:
            record: Json = client.import_graph(file, path.stem, thresholds).json()
            return record
    finally:
        progress.remove_task(bar)


@cli.command()
@as_json_option
@with_places
def graphs(places: "Places", as_json: bool) -> None:
    """List the stored graphs, newest first."""
    from api import tables
    from api.client.client import connect

    with connect(places) as client:
        answer = client.get("/api/graphs")
    if as_json:
        show(answer.content)
    elif records := answer.json()["graphs"]:
        show(tables.graphs(records))
    else:
        show(f"No graph is stored in {places.database or places.data} yet.")


@cli.command()
@click.argument("source", metavar="SOURCE_URL")
@click.argument("target", metavar="TARGET_URL")
@click.argument("names", metavar="[GRAPH...]", nargs=-1)
def copy(source: str, target: str, names: tuple[str, ...]) -> None:
    """Copy graphs from one database into another: all of them, or each GRAPH named.

    With them go their labels, supernodes and views, and the explanations of their features; with all graphs also
    what people explained of features that no graph uses. A graph that the target holds stays as it is there. A
    server may run on the source; a ladybug:/// target must not be open elsewhere.
    """
    from queries.store.copying import copy_graphs, copy_kept_features
    from queries.store.open import open_store

    with open_store(source, read_only=True) as source_store, open_store(target) as target_store:
        records = source_store.graphs()
        if names:
            listed = [record.model_dump() for record in records]
            chosen = {find(listed, name)["id"] for name in names}
            records = [record for record in records if record.id in chosen]
        for record, new in copy_graphs(source_store, target_store, records):
            what = "Copied" if new else "Already there:"
            show(f"{what} {candidate(record.model_dump())}.")
        kept = 0 if names else copy_kept_features(source_store, target_store)
        if kept:
            show(f"Copied the explanations of {kept} features that no graph uses.")
        if not records and not kept:
            show(f"There is nothing to copy in {source_store.url}.")


@cli.command()
@click.argument("names", metavar="GRAPH...", nargs=-1, required=True)
@with_places
def delete(places: "Places", names: tuple[str, ...]) -> None:
    """Delete stored graphs, and what no other graph uses.

    A GRAPH is named by its id, the beginning of its id, or its name. Nothing is deleted unless all are found.
    """
    from api.client.client import connect

    with connect(places) as client:
        records = client.get("/api/graphs").json()["graphs"]
        found = {record["id"]: record for record in (find(records, name) for name in names)}
        for graph_id, record in found.items():
            client.delete(f"/api/graphs/{graph_id}")
            show(f"Deleted {candidate(record)}.")


@cli.command()
@click.argument("names", metavar="GRAPH GRAPH...", nargs=-1, required=True)
@click.option(
    "-k", type=click.IntRange(1, 1000), default=100, show_default=True, help="Best paths taken of each graph."
)
@click.option(
    "--rows", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="Rows of each table."
)
@as_json_option
@with_places
def compare(places: "Places", names: tuple[str, ...], k: int, rows: int, as_json: bool) -> None:
    """List the features and paths that GRAPHs share, and the features that only one has.

    A GRAPH is a graph's id, the beginning of its id, or its name; all of one model and transcoder set.
    """
    from api import tables
    from api.client.client import connect

    with connect(places) as client:
        records = client.get("/api/graphs").json()["graphs"]
        graphs = ",".join(find(records, name)["id"] for name in names)
        answer = client.get("/api/compare", graphs=graphs, k=k)
    if as_json:
        show(answer.content)
        return
    found = answer.json()
    show(tables.compared_graphs(found))
    for part in (tables.compared_features, tables.compared_sequences):
        show("")
        show(part(found, rows))


@cli.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@as_json_option
@with_places
def jobs(places: "Places", limit: int, as_json: bool) -> None:
    """List the newest jobs: queued, running and ended."""
    from api import tables
    from api.client.client import connect

    with connect(places) as client:
        answer = client.get("/api/jobs", limit=limit)
    if as_json:
        show(answer.content)
    elif listed := answer.json()["jobs"]:
        show(tables.jobs(listed))
    else:
        show("There are no jobs yet.")


cli.add_command(flow)
cli.add_command(paths)
cli.add_command(query)


if __name__ == "__main__":
    main()
