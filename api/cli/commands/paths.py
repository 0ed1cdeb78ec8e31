"""`circuit-explorer paths`, `flow` and `circuit`: how a graph's nodes lead to a target."""

import functools
from typing import TYPE_CHECKING, Any, Literal, get_args

import click

from api.cli.commands.views.views import view_address, view_in_use
from api.cli.formats import FORMATS
from api.cli.graph_names import find
from api.cli.options import Command, labels_option, number_of_groups, view_option, with_places
from api.cli.terminal import show
from api.cli.wording import with_difference
from queries.paths.scores import SCORES
from queries.words import (
    ANY_OF_MEANING,
    DEFAULT_CIRCUIT,
    DEFAULT_MIN_LENGTH,
    DEFAULT_PATHS,
    DEFAULT_RANDOM,
    GROUPINGS,
    MAX_BEST_MEMBERS,
    MAX_CIRCUIT,
    MAX_PATHS,
    SELECTORS,
    Side,
    Sign,
    Unlabelled,
)

if TYPE_CHECKING:
    from requests import Response

    from api.cli.formats import FlowRow
    from api.client.client import Client, Json
    from api.client.places import Places

CHOOSING = ("nodes", "share", "groups", "unlabelled")
"""Options that say which circuit is chosen."""
GRAMMAR = "\n    ".join(
    [
        f"SELECTOR names nodes; {ANY_OF_MEANING}:",
        *("", "\b"),
        *(f"{form:<28}{meaning}" for form, meaning in SELECTORS.items()),
    ]
)


def _path_options(command: Command) -> Command:
    """The options that paths, flow and circuit share."""

    @click.argument("graph", metavar="GRAPH")
    @click.option(
        "--source",
        metavar="SELECTOR",
        multiple=True,
        help="Where paths begin; all embedding nodes unless given. Repeatable.",
    )
    @click.option(
        "--target",
        metavar="SELECTOR",
        multiple=True,
        help="Where paths end: logits, weighted by their probabilities, or one feature node; the most probable logit "
        "unless given. Repeatable.",
    )
    @click.option(
        "--rather-than",
        metavar="SELECTOR",
        help="One other logit: paths end at the difference of the target and this one, over their direct effects.",
    )
    @click.option(
        "--avoid", metavar="SELECTOR", multiple=True, help="No path contains one of these. Repeatable."
    )
    @click.option(
        "--group-by",
        type=click.Choice(["none", *GROUPINGS]),
        help="Sum over all paths through the same groups. Unless given: by label where labels that several features "
        "share carry half of the features' flow, else auto, which groups by the graph's edges alone.",
    )
    @click.option(
        "--unlabelled",
        type=click.Choice(get_args(Unlabelled)),
        help="Feature nodes without a label or supernode are groups of their own, all of them one, or automatic "
        "groups. [default: own]",
    )
    @number_of_groups
    @click.option(
        "--hide-bos",
        is_flag=True,
        help="Leave out paths that begin at the token before the text, such as <bos>, and say what they carry.",
    )
    @view_option
    @labels_option
    @click.option(
        "--format",
        "output",
        type=click.Choice(["table", "json", *FORMATS]),
        default="table",
        show_default=True,
        help="How the answer is written; dot draws it with Graphviz.",
    )
    @click.option("--json", "output", flag_value="json", help="The same as --format json.")
    @with_places
    @functools.wraps(command)
    def wrapped(**options: Any) -> None:
        command(**options)

    return wrapped


