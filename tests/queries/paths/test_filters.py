"""Every filter and every score against brute force over all paths, alone and combined."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, get_args

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidRequest
from queries.exports.networkx import to_networkx
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.limits import Limits
from queries.paths.flow import group_flow, node_flow, pair_flow
from queries.paths.groups import find_groups, group_nodes
from queries.paths.scores import SCORES
from queries.paths.search import rank_paths
from queries.paths.sequences import best_group_sequences
from queries.paths.space import Effect, PathQuery, PathSpace, best_paths
from queries.paths.space import Path as RankedPath
from queries.words import GROUPINGS, SELECTORS, GroupBy, Side, Unlabelled
from tests.support.graphs import (
    LABELLED_GRAPHS,
    UNLABELLED_GRAPHS,
    BrutePath,
    all_paths,
    graphs,
    make_graph,
    real_graph,
)

DOCS = Path(__file__).parents[3] / "docs"


class Scored(NamedTuple):
    score: float
    influence: float
    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    weight: float
    """Its target's, 1 in all."""


def target_weights(graph: AttributionGraph, query: PathQuery) -> dict[int, float]:
    if query.targets is None:
        return {int(PathSpace(graph, query).targets[0]): 1.0}
    if len(query.targets) == 1:
        return {query.targets[0]: 1.0}
    chances = {node: float(graph.nodes.probability[node]) for node in query.targets}
    return {node: chance / sum(chances.values()) for node, chance in chances.items()}


def score_of(graph: AttributionGraph, name: str, path: BrutePath, weight: float) -> float:
    weights = [float(graph.edges.weight[edge]) for edge in path.edges]
    if name == "mean_weight":
        return sum(weights) / len(weights)
    if name == "bottleneck":
        return min(map(abs, weights))
    if name == "contribution":
        for node in path.nodes[1:-1]:
            weight /= float(graph.nodes.activation[node])
        return weight * math.prod(weights)
    return weight * math.prod(float(graph.edges.share[edge]) for edge in path.edges)


def fits(graph: AttributionGraph, query: PathQuery, path: BrutePath) -> bool:
    weights = [float(graph.edges.weight[edge]) for edge in path.edges]
    n_negative = sum(weight < 0 for weight in weights)
    signs = {
        None: True,
        "all-positive": n_negative == 0,
        "positive": n_negative % 2 == 0,
        "negative": n_negative % 2 == 1,
    }
    return (
        len(path.edges) >= query.min_length
        and (query.max_length is None or len(path.edges) <= query.max_length)
        and all(set(item) & set(path.nodes) for item in query.through)
        and not set(query.avoid) & set(path.nodes)
        and signs[query.sign]
    )


def brute_force(graph: AttributionGraph, query: PathQuery) -> list[Scored]:
    """All paths that satisfy a query, best first."""
    sources = None if query.sources is None else set(query.sources)
    found = [
        Scored(
            score_of(graph, query.score, path, weight), weight * path.score, path.nodes, path.edges, weight
        )
        for target, weight in target_weights(graph, query).items()
        for path in all_paths(graph, target, sources=sources)
        if fits(graph, query, path)
    ]
    worth = abs if query.score == "contribution" else float
    return sorted(found, key=lambda path: -worth(path.score))


def assert_best(found: list[RankedPath], every: list[Scored], query: PathQuery) -> None:
    """`found` holds the k best of `every` path; the order agrees but for rounding."""
    worth = abs if query.score == "contribution" else float
    assert len(found) == min(query.k, len(every))
    scale = (
        1e-12 * max((abs(path.score) for path in every), default=0.0) if query.score == "mean_weight" else 0.0
    )
    for path, expected in zip(found, every, strict=False):
        assert worth(path.score) == pytest.approx(worth(expected.score), rel=1e-12, abs=scale)
    by_edges = {path.edges: path for path in every}
    assert len({path.edges for path in found}) == len(found)
    for path in found:
        assert path.nodes == by_edges[path.edges].nodes
        assert path.score == pytest.approx(by_edges[path.edges].score, rel=1e-12, abs=scale)


