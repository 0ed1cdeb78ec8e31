"""What sources write, carried forward by replays, and what targets read, carried back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch

from ingest.attribution.internals.flow import sources_at_once
from ingest.attribution.internals.loadings.nodes import INPUT, Sources, Targets
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.passes.layer import MlpReads
from ingest.attribution.internals.passes.replay import Ended, Replayed, replay, replay_bytes
from queries.graph.arrays import Ints

TARGETS = 16
"""Items of a replay with gradients."""
Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) sources."""


def batches(replacement: LocalReplacement, sources: Sources, most_bytes: int | None) -> list[range]:
    """Rows of the sources, batch by batch."""
    at_once = sources_at_once(replacement.recording, most_bytes)
    return [range(first, min(first + at_once, len(sources))) for first in range(0, len(sources), at_once)]


def run_sources(
    replacement: LocalReplacement,
    sources: Sources,
    rows: range,
    *,
    start: int = 0,
    ended: Ended | None = None,
) -> Replayed:
    """The replay of a batch: nothing but biases, then each of the `rows` alone, on the positions from `start` on."""
    recording = replacement.recording
    chosen = np.flatnonzero((sources.source.numpy() >= rows.start) & (sources.source.numpy() < rows.stop))
    source, layer = sources.source[chosen].numpy(), sources.layer[chosen].numpy()
    position, item = sources.position[source] - start, source - rows.start + 1

    def add(written: torch.Tensor, number: int) -> torch.Tensor:
        here = np.flatnonzero(layer == number)
        written[item[here], position[here]] += sources.vector[chosen[here]]
        return written

    def write(reads: MlpReads) -> torch.Tensor:
        skip = replacement.skip(reads)
        return add(torch.zeros_like(reads.middle) if skip is None else skip, reads.number)

    nothing = recording.embeddings.new_zeros(1 + len(rows), recording.n - start, replacement.d_model)
    x = add(nothing, INPUT)
    return replay(replacement.model, recording, x, mlp_write=write, start=start, ended=ended)


@dataclass(frozen=True, eq=False)
class LastReach:
    """How targets read what reaches their position without a further head: the gradient of what a target reads.

    shapes: written (T, 1 + n_layers, d_model), to layer 0's input and to what each layer's MLP writes; heads (T,
    n_layers, n_heads, d_head), to z. All at the target's position, and zero of what comes after it.
    """

    written: torch.Tensor
    heads: torch.Tensor


@torch.enable_grad()
def last_reach(replacement: LocalReplacement, targets: Targets, most_bytes: int | None) -> LastReach:
    """The same for all targets. Those at different positions share an item of a replay, since none reaches another."""
    recording, n_layers = replacement.recording, replacement.n_layers
    n_heads, d_head = recording.n_heads, recording.layers[0].z.shape[-1]
    place = _place_at_position(targets.position)
    at_once = min(TARGETS, int(place.max(initial=0)) + 1)
    if most_bytes is not None:  # gradients keep all layers
        at_once = max(1, min(at_once, most_bytes // (n_layers * replay_bytes(recording))))
    new = recording.embeddings.new_zeros
    written = new(len(targets), 1 + n_layers, replacement.d_model)
    heads = new(len(targets), n_layers, n_heads, d_head)
    for first in range(0, int(place.max(initial=-1)) + 1, at_once):
        chosen = np.flatnonzero((place >= first) & (place < first + at_once))
        item, position = place[chosen] - first, targets.position[chosen]
        leaves: list[torch.Tensor] = []
        run = _run_nothing(replacement, int(item.max()) + 1, leaves, heads_apart=True)
        read = targets.read(replacement, run, chosen, item)
        of_heads = [layer.z for layer in run.layers]
        gradients = _gradients(read, [*leaves, *of_heads])
        for number, gradient in enumerate(gradients[: 1 + n_layers]):
            written[chosen, number] = gradient[item, position]
        for number, gradient in enumerate(gradients[1 + n_layers :]):
            heads[chosen, number] = gradient[item, :, position]
    return LastReach(written, heads)


@dataclass(frozen=True, eq=False)
class FullReach:
    """The same for one target by all ways. shapes: written (1 + n_layers, n, d_model); heads (n_layers, n_heads, n,
    d_head); past_heads (n_layers, n, d_model), to a layer's input, by what passes none of the layer's heads."""

    written: torch.Tensor
    heads: torch.Tensor
    past_heads: torch.Tensor


@torch.enable_grad()
def full_reach(replacement: LocalReplacement, targets: Targets, target: int) -> FullReach:
    """Of the target of this row."""
    leaves: list[torch.Tensor] = []
    run = _run_nothing(replacement, 1, leaves, heads_apart=False)
    read = targets.read(replacement, run, np.array([target]), np.array([0]))
    of_heads, inputs = [layer.z for layer in run.layers], [layer.x for layer in run.layers]
    written, to_heads, to_inputs = (_gradients(read, of) for of in (leaves, of_heads, inputs))
    past = [
        to_input - torch.autograd.grad(z, x, to_z, retain_graph=True)[0]
        for z, x, to_z, to_input in zip(of_heads, inputs, to_heads, to_inputs, strict=True)
    ]
    return FullReach(torch.cat(written), torch.cat(to_heads), torch.cat(past))


def _gradients(read: torch.Tensor, of: list[torch.Tensor]) -> list[torch.Tensor]:
    """Zeros where nothing of it is read."""
    found: Sequence[torch.Tensor | None] = torch.autograd.grad(read, of, allow_unused=True, retain_graph=True)
    return [torch.zeros_like(x) if each is None else each for x, each in zip(of, found, strict=True)]


def _run_nothing(
    replacement: LocalReplacement, n_items: int, leaves: list[torch.Tensor], heads_apart: bool
) -> Replayed:
    """A replay with gradients, which ask for no input since it is affine. `leaves` gets layer 0's input and what each
    layer's MLP writes."""
    recording = replacement.recording
    x = recording.embeddings.new_zeros(n_items, recording.n, replacement.d_model).requires_grad_()
    leaves.append(x)

    def write(reads: MlpReads) -> torch.Tensor:
        leaf = torch.zeros_like(reads.middle).requires_grad_()
        leaves.append(leaf)
        skip = replacement.skip(reads)
        return leaf if skip is None else leaf + skip

    return replay(replacement.model, recording, x, mlp_write=write, heads_apart=heads_apart)


def _place_at_position(position: Ints) -> Ints:
    """(T,) each target's number among those at its position."""
    place = np.zeros(len(position), dtype=np.int64)
    for each in np.unique(position):
        here = np.flatnonzero(position == each)
        place[here] = np.arange(len(here))
    return place
