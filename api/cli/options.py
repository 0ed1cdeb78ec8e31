"""Options that several commands share, and the options for the parameters of a trace."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click

from queries.words import DEFAULT_LABELS, DEFAULT_THRESHOLDS, LABEL_RULES, MAX_GROUPS, MIN_GROUPS

Command: TypeAlias = Callable[..., None]


def with_places(command: Command) -> Command:
    """Give a command `--data`, `--database`, `--jobs` and `--traces`. They reach it as `places`."""

    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("data"),
        envvar="CIRCUIT_EXPLORER_DATA",
        show_default=True,
        show_envvar=True,
        help="Folder of everything that is kept.",
    )
    @click.option(
        "--database",
        metavar="URL",
        envvar="CIRCUIT_EXPLORER_DATABASE",
        show_envvar=True,
        help="Graph database: ladybug:///FILE or neo4j://USER:PASSWORD@HOST:PORT/NAME, or parquet:///FOLDER, a data "
        "set, which is only read; without it, a file in the data folder.",
    )
    @click.option(
        "--jobs",
        metavar="URL",
        envvar="CIRCUIT_EXPLORER_JOBS",
        show_envvar=True,
        help="Job database: sqlite:///FILE; without it, one in the data folder.",
    )
    @click.option(
        "--traces",
        metavar="URL",
        envvar="CIRCUIT_EXPLORER_TRACES",
        show_envvar=True,
        help="Where whole traces are kept: a folder, or a URL that fsspec opens, such as s3://BUCKET/FOLDER; without "
        "it, in the data folder.",
    )
    @functools.wraps(command)
    def wrapped(
        data: Path, database: str | None, jobs: str | None, traces: str | None, **options: Any
    ) -> None:
        from api.client.places import Places

        command(places=Places(data, database or None, jobs or None, traces or None), **options)

    return wrapped


number_of_groups = click.option(
    "--groups",
    type=click.IntRange(MIN_GROUPS, MAX_GROUPS),
    metavar="N",
    help=f"How many automatic groups, {MIN_GROUPS} to {MAX_GROUPS}; the graph's own number unless given.",
)
labels_option = click.option(
    "--labels",
    type=click.Choice(LABEL_RULES),
    help="Labels that show and group: those of people, the graph and explanations (own), also of other graphs "
    f"(borrowed), also names made from top logits (made). [default: {DEFAULT_LABELS}]",
)

view_option = click.option(
    "--view",
    metavar="NAME",
    help="The view whose supernodes and pins are meant; unless given the file's own, in a graph without it the one "
    "changed last.",
)
into_collection = click.option(
    "--collection", metavar="NAME", help="Put the graphs into this collection, which is made where it is new."
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the API's JSON instead.")


def threshold_options(command: Command) -> Command:
    """Give a command `--node-threshold` and `--edge-threshold`."""
    for what in ("edge", "node"):
        command = click.option(
            f"--{what}-threshold",
            type=click.FloatRange(0.0, 1.0),
            metavar="SHARE",
            help=f"Share of cumulative {what} influence kept, 0 to 1. [default: {DEFAULT_THRESHOLDS[what]}]",
        )(command)
    return command


class IngestCommand(click.Command):
    """Adds an option for each field of TraceParameters, when they are needed: pydantic is slow to import."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        *options, help_option = super().get_params(ctx)
        return [*options, *_trace_options(), help_option]


@functools.cache
def _trace_options() -> tuple[click.Option, ...]:
    """An option for each field of TraceParameters. One that is not given is None, and the server's default holds."""
    from queries.graph.records import TraceParameters

    options = []
    for name, field in TraceParameters.model_fields.items():
        flag, text = f"--{name.replace('_', '-')}", str(field.description)
        if name == "attribution_targets":
            options.append(click.Option([flag], type=Target(), multiple=True, help=f"{text}. {Target.forms}"))
            continue
        type: click.ParamType[Any] = click.FLOAT if field.annotation is float else click.INT
        if field.annotation == int | None:
            type, text = _Count(), text.replace("null", "all")
        options.append(click.Option([flag], type=type, help=f"{text}. [default: {field.default}]"))
    return tuple(options)


class Target(click.ParamType[Any]):
    """A token's text, `id:NUMBER`, or a direction as the API takes it, in JSON."""

    name = "target"
    forms = "TARGET is a token's text, id:NUMBER, or the JSON of a direction; repeatable."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        form, _, number = value.partition(":")
        if form == "id" and number.isdecimal():
            return int(number)
        if not value.startswith("{"):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            if value == "{":  # a token too
                return value
            self.fail(f"{value!r} is not JSON: {error}", param, ctx)


class _Count(click.ParamType[Any]):
    """A number, or `all` (null in the API)."""

    name = "n|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value == "all" else click.INT.convert(value, param, ctx)
