"""The automaton of a question's filters: a path's length, its sign, and the nodes that it must come through.

A state is one number for three facts about the walk so far, from a path's target back to its source:

    state = (length_state * n_signs + is_negative) * 2^n_items + met

`met` has a bit for each `through` item, set once the walk has met the item. With lengths of exactly 2 edges (length
states 0, 1, 2), a sign filter (n_signs 2) and one item, a walk of 1 edge of negative weight that has met the item is
in state (1 * 2 + 1) * 2 + 1 = 7.
"""

from dataclasses import dataclass

import numpy as np

from queries.graph.acyclic import Automaton
from queries.graph.arrays import Bools, Ints
from queries.words import Sign


@dataclass(frozen=True)
class LengthStates:
    """The allowed path lengths, as an automaton that counts the edges of a path.

    An edge moves it from state `s` to `step[s]` (-1: no further edge is allowed); a path may end where `accepts[s]`.
    """

    step: Ints
    accepts: Bools

    @classmethod
    def between(cls, min_length: int, max_length: int | None) -> "LengthStates":
        """A walk begins in state 0. Without a `max_length`, counting stops at `min_length`, which saves states."""
        last = min_length if max_length is None else max_length
        step = np.arange(1, last + 2)
        step[last] = last if max_length is None else -1
        lengths = np.arange(last + 1)
        return cls(step, lengths >= min_length)

    @classmethod
    def exactly(cls, longest: int) -> "LengthStates":
        """A walk that begins in state s has exactly s edges, for every s up to `longest`."""
        return cls(np.arange(-1, longest), np.arange(longest + 1) == 0)

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, eq=False)
class PathStates(Automaton):
    """The automaton of lengths, sign and `through` items. met (n_nodes,): the items that each node meets, as bits."""

    met: Ints
    per_length: int
    """States for each state of the lengths."""

    @classmethod
    def of(cls, n: int, lengths: LengthStates, through: list[Ints], sign: Sign | None) -> "PathStates":
        """`n` nodes. `through`: for each item the nodes that meet it; a path must contain one of them."""
        met = np.zeros(n, dtype=np.int64)
        for item, nodes in enumerate(through):
            met[nodes] |= 1 << item
        patterns, kind = np.unique(met, return_inverse=True)
        n_signs, n_met = 1 if sign in (None, "all-positive") else 2, 1 << len(through)
        length, is_negative, met_before = np.indices((len(lengths), n_signs, n_met))
        step = np.empty((len(patterns), 2, length.size), dtype=np.int64)
        for edge_is_negative in (0, 1):
            sign_after = is_negative ^ edge_is_negative if n_signs == 2 else 0
            after = lengths.step[length] * n_signs + sign_after
            for row, pattern in enumerate(patterns):
                moved = np.where(lengths.step[length] < 0, -1, after * n_met + (met_before | pattern))
                step[row, edge_is_negative] = moved.ravel()
        if sign == "all-positive":
            step[:, 1] = -1
        wanted = 1 if sign == "negative" else 0
        accepts = lengths.accepts[length] & (is_negative == wanted) & (met_before == n_met - 1)
        return cls(step, kind, accepts.ravel(), met, n_signs * n_met)

    def at_target(self, node: int, length_state: int = 0) -> int:
        """The state of a walk that begins at a target."""
        return length_state * self.per_length + int(self.met[node])
