"""What chosen nodes explain, against every path; the choice, against every set."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.circuit import choice as choices
from queries.circuit.choice import Chooser, nodes_of
from queries.circuit.explained import passing
from queries.graph.arrays import Bools, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.limits import Limits
from queries.paths.space import PathQuery, PathSpace
from tests.support.graphs import all_paths, graphs, make_graph


def within(graph: AttributionGraph, target: int, chosen: Bools, through: int | None = None) -> float:
    """The influence along the paths over chosen nodes only, by walking all."""
    return sum(
        path.score
        for path in all_paths(graph, target)
        if len(path.edges) > 1
        and all(chosen[node] for node in path.nodes[1:-1])
        and (through is None or through in path.nodes[1:-1])
    )


def singles(graph: AttributionGraph) -> Ints:
    """Every feature node a unit of its own."""
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    return np.where(is_feature, np.cumsum(is_feature) - 1, -1)


@given(graph=graphs(), seed=st.integers(0, 99))
def test_what_nodes_explain_take_and_add_equals_a_walk_over_all_paths(
    graph: AttributionGraph, seed: int
) -> None:
    space = PathSpace(graph, PathQuery())
    target = int(space.targets[0])
    chosen = np.random.default_rng(seed).random(len(graph.nodes)) < 0.6
    found = passing(space, chosen)
    assert found.explained == pytest.approx(within(graph, target, chosen), abs=1e-12)
    for node in graph.nodes.of_kind(NodeKind.FEATURE).tolist():
        other = chosen.copy()
        other[node] = True
        assert found.through[node] == pytest.approx(within(graph, target, other, node), abs=1e-12)


@given(graph=graphs(), n=st.integers(1, 5), n_units=st.integers(1, 6), seed=st.integers(0, 99))
def test_few_candidates_are_all_tried(graph: AttributionGraph, n: int, n_units: int, seed: int) -> None:
    space, unit = PathSpace(graph, PathQuery()), singles(graph)
    unit = np.where(unit >= 0, np.random.default_rng(seed).integers(0, n_units, len(unit)), -1)
    chooser = Chooser(space, unit, Limits())
    found = chooser.best(n)
    target, n_all = int(space.targets[0]), int(unit.max(initial=-1)) + 1

    def explains(units: tuple[int, ...]) -> float:
        mask = np.zeros(n_all, dtype=np.bool_)
        mask[list(units)] = True
        return within(graph, target, nodes_of(unit, mask))

    best = max((explains(units) for units in combinations(range(n_all), min(n, n_all))), default=0.0)
    assert found.is_best and len(found.units) <= n
    assert found.explained == pytest.approx(best, abs=1e-12)
    assert found.explained == pytest.approx(explains(found.units), abs=1e-12)
    assert found.at_most == found.explained


@given(graph=graphs(max_features=8), n=st.integers(1, 5))
def test_of_many_no_single_exchange_explains_more_and_none_goes_beyond_the_bound(
    graph: AttributionGraph, n: int
) -> None:
    space, unit = PathSpace(graph, PathQuery()), singles(graph)
    chooser = Chooser(space, unit, Limits())
    exact = chooser.best(n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choices, "MOST_TRIED", 0)
        found = chooser.best(n)
    assert found.explained <= exact.explained + 1e-12 <= found.at_most + 2e-12
    if found.is_best:
        return
    mask = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.bool_)
    for out in found.units:
        for new in set(chooser.candidates.tolist()) - set(found.units):
            mask[:] = False
            mask[[*(one for one in found.units if one != out), new]] = True
            assert passing(space, nodes_of(unit, mask)).explained <= found.explained + 1e-9


def test_a_unit_that_is_worth_nothing_alone_is_found_with_its_partner() -> None:
    # 2 -> 3 carries most, but neither explains anything without the other; 4 and 5 explain a little each.
    weights = {(0, 2): 8.0, (2, 3): 8.0, (3, 6): 8.0, (0, 4): 1.0, (4, 6): 1.5, (0, 5): 1.0, (5, 6): 1.0}
    graph = make_graph("EEFFFFL", weights)
    chooser = Chooser(PathSpace(graph, PathQuery()), singles(graph), Limits())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choices, "MOST_TRIED", 0)
        assert chooser.best(2).units == (0, 1)
        assert chooser.best(1).units == (2,)


def test_the_fewest_units_that_explain_a_share() -> None:
    weights = {(0, node): 1.0 for node in range(1, 6)} | {
        (node, 6): float(2 ** (6 - node)) for node in range(1, 6)
    }
    graph = make_graph("EFFFFFL", weights)
    chooser = Chooser(PathSpace(graph, PathQuery()), singles(graph), Limits())
    assert chooser.matching == pytest.approx(1.0)
    for share, n in ((0.5, 1), (0.52, 2), (0.77, 2), (0.78, 3), (1.0, 5)):
        assert len(chooser.fewest(share).units) == n, share


def test_without_a_path_nothing_is_chosen() -> None:
    graph = make_graph("EFL", {(1, 2): 1.0})
    chooser = Chooser(PathSpace(graph, PathQuery()), singles(graph), Limits())
    assert (chooser.matching, chooser.best(3).units, chooser.fewest(0.5).units) == (0.0, (), ())
