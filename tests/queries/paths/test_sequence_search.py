"""The search for group sequences: against brute force, a slow search, and graphs on which a careless one never ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice, pairwise
from threading import Event
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from queries.errors import InvalidRequest, QueryTimeout
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.limits import ClientLeft, Limits
from queries.paths import kernels, sequence_search
from queries.paths.groups import find_groups
from queries.paths.scores import SCORES
from queries.paths.sequence_search import SequenceSearch, warm_up
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace, best_paths
from queries.words import GROUPINGS, GroupBy, Unlabelled
from tests.queries.paths.test_filters import brute_force, queries
from tests.support.graphs import REAL_GRAPHS, Weights, deep_graph, graphs, make_graph, real_graph
from tests.support.slow_sequences import slow_sequences

MODES: dict[str, dict[str, int]] = {
    "as it is": {},
    "all rows": {"EASY_STEPS": 0},
    "no rows": {"EASY_STEPS": 0, "MAX_BOUNDS": 0},
    "few rows": {"EASY_STEPS": 0, "MAX_BOUNDS": 40},
    "few reads": {"EASY_STEPS": 0, "MAX_BOUNDS": 40, "MAX_WORK": 20},
}
MAX_STEPS = 20_000
"""Of the slow search: graphs on which it takes longer are left out."""

Found = list[tuple[float, tuple[int, ...]]]


@contextmanager
def bounded(mode: str) -> Iterator[None]:
    """The search with other bounds, which must make no difference."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in MODES[mode].items():
            patch.setattr(sequence_search, name, value)
        yield


def search(space: PathSpace, group: Ints, limits: Limits | None = None) -> Found:
    limits = limits or Limits()
    return list(SequenceSearch(space.problem, space.size, group, space.query.k, limits).best())


def assert_same(found: Found, expected: Found) -> None:
    """The same scores, of the same sequences but for ties with the last one."""
    assert [score for score, _ in found] == pytest.approx([score for score, _ in expected], rel=1e-9, abs=0)
    scores = {sequence: score for score, sequence in expected}
    assert len({sequence for _, sequence in found}) == len(found)
    for score, sequence in found:
        assert score == pytest.approx(scores.get(sequence, expected[-1][0]), rel=1e-9, abs=0)


