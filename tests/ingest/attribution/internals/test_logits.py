"""Logits are the sums of what components write: by the definition, and in every architecture."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.internals import logits as module
from ingest.attribution.internals.logits import (
    Towards,
    logit_attribution,
    towards_direction,
    towards_tokens,
    towards_vocabulary,
)
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from queries.errors import InvalidRequest
from queries.internals.logits import LogitAttribution, sums_and_sizes
from tests.support.models.architectures import (
    MIXTURES,
    N_HEADS,
    N_LAYERS,
    N_VOCABULARY,
    SUPPORTED,
    random_model,
    some_ids,
)

pytestmark = pytest.mark.slow

N = 12
WITHOUT_BIASES = (
    "Llama",
    "Mistral",
    "Qwen3",
    "Phi-3",
    "OLMo-2",
    "Cohere",
    "Granite",
    "Gemma",
    "Gemma 2",
    "Gemma 3",
)
PARTS = ("cells", "attention_bias", "mlp", "embedding", "positional", "final", "logit")


def recorded(model: Any) -> Recording:
    return record(model, embedded(model, some_ids(N)), range(N))


def attributed(model: Any, recording: Recording, towards: Towards) -> LogitAttribution:
    found = logit_attribution(model, recording, towards)
    assert found.why is None
    assert found.attribution is not None
    assert found.attribution.error == found.error
    return found.attribution


def assert_adds_up(found: LogitAttribution, logit: np.ndarray) -> None:
    sums, _ = sums_and_sizes(found)
    assert np.abs(sums - logit).max() < 1e-6 * np.abs(logit).max()
    assert np.array_equal(found.logit, logit)
    assert found.error < 1e-6


def test_components_add_up_to_the_most_probable_logits(supported: Any, recording: Recording) -> None:
    found = attributed(supported, recording, towards_tokens(supported, recording))
    logits = recording.logits[0].numpy()
    assert found.tokens is not None and found.foils is None
    assert np.array_equal(found.tokens, logits.argmax(-1))
    assert_adds_up(found, logits.max(-1))
    assert found.cells.shape == (N_LAYERS, N_HEADS, N, N)
    assert found.attention_bias.shape == found.mlp.shape == (N_LAYERS, N)
    assert not found.cells[..., np.triu(np.ones((N, N), dtype=bool), 1)].any()
    assert np.abs(found.heads).max() > 0.01
    assert all(getattr(found, name).dtype == np.float32 for name in PARTS)


@pytest.mark.parametrize("name", MIXTURES)
def test_those_of_mixtures_of_experts_too(model_of: Callable[[str], Any], name: str) -> None:
    model = model_of(name)
    recording = recorded(model)
    found = attributed(model, recording, towards_tokens(model, recording))
    assert_adds_up(found, recording.logits[0].amax(-1).numpy())


@pytest.mark.parametrize("name", WITHOUT_BIASES)
def test_models_without_biases_have_none(model_of: Callable[[str], Any], name: str) -> None:
    """What is left of a logit when the last residual stream's part is taken is nothing."""
    model = model_of(name)
    recording = recorded(model)
    found = attributed(model, recording, towards_tokens(model, recording))
    largest = np.abs(found.logit).max()
    assert not found.final.any()
    assert np.abs(found.attention_bias).max() < 1e-6 * largest
    assert not found.positional.any()


def test_a_cell_is_its_definition(model_of: Callable[[str], Any]) -> None:
    """A Llama: the final norm's weight and scale, and the token's row of the unembedding."""
    model = model_of("Llama")
    recording = recorded(model)
    found = attributed(model, recording, towards_tokens(model, recording, 7))
    assert found.tokens is not None and found.tokens.tolist() == [7] * N
    last = recording.layers[-1].out[0].double()
    scale = (last.pow(2).mean(-1, keepdim=True) + model.config.rms_norm_eps).rsqrt()
    g = scale * (model.model.norm.weight * model.lm_head.weight[7]).detach().double()
    for number, layer in enumerate(recording.layers):
        written = torch.einsum("hkd,hde->hke", layer.v[0].double(), layer.output_weight.double())
        cells = layer.pattern[0].double() * torch.einsum("hke,qe->hqk", written, g)
        assert np.allclose(found.cells[number], cells, rtol=1e-4, atol=1e-6)
        assert np.allclose(found.mlp[number], (layer.mlp_write[0] * g).sum(-1), rtol=1e-4, atol=1e-6)
    assert np.allclose(found.embedding, (recording.embeddings[0] * g).sum(-1), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["Gemma 2", "OLMo-2", "Granite"])
