"""What an attention feature attends to, as a file's `qk_tracing_results` say it."""

import math
from typing import Any

from ingest.graph_file.faults import Faults
from ingest.graph_file.ids import NodeIds
from ingest.graph_file.nodes import FileNode, read_node
from queries.errors import InvalidGraph
from queries.graph.contributors import Contributors


def contributors(nodes: list[FileNode], others: Any, tokens: list[str], ids: NodeIds) -> list[str | None]:
    """(n_nodes,) the JSON of each node's `Contributors`, None where the file tells none.

    `others` are the file's `qk_only_nodes`, by their ids. What names no node is left out: nothing else hangs on it.
    """
    if not any(node.tracing for node in nodes):
        return [None] * len(nodes)
    places = {name: nodes[ordinal].place for name, ordinal in ids.anywhere().items()}
    labels: dict[str, str] = {}
    for number, (name, entry) in enumerate(others.items() if isinstance(others, dict) else ()):
        try:
            node = read_node(entry, number, tokens, Faults(lenient=True))
        except InvalidGraph:
            continue
        places.setdefault(name, node.place)
        if node.label:
            labels[node.place] = node.label
    return [_told(node.tracing, places, labels) for node in nodes]


def _told(tracing: Any, places: dict[str, str], labels: dict[str, str]) -> str | None:
    if not isinstance(tracing, dict):
        return None
    pairs = _rows(tracing.get("pair_wise_contributors"), 2, places)
    queries, keys = (_rows(tracing.get(f"top_{side}_marginal_contributors"), 1, places) for side in "qk")
    if not (pairs or queries or keys):
        return None
    named = {place for row in (*pairs, *queries, *keys) for place in row[:-1]}
    found = Contributors(
        pairs=pairs,
        queries=queries,
        keys=keys,
        names={place: labels[place] for place in sorted(named) if place in labels},
    )
    return found.model_dump_json()


def _rows(given: Any, n_nodes: int, places: dict[str, str]) -> list[Any]:
    """Rows of nodes and a number, the largest first."""
    rows = []
    for row in given if isinstance(given, list) else ():
        if not (isinstance(row, list) and len(row) == n_nodes + 1):
            continue
        *names, value = row
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if is_number and all(isinstance(name, str) and name in places for name in names):
            rows.append((*(places[name] for name in names), float(value)))
    return sorted(rows, key=lambda row: -abs(row[-1]))
