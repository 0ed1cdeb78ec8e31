"""A circuit's nodes, links and figures, against a walk over all its paths."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queries.circuit.circuit import Circuit, find_circuit
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.question import CircuitQuestion
from tests.support.graphs import REAL_GRAPHS, BrutePath, all_paths, graphs, make_graph, real_graph


def paths_of(graph: AttributionGraph, found: Circuit) -> list[BrutePath]:
    """The paths that run over nodes of the circuit only."""
    inside = {node for one in found.nodes for node in one.nodes if graph.nodes.kind[node] == NodeKind.FEATURE}
    ((target, _),) = found.targets
    return [
        path
        for path in all_paths(graph, target)
        if len(path.nodes) > 2 and path.score > 0.0 and inside.issuperset(path.nodes[1:-1])
    ]


@given(graph=graphs(labels=("a", "b")), n=st.integers(1, 4), by=st.sampled_from(["none", "label", "feature"]))
def test_flows_and_links_are_those_of_the_paths_within(graph: AttributionGraph, n: int, by: str) -> None:
    try:
        found = find_circuit(graph, CircuitQuestion(nodes=n, group_by=by))
    except InvalidRequest:
        assume(False)
    paths = paths_of(graph, found)
    total = sum(path.score for path in paths)
    assert found.choice.explained == pytest.approx(total, abs=1e-12)
    assert found.effect.influence == pytest.approx(total, abs=1e-12)
    place = {node: number for number, one in enumerate(found.nodes) for node in one.nodes}
    links: dict[tuple[int, int], float] = {}
    for path in paths:
        for a, b in pairwise(place[node] for node in path.nodes):
            if a != b:
                links[a, b] = links.get((a, b), 0.0) + path.score
    assert {(one.source, one.target) for one in found.links} == {
        ends for ends, along in links.items() if along > 0
    }
    for link in found.links:
        assert link.effect.influence == pytest.approx(links[link.source, link.target], rel=1e-9, abs=1e-12)
    for one in found.nodes:
        flow = sum(path.score * len(set(one.nodes) & set(path.nodes)) for path in paths)
        assert one.flow == pytest.approx(flow, rel=1e-9, abs=1e-12)


def test_what_raises_and_what_lowers_is_told_of_each_link() -> None:
    graph = make_graph("EFFL", {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 3.0, (2, 3): -1.0})
    found = find_circuit(graph, CircuitQuestion(nodes=2))
    effects = {(one.source, one.target): (one.effect.raising, one.effect.lowering) for one in found.links}
    assert effects == {(0, 1): (0.75, 0.0), (1, 3): (0.75, 0.0), (0, 2): (0.0, 0.25), (2, 3): (0.0, 0.25)}
    assert (found.effect.raising, found.effect.lowering) == (0.75, 0.25)
    assert (found.choice.is_best, found.choice.explained, found.matching) == (True, 1.0, 1.0)


def test_a_circuit_towards_a_difference_and_around_a_node() -> None:
    weights = {(0, 1): 1.0, (0, 2): 1.0, (1, 3): 3.0, (2, 3): 1.0, (1, 4): 3.0, (2, 4): -1.0}
    graph = make_graph("EFFLL", weights, probability={3: 0.5, 4: 0.25})
    found = find_circuit(
        graph, CircuitQuestion(nodes=1, target=["token:token 3"], rather_than="token:token 4")
    )
    assert [one.nodes for one in found.nodes[1:-1]] == [(2,)], "the other feature says as much for either"
    around = find_circuit(graph, CircuitQuestion(nodes=1, avoid=["feature/0/0/1"]))
    assert [one.nodes for one in around.nodes[1:-1]] == [(2,)]


def test_what_begins_before_the_text_can_be_hidden() -> None:
    weights = {(0, 2): 3.0, (1, 3): 1.0, (2, 4): 1.0, (3, 4): 1.0}
    graph = make_graph("EEFFL", weights, tokens=["<bos>", " a"])
    found = find_circuit(graph, CircuitQuestion(hide_bos=True))
    assert ([one.nodes for one in found.nodes], found.hidden) == ([(1,), (3,), (4,)], 0.5)
    assert find_circuit(graph, CircuitQuestion()).hidden is None


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        (CircuitQuestion(nodes=1, share=0.5), "share"),
        (CircuitQuestion(avoid=["feature/0/0/1"]), "target"),
        (CircuitQuestion(groups=5), "groups"),
    ],
)
def test_what_cannot_be_asked(asked: CircuitQuestion, parameter: str) -> None:
    graph = make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0})
    with pytest.raises(InvalidRequest) as refused:
        find_circuit(graph, asked)
    assert refused.value.parameter == parameter


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_on_real_graphs_ten_groups_explain_more_than_ten_nodes(name: str) -> None:
    graph = real_graph(name)
    nodes = find_circuit(graph, CircuitQuestion())
    groups = find_circuit(graph, CircuitQuestion(group_by="auto"))
    assert groups.choice.explained > 3 * nodes.choice.explained
    assert nodes.scores is not None and nodes.whole_scores is not None
    assert nodes.scores.replacement < groups.scores.replacement <= nodes.whole_scores.replacement  # type: ignore[union-attr]
