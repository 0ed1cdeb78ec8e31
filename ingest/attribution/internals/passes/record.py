"""The recorded pass: what every layer did, and a tape of its nonlinear places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.model import hidden_state, unembedded
from ingest.attribution.internals.passes.tape import Held, Place
from ingest.attribution.internals.passes.watch import Product, Watch

WRITES_TOLERANCE = 1e-3
"""Largest error of a layer's input plus what it writes, as a share of its output."""
NEAR_ZERO = 1e-4
"""Where the slope of an activation at 0 is taken."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A pass of one prompt of n tokens, its patterns and logits bitwise the plain model's.

    shapes: embeddings (1, n, d_model), what the pass started from; positional (1, n, d_model), what learned positions
    add to it, None where there are none; layers with B = 1; scores, of each layer what its
    softmax received (1, n_heads, n, n), masked places at the type's lowest value or -inf; hidden (1, n, d_model) the
    final norm's output; logits (1, n_positions, n_vocabulary) at `positions`, before any cap.
    `writes_error`: the largest error of a layer's input plus its writes, as a share of its output, at any position.
    """

    embeddings: torch.Tensor
    positional: torch.Tensor | None
    layers: list[Layer]
    scores: list[torch.Tensor]
    hidden: torch.Tensor
    logits: torch.Tensor
    positions: tuple[int, ...]
    tape: list[Held]
    writes_error: float

    @property
    def n(self) -> int:
        """Tokens."""
        return self.embeddings.shape[1]

    @property
    def n_heads(self) -> int:
        return self.layers[0].z.shape[1]


class Recorder(Watch):
    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.layers: list[Layer] = []
        self.seen_scores: list[torch.Tensor] = []
        self.tape: list[Held] = []
        self.positional: torch.Tensor | None = None
        self._activation_place = 0

    def scale(self, compute: Product, like: torch.Tensor) -> torch.Tensor:
        value = super().scale(compute, like)
        self._hold(Place.SCALE, value)
        return value

    def embeds(self, out: torch.Tensor) -> None:
        self.positional = out.detach() if self.positional is None else self.positional + out.detach()

    def scores(self, scores: torch.Tensor) -> None:
        self.seen_scores.append(scores)

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        self._hold(Place.PATTERN, pattern)
        # Sinks have a column of scores that is no key's.
        self.seen_scores[-1] = self.seen_scores[-1][..., : pattern.shape[-1]]
        return super().mix(multiply, pattern, v)

    def activation(self, module: nn.Module, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            at_zero = module.forward(x.new_tensor([NEAR_ZERO])) / NEAR_ZERO
            slope = torch.where(x == 0, at_zero, out / torch.where(x == 0, 1.0, x))
        self._hold(Place.SLOPE, slope)
        self._activation_place = len(self.tape) - 1
        return out

    def gated(self, activation: torch.Tensor) -> None:
        at = self._activation_place
        self.tape[at] = Held(Place.GATE, self.tape[at].layer, activation.detach())

    def goes_out(self, layer: Layer) -> None:
        self.layers.append(layer)

    def _hold(self, place: Place, value: torch.Tensor) -> None:
        self.tape.append(Held(place, self.layer_number, value.detach()))


def record(model: Any, embeddings: torch.Tensor, positions: Sequence[int] = (-1,)) -> Recording:
    """The pass from `embeddings` (1, n, d_model), with logits at `positions`. It has gradients where `embeddings` asks
    for them.

    Raises UnsupportedArchitecture where a layer is not understood, or is not its input plus what it writes.
    """
    watch = Recorder(model)
    with torch.set_grad_enabled(embeddings.requires_grad), watch:
        hidden = hidden_state(model, embeddings)
        logits = unembedded(model, hidden, positions)
    if len(watch.layers) != len(watch.decoder_layers):
        raise watch.refusal(f"{len(watch.layers)} of {len(watch.decoder_layers)} layers ran")
    error = 0.0
    for layer in watch.layers:
        of_layer = writes_error(layer)
        if not of_layer < WRITES_TOLERANCE:
            raise watch.refusal(
                f"layer {layer.number} is not its input plus what it writes (error {of_layer:.2g})"
            )
        error = max(error, of_layer)
    return Recording(
        embeddings=embeddings,
        positional=watch.positional,
        layers=watch.layers,
        scores=watch.seen_scores,
        hidden=hidden,
        logits=logits,
        positions=tuple(positions),
        tape=watch.tape,
        writes_error=error,
    )


@torch.no_grad()
def writes_error(layer: Layer) -> float:
    """How far a layer's input plus its writes is from its output, as a share of the output, at the worst position."""
    left = layer.x + layer.attention_write + layer.mlp_write - layer.out
    return float((left.norm(dim=-1) / layer.out.norm(dim=-1)).max())
