"""Pruning a whole trace beside circuit_tracer.graph.prune_graph, which sorts every cell of the matrix.

The trace is as large as one of a prompt of 73 tokens: 8,500 nodes and 18 million edges. It is pruned from the dense
float32 matrix that circuit_tracer.attribute returns, and from a trace file.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from circuit_tracer.graph import prune_graph

from bench.measure import seconds, show, spread
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace, write_trace
from tests.support.circuit_tracer_graphs import layered_graph, trace_of

N_NODES, N_EDGES, N_LAYERS, N_POSITIONS = 8_500, 18_000_000, 26, 73
THRESHOLDS = ((0.8, 0.98), (0.99, 0.999))
"""The defaults, and two that keep most of the graph."""
RUNS = 5
THEIRS, OURS, KEPT = "circuit_tracer.graph.prune_graph", "prune, dense matrix", "read_trace and prune, file"
BARS = {OURS: 10, KEPT: 5}
"""Least speed-up over theirs."""
MEMORY_BAR = 1.2
"""Highest peak memory of ours, in sizes of the dense matrix, which it includes."""


def main() -> None:
    dense = large_graph()
    trace = trace_of(dense)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.trace"
        writing = [seconds(partial(write_trace, file, trace)) for _ in range(RUNS)]
        for thresholds in THRESHOLDS:
            _compare(dense, file, thresholds)
        reading = [seconds(partial(read_trace, file)) for _ in range(RUNS)]
        size, n_edges = file.stat().st_size, np.count_nonzero(trace.edges.weight)
    rows = [["size", f"{size / 1e6:.0f} MB, {size / n_edges:.2f} bytes an edge"]]
    rows += [["write", spread(writing)], ["read", spread(reading)]]
    show(f"The file of a trace of {N_NODES:,} nodes and {n_edges:,} edges", ["what", "figure"], rows)
    peaks = {name: [_peak(name) for _ in range(RUNS)] for name in (THEIRS, OURS)}
    rows = [
        [name, f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})"]
        for name, each in peaks.items()
    ]
    show(
        f"Peak memory in dense matrices, that one included (bar of ours: {MEMORY_BAR})",
        ["what", "peak"],
        rows,
    )


def large_graph() -> Any:
    return layered_graph(N_NODES, N_EDGES, n_layers=N_LAYERS, n_positions=N_POSITIONS)


def _compare(dense: Any, file: Path, thresholds: tuple[float, float]) -> None:
    ways: dict[str, Callable[[], object]] = {
        THEIRS: partial(prune_graph, dense, *thresholds),
        OURS: partial(prune, trace_of(dense), *thresholds),
        KEPT: lambda: prune(read_trace(file), *thresholds),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(1 + RUNS):  # interleaved, so that a machine that slows down slows all ways
        for name, way in ways.items():
            times[name].append(seconds(way))
    rows = []
    for name, (_, *counted) in times.items():  # the first run compiles, or loads compiled code
        ratio = statistics.median(times[THEIRS][1:]) / statistics.median(counted)
        bar = f" (bar: {BARS[name]})" if name in BARS and thresholds == THRESHOLDS[0] else ""
        rows.append([name, spread(counted), f"{ratio:.1f} times{bar}"])
    kept = prune(trace_of(dense), *thresholds)
    title = (
        f"Thresholds {thresholds}, {kept.node_mask.sum():,} nodes and {len(kept.edges.weight):,} edges kept"
    )
    show(title, ["what", "time", "faster"], rows)


def _peak(name: str) -> float:
    """Peak memory of a process that prunes the matrix, in sizes of the matrix; its imports are left out."""
    command = [sys.executable, "-m", "bench.pruning", name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _measure_peak(name: str) -> float:
    def run(dense: Any) -> None:
        if name == THEIRS:
            prune_graph(dense, *THRESHOLDS[0])
        else:
            prune(trace_of(dense), *THRESHOLDS[0])

    run(layered_graph(100, 1000, n_layers=2, n_positions=3))  # compiles, or loads compiled code
    before = _memory("VmRSS")
    dense = large_graph()
    dense.adjacency_matrix += 0.0  # unwritten cells take no memory yet
    run(dense)
    return (_memory("VmHWM") - before) / int(dense.adjacency_matrix.nbytes)


def _memory(which: str) -> int:
    """Memory of this process in bytes: VmRSS now, VmHWM at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(which))


if __name__ == "__main__":
    print(_measure_peak(sys.argv[1]))
