"""Contributions of tokens: by the definition, and their sums in every architecture."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaConfig

from ingest.attribution.internals.flow import SOURCES, flow, sources_at_once
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.passes.replay import replay_bytes
from ingest.attribution.internals.passes.tape import Diverged
from tests.ingest.attribution.internals.plain_flow import plain_flow
from tests.support.models.architectures import N_LAYERS, WIDE, random_model, some_ids

pytestmark = pytest.mark.slow

N = 20
"""More than a batch of sources has."""


def recorded(model: Any, n: int = N) -> Recording:
    return record(model, embedded(model, some_ids(n)))


def test_flow_is_its_definition() -> None:
    """Grouped queries, heads wider than the stream, and biases everywhere."""
    model = random_model(LlamaConfig(**WIDE, attention_bias=True, mlp_bias=True))
    recording = recorded(model)
    found = flow(model, recording)
    wanted = plain_flow(model, some_ids(N), [layer.pattern[0] for layer in recording.layers])
    for layer, halves in enumerate(wanted):
        for half, c in enumerate(halves):
            x = c.sum(1)
            size = x.norm(dim=-1, keepdim=True)
            norm, signed = c.norm(dim=-1), torch.einsum("psd,pd->ps", c, x) / size**2
            assert np.allclose(found.norm[layer, half], norm, rtol=1e-3, atol=1e-5 * float(size.max()))
            assert np.allclose(found.signed[layer, half], signed, rtol=1e-3, atol=1e-5)
    assert found.signed[-1, 1, :, -1].min() < -0.01 or found.norm[-1, 1, :, -1].min() > 0.1  # biases count


def test_contributions_add_up_to_the_residual_stream(supported: Any) -> None:
    found = flow(supported, recorded(supported))
    assert found.norm.shape == found.signed.shape == (N_LAYERS, 2, N, N + 1)
    assert found.norm.dtype == np.float32
    assert found.error < 1e-5
    assert found.share_error < 1e-5
    assert np.abs(found.signed.sum(-1) - 1).max() == pytest.approx(found.share_error, abs=1e-6)
    assert np.abs(found.signed).sum(-1).max() > 1.05  # contributions cancel


def test_nothing_flows_back(supported: Any) -> None:
    found = flow(supported, recorded(supported))
    later = np.triu(np.ones((N, N), dtype=bool), 1)
    assert not found.norm[..., :N][:, :, later].any()
    assert not found.signed[..., :N][:, :, later].any()


def test_smaller_batches_give_the_same(model_of: Callable[[str], Any]) -> None:
    for name in ("Llama", "GPT-2", "GPT-NeoX, parallel"):
        model = model_of(name)
        recording = recorded(model)
        item = replay_bytes(recording)
        at_once, by_threes, singly = (flow(model, recording, most) for most in (None, 4 * item, 1))
        assert [sources_at_once(recording, most) for most in (None, 4 * item, 1)] == [SOURCES, 3, 1]
        for other in (by_threes, singly):
            assert np.allclose(other.norm, at_once.norm, rtol=1e-4, atol=1e-5)
            assert np.allclose(other.signed, at_once.signed, rtol=1e-4, atol=1e-6)
            assert other.error < 1e-5


def test_a_sum_that_misses_is_told(model_of: Callable[[str], Any]) -> None:
    """The tape of another prompt: its replay adds up to that prompt's stream."""
    model = model_of("Llama")
    recording, other = recorded(model), record(model, embedded(model, some_ids(N).flip(0)))
    mixed = Recording(**{**vars(recording), "tape": other.tape})
    assert flow(model, mixed).error > 0.1


def test_mixtures_of_experts_have_none(model_of: Callable[[str], Any]) -> None:
    model = model_of("Mixtral")
    with pytest.raises(Diverged):
        flow(model, recorded(model))