def random_question(seed: int, max_features: int) -> tuple[AttributionGraph, Ints, PathQuery]:
    """A graph of up to so many features, groups of its nodes (of any kind, in some) and a question with any filters."""
    random = np.random.default_rng(seed)

    def some(values: Any, most: int, least: int = 1) -> tuple[int, ...]:
        n = min(len(values), int(random.integers(least, most + 1)))
        return tuple(random.choice(values, n, replace=False).tolist())

    n_features = int(random.integers(0, max_features + 1))
    kinds = (
        "E" * random.integers(1, 4)
        + "F" * n_features
        + "X" * random.integers(0, 3)
        + "L" * random.integers(1, 3)
    )
    density = random.choice([0.15, 0.3, 0.5] if max_features > 8 else [0.3, 0.7, 1.0])
    weights: Weights = {}
    for b, letter in enumerate(kinds):
        for a, other in enumerate(kinds):
            feeds = other in "EX" or (other == "F" and (letter == "L" or a < b))
            if letter in "FL" and feeds and random.random() < density:
                size = random.choice([random.uniform(0.01, 4.0), 1.0, 2.0, 1e-30], p=[0.75, 0.1, 0.1, 0.05])
                weights[a, b] = float(size * random.choice([1, -1]))
    graph, n, nodes = make_graph(kinds, weights), len(kinds), np.arange(len(kinds))
    is_grouped = random.random(n) < np.where(np.array(list(kinds)) == "F", 0.85, random.choice([0.0, 0.3]))
    key = np.where(is_grouped, n + random.integers(0, random.integers(1, 3 + n_features // 2), n), nodes)
    features, logits = ([node for node, letter in enumerate(kinds) if letter == one] for one in "FL")
    targets = [None, tuple(logits), *((node,) for node in logits[:1] + features)]
    is_filtered, min_length = random.random() < 0.6, int(random.integers(1, 4))
    more = None if not is_filtered or random.random() < 0.5 else int(random.integers(0, 3))
    query = PathQuery(
        k=int(random.choice([1, 3, 10, 30, 500])),
        score=str(random.choice(["influence", "contribution"])),
        sources=None if random.random() < 0.5 else some(np.flatnonzero(np.array(list(kinds)) != "L"), 4),
        targets=targets[random.integers(len(targets))],
        through=tuple(some(nodes, 3) for _ in range(random.integers(0, 3))) if is_filtered else (),
        avoid=some(nodes, 1, 0) if is_filtered else (),
        sign=(None, None, "all-positive", "positive", "negative")[random.integers(5)]
        if is_filtered
        else None,
        min_length=min_length,
        max_length=None if more is None else min_length + more,
    )
    return graph, np.unique(key, return_inverse=True)[1], query


@pytest.mark.parametrize("mode", MODES)
@given(graphs(labels=("A", "B")), st.sampled_from(GROUPINGS), st.data())
def test_sequences_equal_brute_force(
    mode: str, graph: AttributionGraph, by: GroupBy, data: st.DataObject
) -> None:
    query = data.draw(queries(graph, ["influence", "contribution"]))
    space = PathSpace(graph, query)
    unlabelled = data.draw(st.sampled_from(get_args(Unlabelled)))
    group = find_groups(graph, space, by, unlabelled, data.draw(st.integers(1, 4)))[0].number
    scores: dict[tuple[int, ...], float] = {}
    for path in brute_force(graph, query):
        numbers = group[list(path.nodes)].tolist()
        sequence = (numbers[0], *(b for a, b in pairwise(numbers) if a != b))
        scores[sequence] = scores.get(sequence, 0.0) + abs(path.score)
    expected = sorted(((score, sequence) for sequence, score in scores.items()), reverse=True)
    with bounded(mode):
        found = search(space, group)
    assert [score for score, _ in found] == pytest.approx(
        [score for score, _ in expected[: query.k]], rel=1e-9, abs=0
    )
    assert [score for score, _ in found] == pytest.approx(
        [scores[sequence] for _, sequence in found], rel=1e-9, abs=0
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("max_features", [7, 25])
@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1))
def test_random_questions_equal_a_slow_search(mode: str, max_features: int, seed: int) -> None:
    graph, group, query = random_question(seed, max_features)
    space = PathSpace(graph, query)
    try:
        expected = list(islice(slow_sequences(space, group, MAX_STEPS), query.k))
    except TimeoutError:
        assume(False)
    with bounded(mode):
        assert_same(search(space, group), expected)


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_sequences_equal_a_slow_search(name: str, by: GroupBy) -> None:
    graph = real_graph(name)
    group = find_groups(graph, PathSpace(graph, PathQuery()), by)[0].number
    expected = list(islice(slow_sequences(PathSpace(graph, PathQuery()), group, MAX_STEPS), 100))
    for k in (10, 20, 100):
        assert_same(search(PathSpace(graph, PathQuery(k=k)), group), expected[:k])


def test_warming_up_compiles_what_every_question_needs() -> None:
    def compiled() -> dict[str, int]:
        return {
            name: len(one.signatures) for name, one in vars(kernels).items() if hasattr(one, "signatures")
        }

    warm_up()
    before = compiled()
    graph = deep_graph(seed=1)
    group = np.arange(len(graph.nodes)) // 2
    for query in (PathQuery(), PathQuery(sign="negative", through=((30,),), max_length=20)):
        search(PathSpace(graph, query), group)
    assert compiled() == before
    assert before["bound_sequences"] == before["close"] == 1


def test_a_hard_search_begins_again_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = deep_graph(seed=1)
    space, group = PathSpace(graph, PathQuery(k=30)), np.arange(len(graph.nodes)) // 2
    expected = search(space, group)
    for steps in (0, 1, 5):
        monkeypatch.setattr(sequence_search, "EASY_STEPS", steps)
        assert_same(search(space, group), expected)


def test_rows_bound_closer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the search takes far more steps where groups are large."""
    graph = deep_graph(seed=1)
    space, group = PathSpace(graph, PathQuery(k=10)), in_12_groups(graph)
    monkeypatch.setattr(sequence_search, "EASY_STEPS", 0)
    with_rows, without = Limits(), Limits()
    expected = search(space, group, with_rows)
    monkeypatch.setattr(sequence_search, "MAX_BOUNDS", 0)
    assert_same(search(space, group, without), expected)
    assert 2 * with_rows.n_steps < without.n_steps


def in_12_groups(graph: AttributionGraph) -> Ints:
    """The number of each node's group: a feature's is one of 12."""
    nodes = np.arange(len(graph.nodes))
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    return np.unique(np.where(is_feature, nodes * 7 % 12, 12 + nodes), return_inverse=True)[1]


def lengths_of_best(graph: AttributionGraph, k: int) -> list[int]:
    """The lengths of the k shortest paths from an embedding to the logit, of all counted by length."""
    n, edges = len(graph.nodes), graph.edges
    ends, found, length = np.eye(n)[n - 1], list[int](), 0
    while len(found) < k:
        length += 1
        ends = np.bincount(edges.source, weights=ends[edges.target], minlength=n)
        found += [length] * int(min(k, ends[graph.nodes.kind == NodeKind.EMBEDDING].sum()))
    return found[:k]


@pytest.mark.parametrize("k", [10, 100])
def test_equal_weights_end(k: int) -> None:
    """981 nodes of equal weights have more equal paths than can be looked at."""
    graph = deep_graph(seed=2, equal=True)
    shortest = [12.0 ** (1 - length) / 120 for length in lengths_of_best(graph, k)]
    space, group, limits = PathSpace(graph, PathQuery(k=k)), np.arange(len(graph.nodes)), Limits()
    assert [score for score, _ in search(space, group, limits)] == pytest.approx(shortest, rel=1e-9)
    assert limits.n_steps < 2_000 + 100 * k
    for score, expected in (("influence", shortest), ("bottleneck", [1.0] * k), ("mean_weight", [1.0] * k)):
        limits = Limits()
        found = best_paths(PathSpace(graph, PathQuery(k=k, score=score)), limits)
        assert [path.score for path in found] == pytest.approx(expected, rel=1e-9)
        assert limits.n_steps < 2_000 + 100 * k
    found_grouped = best_group_sequences(space, group)
    assert [one.score for one in found_grouped] == pytest.approx(shortest, rel=1e-9)


def test_a_bottleneck_shared_by_all_ends() -> None:
    graph = deep_graph(seed=3)
    weight = graph.edges.weight.copy()
    weight[graph.edges.target == len(graph.nodes) - 1] = 1e-6
    graph = replace(graph, edges=replace(graph.edges, weight=weight))
    limits = Limits()
    found = best_paths(PathSpace(graph, PathQuery(k=100, score="bottleneck")), limits)
    assert [path.score for path in found] == [1e-6] * 100
    assert limits.n_steps < 100 * 100


def test_a_search_that_holds_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, limits = deep_graph(seed=1), Limits()
    space, group = PathSpace(graph, PathQuery(k=100)), np.arange(len(graph.nodes)) // 2
    search(space, group, limits)
    best_paths(space, limits)
    assert limits.n_bytes == 0
    monkeypatch.setattr("queries.limits.MAX_BYTES", 50_000)
    with pytest.raises(InvalidRequest, match="group_by: too many"):
        search(space, group)
    with pytest.raises(InvalidRequest, match="k: too many"):
        best_paths(space)


def test_a_search_that_is_given_up_holds_nothing() -> None:
    graph = deep_graph(1)
    space, limits = PathSpace(graph, PathQuery(k=100)), Limits()
    found = SequenceSearch(space.problem, space.size, in_12_groups(graph), 100, limits).best()
    next(found)
    assert limits.n_bytes > 0
    found.close()  # type: ignore[attr-defined]
    assert limits.n_bytes == 0


def test_every_ranking_has_a_time_and_ends_when_its_client_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, left = deep_graph(seed=1), Event()
    group = np.arange(len(graph.nodes)) // 2
    left.set()
    for score in SCORES:
        with pytest.raises(ClientLeft):
            best_paths(PathSpace(graph, PathQuery(score=score)), Limits(left))
    space = PathSpace(graph, PathQuery())
    with pytest.raises(ClientLeft):
        best_group_sequences(space, group, limits=Limits(left))
    monkeypatch.setattr("queries.limits.MAX_SECONDS", -1.0)
    with pytest.raises(QueryTimeout):
        best_paths(space)
    with pytest.raises(QueryTimeout):
        best_group_sequences(space, group)
