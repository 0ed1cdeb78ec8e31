"""Automatic groups in questions and answers: what they hold, what they are told to lose, and what is refused."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from queries.errors import InvalidRequest
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import Explanation
from queries.limits import Limits
from queries.paths import answer, groups
from queries.paths.answer import find_flow, rank
from queries.paths.flow import group_flow
from queries.paths.groups import default_grouping, find_groups
from queries.paths.question import FlowQuestion, PathsQuestion
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace
from queries.words import MAX_GROUPS, MIN_GROUPS
from tests.support.graphs import REAL_GRAPHS, make_graph, real_graph


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_an_answer_tells_of_its_automatic_groups(name: str) -> None:
    graph = real_graph(name)
    ranking, _ = rank(graph, PathsQuestion(group_by="auto"))
    assert ranking.auto is not None and ranking.groups is not None
    space = PathSpace(graph, PathQuery())
    (number, names), automatic = find_groups(graph, space, "auto")
    assert automatic is not None
    assert ranking.auto.groups == len([one for one in names if one is not None])
    assert 0.3 < ranking.auto.information_lost < 0.4
    flow = np.where(graph.nodes.kind == NodeKind.FEATURE, find_flow(graph, FlowQuestion()).of_nodes, 0.0)
    biggest = np.bincount(number, weights=flow).max() / flow.sum()
    assert ranking.auto.biggest_flow == pytest.approx(biggest, rel=1e-6)
    for sequence, step_names in ranking.groups:
        for step, step_name in zip(sequence.steps, step_names, strict=True):
            assert {names[number[node]] for node in step} == {step_name}


@pytest.mark.parametrize(
    "query",
    [{}, {"k": 3}, {"score": "contribution"}, {"side": "raises"}, {"through": ["layer:0"], "min_length": 3}],
)
def test_what_groups_hold_is_told_beside_the_mean_of_shuffled_ones(query: dict[str, Any]) -> None:
    graph = real_graph("dallas-grouped")
    ranking, _ = rank(graph, PathsQuestion.model_validate({"group_by": "auto", **query}))
    plain = PathsQuestion.model_validate(
        {key: query[key] for key in ("through", "min_length") if key in query}
    )
    space = plain.space(graph)
    (number, _), automatic = find_groups(graph, space, "auto")
    assert automatic is not None and ranking.auto is not None

    def covered(group: Ints) -> float:
        found = best_group_sequences(space, np.unique(group, return_inverse=True)[1], best_members=0)
        assert len(found) == answer.N_SEQUENCES
        return math.fsum(one.effect.influence for one in found)

    singles = len(automatic.names) + np.arange(len(number))
    shuffled = [
        covered(np.where(automatic.number >= 0, automatic.shuffled(seed), singles))
        for seed in range(answer.SHUFFLES)
    ]
    assert ranking.auto.covered == pytest.approx(covered(number))
    assert ranking.auto.shuffled_covered == pytest.approx(math.fsum(shuffled) / len(shuffled))
    if not query:
        assert ranking.auto.covered == pytest.approx(ranking.covered)


def test_a_difference_of_logits_has_groups_of_its_own() -> None:
    graph = real_graph("dallas")
    other = int(graph.nodes.of_kind(NodeKind.LOGIT)[-1])
    question = PathsQuestion(group_by="auto", rather_than=graph.nodes.keys("")[other][1:])
    ranking, _ = rank(graph, question)
    assert ranking.auto is not None
    assert ranking.auto.covered == pytest.approx(ranking.covered)


def test_an_answer_does_without_shuffled_groups_where_they_take_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer, "SHUFFLE_SECONDS", -1.0)
    ranking, _ = rank(real_graph("dallas"), PathsQuestion(group_by="auto"))
    assert ranking.auto is not None and ranking.auto.covered is ranking.auto.shuffled_covered is None
    assert ranking.groups


def test_other_answers_have_no_automatic_groups() -> None:
    graph = real_graph("dallas-grouped")
    for question in ({}, {"group_by": "label"}, {"group_by": "feature", "unlabelled": "auto"}):
        ranking, _ = rank(graph, PathsQuestion.model_validate(question))
        assert ranking.auto is None


@pytest.mark.parametrize("by", ["label", "supernode"])
def test_what_has_no_label_or_supernode_can_be_grouped_automatically(by: str) -> None:
    graph = real_graph("dallas-grouped")
    space = PathSpace(graph, PathQuery())
    own, _ = find_groups(graph, space, by)  # type: ignore[arg-type]
    both, automatic = find_groups(graph, space, by, "auto", 8)  # type: ignore[arg-type]
    assert automatic is not None and len(automatic.names) == 8
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    names = [own.name[number] for number in own.number.tolist()]
    has_none = np.array([name is None for name in names])
    assert ((automatic.number >= 0) == (is_feature & has_none)).all()
    for node in np.flatnonzero(~has_none).tolist():
        same = own.number == own.number[node]
        assert (same == (both.number == both.number[node])).all()
        assert both.name[both.number[node]] == names[node]
    for node in np.flatnonzero(is_feature & has_none).tolist():
        assert both.name[both.number[node]] == automatic.names[automatic.number[node]]


def test_groups_are_towards_the_target() -> None:
    graph = real_graph("dallas")
    logit = int(graph.nodes.of_kind(NodeKind.LOGIT)[-1])
    feature = int(graph.nodes.of_kind(NodeKind.FEATURE)[-1])

    def grouped(**query: Any) -> list[int]:
        space = PathSpace(graph, PathQuery(**query))
        number: list[int] = find_groups(graph, space, "auto", n_groups=12)[0].number.tolist()
        return number

    assert grouped() == grouped(k=3, min_length=3, avoid=(feature,))
    assert grouped() != grouped(targets=(logit,))
    assert grouped(rather_than=logit) != grouped()
    assert grouped(rather_than=logit) != grouped(targets=(logit,))


def test_asking_for_a_number_needs_automatic_groups() -> None:
    graph = real_graph("dallas-grouped")
    for question in ({}, {"group_by": "label"}, {"group_by": "layer", "unlabelled": "auto"}):
        for kind in (PathsQuestion, FlowQuestion):
            with pytest.raises(InvalidRequest, match="groups"):
                kind.model_validate({"groups": 8, **question}).space(graph)
    ranking, _ = rank(graph, PathsQuestion(group_by="label", unlabelled="auto", groups=8))
    assert ranking.auto is not None and ranking.auto.groups == 8


@pytest.mark.parametrize("number", [MIN_GROUPS - 1, MAX_GROUPS + 1])
def test_the_number_of_groups_has_bounds(number: int) -> None:
    with pytest.raises(ValidationError, match="groups"):
        PathsQuestion(group_by="auto", groups=number)


def test_a_graph_of_too_many_edges_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = real_graph("dallas")
    monkeypatch.setattr(groups, "MAX_EDGES", 3505)
    for question, parameter in (
        ({"group_by": "auto"}, "group_by"),
        ({"group_by": "label", "unlabelled": "auto"}, "unlabelled"),
    ):
        with pytest.raises(InvalidRequest, match=f"{parameter}.* up to 3,505 edges"):
            rank(graph, PathsQuestion.model_validate(question))
    assert rank(graph, PathsQuestion())[0].paths


def test_a_small_graph_has_as_many_groups_as_features() -> None:
    graph = make_graph("EFFL", {(0, 1): 1.0, (1, 2): 1.0, (2, 3): 1.0})
    ranking, _ = rank(graph, PathsQuestion(group_by="auto", groups=MAX_GROUPS))
    assert ranking.auto is not None and ranking.auto.groups == 2
    empty, _ = rank(make_graph("EL", {(0, 1): 1.0}), PathsQuestion(group_by="auto", min_length=1))
    assert empty.auto is not None and empty.auto.groups == 0 and empty.covered == 1.0


def test_the_flow_of_automatic_groups_counts_each_path_once() -> None:
    graph = real_graph("oakland")
    found = find_flow(graph, FlowQuestion(group_by="auto", groups=8))
    assert found.auto is not None and found.groups is not None
    assert found.auto.groups == 8 and found.auto.covered is found.auto.shuffled_covered is None
    space = PathSpace(graph, PathQuery(min_length=1))
    (number, names), _ = find_groups(graph, space, "auto", n_groups=8)
    flow = group_flow(space, number, Limits())
    for one in found.groups:
        assert one.flow == pytest.approx(flow[number[one.nodes[0]]])
        assert one.name == names[number[one.nodes[0]]]


# -- the default


def labelled(labels: dict[int, str], **graph: Any) -> AttributionGraph:
    """Three features, of which the first has 0.6 of the flow and the others 0.2 each."""
    weights = {(0, at): 1.0 for at in (1, 2, 3)} | {(1, 4): 3.0, (2, 4): 1.0, (3, 4): 1.0}
    return make_graph("EFFFL", weights, labels=labels, **graph)


def test_labels_group_by_default_where_several_features_share_them() -> None:
    assert default_grouping(labelled({1: "Texas", 2: "Texas"})) == "label"
    assert default_grouping(labelled({2: "Texas", 3: "Texas"})) == "auto"  # 0.4 of the flow
    assert default_grouping(labelled({1: "Texas", 2: "Austin", 3: "Dallas"})) == "auto"
    assert default_grouping(labelled({})) == "auto"


def test_a_feature_at_several_positions_is_not_several_features() -> None:
    graph = labelled({1: "Texas", 2: "Texas"})
    nodes = graph.nodes
    same = {name: getattr(nodes, name).copy() for name in ("layer", "index", "position")}
    for name, values in (("layer", 0), ("index", 7), ("position", [0, 1])):
        same[name][1:3] = values
    assert default_grouping(replace(graph, nodes=replace(nodes, **same))) == "auto"


def test_explanations_are_labels_too() -> None:
    shared = {(0, 1): [Explanation("Texas", "me", "person")], (1, 2): [Explanation("Texas", "me", "person")]}
    assert default_grouping(labelled({}, explanations=shared)) == "label"


def test_real_graphs_are_grouped_by_their_labels_where_these_carry_half() -> None:
    assert default_grouping(real_graph("dallas")) == "auto"
    assert default_grouping(real_graph("dallas-grouped")) == "label"
    assert default_grouping(real_graph("oakland-grouped")) == "auto"


def test_a_graph_without_flow_has_a_default() -> None:
    assert default_grouping(make_graph("EL", {(0, 1): 1.0})) == "auto"
    assert default_grouping(make_graph("EFL", {(0, 2): 1.0}, labels={1: "A"})) == "auto"


# -- paths from the token before the text


def with_tokens(*tokens: str) -> AttributionGraph:
    """A token each for two features that the logit reads, 3 to 1, and a direct edge from the first token."""
    return make_graph(
        "EEFFL", {(0, 2): 1.0, (1, 3): 1.0, (2, 4): 3.0, (3, 4): 1.0, (0, 4): 1.0}, tokens=list(tokens)
    )


def test_paths_from_a_token_before_the_text_can_be_hidden() -> None:
    graph = with_tokens("<bos>", " Dallas")
    shown, _ = rank(graph, PathsQuestion())
    found, _ = rank(graph, PathsQuestion(hide_bos=True))
    assert shown.hidden is None and shown.totals.matching == pytest.approx(0.8)
    assert found.paths is not None and [path.nodes for path in found.paths] == [(1, 3, 4)]
    assert found.hidden == pytest.approx(0.6)
    assert found.totals.matching == pytest.approx(0.2)
    assert found.totals.total == shown.totals.total == pytest.approx(1.0)
    flow = find_flow(graph, FlowQuestion(hide_bos=True))
    assert flow.hidden == pytest.approx(0.8)
    assert flow.of_nodes[2] == 0.0 and flow.of_nodes[3] == pytest.approx(0.2)
    assert find_flow(graph, FlowQuestion()).hidden is None


def test_only_what_the_question_would_show_is_said_to_be_hidden() -> None:
    found, _ = rank(with_tokens("<bos>", " Dallas"), PathsQuestion(hide_bos=True, min_length=1))
    assert found.hidden == pytest.approx(0.8)
    none, _ = rank(with_tokens("<bos>", " Dallas"), PathsQuestion(hide_bos=True, through=["feature:1/3"]))
    assert none.hidden == 0.0 and none.totals.matching == pytest.approx(0.2)


def test_nothing_is_hidden_where_the_text_begins_at_once() -> None:
    found, _ = rank(with_tokens("The", " Dallas"), PathsQuestion(hide_bos=True))
    assert found.hidden is None and found.totals.matching == pytest.approx(0.8)


def test_what_is_no_source_or_avoided_is_not_hidden() -> None:
    graph = with_tokens("<bos>", " Dallas")
    for question in ({"source": ["position:1"]}, {"avoid": ["embedding/-1/0/0"]}):
        found, _ = rank(graph, PathsQuestion.model_validate({"hide_bos": True, **question}))
        assert found.hidden is None and found.totals.matching == pytest.approx(0.2)
    found, _ = rank(graph, PathsQuestion(hide_bos=True, source=["position:0"]))
    assert found.paths == [] and found.hidden == pytest.approx(0.6)
