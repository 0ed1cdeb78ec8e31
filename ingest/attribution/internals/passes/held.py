"""A plain pass whose gradients take the scales of norms for constants: what it writes to the residual stream adds up.

Unlike a replay it needs no tape, and runs in models that no replay can follow, such as mixtures of experts. Gradients
go from a layer's write to its heads' z, and from the final norm's output to the last layer's; nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.model import hidden_state
from ingest.attribution.internals.passes.norms import FusedNorm
from ingest.attribution.internals.passes.watch import Product, Watch


@dataclass(frozen=True, eq=False)
class HeldPass:
    """shapes: last and hidden (1, n, d_model), the last layer's output and the final norm's; bias (d_model,) of the
    final norm, None where it has none."""

    last: torch.Tensor
    hidden: torch.Tensor
    bias: torch.Tensor | None


class Held(Watch):
    def __init__(self, model: nn.Module, ended: Callable[[Layer], None]) -> None:
        super().__init__(model)
        self.ended = ended
        self.last: torch.Tensor | None = None
        self.bias: torch.Tensor | None = None

    def comes_in(self, number: int, x: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        return x.detach()

    def scale(self, compute: Product, like: torch.Tensor) -> torch.Tensor:
        return super().scale(compute, like).detach()

    def fused_norm(self, norm: FusedNorm, normalised: torch.Tensor) -> torch.Tensor:
        if self.last is not None:
            self.bias = norm.bias
        return norm.weighted(normalised)

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        used, z = super().mix(multiply, pattern, v)
        return used, z.detach().requires_grad_()

    def goes_out(self, layer: Layer) -> None:
        if layer.number == len(self.decoder_layers) - 1:
            self.last = layer.out
        self.ended(layer)


def run_held(model: Any, embeddings: torch.Tensor, ended: Callable[[Layer], None]) -> HeldPass:
    """The pass from `embeddings` (1, n, d_model), which tells `ended` of each layer in turn."""
    watch = Held(model, ended)
    with torch.enable_grad(), watch:
        hidden = hidden_state(model, embeddings)
    assert watch.last is not None
    bias = None if watch.bias is None else watch.bias.detach().float()
    return HeldPass(last=watch.last, hidden=hidden, bias=bias)
