"""Storing graphs and reading them: both engines, the bare Neo4j driver, and Neo4j's edges read a row at a time."""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

import neo4j
from rich.progress import track

from bench.databases import database, read_edge_columns
from bench.measure import console, seconds, show, spread
from bench.store.bare import WAYS, store_bare
from queries.graph.attribution_graph import AttributionGraph
from queries.store.address import parse
from queries.store.neo4j.connection import open_driver
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.synthetic_graphs import SIZES, Size, synthetic_graph

ROUNDS = dict(zip(SIZES, (10, 5, 3), strict=True))
"""Rounds by size, each with a graph of its own."""
WARM_UP_ROUNDS = 5
"""First rounds, with small graphs and not counted: a Java server starts slowly."""

EDGES_BY_ROW = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(source)-[effect:DIRECT_EFFECT]->(target) "
    "RETURN source.ordinal, target.ordinal, effect.weight, effect.share"
)

LADYBUG, NEO4J, BY_ROW = "Ladybug", "Neo4j", "Neo4j, a row an edge"

Times: TypeAlias = dict[tuple[str, str], list[float]]
"""Seconds by task (store, edges, graph) and program."""


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = {LADYBUG: stack.enter_context(database("ladybug", folder))}
        urls[NEO4J] = stack.enter_context(database("neo4j", folder / "server"))
        stores = {name: stack.enter_context(open_store(url)) for name, url in urls.items()}
        session = stack.enter_context(stack.enter_context(open_driver(parse(urls[NEO4J]))).session())
        for seed in range(WARM_UP_ROUNDS):
            _round(synthetic_graph(SIZES[0], 1_000 + seed), seed, stores, session)
        for size, n_rounds in ROUNDS.items():
            times: Times = defaultdict(list)
            for seed in track(range(n_rounds), str(size), console=console, transient=True):
                for key, one in _round(synthetic_graph(size, seed), seed, stores, session).items():
                    times[key].append(one)
            _show(size, times)


def _round(
    graph: AttributionGraph, number: int, stores: dict[str, GraphStore], session: neo4j.Session
) -> dict[tuple[str, str], float]:
    """Run every task once; the seconds by task and program."""
    storing: list[tuple[str, Callable[[], object]]] = [
        *((name, partial(store.load, graph)) for name, store in stores.items()),
        *((str(way), partial(store_bare, session, _copy(graph, str(way)), way)) for way in WAYS),
    ]
    first = number % len(storing)  # every program comes first in turn
    times = {("store", name): seconds(call) for name, call in storing[first:] + storing[:first]}
    for name, store in stores.items():
        times["edges", name] = seconds(partial(read_edge_columns, store, graph.record.id))
        times["graph", name] = seconds(partial(store.read, graph.record.id))
    times["edges", BY_ROW] = seconds(partial(_read_by_row, session, graph.record.id))
    return times


def _read_by_row(session: neo4j.Session, graph_id: str) -> int:
    return len(session.run(EDGES_BY_ROW, graph=graph_id).values())


def _copy(graph: AttributionGraph, name: str) -> AttributionGraph:
    """The graph with an id and Features of its own: only the first program would have to create shared Features."""
    record = graph.record.model_copy(update={"id": f"{graph.record.id} {name}", "transcoder_set": name})
    return replace(graph, record=record)


def _show(size: Size, times: Times) -> None:
    best = min((str(way) for way in WAYS), key=lambda way: statistics.median(times["store", way]))
    rows = [[name, spread(taken)] for (task, name), taken in times.items() if task == "store"]
    rows.append([f"bar 0.8: the best way / {NEO4J}", _ratio(times["store", best], times["store", NEO4J])])
    show(f"Storing {size}", ["by", "time"], sorted(rows))
    rows = [[f"edges: {name}", spread(taken)] for (task, name), taken in times.items() if task == "edges"]
    rows += [
        [f"all of it: {name}", spread(taken)] for (task, name), taken in times.items() if task == "graph"
    ]
    rows.append(
        ["edges, bar 5: a row an edge / Neo4j", _ratio(times["edges", BY_ROW], times["edges", NEO4J])]
    )
    rows.append(["edges, bar 0.3: Ladybug / Neo4j", _ratio(times["edges", LADYBUG], times["edges", NEO4J])])
    show(f"Reading {size}", ["what", "time"], rows)


def _ratio(one: list[float], other: list[float]) -> str:
    return f"{statistics.median(one) / statistics.median(other):.2f}"
