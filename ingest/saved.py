"""circuit-tracer's saved graphs (`.pt`) as graph files, for the command line alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.exports.graph_json import graph_json
from queries.graph.records import Thresholds


def saved_graph_file(path: Path, tokenizer: str | None) -> Iterator[bytes]:
    """The whole graph as graph JSON, in pieces. `tokenizer` is a folder or a name; None: the one that the file names.

    Needs torch. Raises InvalidGraph, ModuleNotFoundError where torch is not installed, and OSError.
    """
    from ingest.attribution.saved import saved_trace

    trace = saved_trace(path, tokenizer)
    pruning = prune(trace, 1.0, 1.0)
    everything = pruning._replace(node_mask=np.ones(len(trace.nodes), dtype=np.bool_), edges=trace.edges)
    graph = assemble(trace, everything, Thresholds(node_threshold=1.0, edge_threshold=1.0), {})
    record = graph.record.model_copy(update=dict.fromkeys(Thresholds.model_fields))  # nothing was pruned
    return graph_json(replace(graph, record=record))
