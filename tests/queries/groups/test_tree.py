"""Merging: each merge against all pairs by brute force, and the cuts."""

from dataclasses import replace

import numpy as np
import pytest

from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.groups import kernels
from queries.groups import tree as trees
from queries.groups.tree import Tree
from queries.groups.units import Units
from queries.paths.space import PathQuery, PathSpace
from queries.words import MAX_GROUPS
from tests.queries.groups.test_units import units_of
from tests.support.graphs import make_graph, real_graph
from tests.support.groups.brute_force import BruteUnit, brute_units, lost, many_features, reordered

SEEDS = range(20)
SINGLE = 2e-6
"""The sum of float32's errors in a cost."""


def brute(graph: AttributionGraph, units: Units) -> tuple[list[BruteUnit], dict[frozenset[int], float]]:
    """The units in their order, and the flow between them."""
    expected, between = brute_units(graph, int(PathSpace(graph, PathQuery()).targets[0]))
    features = units.flow.nodes.feature_ids()
    names = [features[np.flatnonzero(units.of_node == unit)[0]] for unit in range(len(units))]
    number = {name: unit for unit, name in enumerate(names)}
    return [expected[name] for name in names], {
        frozenset(number[one] for one in pair): value for pair, value in between.items()
    }


def groups_at(first: Ints) -> list[list[int]]:
    return [np.flatnonzero(first == one).tolist() for one in np.unique(first).tolist()]


