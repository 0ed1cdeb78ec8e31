"""`circuit-explorer jobs`, and how a command waits for a job."""

from typing import TYPE_CHECKING

import click

from api.cli.options import as_json_option, with_places
from api.cli.terminal import progress_bar, show
from api.cli.wording import faithfulness, outcome
from queries.words import DEFAULT_JOBS, MAX_JOBS

if TYPE_CHECKING:
    from requests import Response

    from api.client.client import Client, Json
    from api.client.places import Places


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, MAX_JOBS), default=DEFAULT_JOBS, show_default=True, help="How many."
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["queued", "running", "done", "failed", "cancelled"]),
    help="Only jobs in this state; may be repeated.",
)
@click.option("--model", help="Only jobs of this model.")
@as_json_option
@with_places
def jobs(places: "Places", limit: int, states: tuple[str, ...], model: str | None, as_json: bool) -> None:
    """List the newest jobs: queued, running and ended."""
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        answer = client.get("/api/jobs", limit=limit, state=list(states), model=model)
    if as_json:
        show(answer.content)
    elif listed := answer.json()["jobs"]:
        show(tables.jobs(listed))
    else:
        show("There are no such jobs." if states or model else "There are no jobs yet.")


@click.command()
@click.argument("job", metavar="JOB")
@with_places
def cancel(places: "Places", job: str) -> None:
    """End a job that waits or runs. JOB is its id, as `jobs` lists it."""
    from api.cli.connect import connect

    with connect(places) as client:
        client.post(f"/api/jobs/{job}/cancel", {})
    show(f"Job {job} is cancelled.")


@click.command()
@click.argument("job", metavar="JOB")
@with_places
def retry(places: "Places", job: str) -> None:
    """Queue what a job that failed or was cancelled was asked for again, as another job."""
    from api.cli.connect import connect

    with connect(places) as client:
        queued = client.post(f"/api/jobs/{job}/retry", {}).json()
    show(f"Queued job {queued['id']}.")


def wait_for(client: "Client", submitted: "Response", *, as_json: bool) -> None:
    """Follow the job of an answer to its end, and show the graph that it made, and what that lacks."""
    asked = submitted.json()
    ended = submitted if asked["known"] else followed(client, asked["id"])
    if as_json:
        show(ended.content)
    job = without_problem(ended)
    if not as_json:
        record = client.get(f"/api/graphs/{job['graph_id']}").json()
        counts = f"{record['n_nodes']:,} nodes, {record['n_edges']:,} edges"
        page = "" if client.private else f", {client.url}/graphs/{record['id']}"
        graph = f"Known already: graph {record['id']}" if job["known"] else f"Graph {record['id']}"
        show(f"{graph}: {counts}, {outcome(record)}{faithfulness(record)}{page}")
        if job["note"]:
            show(job["note"])


def followed(client: "Client", job_id: str) -> "Response":
    """The answer about a job that has ended. Raises ClickException where the server ends first."""
    from api.client.places import ServerLost

    try:
        _follow(client, job_id)
        return client.get(f"/api/jobs/{job_id}")
    except ServerLost as error:
        raise click.ClickException(f"{error} Job {job_id} goes on when a server starts again.") from None


def without_problem(ended: "Response") -> "Json":
    """The job. Raises ClickException where it failed."""
    job: Json = ended.json()
    if job["problem"]:
        raise click.ClickException(job["problem"]["detail"])
    return job


def _follow(client: "Client", job_id: str) -> None:
    """Show a job's progress until it ends, with a bar for each phase."""
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
