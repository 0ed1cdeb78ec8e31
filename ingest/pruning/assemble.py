"""The graph that is stored of a trace: the nodes and edges that pruning keeps, and their record."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ingest import identity
from ingest.pruning.prune import Pruning
from ingest.traces.trace import Trace
from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import (
    AttributionGraph,
    Edges,
    NodeKind,
    Nodes,
    Supernode,
    file_view,
)
from queries.graph.influence import GraphScores, graph_scores
from queries.graph.records import AttributionRecord, GraphRecord, Prediction, Thresholds
from queries.paths.space import choose_target


def assemble(
    trace: Trace, pruning: Pruning, thresholds: Thresholds, timings: dict[str, float]
) -> AttributionGraph:
    """The stored graph. Shares are relative to the whole trace; the record has the scores of both."""
    kept = _storing_order(trace, pruning)
    ordinal = np.full(trace.edges.n_nodes, -1)
    ordinal[kept] = np.arange(len(kept))
    into, out_of, weight = pruning.edges.rows(0, trace.edges.n_nodes)
    target, source = ordinal[into], ordinal[out_of]
    order = np.lexsort((source, target))
    signed = weight.astype(np.float64)
    share = np.abs(signed) / pruning.input_total[into]
    edges = Edges(source[order], target[order], signed[order], share[order])
    nodes = replace(
        trace.nodes.take(kept),
        node_influence=pruning.node_influence[kept],
        cumulative_influence=pruning.cumulative_influence[kept],
        input_total=pruning.input_total[kept],
    )
    record = _record(trace, nodes, edges, pruning.scores, thresholds, timings)
    supernodes = tuple(
        Supernode(name, tuple(sorted(ordinal[members][ordinal[members] >= 0].tolist())))
        for name, members in trace.record.supernodes
    )
    pinned = [ordinal[node] for node in trace.record.pinned if ordinal[node] >= 0]
    return AttributionGraph(
        record,
        nodes,
        edges,
        file_view(
            nodes.keys(record.id, np.array(pinned, dtype=np.int64)),
            tuple(one for one in supernodes if one.members),
        ),
    )


def stored_facts(nodes: Nodes, edges: Edges) -> dict[str, Any]:
    """The fields of a GraphRecord that follow from the stored nodes and edges."""
    acyclic = AcyclicGraph(len(nodes), edges.source, edges.target)
    scores = graph_scores(nodes.kind, acyclic, edges.weight, np.nan_to_num(nodes.probability))
    predicted = choose_target(nodes)
    return {
        "pruned_replacement_score": _defined(scores.replacement),
        "pruned_completeness_score": _defined(scores.completeness),
        "prediction": Prediction(
            token=nodes.token[predicted] or "", probability=_defined(float(nodes.probability[predicted]))
        ),
        **{f"n_{kind.word}_nodes": len(nodes.of_kind(kind)) for kind in NodeKind},
        "n_labelled_nodes": sum(nodes.label[node] is not None for node in nodes.of_kind(NodeKind.FEATURE)),
        "n_edges": len(edges),
        "created_at": datetime.now(UTC),
    }


def _defined(value: float) -> float | None:
    """None for NaN, the score of a graph without edges."""
    return None if np.isnan(value) else value


def _storing_order(trace: Trace, pruning: Pruning) -> Ints:
    """The kept nodes by kind; within a kind as in the trace: by layer, then position."""
    kept = np.flatnonzero(pruning.node_mask)
    return kept[np.argsort(trace.nodes.kind[kept], kind="stable")]


def _record(
    trace: Trace,
    nodes: Nodes,
    edges: Edges,
    scores: GraphScores,
    thresholds: Thresholds,
    timings: dict[str, float],
) -> GraphRecord:
    trace_id, cut = identity.trace_id(trace), trace.record.cut
    return GraphRecord(
        id=identity.pruned_graph_id(trace.record, trace_id, thresholds),
        **trace.record.model_dump(include=set(AttributionRecord.model_fields)),
        **thresholds.model_dump(),
        n_selected_features=len(trace.nodes.of_kind(NodeKind.FEATURE)) if cut is None else cut.n_features,
        replacement_score=_defined(scores.replacement),
        completeness_score=_defined(scores.completeness),
        share_basis="trace",
        **stored_facts(nodes, edges),
        timings=timings,
        trace_id=trace_id,
        n_trace_nodes=len(trace.nodes) if cut is None else cut.n_nodes,
        n_trace_edges=trace.edges.count() if cut is None else cut.n_edges,
    )
