"""Failures that 50 kills (kill -9) of loading processes leave, by engine, of one graph and of several in a transaction.
`tests.support.kills` kills them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from rich.progress import track

from bench.measure import console, show
from queries.words import ENGINES
from queries.words import Engine as EngineName
from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tests.support.kills import KILLED, Moment, kill_loads
from tools.neo4j_server import running

KILLS = 50


def main() -> None:
    for name, n_graphs in product(ENGINES, (1, len(KILLED))):
        with tempfile.TemporaryDirectory() as folder, _engine(name, Path(folder)) as engine:
            killing = kill_loads(engine, KILLS, n_graphs)
            kills = list(track(killing, name, KILLS, console=console, transient=True))
        rows = []
        for moment in Moment:
            at_moment = [kill for kill in kills if kill.moment is moment]
            stored = sum(kill.stored for kill in at_moment)
            faulty = sum(bool(kill.faults) for kill in at_moment)
            rows.append([moment, str(len(at_moment)), str(stored), str(faulty)])
        title = f"{name}: {KILLS} kills of loads of {n_graphs} graphs a transaction"
        show(title, ["fell", "kills", "stored", "failures (bar: 0)"], rows)
        for kill in kills:
            for fault in kill.faults:
                console.print(f"{kill.moment}: {fault}")


@contextmanager
def _engine(name: EngineName, folder: Path) -> Iterator[Engine]:
    """An empty database."""
    if name == "ladybug":
        yield ladybug_engine(folder)
    else:
        with running(folder) as server:
            yield neo4j_engine(server)
