"""Every head taken out, together as alone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.internals.passes.changed import run_changed
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.passes.replay import replay_bytes
from ingest.attribution.internals.prediction.ablation import ablate_heads
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from tests.support.models.architectures import MIXTURES, N_HEADS, N_LAYERS, some_ids

pytestmark = pytest.mark.slow

N = 12


def alone(model: Any, recording: Recording, objective: Objective, head: tuple[int, int]) -> float:
    """f without one head, in a pass of its own."""

    def cut(layer: int, z: torch.Tensor) -> torch.Tensor:
        keep = torch.ones(1, N_HEADS, 1, 1)
        if layer == head[0]:
            keep[:, head[1]] = 0.0
        return z * keep

    return float(objective.of_logits(run_changed(model, recording.embeddings, cut, [objective.position])))


def test_heads_are_ablated_together_as_alone(
    supported: Any, recording: Recording, objective: Objective
) -> None:
    found = ablate_heads(supported, recording, objective)
    assert found.effect.shape == (N_LAYERS, N_HEADS)
    assert found.error < 1e-5
    value, largest = objective.of_recording(supported, recording), np.abs(found.effect).max()
    for head in np.ndindex(N_LAYERS, N_HEADS):
        wanted = value - alone(supported, recording, objective, head)
        assert found.effect[head] == pytest.approx(wanted, abs=1e-5 * float(largest))


@pytest.mark.parametrize("name", ["Llama", *MIXTURES])
def test_batches_make_no_difference_and_tell_how_far_they_are(
    model_of: Callable[[str], Any], name: str
) -> None:
    model = model_of(name)
    recording = record(model, embedded(model, some_ids(N)))
    objective = the_objective(model, recording)
    told: list[tuple[int, int]] = []
    whole = ablate_heads(model, recording, objective)
    by_fives = ablate_heads(
        model, recording, objective, 5 * replay_bytes(recording), lambda done, of: told.append((done, of))
    )
    assert np.allclose(whole.effect, by_fives.effect, rtol=1e-4, atol=1e-5)
    assert told == [(5, 13), (10, 13), (13, 13)]
