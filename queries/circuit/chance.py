"""Random circuits, which tell what a circuit's figures are worth."""

from typing import NamedTuple

import numpy as np

from queries.graph.arrays import Bools, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import seed_of


class Spread(NamedTuple):
    """Of one figure over random circuits."""

    mean: float
    deviation: float
    """The standard deviation, of the circuits themselves."""


def random_circuits(graph: AttributionGraph, chosen: Bools, n: int) -> list[Bools]:
    """`n` random sets of as many feature nodes as `chosen` (n_nodes,) has: as many in every layer, at the last token
    and before it, since features late in the graph explain more whatever they are. Chosen ones may be drawn again.

    The graph's id is the seed: the same circuit has the same random ones. Empty where nothing is chosen.
    """
    nodes = graph.nodes
    is_feature = nodes.kind == NodeKind.FEATURE
    is_last = nodes.position == len(graph.record.tokens) - 1
    pools: list[tuple[Ints, int]] = []
    for layer in np.unique(nodes.layer[is_feature & chosen]).tolist():
        for last in (False, True):
            among = is_feature & (nodes.layer == layer) & (is_last == last)
            if n_drawn := int((among & chosen).sum()):
                pools.append((np.flatnonzero(among), n_drawn))
    if not pools:
        return []
    random = np.random.default_rng(seed_of(graph.record.id))
    drawn = list[Bools]()
    for _ in range(n):
        one: Bools = np.zeros(len(nodes), dtype=np.bool_)
        for among, n_drawn in pools:
            one[random.choice(among, size=n_drawn, replace=False)] = True
        drawn.append(one)
    return drawn


def spread(values: list[float]) -> Spread | None:
    """None where there are no values, or one is not known."""
    return (
        Spread(float(np.mean(values)), float(np.std(values)))
        if values and np.isfinite(values).all()
        else None
    )
