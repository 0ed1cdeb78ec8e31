"""What is attributed: the tokens and the position, as asked or by themselves."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from queries.errors import InvalidRequest
from tests.support.models.architectures import N_VOCABULARY, some_ids

pytestmark = pytest.mark.slow

N = 12


@pytest.fixture
def model(model_of: Callable[[str], Any]) -> Any:
    return model_of("Llama")


@pytest.fixture
def recorded(model: Any) -> Recording:
    return record(model, embedded(model, some_ids(N)), range(N))


def test_it_is_the_best_token_over_the_second_at_the_end(model: Any, recorded: Recording) -> None:
    logits = recorded.logits[0, -1]
    best, second = logits.argsort(descending=True)[:2].tolist()
    found = the_objective(model, recorded)
    assert found == Objective(N - 1, best, second)
    assert found.of_recording(model, recorded) == pytest.approx(
        float(logits[best] - logits[second]), rel=1e-5
    )


def test_the_foil_is_the_best_other_token(model: Any, recorded: Recording) -> None:
    best, second, third = recorded.logits[0, 4].argsort(descending=True)[:3].tolist()
    assert the_objective(model, recorded, 4, target=third) == Objective(4, third, best)
    assert the_objective(model, recorded, 4, target=best) == Objective(4, best, second)
    assert the_objective(model, recorded, 4, foil=None) == Objective(4, best, None)
    assert the_objective(model, recorded, 4, 5, 6) == Objective(4, 5, 6)


def test_a_batch_has_a_value_each(model: Any, recorded: Recording) -> None:
    batch = torch.cat([recorded.embeddings, 0.5 * recorded.embeddings])
    one, other = the_objective(model, recorded, 3, 5, 6), the_objective(model, recorded, 3, 6, 5)
    alone = the_objective(model, recorded, 3, 5, None).of(model, batch)
    assert torch.equal(one.of(model, batch), -other.of(model, batch))
    # Not the last bit: a processor may multiply a batch in another order than one prompt.
    assert float(one.of(model, batch)[0]) == pytest.approx(one.of_recording(model, recorded), rel=1e-5)
    assert torch.equal(
        one.of(model, batch), alone - the_objective(model, recorded, 3, 6, None).of(model, batch)
    )


@pytest.mark.parametrize(
    ("asked", "parameter", "why"),
    [
        ({"position": N}, "position", f"the prompt's are 0 to {N - 1}, not {N}"),
        ({"position": -N - 1}, "position", f"the prompt's are 0 to {N - 1}, not {-N - 1}"),
        ({"target": N_VOCABULARY}, "target", "there is no token 97: this model's are 0 to 96"),
        ({"foil": -1}, "foil", "there is no token -1: this model's are 0 to 96"),
        ({"target": 5, "foil": 5}, "foil", "it is the target itself"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    model: Any, recorded: Recording, asked: dict[str, Any], parameter: str, why: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        the_objective(model, recorded, **asked)
    assert (refused.value.parameter, refused.value.why) == (parameter, why)
