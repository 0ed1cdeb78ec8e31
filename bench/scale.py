"""Does a question about one graph take as long among a thousand stored graphs as among ten?

The graphs are loaded one by one; they have one size and share features. The product's own code asks both databases in
turn, each about graphs chosen at random. BENCH_FOLDER names a folder that keeps the databases for the next run.
"""

import asyncio
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.progress import track

from bench.databases import database, read_edge_columns
from bench.measure import console, seconds, show, spread
from queries.cypher.runner import CypherRunner
from queries.graph.attribution_graph import AttributionGraph
from queries.named import QUERIES
from queries.named.definition import NamedQuery, ValueType
from queries.named.features import NEAREST_GRAPHS
from queries.named.request import checked
from queries.paths.space import PathQuery, PathSpace, best_paths
from queries.store.open import open_store
from queries.store.store import GraphStore
from queries.words import ENGINES, Engine
from tests.support.synthetic_graphs import SMALL, synthetic_graph

FEW, MANY = 10, 1_000
ROUNDS = 100
WARM_UP_ROUNDS = 3
"""First rounds, which do not count in the figures."""
BARS = (1.2, 1.5)
"""Largest ratios at p50 and at p95."""


class Database(NamedTuple):
    """A database of `n_graphs` graphs: its store, and a function that runs Cypher."""

    n_graphs: int
    store: GraphStore
    run: Callable[[str, dict[str, object]], object]


class Question(NamedTuple):
    name: str
    ask: Callable[[Database, AttributionGraph], object]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("BENCH_FOLDER", temporary))
        for engine in ENGINES:
            _measure(engine, folder)


def _measure(engine: Engine, folder: Path) -> None:
    with ExitStack() as stack:
        urls = {
            n: stack.enter_context(database(engine, folder / f"{engine}-{n}-graphs")) for n in (FEW, MANY)
        }
        _show_loads(engine, {n: _fill(url, n) for n, url in urls.items()})
        databases = [stack.enter_context(_opened(url, n)) for n, url in urls.items()]
        questions = _questions(engine)
        times = {(question.name, n): list[float]() for question in questions for n in urls}
        draw = random.Random(0)
        for _ in track(range(WARM_UP_ROUNDS + ROUNDS), f"asking {engine}", console=console, transient=True):
            for question in questions:
                for one in databases:
                    graph = synthetic_graph(SMALL, draw.randrange(one.n_graphs))
                    times[question.name, one.n_graphs].append(seconds(partial(question.ask, one, graph)))
    rows = []
    for question in questions:
        few, many = (
            np.percentile(times[question.name, n][WARM_UP_ROUNDS:], (50, 95)) * 1000 for n in (FEW, MANY)
        )
        ratios = many / few
        row = [question.name, f"{few[0]:.3g} / {few[1]:.3g} ms", f"{many[0]:.3g} / {many[1]:.3g} ms"]
        rows.append(
            [
                *row,
                *(
                    f"{ratio:.2f}{' !' if ratio > bar else ''}"
                    for ratio, bar in zip(ratios, BARS, strict=True)
                ),
            ]
        )
    bars = (f"{name} (bar: {bar})" for name, bar in zip(("p50", "p95"), BARS, strict=True))
    title = f"{engine}: questions of one graph of {SMALL}, {ROUNDS} rounds, p50 / p95"
    show(title, ["question", f"{FEW} graphs", f"{MANY:,} graphs", *bars], rows)


def _fill(url: str, n_graphs: int) -> list[float]:
    """Load the missing graphs one by one; the seconds of each load."""
    with open_store(url) as store:
        stored = {record.id for record in store.graphs()}
        times = []
        for seed in track(range(n_graphs), "loading", console=console, transient=True):
            graph = synthetic_graph(SMALL, seed)
            if graph.record.id not in stored:
                times.append(seconds(partial(store.load, graph)))
        return times


def _show_loads(engine: Engine, loads: dict[int, list[float]]) -> None:
    times = loads[MANY]
    if len(times) == MANY:
        rows = [["the first 10", spread(times[:10])], ["the last 10", spread(times[-10:])]]
        show(f"{engine}: loading {MANY:,} graphs of {SMALL}", ["which", "time of one"], rows)


@contextmanager
def _opened(url: str, n_graphs: int) -> Iterator[Database]:
    runner = CypherRunner(url)
    try:
        with open_store(url, read_only=True) as store, asyncio.Runner() as loop:
            yield Database(n_graphs, store, lambda text, parameters: loop.run(runner.run(text, parameters)))
    finally:
        runner.close()


def _questions(engine: Engine) -> list[Question]:
    return [
        Question("the record", lambda one, graph: one.store.record(graph.record.id)),
        Question("all edges", lambda one, graph: read_edge_columns(one.store, graph.record.id)),
        Question("the whole graph", lambda one, graph: one.store.read(graph.record.id)),
        Question("its 10 best paths", _best_paths),
        *(
            Question(query.name, partial(_ask_named, engine, query))
            for query in QUERIES
            # The nearest graphs are looked for among all.
            if query is not NEAREST_GRAPHS
            and any(parameter.type is ValueType.GRAPH for parameter in query.parameters)
        ),
    ]


def _best_paths(one: Database, graph: AttributionGraph) -> object:
    return best_paths(PathSpace(one.store.read(graph.record.id), PathQuery()))


def _ask_named(engine: Engine, query: NamedQuery, one: Database, graph: AttributionGraph) -> object:
    return one.run(query.text(engine), dict(checked(query, _required_values(query, graph))))


@cache
def _first_graph() -> str:
    return synthetic_graph(SMALL, 0).record.id


def _required_values(query: NamedQuery, graph: AttributionGraph) -> dict[str, object]:
    """Values for a query's required parameters: the graph's first token or target logit, nodes with edges, and the
    graph that was loaded first."""
    nodes, edges = graph.nodes, graph.edges
    keys = nodes.keys(graph.record.id)
    is_logit = nodes.is_target_logit
    values: dict[str, object] = {
        "graph": graph.record.id,
        "other": _first_graph(),
        "token": nodes.token[int(np.argmax(is_logit))] if "logit" in query.name else nodes.token[0],
        "node": keys[int(np.argmax(is_logit))],
        "source": keys[int(edges.source[0])],
        "target": keys[int(np.argmax(is_logit))],
        "paths": [f"{keys[int(edges.source[0])]} {keys[int(edges.target[0])]}"],
    }
    return {one.name: values[one.name] for one in query.parameters if one.required}
