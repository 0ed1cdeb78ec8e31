"""Heads changed in a plain pass."""

from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.changed import run_changed
from ingest.attribution.internals.passes.model import decoder_layers, run
from ingest.attribution.internals.passes.record import Recording
from tests.support.models.architectures import N_HEADS, N_LAYERS

pytestmark = pytest.mark.slow

N = 12


def test_no_change_is_the_plain_pass(supported: Any, recording: Recording) -> None:
    seen: list[int] = []

    def look(layer: int, z: torch.Tensor) -> torch.Tensor:
        seen.append(layer)
        assert torch.equal(z, recording.layers[layer].z)
        return z

    assert torch.equal(run_changed(supported, recording.embeddings, look, range(N)), recording.logits)
    assert seen == list(range(N_LAYERS))


def test_heads_are_ablated_together_as_alone(supported: Any, recording: Recording) -> None:
    """Item i of a batch without head i of layer 1 is the pass without that head."""

    def without(heads: list[int]) -> torch.Tensor:
        def cut(layer: int, z: torch.Tensor) -> torch.Tensor:
            if layer == 1:
                z = z.clone()
                z[range(len(heads)), heads] = 0.0
            return z

        return run_changed(supported, recording.embeddings.expand(len(heads), -1, -1), cut)

    together = without(list(range(N_HEADS)))
    assert (together - recording.logits[:, -1:]).abs().amax(dim=(1, 2)).min() > 1e-3
    for head in range(N_HEADS):
        torch.testing.assert_close(together[head], without([head])[0], rtol=1e-4, atol=1e-5)


def test_a_layer_without_heads_writes_its_bias_alone(supported: Any, recording: Recording) -> None:
    """The module's own attention, given nothing but zeros for z, by hooks of PyTorch's."""
    weight = recording.layers[1].output_weight.flatten(0, 1)
    module = next(
        each
        for each in decoder_layers(supported)[1].modules()
        if getattr(each, "weight", None) is not None
        and each.weight.ndim == 2
        and (torch.equal(each.weight, weight) or torch.equal(each.weight, weight.T))  # type: ignore[arg-type]
    )
    handle = module.register_forward_pre_hook(lambda _, args: (torch.zeros_like(args[0]),))
    by_hooks = run(supported, recording.embeddings, range(N))
    handle.remove()
    ours = run_changed(
        supported, recording.embeddings, lambda layer, z: torch.zeros_like(z) if layer == 1 else z, range(N)
    )
    assert torch.equal(ours, by_hooks)