def assert_effect(effect: Effect, graph: AttributionGraph, every: list[Scored]) -> None:
    """`effect` is that of `every` path together, each path's sign that of the product of its weights."""
    influence = math.fsum(path.influence for path in every)
    raising = math.fsum(path.influence for path in every if _raises(graph, path))
    rounding = 1e-12 * influence
    assert effect.influence == pytest.approx(influence, rel=1e-9)
    assert effect.raising == pytest.approx(raising, rel=1e-9, abs=rounding)
    assert effect.lowering == pytest.approx(influence - raising, rel=1e-9, abs=rounding)
    contributions = [
        score_of(graph, "contribution", BrutePath(path.score, path.nodes, path.edges), path.weight)
        for path in every
    ]
    size = math.fsum(map(abs, contributions))
    assert effect.contribution == pytest.approx(math.fsum(contributions), rel=1e-9, abs=1e-9 * size)


def _raises(graph: AttributionGraph, path: Scored) -> bool:
    return sum(bool(graph.edges.weight[edge] < 0) for edge in path.edges) % 2 == 0


def members_of(group: Ints, every: list[Scored]) -> dict[tuple[int, ...], list[Scored]]:
    """The paths of each sequence of `group` (n_nodes,) numbers; neighbours in one group count once."""
    members: dict[tuple[int, ...], list[Scored]] = {}
    for path in every:
        numbers = group[list(path.nodes)].tolist()
        sequence = tuple(one for one, before in zip(numbers, [None, *numbers], strict=False) if one != before)
        members.setdefault(sequence, []).append(path)
    return members


@st.composite
def queries(draw: st.DrawFn, graph: AttributionGraph, scores: list[str]) -> PathQuery:
    n, kind = len(graph.nodes), graph.nodes.kind
    nodes = st.integers(0, n - 1)
    starts = [node for node in range(n) if kind[node] != NodeKind.LOGIT]
    logits, features = (
        [int(node) for node in graph.nodes.of_kind(one)] for one in (NodeKind.LOGIT, NodeKind.FEATURE)
    )
    targets = st.sampled_from([None, tuple(logits), *((node,) for node in logits + features)])
    few = st.lists(nodes, min_size=1, max_size=3).map(tuple)
    min_length = draw(st.integers(1, 3))
    more = draw(st.none() | st.integers(0, 2))
    return PathQuery(
        k=draw(st.integers(1, 4) | st.integers(5, 30)),
        score=draw(st.sampled_from(scores)),
        sources=draw(st.none() | st.lists(st.sampled_from(starts), min_size=1, max_size=4).map(tuple)),
        targets=draw(targets),
        through=tuple(draw(st.lists(few, max_size=2))),
        avoid=draw(st.just(()) | st.lists(nodes, max_size=2).map(tuple)),
        sign=draw(st.sampled_from([None, None, "all-positive", "positive", "negative"])),
        min_length=min_length,
        max_length=None if more is None else min_length + more,
    )


@given(graphs(), st.data())
def test_every_filter_and_score_equals_brute_force(graph: AttributionGraph, data: st.DataObject) -> None:
    query = data.draw(queries(graph, list(SCORES)))
    space, every = PathSpace(graph, query), brute_force(graph, query)
    found = best_paths(space)
    assert_best(found, every, query)
    totals = space.totals()
    assert totals.matching == pytest.approx(math.fsum(path.influence for path in every), rel=1e-9)
    assert_effect(totals.effect, graph, every)
    by_edges = {path.edges: path for path in every}
    for one in found:
        assert_effect(one.effect, graph, [by_edges[one.edges]])


@given(graphs(), st.sampled_from(get_args(Side)), st.data())
def test_a_side_of_the_paths_equals_brute_force(
    graph: AttributionGraph, side: Side, data: st.DataObject
) -> None:
    both = replace(data.draw(queries(graph, list(SCORES))), sign=None)
    query, every = replace(both, side=side), brute_force(graph, both)
    assert_best(
        best_paths(PathSpace(graph, query)),
        [path for path in every if _raises(graph, path) == (side == "raises")],
        query,
    )
    assert PathSpace(graph, query).totals() == PathSpace(graph, both).totals(), "of both sides"


