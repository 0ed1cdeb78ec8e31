"""Attention of a recorded prompt beside TransformerLens's own cache of the same weights.

TransformerLens loads official names only, from the network. Here its converters read the weights of a random Hugging
Face model, and its configuration is written down for each.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.internals.attention import Attention, attention
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from tests.support.models.architectures import N_LAYERS, WINDOW, some_ids

pytest.importorskip("transformer_lens", reason="TransformerLens is not installed")

from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions.gemma import convert_gemma_weights
from transformer_lens.pretrained.weight_conversions.gpt2 import convert_gpt2_weights
from transformer_lens.pretrained.weight_conversions.llama import convert_llama_weights
from transformer_lens.pretrained.weight_conversions.neo import convert_neo_weights
from transformer_lens.pretrained.weight_conversions.qwen3 import convert_qwen3_weights

N = 12
TOLERANCE = 1e-5

ROTARY: dict[str, Any] = {
    "normalization_type": "RMS",
    "final_rms": True,
    "positional_embedding_type": "rotary",
    "rotary_dim": 16,
    "rotary_adjacent_pairs": False,
    "gated_mlp": True,
    "d_head": 16,
    "d_mlp": 80,
    "n_key_value_heads": 2,
}
LEARNED: dict[str, Any] = {"normalization_type": "LN", "d_head": 8, "d_mlp": 128}
LOCAL: dict[str, Any] = {"use_local_attn": True, "window_size": WINDOW}
TOLD: dict[str, tuple[dict[str, Any], Callable[..., Any]]] = {
    "Llama": (ROTARY | {"act_fn": "silu"}, convert_llama_weights),
    "Qwen3": (ROTARY | {"act_fn": "silu", "use_qk_norm": True}, convert_qwen3_weights),
    "Gemma 2": (
        ROTARY
        | LOCAL
        | {
            "act_fn": "gelu_pytorch_tanh",
            "use_normalization_before_and_after": True,
            "attn_types": ["local", "global", "local"],
            "attn_scores_soft_cap": 50.0,
            "output_logits_soft_cap": 30.0,
        },
        convert_gemma_weights,
    ),
    "GPT-2": (LEARNED | {"act_fn": "gelu_new"}, convert_gpt2_weights),
    "GPT-Neo": (
        LEARNED
        | LOCAL
        | {"act_fn": "gelu_new", "attn_types": ["global", "local", "global"], "use_attn_scale": False},
        convert_neo_weights,
    ),
}
"""What the configuration of a model says beside its size, and the converter of its weights."""
NOT_CONVERTED = {"mask", "IGNORE", "rotary_sin", "rotary_cos", "b_U"}
"""Buffers, and a bias of the unembedding, which is 0 where a converter does not give it."""


def hooked(name: str, model: Any) -> HookedTransformer:
    """TransformerLens's model of the same weights."""
    told, convert = TOLD[name]
    own = model.config
    config = HookedTransformerConfig(
        n_layers=N_LAYERS,
        d_model=own.hidden_size,
        n_heads=own.num_attention_heads,
        n_ctx=own.max_position_embeddings,
        d_vocab=own.vocab_size,
        eps=getattr(own, "rms_norm_eps", None) or own.layer_norm_epsilon,
        device="cpu",
        dtype=torch.float32,
        **told,
    )
    found = HookedTransformer(config)
    with torch.no_grad():
        lacking = found.load_state_dict(convert(model, config), strict=False)
    assert not lacking.unexpected_keys
    made = {key.rpartition(".")[2] for key in lacking.missing_keys}
    assert made <= NOT_CONVERTED
    return found


@pytest.fixture(params=TOLD)
def both(request: pytest.FixtureRequest, model_of: Callable[[str], Any]) -> tuple[Attention, Any, Any]:
    """Our arrays, TransformerLens's cache of the same prompt, and its model."""
    model = model_of(request.param)
    other = hooked(request.param, model)
    ids = some_ids(N)
    recording = record(model, embedded(model, ids), range(N))
    with torch.no_grad():
        logits, cache = other.run_with_cache(ids[None])
        capped = model(ids[None]).logits
    np.testing.assert_allclose(logits[0].numpy(), capped[0].numpy(), rtol=1e-4, atol=1e-4)
    return attention(recording), cache, other


def check_same(ours: Any, theirs: torch.Tensor) -> None:
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=TOLERANCE, atol=TOLERANCE)


def by_head(cache: Any, n_heads: int, *names: str) -> torch.Tensor:
    """(n_heads, n, d_head) of the first of these hooks that there is, repeated for grouped queries."""
    name = next(name for name in names if name in cache)
    found: torch.Tensor = cache[name][0].transpose(0, 1)
    return found.repeat_interleave(n_heads // len(found), dim=0)


def test_arrays_are_those_of_its_cache(both: tuple[Attention, Any, Any]) -> None:
    found, cache, other = both
    assert found.info_norm is not None and found.no_score is None
    n_heads = other.cfg.n_heads
    for number, layer in enumerate(found.layers):
        at = f"blocks.{number}.attn"
        check_same(layer.pattern, cache[f"{at}.hook_pattern"][0])
        check_same(layer.score, cache[f"{at}.hook_attn_scores"][0])
        check_same(layer.q, by_head(cache, n_heads, f"{at}.hook_rot_q", f"{at}.hook_q"))
        check_same(layer.k, by_head(cache, n_heads, f"{at}.hook_rot_k", f"{at}.hook_k"))
        v = by_head(cache, n_heads, f"{at}.hook_v")
        check_same(found.value_norm[number], v.norm(dim=-1))
        written = torch.einsum("hkd,hde->hke", v, other.W_O[number].detach())
        check_same(found.info_norm[number], written.norm(dim=-1))
