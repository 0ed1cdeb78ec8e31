"""Selectors and ops become features that are set to values; what cannot be changed is refused with its reason."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, Supernode
from queries.interventions.changes import Change, factors_of, resolve
from queries.interventions.targets import logits_of, predicted
from queries.words import MAX_CHANGES
from tests.support.graphs import make_graph, with_supernodes


def graph_of(graph_id: str = "one", indices: dict[int, int] | None = None, **record: Any) -> AttributionGraph:
    """E E, features 2 to 4 of layers 0 to 2 at positions 0, 1 and 1 with activations 0.75, 1 and 1.25, X L L."""
    weights = {(0, 2): 1.0, (2, 3): 0.5, (3, 4): 1.0, (4, 6): 2.0, (3, 7): 1.0, (5, 6): 1.0}
    record = {"id": graph_id, "model": "m", "transcoder_set": "s", **record}
    graph = make_graph(
        "EEFFFXLL", weights, labels={2: "Texas", 4: "Texas"}, probability={6: 0.3, 7: 0.6}, **record
    )
    position, index = graph.nodes.position.copy(), graph.nodes.index.copy()
    position[[3, 4]] = 1
    for node, number in (indices or {}).items():
        index[node] = number
    nodes = replace(graph.nodes, position=position, index=index)
    drawn = replace(graph, nodes=nodes)
    return with_supernodes(drawn, Supernode("all", (2, 3)), Supernode("mixed", (3, 5)))


def change(**given: Any) -> Change:
    return Change.model_validate(given)


def values(
    graph: AttributionGraph, *changes: Change, **donors: AttributionGraph
) -> dict[tuple[int, int, int], float]:
    return {one.change.place: one.change.value for one in resolve(graph, changes, donors)}


def test_ops() -> None:
    graph = graph_of()
    assert values(graph, change(nodes=["label:Texas"])) == {(0, 0, 2): 0.0, (2, 1, 4): 0.0}
    assert values(graph, change(op="scale", factor=-1.0, nodes=["feature:1/3"])) == {(1, 1, 3): -1.0}
    assert values(graph, change(op="set", value=4.5, nodes=["feature/2/1/4"])) == {(2, 1, 4): 4.5}
    both = change(nodes=["supernode:all"]), change(op="scale", factor=2.0, nodes=["one/feature/2/1/4"])
    assert values(graph, *both) == {(0, 0, 2): 0.0, (1, 1, 3): 0.0, (2, 1, 4): 2.5}
    (resolved, *_) = resolve(graph, both, {})
    assert resolved.node == 2
    assert (resolved.change.key, resolved.change.before) == ("one/feature/0/0/2", 0.75)
    assert factors_of(resolve(graph, [change(op="set", value=5.0, nodes=["feature:2/4"])], {})) == {4: 4.0}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"nodes": []}, "name nodes to change"),
        ({"nodes": ["feature:0/2"], "factor": 1.0}, "suppress takes no factor"),
        ({"nodes": ["feature:0/2"], "op": "scale"}, "scale needs a factor"),
        ({"nodes": ["feature:0/2"], "op": "scale", "factor": 5.1}, "less than or equal to 5"),
        ({"nodes": ["feature:0/2"], "op": "set"}, "set needs a value"),
        ({"nodes": ["feature:0/2"], "op": "set", "value": float("inf")}, "finite number"),
        ({"nodes": ["feature:0/2"], "op": "transplant"}, "transplant needs a donor"),
        ({"nodes": ["feature:0/2"], "op": "transplant", "donor": "b", "part": "whole"}, "takes no nodes"),
        ({"op": "explode", "nodes": ["feature:0/2"]}, "suppress"),
    ],
)
def test_a_change_says_what_it_lacks(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Change.model_validate(given)


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("logits", "only feature nodes can be changed, and they name logit nodes too"),
        ("token:token 0", "they name embedding nodes too"),
        ("supernode:mixed", "they name error nodes too"),
        ("label:Utah", "names nothing here"),
        ("two/feature/0/0/2", "is a node of another graph"),
    ],
)
def test_only_feature_nodes_can_be_changed(selector: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        values(graph_of(), change(nodes=[selector]))


def test_a_feature_is_changed_once() -> None:
    twice = change(nodes=["label:Texas"]), change(op="set", value=1.0, nodes=["feature:2/4"])
    with pytest.raises(InvalidRequest, match="two of them change the feature 2/1/4"):
        values(graph_of(), *twice)


def test_features_of_attention_and_of_unknown_activation_are_refused() -> None:
    graph = graph_of()
    attention = replace(graph, nodes=replace(graph.nodes, site=[None, None, "attn", *[None] * 5]))
    with pytest.raises(InvalidRequest, match="features of attention cannot be changed"):
        values(attention, change(nodes=["feature:0/2/attn"]))
    silent = replace(graph, nodes=replace(graph.nodes, activation=np.full(8, np.nan)))
    with pytest.raises(InvalidRequest, match="the activation of feature/0/0/2 is not stored"):
        values(silent, change(nodes=["feature:0/2"]))


def test_too_many_changes_are_refused() -> None:
    n = MAX_CHANGES + 1
    with pytest.raises(InvalidRequest, match="they change 2,001 features; at most 2,000 are taken"):
        values(make_graph("E" + "F" * n + "L", {}), change(nodes=["position:0"]))


def test_a_whole_transplant_takes_all_in_which_two_graphs_differ() -> None:
    """Both have 0/0/2; only one has 2/1/4, and only the other 2/1/40, from the end."""
    one = graph_of("one", tokens=["a", "b"])
    other = graph_of("two", {4: 40}, tokens=["c", "b"])
    whole = change(op="transplant", donor="two", part="whole")
    assert values(one, whole, two=other) == {(2, 1, 4): 0.0, (2, 1, 40): 2.5}
    new = resolve(one, [whole], {"two": other})[-1]
    assert (new.node, new.change.key, new.change.donor, new.change.factor) == (None, None, "two", 2.0)
    assert (
        values(one, change(op="transplant", donor="two", part="whole", factor=1.0), two=other)[2, 1, 40]
        == 1.25
    )


def test_places_are_counted_from_the_end() -> None:
    one = graph_of("one", tokens=["a", "b"])
    longer = graph_of("two", {4: 40}, tokens=["x", "a", "b"])
    position = longer.nodes.position.copy()
    position[[2, 3, 4]] += 1
    longer = replace(longer, nodes=replace(longer.nodes, position=position))
    whole = change(op="transplant", donor="two", part="whole")
    assert values(one, whole, two=longer) == {(2, 1, 4): 0.0, (2, 1, 40): 2.5}


def test_a_transplant_of_nodes_takes_what_stands_at_their_positions() -> None:
    one = graph_of("one", tokens=["a", "b"])
    other = graph_of("two", {2: 20, 4: 40}, tokens=["c", "b"])
    at_1 = change(op="transplant", donor="two", nodes=["feature:2/4"])
    assert values(one, at_1, two=other) == {(2, 1, 4): 0.0, (2, 1, 40): 2.5}


def test_graphs_that_are_too_unlike_lend_nothing() -> None:
    whole = change(op="transplant", donor="two", part="whole")
    one = graph_of("one", tokens=list("abcdefgh"))
    with pytest.raises(InvalidRequest, match="its tokens differ at the positions 1, 2, 4, 5; at most 3 may"):
        values(one, whole, two=graph_of("two", tokens=list("aXXdXXgh")))
    with pytest.raises(InvalidRequest, match="positions none and 4 tokens more before them"):
        values(one, whole, two=graph_of("two", tokens=list("1234abcdefgh")))
    with pytest.raises(InvalidRequest, match="is of 'other' and 's', the graph of 'm' and 's'"):
        values(one, whole, two=graph_of("two", model="other"))
    with pytest.raises(InvalidRequest, match="they change nothing"):
        values(one, whole, two=graph_of("two", tokens=list("abcdefgh")))


def test_the_target_comes_first_and_what_lies_outside_the_graph_is_not_predicted() -> None:
    one, other = graph_of("one", tokens=["a", "b"]), graph_of("two", {4: 40}, tokens=["c", "b"])
    assert logits_of(one) == [7, 6]
    told = predicted(one, resolve(one, [change(op="transplant", donor="two", part="whole")], {"two": other}))
    assert [one.token for one in told.targets] == ["token 7", "token 6"]
    assert told.effects == [0.0, -2.0]
    assert told.n_unpredicted == 1


def test_a_graph_of_directions_is_refused() -> None:
    directed = graph_of(attribution_targets=[{"name": "a direction", "weight": 1.0}])
    with pytest.raises(InvalidRequest, match="its targets are directions"):
        logits_of(directed)
