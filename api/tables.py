"""The command line's tables and words for people, from the API's JSON."""

from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from api.client import Json

SHORT_ID = 12
"""Characters of a graph id shown; every command takes a unique beginning."""


def graphs(records: "list[Json]") -> Table:
    table = _table(
        "graph", "name", "prompt", "model", "prediction", "nodes", "edges", "replacement", "created"
    )
    for record in records:
        table.add_row(
            record["id"][:SHORT_ID],
            _cut(record["name"] if record["name"] != record["prompt"] else ""),
            _cut(record["prompt"]),
            printable(record["model"]),
            printable(prediction(record)),
            f"{record['n_nodes']:,}",
            f"{record['n_edges']:,}",
            _percent(record["replacement_score"], 0),
            _minute(record["created_at"]),
        )
    return _whole(table, "graph", "prediction", "nodes", "edges", "replacement", "created")


def jobs(listed: "list[Json]") -> Table:
    table = _table("job", "state", "phase", "prompt", "model", "graph or problem", "created")
    for job in listed:
        outcome = job["problem"]["detail"] if job["problem"] else (job["graph_id"] or "")[:SHORT_ID]
        table.add_row(
            job["id"],
            job["state"],
            _progress(job),
            _cut(job["prompt"]),
            printable(job["model"]),
            printable(outcome),
            _minute(job["created_at"]),
        )
    return _whole(table, "job", "state", "phase", "created")


def paths(answer: "Json") -> Table:
    """A row a path or group sequence; best members, where asked for, indented below their sequence."""
    grouped = answer["groups"] is not None
    ranked = answer["groups"] if grouped else answer["paths"]
    table = _table("", "path", "score", "together", *(["paths"] if grouped else []))
    together = accumulate(found["score"] for found in ranked)
    for row, (found, covered) in enumerate(zip(ranked, together, strict=True), start=1):
        steps = map(_group, found["sequence"]) if grouped else map(_node, found["nodes"])
        shares = _percent(found["score"], 2), _percent(covered, 1)
        table.add_row(str(row), _arrows(steps), *shares, *([f"{found['members']:,}"] if grouped else []))
        for member in found["best_members"] if grouped else []:
            table.add_row("", f"  {_arrows(map(_member, member['nodes']))}", _percent(member["score"], 2))
    return _whole(table, *NUMBERS)


def totals(answer: "Json") -> str:
    """What the target's influence is made of, in the answer's own figures."""
    target = answer["target"]["token"]
    parts = [f"covered {_percent(answer['covered'], 1)}"]
    if answer["matching"] is not None:
        parts.append(f"matching {_percent(answer['matching'], 1)}")
    parts.append(f"from tokens {_percent(answer['total'], 1)} (direct {_percent(answer['direct'], 1)})")
    parts.append(f"from errors {_percent(answer['from_errors'], 1)}")
    if answer["pruned_away"] is not None:
        parts.append(f"pruned away {_percent(answer['pruned_away'], 1)}")
    line = f"Influence on {_token(target)}: {', '.join(parts)}."
    active, selected = answer["n_active_features"], answer["n_selected_features"]
    if active is not None and selected is not None and selected < active:
        line += f" Shares are over the {selected:,} features traced of {active:,} active."
    return line


def prediction(record: "Json") -> str:
    """'Austin 43.2 %'"""
    predicted = record["prediction"]
    return f"{_token(predicted['token'])} {_percent(predicted['probability'], 1)}".strip()


def printable(text: str) -> str:
    """Text on one line; what could steer a terminal is written out, as prompts come from strangers."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


NUMBERS = ("", "nodes", "edges", "replacement", "score", "together", "paths")
"""Columns that are aligned to the right."""


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    return table


def _whole(table: Table, *columns: str) -> Table:
    """Where the terminal is narrow, the other columns give way."""
    for column in table.columns:
        column.no_wrap = column.header in columns
    return table


def _cut(text: str) -> Text:
    """Text that stays on one line, with an ellipsis where the terminal is too narrow for it."""
    return Text(printable(text), no_wrap=True, overflow="ellipsis")


def _arrows(names: Iterable[str]) -> str:
    return printable(" -> ".join(names))


def _node(node: "Json") -> str:
    """'Dallas', 'Texas' (a feature's label), 'L12/345' (a feature without one), 'error L12'."""
    if node["kind"] == "feature":
        return str(node["label"] or f"L{node['layer']}/{node['index']}")
    if node["kind"] == "error":
        return f"error L{node['layer']}"
    return _token(node["token"])


def _member(node: "Json") -> str:
    """A node within its group: the feature is named beside the label that it shares with others."""
    place = f"L{node['layer']}/{node['index']}"
    return f"{node['label']} {place}" if node["kind"] == "feature" and node["label"] else _node(node)


def _group(step: "Json") -> str:
    return str(step["name"]) if step["name"] is not None else _node(step | {"label": None})


def _token(token: str) -> str:
    return token.strip() or repr(token)


def _percent(share: float | None, decimals: int) -> str:
    return "" if share is None else f"{share:.{decimals}%}".replace("%", " %")


def _minute(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _progress(job: "Json") -> str:
    if job["phase"] is None or job["state"] != "running":
        return job["phase"] or ""
    return f"{job['phase']} {job['done'] / job['total']:.0%}" if job["total"] else str(job["phase"])
