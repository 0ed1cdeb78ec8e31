"""Many prompts at once: a file of them, and how a command waits for their jobs."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from api.cli.terminal import progress_bar, show
from queries.words import MAX_BATCH, MAX_JOBS

if TYPE_CHECKING:
    from typing import TextIO

    from api.client.client import Client, Json

LOOK = 1.0
"""Seconds between two looks at what is left."""


def submit_file(client: "Client", prompts: "TextIO", common: "Json", *, wait: bool, as_json: bool) -> None:
    """Queue a job for each prompt of a file. `common`: what each has that the file does not say. With `wait`, it also
    waits for their ends; a job that failed is a failure of the command."""
    requests = [{**common, **each} for each in _requests(prompts)]
    if not requests:
        raise click.ClickException(f"{prompts.name} has no prompt.")
    queued = [
        job
        for first in range(0, len(requests), MAX_BATCH)
        for job in client.submit_all(requests[first : first + MAX_BATCH]).json()["jobs"]
    ]
    if not wait:
        n_known = sum(job["known"] for job in queued)
        known = {0: "", 1: " 1 graph is known already."}.get(
            n_known, f" {n_known:,} graphs are known already."
        )
        text = f"Queued {len(queued) - n_known:,} jobs.{known}"
        show(json.dumps({"jobs": queued}).encode() if as_json else text)
        return
    ended = list(_ended(client, [job["id"] for job in queued]))
    if as_json:
        show(json.dumps({"jobs": ended}).encode())
    counts = Counter(job["state"] for job in ended)
    for job in ended:
        if job["problem"]:
            click.echo(f"{job['prompt']!r}: {job['problem']['detail']}", err=True)
    summary = ", ".join(
        f"{counts[state]:,} {state}" for state in ("done", "failed", "cancelled") if counts[state]
    )
    if counts["done"] < len(ended):
        raise click.ClickException(f"Of {len(ended):,} jobs: {summary}.")
    if not as_json:
        show(f"All {len(ended):,} jobs are done.")


def _requests(prompts: "TextIO") -> "Iterator[Json]":
    """What the file says of each job. Raises ClickException with the number of a line that cannot be read."""
    is_json = prompts.name.endswith(".jsonl")
    for number, line in enumerate(prompts, start=1):
        text = line.rstrip("\r\n")
        if not text.strip():
            continue
        if not is_json:
            yield {"prompt": text}
            continue
        try:
            request = json.loads(text)
        except json.JSONDecodeError as error:
            raise click.ClickException(f"{prompts.name}, line {number}: no JSON ({error.msg}).") from None
        if not isinstance(request, dict):
            raise click.ClickException(f"{prompts.name}, line {number}: no JSON object.")
        yield request


def _ended(client: "Client", ids: list[str]) -> "Iterator[Json]":
    """The jobs in their order, once all have ended. Shows how many have."""
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with progress_bar(*columns, TimeElapsedColumn()) as progress:
        bar = progress.add_task("jobs", total=len(ids))
        left = set(ids)
        while left:
            left &= _unfinished(client)
            progress.update(bar, completed=len(ids) - len(left))
            if left:
                time.sleep(LOOK)
    for job_id in ids:
        yield client.get(f"/api/jobs/{job_id}").json()


def _unfinished(client: "Client") -> set[str]:
    """The ids of all jobs that wait or run."""
    found: set[str] = set()
    while True:
        page = client.get("/api/jobs", state=["queued", "running"], limit=MAX_JOBS, offset=len(found)).json()[
            "jobs"
        ]
        found |= {job["id"] for job in page}
        if len(page) < MAX_JOBS:
            return found
