"""`circuit-explorer ingest` and `prune`: jobs that end in a stored graph."""

from typing import TYPE_CHECKING, Any

import click

from api.cli.commands.ingesting.batches import submit_file
from api.cli.commands.ingesting.jobs import wait_for
from api.cli.commands.ingesting.prompts import messages_option, prompt_of
from api.cli.graph_names import find
from api.cli.options import (
    IngestCommand,
    Target,
    as_json_option,
    into_collection,
    threshold_options,
    with_places,
)
from api.cli.terminal import show

if TYPE_CHECKING:
    from typing import TextIO

    from api.client.places import Places


@click.command(cls=IngestCommand)
@click.argument("prompt", required=False)
@click.option(
    "--file",
    "prompts",
    type=click.File(encoding="utf-8"),
    help="Prompts instead of PROMPT: a line each, or, in a .jsonl file, a JSON object each with a job's fields.",
)
@messages_option
@click.option("--wait", is_flag=True, help="With --file: wait until all of its jobs have ended.")
@click.option("--model", help="A model that the server knows; its first unless given.")
@click.option("--transcoders", help="One of that model's transcoder sets; its first unless given.")
@click.option(
    "--rather-than",
    metavar="TARGET",
    type=Target(),
    help="Trace the difference of the one token of --attribution-targets and this one.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Put the stored graph to the test too, in groups as the page groups its paths.",
)
@click.option(
    "--internals",
    is_flag=True,
    help="Compute the internals of the prompt too: attention, attribution, flow, and which heads carried the links.",
)
@click.option("--force", is_flag=True, help="Trace it again where its graph is stored already.")
@click.option(
    "--priority",
    type=click.IntRange(1, 100),
    help="Jobs with the lowest go first: 10 unless given, in a file 20.",
)
@into_collection
@click.option("--no-wait", is_flag=True, help="Only queue the job.")
@as_json_option
@with_places
def ingest(
    places: "Places",
    prompt: str | None,
    prompts: "TextIO | None",
    messages: "TextIO | None",
    wait: bool,
    model: str | None,
    transcoders: str | None,
    rather_than: str | int | None,
    verify: bool,
    internals: bool,
    force: bool,
    priority: int | None,
    collection: str | None,
    no_wait: bool,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Trace PROMPT, or a chat, into a stored graph, or every prompt of a file."""
    from api.cli.connect import connect

    if [prompt, prompts, messages].count(None) != 2:
        raise click.UsageError("Give a PROMPT, --messages, or a --file of prompts.")
    asked = prompt_of(prompt, messages)
    if rather_than is not None:
        if len(parameters["attribution_targets"]) != 1:
            raise click.UsageError("--rather-than takes the difference from one --attribution-targets.")
        ends = zip((*parameters["attribution_targets"], rather_than), (1.0, -1.0), strict=True)
        terms = [{"token": token, "factor": factor} for token, factor in ends]
        parameters["attribution_targets"] = [{"logits": terms}]
    given = {name: value for name, value in parameters.items() if value not in (None, ())}
    request = {
        "model": model,
        "transcoders": transcoders,
        "verify": verify,
        "internals": internals,
        "force": force,
        "priority": priority,
        "collection": collection,
        "parameters": {name: None if value == "all" else value for name, value in given.items()},
    }
    if prompts is not None:
        with connect(places, run_jobs=wait) as client:
            submit_file(client, prompts, request, wait=wait, as_json=as_json)
        return
    with connect(places, run_jobs=not no_wait) as client:
        submitted = client.submit({**request, **asked})
        job = submitted.json()
        if not no_wait or job["known"]:
            wait_for(client, submitted, as_json=as_json)
        elif as_json:
            show(submitted.content)
        else:
            when = "; it is traced when a server runs" if client.private else ""
            show(f"Queued job {job['id']}{when}.")


@click.command()
@click.argument("graph", metavar="GRAPH")
@threshold_options
@as_json_option
@with_places
def prune(places: "Places", graph: str, as_json: bool, **thresholds: float | None) -> None:
    """Prune the whole trace behind GRAPH again, into another stored graph.

    The model is not needed. GRAPH is a graph's id, the beginning of its id, or its name. The same thresholds make
    the same graph.
    """
    from api.cli.connect import connect

    given = {name: value for name, value in thresholds.items() if value is not None}
    with connect(places, run_jobs=True) as client:
        record = find(client.graphs(), graph)
        submitted = client.post(f"/api/graphs/{record['id']}/prune", given)
        wait_for(client, submitted, as_json=as_json)
