"""Attention as arrays: by hand where the architecture is known, by its own checks everywhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2Config

from ingest.attribution.internals.attention import attention
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from queries.internals.statistics import head_statistics
from queries.internals.weighted import PATTERN_KINDS, pattern_of_kind
from tests.support.models.architectures import MIXTURES, N_HEADS, N_LAYERS, random_model, some_ids

pytestmark = pytest.mark.slow

N = 12
LATER = np.triu(np.ones((N, N), dtype=bool), 1)


def recorded(model: Any) -> Recording:
    return record(model, embedded(model, some_ids(N)))


def softmax(scores: np.ndarray) -> np.ndarray:
    values = np.exp(scores.astype(np.float64) - scores.max(-1, keepdims=True))
    result: np.ndarray = values / values.sum(-1, keepdims=True)
    return result


def test_arrays_are_the_recordings(recording: Recording) -> None:
    found = attention(recording)
    assert found.value_norm.shape == (N_LAYERS, N_HEADS, N)
    assert found.info_norm is not None and found.info_norm.shape == (N_LAYERS, N_HEADS, N)
    assert (found.no_score, found.no_info) == (None, None)
    assert found.score_error < 1e-6
    assert found.projection_error < 1e-6
    for layer, seen in zip(found.layers, recording.layers, strict=True):
        assert np.array_equal(layer.pattern, seen.pattern[0].numpy())
        assert np.array_equal(layer.q, seen.q[0].numpy())
        assert np.array_equal(layer.k, seen.k[0].numpy())
        assert {each.dtype for each in (layer.pattern, layer.score, layer.q, layer.k)} == {
            np.dtype("float32")
        }


def test_scores_are_what_the_softmax_received(recording: Recording) -> None:
    for layer in attention(recording).layers:
        assert np.array_equal(np.isneginf(layer.score), layer.pattern == 0)
        assert np.isneginf(layer.score[:, LATER]).all()
        assert np.isfinite(layer.score[:, ~LATER]).any()
        assert np.abs(softmax(layer.score) - layer.pattern).max() < 1e-6


@pytest.mark.parametrize("name", MIXTURES)
def test_mixtures_of_experts_have_attention_too(model_of: Callable[[str], Any], name: str) -> None:
    """GPT-OSS's rows have a sink, which has no score: the others' softmax is the pattern scaled up."""
    found = attention(recorded(model_of(name)))
    assert (found.no_score, found.no_info) == (None, None)
    assert (found.layers[0].pattern.sum(-1) < 0.999).any() == (name == "GPT-OSS")


def test_scores_are_scaled_and_capped_as_the_model_does(model_of: Callable[[str], Any]) -> None:
    def both(name: str) -> tuple[np.ndarray, np.ndarray, Any]:
        model = model_of(name)
        layer = attention(recorded(model)).layers[0]
        seen = ~np.isneginf(layer.score)
        return layer.score[seen], np.einsum("hqd,hkd->hqk", layer.q, layer.k)[seen], model.config

    score, dot, _ = both("GPT-Neo")
    assert np.allclose(score, dot, rtol=1e-5, atol=1e-5)
    score, dot, _ = both("Llama")
    assert np.allclose(score, dot / 4, rtol=1e-5, atol=1e-5)  # d_head is 16
    score, dot, config = both("Gemma 2")
    cap = config.attn_logit_softcapping
    assert np.allclose(score, cap * np.tanh(dot / 4 / cap), rtol=1e-5, atol=1e-5)


def test_norms_of_grouped_queries_are_those_of_the_weights(model_of: Callable[[str], Any]) -> None:
    """Two heads share a value; each has a part of the output projection of its own."""
    model = model_of("Llama")
    given: list[torch.Tensor] = []
    handle = model.model.layers[1].self_attn.v_proj.register_forward_hook(
        lambda _, __, out: given.append(out[0])
    )
    found = attention(recorded(model))
    handle.remove()
    values = given[0].detach().double().numpy().reshape(N, 2, 16)
    weight = model.model.layers[1].self_attn.o_proj.weight.detach().double().numpy()
    assert found.info_norm is not None
    for head in range(N_HEADS):
        v = values[:, head // 2]
        assert np.allclose(found.value_norm[1, head], np.linalg.norm(v, axis=-1), rtol=1e-5)
        written = v @ weight[:, head * 16 : (head + 1) * 16].T
        assert np.allclose(found.info_norm[1, head], np.linalg.norm(written, axis=-1), rtol=1e-5)


def test_nothing_that_is_drawn_changes_what_was_recorded(recording: Recording) -> None:
    before = [layer.pattern.clone() for layer in recording.layers]
    found = attention(recording)
    assert found.info_norm is not None
    for layer, values, infos in zip(found.layers, found.value_norm, found.info_norm, strict=True):
        for kind in PATTERN_KINDS:
            pattern_of_kind(kind, layer.pattern, values, infos)
        for without_first in (False, True):
            head_statistics([layer.pattern], without_first=without_first)
        with pytest.raises(ValueError, match="read-only"):
            layer.pattern[0] *= 2
    assert all(torch.equal(one, layer.pattern) for one, layer in zip(before, recording.layers, strict=True))


@pytest.mark.parametrize("n_heads", [3, 40])
def test_layers_have_any_number_of_heads(n_heads: int) -> None:
    config = GPT2Config(vocab_size=97, n_embd=8 * n_heads, n_layer=2, n_head=n_heads, n_positions=64)
    found = attention(recorded(random_model(config)))
    assert [layer.pattern.shape for layer in found.layers] == [(n_heads, N, N)] * 2
    assert (found.no_score, found.no_info) == (None, None)
    assert head_statistics([layer.pattern for layer in found.layers]).entropy.shape == (2, n_heads)


def test_scores_that_are_not_the_patterns_are_not_shown(model_of: Callable[[str], Any]) -> None:
    recording = recorded(model_of("Llama"))
    found = attention(replace(recording, scores=[2 * scores for scores in recording.scores]))
    assert found.score_error > 0.01
    assert found.no_score is not None
    assert found.no_score.startswith("The scores are not shown: their softmax misses the pattern by 0.")
    assert found.no_info is None


def test_heads_that_write_otherwise_are_not_info_weighted(model_of: Callable[[str], Any]) -> None:
    """The parts of the output projection in another order."""
    recording = recorded(model_of("Llama"))
    mixed = [replace(layer, output_weight=layer.output_weight.flip(0)) for layer in recording.layers]
    found = attention(replace(recording, layers=mixed))
    assert found.projection_error > 0.1
    assert found.info_norm is None
    assert found.no_info is not None and found.no_info.startswith("Info-weighted patterns are not shown: ")
    assert found.no_score is None


def test_half_precision_gives_the_arrays_of_its_copy(model_of: Callable[[str], Any]) -> None:
    config = model_of("Qwen2").config
    half, single = (
        attention(recorded(model))
        for model in (random_model(config, torch.bfloat16), random_model(config, torch.bfloat16).float())
    )
    assert half.info_norm is not None and single.info_norm is not None
    assert np.array_equal(half.info_norm, single.info_norm)
    assert np.array_equal(half.layers[-1].score, single.layers[-1].score)
