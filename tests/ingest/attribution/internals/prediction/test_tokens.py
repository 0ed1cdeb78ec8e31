"""Integrated gradients: complete in every architecture, and what they are by definition."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

import ingest.attribution.internals.prediction.tokens as module
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.baseline import BaselineKind, Special
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from ingest.attribution.internals.prediction.tokens import attribute_tokens, gradient_bytes
from queries.errors import InvalidRequest
from tests.support.models.architectures import N_LAYERS, some_ids

pytestmark = pytest.mark.slow

N = 12
PADDED = Special(bos=None, pad=1)


@pytest.fixture
def llama(model_of: Callable[[str], Any]) -> Any:
    return model_of("Llama")


@pytest.fixture
def recorded(llama: Any) -> Recording:
    return record(llama, embedded(llama, some_ids(N)))


def test_attributions_add_up_to_what_the_prompt_changes(
    supported: Any, ids: torch.Tensor, recording: Recording, objective: Objective
) -> None:
    found = attribute_tokens(supported, recording, ids, objective, PADDED)
    assert found.attribution is not None and found.attribution.shape == (N,) and found.why is None
    assert found.value == pytest.approx(objective.of_recording(supported, recording), abs=1e-5)
    change = found.value - found.baseline_value
    assert abs(found.attribution.sum() - change) / abs(change) == pytest.approx(found.completeness_error)
    assert found.completeness_error <= found.defect + 1e-9  # they are the same sum, in another order
    assert found.defect < 0.01
    assert np.abs(found.attribution).min() > 0


def test_they_are_the_gradients_integral(llama: Any, recorded: Recording) -> None:
    """By two thousand points of the middle rule."""
    objective = the_objective(llama, recorded)
    found = attribute_tokens(llama, recorded, some_ids(N), objective, PADDED)
    x, b = recorded.embeddings, embedded(llama, torch.full((N,), 1))
    total, points = torch.zeros(N, dtype=torch.float64), 2000
    for first in range(0, points, 100):
        places = (torch.arange(first, first + 100) + 0.5) / points
        batch = (b + places[:, None, None] * (x - b)).requires_grad_()
        (gradient,) = torch.autograd.grad(objective.of(llama, batch).sum(), batch)
        total += ((x - b) * gradient).double().sum((0, 2)) / points
    assert found.attribution is not None
    assert np.allclose(found.attribution, total, atol=0.01 * abs(found.value - found.baseline_value))


def test_target_and_foil_swapped_change_the_sign(llama: Any, recorded: Recording) -> None:
    one, other = (
        attribute_tokens(llama, recorded, some_ids(N), the_objective(llama, recorded, -1, *pair), PADDED)
        for pair in ((5, 6), (6, 5))
    )
    assert one.attribution is not None and other.attribution is not None
    assert np.array_equal(one.attribution, -other.attribution)
    assert (one.value, one.points, one.defect) == (-other.value, other.points, other.defect)


def test_later_tokens_and_a_kept_bos_add_nothing(llama: Any, recorded: Recording) -> None:
    ids = some_ids(N)
    objective = the_objective(llama, recorded, 7)
    found = attribute_tokens(llama, recorded, ids, objective, Special(bos=int(ids[0]), pad=None))
    assert found.keeps_bos and found.baseline is BaselineKind.MEAN and found.baseline_token is None
    assert found.attribution is not None
    assert found.attribution[0] == 0 and not found.attribution[8:].any()
    assert np.all(found.attribution[1:8])


def test_batches_make_no_difference_and_tell_how_far_they_are(llama: Any, recorded: Recording) -> None:
    told: list[tuple[int, int]] = []
    objective = the_objective(llama, recorded)
    whole = attribute_tokens(llama, recorded, some_ids(N), objective, PADDED)
    by_threes = attribute_tokens(
        llama,
        recorded,
        some_ids(N),
        objective,
        PADDED,
        most_bytes=3 * gradient_bytes(llama, recorded.embeddings, objective),
        on_progress=lambda done, of: told.append((done, of)),
    )
    assert whole.attribution is not None and by_threes.attribution is not None
    assert np.allclose(whole.attribution, by_threes.attribution, rtol=1e-4, atol=1e-5)
    assert whole.points == by_threes.points == told[-1][0]
    assert {of for _, of in told} == {1024}
    assert [after - before for (before, _), (after, _) in pairwise(told)][:9] == [3] * 9


def test_points_have_an_end(llama: Any, recorded: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an integral that cannot be as exact as is asked."""
    monkeypatch.setattr(module, "TOLERANCE", 0.0)
    monkeypatch.setattr(module, "MOST_POINTS", 127)
    found = attribute_tokens(llama, recorded, some_ids(N), the_objective(llama, recorded), PADDED)
    # 32 at first, 64 for four halved intervals, and 16 for one.
    assert found.points == 112
    assert found.defect > 0


def test_where_experts_switch_nothing_is_shown(
    model_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prediction jumps there, and no gradient tells of it."""
    monkeypatch.setattr(module, "MOST_POINTS", 64)
    model = model_of("Mixtral")
    recorded = record(model, embedded(model, some_ids(N)))
    found = attribute_tokens(model, recorded, some_ids(N), the_objective(model, recorded), PADDED)
    assert found.attribution is None and found.points == 64
    assert found.completeness_error > 1
    assert found.why == f"tokens' parts miss what the prompt changes by {found.completeness_error:.2g} of it"


def test_a_baseline_that_predicts_the_same_is_refused(llama: Any) -> None:
    ids = torch.full((N,), 4)
    of_fours = record(llama, embedded(llama, ids))
    with pytest.raises(InvalidRequest) as refused:
        attribute_tokens(llama, of_fours, ids, the_objective(llama, of_fours), Special(None, 4))
    assert refused.value.parameter == "baseline"
    assert refused.value.why == (
        "the prediction differs by 0 from that of the baseline, which is too little to attribute: name another token"
    )


def test_what_a_pass_keeps_grows_with_its_items(
    supported: Any, recording: Recording, objective: Objective
) -> None:
    one, three = (
        gradient_bytes(supported, recording.embeddings.expand(n, -1, -1), objective) for n in (1, 3)
    )
    cell, layer = 4, recording.layers[0]
    # Masks and rotations are the same for all items.
    assert 2.3 < three / one < 3.01
    assert one > cell * N_LAYERS * (4 * layer.z.numel() + layer.pattern.numel() + 4 * layer.x.numel())
