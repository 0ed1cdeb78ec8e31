"""From a prompt to a stored graph. This is all that others may import; torch is loaded by none of it."""

from ingest.graph_file.read import read_graph_file
from ingest.importing import delete_graph, import_graph
from ingest.jobs.queue import JobQueue
from ingest.models import InvalidModelsFile, ModelEntry, Registry, TranscoderEntry, load_registry
from ingest.traces.folder import TraceFolder
from ingest.worker.workbench import Workbench

__all__ = [
    "InvalidModelsFile",
    "JobQueue",
    "ModelEntry",
    "Registry",
    "TraceFolder",
    "TranscoderEntry",
    "Workbench",
    "delete_graph",
    "import_graph",
    "load_registry",
    "read_graph_file",
]
