"""A plain pass whose heads are changed, to ablate or patch them: nothing is held."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn

from ingest.attribution.internals.passes.model import hidden_state, unembedded
from ingest.attribution.internals.passes.watch import Product, Watch

Change: TypeAlias = Callable[[int, torch.Tensor], torch.Tensor]
"""What a layer's heads give out in place of z (B, n_heads, n, d_head), from the layer's number and that."""


class Changed(Watch):
    def __init__(self, model: nn.Module, change: Change) -> None:
        super().__init__(model)
        self.change = change

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        used, z = super().mix(multiply, pattern, v)
        assert self.layer_number is not None
        return used, self.change(self.layer_number, z)


@torch.no_grad()
def run_changed(
    model: Any, embeddings: torch.Tensor, change: Change, positions: Sequence[int] = (-1,)
) -> torch.Tensor:
    """(B, n_positions, n_vocabulary): logits of a pass from `embeddings` (B, n, d_model) with its heads changed, an
    item as its own pass would be."""
    with Changed(model, change):
        return unembedded(model, hidden_state(model, embeddings), positions)
