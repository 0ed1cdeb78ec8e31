"""What is recorded is what the plain model does, in every architecture."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from transformers import CohereConfig
from transformers.pytorch_utils import Conv1D

from ingest.attribution.internals.passes.model import decoder_layers, embedded, run
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.passes.tape import Place
from queries.errors import UnsupportedArchitecture
from tests.support.models.architectures import (
    GROUPED,
    MIXTURES,
    N_HEADS,
    N_LAYERS,
    SUPPORTED,
    WINDOW,
    random_model,
    some_ids,
)

pytestmark = pytest.mark.slow

N = 12
HALVES = (torch.bfloat16, torch.float16)


def plain(model: Any, ids: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The model's own logits at all positions, from before their cap, and its patterns."""
    found: list[torch.Tensor] = []
    handle = model.get_output_embeddings().register_forward_hook(lambda _, __, out: found.append(out))
    with torch.no_grad():
        output = model(input_ids=ids[None], output_attentions=True, use_cache=False)
    handle.remove()
    return found[0], list(output.attentions)


def hooks(model: nn.Module) -> int:
    return sum(len(each._forward_hooks) + len(each._forward_pre_hooks) for each in model.modules())


def assert_recorded_is_plain(model: Any, found: Recording, ids: torch.Tensor) -> None:
    logits, patterns = plain(model, ids)
    assert torch.equal(found.logits, logits)
    assert len(found.layers) == len(patterns) == N_LAYERS
    for layer, pattern in zip(found.layers, patterns, strict=True):
        assert torch.equal(layer.pattern, pattern)


def test_logits_and_patterns_are_bitwise_the_plain_models(
    supported: Any, recording: Recording, ids: torch.Tensor
) -> None:
    assert_recorded_is_plain(supported, recording, ids)
    assert recording.writes_error < 1e-6
    assert hooks(supported) == 0


@pytest.mark.parametrize("name", MIXTURES)
def test_those_of_mixtures_of_experts_are_too(model_of: Callable[[str], Any], name: str) -> None:
    model, ids = model_of(name), some_ids(N)
    assert_recorded_is_plain(model, record(model, embedded(model, ids), range(N)), ids)


def test_a_plain_pass_gives_the_same_logits_for_any_position(supported: Any, recording: Recording) -> None:
    last = run(supported, recording.embeddings)
    torch.testing.assert_close(last, recording.logits[:, -1:], rtol=1e-5, atol=1e-5)
    assert torch.equal(run(supported, recording.embeddings, range(N)), recording.logits)


def test_layers_are_what_their_formulas_say(recording: Recording) -> None:
    assert (recording.n, recording.n_heads) == (N, N_HEADS)
    before: torch.Tensor | None = None
    for layer, scores in zip(recording.layers, recording.scores, strict=True):
        assert before is None or torch.equal(layer.x, before)
        assert torch.equal(torch.softmax(scores, dim=-1), layer.pattern)
        assert torch.equal(layer.z, layer.pattern @ layer.v)
        heads = (layer.q, layer.k, layer.v, layer.z)
        assert {each.shape[:3] for each in heads} == {(1, N_HEADS, N)}
        assert torch.equal(layer.q @ layer.k_transposed, layer.q @ layer.k.transpose(-1, -2))
        torch.testing.assert_close(layer.x + layer.attention_write, layer.middle)
        torch.testing.assert_close(layer.middle + layer.mlp_write, layer.out)
        before = layer.out


def test_scores_are_a_growing_function_of_queries_times_keys(recording: Recording) -> None:
    """Scaled in most models, capped in some: within a row they have the order of q.k where nothing is masked."""
    for layer, scores in zip(recording.layers, recording.scores, strict=True):
        product, got = (layer.q @ layer.k_transposed)[0, :, 4, :5], scores[0, :, 4, :5]
        assert torch.equal(product.argsort(dim=-1), got.argsort(dim=-1))


def test_heads_write_by_their_part_of_the_output_projection(supported: Any, recording: Recording) -> None:
    """The sum over heads of z W_O, with the projection's bias, is what the projection gives out."""
    for module, layer in zip(decoder_layers(supported), recording.layers, strict=True):
        found: list[tuple[torch.Tensor, torch.Tensor]] = []
        mixed = layer.z.transpose(1, 2).reshape(1, N, -1)
        linear = [
            each
            for each in module.modules()
            if isinstance(each, (nn.Linear, Conv1D)) and _weight(each).shape == (mixed.shape[-1], 32)
        ]
        written = torch.einsum("bhqd,hde->bqe", layer.z, layer.output_weight)
        for each in linear:
            out = each(mixed) if each.bias is None else each(mixed) - each.bias
            found.append((out, written))
        assert any(torch.allclose(out, ours, rtol=1e-4, atol=1e-5) for out, ours in found)


