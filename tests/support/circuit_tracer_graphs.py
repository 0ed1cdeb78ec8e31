"""Attribution graphs as circuit_tracer's own dense `Graph`, the oracle of pruning and scores."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from circuit_tracer.attribution.targets import LogitTarget
from circuit_tracer.graph import Graph
from circuit_tracer.utils.tl_nnsight_mapping import UnifiedConfig
from hypothesis import strategies as st

from ingest.traces.trace import Matrix, Trace, TraceEdges, TraceRecord
from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import NodeKind, Nodes


@contextmanager
def double_precision() -> Iterator[None]:
    """circuit_tracer makes its working tensors in torch's default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def dense_graph(
    adjacency: Matrix, n_features: int, n_layers: int, n_positions: int, probability: list[float]
) -> Any:
    """`adjacency` (n, n), row = target; nodes: features, errors (layer by layer), embeddings, logits."""
    sizes = dict.fromkeys(("d_model", "d_head", "n_heads", "d_mlp", "d_vocab"), 1)
    names = dict.fromkeys(("tokenizer_name", "model_name", "original_architecture"), "test")
    return Graph(
        input_string="",
        input_tokens=torch.arange(n_positions),
        active_features=torch.tensor([[0, 0, index] for index in range(n_features)]).reshape(-1, 3),
        adjacency_matrix=torch.from_numpy(adjacency),
        cfg=UnifiedConfig(n_layers=n_layers, **sizes, **names),
        selected_features=torch.arange(n_features),
        activation_values=torch.ones(n_features),
        logit_targets=[LogitTarget(token_str="", vocab_idx=index) for index in range(len(probability))],
        logit_probabilities=torch.tensor(probability, dtype=torch.get_default_dtype()),
        scan="test",
        vocab_size=1,
    )


def trace_of(dense: Any) -> Trace:
    """The same graph as a Trace, every feature in a layer of its own."""
    n_features, n_positions, n_logits = len(dense.selected_features), dense.n_pos, len(dense.logit_targets)
    counts = [n_features, dense.cfg.n_layers * n_positions, n_positions, n_logits]
    kinds = [NodeKind.FEATURE, NodeKind.ERROR, NodeKind.EMBEDDING, NodeKind.LOGIT]
    kind = np.repeat(np.array(kinds, dtype=np.int8), counts)
    n = len(kind)
    layer = np.concatenate([np.arange(n_features), np.repeat([-1, -1, n_features], counts[1:])])
    probability = np.full(n, np.nan)
    probability[-n_logits:] = dense.logit_probabilities.double().numpy()
    nodes = Nodes.of_columns(kind=kind, layer=layer, index=np.arange(n), probability=probability)
    record = TraceRecord(
        origin="trace",
        name="",
        prompt="",
        tokens=[],
        token_ids=[],
        model="model",
        transcoder_set="set",
        n_layers=dense.cfg.n_layers,
        n_active_features=n_features,
    )
    return Trace(record, nodes, TraceEdges.dense(dense.adjacency_matrix.numpy()))


def in_rows(trace: Trace) -> Trace:
    """The same with sparse rows, as a trace's file has them."""
    n = trace.edges.n_nodes
    target, source, weight = trace.edges.rows(0, n)
    starts = np.append(0, np.cumsum(np.bincount(target, minlength=n)))
    return replace(trace, edges=TraceEdges(starts, source, weight))


def acyclic_of(trace: Trace) -> tuple[AcyclicGraph, Floats]:
    """The trace's edges and their weights, as stored graphs are passed over."""
    target, source, weight = trace.edges.rows(0, trace.edges.n_nodes)
    return AcyclicGraph(trace.edges.n_nodes, source.astype(np.int64), target), weight.astype(np.float64)


def double(dense: Any) -> Any:
    """The same graph in float64."""
    adjacency = dense.adjacency_matrix.double().numpy()
    probability = dense.logit_probabilities.double()
    with double_precision():
        return dense_graph(
            adjacency, len(dense.selected_features), dense.cfg.n_layers, dense.n_pos, probability.tolist()
        )


def layered_graph(
    n_nodes: int, n_edges: int, *, n_layers: int, n_positions: int, n_logits: int = 10, seed: int = 0
) -> Any:
    """A graph as large as a traced one, in float32: nodes hear a random part of those in lower layers, about `n_edges`
    in all, of weights that differ widely, and some far more often loud than others."""
    random = np.random.default_rng(seed)
    n_features = n_nodes - (n_layers + 1) * n_positions - n_logits
    feature_layer = np.sort(random.integers(0, n_layers, n_features))
    layer = np.concatenate(
        [
            feature_layer,
            np.repeat(np.arange(n_layers), n_positions),
            np.full(n_positions, -1),
            np.full(n_logits, n_layers),
        ]
    )
    hearing = np.concatenate([np.arange(n_features), np.arange(n_nodes - n_logits, n_nodes)])
    n_below = np.searchsorted(np.sort(layer), layer[hearing])
    loudness = np.minimum(1 + random.pareto(1.2, n_nodes), 60.0)
    adjacency = np.zeros((n_nodes, n_nodes), dtype=np.float32)
    for node in hearing:
        below = np.flatnonzero(layer < layer[node])
        heard = below[random.random(len(below)) < n_edges / n_below.sum()]
        spread = random.standard_normal(len(heard)) * np.exp(1.5 * random.standard_normal(len(heard)))
        adjacency[node, heard] = loudness[heard] * spread
    probability = random.random(n_logits)
    graph = dense_graph(
        adjacency, n_features, n_layers, n_positions, (probability / probability.sum()).tolist()
    )
    graph.active_features[:, 0] = torch.from_numpy(feature_layer)
    graph.active_features[:, 1] = n_positions - 1  # the last token's, which may hear all
    return graph


@st.composite
def dense_graphs(draw: st.DrawFn) -> Any:
    """Random dense graphs in float64. Every logit has an input, as in any trace."""
    n_features, n_layers = draw(st.integers(0, 12)), draw(st.integers(1, 2))
    n_positions, n_logits = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n_errors = n_layers * n_positions
    n = n_features + n_errors + n_positions + n_logits
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    adjacency = random.standard_normal((n, n)) * (
        random.random((n, n)) < draw(st.sampled_from([0.2, 0.6, 1.0]))
    )
    adjacency[n_features : n - n_logits] = 0.0  # errors and embeddings have no inputs
    adjacency[:, n - n_logits :] = 0.0  # logits no outputs
    adjacency[:n_features, :n_features] = np.tril(adjacency[:n_features, :n_features], k=-1)
    adjacency[n - n_logits :, n_features + n_errors] = random.random(n_logits) + 0.1
    probability = random.random(n_logits)
    return dense_graph(
        adjacency, n_features, n_layers, n_positions, (probability / probability.sum()).tolist()
    )


@st.composite
def tied_graphs(draw: st.DrawFn) -> Any:
    """Random dense graphs in float64 with many equal scores: every figure is a sum of few powers of 2, so that whoever
    reckons it, in whatever order, finds the same."""
    n_features, n_positions = draw(st.integers(1, 10)), 4
    n = n_features + 2 * n_positions + 2
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    adjacency = np.zeros((n, n))
    for node in [*range(n_features), n - 2, n - 1]:
        below = np.append(np.arange(min(node, n_features)), np.arange(n_features, n - 2))
        heard = random.choice(below, size=random.choice([1, 2, 4, 8]), replace=False)
        adjacency[node, heard] = random.choice([-1.0, 1.0], size=len(heard))
    with double_precision():
        return dense_graph(adjacency, n_features, 1, n_positions, [0.75, 0.25])
