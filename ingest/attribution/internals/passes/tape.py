"""What a pass did at each of its nonlinear places, in their order, for a replay to do again."""

from dataclasses import dataclass
from enum import StrEnum

import torch


class Place(StrEnum):
    SCALE = "a norm"
    """Held: the scale of a norm (1, …, 1), of queries' and keys' norms too."""
    PATTERN = "an attention pattern"
    """Held: the pattern (1, n_heads, n, n)."""
    GATE = "a gate"
    """Held: an activation that another tensor is multiplied by (1, n, d_mlp)."""
    SLOPE = "an activation"
    """Held: an activation divided by what it is of (1, n, d_mlp)."""


class Diverged(RuntimeError):
    """A replay came to other nonlinear places than the recorded pass, as mixtures of experts do."""


@dataclass(frozen=True, eq=False)
class Held:
    """One place of a pass. `layer` is None before the first and after the last."""

    place: Place
    layer: int | None
    value: torch.Tensor


class Reading:
    """A tape while it is replayed, on positions from `start` on."""

    def __init__(self, tape: list[Held], start: int) -> None:
        self._tape, self._start, self._next = tape, start, 0

    def next(self, places: tuple[Place, ...], like: torch.Tensor) -> Held:
        """The next place with its value cut to the replay's positions, which are told by the shape of `like`.

        Raises Diverged where the recorded pass came to another place, or to one of another shape.
        """
        if self._next == len(self._tape):
            raise Diverged(f"a replay came to {places[0]} that the pass did not have")
        held = self._tape[self._next]
        self._next += 1
        if held.place not in places:
            raise Diverged(f"a replay came to {places[0]} where the pass came to {held.place}")
        return Held(held.place, held.layer, self._cut(held, like))

    def end(self) -> None:
        """Raises Diverged where places of the tape were not reached."""
        if self._next != len(self._tape):
            raise Diverged(f"a replay ended before {self._tape[self._next].place} that the pass had")

    def _cut(self, held: Held, like: torch.Tensor) -> torch.Tensor:
        value = held.value
        if value.ndim < 3:
            raise Diverged(f"{held.place} is not of whole sequences, but of tokens that the pass chose")
        if value.ndim != like.ndim:
            raise Diverged(f"{held.place} has other dimensions in a replay")
        for axis in range(1, value.ndim):
            size, wanted = value.shape[axis], like.shape[axis]
            if size == wanted:
                continue
            if size != wanted + self._start:
                raise Diverged(f"{held.place} has another size in a replay")
            value = value.narrow(axis, self._start, wanted)
        return value
