"""A drawn circuit's figures, by hand and against a walk over all paths."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.circuit.circuit import find_circuit
from queries.circuit.drawn import DrawnCircuit, score_drawn
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.question import CircuitQuestion, DrawnQuestion, NamedNodes
from tests.support.graphs import all_paths, graphs, make_graph, real_graph


def drawn(
    graph: AttributionGraph, supernodes: dict[str, list[int]], pinned: list[int], **asked: Any
) -> DrawnCircuit:
    keys = graph.nodes.keys(graph.record.id)
    return score_drawn(
        graph,
        DrawnQuestion(
            supernodes=[
                NamedNodes(name=name, nodes=[keys[node] for node in nodes])
                for name, nodes in supernodes.items()
            ],
            pinned=[keys[node] for node in pinned],
            **asked,
        ),
    )


# A token is read by two features; the first excites the logit, the second inhibits it, and an error excites it.
WEIGHTS = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0, (1, 4): 2.0, (2, 4): -1.0, (3, 4): 1.0}
GRAPH = make_graph("EFFXL", WEIGHTS)


def test_a_circuit_is_what_its_features_carry_and_its_links_are_between_nodes_of_every_kind() -> None:
    found = drawn(GRAPH, {"both": [1, 2]}, [0, 3, 4])
    assert [(one.nodes, one.name) for one in found.nodes] == [
        ((1, 2), "both"),
        ((0,), None),
        ((3,), None),
        ((4,), None),
    ]
    assert (found.effect.influence, found.matching, found.n_features) == (0.75, 0.75, 2)
    assert (found.effect.raising, found.effect.lowering) == (0.5, 0.25)
    links = {(one.source, one.target): one for one in found.links}
    assert {ends: one.share for ends, one in links.items()} == {
        (1, 0): 0.75,  # all of the first feature's input, half of the second's
        (0, 3): 0.25,  # a half, less a quarter
        (2, 3): 0.25,
    }
    of_token, of_both, of_error = links[1, 0].effect, links[0, 3].effect, links[2, 3].effect
    # Over 1 to the logit 0.5, over 1 and 2 0.125; over 2 alone 0.5 * 0.25: what 1 hands on within the supernode counts.
    assert (of_token.influence, of_token.net) == (0.75, 0.5 - 0.125 - 0.125)
    assert (of_both.influence, of_both.net) == (0.75, 0.25)
    assert (of_error.influence, of_error.net) == (0.25, 0.25)
    # 0.5 over the first feature alone, 0.125 over the second alone, 0.125 over both, which counts for each.
    assert [one.flow for one in found.nodes] == [0.875, 0.75, 0.0, 0.75]


def test_links_are_there_before_the_circuit_explains_anything() -> None:
    found = drawn(GRAPH, {}, [1, 2])
    only = drawn(GRAPH, {}, [3, 4])
    assert [(one.source, one.target, one.share) for one in found.links] == [(0, 1, 0.5)]
    assert (only.effect.influence, [one.share for one in only.links]) == (0.0, [0.25])
    nothing = drawn(GRAPH, {}, [])
    assert (nothing.effect.influence, nothing.nodes, nothing.random) == (0.0, [], None)


def test_a_logit_that_is_not_asked_about_has_its_links_too() -> None:
    graph = make_graph("EFLL", {(0, 1): 1.0, (1, 2): 1.0, (1, 3): -1.0}, probability={2: 0.7, 3: 0.1})
    found = drawn(graph, {}, [1, 3])
    ((link),) = found.links
    assert (link.share, link.effect.influence) == (-1.0, 0.0)


def test_a_node_of_two_supernodes_is_of_the_first() -> None:
    found = drawn(GRAPH, {"a": [1], "b": [1, 2], "c": [2]}, [2, 0])
    assert [(one.nodes, one.name) for one in found.nodes] == [((1,), "a"), ((2,), "b"), ((0,), None)]


@given(graph=graphs(labels=("a", "b")), seed=st.integers(0, 99))
def test_what_is_explained_and_every_link_equal_a_walk_over_all_paths(
    graph: AttributionGraph, seed: int
) -> None:
    random = np.random.default_rng(seed)
    n = len(graph.nodes)
    order = random.permutation(n).tolist()
    named, pinned = {"one": order[:2], "other": order[2:4]}, order[4 : n - 1]
    found = drawn(graph, {name: nodes for name, nodes in named.items() if nodes}, pinned)
    ((target, _),) = found.targets
    inside = {node for one in found.nodes for node in one.nodes if graph.nodes.kind[node] == NodeKind.FEATURE}
    explained = sum(
        path.score
        for path in all_paths(graph, target)
        if len(path.nodes) > 2 and inside.issuperset(path.nodes[1:-1])
    )
    assert found.effect.influence == pytest.approx(explained, rel=1e-9, abs=1e-12)
    place = {node: number for number, one in enumerate(found.nodes) for node in one.nodes}
    weight = graph.edges.weight
    influence: dict[tuple[int, int], float] = {}
    net: dict[tuple[int, int], float] = {}
    share: dict[tuple[int, int], float] = {}
    columns = graph.edges.source.tolist(), graph.edges.target.tolist(), graph.edges.share.tolist()
    for edge, (a, b, part) in enumerate(zip(*columns, strict=True)):
        if a in place and b in place and place[a] != place[b]:
            ends = place[a], place[b]
            signed = float(np.copysign(part, weight[edge])) / len(found.nodes[place[b]].nodes)
            share[ends] = share.get(ends, 0.0) + signed
            influence.setdefault(ends, 0.0)
            net.setdefault(ends, 0.0)
    for path in all_paths(graph, target, sources=range(n)):
        a, b = path.nodes[:2]
        if (ends := (place.get(a, -1), place.get(b, -1))) in influence:
            influence[ends] += path.score
            net[ends] += path.score * float(np.prod(np.sign(weight[list(path.edges)])))
    assert {(one.source, one.target) for one in found.links} == set(influence)
    for one in found.links:
        ends = one.source, one.target
        assert one.effect.influence == pytest.approx(influence[ends], rel=1e-9, abs=1e-12)
        assert one.effect.net == pytest.approx(net[ends], rel=1e-9, abs=1e-12)
        assert one.share == pytest.approx(share[ends], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"pinned": ["feature/9/9/9"]}, "feature/9/9/9"),
        ({"supernodes": [NamedNodes(name="Texas", nodes=["no id"])]}, "Texas"),
        ({"target": ["token:nowhere"]}, "nowhere"),
    ],
)
def test_what_cannot_be_asked(asked: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        score_drawn(GRAPH, DrawnQuestion(**asked))


def test_the_chosen_circuit_drawn_explains_the_same_and_more_than_random_ones() -> None:
    graph = real_graph("dallas")
    chosen = find_circuit(graph, CircuitQuestion(nodes=20))
    pinned = [node for one in chosen.nodes for node in one.nodes]
    found = drawn(graph, {}, pinned, random=20)
    assert found.effect == chosen.effect
    assert found.random is not None
    assert found.random.explained.mean + 3 * found.random.explained.deviation < found.effect.influence
    assert found.random == drawn(graph, {}, pinned, random=20).random
