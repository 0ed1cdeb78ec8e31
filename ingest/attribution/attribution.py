"""Attribution of a prompt by circuit-tracer, through its own loaders, into a `Trace`.

Imports torch and circuit-tracer, so only the tracing process (`ingest.worker.child`) and demo/ import this module.
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from circuit_tracer import attribute
from circuit_tracer.attribution.targets import LogitTarget
from circuit_tracer.graph import Graph
from tqdm import tqdm

from ingest.attribution.fitting import memory_checked
from ingest.attribution.targets import circuit_tracer_targets
from ingest.attribution.tokens import REPLACEMENT, token_text
from ingest.models import ModelEntry, TranscoderEntry
from ingest.traces.trace import Trace, TraceEdges, TraceRecord
from queries.errors import EmptyPrompt, PromptTooLong
from queries.graph.attribution_graph import NodeKind, Nodes
from queries.graph.records import AttributionParameters
from queries.words import Offload

Progress = Callable[[int, int], None]
"""Called with (done, total) feature nodes."""


@dataclass(frozen=True, eq=False)
class LoadedModel:
    entry: ModelEntry
    transcoders: TranscoderEntry
    replacement_model: Any  # circuit_tracer's factory returns one of two classes that have no common base
    tokenizer: Any
    context_length: int | None
    model_revision: str
    transcoder_revision: str


def trace(
    loaded: LoadedModel,
    prompt: str,
    parameters: AttributionParameters,
    on_progress: Progress,
    offload: Offload = "none",
) -> Trace:
    """Attribute the prompt's next token. Raises EmptyPrompt, PromptTooLong, and InvalidRequest where the targets are
    none of the model's, or the trace would not fit into memory."""
    if not prompt.strip():
        raise EmptyPrompt
    n_tokens = len(loaded.replacement_model.ensure_tokenized(prompt))  # may add a start token
    if loaded.context_length is not None and n_tokens > loaded.context_length:
        raise PromptTooLong(n_tokens, loaded.context_length, loaded.entry.name)
    targets = circuit_tracer_targets(
        parameters.attribution_targets, loaded.replacement_model, loaded.tokenizer
    )
    with _progress(on_progress), memory_checked(loaded.replacement_model, parameters):
        graph = attribute(
            prompt,
            loaded.replacement_model,
            attribution_targets=targets,
            max_n_logits=parameters.max_n_logits,
            desired_logit_prob=parameters.desired_logit_prob,
            batch_size=parameters.batch_size,
            max_feature_nodes=parameters.max_feature_nodes,
            update_interval=parameters.update_interval,
            offload=None if offload == "none" else offload,
        )
    return from_circuit_tracer(graph, loaded, prompt, parameters)


def from_circuit_tracer(
    graph: Graph, loaded: LoadedModel, prompt: str, parameters: AttributionParameters
) -> Trace:
    """circuit-tracer's dense Graph as a Trace, its features resolved from indices of indices."""
    adjacency = graph.adjacency_matrix.detach().cpu()  # row = target, column = source
    token_ids = [int(token) for token in graph.input_tokens.tolist()]
    tokens = [token_text(loaded.tokenizer, token) for token in token_ids]
    record = TraceRecord(
        origin="trace",
        name=prompt,
        prompt=prompt,
        tokens=tokens,
        token_ids=token_ids,
        model=loaded.entry.name,
        model_revision=loaded.model_revision,
        transcoder_set=loaded.transcoders.name,
        transcoder_revision=loaded.transcoder_revision,
        n_layers=int(graph.cfg.n_layers),
        dtype=loaded.entry.dtype,
        **parameters.model_dump(),
        n_active_features=len(graph.active_features),
        versions={
            name: version(name) for name in ("circuit-explorer", "circuit-tracer", "torch", "transformers")
        },
    )
    return Trace(
        record, nodes_of(graph, tokens, token_ids, loaded.tokenizer), TraceEdges.dense(adjacency.numpy())
    )


def nodes_of(graph: Graph | Any, tokens: list[str], token_ids: list[int], tokenizer: Any) -> Nodes:
    """Node columns in circuit-tracer's order: features, errors (layer by layer), embeddings, logits."""
    n_layers, n_positions, n_logits = int(graph.cfg.n_layers), len(tokens), len(graph.logit_targets)
    selected = graph.selected_features.cpu()
    layer, position, index = graph.active_features.cpu()[selected].long().numpy().T
    n_features, n_errors = len(selected), n_layers * n_positions
    counts = [n_features, n_errors, n_positions, n_logits]
    kinds = [NodeKind.FEATURE, NodeKind.ERROR, NodeKind.EMBEDDING, NodeKind.LOGIT]
    n, logits = sum(counts), slice(-n_logits, None)
    positions = np.arange(n_positions)

    activation = np.full(n, np.nan)
    # `activation_values` is indexed by active feature, the adjacency by selected feature.
    activation[:n_features] = graph.activation_values.detach().cpu()[selected].double().numpy()
    probability = np.full(n, np.nan)
    probability[logits] = graph.logit_probabilities.detach().cpu().double().numpy()
    is_target_logit = np.zeros(n, dtype=np.bool_)
    is_target_logit[-n_logits] = True
    return Nodes.of_columns(
        kind=np.repeat(np.array(kinds, dtype=np.int8), counts),
        layer=np.concatenate(
            [
                layer,
                np.repeat(np.arange(n_layers), n_positions),
                np.full(n_positions, -1),
                np.full(n_logits, n_layers),
            ]
        ),
        position=np.concatenate(
            [position, np.tile(positions, n_layers), positions, np.full(n_logits, n_positions - 1)]
        ),
        index=np.concatenate(
            [
                index,
                np.zeros(n_errors, dtype=np.int64),
                np.array(token_ids),
                np.array([int(target.vocab_idx) for target in graph.logit_targets]),
            ]
        ),
        token=[None] * (n_features + n_errors)
        + tokens
        + [_logit_text(target, tokenizer) for target in graph.logit_targets],
        activation=activation,
        probability=probability,
        is_target_logit=is_target_logit,
    )


def _logit_text(target: LogitTarget, tokenizer: Any) -> str:
    """A target's text: a direction's name, or a token's, whose parts of characters are told apart."""
    return token_text(tokenizer, target.vocab_idx) if REPLACEMENT in target.token_str else target.token_str


@contextmanager
def _progress(on_progress: Progress) -> Iterator[None]:
    """Within it, circuit-tracer's attribution has a tqdm that calls `on_progress` instead of printing."""
    # The package exports a function with the module's name, which hides the module from `import … as`.
    module: Any = importlib.import_module("circuit_tracer.attribution.attribute")

    class Reporting(tqdm):  # type: ignore[type-arg]
        def __init__(self, total: int, **_: Any) -> None:
            super().__init__(total=total, disable=True)
            self.done, self.of = 0, total
            on_progress(0, total)

        def update(self, n: float | None = 1) -> bool | None:
            self.done += int(n or 0)
            on_progress(self.done, self.of)
            return None

    original, module.tqdm = module.tqdm, Reporting
    try:
        yield
    finally:
        module.tqdm = original
