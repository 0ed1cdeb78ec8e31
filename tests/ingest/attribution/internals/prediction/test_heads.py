"""Heads' scores are slopes of the prediction, and sums over the tokens that heads read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.internals.passes.changed import run_changed
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.gradients import Gradients, gradients_of
from ingest.attribution.internals.prediction.heads import attribute_heads
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from tests.support.models.architectures import MIXTURES, N_HEADS, N_LAYERS, some_ids

pytestmark = pytest.mark.slow

N, EPS = 12, 0.02


def slope(
    model: Any,
    recording: Recording,
    objective: Objective,
    layer: int,
    step: Callable[[torch.Tensor], torch.Tensor],
) -> float:
    """The difference quotient of f where z (1, n_heads, n, d_head) of a layer goes along `step` of it."""

    def f(scale: float) -> float:
        def change(number: int, z: torch.Tensor) -> torch.Tensor:
            return z + scale * step(z) if number == layer else z

        return float(
            objective.of_logits(run_changed(model, recording.embeddings, change, [objective.position]))
        )

    return (f(EPS) - f(-EPS)) / (2 * EPS)


def test_scores_are_slopes_of_the_prediction(
    supported: Any, recording: Recording, objective: Objective, gradients: Gradients
) -> None:
    found = attribute_heads(gradients)
    assert found.score.shape == (N_LAYERS, N_HEADS)
    assert found.score.dtype == np.float32
    for layer in range(N_LAYERS):
        for head in range(N_HEADS):

            def alone(z: torch.Tensor, head: int = head) -> torch.Tensor:
                step = torch.zeros_like(z)
                step[:, head] = z[:, head]
                return step

            wanted = slope(supported, recording, objective, layer, alone)
            assert found.score[layer, head] == pytest.approx(
                wanted, abs=5e-3 * float(np.abs(found.score).max())
            )


def test_scores_are_sums_over_the_tokens_that_heads_read(
    supported: Any, recording: Recording, objective: Objective, gradients: Gradients
) -> None:
    found = attribute_heads(gradients)
    assert found.source is not None and found.source.shape == (N_LAYERS, N_HEADS, N)
    assert found.error < 1e-6 and found.why is None
    largest = np.abs(found.score).max()
    assert np.abs(found.source.sum(-1) - found.score).max() / largest == pytest.approx(found.error, abs=1e-6)
    layer, head = 1, 2
    for key in (0, 5, N - 1):

        def from_key(z: torch.Tensor, key: int = key) -> torch.Tensor:
            """What the head gets from the key's token."""
            pattern, v = recording.layers[layer].pattern[:, head], recording.layers[layer].v[:, head]
            step = torch.zeros_like(z)
            step[:, head] = pattern[..., key, None] * v[:, None, key]
            return step

        wanted = slope(supported, recording, objective, layer, from_key)
        assert found.source[layer, head, key] == pytest.approx(wanted, abs=5e-3 * float(largest))


@pytest.mark.parametrize("name", MIXTURES)
def test_mixtures_of_experts_have_them_too(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    recording = record(model, embedded(model, some_ids(N)))
    found = attribute_heads(gradients_of(model, recording.embeddings, the_objective(model, recording)))
    assert found.error < 1e-6 and np.abs(found.score).min() > 0


def test_a_sum_that_misses_is_not_shown(model_of: Callable[[str], Any]) -> None:
    """Patterns that are not those that made z."""
    model = model_of("Llama")
    recording = record(model, embedded(model, some_ids(N)))
    gradients = gradients_of(model, recording.embeddings, the_objective(model, recording))
    layers = [replace(layer, pattern=0.5 * layer.pattern) for layer in gradients.recording.layers]
    found = attribute_heads(replace(gradients, recording=replace(gradients.recording, layers=layers)))
    assert found.source is None
    assert found.error == pytest.approx(0.5, abs=1e-5)
    assert found.why == "heads' scores by token miss the scores by 0.5 of the largest"
