"""Passes over an acyclic graph equal matrix algebra and enumeration; a cycle is scores and named."""

import math
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.graph.acyclic import AcyclicGraph, CycleFound, Goal
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.paths.states import LengthStates, PathStates
from tests.support.graphs import graphs, make_graph, share_matrix

Arcs = list[tuple[int, int]]


def build(n: int, arcs: Arcs) -> AcyclicGraph:
    columns = np.array(arcs, dtype=np.int64).reshape(-1, 2)
    return AcyclicGraph(n, columns[:, 0], columns[:, 1])


def acyclic_of(graph: AttributionGraph) -> AcyclicGraph:
    return AcyclicGraph(len(graph.nodes), graph.edges.source, graph.edges.target)


def values(n: int) -> Floats:
    return np.random.default_rng(n).random(n)


def test_level_is_the_longest_path_into_a_node() -> None:
    # 0 -> 1 -> 2 -> 3, with shortcuts; 4 alone.
    assert build(5, [(0, 3), (0, 2), (1, 2), (0, 1), (2, 3)]).level.tolist() == [0, 1, 2, 3, 0]


@given(graphs())
def test_every_edge_climbs(graph: AttributionGraph) -> None:
    acyclic = acyclic_of(graph)
    nx_graph = nx.DiGraph(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True))
    nx_graph.add_nodes_from(range(acyclic.n))
    generations = {
        node: level for level, nodes in enumerate(nx.topological_generations(nx_graph)) for node in nodes
    }
    assert acyclic.level.tolist() == [generations[node] for node in range(acyclic.n)]


@given(graphs())
def test_sums_equal_the_inverse(graph: AttributionGraph) -> None:
    acyclic, matrix, n = acyclic_of(graph), share_matrix(graph), len(graph.nodes)
    inverse = np.linalg.inv(np.eye(n) - matrix)  # [target, source]: the sum over all paths between them
    np.testing.assert_allclose(
        acyclic.sum_from(values(n), graph.edges.share)[:, 0], inverse @ values(n), rtol=1e-9
    )
    np.testing.assert_allclose(acyclic.sum_to(values(n), graph.edges.share), values(n) @ inverse, rtol=1e-9)


@given(graphs(), st.integers(0, 4), st.none() | st.integers(0, 4))
def test_counted_sums_equal_matrix_powers(graph: AttributionGraph, min_length: int, more: int | None) -> None:
    acyclic, matrix, n = acyclic_of(graph), share_matrix(graph), len(graph.nodes)
    max_length = None if more is None else min_length + more
    lengths = LengthStates.between(min_length, max_length)
    states = PathStates.of(n, lengths, [], None)
    counted = acyclic.sum_from(values(n), graph.edges.share, states=states)
    for state in range(len(lengths)):
        # After `state` edges, a path may have at most this many more.
        longest = n if max_length is None else max_length - state
        expected = np.zeros(n)
        for length in range(max(0, min_length - state), longest + 1):
            expected += np.linalg.matrix_power(matrix, length) @ values(n)
        np.testing.assert_allclose(counted[:, state], expected, rtol=1e-9, atol=1e-300)


JOINED: dict[Goal, Callable[[list[float]], float]] = {
    Goal.PRODUCT: lambda factors: sum(map(math.log, factors)),
    Goal.SUM: sum,
    Goal.LEAST: lambda factors: min(factors, default=math.inf),
}


@given(
    graphs(),
    st.integers(0, 3),
    st.none() | st.integers(0, 3),
    st.sampled_from(list(Goal)),
    st.integers(-200, 200),
)
def test_the_best_equals_enumeration(
    graph: AttributionGraph, min_length: int, more: int | None, goal: Goal, power: int
) -> None:
    acyclic, n = acyclic_of(graph), len(graph.nodes)
    states = PathStates.of(
        n, LengthStates.between(min_length, None if more is None else min_length + more), [], None
    )
    # Products of a few of these leave a float's range.
    value = np.random.default_rng(0).random(len(graph.edges)) * 10.0**power
    begin = np.arange(n) % 3 == 0
    arcs = list(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), value.tolist(), strict=True))
    best = acyclic.best_from(goal, begin.astype(np.float64), value, states=states)[:, 0]
    for node in range(n):
        scores, walks = [], list[tuple[int, list[float]]]([(node, [])])
        while walks:
            at, factors = walks.pop()
            if (
                begin[at]
                and len(factors) >= min_length
                and (more is None or len(factors) <= min_length + more)
            ):
                scores.append(JOINED[goal](factors))
            walks += [(a, [*factors, factor]) for a, b, factor in arcs if b == at]
        assert best[node] == pytest.approx(max(scores, default=-np.inf), rel=1e-12)


def test_length_states_count_no_further_than_they_need() -> None:
    assert len(LengthStates.between(3, None)) == 4
    assert len(LengthStates.between(1, 5)) == 6
    open_ended = LengthStates.between(2, None)
    assert open_ended.step.tolist() == [1, 2, 2]
    assert open_ended.accepts.tolist() == [False, False, True]
    closed = LengthStates.between(1, 2)
    assert closed.step.tolist() == [1, 2, -1]
    assert closed.accepts.tolist() == [False, True, True]


@given(st.integers(2, 8), st.data())
def test_a_cycle_is_found_and_named(n: int, data: st.DataObject) -> None:
    ends = st.integers(0, n - 1)
    arcs = data.draw(st.lists(st.tuples(ends, ends), unique=True, max_size=20))
    acyclic = nx.is_directed_acyclic_graph(nx.DiGraph(arcs))
    if acyclic:
        build(n, arcs)
        return
    with pytest.raises(CycleFound) as found:
        build(n, arcs)
    walk = found.value.nodes
    assert len(set(walk)) == len(walk) > 0
    assert all(step in arcs for step in zip(walk, [*walk[1:], walk[0]], strict=True))


@pytest.mark.parametrize("n", [0, 3])
def test_without_edges_every_node_keeps_what_it_starts_with(n: int) -> None:
    acyclic, none = build(n, []), np.zeros(0)
    assert acyclic.level.tolist() == [0] * n
    np.testing.assert_array_equal(acyclic.sum_from(values(n), none)[:, 0], values(n))
    np.testing.assert_array_equal(acyclic.sum_to(values(n), none), values(n))
    states = PathStates.of(n, LengthStates.between(1, 2), [], None)
    assert acyclic.sum_from(values(n), none, states=states)[:, 0].tolist() == [0.0] * n
    for goal in Goal:
        assert acyclic.best_from(goal, values(n), none, states=states)[:, 0].tolist() == [-np.inf] * n


def test_into_takes_the_edges_of_several_nodes() -> None:
    graph = make_graph("EEFFL", {(0, 2): 1, (1, 2): 1, (0, 3): 1, (2, 3): 1, (3, 4): 1})
    acyclic = acyclic_of(graph)

    def ends(edges: Ints) -> list[tuple[int, int]]:
        return [(int(acyclic.source[edge]), int(acyclic.target[edge])) for edge in edges]

    assert ends(acyclic.into(np.array([3, 1, 2]))) == [(0, 3), (2, 3), (0, 2), (1, 2)]
    assert ends(acyclic.into(np.array([], dtype=np.int64))) == []
    unsorted = build(5, [(3, 4), (0, 3), (0, 2), (2, 3), (1, 2)])
    assert unsorted.into(np.array([3, 2])).tolist() == [1, 3, 2, 4]
    assert np.arange(5)[unsorted.row(4)].tolist() == [0]
