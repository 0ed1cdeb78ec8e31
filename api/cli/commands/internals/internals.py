"""`circuit-explorer internals`: what the model's heads and layers did with a graph's prompt, computed and summed up."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.commands.internals.asking import computed, explained, path_of, position_name
from api.cli.graph_names import display_name, find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import number, printable, signed, token

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places

PARTS = ("attention", "logits", "heads", "tokens", "flow", "loadings")
TOWARDS = ("predictions", "target", "difference")
MOST_TOKENS = 5
"""Tokens that the summary names."""


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.option("--target", metavar="TOKEN", help="The token to explain; the most probable unless given.")
@click.option(
    "--foil",
    metavar="TOKEN",
    help="The token that it is told apart from; the second most probable unless given.",
)
@click.option("--no-foil", is_flag=True, help="Explain the target's logit alone.")
@click.option(
    "--position",
    type=click.IntRange(0),
    metavar="NUMBER",
    help="Where the target is predicted: a position of the prompt, its last unless given.",
)
@click.option(
    "--baseline",
    metavar="TOKEN",
    help="What every other token is compared with in token attribution; the model's own rule unless given.",
)
@click.option(
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    help="Compute this part, and others that are named; all unless given.",
)
@click.option("--no-verify", is_flag=True, help="Do not ablate every head beside its attribution.")
@click.option(
    "--towards",
    type=click.Choice(TOWARDS),
    help="What logit attribution is towards: each position's most probable token, the target, or the difference of "
    "target and foil. [default: predictions]",
)
@click.option(
    "--direction",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.npy",
    help="A direction of the final norm's output, towards which logit attribution is instead: a NumPy file of one "
    "number for each dimension of the residual stream.",
)
@click.option(
    "--top-edges",
    type=click.IntRange(0),
    metavar="N",
    help="How many edges between heads the database keeps. [default: 200]",
)
@click.option("--stored", is_flag=True, help="Show what was computed before; compute nothing.")
@click.option(
    "--export",
    is_flag=True,
    help="Print token and head attribution, of what was computed, as notebooks read them.",
)
@click.option("--remove", is_flag=True, help="Delete what was computed. The graph stays.")
@as_json_option
@with_places
def internals(
    places: "Places",
    graph: str,
    no_foil: bool,
    no_verify: bool,
    direction: Path | None,
    stored: bool,
    export: bool,
    remove: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Compute what the model's heads and layers did with GRAPH's prompt.

    Attention, logits by component, head and token attribution, information flow, and which heads carried the graph's
    links. What is computed takes the place of what was.
    """
    from api.cli.connect import connect

    parameters = {name: value for name, value in given.items() if value not in (None, ())}
    if no_foil:
        if "foil" in parameters:
            raise click.UsageError("Give --foil or --no-foil.")
        parameters["has_foil"] = False
    if no_verify:
        parameters["verify"] = False
    if direction is not None:
        if "towards" in parameters:
            raise click.UsageError("Give --towards or --direction.")
        parameters["direction"] = _numbers(direction)
    modes = {"--stored": stored, "--export": export, "--remove": remove}
    asked = [name for name, wanted in modes.items() if wanted]
    if len(asked) > 1 or (asked and parameters):
        raise click.UsageError(f"{asked[0]} computes nothing, and goes with no other option.")
    with connect(places, run_jobs=not asked) as client:
        record = find(client.graphs(), graph)
        path = path_of(record)
        if remove:
            client.delete(path)
            show(printable(f"Deleted the internals of {display_name(record)}."))
            return
        if export:
            show(client.get(f"{path}/export").content)
            return
        if not stored:
            computed(client, path, parameters)
        answer = client.get(path)
        if as_json:
            show(answer.content)
        else:
            _show_summary(client, answer.json())


def _numbers(file: Path) -> list[float]:
    """The numbers of a NumPy file. Raises ClickException where it holds no row of numbers."""
    import numpy as np

    try:
        found = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        raise click.ClickException(f"{file} is no NumPy file of numbers.") from None
    if not isinstance(found, np.ndarray) or found.ndim != 1 or not np.isrealobj(found):
        raise click.ClickException(f"{file} holds no row of numbers.")
    values: list[float] = found.astype(np.float64).tolist()
    return values


def _show_summary(client: "Client", found: "Json") -> None:
    from api.cli.commands.internals import tables

    tokens = found["tokens"]
    value = "" if found["value"] is None else f", {signed(found['value'])} of logits"
    show(printable(f"{explained(found)}, predicted at {position_name(tokens, found['position'])}{value}."))
    show(tables.parts(found))
    if found["token_attribution"] is not None:
        show(printable(_token_line(found)))
    checks = ", ".join(f"{name} {number(error)}" for name, error in found["errors"].items())
    show(f"Errors that the checks found: {checks or 'none was made'}.")
    for part, reason in found["missing"].items():
        show(printable(f"Missing of {part}: {reason}"))
    if not client.private:
        show(f"{client.url}/graphs/{found['graph']}")


def _token_line(found: "Json") -> str:
    """'From <pad> at every other token: Dallas (9) +5.84, …; error of the sum 0.4 %.'"""
    values, tokens = found["token_attribution"], found["tokens"]
    order = sorted(range(len(values)), key=lambda at: -abs(values[at]))[:MOST_TOKENS]
    named = ", ".join(f"{position_name(tokens, at)} {signed(values[at])}" for at in order)
    baseline = found["baseline"]
    beside = token(baseline["token"]) if baseline["kind"] == "token" else f"the {baseline['kind']}"
    return f"Tokens, compared with {beside}: {named}."
