"""Traced graphs of replacement models of every kind, with circuit-tracer's own weights."""

import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer import attribute
from transformers import (
    AutoModelForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from ingest.attribution.attribution import LoadedModel, nodes_of
from ingest.attribution.internals.loadings.loaded import local_replacement
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.loading.load import load_model
from ingest.attribution.targets import circuit_tracer_targets
from queries.graph.attribution_graph import Edges, Nodes
from queries.graph.records import LogitTerm, TargetDirection
from tests.support.models.replacement_models import (
    MLP,
    NORMALISED,
    RESIDUAL,
    across_layers,
    per_layer,
    randomly,
    replacement_model,
)
from tests.support.tiny_model import N_LAYERS, PROMPT, WIDTH, WORDS

SIZE = {
    "vocab_size": len(WORDS) + 3,
    "hidden_size": WIDTH,
    "intermediate_size": 64,
    "num_hidden_layers": N_LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 24,
    "bos_token_id": 1,
    "eos_token_id": 1,
    "pad_token_id": 0,
}
KINDS = (
    "per layer",
    "skip",
    "cross-layer",
    "cross-layer, skip",
    "transformerlens",
    "residual",
    "Gemma 2",
    "Gemma 3",
    "Qwen 3",
    "directions",
)
DIRECTIONS = [
    TargetDirection(logits=[LogitTerm(token="Texas", factor=1.0), LogitTerm(token="Oakland", factor=-1.0)]),
    TargetDirection(name="some", direction=[1.0] * WIDTH),
]


@dataclass(frozen=True, eq=False)
class Traced:
    """A prompt that circuit-tracer traced: what it found, and the model that found it."""

    replacement: LocalReplacement
    nodes: Nodes
    edges: Edges


@pytest.fixture(scope="package")
def traced_of(
    request: pytest.FixtureRequest, tiny: Path, loaded: LoadedModel, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Traced]:
    def other(model: Any) -> Path:
        folder = tmp_path_factory.mktemp("other")
        randomly(model).save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(tiny / "model" / name, folder / name)
        return folder

    def made(kind: str) -> Any:
        if kind == "per layer":
            return loaded.replacement_model
        if kind == "bfloat16":
            halved = loaded.entry.model_copy(update={"dtype": "bfloat16"})
            return load_model(halved, loaded.transcoders).replacement_model
        if kind in ("skip", "cross-layer", "Gemma 2", "transformerlens"):
            named = {"skip": "with_skip", "cross-layer": "cross_layer", "Gemma 2": "capped"}
            return request.getfixturevalue(named.get(kind, "by_hooks"))
        if kind == "cross-layer, skip":
            return replacement_model(tiny / "model", across_layers(RESIDUAL, skip=True))
        if kind == "residual":
            return replacement_model(tiny / "model", per_layer(RESIDUAL))
        if kind == "Gemma 3":
            config = Gemma3TextConfig(**SIZE, query_pre_attn_scalar=8, sliding_window=16)
            return replacement_model(other(Gemma3ForCausalLM(config)), per_layer(NORMALISED))
        return replacement_model(other(Qwen3ForCausalLM(Qwen3Config(**SIZE))), per_layer(MLP))

    @cache
    def traced(kind: str) -> Traced:
        model = made("per layer" if kind == "directions" else kind)
        hugging_face = (
            AutoModelForCausalLM.from_pretrained(tiny / "model", attn_implementation="eager")
            if kind == "transformerlens"
            else model._module
        )
        of_kind = replace(loaded, replacement_model=model, tokenizer=model.tokenizer)
        return trace(of_kind, hugging_face, DIRECTIONS if kind == "directions" else None)

    return traced


def trace(loaded: LoadedModel, hugging_face: Any, directions: list[TargetDirection] | None) -> Traced:
    model = loaded.replacement_model
    targets = circuit_tracer_targets(directions, model, loaded.tokenizer)
    with warnings.catch_warnings():
        # Of circuit-tracer's transformerlens backend, which takes gradients of modules' outputs.
        warnings.filterwarnings("ignore", "Full backward hook is firing")
        graph: Any = attribute(PROMPT, model, attribution_targets=targets, batch_size=64)
    ids = graph.input_tokens
    texts = [str(token) for token in ids.tolist()]
    target, source = np.nonzero(graph.adjacency_matrix.numpy())
    weight = graph.adjacency_matrix.double().numpy()[target, source]
    recording = record(hugging_face, embedded(hugging_face, ids))
    return Traced(
        local_replacement(loaded, hugging_face, ids, recording, directions),
        nodes_of(graph, texts, ids.tolist(), loaded.tokenizer),
        Edges(source, target, weight, np.zeros(len(weight))),
    )


@pytest.fixture(params=KINDS)
def traced(request: pytest.FixtureRequest, traced_of: Callable[[str], Traced]) -> Traced:
    return traced_of(request.param)


@pytest.fixture(scope="package")
def without() -> Callable[..., LocalReplacement]:
    """A local replacement model without some heads: their patterns are nothing."""

    def cut(replacement: LocalReplacement, is_cut: Callable[[int, int], bool]) -> LocalReplacement:
        recording = replacement.recording
        tape = []
        for held in recording.tape:
            value = held.value
            if held.place.name == "PATTERN" and held.layer is not None:
                keeps = [not is_cut(held.layer, head) for head in range(recording.n_heads)]
                value = value * torch.tensor(keeps)[None, :, None, None]
            tape.append(replace(held, value=value))
        # Errors are those of the whole model.
        found = replace(replacement, recording=Recording(**{**vars(recording), "tape": tape}))
        found.__dict__["errors"] = replacement.errors
        return found

    return cut
