"""Edges between heads are slopes of patched passes, and with the rest of what heads hand on, their scores."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.edges import HeadEdges, attribute_edges, edges_bytes
from ingest.attribution.internals.prediction.gradients import Gradients, gradients_of
from ingest.attribution.internals.prediction.heads import attribute_heads
from ingest.attribution.internals.prediction.objective import the_objective
from tests.ingest.attribution.internals.prediction.patched import patched_slope
from tests.support.models.architectures import MIXTURES, N_HEADS, N_LAYERS, some_ids

pytestmark = pytest.mark.slow

N = 12
ALL = N_LAYERS * N_HEADS


def of_model(model: Any) -> tuple[Recording, Gradients]:
    recording = record(model, embedded(model, some_ids(N)))
    return recording, gradients_of(model, recording.embeddings, the_objective(model, recording))


def edges(gradients: Gradients, most_heads: int = ALL) -> HeadEdges:
    return attribute_edges(gradients, attribute_heads(gradients).score, most_heads)


def test_heads_hand_on_their_scores(gradients: Gradients) -> None:
    found = edges(gradients)
    assert found.error < 1e-5 and found.why is None
    assert found.whole
    assert found.heads.tolist() == [[layer, head] for layer in range(N_LAYERS) for head in range(N_HEADS)]
    assert found.weight is not None and found.weight.shape == (3, ALL, ALL)
    later = found.heads[None, :, 0] > found.heads[:, None, 0]
    assert not found.weight[:, ~later].any()
    assert found.weight[:, later].all()


@pytest.mark.parametrize("name", ["Llama", "Gemma 2", "Gemma 3", "OLMo-2", "GPT-2", "GPT-NeoX, parallel"])
def test_edges_are_slopes_of_patched_passes(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    recording, gradients = of_model(model)
    found = edges(gradients).weight
    assert found is not None
    objective = the_objective(model, recording)
    for part, (source, target) in product(range(3), [((0, 1), (1, 3)), ((0, 2), (2, 0))]):
        wanted = patched_slope(model, recording.embeddings, objective, source, target, part)
        weight = found[part, source[0] * N_HEADS + source[1], target[0] * N_HEADS + target[1]]
        assert weight == pytest.approx(wanted, abs=2e-3 * float(np.abs(found[part]).max()))


@pytest.mark.parametrize("name", MIXTURES)
def test_mixtures_of_experts_have_them_too(model_of: Callable[[str], Any], name: str) -> None:
    assert edges(of_model(model_of(name))[1]).error < 1e-5


@pytest.mark.parametrize("name", ["Llama", "GPT-NeoX, parallel"])
@pytest.mark.parametrize("most", [1, 5])
def test_the_heads_of_largest_score_have_the_same_edges(
    model_of: Callable[[str], Any], name: str, most: int
) -> None:
    gradients = of_model(model_of(name))[1]
    score = attribute_heads(gradients).score.ravel()
    whole, some = edges(gradients), edges(gradients, most)
    chosen = sorted(np.argsort(-np.abs(score))[:most])
    assert some.heads.tolist() == whole.heads[chosen].tolist()
    assert not some.whole and some.error < 1e-5
    assert whole.weight is not None and some.weight is not None
    assert np.allclose(some.weight, whole.weight[:, chosen][:, :, chosen], rtol=1e-4, atol=1e-6)


def test_the_strongest_are_ranked_by_all_three_ways_together() -> None:
    weight = np.zeros((3, 3, 3), dtype=np.float32)
    weight[:, 0, 1] = (1.0, 2.0, -1.0)
    weight[:, 0, 2] = (5.0, -5.0, 0.0)
    weight[:, 1, 2] = (-1.0, -2.0, -3.0)
    found = HeadEdges(np.array([[0, 3], [1, 0], [4, 2]]), weight, False, 0.0, None)
    assert [(each, each.weight) for each in found.strongest(5)] == [
        (((1, 0), (4, 2), -1.0, -2.0, -3.0), -6.0),
        (((0, 3), (1, 0), 1.0, 2.0, -1.0), 2.0),
    ]
    assert len(found.strongest(1)) == 1


def test_what_does_not_add_up_is_not_shown(model_of: Callable[[str], Any]) -> None:
    gradients = of_model(model_of("Llama"))[1]
    wrong = replace(gradients, v=[0.5 * each for each in gradients.v])
    found = edges(wrong)
    assert found.weight is None and found.strongest(3) == []
    assert found.error > 1e-3
    assert found.why is not None and found.why.startswith("what heads hand on misses their scores by ")


def test_layers_are_told_and_memory_is_of_what_heads_write(model_of: Callable[[str], Any]) -> None:
    gradients = of_model(model_of("Llama"))[1]
    told: list[tuple[int, int]] = []
    attribute_edges(
        gradients, attribute_heads(gradients).score, on_progress=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    written = 4 * N * 32
    assert edges_bytes(gradients) - edges_bytes(gradients, 4) == (ALL - 4) * written


def test_passes_leave_no_gradients_on_weights(supported: Any, gradients: Gradients) -> None:
    edges(gradients)
    assert all(each.grad is None for each in supported.parameters())
