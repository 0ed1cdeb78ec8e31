"""`circuit-explorer query`: Cypher of one's own, or a named query of the cookbook."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from api.cli.graph_names import find
from api.cli.options import with_places
from api.cli.terminal import show
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT, MIN_TIMEOUT

if TYPE_CHECKING:
    from api.client.client import Client, Json
    from api.client.places import Places


@click.command()
@click.argument("cypher", metavar="[CYPHER]", required=False)
@click.option("--name", help="Run this named query instead.")
@click.option("--list", "listed", is_flag=True, help="List the named queries and their parameters.")
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
    listed: bool,
    parameters: tuple[str, ...],
    output: str,
    limit: int | None,
    timeout: float | None,
) -> None:
    """Run CYPHER, or a named query, on the stored graphs.

    Only reading is allowed. CYPHER may be -, to be read from stdin. Without --name, a parameter's VALUE is JSON or
    else text.
    """
    from api.cli import tables
    from api.cli.connect import connect
    from api.headers import TRUNCATED

    if [cypher is not None, name is not None, listed].count(True) != 1:
        raise click.UsageError("Give CYPHER, --name or --list.")
    if cypher == "-":
        cypher = sys.stdin.read()
    given = _given(parameters)
    bounds = {key: value for key, value in (("limit", limit), ("timeout", timeout)) if value is not None}
    with connect(places) as client:
        if listed:
            answer = client.get("/api/queries")
            show(answer.content if output == "json" else tables.named_queries(answer.json()))
            return
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
    show(tables.rows(answer.json()) if output == "table" else answer.content)
    if output != "json" and TRUNCATED in answer.headers:
        click.echo(f"There are more rows (bounded by {answer.headers[TRUNCATED]}).", err=True)


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
