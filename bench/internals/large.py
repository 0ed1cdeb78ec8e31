"""A model of Gemma-2-2B's shape in bfloat16 with random weights and transcoders, and a made-up graph of its prompt. Its
vocabulary is an eighth of Gemma's: one position is unembedded, or those of one prompt."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from circuit_tracer.transcoder.activation_functions import JumpReLU
from circuit_tracer.transcoder.single_layer_transcoder import SingleLayerTranscoder, TranscoderSet
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoModelForCausalLM, Gemma2Config, PreTrainedTokenizerFast
from transformers.modeling_utils import no_init_weights

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.loadings import split
from ingest.attribution.internals.prompt import PromptRun, prompt_run
from ingest.models import ModelEntry, TranscoderEntry
from queries.graph.attribution_graph import AttributionGraph, Nodes
from tests.support.models.replacement_models import MLP
from tests.support.synthetic_graphs import SMALL, synthetic_graph

N_LAYERS, WIDTH, N_FEATURES, N_VOCABULARY = 26, 2304, 2048, 32_000
SPECIAL = ("<pad>", "<bos>", "<unk>")


@dataclass(eq=False)
class Replacement:
    """What is used of circuit-tracer's replacement model, which is made from files only."""

    _module: Any
    transcoders: Any
    zero_positions = slice(0, 1)
    backend = "nnsight"


@contextmanager
def large_prompt(loaded: LoadedModel, n: int) -> Iterator[PromptRun]:
    """A prompt of n tokens, and a graph of 320 nodes and 3,500 links of it."""
    # The links' weights are not the model's, which the guard would find.
    with patch.object(split, "HALF_GUARD", math.inf), prompt_run(loaded, _graph(n)) as run:
        yield run


def large_model() -> LoadedModel:
    transcoders = TranscoderEntry(name="random", source="random")
    entry = ModelEntry(name="random", source="random", dtype="bfloat16", transcoders=(transcoders,))
    return LoadedModel(
        entry=entry,
        transcoders=transcoders,
        replacement_model=Replacement(_model(), _transcoders()),
        tokenizer=_tokenizer(),
        context_length=None,
        model_revision="",
        transcoder_revision="",
    )


def _model() -> Any:
    config = Gemma2Config(
        vocab_size=N_VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=9216,
        num_hidden_layers=N_LAYERS,
        num_attention_heads=8,
        num_key_value_heads=4,
        head_dim=256,
        query_pre_attn_scalar=256,
        sliding_window=4096,
        max_position_embeddings=8192,
    )
    with no_init_weights():
        model = AutoModelForCausalLM.from_config(
            config, dtype=torch.bfloat16, attn_implementation="eager"
        ).eval()
    return _randomly(model)


def _transcoders() -> TranscoderSet:
    layers = {
        layer: _randomly(
            SingleLayerTranscoder(
                WIDTH,
                N_FEATURES,
                JumpReLU(torch.full((N_FEATURES,), 0.1)),
                layer,
                device=torch.device("cpu"),
                dtype=torch.bfloat16,
            )
        )
        for layer in range(N_LAYERS)
    }
    return TranscoderSet(layers, **MLP, scan="random")


@torch.no_grad()
def _randomly(module: torch.nn.Module) -> Any:
    for parameter in module.parameters():
        if parameter.ndim > 1:
            parameter.normal_(std=0.02)
        else:
            parameter.zero_()
    return module.requires_grad_(False)


def _tokenizer() -> Any:
    words = [*SPECIAL, *(f"word{number}" for number in range(N_VOCABULARY - len(SPECIAL)))]
    made = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token=SPECIAL[2]))
    pad, bos, unknown = SPECIAL
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token=pad, bos_token=bos, unk_token=unknown)


def _graph(n: int) -> AttributionGraph:
    """A synthetic graph stretched over n positions, with features of these transcoders."""
    graph = synthetic_graph(SMALL, seed=0)
    nodes, last = graph.nodes, graph.nodes.position.max()
    columns = {name: getattr(nodes, name) for name in Nodes.__slots__}
    columns |= {
        "position": np.round(nodes.position * (n - 1) / last).astype(np.int64),
        "index": np.where(nodes.layer < N_LAYERS, nodes.index // N_LAYERS, nodes.index),
    }
    ids = [1, *np.random.default_rng(0).integers(len(SPECIAL), N_VOCABULARY, n - 1).tolist()]
    record = graph.record.model_copy(
        update={"tokens": [f"word{each}" for each in ids], "token_ids": ids, "dtype": "bfloat16"}
    )
    return AttributionGraph(record, Nodes(**columns), graph.edges)
