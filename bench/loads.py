"""Graphs a second into either database, and a CPU second of the process that stores into Ladybug, which a busy machine
does not change: one by one beside grouped, by one and by several that store at once.

Graphs of 320 nodes and 3,500 edges that share 5,000 features, through `ingest.loading.Loader` as jobs store theirs: on
Ladybug by 1, 4 and 16 threads of one process, on Neo4j by 1 and 4 processes, each storing one graph at a time or four.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.databases import database
from bench.measure import seconds, show, spread
from ingest.loading import Loader
from ingest.traces.folder import TraceFolder
from queries.graph.attribution_graph import AttributionGraph
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.synthetic_graphs import SMALL, synthetic_graph

BARS = {"ladybug": 10, "neo4j": 8}
"""Least graphs a second, of the most that store at once."""
ROUNDS = 3
WARM_UP = 40
"""Graphs that are stored first, and not counted: a Java server starts slowly."""
ALONE = 10
"""Graphs that are stored alone."""
N_GRAPHS = 32
"""Graphs of each way in a round."""
THREADS = (1, 4, 16)
PROCESSES, THREADS_EACH = (1, 4), (1, 4)

_seeds = count()


class Times(NamedTuple):
    """Seconds that N_GRAPHS graphs took, and CPU seconds of this process; infinite where other processes store."""

    elapsed: float
    processor: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _measure_ladybug(Path(folder))
        _measure_neo4j(Path(folder) / "server")


def _measure_ladybug(folder: Path) -> None:
    with database("ladybug", folder) as url, open_store(url) as store:
        for graph in _graphs(WARM_UP // 4):
            store.load(graph)
        ways = {"one by one": partial(_one_by_one, store)}
        ways |= {f"{n} threads": partial(_by_threads, store, n) for n in THREADS}
        _show("ladybug", ways, [seconds(partial(store.load, graph)) for graph in _graphs(ALONE)])


def _measure_neo4j(folder: Path) -> None:
    with database("neo4j", folder) as url, open_store(url) as store:
        for graph in _graphs(WARM_UP):
            store.load(graph)
        ways = {"one by one": partial(_one_by_one, store)}
        ways |= {
            f"{n} processes of {each} threads": partial(_by_processes, url, n, each)
            for n in PROCESSES
            for each in THREADS_EACH
        }
        _show("neo4j", ways, [seconds(partial(store.load, graph)) for graph in _graphs(ALONE)])


def _show(engine: str, ways: dict[str, partial[Times]], alone: list[float]) -> None:
    """Run the ways in turn, so that a machine that slows down slows all of them; and show graphs a second."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            elapsed, processor = way()
            rates[name].append(N_GRAPHS / elapsed)
            busy[name].append(N_GRAPHS / processor)
    medians = {name: statistics.median(each) for name, each in rates.items()}
    base, last = medians["one by one"], medians[list(ways)[-1]]
    rows = [
        [
            name,
            f"{medians[name]:.1f} ({min(each):.1f} to {max(each):.1f})",
            f"{medians[name] / base:.2f}",
            f"{statistics.median(busy[name]):.1f}" if engine == "ladybug" else "",
        ]
        for name, each in rates.items()
    ]
    verdict = "met" if last >= BARS[engine] else "not met"
    rows += [[f"bar: {BARS[engine]} a second", verdict, "", ""], ["a graph alone", spread(alone), "", ""]]
    columns = ["by", "graphs a second", "beside one by one", "a CPU second of this process"]
    show(f"{engine}: storing graphs of {SMALL}", columns, rows)


def _one_by_one(store: GraphStore) -> Times:
    """N_GRAPHS graphs, each in a transaction of its own."""
    graphs = _graphs(N_GRAPHS)
    return _timed(lambda: [store.load(graph) for graph in graphs])


def _by_threads(store: GraphStore, n_threads: int) -> Times:
    """The same by threads that share a Loader."""
    graphs = _graphs(N_GRAPHS)
    return _timed(partial(_store_all, store, graphs, n_threads))


def _timed(call: Callable[[], object]) -> Times:
    before = time.process_time()
    elapsed = seconds(call)
    return Times(elapsed, time.process_time() - before)


def _store_all(store: GraphStore, graphs: list[AttributionGraph], n_threads: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(n_threads) as threads:
        loader = Loader(store, TraceFolder(folder, store.traces))
        known = list(threads.map(lambda graph: loader.store(graph, None), graphs))
    assert not any(known)


def _by_processes(url: str, n_processes: int, n_threads: int) -> Times:
    """The same by processes at once, which have made their graphs before."""

    def store() -> None:
        for loader in loaders:
            assert loader.stdin is not None
            print(file=loader.stdin, flush=True)
        for loader in loaders:
            assert loader.stdout is not None
            assert loader.stdout.readline() == "stored\n"

    with _loaders(url, n_processes, n_threads) as loaders:
        return Times(seconds(store), float("inf"))


@contextmanager
def _loaders(url: str, n_processes: int, n_threads: int) -> Iterator[list[subprocess.Popen[str]]]:
    each = N_GRAPHS // n_processes
    loaders = []
    for _ in range(n_processes):
        first = next(_seeds)
        for _ in range(each - 1):
            next(_seeds)
        command = [sys.executable, "-m", "bench.loads", str(first), str(each), str(n_threads)]
        loader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        loaders.append(loader)
        assert loader.stdin is not None
        print(url, file=loader.stdin, flush=True)
    for loader in loaders:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "ready\n"
    yield loaders
    for loader in loaders:
        loader.communicate()


def _load_when_told(first: int, n_graphs: int, n_threads: int) -> None:
    """One such process. The URL comes by stdin, not as an argument: it may hold a password."""
    with open_store(sys.stdin.readline().strip()) as store:
        graphs = [synthetic_graph(SMALL, seed) for seed in range(first, first + n_graphs)]
        print("ready", flush=True)
        sys.stdin.readline()
        _store_all(store, graphs, n_threads)
        print("stored", flush=True)


def _graphs(n: int) -> list[AttributionGraph]:
    return [synthetic_graph(SMALL, next(_seeds)) for _ in range(n)]


if __name__ == "__main__":
    _load_when_told(*map(int, sys.argv[1:]))
