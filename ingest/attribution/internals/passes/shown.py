"""A plain pass that shows the attention patterns and keeps none."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from ingest.attribution.internals.passes.model import hidden_state
from ingest.attribution.internals.passes.watch import Product, Watch


class Shown(Watch):
    def __init__(self, model: nn.Module, shown: Callable[[torch.Tensor], None]) -> None:
        super().__init__(model)
        self.shown = shown

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        used, z = super().mix(multiply, pattern, v)
        self.shown(used)
        return used, z


@torch.no_grad()
def run_showing(model: Any, embeddings: torch.Tensor, shown: Callable[[torch.Tensor], None]) -> None:
    """The pass from `embeddings` (B, n, d_model); `shown` gets the pattern (B, n_heads, n, n) of each layer in turn."""
    with Shown(model, shown):
        hidden_state(model, embeddings)
