"""Zero ablation: every head taken out of the model in turn, and what the prediction loses by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from ingest.attribution.internals.passes.changed import run_changed
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.passes.replay import replay_bytes
from ingest.attribution.internals.prediction.heads import Scores
from ingest.attribution.internals.prediction.objective import Objective
from ingest.attribution.internals.prediction.tokens import Progress

AT_ONCE = 32
"""Passes in a batch."""


@dataclass(frozen=True, eq=False)
class Ablation:
    """`effect` (n_layers, n_heads): f less f without the head, so above 0 where the head supports the prediction.

    `error`: how far f of a batch's pass with all heads is from the recorded f, as a share of the largest effect.
    """

    effect: Scores
    error: float


@torch.no_grad()
def ablate_heads(
    model: Any,
    recording: Recording,
    objective: Objective,
    most_bytes: int | None = None,
    on_progress: Progress | None = None,
) -> Ablation:
    """All heads of the model, one a pass, at all positions. `most_bytes`: what a batch may take, one pass at least."""
    n_layers, n_heads = len(recording.layers), recording.n_heads
    heads: list[tuple[int, int] | None] = [
        None,
        *((layer, head) for layer in range(n_layers) for head in range(n_heads)),
    ]
    at_once = AT_ONCE if most_bytes is None else max(1, min(AT_ONCE, most_bytes // replay_bytes(recording)))
    found = []
    for first in range(0, len(heads), at_once):
        some = heads[first : first + at_once]
        logits = run_changed(
            model,
            recording.embeddings.detach().expand(len(some), -1, -1),
            partial(_without, some),
            [objective.position],
        )
        found.append(objective.of_logits(logits))
        if on_progress is not None:
            on_progress(first + len(some), len(heads))
    values = torch.cat(found)
    whole, effect = values[0], (values[0] - values[1:]).reshape(n_layers, n_heads)
    largest = float(effect.abs().max())
    missed = abs(float(whole) - objective.of_recording(model, recording))
    return Ablation(effect.cpu().numpy(), missed / largest if largest else missed)


def _without(heads: Sequence[tuple[int, int] | None], layer: int, z: torch.Tensor) -> torch.Tensor:
    """z (B, n_heads, n, d_head) of a layer, without each item's own head where it is of that layer."""
    items = [(item, at[1]) for item, at in enumerate(heads) if at is not None and at[0] == layer]
    if not items:
        return z
    z = z.clone()
    of_items, of_heads = zip(*items, strict=True)
    z[list(of_items), list(of_heads)] = 0.0
    return z
