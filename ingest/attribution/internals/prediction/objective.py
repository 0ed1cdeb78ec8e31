"""The number that is attributed: how much the model prefers a token, to another one, at a position of the prompt."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

import torch

from ingest.attribution.internals.passes.model import Float32, run, unembedded
from ingest.attribution.internals.passes.record import Recording
from queries.errors import InvalidRequest


class Second(Enum):
    SECOND = "the most probable token but the target"


SECOND: Final = Second.SECOND
Foil: TypeAlias = int | Literal[Second.SECOND] | None
"""A token id; None for no foil."""


@dataclass(frozen=True)
class Objective:
    """f = logit[target] - logit[foil] at `position`, before any cap or multiplier of the model's; without a foil, the
    target's logit."""

    position: int
    target: int
    foil: int | None

    def of(self, model: Any, embeddings: torch.Tensor) -> torch.Tensor:
        """(B,): f of plain passes from `embeddings` (B, n, d_model). Other positions are not unembedded."""
        return self.of_logits(run(model, embeddings, [self.position]))

    def of_logits(self, logits: torch.Tensor) -> torch.Tensor:
        """(B,): f of logits (B, 1, n_vocabulary) at the position."""
        at = logits[:, 0]
        return at[:, self.target] if self.foil is None else at[:, self.target] - at[:, self.foil]

    @torch.no_grad()
    def of_recording(self, model: Any, recording: Recording) -> float:
        """f of the recorded prompt."""
        with Float32():
            return float(self.of_logits(unembedded(model, recording.hidden, [self.position])))


def the_objective(
    model: Any, recording: Recording, position: int = -1, target: int | None = None, foil: Foil = SECOND
) -> Objective:
    """What is asked of the recorded prompt. `position` may be counted from the end; the target is the most probable
    token there unless one is named.

    Raises InvalidRequest.
    """
    n = recording.n
    if not -n <= position < n:
        raise InvalidRequest("position", f"the prompt's are 0 to {n - 1}, not {position}")
    position %= n
    with torch.no_grad(), Float32():
        logits = unembedded(model, recording.hidden, [position])[0, 0]
    for name, token in (("target", target), ("foil", foil)):
        if isinstance(token, int) and not 0 <= token < len(logits):
            raise InvalidRequest(
                name, f"there is no token {token}: this model's are 0 to {len(logits) - 1:,}"
            )
    if target is None:
        target = int(logits.argmax())
    other: int | None
    if isinstance(foil, Second):
        best, second = logits.topk(2).indices.tolist()
        other = best if best != target else second
    else:
        other = foil
    if other == target:
        raise InvalidRequest("foil", "it is the target itself")
    return Objective(position, target, other)
