"""Graph files: one of 16 million links that is read, unpruned, as a prompt of 73 tokens has; and 60,000 links exported.

The same run measures `json.load` of the large file: the first step of a reader that builds Python objects.
"""

import json
import resource
import subprocess
import sys
import tempfile
import tracemalloc
from functools import partial
from pathlib import Path
from typing import cast

from bench.measure import console, seconds, show, spread
from ingest.attribution.memory import available_memory
from ingest.graph_file.read import read_graph_file
from queries.exports.formats import FORMATS, Format
from queries.graph.attribution_graph import AttributionGraph
from tests.support.large_file import LARGE, write_large_file
from tests.support.synthetic_graphs import SIZES, synthetic_graph

JSON_LOAD_MEMORY = 14 << 30
"""Bytes of free memory that `json.load` needs; with less it is skipped."""
READERS = ("parse_graph_file", "import_file", "json.load")
"""`import_file` also prunes, and writes the pruned graph and the whole trace: an import up to the database."""


EXPORTED = SIZES[1]


def main() -> None:
    _show_exports()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.json"
        writing = seconds(partial(write_large_file, path))
        size = path.stat().st_size
        found = {reader: _measure_in_process(reader, path) for reader in READERS}
    rows = [["writing it", f"{writing:.0f} s", "", ""]]
    for reader, one in found.items():
        if one is None:
            rows.append([reader, "not enough memory", "", ""])
        else:
            rate = f"{size / one['seconds'] / 1e6:.0f} MB/s"
            rows.append([reader, f"{one['seconds']:.1f} s", f"{one['peak'] / 1e9:.2f} GB", rate])
    title = f"A file of {size / 1e9:.2f} GB, {LARGE}, in the page cache"
    show(title, ["what", "time", "peak memory (bar: 4 GB)", "rate"], rows)
    ours, theirs = found["parse_graph_file"], found["json.load"]
    if ours and theirs:
        ratios = (f"{ours[what] / theirs[what]:.2f} of its {what}" for what in ("seconds", "peak"))
        console.print(f"parse_graph_file beside json.load: {' and '.join(ratios)}")


def _show_exports() -> None:
    """Each format beside the graph's import, with the most memory that the export takes beyond the graph itself."""
    graph = synthetic_graph(EXPORTED, seed=1)
    rows = []
    for name, form in FORMATS.items():
        size = sum(map(len, form.write(graph)))
        times = [seconds(partial(_drain, form, graph)) for _ in range(3)]
        tracemalloc.start()
        _drain(form, graph)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append([name, f"{size / 1e6:.3g} MB", spread(times), f"{peak / 1e6:.3g} MB"])
    content = b"".join(FORMATS["graph-json"].write(graph))
    times = [seconds(partial(read_graph_file, content)) for _ in range(3)]
    rows.append(["graph-json, read again", "", spread(times), ""])
    show(f"Exporting a graph of {EXPORTED}", ["format", "size", "time", "peak memory"], rows)


def _drain(form: Format, graph: AttributionGraph) -> None:
    """Take the pieces as a connection does: none is kept."""
    for _ in form.write(graph):
        pass


def _measure_in_process(reader: str, path: Path) -> dict[str, float] | None:
    """Seconds and peak memory (bytes) of a process that only reads; None if memory is too short."""
    free = available_memory()
    if reader == "json.load" and free is not None and free < JSON_LOAD_MEMORY:
        return None
    command = [sys.executable, "-m", "bench.large_file", reader, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "MemoryError" in done.stderr:
        return None
    done.check_returncode()
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measure(reader: str, path: Path) -> None:
    from ingest.graph_file.about import ImportOptions
    from ingest.graph_file.pieces import mapped
    from ingest.graph_file.read import parse_graph_file
    from ingest.worker.requests import ImportRequest
    from ingest.worker.tasks import Process, import_file

    request = ImportRequest(
        file=path,
        options=ImportOptions(),
        thresholds=None,
        output=path.with_name("graph.npz"),
        report=path.with_name("report.json"),
        trace=path.with_name("whole.trace"),
    )
    with path.open("rb") as file:
        readers = {
            "import_file": lambda: import_file(request, cast(Process, None)),
            "parse_graph_file": lambda: parse_graph_file(mapped(path)),
            "json.load": lambda: json.load(file),
        }
        elapsed = seconds(readers[reader])
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"seconds": elapsed, "peak": peak}))


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]))
