"""Random circuits beside a drawn one."""

from dataclasses import replace

import numpy as np
import pytest

from queries.circuit.chance import random_circuits, spread
from queries.graph.arrays import Bools
from queries.graph.attribution_graph import AttributionGraph
from tests.support.graphs import make_graph

LAYERS = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2]
POSITIONS = [0, 0, 1, 1, 0, 1, 1, 1, 1, 1]


def layered() -> AttributionGraph:
    """Two tokens, then features at these layers and positions, and a logit."""
    n = len(LAYERS)
    weights = {(0, node): 1.0 for node in range(2, 2 + n)} | {(node, 2 + n): 1.0 for node in range(2, 2 + n)}
    graph = make_graph("EE" + "F" * n + "L", weights, tokens=["a", "b"])
    layer, position = graph.nodes.layer.copy(), graph.nodes.position.copy()
    layer[2:-1], position[2:-1] = LAYERS, POSITIONS
    return replace(graph, nodes=replace(graph.nodes, layer=layer, position=position))


def chosen(graph: AttributionGraph, *features: int) -> Bools:
    mask: Bools = np.zeros(len(graph.nodes), dtype=np.bool_)
    mask[[2 + feature for feature in features]] = True
    return mask


def test_random_circuits_have_as_many_features_of_a_layer_at_the_last_token_and_before_it() -> None:
    graph = layered()
    drawn = random_circuits(graph, chosen(graph, 0, 5, 6, 9), 50)
    cells = {
        tuple(sorted((LAYERS[node - 2], POSITIONS[node - 2]) for node in np.flatnonzero(one).tolist()))
        for one in drawn
    }
    assert cells == {((0, 0), (1, 1), (1, 1), (2, 1))}
    assert len({one.tobytes() for one in drawn}) == 2 * 6, "one of two, two of four, and the only one"


def test_the_same_graph_has_the_same_random_circuits() -> None:
    graph = layered()
    mask = chosen(graph, 0, 5)
    first, again = random_circuits(graph, mask, 5), random_circuits(graph, mask, 5)
    assert np.array_equal(first, again)
    other = replace(graph, record=graph.record.model_copy(update={"id": "other"}))
    assert not np.array_equal(first, random_circuits(other, mask, 5))
    assert random_circuits(graph, chosen(graph), 5) == []


def test_a_spread_is_the_mean_and_standard_deviation() -> None:
    assert spread([1.0, 3.0]) == pytest.approx((2.0, 1.0))
    assert (spread([]), spread([1.0, float("nan")])) == (None, None)
