"""The difference of two logits as a target: "Austin rather than Dallas"."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from queries.graph.attribution_graph import AttributionGraph, Edges


def rather_than(graph: AttributionGraph, one: int, other: int) -> AttributionGraph:
    """The graph whose logit `one` stands for the difference of the logits `one` and `other` (ordinals).

    Direct effects are linear in the target's direction, so that the effect of a node on the difference is the
    difference of its effects on the two logits; a missing edge is an effect of 0. The shares of the new inputs are over
    these edges: exact where the graph holds the whole trace; else the inputs that pruning removed are missing from
    them. All other nodes and edges stay.
    """
    nodes, edges = graph.nodes, graph.edges
    weight = np.zeros(len(nodes))
    for logit, sign in ((one, 1.0), (other, -1.0)):
        into = edges.target == logit
        weight[edges.source[into]] += sign * edges.weight[into]
    source = np.flatnonzero(weight)
    size = np.abs(weight[source])
    input_total = nodes.input_total.copy()
    input_total[one] = size.sum()
    stays, place = edges.target != one, int(np.count_nonzero(edges.target < one))

    def with_new(column: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # At this place, edges that are ordered by target stay so: passes over them are faster.
        return np.insert(column[stays], place, new)

    return replace(
        graph,
        nodes=replace(nodes, input_total=input_total),
        edges=Edges(
            with_new(edges.source, source),
            with_new(edges.target, np.full(len(source), one)),
            with_new(edges.weight, weight[source]),
            with_new(edges.share, size / size.sum()),
        ),
    )
