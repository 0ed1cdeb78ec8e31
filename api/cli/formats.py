"""Ranked paths and flows as files: CSV, and DOT for Graphviz, from the API's JSON."""

import csv
import io
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from api.cli.wording import node_name, printable, step_name
from queries.cells import text_cell

if TYPE_CHECKING:
    from api.client.client import Json

FlowRow: TypeAlias = "tuple[Json, float]"
"""A node or group of nodes, as a step of a path, and the share of the influence that flows through it."""

EFFECT = ("influence", "raising", "lowering", "contribution")
"""Columns of an effect on the target."""
WIDEST = 6.0
"""Points of the line of the strongest edge; others are in proportion."""


def paths_csv(answer: "Json") -> str:
    """A row for each path or group sequence: arrows between names, spaces between ids, commas within a group."""
    rows: list[list[Any]]
    if answer["groups"] is not None:
        heading = ["rank", "score", "signed", *EFFECT, "members", "path", "nodes"]
        rows = [
            [
                *(one["score"], one["signed"], *_effect(one), one["members"]),
                " -> ".join(map(step_name, one["sequence"])),
                " ".join(",".join(step["nodes"]) for step in one["sequence"]),
            ]
            for one in answer["groups"]
        ]
    else:
        heading = ["rank", "score", *EFFECT, "length", "path", "nodes"]
        rows = [
            [
                *(one["score"], *_effect(one), one["length"]),
                " -> ".join(map(node_name, one["nodes"])),
                " ".join(node["id"] for node in one["nodes"]),
            ]
            for one in answer["paths"]
        ]
    return _csv(heading, ([rank, *row] for rank, row in enumerate(rows, start=1)))


def _effect(one: "Json") -> list[Any]:
    return [one["effect"][column] for column in EFFECT]


def flow_csv(rows: list[FlowRow]) -> str:
    """A row for each node or group."""
    columns = ["kind", "layer", "position", "index"]
    return _csv(
        ["flow", "name", *columns, "nodes"],
        (
            [flow, step_name(step), *(step[column] for column in columns), " ".join(step["nodes"])]
            for step, flow in rows
        ),
    )


def _csv(heading: list[str], rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows([text_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue()


def paths_dot(answer: "Json") -> str:
    """The union of the paths: every node once, every edge as wide as the sum of the scores of the paths along it.

    Dashed: a single path's edge of negative weight; an edge between groups whose sequences lower the target on balance.
    """
    names: dict[str, str] = {}
    net: dict[tuple[str, str], float] = {}
    strength: dict[tuple[str, str], float] = {}
    weights: dict[tuple[str, str], float] = {}
    for one in answer["paths"] or []:
        steps = [node["id"] for node in one["nodes"]]
        names |= zip(steps, map(node_name, one["nodes"]), strict=True)
        weights |= zip(pairwise(steps), (edge["weight"] for edge in one["edges"]), strict=True)
        _add_up(strength, steps, abs(one["score"]))
    for one in answer["groups"] or []:
        steps = [_group_key(step, answer["group_by"]) for step in one["sequence"]]
        names |= zip(steps, map(step_name, one["sequence"]), strict=True)
        _add_up(strength, steps, abs(one["score"]))
        _add_up(net, steps, one["effect"]["raising"] - one["effect"]["lowering"])
    most = max(strength.values(), default=0.0) or 1.0
    lines = [f"  {_quoted(key)} [label={_quoted(name)}];" for key, name in names.items()]
    for (source, target), value in strength.items():
        attributes = [f"penwidth={max(0.5, WIDEST * value / most):.2f}"]
        weight = weights.get((source, target))
        if weight is not None:
            attributes.append(f'label="{weight:.3g}"')
        if net.get((source, target), weight or 0.0) < 0:
            attributes.append("style=dashed")
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [{', '.join(attributes)}];")
    return _digraph(lines)


def _group_key(step: "Json", by: str) -> str:
    """A key that the group has in every sequence; a sequence lists only the group's nodes on its own paths."""
    if step["kind"] == "feature" and by == "feature":
        return f"{step['layer']}/{step['index']}"
    if step["kind"] == "feature" and by in ("label", "layer", "position") and step["name"]:
        return str(step["name"])
    return " ".join(step["nodes"])


def _add_up(sums: dict[tuple[str, str], float], steps: list[str], value: float) -> None:
    for step in pairwise(steps):
        sums[step] = sums.get(step, 0.0) + value


def flow_dot(rows: list[FlowRow]) -> str:
    """The nodes or groups, as wide as the flow through them."""
    return _digraph(
        f"  {_quoted(' '.join(step['nodes']))} "
        f"[label={_quoted(f'{step_name(step)} {flow:.1%}')}, width={0.5 + 2.0 * flow:.2f}];"
        for step, flow in rows
    )


def circuit_csv(answer: "Json") -> str:
    """A row for each link, the strongest first; ends by their names and the ids of their nodes."""
    groups = [one["group"] for one in answer["nodes"]]
    return _csv(
        ["source", "target", *EFFECT, "source_nodes", "target_nodes"],
        (
            [
                *(step_name(groups[link[end]]) for end in ("source", "target")),
                *_effect(link),
                *(" ".join(groups[link[end]]["nodes"]) for end in ("source", "target")),
            ]
            for link in answer["links"]
        ),
    )


def circuit_dot(answer: "Json") -> str:
    """The circuit: groups as boxes with what flows through them, links as wide as their influence; dashed: it lowers
    the target on balance."""
    names = [f"{step_name(one['group'])} {one['flow']:.1%}" for one in answer["nodes"]]
    lines = [f"  {place} [label={_quoted(name)}];" for place, name in enumerate(names)]
    for link in answer["links"]:
        effect = link["effect"]
        style = ", style=dashed" if effect["lowering"] > effect["raising"] else ""
        width = max(0.2, 40.0 * effect["influence"])
        lines.append(f"  {link['source']} -> {link['target']} [penwidth={width:.2f}{style}];")
    return _digraph(lines)


def _digraph(lines: Iterable[str]) -> str:
    return "\n".join(["digraph paths {", "  rankdir=BT;", "  node [shape=box];", *lines, "}", ""])


def _quoted(text: str) -> str:
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Format(NamedTuple):
    """How one format writes the answers to `paths`, `flow` and `circuit`."""

    paths: "Callable[[Json], str]"
    flow: Callable[[list[FlowRow]], str]
    circuit: "Callable[[Json], str]"


FORMATS = {"csv": Format(paths_csv, flow_csv, circuit_csv), "dot": Format(paths_dot, flow_dot, circuit_dot)}
"""Beside `table` and `json`, which every command has."""
