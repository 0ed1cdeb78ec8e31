"""Which input a prompt is compared with."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from ingest.attribution.internals.prediction.baseline import Baseline, BaselineKind, Special, the_baseline
from queries.errors import InvalidRequest
from tests.support.models.architectures import SUPPORTED, random_model, some_ids

pytestmark = pytest.mark.slow

IDS = some_ids(6)
NONE = Special(bos=None, pad=None)


def chosen(model: Any, special: Special = NONE, asked: int | None = None) -> Baseline:
    return the_baseline(model, record(model, embedded(model, IDS)), IDS, special, asked)


@pytest.mark.parametrize("name", ["GPT-2", "GPT-Neo"])
def test_zeros_where_positions_are_learned(model_of: Callable[[str], Any], name: str) -> None:
    found = chosen(model_of(name), Special(bos=None, pad=5))
    assert (found.kind, found.token, found.keeps_bos) == (BaselineKind.ZEROS, None, False)
    assert found.embeddings.shape == (1, 6, 32)
    assert not found.embeddings.any()


@pytest.mark.parametrize("name", ["Llama", "Gemma 3"])
def test_the_padding_token_elsewhere(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    found = chosen(model, Special(bos=None, pad=5))
    assert (found.kind, found.token) == (BaselineKind.TOKEN, 5)
    assert torch.equal(found.embeddings, embedded(model, torch.full((6,), 5)))


@pytest.mark.parametrize(("name", "scale"), [("Llama", 1.0), ("Gemma 3", 32**0.5)])
def test_the_mean_without_one(model_of: Callable[[str], Any], name: str, scale: float) -> None:
    model = model_of(name)
    found = chosen(model)
    assert (found.kind, found.token) == (BaselineKind.MEAN, None)
    mean = scale * model.get_input_embeddings().weight.mean(0)
    torch.testing.assert_close(found.embeddings, mean.detach().expand(1, 6, -1), rtol=1e-5, atol=1e-6)


def test_a_padding_token_that_was_never_trained_is_none() -> None:
    model = random_model(SUPPORTED["Llama"])
    with torch.no_grad():
        model.get_input_embeddings().weight[5] = 0.0
    assert chosen(model, Special(bos=None, pad=5)).kind is BaselineKind.MEAN
    assert chosen(model, Special(bos=None, pad=97)).kind is BaselineKind.MEAN


@pytest.mark.parametrize("name", ["GPT-2", "Llama"])
def test_a_token_that_is_named_and_the_prompts_bos(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    found = chosen(model, Special(bos=int(IDS[0]), pad=5), asked=7)
    assert (found.kind, found.token, found.keeps_bos) == (BaselineKind.TOKEN, 7, True)
    assert torch.equal(found.embeddings, embedded(model, torch.tensor([IDS[0], 7, 7, 7, 7, 7])))
    assert not chosen(model, Special(bos=int(IDS[1]), pad=5)).keeps_bos


def test_no_token_is_refused(model_of: Callable[[str], Any]) -> None:
    with pytest.raises(InvalidRequest, match="baseline: there is no token 97: this model's are 0 to 96"):
        chosen(model_of("Llama"), asked=97)
