"""Ranking paths against the notebook's listing of all paths, networkx, igraph, and one pass over all edges."""

import gzip
import json
import math
import statistics
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import igraph
import networkx as nx
import numpy as np
import numpy.typing as npt
import requests

from bench.databases import database
from bench.measure import console, seconds, show, spread
from ingest.graph_file.read import read_graph_file
from queries.exports.networkx import to_networkx
from queries.graph.acyclic import AcyclicGraph, Goal
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.limits import Limits
from queries.paths.groups import group_nodes
from queries.paths.search import PathProblem
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace, best_paths
from queries.store.open import open_store
from queries.words import ENGINES
from tests.support.graphs import deep_graph
from tests.support.processes import serving
from tests.support.processes import url as server_url
from tests.support.synthetic_graphs import SIZES, synthetic_graph

ROUNDS = 5
N_TOKENS, N_LAYERS = 10, 26
TRACE_SIZE = (8_500, 18_000_000)
"""Nodes and edges of a whole trace."""
N_LABELS = 40
"""Distinct labels; every second feature of a synthetic graph has one of them."""
REAL = Path(__file__).parents[2] / "shared" / "graphs"


def main() -> None:
    rows: list[tuple[str, ...]] = []
    _notebook(rows)
    _other_libraries(rows)
    _whole_trace(rows)
    show("The k best paths", ("what", "beside", "ours", "theirs", "ratio", "bar"), rows)
    _grouped()
    _grouped_by_many_labels()
    _growth()
    _over_http()


def _compare(
    rows: list[tuple[str, ...]],
    what: str,
    beside: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    bar: str,
    *,
    rounds: int = ROUNDS,
    slower: bool = False,
) -> None:
    """Time both in turn and add their row. The ratio of medians is theirs / ours; ours / theirs if `slower`."""
    ours()  # compiles and warms up
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(seconds(ours))
        times[1].append(seconds(theirs))
    mine, other = map(statistics.median, times)
    ratio = mine / other if slower else other / mine
    rows.append((what, beside, *map(spread, times), f"{ratio:,.3g}", bar))


# -- seed 002's notebook


def _notebook(rows: list[tuple[str, ...]]) -> None:
    """A graph like the notebook's, which had 8,499 nodes and 55,556 paths of at most two edges; then the real files."""
    starts, source, weight = layered_rows(TRACE_SIZE[0], 1_000_000, seed=2)
    n = len(starts) - 1
    tokens, end = range(N_TOKENS), n - 1
    matrix = np.zeros((n, n), dtype=np.float32)
    target = np.repeat(np.arange(n), np.diff(starts))
    matrix[target, source] = weight
    # Each token feeds 5,500 of the features that have inputs, and all of these feed the end.
    features = np.flatnonzero(starts[1:-1] > starts[:-2])
    random = np.random.default_rng(3)
    for token in tokens:
        matrix[random.choice(features, 5_500, replace=False), token] = 1.0
    matrix[end, features] = random.normal(size=len(features))
    to, from_ = np.nonzero(matrix)
    values = matrix[to, from_].astype(np.float64)
    ours = partial(_rank_two_edges, n, from_, to, values, list(tokens), end)
    n_paths = len(_list_paths(matrix, tokens, end))
    what = f"top 8, at most 2 edges, {n:,} nodes, {n_paths:,} such paths"
    _compare(
        rows, what, "listing and sorting all", ours, lambda: _list_paths(matrix, tokens, end), "100", rounds=1
    )
    for file in sorted(file for file in REAL.glob("*.json") if "grouped" not in file.stem):
        graph = read_graph_file(file.read_bytes())
        space = PathSpace(graph, PathQuery(k=8, score="mean_weight", min_length=1, max_length=2))
        dense = np.zeros((len(graph.nodes), len(graph.nodes)), dtype=np.float32)
        dense[graph.edges.target, graph.edges.source] = graph.edges.weight
        embeddings = graph.nodes.of_kind(NodeKind.EMBEDDING).tolist()
        _compare(
            rows,
            f"the same, {file.stem}",
            "listing and sorting all",
            partial(
                _rank_two_edges,
                len(graph.nodes),
                graph.edges.source,
                graph.edges.target,
                graph.edges.weight,
                embeddings,
                int(space.targets[0]),
            ),
            partial(_list_paths, dense, embeddings, int(space.targets[0])),
            "reported",
            rounds=3,
        )


def _rank_two_edges(
    n: int, source: Ints, target: Ints, weight: Floats, tokens: list[int], end: int
) -> object:
    begin, ends = np.zeros(n, dtype=np.bool_), np.zeros(n)
    begin[tokens], ends[end] = True, 1.0
    problem = PathProblem(
        AcyclicGraph(n, source, target), begin, ends, np.ones(n, dtype=np.bool_), max_length=2
    )
    return list(problem.best(Goal.SUM, weight, 8, Limits()))