@given(graphs(), st.data())
def test_totals_are_of_the_sources_and_targets_asked_for(
    graph: AttributionGraph, data: st.DataObject
) -> None:
    query = data.draw(queries(graph, ["influence"]))
    totals = PathSpace(graph, query).totals()
    plain = replace(query, through=(), avoid=(), sign=None, min_length=1, max_length=None)
    every = brute_force(graph, plain)
    assert totals.total == pytest.approx(math.fsum(path.influence for path in every), rel=1e-9)
    assert totals.direct == pytest.approx(
        math.fsum(path.influence for path in every if len(path.edges) == 1), rel=1e-9
    )
    errors = tuple(graph.nodes.of_kind(NodeKind.ERROR).tolist())
    from_errors = brute_force(graph, replace(plain, sources=errors)) if errors else []
    assert totals.from_errors == pytest.approx(math.fsum(path.influence for path in from_errors), rel=1e-9)


@given(graphs(labels=("A", "B")), st.sampled_from(GROUPINGS), st.data())
def test_filtered_groups_equal_brute_force(graph: AttributionGraph, by: GroupBy, data: st.DataObject) -> None:
    query = data.draw(queries(graph, ["influence", "contribution"]))
    space = PathSpace(graph, query)
    unlabelled = data.draw(st.sampled_from(get_args(Unlabelled)))
    group = find_groups(graph, space, by, unlabelled, data.draw(st.integers(1, 4)))[0].number
    members = members_of(group, brute_force(graph, query))
    found = best_group_sequences(space, group, best_members=3)
    scores = sorted(
        (math.fsum(abs(path.score) for path in paths) for paths in members.values()), reverse=True
    )
    assert [one.score for one in found] == pytest.approx(scores[: query.k], rel=1e-9, abs=0)
    for one in found:
        paths = members[tuple(int(group[step[0]]) for step in one.steps)]
        assert one.n_members == len(paths)
        assert one.score == pytest.approx(math.fsum(abs(path.score) for path in paths), rel=1e-9)
        assert one.signed == pytest.approx(
            math.fsum(path.score for path in paths), rel=1e-9, abs=1e-9 * one.score
        )
        assert_effect(one.effect, graph, paths)
        assert {node for step in one.steps for node in step} == {
            node for path in paths for node in path.nodes
        }
        best = sorted((abs(path.score) for path in paths), reverse=True)[:3]
        assert [abs(path.score) for path in one.best_members] == pytest.approx(best, rel=1e-12)


@given(
    graphs(labels=("A", "B")), st.sampled_from(get_args(Side)), st.sampled_from(["label", "layer"]), st.data()
)
def test_groups_of_a_side_equal_brute_force(
    graph: AttributionGraph, side: Side, by: str, data: st.DataObject
) -> None:
    both = replace(data.draw(queries(graph, ["influence", "contribution"])), sign=None)
    query = replace(both, side=side, k=data.draw(st.integers(1, 3)))
    group = group_nodes(graph, by).number  # type: ignore[arg-type]
    members = members_of(group, brute_force(graph, query))
    on_side = {True: 1.0, False: -1.0} if side == "raises" else {True: -1.0, False: 1.0}
    nets = {
        sequence: math.fsum(on_side[_raises(graph, path)] * abs(path.score) for path in paths)
        for sequence, paths in members.items()
    }
    size = {sequence: math.fsum(abs(path.score) for path in paths) for sequence, paths in members.items()}
    wanted = sorted((net for one, net in nets.items() if net > 1e-9 * size[one]), reverse=True)[: query.k]
    found = best_group_sequences(PathSpace(graph, query), group, best_members=3)
    of_found = [tuple(int(group[step[0]]) for step in one.steps) for one in found]
    scale = 1e-9 * max(size.values(), default=0.0)
    assert [nets[sequence] for sequence in of_found][: len(wanted)] == pytest.approx(
        wanted, rel=1e-9, abs=scale
    )
    assert all(nets[sequence] <= scale for sequence in of_found[len(wanted) :]), "nothing but rounding"
    assert len(set(of_found)) == len(of_found) <= query.k
    for one, sequence in zip(found, of_found, strict=True):
        assert one.n_members == len(members[sequence])
        assert one.score == pytest.approx(size[sequence], rel=1e-9)
        assert_effect(one.effect, graph, members[sequence])


