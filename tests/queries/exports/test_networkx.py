"""The networkx export holds all known values; tests/queries/paths/test_filters.py uses it as its oracle."""

import math

import networkx as nx
import pytest

from queries.exports.networkx import to_networkx
from tests.support.graphs import make_graph


def test_nothing_is_lost_but_what_is_not_known() -> None:
    graph = make_graph("EFXL", {(0, 1): 3, (2, 1): -1, (1, 3): -2}, labels={1: "Texas"}, probability={3: 0.5})
    nx_graph = to_networkx(graph)
    assert nx_graph.graph == {"id": "graph", "name": "a graph", "prompt": "a prompt", "model": "model"}
    assert nx_graph.nodes[1] == {
        "key": "graph/feature/0/0/1",
        "kind": "feature",
        "label": "Texas",
        "label_source": "graph",
        "layer": 0,
        "position": 0,
        "index": 1,
        "activation": 0.5,
        "node_influence": 1 / 8,
        "cumulative_influence": pytest.approx(2 / 3),
    }
    assert nx_graph.nodes[0]["token"] == "token 0" and "activation" not in nx_graph.nodes[0]
    assert nx_graph.nodes[3]["probability"] == 0.5
    assert nx_graph.edges[2, 1] == {"weight": -1.0, "share": 0.25, "cost": math.log(4)}
    assert set(nx_graph.edges) == {(0, 1), (2, 1), (1, 3)}
    assert nx.path_weight(nx_graph, [0, 1, 3], "cost") == pytest.approx(-math.log(0.75))


def test_a_graph_without_edges() -> None:
    assert to_networkx(make_graph("EL", {})).number_of_nodes() == 2