@pytest.mark.parametrize("most", [500, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_merge_is_the_cheapest(seed: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = many_features(seed)
    monkeypatch.setattr(trees, "MAX_HEADS", most)
    monkeypatch.setattr(trees, "MOST_NODES", 0.3)
    units = units_of(graph)
    tree = Tree.of(units)
    known, between = brute(graph, units)
    heads = np.flatnonzero(tree.is_head).tolist()
    groups: dict[int, list[int]] = {unit: [unit] for unit in heads}
    joined = {unit: np.flatnonzero(tree.leaf == unit).tolist() for unit in heads}
    n_nodes = np.bincount(units.of_node[units.of_node >= 0])
    information = lost([[known[unit] for unit in heads]])

    def loss_of(one: int, other: int) -> float:
        both = [[known[unit] for unit in groups[at]] for at in (one, other)]
        return lost([both[0] + both[1]]) - lost(both)

    def cost(one: int, other: int) -> float:
        inside = sum(between.get(frozenset((a, b)), 0.0) for a in groups[one] for b in groups[other])
        return loss_of(one, other) - inside

    def size(one: int) -> float:
        return float(sum(n_nodes[unit] for head in groups[one] for unit in joined[head]))

    total = 0.0
    for into, merged, lost_by_now in zip(
        tree.into.tolist(), tree.merged.tolist(), tree.lost.tolist(), strict=True
    ):
        pairs = [
            (one, other)
            for one in groups
            for other in groups
            if one < other and units.says[one] == units.says[other]
        ]
        weights = {at: sum(known[unit].weight for unit in groups[at]) for at in groups}
        allowed = [
            (one, other)
            for one, other in pairs
            if weights[one] + weights[other] <= trees.MOST_FLOW
            and size(one) + size(other) <= trees.MOST_NODES * len(graph.nodes)
        ]
        assert (into, merged) in (allowed or pairs)
        assert cost(into, merged) <= min(cost(*pair) for pair in allowed or pairs) + SINGLE
        total += loss_of(into, merged)
        assert lost_by_now * information == pytest.approx(total, abs=SINGLE)
        groups[into] += groups.pop(merged)
    assert len(groups) == len({bool(says) for says in units.says[heads]})


@pytest.mark.parametrize("seed", SEEDS)
def test_units_of_little_flow_join_the_group_of_least_cost(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "MAX_HEADS", 4)
    graph = many_features(seed)
    units = units_of(graph)
    tree = Tree.of(units)
    known, between = brute(graph, units)
    heads = np.flatnonzero(tree.is_head)
    assert (tree.leaf[heads] == heads).all()
    for unit in np.flatnonzero(~tree.is_head).tolist():
        # There are fewer heads than groups, so that each head is a group.
        costs = {
            head: lost([[known[head], known[unit]]]) - between.get(frozenset((head, unit)), 0.0)
            for head in heads.tolist()
            if units.says[head] == units.says[unit]
        }
        assert costs[int(tree.leaf[unit])] == pytest.approx(min(costs.values()), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_cuts_are_nested_and_keep_apart_what_says_something(seed: int) -> None:
    units = units_of(many_features(seed, n_features=20))
    tree = Tree.of(units)
    n_heads = int(tree.is_head.sum())
    finer = tree.cut(MAX_GROUPS)
    assert len(np.unique(finer)) == n_heads
    for n_groups in range(n_heads, 0, -1):
        first = tree.cut(n_groups)
        assert len(np.unique(first)) == max(n_groups, len(set(units.says.tolist())))
        for group in groups_at(finer):
            assert len(set(first[group].tolist())) == 1
        for group in groups_at(first):
            assert first[group[0]] == group[0] or not tree.is_head[group[0]]
            assert len(set(units.says[group].tolist())) == 1
        finer = first


def test_the_own_number_is_the_fewest_groups_that_lose_little_enough() -> None:
    for name in ("dallas", "oakland", "opposite-of-small", "contraire-de-petit"):
        tree = Tree.of(units_of(real_graph(name)))
        number, n_heads = tree.own_number, int(tree.is_head.sum())
        assert trees.FEWEST_OWN < number < trees.MOST_OWN
        assert tree.lost[n_heads - number - 1] <= trees.MOST_LOST < tree.lost[n_heads - number]


def test_the_own_number_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree.of(units_of(real_graph("dallas")))
    monkeypatch.setattr(trees, "MOST_LOST", 0.01)
    assert tree.own_number == trees.MOST_OWN
    monkeypatch.setattr(trees, "MOST_LOST", 0.99)
    assert tree.own_number == trees.FEWEST_OWN
    small = Tree.of(units_of(make_graph("EFFL", {(0, 1): 1.0, (1, 2): 1.0, (2, 3): 1.0})))
    assert small.own_number == 2


@pytest.mark.parametrize("name", ["dallas", "contraire-de-petit"])
def test_no_merge_makes_a_group_of_too_much_flow_or_too_many_nodes(name: str) -> None:
    graph = real_graph(name)
    units = units_of(graph)
    tree = Tree.of(units)
    n_nodes = np.bincount(units.of_node[units.of_node >= 0])
    for n_groups in (4, 8, 12, 40):
        for group in groups_at(tree.cut(n_groups)):
            assert units.weight[tree.is_head & np.isin(np.arange(len(units)), group)].sum() <= trees.MOST_FLOW
            assert n_nodes[group].sum() <= trees.MOST_NODES * len(graph.nodes)


def test_a_merge_of_too_much_is_made_where_no_other_is_left() -> None:
    # Two features, each with half of the flow.
    graph = make_graph("EEFFL", {(0, 2): 1.0, (1, 3): 1.0, (2, 4): 1.0, (3, 4): 1.0})
    tree = Tree.of(units_of(graph))
    assert len(np.unique(tree.cut(1))) == 1


@pytest.mark.parametrize("seed", range(5))
def test_equal_costs_go_to_the_smaller_keys_in_whatever_order_nodes_are(seed: int) -> None:
    # Four features that are all alike: each reads both tokens and feeds the logit.
    weights = {(a, b): 1.0 for a in (0, 1) for b in range(2, 6)} | {(b, 6): 1.0 for b in range(2, 6)}
    graph, _ = reordered(make_graph("EEFFFFL", weights), seed)
    units = units_of(graph)
    tree = Tree.of(units)
    keys = units.flow.nodes.keys("")
    assert keys == [
        "/embedding/-1/0/0",
        "/embedding/-1/1/1",
        *(f"/feature/{layer}/0/{layer + 2}" for layer in range(4)),
        "/logit/40/0/6",
    ]
    # Two hold half of the flow, so any pair is too much, and the first pair goes first.
    assert list(zip(tree.into.tolist(), tree.merged.tolist(), strict=True)) == [(0, 1), (0, 2), (0, 3)]


@pytest.mark.parametrize("name", ["dallas", "oakland", "opposite-of-small", "contraire-de-petit"])
def test_the_order_of_nodes_and_edges_makes_no_difference(name: str) -> None:
    graph = real_graph(name)
    tree = Tree.of(units_of(graph))
    for seed in range(3):
        other = Tree.of(units_of(reordered(graph, seed)[0]))
        for one, same in ((tree.into, other.into), (tree.merged, other.merged), (tree.leaf, other.leaf)):
            assert one.tolist() == same.tolist()
        assert tree.lost.tolist() == other.lost.tolist()


def test_prompts_of_one_feature_have_one_group() -> None:
    graph = make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0})
    units = units_of(graph)
    assert Tree.of(units).cut(4).tolist() == [0]
    assert units.information == pytest.approx(0.0)


def test_a_class_without_flow_keeps_its_group() -> None:
    # The feature in the upper half of the layers feeds nothing that counts.
    graph = make_graph("EFFL", {(0, 1): 1.0, (1, 3): 1.0, (0, 2): 1.0})
    layer = graph.nodes.layer.copy()
    layer[2] = graph.record.n_layers - 1
    units = units_of(replace(graph, nodes=replace(graph.nodes, layer=layer)))
    assert (graph.nodes.kind[units.flow.order[units.of_node >= 0]] == NodeKind.FEATURE).all()
    assert units.says.tolist() == [False, True]
    assert Tree.of(units).cut(4).tolist() == [0, 1]


def test_warming_up_compiles_what_every_graph_needs() -> None:
    def compiled() -> dict[str, int]:
        return {
            name: len(one.signatures) for name, one in vars(kernels).items() if hasattr(one, "signatures")
        }

    trees.warm_up()
    before = compiled()
    Tree.of(units_of(real_graph("dallas")))
    Tree.of(units_of(many_features(1)))
    assert compiled() == before
    assert before["merge_units"] == before["lost_by_joining"] == before["reach_by_source"] == 1
