"""What can be shown is measured: passed, refused with what was found, or without what holds nonlinear places."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.model import decoder_layers
from ingest.attribution.internals.probe import probe
from queries.errors import UnsupportedArchitecture
from tests.support.models.architectures import SUPPORTED, random_model

pytestmark = pytest.mark.slow


def test_supported_architectures_pass(supported: Any) -> None:
    found = probe(supported)
    assert found.frozen and found.why is None
    assert found.writes_error < 1e-6
    assert found.flow_error is not None and found.flow_error < 1e-5


def test_half_precision_passes_as_well() -> None:
    found = probe(random_model(SUPPORTED["Llama"], torch.bfloat16))
    assert found.frozen and found.flow_error is not None and found.flow_error < 1e-5


@pytest.mark.parametrize(
    ("name", "architecture", "why"),
    [
        ("OPT", "OPTForCausalLM", "layer 0 showed no write of an MLP"),
        ("Falcon", "FalconForCausalLM", "layer 0 showed no output projection"),
        ("Bloom", "BloomForCausalLM", "layer 0 has no product before its softmax"),
    ],
)
def test_others_are_refused_with_what_was_found(
    model_of: Callable[[str], Any], name: str, architecture: str, why: str
) -> None:
    with pytest.raises(UnsupportedArchitecture) as refused:
        probe(model_of(name))
    assert (refused.value.architecture, refused.value.why) == (architecture, why)
    assert str(refused.value) == f"The internals of {architecture} cannot be shown: {why}."


def test_a_mixture_of_experts_is_not_frozen(model_of: Callable[[str], Any]) -> None:
    found = probe(model_of("Mixtral"))
    assert not found.frozen
    assert found.writes_error < 1e-6
    assert found.flow_error is None
    assert found.why == "a gate is not of whole sequences, but of tokens that the pass chose"


def test_nor_is_one_whose_replay_runs_but_gives_other_sums(model_of: Callable[[str], Any]) -> None:
    found = probe(model_of("GPT-OSS"))
    assert not found.frozen
    assert found.flow_error is not None and found.flow_error > 0.1
    assert found.why is not None and found.why.startswith(
        "tokens' contributions miss the residual stream by "
    )


def test_an_activation_that_is_not_held_is_found() -> None:
    """One that no module of transformers' has: the sums are off."""
    model = random_model(SUPPORTED["Llama"])
    for layer in decoder_layers(model):
        layer.mlp.act_fn = torch.nn.Softplus()  # type: ignore[union-attr]
    found = probe(model)
    assert not found.frozen
    assert found.flow_error is not None and found.flow_error > 1e-3


def test_no_number_is_no_small_error() -> None:
    """An activation that is not held and gives NaN for the zeros that replays are made of."""

    class Broken(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.softplus(x) + 0.0 * x / x

    model = random_model(SUPPORTED["Llama"])
    decoder_layers(model)[-1].mlp.act_fn = Broken()  # type: ignore[union-attr]
    found = probe(model)
    assert not found.frozen
    assert found.why == "tokens' contributions miss the residual stream by nan of it"


def test_whatever_fails_within_a_model_refuses_it() -> None:
    model = random_model(SUPPORTED["Llama"])

    def fail(*_: object) -> None:
        raise ZeroDivisionError("nothing left")

    decoder_layers(model)[1].register_forward_pre_hook(fail)
    with pytest.raises(
        UnsupportedArchitecture, match="a pass of it ended in ZeroDivisionError: nothing left"
    ):
        probe(model)
