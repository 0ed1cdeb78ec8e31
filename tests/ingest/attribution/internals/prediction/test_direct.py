"""What heads write towards a prediction themselves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.direct import attribute_directly
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from tests.support.models.architectures import MIXTURES, N_HEADS, N_LAYERS, some_ids

pytestmark = pytest.mark.slow

N = 12


def test_it_is_z_through_the_output_weights_and_the_unembedding(model_of: Callable[[str], Any]) -> None:
    """A Llama by its definition: its final norm is a scale at each position."""
    model = model_of("Llama")
    recording = record(model, embedded(model, some_ids(N)))
    objective = the_objective(model, recording, 9)
    found = attribute_directly(model, recording, objective).direct
    x = recording.layers[-1].out[0, 9]
    scale = torch.rsqrt(x.pow(2).mean() + model.config.rms_norm_eps) * model.model.norm.weight
    towards = model.lm_head.weight[objective.target] - model.lm_head.weight[objective.foil]
    for layer in recording.layers:
        written = torch.einsum("hd,hde->he", layer.z[0, :, 9], layer.output_weight)
        wanted = (written @ (scale * towards)).detach()
        assert found is not None
        assert np.allclose(found[layer.number], wanted, rtol=1e-4, atol=1e-5)


def test_all_architectures_have_it(supported: Any, recording: Recording, objective: Objective) -> None:
    found = attribute_directly(supported, recording, objective)
    assert found.why is None
    assert found.error < 1e-5
    assert found.direct is not None and found.direct.shape == (N_LAYERS, N_HEADS)
    assert np.abs(found.direct).min() > 0


@pytest.mark.parametrize("name", MIXTURES)
def test_mixtures_of_experts_have_it_too(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    recording = record(model, embedded(model, some_ids(N)))
    found = attribute_directly(model, recording, the_objective(model, recording, foil=None))
    assert found.direct is not None and found.error < 1e-5


def test_it_is_not_shown_where_logits_do_not_add_up(model_of: Callable[[str], Any]) -> None:
    """Of another prompt's hidden state."""
    model = model_of("Llama")
    recording, other = (record(model, embedded(model, ids)) for ids in (some_ids(N), some_ids(N).flip(0)))
    mixed = replace(recording, hidden=other.hidden)
    found = attribute_directly(model, mixed, the_objective(model, recording))
    assert found.direct is None and found.error > 1e-3
    assert found.why is not None and "miss the logits" in found.why
