"""The start-up of the server's application beside that of its framework."""

import statistics
import subprocess
import sys

from bench.measure import show, spread

RUNS = 9
TIMED = "import time; started = time.perf_counter(); import {}; print(time.perf_counter() - started)"


def show_startup() -> None:
    # Interleaved, so that a machine that slows down slows both.
    times_of: dict[str, list[float]] = {"api.http.app": [], "fastapi, numpy": []}
    for _ in range(RUNS):
        for modules, times in times_of.items():
            code = TIMED.format(modules)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            times.append(float(done.stdout))
    ratio = statistics.median(times_of["api.http.app"]) / statistics.median(times_of["fastapi, numpy"])
    rows = [[f"import {modules}", spread(times)] for modules, times in times_of.items()]
    show(
        f"Start-up, median of {RUNS} processes (bar: api.http.app under 1 s)",
        ["what", "time"],
        [*rows, ["ratio", f"{ratio:.2f}"]],
    )