def _weight(module: nn.Module) -> torch.Tensor:
    weight: torch.Tensor = module.weight  # type: ignore[assignment]
    return weight if isinstance(module, Conv1D) else weight.T


def test_the_mlps_input_is_what_its_module_gets(supported: Any, ids: torch.Tensor) -> None:
    inputs: list[torch.Tensor] = []
    handles = [
        layer.mlp.register_forward_pre_hook(lambda _, args: inputs.append(args[0]))  # type: ignore[union-attr]
        for layer in decoder_layers(supported)
    ]
    found = record(supported, embedded(supported, ids))
    for handle in handles:
        handle.remove()
    for layer, given in zip(found.layers, inputs, strict=True):
        assert torch.equal(layer.mlp_input, given)


@pytest.mark.parametrize(
    ("name", "norm", "shift"),
    [
        ("Llama", "post_attention_layernorm", 0.0),
        ("Gemma 2", "pre_feedforward_layernorm", 1.0),
        ("GPT-2", "ln_2", 0.0),
        ("GPT-NeoX, parallel", "post_attention_layernorm", 0.0),
        ("Phi", "input_layernorm", 0.0),
    ],
)
def test_the_mlps_input_before_the_norms_weight(
    model_of: Callable[[str], Any], name: str, norm: str, shift: float
) -> None:
    model = model_of(name)
    for module, layer in zip(
        decoder_layers(model), record(model, embedded(model, some_ids(N))).layers, strict=True
    ):
        of: Any = module.get_submodule(norm)
        assert layer.mlp_normalised is not None
        weighted = layer.mlp_normalised * (of.weight + shift)
        if getattr(of, "bias", None) is not None:
            weighted += of.bias
        torch.testing.assert_close(weighted, layer.mlp_input)


@pytest.mark.parametrize("name", ["GPT-2", "GPT-Neo"])
def test_learned_positions_are_a_part_of_the_first_layers_input(
    model_of: Callable[[str], Any], name: str
) -> None:
    model = model_of(name)
    found = record(model, embedded(model, some_ids(N)))
    assert found.positional is not None
    assert torch.equal(found.positional[0], model.transformer.wpe.weight[:N])
    assert torch.equal(found.embeddings + found.positional, found.layers[0].x)


def test_other_positions_add_nothing(model_of: Callable[[str], Any]) -> None:
    model = model_of("Llama")
    found = record(model, embedded(model, some_ids(N)))
    assert found.positional is None
    assert torch.equal(found.embeddings, found.layers[0].x)


def test_the_tape_holds_every_nonlinear_place(model_of: Callable[[str], Any]) -> None:
    """In order: a norm, the pattern, a norm and an activation of each layer, and the last norm."""
    for name, last in (("Llama", Place.GATE), ("GPT-2", Place.SLOPE), ("Gemma 2", Place.GATE)):
        model = model_of(name)
        tape = record(model, embedded(model, some_ids(N))).tape
        after = [Place.SCALE] if name == "Gemma 2" else []
        of_layer = [Place.SCALE, Place.PATTERN, *after, Place.SCALE, last, *after]
        assert [(held.layer, held.place) for held in tape] == [
            *((layer, place) for layer in range(N_LAYERS) for place in of_layer),
            (None, Place.SCALE),
        ]


def test_the_slope_of_an_activation_at_zero_is_its_limit() -> None:
    model = random_model(SUPPORTED["GPT-2"])
    mlp = model.transformer.h[0].mlp
    with torch.no_grad():
        mlp.c_fc.weight[:, 0] = mlp.c_fc.bias[0] = 0.0
    slope = next(
        held for held in record(model, embedded(model, some_ids(N))).tape if held.place is Place.SLOPE
    )
    assert slope.value[..., 0].numpy() == pytest.approx(0.5, abs=1e-4)
    assert slope.value[..., 1:].std() > 0.1


def test_norms_of_queries_and_keys_are_not_the_mlps() -> None:
    """In a parallel block they run between the norm of the input and the MLP that reads it."""
    model = random_model(CohereConfig(**GROUPED, use_qk_norm=True))
    layer = record(model, embedded(model, some_ids(N))).layers[0]
    assert layer.mlp_normalised is not None
    norm = model.model.layers[0].input_layernorm
    torch.testing.assert_close(layer.mlp_normalised * norm.weight, layer.mlp_input)


