"""kill -9 of loading processes: how many failures 50 kills an engine leave. `tests.support.kills` kills."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import track

from bench.measure import console, show
from queries.words import ENGINES
from queries.words import Engine as EngineName
from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tests.support.kills import Moment, kill_loads
from tools.neo4j_server import running

KILLS = 50


def main() -> None:
    for name in ENGINES:
        with tempfile.TemporaryDirectory() as folder, _engine(name, Path(folder)) as engine:
            kills = list(track(kill_loads(engine, KILLS), name, KILLS, console=console, transient=True))
        rows = []
        for moment in Moment:
            fallen = [kill for kill in kills if kill.moment is moment]
            stored = sum(kill.stored for kill in fallen)
            faulty = sum(bool(kill.faults) for kill in fallen)
            rows.append([moment, str(len(fallen)), str(stored), str(faulty)])
        show(f"{name}: {KILLS} kills", ["fell", "kills", "graph stored", "failures (bar: 0)"], rows)
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
