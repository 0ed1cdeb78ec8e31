"""Cutting a trace before it is kept: without its weakest nodes and edges its file is smaller.

Shares stay exact, since the nodes keep the input totals of the whole trace; so do the nodes that a later pruning keeps,
up to the threshold of the cut. Its edges are chosen by their influence among those that are left.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest import identity
from ingest.pruning.prune import prune
from ingest.traces.file import write_trace
from ingest.traces.folder import Retention
from ingest.traces.trace import Cut, Trace, TraceEdges, source_type
from queries.graph.attribution_graph import NodeKind

CUT_AT = 0.999
"""The share of the cumulative influence of nodes, and of edges between them, that a cut trace keeps."""


def write_retained(path: Path, trace: Trace, retention: Retention) -> None:
    """Write as much of a trace as is to be kept."""
    if retention != "none":
        write_trace(path, trace if retention == "whole" else cut_trace(trace))


def cut_trace(trace: Trace) -> Trace:
    """Raises like `prune`."""
    pruning = prune(trace, CUT_AT, CUT_AT)
    kept = np.flatnonzero(pruning.node_mask)
    row = np.full(len(trace.nodes), -1)
    row[kept] = np.arange(len(kept))
    target, source, weight = pruning.edges.rows(0, len(row))
    starts = np.append(0, np.cumsum(np.bincount(row[target], minlength=len(kept))))
    nodes = replace(
        trace.nodes.take(kept),
        node_influence=pruning.node_influence[kept],
        cumulative_influence=pruning.cumulative_influence[kept],
        input_total=pruning.input_total[kept],
    )
    replacement, completeness = (None if np.isnan(one) else one for one in pruning.scores)
    cut = Cut(
        threshold=CUT_AT,
        trace_id=identity.trace_id(trace),
        n_nodes=len(trace.nodes),
        n_edges=trace.edges.count(),
        n_features=len(trace.nodes.of_kind(NodeKind.FEATURE)),
        influence=float(pruning.node_influence.sum()),
        replacement_score=replacement,
        completeness_score=completeness,
    )
    drawn = [(name, row[members][row[members] >= 0].tolist()) for name, members in trace.record.supernodes]
    pinned = row[trace.record.pinned].tolist() if trace.record.pinned else []
    record = trace.record.model_copy(
        update={
            "cut": cut,
            "supernodes": [(name, members) for name, members in drawn if members],
            "pinned": [node for node in pinned if node >= 0],
        }
    )
    return Trace(record, nodes, TraceEdges(starts, row[source].astype(source_type(len(kept))), weight))