@pytest.mark.parametrize("name", LABELLED_GRAPHS)
def test_groups_of_a_side_on_real_graphs(name: str) -> None:
    """Against the nets of every sequence of at most four edges, found without a side."""
    graph = real_graph(name)
    group = group_nodes(graph, "label").number
    query = PathQuery(k=10_000, min_length=1, max_length=3)
    every = best_group_sequences(PathSpace(graph, query), group, best_members=0)
    assert 100 < len(every) < query.k
    for side, towards in (("raises", 1.0), ("lowers", -1.0)):
        found = best_group_sequences(PathSpace(graph, replace(query, k=20, side=side)), group, best_members=0)  # type: ignore[arg-type]
        wanted = sorted((towards * one.effect.net for one in every), reverse=True)[:20]
        assert [towards * one.effect.net for one in found] == pytest.approx(wanted, rel=1e-9)


def test_a_side_and_a_sign_exclude_each_other() -> None:
    with pytest.raises(InvalidRequest, match="together with sign") as raised:
        PathQuery(side="raises", sign="positive")
    assert raised.value.parameter == "side"


@given(graphs(labels=("A", "B")), st.data())
def test_flows_equal_sums_over_all_paths(graph: AttributionGraph, data: st.DataObject) -> None:
    drawn = data.draw(queries(graph, ["influence"]))
    query = PathQuery(sources=drawn.sources, targets=drawn.targets, avoid=drawn.avoid, min_length=1)
    space, every, n = PathSpace(graph, query), brute_force(graph, query), len(graph.nodes)
    via = data.draw(st.integers(0, n - 1))
    group = group_nodes(graph, "label").number

    def flow(*sets: set[int]) -> float:
        return math.fsum(path.influence for path in every if all(one & set(path.nodes) for one in sets))

    def close(sums: list[float]) -> object:
        return pytest.approx(sums, rel=1e-9, abs=1e-14)

    assert node_flow(space).tolist() == close([flow({node}) for node in range(n)])
    assert pair_flow(space, via).tolist() == close([flow({via}, {node}) for node in range(n)])
    of_groups = [flow(set(np.flatnonzero(group == number).tolist())) for number in range(group.max() + 1)]
    assert group_flow(space, group, Limits()).tolist() == close(of_groups)


def test_through_is_met_in_any_order_and_by_any_of_several() -> None:
    graph = make_graph(
        "EFFFFL", {(0, 1): 1, (1, 2): 1, (2, 3): 1, (0, 4): 1, (4, 3): 1, (3, 5): 1, (2, 5): 1}
    )

    def paths(**query: object) -> set[tuple[int, ...]]:
        return {path.nodes for path in best_paths(PathSpace(graph, PathQuery(**query)))}  # type: ignore[arg-type]

    assert paths() == {(0, 1, 2, 3, 5), (0, 1, 2, 5), (0, 4, 3, 5)}
    assert paths(through=((3,),)) == {(0, 1, 2, 3, 5), (0, 4, 3, 5)}
    assert paths(through=((3,), (1,))) == paths(through=((1,), (3,))) == {(0, 1, 2, 3, 5)}
    assert paths(through=((1, 4),)) == paths()
    assert paths(through=((1, 4), (2, 4))) == paths()
    assert paths(through=((0,), (5,))) == paths(), "the ends of a path are on it"
    assert paths(avoid=(3,)) == {(0, 1, 2, 5)}
    assert paths(through=((1,),), avoid=(3,)) == {(0, 1, 2, 5)}
    assert paths(avoid=(0,)) == paths(avoid=(5,)) == set()


