"""A replay is the recorded pass, and affine in what comes into layer 0."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.layer import MlpReads
from ingest.attribution.internals.passes.model import decoder_layers, embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.passes.replay import replay, replay_bytes, without_bias
from ingest.attribution.internals.passes.tape import Diverged
from tests.support.models.architectures import N_LAYERS, SUPPORTED, random_model, some_ids

pytestmark = pytest.mark.slow

N = 12
START = 5


def recorded(model: Any, n: int = N) -> Recording:
    return record(model, embedded(model, some_ids(n)), range(n))


def one_by_one(x: torch.Tensor) -> torch.Tensor:
    """(1 + n, n, d_model): nothing, then each position of `x` (1, n, d_model) alone."""
    return torch.cat([torch.zeros_like(x), torch.eye(x.shape[1])[..., None] * x])


def nothing(reads: MlpReads) -> torch.Tensor:
    return torch.zeros_like(reads.middle)


def assert_near(found: torch.Tensor, wanted: torch.Tensor, tolerance: float = 1e-5) -> None:
    """Within this share of the wanted's size."""
    assert float((found - wanted).norm() / wanted.norm()) < tolerance


def test_the_recorded_input_gives_the_recorded_pass(supported: Any, recording: Recording) -> None:
    again = replay(supported, recording, recording.layers[0].x, positions=range(N))
    assert_near(again.logits, recording.logits)
    assert_near(again.hidden, recording.hidden)
    for one, other in zip(again.layers, recording.layers, strict=True):
        assert torch.equal(one.pattern, other.pattern)
        for name in ("q", "k", "v", "z", "attention_write", "middle", "mlp_input", "mlp_write", "out"):
            assert_near(getattr(one, name), getattr(other, name))


def test_sources_add_up_in_every_tensor(supported: Any, recording: Recording) -> None:
    """Queries and keys too, so that scores are sums over pairs of sources."""
    split = replay(supported, recording, one_by_one(recording.layers[0].x))
    for one, whole in zip(split.layers, recording.layers, strict=True):
        for name in ("q", "k", "v", "z", "middle", "mlp_input", "out"):
            of_sources = getattr(one, name)
            assert_near(without_bias(of_sources).sum(0) + of_sources[0], getattr(whole, name)[0])
    assert_near(without_bias(split.hidden).sum(0) + split.hidden[0], recording.hidden[0])


def test_a_replay_from_a_position_on_is_the_rest_of_the_whole_one(
    supported: Any, recording: Recording
) -> None:
    x = recording.layers[0].x.clone()
    x[:, :START] = 0.0
    # Biases flow from earlier positions too: nothing of them is in the second, and the difference has none.
    whole = replay(supported, recording, torch.cat([torch.zeros_like(x), x]))
    rest = replay(
        supported, recording, torch.cat([torch.zeros_like(x), x])[:, START:], start=START, positions=[0, -1]
    )
    for one, other in zip(whole.layers, rest.layers, strict=True):
        assert_near(without_bias(other.out), without_bias(one.out)[:, START:], 1e-6)
        assert not without_bias(one.out)[:, :START].any()
        assert torch.equal(other.pattern, one.pattern[:, :, START:, START:])
    assert rest.logits.shape == (2, 2, recording.logits.shape[-1])


def test_another_may_write_in_place_of_mlps(supported: Any, recording: Recording) -> None:
    """Nothing comes into layer 0, whose MLP's place writes what is missing: from there on it is the recorded pass."""
    wanted = recording.layers
    read: list[MlpReads] = []

    def write(reads: MlpReads) -> torch.Tensor:
        read.append(reads)
        of_layer = wanted[reads.number]
        return of_layer.mlp_write if reads.number else of_layer.out - reads.middle

    again = replay(supported, recording, torch.zeros_like(wanted[0].x), mlp_write=write)
    assert float((again.layers[0].middle - wanted[0].middle).norm()) > 0.1
    assert_near(again.layers[1].out, wanted[1].out)
    assert_near(again.hidden, recording.hidden)
    for reads, layer in zip(read, again.layers, strict=True):
        assert reads.number == layer.number
        for name in ("middle", "mlp_input", "mlp_normalised"):
            assert getattr(reads, name) is getattr(layer, name)


def test_mlps_can_be_cut(supported: Any, recording: Recording) -> None:
    """As if their last linear map were zero."""
    x = torch.cat([recording.layers[0].x, one_by_one(recording.layers[0].x)[1:3]])
    found = replay(supported, recording, x, mlp_write=nothing)
    come = x
    for layer in found.layers:
        assert not layer.mlp_write.any()
        assert_near(layer.middle, come + layer.attention_write)
        assert torch.equal(layer.out, layer.middle)
        come = layer.out
    whole = replay(supported, recording, x)
    assert_near(found.layers[0].mlp_input, whole.layers[0].mlp_input)
    assert_near(found.layers[0].z, whole.layers[0].z)


def test_cut_mlps_are_those_of_a_model_without_them() -> None:
    model, other = (random_model(SUPPORTED["Llama"]) for _ in range(2))
    for layer in decoder_layers(other):
        torch.nn.init.zeros_(layer.mlp.down_proj.weight)  # type: ignore[union-attr,arg-type]
    found = recorded(model)
    x = one_by_one(found.layers[0].x)
    assert_near(replay(model, found, x, mlp_write=nothing).hidden, replay(other, found, x).hidden, 1e-6)


