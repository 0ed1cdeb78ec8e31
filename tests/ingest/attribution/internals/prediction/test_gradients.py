"""Gradients at heads, in half precision too."""

import gc
from copy import deepcopy

import numpy as np
import pytest
import torch

from ingest.attribution.internals.passes.model import Float32, embedded
from ingest.attribution.internals.passes.record import record
from ingest.attribution.internals.prediction.edges import attribute_edges
from ingest.attribution.internals.prediction.gradients import gradients_of
from ingest.attribution.internals.prediction.heads import attribute_heads
from ingest.attribution.internals.prediction.objective import the_objective
from ingest.attribution.internals.prediction.tokens import gradient_bytes
from tests.support.models.architectures import SUPPORTED, random_model, some_ids

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["Llama", "Gemma 2", "GPT-2", "Phi-3"])
def test_half_precision_weights_are_cast_anew_on_the_way_back(name: str) -> None:
    """Bitwise the gradients of a float32 copy, and no such copy is kept for them."""
    half = random_model(SUPPORTED[name], torch.bfloat16)
    whole = deepcopy(half).float()
    embeddings = embedded(half, some_ids(9))
    objective = the_objective(half, record(half, embeddings))
    one, other = (gradients_of(model, embeddings, objective) for model in (half, whole))
    for part in ("z", "q", "k_transposed", "v"):
        for mine, wanted in zip(getattr(one, part), getattr(other, part), strict=True):
            assert mine.dtype == torch.float32
            assert torch.equal(mine, wanted)
    weight, wanted_weight = (
        attribute_edges(each, attribute_heads(each).score).weight for each in (one, other)
    )
    assert weight is not None and wanted_weight is not None
    assert np.array_equal(weight, wanted_weight)
    kept, wanted_bytes = (gradient_bytes(model, embeddings, objective) for model in (half, whole))
    assert kept <= 1.05 * wanted_bytes


def test_nothing_holds_a_cast_once_it_was_used() -> None:
    """Of a large model, casts of all weights together are twice the model."""
    linear = torch.nn.Linear(31, 57, bias=False).to(torch.bfloat16)
    x = torch.randn(1, 9, 31, requires_grad=True)
    with Float32():
        y = linear(x)
    casts = [each for each in gc.get_objects() if type(each) is torch.Tensor and each.shape == (57, 31)]
    assert [each.dtype for each in casts if each.dtype == torch.float32] == []
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert torch.equal(gradient[0, 0], linear.weight.detach().float().sum(0))
