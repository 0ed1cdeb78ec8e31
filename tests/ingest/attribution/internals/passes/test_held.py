"""A plain pass whose gradients hold norms' scales, and one that shows patterns."""

from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.held import run_held
from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.passes.replay import replay
from ingest.attribution.internals.passes.shown import run_showing

pytestmark = pytest.mark.slow


def test_what_it_gives_is_the_plain_passs(supported: Any, recording: Recording) -> None:
    layers: list[Layer] = []
    held = run_held(supported, recording.embeddings, layers.append)
    torch.testing.assert_close(held.hidden, recording.hidden, rtol=1e-4, atol=1e-5)
    assert held.last is layers[-1].out
    for one, other in zip(layers, recording.layers, strict=True):
        torch.testing.assert_close(one.pattern, other.pattern, rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(one.attention_write, other.attention_write, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(one.mlp_write, other.mlp_write, rtol=1e-4, atol=1e-5)


def test_its_gradients_are_a_replays(supported: Any, recording: Recording) -> None:
    """Through the final norm, and from a write through a norm after attention to z."""
    layers: list[Layer] = []
    held = run_held(supported, recording.embeddings, layers.append)
    again = replay(supported, recording, recording.layers[0].x.detach().clone().requires_grad_())
    direction = torch.randn(held.hidden.shape, generator=torch.Generator().manual_seed(3))
    (ours,) = torch.autograd.grad((held.hidden * direction).sum(), held.last)
    (wanted,) = torch.autograd.grad((again.hidden * direction).sum(), again.layers[-1].out)
    torch.testing.assert_close(ours, wanted, rtol=1e-3, atol=1e-5)
    for one, other in zip(layers, again.layers, strict=True):
        (ours,) = torch.autograd.grad(one.attention_write, one.z, direction)
        (wanted,) = torch.autograd.grad(other.attention_write, other.z, direction, retain_graph=True)
        torch.testing.assert_close(ours, wanted, rtol=1e-3, atol=1e-5)


def test_its_gradients_do_not_leave_a_layer(supported: Any, recording: Recording) -> None:
    layers: list[Layer] = []
    held = run_held(supported, recording.embeddings, layers.append)
    into = torch.autograd.grad(held.hidden.sum(), [layer.z for layer in layers], allow_unused=True)
    assert [each is None for each in into] == [True] * (len(layers) - 1) + [False]


def test_patterns_are_shown_layer_by_layer(supported: Any, recording: Recording) -> None:
    shown: list[torch.Tensor] = []
    run_showing(supported, torch.cat([recording.embeddings] * 2), shown.append)
    for pattern, layer in zip(shown, recording.layers, strict=True):
        assert pattern.shape == (2, *layer.pattern.shape[1:])
        torch.testing.assert_close(pattern[1:], layer.pattern, rtol=1e-4, atol=1e-6)
