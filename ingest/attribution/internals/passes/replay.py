"""A replayed pass: the arithmetic of a recorded one with its tape in place of norms' scales, patterns and activations.

It is affine in what comes into layer 0, so that it can be split by source. A batch's first item is usually all zeros:
it carries the biases alone, and is subtracted from the others (`without_bias`). Another may write in place of MLPs, as
transcoders do; the replay is affine in what it writes too.
"""
# ruff: noqa: ARG002  # what is held replaces what a pass computes

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn

from ingest.attribution.internals.passes.layer import Block, Layer, MlpReads
from ingest.attribution.internals.passes.model import hidden_state, unembedded
from ingest.attribution.internals.passes.norms import FusedNorm
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.passes.tape import Place, Reading
from ingest.attribution.internals.passes.watch import Product, Watch

MlpWrite: TypeAlias = Callable[[MlpReads], torch.Tensor]
"""What is written in place of an MLP's write (B, n - start, d_model), from what it may read."""
Ended: TypeAlias = Callable[[Layer], None]
"""Told of each layer when it has ended."""
CELL = 4
"""Bytes of a float32."""


@dataclass(frozen=True, eq=False)
class Replayed:
    """A replay of a batch of B on the positions from its start on.

    shapes: layers, empty where they were not kept; hidden (B, n - start, d_model); logits (B, n_positions,
    n_vocabulary).
    """

    layers: list[Layer]
    hidden: torch.Tensor
    logits: torch.Tensor


class Replay(Watch):
    def __init__(
        self,
        model: nn.Module,
        reading: Reading,
        x: torch.Tensor,
        mlp_write: MlpWrite | None,
        heads_apart: bool,
        ended: Ended,
    ) -> None:
        super().__init__(model)
        self.reading, self.x, self.ended = reading, x, ended
        self.mlp_write, self.heads_apart = mlp_write, heads_apart

    def comes_in(self, number: int, x: torch.Tensor) -> torch.Tensor:
        return self.x if number == 0 else x

    def scale(self, compute: Product, like: torch.Tensor) -> torch.Tensor:
        return self.reading.next((Place.SCALE,), like).value

    def fused_norm(self, norm: FusedNorm, normalised: torch.Tensor) -> torch.Tensor:
        return norm.weighted(normalised)

    def mix(
        self,
        multiply: Product,
        pattern: torch.Tensor,
        v: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        held = self.reading.next((Place.PATTERN,), pattern).value
        # This never repeats the pattern over the batch.
        z = torch.einsum("ahqk,bhkd->bhqd", held, v)
        return held, z.detach().requires_grad_() if self.heads_apart else z

    def activation(self, module: nn.Module, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
        held = self.reading.next((Place.GATE, Place.SLOPE), x)
        return held.value.expand_as(x) if held.place is Place.GATE else x * held.value

    def mlp_linear(self, multiply: Product, x: torch.Tensor, d_out: int) -> torch.Tensor:
        return multiply() if self.mlp_write is None else x.new_zeros(()).expand(*x.shape[:-1], d_out)

    def mlp_writes(self, block: Block) -> torch.Tensor | None:
        return None if self.mlp_write is None else self.mlp_write(block.mlp_reads())

    def goes_out(self, layer: Layer) -> None:
        self.ended(layer)


def replay(
    model: Any,
    recording: Recording,
    x: torch.Tensor,
    *,
    mlp_write: MlpWrite | None = None,
    heads_apart: bool = False,
    ended: Ended | None = None,
    start: int = 0,
    positions: Sequence[int] = (),
) -> Replayed:
    """The recorded pass again with `x` (B, n - start, d_model) as layer 0's input, on the positions from `start` on.

    `mlp_write` writes in place of MLPs, which are not computed then. Layers are kept unless `ended` is given, which is
    told of each in turn instead. Logits are those at `positions`, counted from `start`. Gradients reach `x` where it
    asks for them; with `heads_apart` they end at z, so that none has passed a head. With `start`, queries and keys are
    those of other positions and mean nothing.

    Raises Diverged where the model does not run as it did, as mixtures of experts do.
    """
    layers: list[Layer] = []
    reading = Reading(recording.tape, start)
    watch = Replay(model, reading, x, mlp_write, heads_apart, ended or layers.append)
    # Layer 0's input is `x`, whatever the model makes of its embeddings: positions are in it.
    nothing = recording.embeddings.new_zeros(x.shape[0], x.shape[1], recording.embeddings.shape[-1])
    with torch.set_grad_enabled(x.requires_grad), watch:
        hidden = hidden_state(model, nothing)
        logits = unembedded(model, hidden, positions)
    reading.end()
    return Replayed(layers=layers, hidden=hidden, logits=logits)


def replay_bytes(recording: Recording) -> int:
    """Bytes that one item of a replay takes at most, its layers not kept: those of the layer that runs.

    Where no activation was seen, as in some mixtures of experts, an MLP is taken to be four times the stream's width.
    """
    first, n = recording.layers[0], recording.n
    d_mlp = max(
        (held.value.shape[-1] for held in recording.tape if held.place in (Place.GATE, Place.SLOPE)),
        default=4 * first.x.shape[-1],
    )
    of_heads = 5 * first.z.numel() + 3 * recording.scores[0].numel()
    return CELL * (n * (3 * d_mlp + 8 * first.x.shape[-1]) + of_heads)


def without_bias(values: torch.Tensor) -> torch.Tensor:
    """(B - 1, …): what each item but the first adds to the first, which is the pass of nothing but biases."""
    return values[1:] - values[:1]
