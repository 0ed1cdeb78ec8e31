"""Groups of a graph: their figures, their names, and that they are made once."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import Explanation
from queries.groups.automatic import KEPT_TARGETS, AutomaticGroups, Grown, kept_beside
from queries.groups.cut import Cut
from queries.groups.tree import Tree
from queries.paths.space import PathQuery, PathSpace
from tests.queries.groups.test_tree import brute, groups_at
from tests.queries.groups.test_units import units_of
from tests.support.graphs import REAL_GRAPHS, Weights, make_graph, real_graph
from tests.support.groups.brute_force import divergence, lost, many_features, reordered, together


def grow(graph: AttributionGraph) -> Grown:
    weight = PathSpace(graph, PathQuery()).target_weight
    return Grown(graph, weight, np.ones(len(graph.nodes), dtype=np.bool_))


def groups_of(graph: AttributionGraph, n_groups: int | None = None) -> AutomaticGroups:
    return grow(graph).groups(graph, n_groups)


@pytest.mark.parametrize("seed", range(20))
def test_a_cut_tells_what_its_groups_are_and_lose(seed: int) -> None:
    graph = many_features(seed)
    units = units_of(graph)
    known, _ = brute(graph, units)
    first = Tree.of(units).cut(4)
    cut, groups = Cut.of(units, first), groups_at(first)
    total = lost([known])
    assert len(cut) == len(groups)
    assert cut.information_lost * total == pytest.approx(
        lost([[known[unit] for unit in group] for group in groups]), abs=1e-12
    )
    for number, group in enumerate(groups):
        weight, means = together([known[unit] for unit in group])
        assert cut.weight[number] == pytest.approx(weight)
        assert np.isin(cut.of_node, number).tolist() == np.isin(units.of_node, group).tolist()
        assert bool(cut.says[number]) is known[group[0]].says
        sources = [*cut.flow.order[cut.flow.embeddings].tolist(), "errors"]
        assert cut.tokens[number].tolist() == pytest.approx([means[0].get(one, 0.0) for one in sources])
        features = cut.flow.nodes.feature_ids()
        for over, mean in ((cut.inputs[number], means[1]), (cut.outputs[number], means[2])):
            expected = np.zeros(len(groups) + len(cut.flow))
            for node, group_of_node in enumerate(cut.of_node.tolist()):
                if group_of_node < 0:
                    expected[len(groups) + node] = mean.get(int(cut.flow.order[node]), 0.0)
            for unit in range(len(units)):
                node = int(np.flatnonzero(units.of_node == unit)[0])
                expected[cut.of_node[node]] += mean.get(features[node], 0.0)
            assert over.tolist() == pytest.approx(expected.tolist())


def test_divergence_is_kullback_and_leiblers() -> None:
    assert divergence({"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75}) == pytest.approx(0.5 * np.log(4 / 3))


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_every_feature_node_has_a_group_with_a_name_of_its_own(name: str) -> None:
    graph = real_graph(name)
    for n_groups in (None, 4, 12, 40):
        found = groups_of(graph, n_groups)
        assert ((found.number >= 0) == (graph.nodes.kind == NodeKind.FEATURE)).all()
        assert set(found.number[found.number >= 0].tolist()) == set(range(len(found.names)))
        assert len(set(found.names)) == len(found.names) == n_groups or n_groups is None


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_another_order_gives_the_same_groups(name: str) -> None:
    graph = real_graph(name)
    other, old = reordered(graph, seed=1)
    found, same = groups_of(graph), groups_of(other)
    assert same.number.tolist() == found.number[old].tolist()
    assert same.names == found.names
    assert same.information_lost == found.information_lost
    assert same.shuffled(3).tolist() == found.shuffled(3)[old].tolist()


def test_shuffled_groups_have_the_same_sizes() -> None:
    found = groups_of(real_graph("dallas"))
    shuffled = found.shuffled(0)
    assert sorted(shuffled.tolist()) == sorted(found.number.tolist())
    assert ((shuffled < 0) == (found.number < 0)).all()
    assert shuffled.tolist() != found.number.tolist()
    assert shuffled.tolist() == found.shuffled(0).tolist() != found.shuffled(1).tolist()


def test_only_the_nodes_among_those_asked_for_are_grouped() -> None:
    graph = real_graph("dallas-grouped")
    among = np.array([label is None for label in graph.labels])
    weight = PathSpace(graph, PathQuery()).target_weight
    found = Grown(graph, weight, among).groups(graph, 8)
    assert ((found.number >= 0) == (among & (graph.nodes.kind == NodeKind.FEATURE))).all()
    assert len(found.names) == 8


def test_a_graph_without_features_has_no_groups() -> None:
    found = groups_of(make_graph("EL", {(0, 1): 1.0}))
    assert found.names == [] and found.number.tolist() == [-1, -1]
    assert found.information_lost == found.biggest_flow == 0.0
    assert found.shuffled(0).tolist() == [-1, -1]


# -- names


TOKENS = ("<bos>", " Dallas", " in", " Texas", " is")
N_LAYERS = 20


def feature_graph(
    reads: dict[int, float],
    layer: int = 3,
    positions: tuple[int, ...] = (1,),
    effects: tuple[float, ...] = (1.0,),
    tokens: tuple[str, ...] = TOKENS,
    logits: tuple[str, ...] = (" Austin", " Fort", " Waco", " Paris", " Rome"),
    labels: tuple[str | None, ...] = (),
    errors: float = 0.0,
    index: tuple[int, ...] = (),
) -> AttributionGraph:
    """A graph whose features, of one layer, each read tokens by position and errors with these weights, and have these
    effects on the first logits. They are one feature at several positions, unless they have an `index` each."""
    n_tokens, n = len(tokens), len(positions)
    kinds = "E" * n_tokens + "X" + "F" * n + "L" * len(effects)
    features = range(n_tokens + 1, n_tokens + 1 + n)
    first_logit = features.stop
    weights: Weights = {(at, node): weight for at, weight in reads.items() for node in features}
    if errors:
        weights |= {(n_tokens, node): errors for node in features}
    weights |= {
        (node, first_logit + at): effect for at, effect in enumerate(effects) if effect for node in features
    }
    named = {node: label for node, label in zip(features, labels, strict=False) if label is not None}
    graph = make_graph(kinds, weights, labels=named, n_layers=N_LAYERS, tokens=list(tokens))
    columns = {name: getattr(graph.nodes, name).copy() for name in ("layer", "position", "index")}
    columns["layer"][list(features)] = layer
    columns["position"][list(features)] = positions
    columns["position"][first_logit:] = n_tokens - 1
    columns["index"][list(features)] = index or 0
    token = [*tokens, *[None] * (1 + n), *logits[: len(effects)]]
    return replace(graph, nodes=replace(graph.nodes, token=token, **columns))


def named(reads: dict[int, float], **graph: Any) -> list[str]:
    return groups_of(feature_graph(reads, **graph)).names


def test_a_group_in_the_first_layers_at_its_source_reads_it() -> None:
    assert named({1: 0.8, 0: 0.2}, layer=2) == ["reads Dallas"]
    assert named({1: 0.8, 0: 0.2}, layer=2, errors=0.6) == ["reads Dallas"]
    assert named({1: 0.8, 0: 0.2}, layer=2, errors=0.8) == ["thinks of Dallas"]  # 0.56 straight from tokens


def test_a_group_at_its_source_later_thinks_of_it() -> None:
    assert named({1: 0.8, 0: 0.2}, layer=3) == ["thinks of Dallas"]


def test_a_group_elsewhere_is_named_by_both_places() -> None:
    assert named({1: 0.8, 0: 0.2}, positions=(4,)) == ["Dallas at is"]


def test_a_group_of_no_position_is_spread() -> None:
    assert named({1: 0.8, 0: 0.2}, positions=(1, 4)) == ["spread: Dallas"]


def test_a_first_token_is_a_source_where_it_has_half() -> None:
    assert named({0: 0.49, 1: 0.51}) == ["thinks of Dallas"]
    assert named({0: 0.51, 1: 0.49}) == ["<bos> at Dallas"]
    assert named({0: 0.51, 1: 0.49}, positions=(0,)) == ["thinks of <bos>"]
    assert named({0: 0.4, 1: 0.3, 2: 0.3}) == ["thinks of Dallas"]
    assert named({0: 0.4, 1: 0.3, 2: 0.3}, tokens=("In", *TOKENS[1:])) == ["In + Dallas at Dallas"]


def test_a_second_source_is_named_where_it_is_nearly_as_strong() -> None:
    assert named({1: 0.45, 3: 0.3, 2: 0.25}) == ["thinks of Dallas + Texas"]
    assert named({1: 0.45, 3: 0.26, 2: 0.29}) == ["thinks of Dallas + in"]
    assert named({1: 0.49, 3: 0.28, 2: 0.23}) == ["thinks of Dallas"]
    assert named({1: 0.51, 3: 0.49}) == ["thinks of Dallas"]


def test_many_weak_sources_are_several_tokens() -> None:
    assert named({1: 0.25, 2: 0.25, 3: 0.25, 4: 0.25}) == ["several tokens at Dallas"]


def test_a_group_of_errors_alone_says_so() -> None:
    assert named({}, errors=1.0) == ["errors at Dallas"]


def test_a_group_that_says_something_is_named_by_the_logits_that_it_raises() -> None:
    late: dict[str, Any] = {"layer": 10, "positions": (4,)}
    assert named({1: 1.0}, effects=(4.0, 2.0, -2.0, 0.0, 0.0), **late) == ["says Austin / Fort"]
    # Beside their mean, 0.9, the logits are raised by 3.1, 1.1 (0.354 of that) and less.
    assert named({1: 1.0}, effects=(4.0, 2.0, -1.5, 0.0, 0.0), **late) == ["says Austin / Fort"]
    assert named({1: 1.0}, effects=(4.0, 1.9, -1.4, 0.0, 0.0), **late) == ["says Austin"]
    assert named({1: 1.0}, effects=(4.0, 4.0, 4.0, 4.0, -9.0), **late) == ["says Austin / Fort / Waco"]
    assert named({1: 1.0}, effects=(4.0,), **late) == ["says Austin"]


def test_a_group_that_raises_no_logit_beside_others_is_named_by_its_places() -> None:
    assert named({1: 1.0}, effects=(2.0, 2.0), layer=10, positions=(4,)) == ["Dallas at is"]


def test_logits_that_read_alike_are_said_once() -> None:
    logits = (" grand", "grand", " gros")
    names = named({1: 1.0}, effects=(4.0, 3.5, -1.0), logits=logits, layer=10, positions=(4,))
    assert names == ["says grand"]


def test_a_label_that_covers_half_of_the_flow_is_the_name() -> None:
    assert named({1: 1.0}, positions=(1, 1), labels=("Texas", "Texas")) == ["Texas (thinks of Dallas)"]
    assert named({1: 1.0}, positions=(1, 4), labels=("Texas", None)) == ["Texas (spread: Dallas)"]
    assert named({1: 1.0}, positions=(1, 2, 4), labels=("Texas", None)) == ["spread: Dallas"]
    differing = ("a state", "Texas", "the South")
    assert named({1: 1.0}, positions=(1, 1, 1), labels=differing) == ["the South … (thinks of Dallas)"]
    assert named({1: 1.0}, positions=(1, 1, 1), labels=(*differing[:1], None, None)) == ["thinks of Dallas"]


def test_a_name_made_from_top_logits_is_no_label_of_a_group() -> None:
    graph = feature_graph({1: 1.0}, positions=(1, 1))
    made, said = Explanation("~ Austin", "unknown", "top-logits"), Explanation("a state", "model", "auto")
    assert groups_of(replace(graph, explanations={(3, 0): [made]})).names == ["thinks of Dallas"]
    assert groups_of(replace(graph, explanations={(3, 0): [made, said]})).names == [
        "a state (thinks of Dallas)"
    ]


def test_tokens_that_a_prompt_has_twice_are_numbered() -> None:
    assert named({1: 1.0}, tokens=("<bos>", " is", " in", " is", " \n")) == ["thinks of is₁"]
    assert named({4: 1.0}, positions=(4,), tokens=("<bos>", " is", " in", " is", "\n")) == ["thinks of ↵"]


def test_groups_of_one_name_get_their_layers_and_numbers() -> None:
    graph = feature_graph({1: 1.0}, positions=(1, 1, 1), index=(0, 1, 2))
    first = len(TOKENS) + 1
    assert groups_of(graph).names == [f"thinks of Dallas (layer 3) ({number})" for number in (1, 2, 3)]
    layer = graph.nodes.layer.copy()
    layer[first : first + 3] = (3, 4, 5)
    graph = replace(graph, nodes=replace(graph.nodes, layer=layer))
    assert groups_of(graph).names == [f"thinks of Dallas (layer {layer})" for layer in (3, 4, 5)]


# -- kept


def test_groups_are_grown_once_for_all_who_ask_at_the_same_time() -> None:
    graph, barrier = replace(real_graph("dallas")), Barrier(4)
    calls: list[int] = []

    def make() -> Grown:
        calls.append(1)
        return grow(graph)

    def ask() -> Grown:
        barrier.wait()
        return kept_beside(graph, "key", make)

    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(ask) for _ in range(4)]]
    assert len(calls) == 1
    assert all(one is found[0] for one in found)


def test_what_failed_is_tried_again() -> None:
    graph = replace(real_graph("dallas"))

    def fail() -> Grown:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        kept_beside(graph, "key", fail)
    assert isinstance(kept_beside(graph, "key", partial(grow, graph)), Grown)


def test_few_targets_are_kept_and_no_longer_than_the_graph() -> None:
    graph = replace(real_graph("dallas"))
    first = kept_beside(graph, 0, partial(grow, graph))
    assert kept_beside(graph, 0, partial(grow, graph)) is first
    for key in range(1, KEPT_TARGETS + 1):
        kept_beside(graph, key, partial(grow, graph))
    assert kept_beside(graph, 0, partial(grow, graph)) is not first
    seen = weakref.ref(kept_beside(graph, KEPT_TARGETS, partial(grow, graph)))
    assert seen() is kept_beside(graph.with_labels("own"), KEPT_TARGETS, partial(grow, graph))
    del graph, first
    gc.collect()
    assert seen() is None