def test_a_cell_goes_through_what_comes_after_the_projection(
    model_of: Callable[[str], Any], name: str
) -> None:
    """Norms after attention and multipliers scale each channel of what heads write: here as found in the recording."""
    model = model_of(name)
    recording = recorded(model)
    found = attributed(model, recording, towards_tokens(model, recording, 7))
    layer, last = recording.layers[1], recording.layers[-1].out[0]
    weight = model.model.norm.weight + (1.0 if name == "Gemma 2" else 0.0)
    scale = (last.pow(2).mean(-1, keepdim=True) + model.config.rms_norm_eps).rsqrt()
    g = scale * weight * model.get_output_embeddings().weight[7]
    channel = layer.attention_write[0] / layer.projected.reshape(N, -1)
    written = torch.einsum("hkd,hde->hke", layer.v[0], layer.output_weight)
    cells = layer.pattern[0] * torch.einsum("hke,qe->hqk", written, g * channel)
    assert np.allclose(found.cells[1], cells.detach(), rtol=1e-3, atol=1e-5)


def test_biases_and_positions_are_components(model_of: Callable[[str], Any]) -> None:
    """Those of a GPT-2, carried through the last norm, which centres."""
    model = model_of("GPT-2")
    recording = recorded(model)
    found = attributed(model, recording, towards_tokens(model, recording, 7))
    transformer, row = model.transformer, model.lm_head.weight[7].detach()
    last = recording.layers[-1].out[0]
    scale = (last.var(-1, unbiased=False, keepdim=True) + 1e-5).rsqrt()
    towards = transformer.ln_f.weight.detach() * row
    g = scale * (towards - towards.mean())
    bias = transformer.h[1].attn.c_proj.bias.detach()

    def close(found: np.ndarray, wanted: Any) -> bool:
        return np.allclose(found, wanted, rtol=1e-3, atol=1e-5)

    assert close(found.final, float(transformer.ln_f.bias.detach() @ row))
    assert close(found.positional, (transformer.wpe.weight[:N].detach() * g).sum(-1))
    assert close(found.attention_bias[1], g @ bias)
    assert np.abs(found.attention_bias[1]).max() > 0.01


