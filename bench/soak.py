"""`make soak`: KILLS random kills of servers, workers and databases, on both setups of `tests.support.soak`, and counts
of jobs in, ended, lost and doubled. SEED repeats a run's decisions."""

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.measure import console, show
from tests.support.soak.ledger import Wrong
from tests.support.soak.setups import SetupName
from tests.support.soak.soak import Report, soak

KILLS = 200
"""On each setup."""
TAKEN_UP = 60
"""Seconds from the notice of a loss within which a job is to be begun again."""


def main(names: list[str]) -> None:
    n_kills = int(os.environ.get("KILLS") or KILLS)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 16))
    faulty = False
    for name in map(SetupName, names or SetupName):
        folder = Path(tempfile.mkdtemp(prefix=f"circuit-explorer-soak-{name}-"))
        console.print(f"{name}: SEED={seed} KILLS={n_kills}, logs in {folder}")
        began = time.monotonic()

        def on_kill(what: str, phases: list[str]) -> None:
            doing = ", ".join(phases) or "no job"
            console.print(f"{time.monotonic() - began:8.1f} s  {what} ({doing})")  # noqa: B023

        report = soak(name, folder, n_kills, seed, on_kill)
        _show(report)
        faulty = faulty or bool(report.faults)
        if not report.faults:
            shutil.rmtree(folder)
    sys.exit(faulty)


def _show(report: Report) -> None:
    ending, (killing, draining) = report.ending, report.seconds
    rows = [[f"kills: {what}", str(n)] for what, n in sorted(report.kills.items())]
    rows += [[f"kills while a job was in: {phase}", str(n)] for phase, n in sorted(report.phases.items())]
    rows += [
        ["kills, in all", f"{report.kills.total()} in {killing / 60:.1f} min"],
        ["jobs in", str(ending.accepted)],
        *([f"jobs ended: {state}", str(n)] for state, n in sorted(ending.states.items())),
        ["jobs queued by requests whose answer was cut", str(ending.unanswered)],
        ["graphs stored", str(ending.graphs)],
        *([f"{wrong} (bar: 0)", str(_count(report, wrong))] for wrong in Wrong),
        ["jobs begun again after a kill", str(report.taken_up.n)],
        ["longest time until then", f"{report.taken_up.from_kill:.1f} s"],
        [f"from the notice (bar: {TAKEN_UP} s)", f"{report.taken_up.from_notice:.1f} s"],
        ["until the last job ended", f"{draining:.1f} s after the last kill"],
    ]
    show(f"{report.name}: {report.kills.total()} kills", ["what", "count"], rows)
    by_request: dict[str, Counter[str]] = {}
    for (request, answer), n in report.answers.items():
        by_request.setdefault(request, Counter())[answer] += n
    rows = [
        [request, ", ".join(f"{n} x {answer}" for answer, n in answers.most_common())]
        for request, answers in sorted(by_request.items())
    ]
    show("Requests and their answers", ["request", "answers"], rows)
    for fault in report.faults:
        console.print(str(fault))


def _count(report: Report, wrong: Wrong) -> int:
    return sum(fault.wrong is wrong for fault in report.faults)


if __name__ == "__main__":
    main(sys.argv[1:])