def test_paths_into_a_feature_and_from_one() -> None:
    graph = make_graph("EXFFL", {(0, 2): 3, (1, 2): 1, (0, 3): 1, (2, 3): -1, (3, 4): 2})
    into = best_paths(PathSpace(graph, PathQuery(targets=(3,), min_length=1)))
    assert [(path.nodes, path.score) for path in into] == [((0, 3), 0.5), ((0, 2, 3), 0.375)]
    from_error = best_paths(PathSpace(graph, PathQuery(sources=(1,))))
    assert [path.nodes for path in from_error] == [(1, 2, 3, 4)]
    between = best_paths(
        PathSpace(graph, PathQuery(sources=(2,), targets=(3,), min_length=1, score="contribution"))
    )
    assert [(path.nodes, path.score) for path in between] == [((2, 3), -1.0)]
    assert best_paths(PathSpace(graph, PathQuery(sources=(3,), targets=(3,), min_length=1))) == []


def test_contribution_chains_by_activations() -> None:
    graph = make_graph("EFFL", {(0, 1): -2, (1, 2): 3, (2, 3): 5})  # activations 0.5 and 0.75
    (path,) = best_paths(PathSpace(graph, PathQuery(score="contribution")))
    assert path.score == pytest.approx(-2 / 0.5 * 3 / 0.75 * 5)


def test_a_graph_without_activations_has_no_contribution() -> None:
    graph = make_graph("EFL", {(0, 1): 1, (1, 2): 1})
    graph.nodes.activation[:] = np.nan
    with pytest.raises(InvalidRequest, match="1 of this graph's 1 have none stored") as raised:
        PathSpace(graph, PathQuery(score="contribution"))
    assert raised.value.parameter == "score"
    into_it = PathSpace(graph, PathQuery(score="contribution", targets=(1,), min_length=1))
    assert [path.score for path in best_paths(into_it)] == [1.0], "the last edge is not divided"


@pytest.mark.parametrize("score", ["mean_weight", "bottleneck"])
def test_what_cannot_be_added_up_is_not_grouped(score: str) -> None:
    space = PathSpace(make_graph("EFL", {(0, 1): 1, (1, 2): 1}), PathQuery(score=score))
    with pytest.raises(InvalidRequest, match="added up"):
        best_group_sequences(space, group_nodes(space.graph, "label").number)


def test_activations_too_small_to_divide_by_are_said_to_be() -> None:
    graph = make_graph("EFL", {(0, 1): 1, (1, 2): 1})
    graph.nodes.activation[1] = 1e-310
    with pytest.raises(InvalidRequest, match="so small"):
        PathSpace(graph, PathQuery(score="contribution"))


def test_several_logits_need_probabilities() -> None:
    weights = {(0, 1): 1.0, (1, 2): 1.0, (1, 3): 1.0}
    known = make_graph("EFLL", weights, probability={2: 0.6, 3: 0.2})
    assert [path.score for path in best_paths(PathSpace(known, PathQuery(targets=(2, 3))))] == pytest.approx(
        [0.75, 0.25]
    )
    with pytest.raises(InvalidRequest, match="probabilities"):
        PathSpace(make_graph("EFLL", weights, probability={2: float("nan")}), PathQuery(targets=(2, 3)))


def test_eight_items_and_a_sign_at_once() -> None:
    n = 10
    weights = {(a, b): -1.0 if (a + b) % 3 == 0 else 1.0 for b in range(1, n) for a in range(b)}
    graph = make_graph("E" + "F" * (n - 2) + "L", weights)
    query = PathQuery(
        k=10_000, through=tuple((node,) for node in range(1, 9)), sign="positive", score="mean_weight"
    )
    assert_best(best_paths(PathSpace(graph, query)), brute_force(graph, query), query)
    missing_one = replace(query, through=query.through[:6], sign="negative", score="influence", k=3)
    assert_best(best_paths(PathSpace(graph, missing_one)), brute_force(graph, missing_one), missing_one)


def test_a_question_of_too_many_states_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph("EFFL", {(0, 1): 1, (1, 2): 1, (2, 3): 1})
    query = PathQuery(through=((1,), (2,)), sign="positive")
    assert len(best_paths(PathSpace(graph, query))) == 1
    monkeypatch.setattr("queries.paths.search.MAX_CELLS", 3 * 2 * 4 * 4 - 1)
    with pytest.raises(InvalidRequest, match="24 states for each of 4 nodes") as raised:
        best_paths(PathSpace(graph, query))
    assert raised.value.parameter == "through"