def test_windows_leave_nothing_beyond(model_of: Callable[[str], Any]) -> None:
    model = model_of("Mistral")
    (pattern,) = record(model, embedded(model, some_ids(N))).layers[0].pattern
    position = torch.arange(N)
    distance = position[:, None] - position
    assert (pattern[:, (distance >= WINDOW) | (distance < 0)] == 0).all()
    assert (pattern[:, (distance < WINDOW) & (distance >= 0)] > 0).all()


def test_sinks_are_no_key(model_of: Callable[[str], Any]) -> None:
    model = model_of("GPT-OSS")
    found = record(model, embedded(model, some_ids(N)))
    assert found.scores[0].shape == found.layers[0].pattern.shape == (1, N_HEADS, N, N)
    assert (found.layers[0].pattern.sum(-1) < 0.999).any()


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("name", ["Llama", "Qwen2", "Gemma 2", "Gemma 3", "GPT-2", "GPT-NeoX, parallel"])
def test_half_precision_weights_are_used_in_float32(name: str, dtype: torch.dtype) -> None:
    """Bitwise the logits, patterns and writes of a copy of the model in float32."""
    ids = some_ids(N)
    half, single = random_model(SUPPORTED[name], dtype), random_model(SUPPORTED[name], dtype).float()
    ours, copy = (record(model, embedded(model, ids), range(N)) for model in (half, single))
    assert next(half.parameters()).dtype == dtype
    assert ours.logits.dtype == torch.float32
    assert torch.equal(ours.logits, copy.logits)
    for one, other in zip(ours.layers, copy.layers, strict=True):
        assert torch.equal(one.pattern, other.pattern)
        assert torch.equal(one.mlp_write, other.mlp_write)


def test_gradients_are_the_models(supported: Any, ids: torch.Tensor) -> None:
    """Towards the embeddings they are those of a plain pass, and the heads' tensors lie on their way: z and what it is
    made of say the same of f."""
    given = embedded(supported, ids).requires_grad_()
    (plain_gradient,) = torch.autograd.grad(run(supported, given)[0, 0, 5], given)
    found = record(supported, given)
    f = found.logits[0, 0, 5]
    heads = [
        each for layer in found.layers for each in (layer.z, layer.v, layer.q, layer.k_transposed, layer.x)
    ]
    gradient, *of_heads = torch.autograd.grad(f, [given, *heads])
    torch.testing.assert_close(gradient, plain_gradient, rtol=1e-3, atol=1e-5)
    assert all(bool(each.any()) for each in of_heads)
    for layer, of_z, of_v in zip(found.layers, of_heads[::5], of_heads[1::5], strict=True):
        torch.testing.assert_close(of_v, layer.pattern.transpose(-1, -2) @ of_z, rtol=1e-3, atol=1e-5)
    assert not any(held.value.requires_grad for held in found.tape)


def test_gradients_do_not_go_to_weights(model_of: Callable[[str], Any]) -> None:
    model = model_of("Llama")
    given = embedded(model, some_ids(N)).requires_grad_()
    weights = [model.lm_head.weight, model.model.layers[0].self_attn.q_proj.weight]
    assert all(weight.requires_grad for weight in weights)
    found = record(model, given)
    reached: Any = torch.autograd.grad(found.logits[0, 0, 5], weights, allow_unused=True)
    assert reached == (None, None)


def test_attention_that_is_not_eager_is_refused_with_the_remedy() -> None:
    model = random_model(SUPPORTED["Llama"], attention="sdpa")
    with pytest.raises(UnsupportedArchitecture) as refused:
        record(model, embedded(model, some_ids(N)))
    assert refused.value.architecture == "LlamaForCausalLM"
    assert "attn_implementation='eager'" in refused.value.why
    assert hooks(model) == 0


def test_a_layer_that_writes_elsewhere_is_refused_with_the_error() -> None:
    model = random_model(SUPPORTED["Llama"])
    decoder_layers(model)[1].register_forward_hook(lambda _, __, out: out * 1.01)
    with pytest.raises(
        UnsupportedArchitecture, match=r"layer 1 is not its input plus what it writes \(error 0\.0099\)"
    ):
        record(model, embedded(model, some_ids(N)))


def test_a_model_without_a_list_of_its_layers_is_refused() -> None:
    model = random_model(SUPPORTED["Llama"])
    model.config.num_hidden_layers = N_LAYERS + 1
    with pytest.raises(UnsupportedArchitecture, match=f"it has no list of {N_LAYERS + 1} layers"):
        record(model, embedded(model, some_ids(N)))
