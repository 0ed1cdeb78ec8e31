"""Traces the model's example prompts and writes their graphs to demo/graphs, for servers that cannot trace.

`make demo-graphs` runs it; tests/demo/test_example_graphs.py fails where the model, its transcoders or the prompts have
changed since then.
"""

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import ingest
from ingest.jobs.examples import FOLDER
from ingest.worker.child import TracingProcess
from ingest.worker.requests import Finished, TraceRequest
from queries.graph.records import TraceParameters


def write_example_graphs(folder: Path) -> None:
    """Write NAME.npz and NAME.trace for each example prompt, by the code that runs a job; their names sort in the
    prompts' order."""
    with TemporaryDirectory() as empty:
        entry, transcoders = ingest.load_registry(Path(empty)).find(None, None)
    process = TracingProcess(io.BytesIO())
    parameters = TraceParameters()
    for number, prompt in enumerate(entry.examples, start=1):
        name = folder / f"{number}-{re.sub('[^a-z]+', '-', prompt.lower()).strip('-')}"
        request = TraceRequest(
            entry=entry,
            transcoders=transcoders,
            prompt=prompt,
            attribution=parameters.attribution,
            thresholds=parameters.thresholds,
            output=name.with_suffix(".npz"),
            trace=name.with_suffix(".trace"),
        )
        event = process.answer(request)
        assert isinstance(event, Finished), event


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    write_example_graphs(FOLDER)


if __name__ == "__main__":
    main()
