"""Models of other kinds than the tiny one: with capped logits, and with cross-layer transcoders."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from circuit_tracer import ReplacementModel
from circuit_tracer.replacement_model.replacement_model_transformerlens import (
    TransformerLensReplacementModel,
)
from circuit_tracer.transcoder.activation_functions import JumpReLU
from circuit_tracer.transcoder.cross_layer_transcoder import CrossLayerTranscoder
from circuit_tracer.transcoder.single_layer_transcoder import SingleLayerTranscoder, TranscoderSet
from transformer_lens import HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions.llama import convert_llama_weights
from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma2Config, Gemma2ForCausalLM

from ingest.attribution.attribution import LoadedModel
from tests.support.tiny_model import N_FEATURES, N_LAYERS, WIDTH, WORDS

MLP = {"feature_input_hook": "mlp.hook_in", "feature_output_hook": "mlp.hook_out"}


def randomly(module: torch.nn.Module, scale: float = 0.3) -> Any:
    """The module with random weights, the same each time."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "threshold" in name:
                parameter.fill_(0.1)
            else:
                parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))
    return module


def replacement_model(source: Path, transcoders: Any) -> Any:
    return ReplacementModel.from_pretrained_and_transcoders(
        str(source), transcoders, backend="nnsight", device=torch.device("cpu"), dtype=torch.float32
    )


@pytest.fixture(scope="package")
def cross_layer(tiny: Path) -> Any:
    """The tiny model with a cross-layer transcoder."""
    transcoder = CrossLayerTranscoder(
        N_LAYERS,
        N_FEATURES,
        WIDTH,
        "jump_relu",
        lazy_decoder=False,
        device=torch.device("cpu"),
        dtype=torch.float32,
        **MLP,
    )
    return replacement_model(tiny / "model", randomly(transcoder))


@pytest.fixture(scope="package")
def with_skip(tiny: Path) -> Any:
    """The tiny model with transcoders that have a linear skip connection."""
    layers = {
        layer: randomly(
            SingleLayerTranscoder(
                WIDTH,
                N_FEATURES,
                JumpReLU(torch.full((N_FEATURES,), 0.1)),
                layer,
                skip_connection=True,
                device=torch.device("cpu"),
                dtype=torch.float32,
            )
        )
        for layer in range(N_LAYERS)
    }
    return replacement_model(tiny / "model", TranscoderSet(layers, **MLP, scan="tiny"))


@pytest.fixture(scope="package")
def capped(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A Gemma-2 model, which caps its logits and saves the reciprocal roots of its norms."""
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
    layers = {
        layer: randomly(
            SingleLayerTranscoder(
                WIDTH,
                N_FEATURES,
                JumpReLU(torch.full((N_FEATURES,), 0.1)),
                layer,
                device=torch.device("cpu"),
                dtype=torch.float32,
            )
        )
        for layer in range(N_LAYERS)
    }
    hooks = {"feature_input_hook": "ln2.hook_normalized", "feature_output_hook": "hook_mlp_out"}
    return replacement_model(folder, TranscoderSet(layers, **hooks, scan="tiny"))


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