def _list_paths(matrix: npt.NDArray[np.float32], tokens: Any, end: int) -> list[tuple[float, list[int]]]:
    """The notebook's way: list every path of at most three nodes depth first, take its mean weight, and sort."""
    found: list[list[int]] = []

    def visit(path: list[int]) -> None:
        if path[-1] == end:
            found.append(path)
        elif len(path) < 3:
            for node in np.flatnonzero(matrix[:, path[-1]]):
                visit([*path, int(node)])

    for token in tokens:
        visit([token])
    scored = [(sum(float(matrix[b, a]) for a, b in pairwise(path)) / (len(path) - 1), path) for path in found]
    return sorted(scored, key=lambda one: one[0], reverse=True)


# -- graph libraries


def _other_libraries(rows: list[tuple[str, ...]]) -> None:
    graph = synthetic_graph(SIZES[1], seed=1)
    space = PathSpace(graph, PathQuery(k=100, min_length=1))
    end, source = int(space.targets[0]), len(graph.nodes)
    nx_graph = to_networkx(graph)
    nx_graph.remove_edges_from([(a, b) for a, b in nx_graph.edges if not space.into[b]])
    nx_graph.add_edges_from(
        ((source, node) for node in graph.nodes.of_kind(NodeKind.EMBEDDING).tolist()), cost=0.0
    )
    arcs = list(nx_graph.edges)
    costs = [nx_graph.edges[arc]["cost"] for arc in arcs]
    igraph_graph = igraph.Graph(n=source + 1, edges=arcs, directed=True)

    def ours() -> list[float]:
        return [path.score for path in best_paths(PathSpace(graph, space.query))]

    def with_networkx() -> list[float]:
        found = islice(nx.shortest_simple_paths(nx_graph, source, end, weight="cost"), 100)
        return [math.exp(-nx.path_weight(nx_graph, nodes, "cost")) for nodes in found]

    def with_igraph() -> list[float]:
        found = igraph_graph.get_k_shortest_paths(source, end, 100, weights=costs, output="epath")
        return [math.exp(-sum(costs[edge] for edge in edges)) for edges in found]

    for name, theirs, bar, rounds in (
        ("networkx", with_networkx, "300", 1),
        ("igraph", with_igraph, "10", 3),
    ):
        if not np.allclose(ours(), theirs(), rtol=1e-9):
            raise RuntimeError(f"{name} ranks otherwise")
        _compare(rows, f"top 100, {SIZES[1]}", f"{name}'s k shortest paths", ours, theirs, bar, rounds=rounds)


# -- a whole trace


def _whole_trace(rows: list[tuple[str, ...]]) -> None:
    starts, source, weight = layered_rows(*TRACE_SIZE, seed=1)
    n = len(starts) - 1
    target = np.repeat(np.arange(n), np.diff(starts))
    share = weight / np.bincount(target, weights=weight, minlength=n)[target]
    begin, ends = starts[1:] == starts[:-1], np.zeros(n)
    ends[-1] = 1.0
    everywhere = np.ones(n, dtype=np.bool_)

    def ours() -> object:
        problem = PathProblem(AcyclicGraph(n, source, target), begin, ends, everywhere)
        return list(problem.best(Goal.PRODUCT, share, 100, Limits()))

    _compare(
        rows,
        f"top 100, {n:,} nodes, {len(source):,} edges",
        "one weighted bincount",
        ours,
        lambda: np.bincount(target, weights=share, minlength=n),
        "at most 8",
        slower=True,
    )


def layered_rows(n: int, n_edges: int, seed: int) -> tuple[Ints, npt.NDArray[np.int32], Floats]:
    """Random edges as rows by target; sources are drawn evenly from lower layers. The first layer is the tokens.

    shapes: starts (n + 1,), source and weight (about n_edges,).
    """
    random = np.random.default_rng(seed)
    layer = np.concatenate(
        (
            np.zeros(N_TOKENS, np.int64),
            np.sort(random.integers(1, N_LAYERS + 1, n - N_TOKENS - 1)),
            [N_LAYERS + 1],
        )
    )
    below = np.searchsorted(layer, layer)
    chance = n_edges / below.sum()
    rows = [np.flatnonzero(random.random(one) < chance).astype(np.int32) for one in below.tolist()]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    source = np.concatenate(rows)
    return starts, source, random.lognormal(-1.0, 1.2, len(source))


# -- groups and growth


def labelled(graph: AttributionGraph) -> AttributionGraph:
    """The same graph with a label on every second feature."""
    for node in graph.nodes.of_kind(NodeKind.FEATURE)[::2].tolist():
        graph.nodes.label[node] = f"label {int(graph.nodes.index[node]) % N_LABELS}"
    return graph


def _grouped() -> None:
    graphs = [read_graph_file(file.read_bytes()) for file in sorted(REAL.glob("*-grouped.json"))]
    graphs += [labelled(synthetic_graph(size, seed=1)) for size in SIZES[:2]]
    rows = []
    for graph in graphs:
        query = PathQuery(k=20)
        grouped: list[float] = []
        single: list[float] = []
        _rank_groups(graph, query)
        for _ in range(ROUNDS):
            grouped.append(seconds(partial(_rank_groups, graph, query)))
            single.append(seconds(partial(_rank, graph, query)))
        ratio = statistics.median(grouped) / statistics.median(single)
        name = f"{graph.record.name}: {len(graph.nodes):,} nodes, {len(graph.edges):,} edges"
        rows.append((name, spread(grouped), spread(single), f"{ratio:.3g}"))
    show("The 20 best by label (bar: under a second)", ("graph", "grouped", "single paths", "ratio"), rows)


