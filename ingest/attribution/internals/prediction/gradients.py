"""A prediction's gradients at every head, from one recorded pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.objective import Objective


@dataclass(frozen=True, eq=False)
class Gradients:
    """A recorded pass that has gradients, f, and f's gradients at what each layer's heads give out and take in.

    shapes: value (), in the pass; of each layer z, q, v (1, n_heads, n, d_head), k_transposed (1, n_heads, d_head, n).
    They hold the whole pass until they are let go.
    """

    recording: Recording
    value: torch.Tensor
    z: Sequence[torch.Tensor]
    q: Sequence[torch.Tensor]
    k_transposed: Sequence[torch.Tensor]
    v: Sequence[torch.Tensor]


def gradients_of(model: Any, embeddings: torch.Tensor, objective: Objective) -> Gradients:
    """Of the prompt with the token embeddings (1, n, d_model). Raises UnsupportedArchitecture."""
    recording = record(model, embeddings.detach().clone().requires_grad_(), [objective.position])
    value = objective.of_logits(recording.logits)[0]
    layers = recording.layers
    found = torch.autograd.grad(
        value,
        [each for layer in layers for each in (layer.z, layer.q, layer.k_transposed, layer.v)],
        retain_graph=True,
    )
    return Gradients(recording, value, found[::4], found[1::4], found[2::4], found[3::4])
