"""The tiny model, and models of other kinds: with capped logits, and with other transcoders. Each is loaded once."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from circuit_tracer.replacement_model.replacement_model_transformerlens import (
    TransformerLensReplacementModel,
)
from transformer_lens import HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions.llama import convert_llama_weights
from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma2Config, Gemma2ForCausalLM

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.loading.load import load_model
from ingest.models import ModelEntry, TranscoderEntry
from tests.support.models.replacement_models import (
    MLP,
    NORMALISED,
    across_layers,
    per_layer,
    randomly,
    replacement_model,
)
from tests.support.tiny_model import N_LAYERS, WIDTH, WORDS


@pytest.fixture(scope="package")
def loaded(tiny: Path) -> LoadedModel:
    transcoders = TranscoderEntry(name="tiny-transcoders", source=str(tiny / "transcoders"))
    entry = ModelEntry(name="tiny", source=str(tiny / "model"), device="cpu", transcoders=[transcoders])
    return load_model(entry, transcoders)


@pytest.fixture(scope="package")
def cross_layer(tiny: Path) -> Any:
    """The tiny model with a cross-layer transcoder."""
    return replacement_model(tiny / "model", across_layers(MLP))


@pytest.fixture(scope="package")
def with_skip(tiny: Path) -> Any:
    """The tiny model with transcoders that have a linear skip connection."""
    return replacement_model(tiny / "model", per_layer(MLP, skip=True))


@pytest.fixture(scope="package")
def gemma(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Gemma-2 model, which caps its logits and saves the reciprocal roots of its norms."""
    folder = tmp_path_factory.mktemp("gemma") / "model"
    config = Gemma2Config(
        vocab_size=len(WORDS) + 3,
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=N_LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        query_pre_attn_scalar=8,
        final_logit_softcapping=1.5,
        max_position_embeddings=24,
        sliding_window=16,
        bos_token_id=1,
        eos_token_id=1,
        pad_token_id=0,
    )
    randomly(Gemma2ForCausalLM(config)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny / "model" / name, folder / name)
    return folder


@pytest.fixture(scope="package")
def capped(gemma: Path) -> Any:
    return replacement_model(gemma, per_layer(NORMALISED))


@pytest.fixture(scope="package")
def halved(gemma: Path) -> Any:
    """The same in bfloat16, whose norms compute, and give to the features, numbers of 32 bits."""
    return replacement_model(gemma, per_layer(NORMALISED, dtype=torch.bfloat16), torch.bfloat16)


@pytest.fixture(scope="package")
def by_hooks(tiny: Path, loaded: LoadedModel) -> Any:
    """The tiny model in circuit-tracer's transformerlens backend, which by itself loads official names only."""
    source = AutoModelForCausalLM.from_pretrained(tiny / "model", dtype=torch.float32)
    own = source.config
    config = HookedTransformerConfig(
        n_layers=N_LAYERS,
        d_model=WIDTH,
        d_head=own.head_dim,
        n_heads=own.num_attention_heads,
        d_mlp=own.intermediate_size,
        n_ctx=own.max_position_embeddings,
        d_vocab=own.vocab_size,
        act_fn="silu",
        normalization_type="RMS",
        eps=own.rms_norm_eps,
        positional_embedding_type="rotary",
        rotary_dim=own.head_dim,
        rotary_adjacent_pairs=False,
        gated_mlp=True,
        final_rms=True,
        model_name="tiny",
        device="cpu",
        dtype=torch.float32,
        default_prepend_bos=False,
    )
    tokenizer = AutoTokenizer.from_pretrained(tiny / "model")
    model = TransformerLensReplacementModel(config, tokenizer=tokenizer, default_padding_side="right")
    model.load_state_dict(convert_llama_weights(source, config), strict=False)
    model._configure_replacement_model(loaded.replacement_model.transcoders._module)
    return model
