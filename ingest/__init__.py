"""From a prompt or a graph file to a stored graph.

    jobs, importing -> loading -> annotation -> worker -> attribution, graph_file -> pruning, internals -> identity
    -> traces
    models (unlisted), sources: the registry, and where its weights come from, for every room

Other packages import this face only. It loads no torch.
"""

from ingest.annotation.annotator import AnnotationReport, Annotator
from ingest.annotation.file import features_of, read_labels
from ingest.annotation.stored import annotate_stored, explain_stored
from ingest.attribution.prompt import SplitPrompt, split
from ingest.attribution.tokenizer import has_chat_template, why_no_tokens
from ingest.fetching import Fetcher
from ingest.graph_file.about import ImportOptions
from ingest.graph_file.faults import Dropped
from ingest.graph_file.read import read_graph_file
from ingest.importing import Imported, delete_graph, file_set, import_graph
from ingest.internals.folder import InternalsFolder
from ingest.jobs.queue import JobQueue
from ingest.loading import Loader
from ingest.models import (
    InvalidModelsFile,
    ModelEntry,
    Registry,
    TranscoderEntry,
    load_registry,
)
from ingest.saved import saved_graph_file
from ingest.traces.folder import TraceFolder
from ingest.unlisted import Unlisted, models_toml, with_unlisted
from ingest.worker.workbench import Workbench

__all__ = [
    "AnnotationReport",
    "Annotator",
    "Dropped",
    "Fetcher",
    "ImportOptions",
    "Imported",
    "InternalsFolder",
    "InvalidModelsFile",
    "JobQueue",
    "Loader",
    "ModelEntry",
    "Registry",
    "SplitPrompt",
    "TraceFolder",
    "TranscoderEntry",
    "Unlisted",
    "Workbench",
    "annotate_stored",
    "delete_graph",
    "explain_stored",
    "features_of",
    "file_set",
    "has_chat_template",
    "import_graph",
    "load_registry",
    "models_toml",
    "read_graph_file",
    "read_labels",
    "saved_graph_file",
    "split",
    "why_no_tokens",
    "with_unlisted",
]
