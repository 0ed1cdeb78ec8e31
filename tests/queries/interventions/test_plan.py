"""The groups and links of the best sequences, with all members of each group."""

from queries.graph.attribution_graph import AttributionGraph, Supernode
from queries.interventions.plan import VerifyQuestion, plan
from queries.paths.groups import default_grouping
from tests.support.graphs import make_graph, with_supernodes


def graph() -> AttributionGraph:
    """Two tokens; A (2, 3) and B (4) of labels, 5 without one; 3 lies on no path to the logit."""
    weights = {(0, 2): 1.0, (1, 3): 1.0, (2, 4): 1.0, (4, 6): 2.0, (1, 5): 1.0, (5, 6): 1.0, (2, 6): 0.5}
    return make_graph("EEFFFFL", weights, labels={2: "A", 3: "A", 4: "B"})


def test_a_group_is_tested_whole() -> None:
    found = plan(graph(), VerifyQuestion(group_by="label"))
    assert {(group.name, tuple(group.nodes)) for group in found.groups} == {
        ("A", (2, 3)),
        ("B", (4,)),
        (None, (5,)),
    }
    places = {group.name: at for at, group in enumerate(found.groups)}
    assert found.links == [(places["A"], places["B"])]
    told = {tuple(one.groups): one for one in found.sequences}
    chain = told[places["A"], places["B"]]
    assert (chain.source, chain.nodes, chain.links) == ([0], [2, 4], [0])
    assert told[places[None],].links == []
    assert sum(one.influence for one in found.sequences) <= 1.0


def test_without_a_grouping_it_is_the_one_of_the_page() -> None:
    found = plan(graph(), VerifyQuestion())
    assert found.question.group_by == default_grouping(graph())
    assert sorted(node for group in found.groups for node in group.nodes) == [2, 3, 4, 5]
    assert len(plan(graph(), VerifyQuestion(group_by="auto")).groups) >= 2


def test_k_bounds_the_sequences() -> None:
    assert len(plan(graph(), VerifyQuestion(group_by="label", k=1)).sequences) == 1


def test_any_grouping_works_and_what_is_no_feature_is_left_out() -> None:
    drawn = with_supernodes(graph(), Supernode("both", (2, 4)), Supernode("tokens", (0, 1)))
    found = plan(drawn, VerifyQuestion(group_by="supernode"))
    assert [group.nodes for group in found.groups if group.name == "both"] == [[2, 4]]
    assert all(group.name != "tokens" for group in found.groups)
    assert found.links == []
    assert plan(graph(), VerifyQuestion(group_by="layer")).groups[0].name == "layer 0"
