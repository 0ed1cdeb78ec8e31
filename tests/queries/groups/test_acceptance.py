"""What automatic groups of real graphs must reach, on the measures that bench prints for their rivals too."""

import statistics

import numpy as np
import pytest

from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.paths.groups import find_groups
from queries.paths.space import PathQuery, PathSpace
from tests.support.graphs import LABELLED_GRAPHS, UNLABELLED_GRAPHS, real_graph
from tests.support.groups.measures import (
    Measured,
    adjusted_mutual_information,
    pair_f1,
    same_nodes,
)


def automatic(graph: AttributionGraph, n_groups: int | None = None) -> Ints:
    _, found = find_groups(graph, PathSpace(graph, PathQuery()), "auto", n_groups=n_groups)
    assert found is not None
    return found.number


def singles(graph: AttributionGraph) -> Ints:
    return np.arange(len(graph.nodes))


def features(graph: AttributionGraph) -> Ints:
    return find_groups(graph, PathSpace(graph, PathQuery()), "feature")[0].number


@pytest.fixture(scope="module", params=UNLABELLED_GRAPHS)
def measured(request: pytest.FixtureRequest) -> Measured:
    return Measured(real_graph(request.param))


def test_ten_sequences_hold_much_more_than_ten_paths(measured: Measured) -> None:
    covered = measured.covered(automatic(measured.graph))
    assert covered >= 0.29
    assert covered >= 2.7 * measured.covered(singles(measured.graph))


def test_groups_hold_more_than_shuffled_ones(measured: Measured) -> None:
    grouping = automatic(measured.graph)
    assert measured.covered(grouping) >= 1.2 * measured.covered_shuffled(grouping)


def test_no_group_is_most_of_the_graph(measured: Measured) -> None:
    for n_groups in (None, 8, 12, 24):
        flow, nodes = measured.biggest(automatic(measured.graph, n_groups))
        assert flow <= 0.35 and nodes <= 0.33


def test_real_graphs_in_the_mean() -> None:
    every = [Measured(real_graph(name)) for name in UNLABELLED_GRAPHS]
    found = [(one, automatic(one.graph)) for one in every]
    covered = [one.covered(grouping) for one, grouping in found]
    shuffled = [one.covered_shuffled(grouping) for one, grouping in found]
    assert statistics.mean(covered) >= 0.35
    assert statistics.mean(a / b for a, b in zip(covered, shuffled, strict=True)) >= 1.35
    assert statistics.mean(one.variation(grouping)[0] for one, grouping in found) <= 0.40


def test_groups_agree_with_peoples() -> None:
    every = [Measured(real_graph(name)) for name in LABELLED_GRAPHS]
    ami, f1 = zip(*(one.agreement(automatic(one.graph)) for one in every), strict=True)
    assert statistics.mean(ami) >= 0.60 and statistics.mean(f1) >= 0.55
    by_feature = [one.agreement(features(one.graph))[0] for one in every]
    assert statistics.mean(ami) > statistics.mean(by_feature)


def test_groups_outlive_the_loss_of_a_fifth_of_the_features() -> None:
    agreed = []
    for name in UNLABELLED_GRAPHS:
        whole = Measured(real_graph(name))
        for seed in range(3):
            less, kept = whole.without_some(seed)
            agreed.append(
                adjusted_mutual_information(
                    automatic(whole.graph)[kept[less.is_feature]], automatic(less.graph)[less.is_feature]
                )
            )
    assert statistics.mean(agreed) >= 0.75


def test_prompts_that_differ_in_a_city_have_like_groups() -> None:
    one, other = Measured(real_graph("dallas")), Measured(real_graph("oakland"))
    mine, theirs = same_nodes(one, other)
    agreed = adjusted_mutual_information(automatic(one.graph)[mine], automatic(other.graph)[theirs])
    assert len(mine) > 100 and agreed >= 0.75


# -- the measures


def test_agreement_by_hand() -> None:
    one, other = np.array([0, 0, 1, 1]), np.array([5, 5, 7, 7])
    assert adjusted_mutual_information(one, other) == pytest.approx(1.0)
    assert pair_f1(one, other) == 1.0
    # One pair of two is found, of four that are guessed or true together: 2 * 1 / (2 + 1).
    assert pair_f1(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])) == pytest.approx(2 / 3)


def test_chance_agrees_with_nothing() -> None:
    random = np.random.default_rng(0)
    found = [
        adjusted_mutual_information(random.integers(0, 5, 60), random.integers(0, 8, 60)) for _ in range(50)
    ]
    assert statistics.mean(found) == pytest.approx(0.0, abs=0.02)
