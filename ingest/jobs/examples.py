"""The bundled model's example prompts as graphs made beforehand, for a server that cannot trace them.

`make demo-graphs` (demo/example_graphs.py) writes for each prompt the files that its job leaves in the work folder: the
pruned graph, NAME.npz, and the unpruned trace, NAME.trace.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.annotation.file import annotate
from ingest.loading import Loader
from ingest.models import DEMO, ModelEntry
from ingest.traces.folder import TraceFolder
from ingest.worker.handover import read_graph
from queries.store.store import GraphStore

FOLDER = DEMO / "graphs"


def example_files(entry: ModelEntry) -> list[Path]:
    """The graphs made beforehand, in the order of the model's examples; none for a model that is not bundled."""
    return sorted(FOLDER.glob("*.npz")) if entry.source == str(DEMO / "model") else []


def store_examples(entry: ModelEntry, store: GraphStore, traces: TraceFolder) -> int:
    """Store the graphs and keep their traces, as jobs would. Returns the number of graphs.

    Graphs are listed newest first. The first example, whose answer is the clearest, gets the latest of their times.
    Raises DatabaseUnavailable, StorageFull, TracesUnavailable.
    """
    files = example_files(entry)
    graphs = [annotate(read_graph(file), entry.transcoders[0]) for file in files]
    times = sorted((graph.record.created_at for graph in graphs), reverse=True)
    loader = Loader(store, traces)
    with TemporaryDirectory() as folder:
        for file, graph, time in zip(files, graphs, times, strict=True):
            copy = shutil.copy(file.with_suffix(".trace"), folder)  # the folder of traces moves the file in
            record = graph.record.model_copy(update={"created_at": time})
            loader.store(replace(graph, record=record), Path(copy))
    return len(files)
