"""Units and their profiles against brute force."""

import numpy as np
import pytest

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.groups.flow import Flow
from queries.groups.units import Units
from queries.paths.space import PathQuery, PathSpace
from tests.support.graphs import make_graph
from tests.support.groups.brute_force import Profile, brute_units, lost, many_features

SEEDS = range(30)


def units_of(graph: AttributionGraph) -> Units:
    flow = Flow.of(graph, PathSpace(graph, PathQuery()).target_weight)
    return Units.of(flow, np.ones(len(graph.nodes), dtype=np.bool_), graph.record.n_layers)


def profiles_of(units: Units, unit: int) -> tuple[Profile, ...]:
    """A unit's profiles with the ends that the brute force names."""
    flow = units.flow
    ends: list[object] = [None] * units.n_ends
    features = flow.nodes.feature_ids()
    for node, column in enumerate(units.column.tolist()):
        ends[column] = features[node] if flow.is_feature[node] else int(flow.order[node])
    sources: list[object] = [*flow.order[flow.embeddings].tolist(), "errors"]
    names = [
        (which, end) for which, listed in enumerate((sources, ends, ends)) for end in [*listed, "nothing"]
    ]
    found: tuple[Profile, ...] = ({}, {}, {})
    chosen = units.row == unit
    for column, value in zip(units.entry_column[chosen].tolist(), units.value[chosen].tolist(), strict=True):
        which, end = names[column]
        found[which][end] = value / float(units.weight[unit])
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_units_and_profiles_are_those_of_the_definition(seed: int) -> None:
    graph = many_features(seed)
    units = units_of(graph)
    target = int(PathSpace(graph, PathQuery()).targets[0])
    expected, between = brute_units(graph, target)
    features = units.flow.nodes.feature_ids()
    names = [features[np.flatnonzero(units.of_node == unit)[0]] for unit in range(len(units))]
    assert sorted(names) == sorted(expected)
    for unit, name in enumerate(names):
        members = units.flow.order[units.of_node == unit].tolist()
        assert sorted(members) == sorted(expected[name].nodes)
        assert units.weight[unit] == pytest.approx(expected[name].weight, rel=1e-9)
        assert bool(units.says[unit]) is expected[name].says
        for found, profile in zip(profiles_of(units, unit), expected[name].profiles, strict=True):
            assert found == pytest.approx(profile, rel=1e-9)
            assert sum(found.values()) == pytest.approx(1.0)
    sources, targets, flow = units.between()
    found_between: dict[frozenset[object], float] = {}
    for one, other, value in zip(sources.tolist(), targets.tolist(), flow.tolist(), strict=True):
        pair = frozenset((names[one], names[other]))
        found_between[pair] = found_between.get(pair, 0.0) + value / (float(flow.sum()) or 1.0)
    assert {pair: value for pair, value in found_between.items() if value} == pytest.approx(
        {pair: value for pair, value in between.items() if value}, rel=1e-9
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_information_is_what_one_group_of_all_units_would_lose(seed: int) -> None:
    graph = many_features(seed)
    expected, _ = brute_units(graph, int(PathSpace(graph, PathQuery()).targets[0]))
    assert units_of(graph).information == pytest.approx(lost([list(expected.values())]), abs=1e-12)


def test_a_unit_is_a_feature_at_all_its_positions() -> None:
    graph = many_features(3)
    units, nodes = units_of(graph), graph.nodes
    assert len(units) == len({nodes.feature_ids()[node] for node in nodes.of_kind(NodeKind.FEATURE)})


def test_a_profile_of_nothing_is_an_entry_of_its_own() -> None:
    # A feature without inputs, which nothing reaches, and one that hands nothing to the target.
    graph = make_graph("EFFFL", {(0, 1): 1.0, (1, 4): 2.0, (0, 2): 1.0, (3, 4): 1.0})
    units = units_of(graph)
    (dead_end,), (without_inputs,) = (units.of_node[units.flow.order == node] for node in (2, 3))
    assert profiles_of(units, dead_end)[2] == pytest.approx({"nothing": 1.0})
    for profile in profiles_of(units, without_inputs)[:2]:
        assert profile == pytest.approx({"nothing": 1.0})
    assert units.weight.sum() == pytest.approx(1.0)
