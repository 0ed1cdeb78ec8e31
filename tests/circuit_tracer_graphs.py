"""Attribution graphs as circuit_tracer's own dense `Graph`, the oracle of pruning and scores."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from circuit_tracer.attribution.targets import LogitTarget
from circuit_tracer.graph import Graph
from circuit_tracer.utils.tl_nnsight_mapping import UnifiedConfig
from hypothesis import strategies as st

from ingest.trace import Trace
from queries.acyclic import AcyclicGraph
from queries.graph import Floats, NodeKind, Nodes
from queries.records import TraceParameters


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
    adjacency: Floats, n_features: int, n_layers: int, n_positions: int, probability: list[float]
) -> Any:
    """`adjacency` (n, n), row = target; nodes: features, errors (layer by layer), embeddings, logits."""
    sizes = dict.fromkeys(("d_model", "d_head", "n_heads", "d_mlp", "d_vocab"), 1)
    names = dict.fromkeys(("tokenizer_name", "model_name", "original_architecture"), "test")
    return Graph(
        input_string="",
        input_tokens=torch.arange(n_positions),
        active_features=torch.tensor([[0, 0, index] for index in range(n_features)]).reshape(-1, 3),
        adjacency_matrix=torch.tensor(adjacency),
        cfg=UnifiedConfig(n_layers=n_layers, **sizes, **names),
        selected_features=torch.arange(n_features),
        activation_values=torch.ones(n_features),
        logit_targets=[LogitTarget(token_str="", vocab_idx=index) for index in range(len(probability))],
        logit_probabilities=torch.tensor(probability, dtype=torch.get_default_dtype()),
        scan="test",
        vocab_size=1,
    )


def trace_of(dense: Any) -> Trace:
    """The same graph as a Trace."""
    n_features, n_positions, n_logits = len(dense.selected_features), dense.n_pos, len(dense.logit_targets)
    counts = [n_features, dense.cfg.n_layers * n_positions, n_positions, n_logits]
    kinds = [NodeKind.FEATURE, NodeKind.ERROR, NodeKind.EMBEDDING, NodeKind.LOGIT]
    kind = np.repeat(np.array(kinds, dtype=np.int8), counts)
    n = len(kind)
    nan, zero = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    probability = nan.copy()
    probability[-n_logits:] = dense.logit_probabilities.double().numpy()
    adjacency = dense.adjacency_matrix.numpy()
    target, source = adjacency.nonzero()
    nodes = Nodes(
        kind=kind,
        layer=zero,
        position=zero,
        index=np.arange(n),
        token=[None] * n,
        label=[None] * n,
        activation=nan,
        probability=probability,
        is_target_logit=np.zeros(n, dtype=np.bool_),
        node_influence=nan,
        cumulative_influence=nan,
        input_total=np.abs(adjacency).sum(axis=1),
    )
    return Trace(
        prompt="",
        tokens=[],
        token_ids=[],
        nodes=nodes,
        edges=AcyclicGraph(n, source, target),
        weight=adjacency[target, source].astype(np.float64),
        n_layers=dense.cfg.n_layers,
        n_active_features=n_features,
        model="model",
        model_revision="",
        transcoder_set="set",
        transcoder_revision="",
        dtype="float64",
        parameters=TraceParameters.model_validate({}),
        versions={},
    )


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
