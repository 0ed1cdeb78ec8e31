"""kill -9 of loading processes, at moments spread over the load: nothing of the graphs is left, or all is there.

After each kill the database is looked at anew, the same graphs are loaded and deleted again, and everything is counted.
"""

import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from queries.graph.attribution_graph import AttributionGraph
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.engines import Engine
from tests.support.synthetic_graphs import SMALL, synthetic_graph

ROOT = Path(__file__).parents[2]

KEPT, *KILLED = (synthetic_graph(SMALL, seed) for seed in range(4))
"""A graph that is stored throughout, and those whose loads are killed: the first, or all in one transaction. They share
features."""

EARLIEST, LATEST = -0.1, 1.2
"""When kills fall, as parts of the time that a load takes. Below 0: before it begins."""


class Moment(StrEnum):
    BEFORE = "before the load"
    DURING = "during the load"
    AFTER = "after the load"


class Kill(NamedTuple):
    """When it fell, whether the graphs were stored nevertheless, what was found wrong, and how long the next load took.

    That is unknown where they were there already.
    """

    moment: Moment
    stored: bool
    faults: list[str]
    load_seconds: float | None


def kill_loads(engine: Engine, n_kills: int, n_graphs: int = 1) -> Iterator[Kill]:
    """Kill loads of so many of KILLED into an empty database, at moments from EARLIEST to LATEST, evenly spread and
    jittered."""
    chance, graphs = random.Random(0), KILLED[:n_graphs]
    with open_store(engine.url) as store:
        store.load(KEPT)
    before = engine.count()
    durations = [_duration(engine.url, n_graphs)]
    whole = engine.count()
    with open_store(engine.url) as store:
        for graph in graphs:
            store.delete(graph.record.id)
    for number in range(n_kills):
        part = EARLIEST + (LATEST - EARLIEST) * (number + chance.random()) / n_kills
        moment = _kill(engine.url, n_graphs, part * statistics.median(durations[-5:]))
        found = _look(engine, graphs, moment, before, whole)
        if found.load_seconds is not None:
            durations.append(found.load_seconds)
        yield found


def _loader() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from tests.support.kills import _load_when_told; _load_when_told()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _load_when_told() -> None:
    """The process that is killed. The URL comes by stdin, not as an argument: it may hold a password."""
    with open_store(sys.stdin.readline().strip()) as store:
        print("open", flush=True)
        n_graphs = int(sys.stdin.readline())
        assert store.load_all(KILLED[:n_graphs]) == [True] * n_graphs
        print("loaded", flush=True)
        sys.stdin.readline()


def _duration(url: str, n_graphs: int) -> float:
    """Seconds that a load in a process of its own takes."""
    with _loader() as loader:
        _open(loader, url)
        started = time.perf_counter()
        _begin(loader, n_graphs)
        assert loader.stdout is not None
        assert loader.stdout.readline() == "loaded\n"
        duration = time.perf_counter() - started
        loader.communicate()
        return duration


def _kill(url: str, n_graphs: int, after: float) -> Moment:
    """Kill a loading process `after` seconds into its load; before it begins where that is below 0."""
    with _loader() as loader:
        _open(loader, url)
        if after >= 0:
            _begin(loader, n_graphs)
            time.sleep(after)
        loader.kill()
        said, _ = loader.communicate()
    if after < 0:
        return Moment.BEFORE
    return Moment.AFTER if said == "loaded\n" else Moment.DURING


def _open(loader: subprocess.Popen[str], url: str) -> None:
    assert loader.stdin is not None
    assert loader.stdout is not None
    print(url, file=loader.stdin, flush=True)
    assert loader.stdout.readline() == "open\n"


def _begin(loader: subprocess.Popen[str], n_graphs: int) -> None:
    assert loader.stdin is not None
    print(n_graphs, file=loader.stdin, flush=True)


def _look(
    engine: Engine,
    graphs: list[AttributionGraph],
    moment: Moment,
    before: Counter[str],
    whole: Counter[str],
) -> Kill:
    """What a kill left. At the end the database is as before it."""
    faults = []
    with open_store(engine.url) as store:
        if not all(_is_whole(store, graph) for graph in _stored(store, graphs)):
            faults.append("a graph is visible and is not whole")
        if engine.name == "neo4j":
            await_transactions(engine)
        found = _stored(store, graphs)
        stored = bool(found)
        if stored and len(found) < len(graphs):
            faults.append("some graphs of one transaction are stored, others are not")
        if stored and moment is Moment.BEFORE:
            faults.append("a graph is stored though nobody loaded it")
        if moment is Moment.AFTER and not stored:
            faults.append("a load that had ended is lost")
        if engine.count() != (whole if stored else before):
            faults.append(f"{'whole' if stored else 'absent'} by its record, but not by the counts")
        started = time.perf_counter()
        loaded = store.load_all(graphs)
        load_seconds = None if stored else time.perf_counter() - started
        if loaded != [not stored] * len(graphs):
            faults.append(f"the next load found that {loaded} are new")
        if engine.count() != whole or not all(_is_whole(store, graph) for graph in graphs):
            faults.append("not whole after the next load")
        for graph in graphs:
            store.delete(graph.record.id)
        if engine.count() != before or not _is_whole(store, KEPT):
            faults.append("not as before after the deletion")
    return Kill(moment, stored, faults, load_seconds)


def await_transactions(engine: Engine) -> None:
    """Until the server has ended what the killed process left: a commit may be under way."""
    while len(engine.query("SHOW TRANSACTIONS")) > 1:  # its own
        time.sleep(0.05)


def _stored(store: GraphStore, graphs: list[AttributionGraph]) -> list[AttributionGraph]:
    visible = {record.id for record in store.graphs()}
    return [graph for graph in graphs if graph.record.id in visible]


def _is_whole(store: GraphStore, graph: AttributionGraph) -> bool:
    read = store.read(graph.record.id)
    return (
        read.record == graph.record
        and len(read.nodes) == len(graph.nodes)
        and len(read.edges) == len(graph.edges)
        and read.explanations.keys() == graph.explanations.keys()
    )