def test_paths_of_very_weak_edges_are_told_apart() -> None:
    """Their products, 1e-300 and 1e-330, leave a float's range; their order stays."""
    weights = (
        {(0, 1): 1e-30, (0, 2): 1.0}
        | {(a, a + 1): 1e-30 for a in range(2, 12)}
        | {(1, 2): 1e-30, (12, 13): 1.0}
    )
    weights |= {(0, b): 1.0 for b in range(3, 13)}
    graph = make_graph("E" + "F" * 12 + "L", weights)
    found = best_paths(PathSpace(graph, PathQuery(k=20)))
    assert len(found) == 12
    assert [len(path.edges) for path in found] == sorted(len(path.edges) for path in found)
    assert found[-1].nodes == tuple(range(14))


@pytest.mark.parametrize("name", UNLABELLED_GRAPHS)
def test_real_graphs_rank_as_networkx(name: str) -> None:
    """Scores equal networkx's k shortest simple paths (Yen) by -log(share), an independent algorithm, of any length."""
    graph = real_graph(name)
    query = PathQuery(k=30, min_length=1)
    space = PathSpace(graph, query)
    target, source = int(space.targets[0]), -1
    nx_graph = to_networkx(graph)
    nx_graph.remove_edges_from([(a, b) for a, b in nx_graph.edges if not space.into[b]])
    for node in graph.nodes.of_kind(NodeKind.EMBEDDING).tolist():
        nx_graph.add_edge(source, node, cost=0.0)
    shortest = nx.shortest_simple_paths(nx_graph, source, target, weight="cost")
    expected = [
        math.exp(-sum(nx_graph.edges[step]["cost"] for step in pairwise(nodes)))
        for nodes, _ in zip(shortest, range(query.k), strict=False)
    ]
    assert [path.score for path in best_paths(space)] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", UNLABELLED_GRAPHS)
def test_real_graphs_rank_as_the_notebook_does(name: str) -> None:
    """Scores equal seed 002's: every path of at most two edges from an embedding to a logit, by its mean weight."""
    graph = real_graph(name)
    query = PathQuery(k=50, score="mean_weight", min_length=1, max_length=2)
    target = int(PathSpace(graph, query).targets[0])
    inputs: dict[int, dict[int, float]] = {}
    for a, b, weight in zip(
        graph.edges.source.tolist(), graph.edges.target.tolist(), graph.edges.weight.tolist(), strict=True
    ):
        inputs.setdefault(b, {})[a] = weight
    is_embedding = graph.nodes.kind == NodeKind.EMBEDDING
    means = []

    def visit(node: int, weights: list[float]) -> None:
        for source, weight in inputs.get(node, {}).items():
            if is_embedding[source]:
                means.append(sum([*weights, weight]) / (len(weights) + 1))
            elif not weights and graph.nodes.kind[source] == NodeKind.FEATURE:
                visit(source, [weight])

    visit(target, [])
    assert [path.score for path in best_paths(PathSpace(graph, query))] == pytest.approx(
        sorted(means, reverse=True)[:50], rel=1e-12
    )


def test_a_notebook_needs_arrays_only() -> None:
    source, target = np.array([0, 0, 1]), np.array([1, 2, 2])
    walks = rank_paths(source, target, np.array([0.5, 0.25, 0.75]), starts=[0], ends=[2], k=5)
    assert [(walk.nodes, walk.edges) for walk in walks] == [((0, 1, 2), (0, 2)), ((0, 2), (1,))]
    only_long = rank_paths(source, target, np.array([0.5, 0.25, 0.75]), starts=[0], ends=[2], min_length=2)
    assert [walk.nodes for walk in only_long] == [(0, 1, 2)]


def test_the_documentation_says_what_the_scores_are() -> None:
    text = (DOCS / "scores.md").read_text().replace("\\|", "|")
    for score in SCORES.values():
        assert all(
            part in text for part in (score.name, score.definition, score.unit, score.sign, score.meaning)
        )
    assert all(f"| `{form}` | {meaning} |" in text for form, meaning in SELECTORS.items())
