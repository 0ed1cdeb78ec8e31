"""From a prompt or a graph file to a stored graph.

    jobs -> importing, annotation -> worker -> attribution, graph_file -> pruning -> identity -> traces
    models: the registry, for every room

Other packages import this face only. It loads no torch.
"""

from ingest.fetching import Fetcher
from ingest.graph_file.about import ImportOptions
from ingest.graph_file.faults import Dropped
from ingest.graph_file.read import read_graph_file
from ingest.importing import Imported, delete_graph, file_set, import_graph
from ingest.jobs.queue import JobQueue
from ingest.models import InvalidModelsFile, ModelEntry, Registry, TranscoderEntry, load_registry
from ingest.saved import saved_graph_file
from ingest.traces.folder import TraceFolder
from ingest.worker.workbench import Workbench

__all__ = [
    "Dropped",
    "Fetcher",
    "ImportOptions",
    "Imported",
    "InvalidModelsFile",
    "JobQueue",
    "ModelEntry",
    "Registry",
    "TraceFolder",
    "TranscoderEntry",
    "Workbench",
    "delete_graph",
    "file_set",
    "import_graph",
    "load_registry",
    "read_graph_file",
    "saved_graph_file",
]
