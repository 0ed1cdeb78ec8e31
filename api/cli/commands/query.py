"""`circuit-explorer query`: Cypher of one's own, also kept under a name, or a named query of the cookbook."""

import json
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from api.cli.graph_names import find
from api.cli.options import with_places
from api.cli.terminal import show
from queries.names import check_addressed_name
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT, MIN_TIMEOUT

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places


SAVED = "/api/saved-queries"


@click.command()
@click.argument("cypher", metavar="[CYPHER]", required=False)
@click.option("--name", help="Run this named query instead.")
@click.option("--saved", metavar="NAME", help="Run this saved query instead.")
@click.option(
    "--list",
    "listed",
    is_flag=True,
    help="List the named queries and their parameters, and the saved queries.",
)
@click.option(
    "--save", metavar="NAME", help="Once CYPHER has run, save it under this name, in place of what has it."
)
@click.option("--notes", metavar="TEXT", help="What --save says of it.")
@click.option("--forget", metavar="NAME", help="Delete this saved query, and run nothing.")
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    help="A parameter's value; repeatable, also for a list of graphs. A graph is its id, the beginning of it or "
    "its name.",
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How rows are written.",
)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help=f"Most rows; {DEFAULT_LIMIT:,} unless given."
)
@click.option(
    "--timeout",
    type=click.FloatRange(MIN_TIMEOUT),
    metavar="SECONDS",
    help=f"{DEFAULT_TIMEOUT:g} unless given.",
)
@with_places
def query(
    places: "Places",
    cypher: str | None,
    name: str | None,
    saved: str | None,
    listed: bool,
    save: str | None,
    notes: str | None,
    forget: str | None,
    parameters: tuple[str, ...],
    output: str,
    limit: int | None,
    timeout: float | None,
) -> None:
    """Run CYPHER, or a named or saved query, on the stored graphs.

    Only reading is allowed. CYPHER may be -, to be read from stdin. Without --name, a parameter's VALUE is JSON or
    else text.
    """
    from api.cli import tables
    from api.cli.connect import connect
    from api.headers import TRUNCATED

    if [cypher is not None, name is not None, saved is not None, listed, forget is not None].count(True) != 1:
        raise click.UsageError("Give CYPHER, --name, --saved, --list or --forget.")
    if save is not None:
        if cypher is None:
            raise click.UsageError("--save is for CYPHER.")
        check_addressed_name("name", save)  # else the address would be another's
    elif notes is not None:
        raise click.UsageError("--notes is for --save.")
    if cypher == "-":
        cypher = sys.stdin.read()
    given = _given(parameters)
    bounds = {key: value for key, value in (("limit", limit), ("timeout", timeout)) if value is not None}
    with connect(places) as client:
        if listed:
            _list(client, output)
            return
        if forget is not None:
            client.delete(_address(forget))
            show(f"Deleted the saved query {forget!r}.")
            return
        if saved is not None:
            cypher = client.get(_address(saved)).json()["cypher"]
        if name is None:
            path = "/api/cypher"
            body = {
                "query": cypher,
                "parameters": {key: _json_or_text(key, one) for key, one in given.items()},
            }
        else:
            path = f"/api/queries/{name}"
            body = {"parameters": _named_values(client, name, given)}
        accept = "text/csv" if output == "csv" else "application/json"
        answer = client.post(path, {**body, **bounds}, accept=accept)
        if save is not None:
            client.put(_address(save), {"cypher": cypher, "notes": notes or ""})
    show(tables.rows(answer.json()) if output == "table" else answer.content)
    if output != "json" and TRUNCATED in answer.headers:
        click.echo(f"There are more rows (bounded by {answer.headers[TRUNCATED]}).", err=True)


def _address(name: str) -> str:
    return f"{SAVED}/{quote(name, safe='')}"


def _list(client: "Client", output: str) -> None:
    """The named queries, then those that are saved; as JSON in one object."""
    from api.cli import tables

    named, saved = client.get("/api/queries").json(), client.get(SAVED).json()["queries"]
    if output == "json":
        show(json.dumps({**named, "saved": saved}, ensure_ascii=False))
        return
    show(tables.named_queries(named))
    if saved:
        show("")
        show(tables.saved_queries(saved))


def _given(parameters: tuple[str, ...]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"--parameter {parameter}: write it as NAME=VALUE.")
        given.setdefault(name, []).append(value)
    return given


def _named_values(client: "Client", name: str, given: dict[str, list[str]]) -> "Json":
    """The values, of the types of the query's parameters. The server refuses unknown names."""
    queries = client.get("/api/queries").json()["queries"]
    types = {
        parameter["name"]: parameter["type"]
        for known in queries
        if known["name"] == name
        for parameter in known["parameters"]
    }
    values: Json = {}
    records: list[Json] | None = None
    for key, texts in given.items():
        kind = types.get(key)
        if kind in ("graph", "graphs"):
            records = records or client.graphs()
            texts = [find(records, text)["id"] for text in texts]
        values[key] = texts if kind == "graphs" else _of_type(kind, key, _only(key, texts))
    return values


def _of_type(kind: str | None, name: str, text: str) -> str | int | float:
    convert: dict[str | None, Any] = {"count": int, "number": float}
    try:
        value: str | int | float = convert.get(kind, str)(text)
    except ValueError:
        raise click.UsageError(f"--parameter {name}: {text!r} is no number.") from None
    return value


def _json_or_text(name: str, texts: list[str]) -> Any:
    text = _only(name, texts)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _only(name: str, texts: list[str]) -> str:
    if len(texts) > 1:
        raise click.UsageError(f"--parameter {name} is given {len(texts)} times.")
    return texts[0]