LABELLINGS: dict[str, Callable[[int, int, int], object]] = {
    "all labels different": lambda number, _, __: number,
    "half labelled by 50": lambda number, _, index: index % 50 if number % 2 else None,
    "12 big groups": lambda _, __, index: index % 12,
    "a label a feature": lambda _, layer, index: (layer, index),
}
"""A feature node's label, from its number, layer and index; None for none."""


def _grouped_by_many_labels() -> None:
    """Grouped beside single paths, in turn: where all labels differ, groups are single nodes, and should be as fast."""
    rows = []
    makers: list[Callable[..., AttributionGraph]] = [deep_graph]
    makers += [partial(synthetic_graph, size) for size in SIZES[1:]]
    for make in makers:
        for name, label in LABELLINGS.items():
            graph = make(seed=3)
            nodes = graph.nodes
            for number, node in enumerate(nodes.of_kind(NodeKind.FEATURE).tolist()):
                text = label(number, int(nodes.layer[node]), int(nodes.index[node]))
                nodes.label[node] = None if text is None else f"label {text}"
            for k in (10, 20, 100):
                query = PathQuery(k=k)
                _rank_groups(graph, query)
                times: tuple[list[float], list[float]] = ([], [])
                for _ in range(ROUNDS):
                    times[0].append(seconds(partial(_rank_groups, graph, query)))
                    times[1].append(seconds(partial(_rank, graph, query)))
                grouped, single = map(statistics.median, times)
                bar = "3" if name == "all labels different" else ""
                what = f"{len(nodes):,} nodes, {len(graph.edges):,} edges, {name}"
                rows.append((what, f"{k}", *map(spread, times), f"{grouped / single:.3g}", bar))
    show("The k best by label", ("graph", "k", "grouped", "single paths", "ratio", "bar"), rows)


def _rank(graph: AttributionGraph, query: PathQuery) -> object:
    return best_paths(PathSpace(graph, query))


def _rank_groups(graph: AttributionGraph, query: PathQuery) -> object:
    return best_group_sequences(PathSpace(graph, query), group_nodes(graph, "label").number)


def _growth() -> None:
    graph = synthetic_graph(SIZES[1], seed=1)
    rows, first = [], 0.0
    for k in (1, 10, 100, 1_000, 10_000):
        times = [seconds(partial(_rank, graph, PathQuery(k=k))) for _ in range(ROUNDS)]
        first = first or statistics.median(times)
        rows.append((f"{k:,}", spread(times), f"{statistics.median(times) / first:.3g}"))
    show(f"More paths, {SIZES[1]}", ("k", "time", "k = 1"), rows)
    console.print()


# -- over HTTP


def _over_http() -> None:
    """A real server's answer beside the ranking alone; cold is the first question about the graph.

    The client is the standard library's, as lean as a browser's: `requests` adds its own time to every answer.
    """
    rows = []
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder, database(engine, Path(folder) / "database") as url:
            graph = labelled(synthetic_graph(SIZES[1], seed=1))
            with open_store(url) as store:
                store.load(graph)
            stored = _read(url, graph.record.id)
            cold: list[float] = []
            warm: list[float] = []
            with_requests: list[float] = []
            alone: list[float] = []
            empty: list[float] = []
            for _ in range(3):
                with serving(Path(folder) / "data", "--no-examples", "--database", url):
                    root = server_url(Path(folder) / "data")
                    paths = f"/api/graphs/{graph.record.id}/paths?k=10"
                    with (
                        requests.Session() as session,
                        closing(HTTPConnection(urlsplit(root).netloc)) as client,
                    ):
                        _ask(client, "/api/graphs")
                        cold.append(seconds(partial(_ask, client, paths)))
                        for _ in range(20):
                            warm.append(seconds(partial(_ask, client, paths)))
                            with_requests.append(seconds(partial(session.get, root + paths)))
                            alone.append(seconds(partial(_rank, stored, PathQuery())))
                            empty.append(seconds(partial(_ask, client, "/api/health")))
            overhead = statistics.median(warm) - statistics.median(alone)
            http = (
                spread(warm),
                f"{overhead * 1000:.1f} ms",
                spread(with_requests),
                spread(empty),
                spread(cold),
            )
            rows.append((engine, spread(alone), *http))
    columns = (
        "engine",
        "ranking alone",
        "over HTTP",
        "more (bar: 5 ms)",
        "by requests",
        "/api/health",
        "cold",
    )
    show(f"The 10 best paths with labels, {SIZES[1]}", columns, rows)


def _ask(client: HTTPConnection, path: str) -> None:
    client.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = client.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    json.loads(gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body)


def _read(url: str, graph_id: str) -> AttributionGraph:
    with open_store(url) as store:
        return store.read(graph_id)