def test_a_foil_is_subtracted(supported: Any, recording: Recording) -> None:
    def towards(tokens: Any, foils: Any = None) -> LogitAttribution:
        return attributed(supported, recording, towards_tokens(supported, recording, tokens, foils))

    targets = [5, 6] * (N // 2)
    found, swapped, target, foil = (
        towards(targets, 9),
        towards(9, targets),
        towards(targets),
        towards(9),
    )
    logits = recording.logits[0].numpy()
    assert np.array_equal(found.logit, logits[range(N), targets] - logits[:, 9])
    assert found.tokens is not None and found.foils is not None
    assert (found.tokens.tolist(), found.foils.tolist()) == (targets, [9] * N)
    for name in PARTS:
        one = getattr(found, name)
        assert np.allclose(one, -getattr(swapped, name), rtol=1e-4, atol=1e-5)
        assert np.allclose(one, getattr(target, name) - getattr(foil, name), rtol=1e-4, atol=1e-5)


def test_directions_and_weights_of_tokens(supported: Any, recording: Recording) -> None:
    """A difference of two tokens as weights of the vocabulary, and as a direction, which has no unembedding's bias."""
    by_tokens = attributed(supported, recording, towards_tokens(supported, recording, 5, 9))
    weights = np.zeros(N_VOCABULARY)
    weights[5], weights[9] = 1, -1
    by_weights = attributed(supported, recording, towards_vocabulary(supported, recording, weights))
    unembedding = supported.get_output_embeddings()
    row = (unembedding.weight[5] - unembedding.weight[9]).detach().numpy()
    by_direction = attributed(supported, recording, towards_direction(recording, np.stack([row] * N)))
    bias = 0.0 if unembedding.bias is None else float((unembedding.bias[5] - unembedding.bias[9]).detach())
    for name in PARTS:
        wanted = getattr(by_tokens, name)
        assert np.allclose(getattr(by_weights, name), wanted, rtol=1e-4, atol=1e-5)
        less = bias if name in ("final", "logit") else 0.0
        assert np.allclose(getattr(by_direction, name), wanted - less, rtol=1e-4, atol=1e-5)
    assert by_direction.tokens is None
    single = attributed(supported, recording, towards_direction(recording, row))
    assert np.array_equal(single.cells, by_direction.cells)


def test_logits_are_read_some_positions_at_a_time(
    model_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("Gemma 2")
    recording = recorded(model)
    whole = towards_tokens(model, recording, None, 3)
    monkeypatch.setattr(module, "LOGIT_BYTES", 4 * N_VOCABULARY * 5)
    parts = towards_tokens(model, recording, None, 3)
    assert whole.tokens is not None and parts.tokens is not None
    assert np.array_equal(whole.tokens, parts.tokens)
    torch.testing.assert_close(whole.logit, parts.logit)


@pytest.mark.parametrize("name", ["Gemma 2", "GPT-2", "Phi"])
def test_half_precision_is_used_in_float32(name: str) -> None:
    model, copy = (random_model(SUPPORTED[name], torch.bfloat16) for _ in range(2))
    copy = copy.float()
    half, single = (
        attributed(each, recording, towards_tokens(each, recording))
        for each, recording in ((model, recorded(model)), (copy, recorded(copy)))
    )
    for part in PARTS:
        assert np.allclose(getattr(half, part), getattr(single, part), rtol=1e-4, atol=1e-5), part


def test_sums_that_are_not_the_logits_are_not_shown(model_of: Callable[[str], Any]) -> None:
    """The logits of another prompt."""
    model = model_of("Llama")
    recording, other = recorded(model), record(model, embedded(model, some_ids(N).flip(0)))
    found = logit_attribution(
        model, recording, towards_tokens(model, replace(recording, hidden=other.hidden), 7)
    )
    assert found.attribution is None
    assert found.error > 0.01
    assert found.why == (
        f"Logit attribution is not shown: components miss the logits by {found.error:.2g} of their sizes."
    )


def test_nothing_is_left_in_the_model(model_of: Callable[[str], Any]) -> None:
    model = model_of("Llama")
    recording = recorded(model)
    towards = towards_tokens(model, recording)
    one, again = (attributed(model, recording, towards) for _ in range(2))
    assert all(parameter.grad is None for parameter in model.parameters())
    assert np.array_equal(one.cells, again.cells)


@pytest.mark.parametrize(
    ("tokens", "foils", "parameter", "why"),
    [
        ([1, 2], None, "target", "has 2 tokens; the prompt has 12"),
        (N_VOCABULARY, None, "target", "97 is no token; they are 0 to 96"),
        (None, -1, "foil", "-1 is no token; they are 0 to 96"),
    ],
)
def test_tokens_that_are_not_there_are_refused(
    model_of: Callable[[str], Any], tokens: Any, foils: Any, parameter: str, why: str
) -> None:
    model = model_of("Llama")
    with pytest.raises(InvalidRequest) as refused:
        towards_tokens(model, recorded(model), tokens, foils)
    assert (refused.value.parameter, refused.value.why) == (parameter, why)


@pytest.mark.parametrize(
    ("direction", "why"),
    [
        (np.zeros(31), "has the shape 31; give 32 numbers, or 12 x 32"),
        (np.zeros((3, 32)), "has the shape 3 x 32; give 32 numbers, or 12 x 32"),
        (np.full(32, np.nan), "has numbers that are not finite"),
    ],
)
def test_directions_that_are_none_are_refused(
    model_of: Callable[[str], Any], direction: np.ndarray, why: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        towards_direction(recorded(model_of("Llama")), direction)
    assert (refused.value.parameter, refused.value.why) == ("direction", why)
