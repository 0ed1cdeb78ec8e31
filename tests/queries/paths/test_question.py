"""An answer says the same with only the part of the graph that it names."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.graph.attribution_graph import AttributionGraph
from queries.paths.answer import Ranking, rank
from queries.paths.question import PathsQuestion
from queries.paths.space import Path
from tests.support.graphs import graphs, make_graph


def in_keys(graph: AttributionGraph, ranking: Ranking) -> object:
    """An answer in node keys and edge weights."""
    keys, weights = graph.nodes.keys("graph"), graph.edges.weight.tolist()
    pairs = list(zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True))

    def path(one: Path) -> object:
        score, nodes, edges, effect = one
        assert [pairs[edge] for edge in edges] == list(pairwise(nodes))
        return score, [keys[node] for node in nodes], [weights[edge] for edge in edges], effect

    return (
        [(keys[node], weight) for node, weight in ranking.targets],
        ranking.totals,
        ranking.covered,
        None if ranking.paths is None else [path(one) for one in ranking.paths],
        None
        if ranking.groups is None
        else [
            (
                one.score,
                [[keys[node] for node in step] for step in one.steps],
                names,
                list(map(path, one.best_members)),
            )
            for one, names in ranking.groups
        ],
    )


@given(graphs(labels=("A", "B")), st.sampled_from(["none", "label", "layer", "auto"]))
def test_a_part_of_the_graph_says_the_same(graph: AttributionGraph, by: str) -> None:
    ranking, ranked = rank(graph, PathsQuestion(k=5, group_by=by, min_length=1, best_members=2))
    part, small = Ranking.model_validate_json(ranking.model_dump_json()).cut_down(ranked)
    assert in_keys(small, part) == in_keys(ranked, ranking)
    assert len(small.nodes) <= len(graph.nodes)
    for column in ("kind", "layer", "token", "label", "activation"):
        assert len(getattr(small.nodes, column)) == len(small.nodes)


def test_only_what_is_answered_is_taken() -> None:
    graph = make_graph(
        "EEFFL", {(0, 2): 2, (1, 2): 1, (2, 4): 1, (1, 3): 1, (3, 4): 5}, labels={2: "A", 3: "B"}
    )
    ranking, ranked = rank(graph, PathsQuestion(k=1))
    part, small = ranking.cut_down(ranked)
    assert [small.nodes.label[node] for node in range(3)] == [None, "B", None]
    assert small.edges.weight.tolist() == [1.0, 5.0]
    np.testing.assert_array_equal(small.edges.share, graph.edges.share[[2, 4]])
    assert part.paths is not None and [path.nodes for path in part.paths] == [(0, 1, 2)]


def test_an_unknown_question_is_no_question() -> None:
    with pytest.raises(ValueError, match="sources"):
        PathsQuestion.model_validate({"sources": ["errors"]})