@click.command(
    help=f"""List GRAPH's best paths from the prompt's tokens to a target.

    GRAPH is a graph's id, the beginning of its id, or its name. By influence, scores are shares of all influence on the
    target; `together` is what the path and those above it carry.

    {GRAMMAR}"""
)
@_path_options
@click.option(
    "-k", type=click.IntRange(1, MAX_PATHS), default=DEFAULT_PATHS, show_default=True, help="How many."
)
@click.option(
    "--score",
    type=click.Choice(list(SCORES)),
    default="influence",
    show_default=True,
    help="What ranks them.",
)
@click.option(
    "--through",
    metavar="SELECTOR",
    multiple=True,
    help="Met by a node of every path. Repeatable: each must be met, in any order.",
)
@click.option(
    "--sign",
    type=click.Choice(get_args(Sign)),
    help="All weights positive, or their product positive or negative.",
)
@click.option(
    "--side",
    type=click.Choice(get_args(Side)),
    help="Only paths that raise, or lower, the target; groups that do so on balance.",
)
@click.option(
    "--min-length",
    type=click.IntRange(1),
    metavar="N",
    default=DEFAULT_MIN_LENGTH,
    show_default=True,
    help="Fewest edges; 1 admits direct effects of sources on the target.",
)
@click.option("--max-length", type=click.IntRange(1), metavar="N", help="Most edges.")
@click.option(
    "--best-members",
    type=click.IntRange(0, MAX_BEST_MEMBERS),
    metavar="N",
    default=0,
    show_default=True,
    help="Best single paths shown below each group sequence.",
)
@click.option(
    "--unpruned", is_flag=True, help="Rank the whole trace behind GRAPH, before pruning, which takes seconds."
)
def paths(places: "Places", graph: str, output: str, group_by: str | None, **query: Any) -> None:
    from api.cli import tables

    can_group = SCORES[query["score"]].grouped
    if (found := _for_a_table("paths", places, graph, output, group_by, can_group, query)) is None:
        return
    show(tables.paths(found) if found["groups"] or found["paths"] else "No path fits what was asked.")
    show(tables.totals(found))
    lines = [*tables.group_lines(found), tables.borrowed(found)]
    for line in filter(None, lines):
        show(line)


@click.command(
    help=f"""List the nodes of GRAPH through which most of the influence on a target flows.

    Shares are of all influence on the target; a node's is that of all paths that contain it.

    {GRAMMAR}"""
)
@_path_options
@click.option("-k", type=click.IntRange(1), default=20, show_default=True, help="How many are shown.")
@click.option(
    "--via", metavar="SELECTOR", help="One node: count only the paths that contain it too. Not with groups."
)
def flow(places: "Places", graph: str, output: str, group_by: str | None, k: int, **query: Any) -> None:
    from api.cli import tables
    from api.cli.connect import connect

    if query["via"] is not None and group_by not in (None, "none"):
        raise click.UsageError("--via counts nodes, not groups.")
    with connect(places) as client:
        address = f"/api/graphs/{find(client.graphs(), graph)['id']}"
        by = group_by or _default_grouping(client, address, query, query["via"] is None)
        answer = client.get(f"{address}/flow", group_by=by, **query)
        nodes = client.get(f"{address}/nodes", labels=query["labels"]).json()
    if output == "json":
        show(answer.content)
        return
    rows = _flow_rows(answer.json(), nodes)[:k]
    if output in FORMATS:
        click.echo(FORMATS[output].flow(rows), nl=False)
    else:
        show(tables.flow(rows))
        for line in tables.group_lines(answer.json()):
            show(line)


@click.command(
    help=f"""Choose the few groups of GRAPH that explain most of a target.

    They come with the links between them, and explain the influence along the paths that run over their nodes only.
    Beside it stand the scores of the graph with these features only, as Neuronpedia counts them.

    {GRAMMAR}"""
)
@_path_options
@click.option(
    "--nodes",
    type=click.IntRange(1, MAX_CIRCUIT),
    metavar="N",
    help=f"Groups of the circuit. [default: {DEFAULT_CIRCUIT}]",
)
@click.option(
    "--share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    help="Instead of --nodes: the fewest groups that explain this share of what all features do.",
)
@click.option(
    "--drawn",
    is_flag=True,
    help="Choose nothing: what the supernodes and pins of the view explain, beside random circuits.",
)
def circuit(
    places: "Places", graph: str, output: str, group_by: str | None, drawn: bool, **query: Any
) -> None:
    from api.cli import tables

    if drawn:
        found = _drawn(places, graph, output, group_by, query)
        table, lines = tables.drawn_circuit, tables.drawn_lines
    else:
        found = _for_a_table("circuit", places, graph, output, group_by, True, query)
        table, lines = tables.circuit, tables.circuit_lines
    if found is None:
        return
    show(table(found))
    for line in lines(found):
        show(line)


