"""What is stored of a trace: the nodes and edges that pruning keeps, with the record that names them."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ingest.prune import Pruning
from ingest.trace import Trace
from queries.acyclic import AcyclicGraph
from queries.graph import AttributionGraph, Edges, NodeKind, Nodes
from queries.paths import choose_target
from queries.records import GraphRecord, Prediction
from queries.scores import GraphScores, graph_scores, normalise


def assemble(trace: Trace, pruning: Pruning, timings: dict[str, float]) -> AttributionGraph:
    """The stored graph: shares are over the whole trace, scores of both are given."""
    kept_edges = pruning.edge_mask
    share, input_total = normalise(trace.edges.n, trace.edges.target, trace.weight)
    kept = _storing_order(trace, pruning)
    ordinal = np.full(trace.edges.n, -1)
    ordinal[kept] = np.arange(len(kept))
    source = ordinal[trace.edges.source[kept_edges]]
    target = ordinal[trace.edges.target[kept_edges]]
    order = np.lexsort((source, target))
    edges = Edges(source[order], target[order], trace.weight[kept_edges][order], share[kept_edges][order])
    nodes = _take(trace.nodes, kept, pruning, input_total)
    whole = graph_scores(trace.nodes.kind, trace.edges, trace.weight, trace.logit_weight)
    return AttributionGraph(_record(trace, nodes, edges, whole, timings), nodes, edges)


def graph_id(identity: dict[str, Any]) -> str:
    """32 hexadecimal digits that the same content always gets."""
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def node_counts(nodes: Nodes) -> dict[str, Any]:
    """The node counts of a GraphRecord."""
    return {f"n_{kind.word}_nodes": len(nodes.of_kind(kind)) for kind in NodeKind}


def stored_scores(nodes: Nodes, edges: Edges) -> GraphScores:
    """The scores of a graph as it is stored, dropped nodes and edges counting as 0."""
    acyclic = AcyclicGraph(len(nodes), edges.source, edges.target)
    return graph_scores(nodes.kind, acyclic, edges.weight, np.nan_to_num(nodes.probability))


def defined(value: float) -> float | None:
    """None where there is no such number: a score of a graph without edges."""
    return None if np.isnan(value) else value


def prediction(graph_nodes: Nodes) -> Prediction:
    """The most probable logit's token and probability."""
    node = choose_target(graph_nodes)
    probability = defined(float(graph_nodes.probability[node]))
    return Prediction(token=graph_nodes.token[node] or "", probability=probability)


def _storing_order(trace: Trace, pruning: Pruning) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The kept nodes by kind; within a kind as in the trace: by layer, then position."""
    kept = np.flatnonzero(pruning.node_mask)
    return kept[np.argsort(trace.nodes.kind[kept], kind="stable")]


def _take(nodes: Nodes, kept: Any, pruning: Pruning, input_total: Any) -> Nodes:
    return Nodes(
        kind=nodes.kind[kept],
        layer=nodes.layer[kept],
        position=nodes.position[kept],
        index=nodes.index[kept],
        token=[nodes.token[node] for node in kept],
        label=[nodes.label[node] for node in kept],
        activation=nodes.activation[kept],
        probability=nodes.probability[kept],
        is_target_logit=nodes.is_target_logit[kept],
        node_influence=pruning.node_influence[kept],
        cumulative_influence=pruning.cumulative_influence[kept],
        input_total=input_total[kept],
    )


def _record(
    trace: Trace, nodes: Nodes, edges: Edges, whole: GraphScores, timings: dict[str, float]
) -> GraphRecord:
    parameters = trace.parameters.model_dump()
    pruned = stored_scores(nodes, edges)
    identity = {
        "model": f"{trace.model}@{trace.model_revision}",
        "transcoder_set": f"{trace.transcoder_set}@{trace.transcoder_revision}",
        "dtype": trace.dtype,
        "token_ids": trace.token_ids,
        "parameters": parameters,
    }
    return GraphRecord(
        id=graph_id(identity),
        name=trace.prompt,
        origin="trace",
        prompt=trace.prompt,
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        model=trace.model,
        model_revision=trace.model_revision,
        transcoder_set=trace.transcoder_set,
        transcoder_revision=trace.transcoder_revision,
        n_layers=trace.n_layers,
        dtype=trace.dtype,
        **parameters,
        n_active_features=trace.n_active_features,
        n_selected_features=len(trace.nodes.of_kind(NodeKind.FEATURE)),
        replacement_score=defined(whole.replacement),
        completeness_score=defined(whole.completeness),
        pruned_replacement_score=defined(pruned.replacement),
        pruned_completeness_score=defined(pruned.completeness),
        share_basis="trace",
        prediction=prediction(nodes),
        **node_counts(nodes),
        n_labelled_nodes=0,
        n_edges=len(edges),
        timings=timings,
        versions=trace.versions,
        created_at=datetime.now(UTC),
    )
