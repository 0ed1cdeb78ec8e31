"""What a pass of a model holds at its value in the unmodified one, and the unmodified pass."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import torch

from queries.graph.arrays import Floats, Ints

Place: TypeAlias = tuple[int, int, int]
"""Layer, position and index of a feature."""
LayerOutput: TypeAlias = Callable[[int, torch.Tensor, torch.Tensor], torch.Tensor]
"""A layer's new output, from its number, its features' input and its MLP's output, (B, n_positions, d_model) each."""


class Conditions(StrEnum):
    """What is held at its value in the unmodified pass while the rest of the model answers to a change."""

    MODEL = "model"
    """Nothing: what the model does."""
    ATTENTION = "attention"
    """Attention patterns: circuit-tracer's default."""
    GRAPH = "graph"
    """Attention patterns and the scales of all norms: what an attribution graph assumes."""
    CONSTRAINED = "constrained"
    """These, and the outputs of MLPs: direct effects only, since nothing comes through features."""

    @property
    def holds_attention(self) -> bool:
        return self is not Conditions.MODEL

    @property
    def holds_norms(self) -> bool:
        return self in (Conditions.GRAPH, Conditions.CONSTRAINED)


@dataclass(frozen=True, eq=False)
class Baseline:
    """The pass of the unmodified prompt. Logits are from before the cap that some models put on them.

    shapes: ids (n_positions,); logits (n_vocabulary,) at the last position; attention, of each layer, (1, n_heads,
    n_positions, n_positions); scales, of each norm location and layer, (1, n_positions, 1); inputs and outputs, of each
    layer, (1, n_positions, d_model); activations (n_layers, n_positions, n_features), 0 where attribution has none.
    """

    ids: torch.Tensor
    logits: torch.Tensor
    attention: list[torch.Tensor]
    scales: list[list[torch.Tensor]]
    inputs: list[torch.Tensor]
    outputs: list[torch.Tensor]
    activations: torch.Tensor

    def active(self) -> tuple[Ints, Floats]:
        """The places (n_active, 3) of the active features, by layer, position and index, and their activations."""
        places = self.activations.nonzero()
        values = self.activations[places.unbind(1)]
        return places.cpu().numpy(), values.double().cpu().numpy()

    def value(self, place: Place) -> float:
        return float(self.activations[place])


class Recorded(NamedTuple):
    """What a backend records of the unmodified pass, as `Baseline` has it."""

    logits: torch.Tensor
    attention: list[torch.Tensor]
    scales: list[list[torch.Tensor]]
    inputs: list[torch.Tensor]
    outputs: list[torch.Tensor]
