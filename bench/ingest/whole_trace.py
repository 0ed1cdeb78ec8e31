"""From the end of attribution to the stored graph, at Gemma-2-2B's size, by phase, on a server of either engine.

The tracing process does all that it does for a prompt, but that `circuit_tracer.attribute` answers with a made graph of
8,500 nodes and 18 million edges, which is there already: what a job then takes is what it takes beyond attribution.
"""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import requests

from bench.databases import database
from bench.ingest.jobs import PHASES, elapsed, followed
from bench.measure import show, spread
from bench.pruning import N_EDGES, N_NODES, large_graph
from queries.words import Engine
from tests.support.processes import COMMAND, ROOT, serving, url

BARS: dict[Engine, int] = {"ladybug": 5, "neo4j": 8}
"""Seconds."""
ROUNDS = 5
CUSTOM = """
import sys
if "ingest.worker.child" in sys.orig_argv:
    import ingest.attribution.attribution as attribution
    from bench.ingest.whole_trace import attributed
    attribution.attribute = attributed
"""
"""Python runs a module of the name `sitecustomize` when it starts."""


_made = cache(large_graph)


def attributed(*_: object, **__: object) -> Any:
    """In the place of `circuit_tracer.attribute`. The first call, whose job is not counted, makes the graph."""
    return _made()


def show_whole_trace() -> None:
    for engine in BARS:
        with tempfile.TemporaryDirectory() as folder:
            _measure(engine, Path(folder))


def _measure(engine: Engine, folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(CUSTOM)
    command = ("env", f"PYTHONPATH={folder}:{ROOT}", *COMMAND)
    data = folder / "data"
    with (
        database(engine, folder / "database") as address,
        serving(data, "--no-examples", "--database", address, command=command),
    ):
        jobs = [followed(f"{url(data)}/api/jobs", {"prompt": f"Prompt {n}"}) for n in range(ROUNDS + 1)][1:]
        stored = requests.get(f"{url(data)}/api/graphs/{jobs[-1]['graph_id']}", timeout=60).json()
    n_nodes, n_edges = (stored[name] for name in ("n_nodes", "n_edges"))
    total = [elapsed(job, "created_at", "finished_at") for job in jobs]
    rows = [[phase, spread([job["timings"][phase] for job in jobs])] for phase in PHASES]
    show(
        f"A trace of {N_NODES:,} nodes and {N_EDGES:,} edges on {engine}, pruned to {n_nodes:,} and {n_edges:,}",
        ["what", "time"],
        [*rows, [f"POST to the stored graph (bar: {BARS[engine]} s)", spread(total)]],
    )
