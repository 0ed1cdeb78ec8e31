"""The choice of the units (groups of nodes) that explain most together.

Every set of units explains the influence along the paths that stay within it, so a unit is worth nothing without the
ones that its paths need. Few candidates are all tried. Of more, the unit that takes least with it is dropped again and
again, then single exchanges are made as long as one explains more: what is left is the best that no single exchange
improves. No choice of as many explains more than the bound that stands beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from queries.circuit.explained import Passing, passing
from queries.graph.arrays import Bools, Floats, Ints
from queries.limits import Limits
from queries.paths.space import PathSpace

MOST_TRIED = 5_000
"""Sets that are all tried: a quarter of a second on a graph of 4,000 edges."""
DROPPED_AT_ONCE = 0.05
"""Of the units that are left, while there are far more than asked for."""
FEW = 4
"""Times as many units as asked for: from there on they are dropped one by one."""
CANDIDATES = 12
"""Units that are tried in an exchange, those that would add most alone first."""
GAIN = 1e-12
"""What an exchange must add: less is rounding."""


@dataclass(frozen=True)
class Choice:
    units: tuple[int, ...]
    """Ascending."""
    explained: float
    """The share of the targets' influence along the paths within them."""
    at_most: float
    """No choice of as many units explains more."""
    is_best: bool
    """Whether all choices of as many units were tried."""


class Chooser:
    """Chooses among the units of a space's nodes. `unit` (n_nodes,) is each node's unit, -1 for nodes of none."""

    def __init__(self, space: PathSpace, unit: Ints, limits: Limits) -> None:
        self._space, self._unit, self._limits = space, unit, limits
        self._n = int(unit.max(initial=-1)) + 1
        self._size = np.bincount(unit[unit >= 0], minlength=self._n)
        whole = self._of(np.ones(self._n, dtype=np.bool_))
        self.matching = whole.explained
        """What all units explain."""
        self._flow = self._summed(whole.through)
        self.candidates: Ints = np.flatnonzero(self._flow > 0.0)
        """The units that paths run through."""

    def best(self, n: int) -> Choice:
        """The best `n` units that are found. Raises like `Limits`."""
        among = self.candidates
        largest = np.sort(self._flow[among])[::-1]
        # Every path within a choice runs through one of its units.
        at_most = min(self.matching, float(largest[:n].sum()))
        if n >= len(among):
            return self._choice(among, self.matching, True)
        if comb(len(among), n) <= MOST_TRIED:
            return self._all_tried(n)
        found = self._exchanged(self._dropped(n))
        return self._choice(np.flatnonzero(found), self._of(found).explained, False, at_most)

    def fewest(self, share: float) -> Choice:
        """The fewest units found that explain this share of what all do. Raises like `Limits`."""
        wanted = share * self.matching * (1.0 - GAIN)
        high = max(1, len(self.candidates))
        found, low = self.best(high), 1
        while low < high:
            middle = (low + high) // 2
            tried = self.best(middle)
            if tried.explained >= wanted:
                found, high = tried, middle
            else:
                low = middle + 1
        return found

    def _choice(self, units: Ints, explained: float, is_best: bool, at_most: float | None = None) -> Choice:
        bound = explained if at_most is None else max(explained, at_most)
        return Choice(tuple(units.tolist()), explained, bound, is_best)

    def _all_tried(self, n: int) -> Choice:
        best, explained = (), -1.0
        for units in combinations(self.candidates.tolist(), n):
            self._limits.step()
            value = self._of(self._mask(units)).explained
            if value > explained + GAIN:
                best, explained = units, value
        return self._choice(np.array(best, dtype=np.int64), explained, True)

    def _dropped(self, n: int) -> Bools:
        """What is left of all candidates after those that take least with them."""
        kept = self._mask(self.candidates.tolist())
        while (left := int(kept.sum())) > n:
            self._limits.check()
            losses = self._losses(kept, exact=left <= FEW * n)
            at_once = 1 if left <= FEW * n else min(left - FEW * n, max(1, int(left * DROPPED_AT_ONCE)))
            order = np.lexsort((np.arange(self._n), losses))
            kept[order[:at_once]] = False  # what is dropped already comes last
        return kept

    def _exchanged(self, kept: Bools) -> Bools:
        """After single exchanges, each the best of those that are tried, as long as one explains more."""
        explained = self._of(kept).explained
        while True:
            best, gain = None, GAIN
            for out in np.flatnonzero(kept).tolist():
                self._limits.check()
                rest = kept.copy()
                rest[out] = False
                for new in self._additions(rest, out):
                    tried = rest.copy()
                    tried[new] = True
                    more = self._of(tried).explained - explained
                    if more > gain:
                        best, gain = tried, more
            if best is None:
                return kept
            kept, explained = best, explained + gain

    def _additions(self, rest: Bools, out: int) -> Iterator[int]:
        """The units that are most likely to add most to `rest`: for single nodes the first of them does."""
        passed = self._of(rest)
        gains = self._summed(passed.through)
        gains[rest] = gains[out] = 0.0
        order = np.lexsort((np.arange(self._n), -gains))
        n_tried = CANDIDATES if (self._size > 1).any() else 1
        yield from (one for one in order[:n_tried].tolist() if gains[one] > 0.0)

    def _losses(self, kept: Bools, *, exact: bool) -> Floats:
        """(n_units,) what each of the kept units takes with it. A path that runs through two nodes of a unit counts
        twice unless `exact`."""
        whole = self._of(kept)
        losses = self._summed(whole.through)
        if exact:
            for one in np.flatnonzero(kept & (self._size > 1)).tolist():
                without = kept.copy()
                without[one] = False
                losses[one] = whole.explained - self._of(without).explained
        losses[~kept] = np.inf
        return losses

    def _mask(self, units: "tuple[int, ...] | list[int]") -> Bools:
        mask = np.zeros(self._n, dtype=np.bool_)
        mask[list(units)] = True
        return mask

    def _of(self, units: Bools) -> Passing:
        return passing(self._space, nodes_of(self._unit, units))

    def _summed(self, of_nodes: Floats) -> Floats:
        inside = self._unit >= 0
        sums: Floats = np.bincount(self._unit[inside], weights=of_nodes[inside], minlength=self._n).astype(
            np.float64
        )
        return sums


def nodes_of(unit: Ints, units: Bools) -> Bools:
    """(n_nodes,) the nodes of these units (n_units,)."""
    inside = unit >= 0
    chosen: Bools = np.zeros(len(unit), dtype=np.bool_)
    chosen[inside] = units[unit[inside]]
    return chosen
