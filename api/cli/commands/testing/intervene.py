"""`circuit-explorer intervene`: features changed in the model, or only predicted."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.ingesting.jobs import followed, without_problem
from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from api.cli.wording import printable, token
from queries.words import ANY_OF_MEANING, SELECTORS

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places

GRAMMAR = (
    "A SELECTOR is "
    + "; ".join(f"{form} ({meaning})" for form, meaning in SELECTORS.items())
    + f"; {ANY_OF_MEANING}."
)


@click.command(
    help=f"""Change features of GRAPH in the model, and see what the graph predicted and what happens.

    All feature nodes that the SELECTORs name are switched off, unless another change is asked for. Told in this order:
    what the graph predicts; what is measured as it assumes, attention and norms held; in the model, the final norm's
    scale held; and what happens. Beside it 19 controls: as many other features at the same positions. The result is
    stored with the graph.

    {GRAMMAR}"""
)
@click.argument("graph", metavar="GRAPH")
@click.argument("selectors", metavar="[SELECTOR...]", nargs=-1)
@click.option(
    "--scale", type=click.FloatRange(-5, 5), metavar="FACTOR", help="To this multiple of their activations."
)
@click.option("--set", "value", type=float, metavar="VALUE", help="To this value.")
@click.option(
    "--transplant",
    "donor",
    metavar="DONOR",
    help="To what this graph has at their positions; without selectors, all in which the two graphs differ.",
)
@click.option(
    "--factor",
    type=click.FloatRange(-5, 5),
    metavar="FACTOR",
    help="Of a transplanted activation. [default: 2]",
)
@click.option(
    "--seed", type=click.IntRange(0), help="By which controls are drawn; the graph's own unless given."
)
@click.option("--note", help="Kept with the result.")
@click.option(
    "--predict", "only_predict", is_flag=True, help="Only what the graph predicts, without the model."
)
@as_json_option
@with_places
def intervene(
    places: "Places",
    graph: str,
    selectors: tuple[str, ...],
    scale: float | None,
    value: float | None,
    donor: str | None,
    factor: float | None,
    seed: int | None,
    note: str | None,
    only_predict: bool,
    as_json: bool,
) -> None:
    from api.cli.connect import connect

    given = {"--scale": scale, "--set": value, "--transplant": donor}
    if sum(one is not None for one in given.values()) > 1:
        raise click.UsageError(f"Only one of {', '.join(given)} can be asked for.")
    if factor is not None and donor is None:
        raise click.UsageError("--factor is of a transplant.")
    change: Json = {"nodes": list(selectors)}
    if scale is not None:
        change |= {"op": "scale", "factor": scale}
    elif value is not None:
        change |= {"op": "set", "value": value}
    elif donor is not None:
        change |= {"op": "transplant", "factor": factor, "part": "nodes" if selectors else "whole"}
    elif not selectors:
        raise click.UsageError("Name what to change by SELECTORs, or give --transplant.")
    with connect(places, run_jobs=not only_predict) as client:
        records = client.graphs()
        record = find(records, graph)
        if donor is not None:
            change["donor"] = find(records, donor)["id"]
        question = {"changes": [change], "seed": seed, "note": note}
        if only_predict:
            answer = client.post(f"/api/graphs/{record['id']}/predict", question)
        else:
            queued = client.post(f"/api/graphs/{record['id']}/interventions", question).json()
            job = without_problem(followed(client, queued["id"]))
            answer = client.get(f"/api/interventions/{job['intervention_id']}")
    if as_json:
        show(answer.content)
    else:
        _show_intervention(answer.json())


def _show_intervention(answer: "Json") -> None:
    from api.cli import tables

    predicted, measured = answer["predicted"], answer.get("measured")
    n, outside = len(answer["changes"]), predicted["n_unpredicted"]
    said = f"{n:,} feature{'s' * (n > 1)} changed"
    if outside:
        said += f"; {outside:,} of them have no node in the graph, and their part is not predicted"
    show(f"{said}.")
    show(tables.intervention(answer))
    if measured is None:
        if answer["why_not_tested"]:
            show(printable(answer["why_not_tested"]))
        return
    for when in ("before", "after"):
        tokens = ", ".join(
            f"{token(one['token'])} {one['probability']:.1%}" for one in measured[f"top_{when}"]
        )
        show(printable(f"{when.capitalize()}: {tokens}"))
        if said := "".join(measured[f"continuation_{when}"]):
            show(printable(f"  goes on: {said!r}"))
    if measured["falls"]:
        show(tables.falls(measured))
    if controls := measured["controls"]:
        n_controls = len(controls["in_model"])
        n_as_much = round(controls["p"] * (n_controls + 1)) - 1
        show(f"{n_as_much} of {n_controls} controls do as much in the model (p = {controls['p']:.2f}).")
    if measured["verdict"]:
        show(f"Verdict: {measured['verdict']}.")