def _drawn(places: "Places", graph: str, output: str, group_by: str | None, query: "Json") -> "Json | None":
    """What a view's circuit explains, for a table; None where it is written already, in another format."""
    from api.cli.connect import connect

    choosing = {"--group-by": group_by, **{f"--{name}": query[name] for name in CHOOSING}}
    if given := [option for option, value in choosing.items() if value is not None]:
        raise click.UsageError(f"{given[0]} chooses a circuit, and --drawn has one.")
    asked = {name: value for name, value in query.items() if name not in CHOOSING and value is not None}
    with connect(places) as client:
        address = f"/api/graphs/{find(client.graphs(), graph)['id']}"
        name, _ = view_in_use(client, f"{address}/views", query["view"])
        if name is None:
            raise click.UsageError("The graph has no view: `circuit-explorer supernodes` draws in one.")
        state = client.get(view_address(f"{address}/views", name)).json()["state"]
        circuit = {
            "supernodes": [one for one in state["supernodes"] if one["nodes"]],
            "pinned": state["pinned"],
        }
        answer = client.post(f"{address}/circuit", {**asked, **circuit, "random": DEFAULT_RANDOM})
    return _written("circuit", answer, output)


def _for_a_table(
    what: Literal["paths", "circuit"],
    places: "Places",
    graph: str,
    output: str,
    group_by: str | None,
    can_group: bool,
    query: "Json",
) -> "Json | None":
    """The answer to a question about a graph, for a table; None where it is written already, in another format."""
    from api.cli.connect import connect

    with connect(places) as client:
        address = f"/api/graphs/{find(client.graphs(), graph)['id']}"
        by = group_by or _default_grouping(client, address, query, can_group)
        answer = client.get(f"{address}/{what}", group_by=by, **query)
    return _written(what, answer, output)


def _written(what: Literal["paths", "circuit"], answer: "Response", output: str) -> "Json | None":
    """The answer for a table; None where it is written in another format."""
    if output == "json":
        show(answer.content)
        return None
    found = with_difference(answer.json())
    if output not in FORMATS:
        return found
    write = FORMATS[output].paths if what == "paths" else FORMATS[output].circuit
    click.echo(write(found), nl=False)
    return None


def _default_grouping(client: "Client", address: str, query: "Json", can_group: bool) -> str:
    """By what a graph's paths are grouped where nobody says."""
    if not can_group:
        return "none"
    if query["groups"] is not None and query["unlabelled"] is None:
        return "auto"
    by = str(client.get(address, labels=query["labels"]).json()["default_group_by"])
    # A whole trace may be too large for automatic groups.
    return "none" if by == "auto" and query.get("unpruned") else by


def _flow_rows(answer: "Json", nodes: "Json") -> "list[FlowRow]":
    """The groups or nodes that influence flows through, largest share first."""
    if answer["groups"] is not None:
        return [(one["group"], one["flow"]) for one in answer["groups"]]
    order = sorted(range(len(answer["flow"])), key=lambda node: -answer["flow"][node])
    columns = ("kind", "layer", "position", "index", "site", "token")
    return [
        (
            {column: nodes[column][node] for column in columns}
            | {"name": nodes["label"][node], "nodes": [nodes["id"][node]]},
            answer["flow"][node],
        )
        for node in order
        if answer["flow"][node] > 0.0
    ]
