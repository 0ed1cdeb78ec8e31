"""Random sets of active features: controls of a group, and twins of a set that is kept."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from queries.interventions.verdicts import N_CONTROLS

Place: TypeAlias = tuple[int, int, int]
"""Layer, position and index of a feature."""

N_TWINS = 5
"""Random sets over which a twin's figures are averaged."""


def draw_controls(
    group: Mapping[Place, float], active: Mapping[Place, float], seed: int
) -> list[dict[Place, float]]:
    """N_CONTROLS sets of as many other active features, each changed by the factor of the one that it stands for.

    `group` has the factor of each changed feature, `active` every active feature's activation. Each stands for one at
    its position; where a position has none left, another position's is taken. Empty where no other feature is active.
    """
    others = [place for place in active if place not in group]
    if not others:
        return []
    at: dict[int, list[Place]] = {}
    for place in others:
        at.setdefault(place[1], []).append(place)
    random = np.random.default_rng(seed)
    controls = []
    for _ in range(N_CONTROLS):
        chosen: dict[Place, float] = {}
        for place, factor in group.items():
            left = [one for one in at.get(place[1], ()) if one not in chosen]
            left = left or [one for one in others if one not in chosen]
            if left:
                one = left[int(random.integers(len(left)))]
                chosen[one] = factor * active[one]
        controls.append(chosen)
    return controls


def draw_twins(n: int, active: Sequence[Place], seed: int) -> list[Collection[Place]]:
    """N_TWINS random sets of `n` active features."""
    random = np.random.default_rng(seed)
    return [
        {active[at] for at in random.choice(len(active), size=min(n, len(active)), replace=False).tolist()}
        for _ in range(N_TWINS)
    ]