def test_layers_are_told_of_as_they_end(supported: Any, recording: Recording) -> None:
    ended: list[int] = []
    found = replay(
        supported, recording, recording.layers[0].x, ended=lambda layer: ended.append(layer.number)
    )
    assert ended == list(range(N_LAYERS))
    assert found.layers == []
    assert found.logits.shape == (1, 0, recording.logits.shape[-1])


def test_gradients_are_exact(supported: Any, recording: Recording) -> None:
    """Since a replay is affine: g . dx is the whole difference, for f a logit and for f what an MLP reads."""
    x = recording.layers[0].x.detach().clone().requires_grad_()
    found = replay(supported, recording, x, positions=[-1])
    step = torch.randn(x.shape, generator=torch.Generator().manual_seed(2))
    moved = replay(supported, recording, x.detach() + step, positions=[-1])
    direction = torch.randn(x.shape[-1], generator=torch.Generator().manual_seed(3))
    for before, after in (
        (found.logits[0, 0, 7], moved.logits[0, 0, 7]),
        (found.layers[-1].mlp_input[0, 8] @ direction, moved.layers[-1].mlp_input[0, 8] @ direction),
    ):
        (gradient,) = torch.autograd.grad(before, x, retain_graph=True)
        assert float(gradient.mul(step).sum()) == pytest.approx(float(after - before.detach()), rel=1e-3)


def test_gradients_can_end_at_the_heads(supported: Any, recording: Recording) -> None:
    """A logit's gradient then reaches its own position only, and each layer's z in place of what is before it."""
    x = recording.layers[0].x.detach().clone().requires_grad_()
    apart = replay(supported, recording, x, positions=[-1], mlp_write=nothing, heads_apart=True)
    whole = replay(supported, recording, x, positions=[-1], mlp_write=nothing)
    assert_near(apart.logits.detach(), whole.logits.detach(), 1e-6)
    leaves = [x, *(layer.z for layer in apart.layers)]
    to_x, *to_heads = torch.autograd.grad(apart.logits[0, 0, 7], leaves)
    (wholly,) = torch.autograd.grad(whole.logits[0, 0, 7], x)
    assert to_x[0, -1].any() and not to_x[0, :-1].any()
    assert wholly[0, :-1].any()
    without_heads = replay(supported, recording, torch.zeros_like(x), positions=[-1], mlp_write=nothing)
    parts = to_x.mul(x).sum() + sum(
        to_z.mul(layer.z - bias.z).sum()
        for to_z, layer, bias in zip(to_heads, apart.layers, without_heads.layers, strict=True)
    )
    difference = whole.logits.detach()[0, 0, 7] - without_heads.logits[0, 0, 7]
    assert float(parts.detach()) == pytest.approx(float(difference), rel=1e-3)


def test_what_a_feature_reads_can_be_carried_back_to_the_residual_stream() -> None:
    """A direction of the normalised MLP input, as one of the residual stream: the norm's scale times it, centred where
    the norm centres."""
    direction = torch.randn(32, generator=torch.Generator().manual_seed(3))
    for name, centres in (("Gemma 2", False), ("GPT-2", True)):
        model = random_model(SUPPORTED[name])
        recording = recorded(model)
        found = replay(model, recording, recording.layers[0].x.detach().clone().requires_grad_())
        layer = found.layers[1]
        assert layer.mlp_normalised is not None
        (carried,) = torch.autograd.grad(layer.mlp_normalised[0, 8] @ direction, layer.middle)
        x = recording.layers[1].middle[0, 8].detach()
        x = x - x.mean() if centres else x
        eps = {"Gemma 2": 1e-6, "GPT-2": 1e-5}[name]
        scale = (x.pow(2).mean() + eps).rsqrt()
        by_hand = scale * (direction - direction.mean() if centres else direction)
        torch.testing.assert_close(carried[0, 8], by_hand, rtol=1e-4, atol=1e-6)
        assert not carried[0, torch.arange(N) != 8].any()


def test_a_mixture_that_chooses_other_tokens_diverges(model_of: Callable[[str], Any]) -> None:
    model = model_of("Mixtral")
    recording = recorded(model)
    with pytest.raises(Diverged, match="tokens that the pass chose"):
        replay(model, recording, one_by_one(recording.layers[0].x))


def test_another_models_tape_diverges(model_of: Callable[[str], Any]) -> None:
    """A deeper model's tape has places left, a shallower one's too few, another kind's has others."""
    model = model_of("Llama")
    recording = recorded(model)
    deeper = random_model(type(model.config)(**{**model.config.to_dict(), "num_hidden_layers": N_LAYERS + 1}))
    with pytest.raises(Diverged, match="that the pass did not have"):
        replay(deeper, recording, recording.layers[0].x)
    with pytest.raises(Diverged, match="ended before an attention pattern"):
        replay(model, recorded(deeper), recording.layers[0].x)
    with pytest.raises(Diverged, match="a norm where the pass came to an attention pattern"):
        replay(model_of("Qwen3"), recording, recording.layers[0].x)


def test_memory_is_told_by_the_widest_tensors(model_of: Callable[[str], Any]) -> None:
    """It grows with positions, and by their square with patterns."""
    model = model_of("Llama")
    sizes = [replay_bytes(recorded(model, n)) for n in (8, 16, 32)]
    assert sizes[0] == 4 * (8 * (3 * 80 + 8 * 32) + 5 * 4 * 8 * 16 + 3 * 4 * 8 * 8)
    assert sizes[2] - sizes[1] > 2 * (sizes[1] - sizes[0])
