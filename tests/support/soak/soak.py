"""The soak: something is killed at random moments while clients ask and readers read; then all jobs are let end, and
everything is counted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TypeAlias

from tests.support.patience import PATIENCE, TRACING, soon
from tests.support.soak.api import Api
from tests.support.soak.ending import Ending, checked
from tests.support.soak.ledger import Fault, Ledger, Wrong
from tests.support.soak.logs import TakenUp, taken_up
from tests.support.soak.programs import NotStarted
from tests.support.soak.readers import Reader, Watcher
from tests.support.soak.setups import Kill, Setup, SetupName, opened
from tests.support.soak.stream import Client

PAUSE = 10.0
"""Seconds between two kills, at most, where they wait for nothing."""
AIMED = 0.7
"""The share of kills that wait until a job computes or is stored: the others fall at any moment, which is seldom the
short one of storing, and on a slow machine never lets a job end."""
AIMS = ({"trace", "prune"}, {"annotate", "load"})
AIM, SPREAD = PATIENCE, 0.5
"""Seconds for which they wait at most, and after the phase's beginning within which they fall."""
OnKill: TypeAlias = Callable[[str, list[str]], None]
"""Called with what was killed, and with the phases of the jobs that ran."""
CLIENTS, READERS = 2, 4
DRAINED = 2 * TRACING
"""Seconds without the end of any job after which those that are left count as lost."""


@dataclass(frozen=True)
class Report:
    """`kills`, by what was killed; `phases` of the jobs that ran then; `ending`, the counts of jobs; `answers`, by
    request and answer; `seconds` of the kills, and from the last one until all jobs had ended."""

    name: SetupName
    kills: Counter[str]
    phases: Counter[str]
    ending: Ending
    taken_up: TakenUp
    answers: Counter[tuple[str, str]]
    faults: list[Fault]
    seconds: tuple[float, float]


def soak(name: SetupName, folder: Path, n_kills: int, seed: int, on_kill: OnKill = lambda *_: None) -> Report:
    """Kill so often. `folder`, which is empty, gets all files. `seed` decides what chance decides, but not when.
    `on_kill` is told of each kill.

    Raises NotStarted where something does not start again, and like `opened`.
    """
    ledger = Ledger()
    with opened(name, folder) as setup, ExitStack() as apis:
        for program in setup.programs:
            program.start()

        def api() -> Api:
            made = Api(setup.url, setup.server.presence, setup.databases, ledger)
            return apis.enter_context(closing(made))

        chance = random.Random(f"{seed} {name}")
        began = time.monotonic()
        asking, reading = Event(), Event()
        try:
            with _threads(reading) as read:
                for n in range(READERS):
                    read(Reader(api(), ledger, random.Random(f"{seed} reader {n}"), reading).run)
                read(Watcher(api(), ledger, reading).run)
                with _threads(asking) as ask:
                    for n in range(CLIENTS):
                        ask(Client((api(), api()), ledger, random.Random(f"{seed} client {n}"), asking).run)
                    kills, phases = _killed(setup, api(), n_kills, chance, on_kill)
                    killed = time.monotonic()
                _drain(setup, ledger)
                drained = time.monotonic()
        except NotStarted as error:
            error.add_note("\n".join(["Faults before:", *map(str, ledger.faults)]))
            raise
        ending = checked(setup, api(), ledger, kills["tracing process"])
        times = taken_up(setup.tracing)
    return Report(
        name, kills, phases, ending, times, ledger.answers, ledger.faults, (killed - began, drained - killed)
    )


def _killed(
    setup: Setup, api: Api, n_kills: int, chance: random.Random, on_kill: OnKill
) -> tuple[Counter[str], Counter[str]]:
    """Kill, and start again what was killed; all of it runs at the end. The kills, and the phases of jobs that ran."""
    kills, phases = Counter[str](), Counter[str]()
    deck: list[Kill] = []
    coming: list[Future[None]] = []
    with ThreadPoolExecutor(len(setup.kills)) as pool:
        while kills.total() < n_kills:
            for one in [one for one in coming if one.done()]:
                coming.remove(one)
                one.result()
            for program in setup.programs:
                if program.presence.is_here and program.has_ended:
                    program.presence.leaves()
                    program.check_excuse()
                    coming.append(pool.submit(program.start))
            if not deck:
                deck = chance.sample(setup.kills, len(setup.kills))
            time.sleep(PAUSE * chance.random())
            if chance.random() < AIMED:
                aim = chance.choice(AIMS)
                soon(lambda aim=aim: aim & set(_running(api)), AIM)  # type: ignore[misc]
                time.sleep(SPREAD * chance.random())
            kill = next((one for one in deck if one.back is None or one.back.presence.is_here), None)
            if kill is None:
                continue
            running = _running(api)
            if kill.end():
                deck.remove(kill)
                kills[kill.what] += 1
                phases.update(running or ["none"])
                on_kill(kill.what, running)
                if kill.back is not None:
                    coming.append(pool.submit(_back, kill, chance.random()))
    for one in coming:
        one.result()
    return kills, phases


def _back(kill: Kill, part: float) -> None:
    assert kill.back is not None
    time.sleep(kill.back.least + part * (kill.back.most - kill.back.least))
    kill.back.start()


def _running(api: Api) -> list[str]:
    """The phases of the jobs that run."""
    found = api.ask("GET", "/api/jobs?state=running", "running jobs")
    return [job["phase"] for job in found[1]["jobs"]] if found and found[0] == 200 else []


def _drain(setup: Setup, ledger: Ledger) -> None:
    """Wait until every job has ended."""
    while unfinished := ledger.unfinished:
        n = len(unfinished)
        if not soon(lambda n=n: len(ledger.unfinished) < n, DRAINED):  # type: ignore[misc]
            for job_id in sorted(ledger.unfinished):
                ledger.fault(Wrong.LOST, f"{job_id} does not end")
            return
        for program in setup.programs:
            if program.has_ended:
                raise NotStarted(f"{program.name} ended by itself: {program.last_words()}")


@contextmanager
def _threads(stopping: Event) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Start what runs until `stopping`, which is set at the end. An error of one is raised there."""
    with ThreadPoolExecutor(2 * READERS) as pool:
        started: list[Future[None]] = []
        try:
            yield lambda call: started.append(pool.submit(call))
        finally:
            stopping.set()
    for one in started:
        one.result()
