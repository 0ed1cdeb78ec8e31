"""The two setups that are soaked, and the kills of each: one server on SQLite and Ladybug; a server and two workers on
Postgres and Neo4j."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from os import kill
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tests.support.jobs.postgres import PostgresServer, postgres
from tests.support.soak.programs import Presence, Program
from tools.neo4j_server import Neo4jServer, free_port, running


class SetupName(StrEnum):
    EMBEDDED = "sqlite-ladybug"
    SHARED = "postgres-neo4j"


class Back(NamedTuple):
    """How what was killed comes back: `start`, once `least` to `most` seconds have passed."""

    presence: Presence
    start: Callable[[], None]
    least: float = 0.0
    most: float = 3.0


class Kill(NamedTuple):
    """`end` ends something; whether there was anything to end. `back`: None where what runs starts it again itself."""

    what: str
    end: Callable[[], bool]
    back: Back | None


@dataclass(frozen=True)
class Setup:
    """`programs`: the server first. `tracing`: those of them that run jobs. `traces`: the folder of whole traces."""

    engine: Engine
    url: str
    programs: Sequence[Program]
    tracing: Sequence[Program]
    databases: Sequence[Presence]
    traces: Path
    kills: Sequence[Kill]

    @property
    def server(self) -> Program:
        return self.programs[0]


@contextmanager
def opened(name: SetupName, folder: Path) -> Iterator[Setup]:
    """A setup on empty databases in `folder`, whose programs are not started; killed at the end.

    Raises the CannotStart of Postgres or Neo4j.
    """
    opens = embedded if name is SetupName.EMBEDDED else shared
    with opens(folder) as setup:
        try:
            yield setup
        finally:
            for program in setup.programs:
                program.kill()


@contextmanager
def embedded(folder: Path) -> Iterator[Setup]:
    """One server that runs the jobs, on SQLite and Ladybug in `folder`."""
    engine, port = ladybug_engine(folder), free_port()
    (folder / "store").mkdir()
    command = ["serve", "--no-examples", "--port", str(port), "--database", engine.url]
    server = Program("server", folder / "data", command)
    back = Back(server.presence, server.start)
    yield Setup(
        engine,
        f"http://127.0.0.1:{port}",
        (server,),
        (server,),
        (),
        folder / "data" / "traces",
        (
            Kill("server", server.kill, back),
            Kill("server", server.kill, back),
            Kill("tracing process", partial(_kill_tracing, (server,)), None),
        ),
    )


@contextmanager
def shared(folder: Path) -> Iterator[Setup]:
    """A server and two workers, on servers of Postgres and Neo4j of their own. Raises their CannotStart."""
    with running(folder / "neo4j") as graphs, postgres() as jobs:
        yield _shared(folder, graphs, jobs)


def _shared(folder: Path, graphs: Neo4jServer, jobs: PostgresServer) -> Setup:
    engine, port, traces = neo4j_engine(graphs), free_port(), folder / "traces"
    of_graphs, of_jobs = Presence(), Presence()
    databases = (of_graphs, of_jobs)
    for each in databases:
        each.is_back()
    places = ["--database", engine.url, "--jobs", jobs.url, "--traces", str(traces)]
    command = ["serve", "--no-examples", "--no-worker", "--port", str(port), *places]
    server = Program("server", folder / "server", command, databases)
    workers = [Program(f"worker {n}", folder / f"worker-{n}", ["worker", *places], databases) for n in (1, 2)]

    def ends(presence: Presence, end: Callable[[], None]) -> bool:
        presence.leaves()
        end()
        return True

    def starts(presence: Presence, start: Callable[[], None]) -> None:
        start()
        presence.is_back()

    neo4j_back = Back(of_graphs, partial(starts, of_graphs, graphs.start))
    postgres_back = Back(of_jobs, partial(starts, of_jobs, jobs.start))
    kills = [
        Kill("server", server.kill, Back(server.presence, server.start)),
        Kill("tracing process", partial(_kill_tracing, workers), None),
        Kill("Neo4j", partial(ends, of_graphs, graphs.kill), neo4j_back),
        Kill("Postgres, stopped (fast)", partial(ends, of_jobs, jobs.stop), postgres_back),
        Kill(
            "Postgres, stopped (immediate)",
            partial(ends, of_jobs, partial(jobs.stop, at_once=True)),
            postgres_back,
        ),
        Kill("Postgres", partial(ends, of_jobs, jobs.kill), postgres_back),
    ]
    for worker in workers:
        kills += [
            Kill("worker", worker.kill, Back(worker.presence, worker.start)),
            Kill("worker, away for long", worker.kill, Back(worker.presence, worker.start, 10.0, 25.0)),
        ]
    return Setup(engine, f"http://127.0.0.1:{port}", (server, *workers), workers, databases, traces, kills)


def _kill_tracing(programs: Sequence[Program]) -> bool:
    """Kill one of the processes in which they trace."""
    found = sorted(set[int]().union(*(program.tracing_processes() for program in programs)))
    if not found:
        return False
    with suppress(ProcessLookupError):
        kill(random.choice(found), SIGKILL)
    return True
