"""The parts of a prompt's internals, computed one at a time as the product does: what each takes, and their file."""

import ctypes
import gc
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench.measure import console, seconds
from ingest.attribution.internals.parts import Computed, compute
from ingest.attribution.internals.prompt import PromptRun
from ingest.internals.file import write_internals
from queries.internals.records import InternalsParameters, Part

PEAK = Path("/proc/self/clear_refs")


class Cost(NamedTuple):
    """Seconds, and bytes at the peak above what was taken before."""

    seconds: float
    peak: int


class Measured(NamedTuple):
    """`parts` by their names as they are shown; `file`: bytes of the file of all of them; `missing`: what did not pass
    its own check, and why."""

    parts: dict[str, Cost]
    file: int
    missing: dict[Part, str]


def cost(call: Callable[[], object]) -> Cost:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # memory that was freed before is not there for the call to take unseen
    PEAK.write_text("5")  # the peak is counted from here
    before = _bytes("VmRSS")
    taken = seconds(call)
    return Cost(taken, max(0, _bytes("VmHWM") - before))


def measure(run: PromptRun, parts: dict[str, InternalsParameters]) -> Measured:
    """Each of the named questions alone, in turn."""
    found: dict[str, Cost] = {}
    done: list[Computed] = []
    for name, asked in parts.items():
        found[name] = cost(partial(_compute, run, asked, done))
        console.print(f"{name}: {found[name].seconds:.3g} s, {found[name].peak / 1e6:,.0f} MB")
    arrays: dict[str, Any] = {}
    missing: dict[Part, str] = {}
    for one in done:
        arrays |= one.arrays
        missing |= one.internals.record.missing
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one"
        write_internals(file, done[-1].internals.record, done[-1].findings, arrays)
        return Measured(found, file.stat().st_size, missing)


def _compute(run: PromptRun, asked: InternalsParameters, done: list[Computed]) -> None:
    done.append(compute(run, asked, _quiet))


def _quiet(*_: int) -> None:
    pass


def _bytes(name: str) -> int:
    """Memory of this process: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
