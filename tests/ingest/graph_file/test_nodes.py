"""The nodes of a graph file, and the meaning of an id that two of them share."""

from collections.abc import Callable
from typing import Any

import pytest

from queries.errors import InvalidGraph
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Supernode
from tests.support.graph_documents import edited, error_node, feature_node, link, read

Edit = Callable[[dict[str, Any]], Any]


def refused(*edits: Edit) -> InvalidGraph:
    with pytest.raises(InvalidGraph) as raised:
        read(edited(*edits))
    return raised.value


def ordinal(graph: AttributionGraph, kind: NodeKind, layer: int) -> int:
    nodes = graph.nodes
    (found,) = (n for n in range(len(nodes)) if (nodes.kind[n], nodes.layer[n]) == (kind, layer))
    return found


def weight(graph: AttributionGraph, source: int, target: int) -> float | None:
    rows = zip(graph.edges.source, graph.edges.target, graph.edges.weight, strict=True)
    return {(int(a), int(b)): float(w) for a, b, w in rows}.get((source, target))


FAULTS: list[tuple[str, str, Edit]] = [
    ("nodes[1]", "must be an object", lambda d: d["nodes"].__setitem__(1, 7)),
    (
        "nodes[1].feature_type",
        "'neuron' is not one of",
        lambda d: d["nodes"][1].update(feature_type="neuron"),
    ),
    ("nodes[1].feature_type", "[] is not one of", lambda d: d["nodes"][1].update(feature_type=[])),
    ("nodes[1].node_id", "must be a string", lambda d: d["nodes"][1].update(node_id=7)),
    ("nodes[1].ctx_idx", "3 is not a position of the 3", lambda d: d["nodes"][1].update(ctx_idx=3)),
    ("nodes[1].ctx_idx", "-1 is not a position", lambda d: d["nodes"][1].update(ctx_idx=-1)),
    ("nodes[1].ctx_idx", "whole number, not 1.5", lambda d: d["nodes"][1].update(ctx_idx=1.5)),
    ("nodes[1].ctx_idx", "whole number, not True", lambda d: d["nodes"][1].update(ctx_idx=True)),
    ("nodes[1].layer", "whole number, not 'E'", lambda d: d["nodes"][1].update(layer="E")),
    ("nodes[3].layer", "-1 is not a layer", lambda d: d["nodes"][3].update(layer="-1")),
    ("nodes[1].layer", "1000 is not a layer", lambda d: d["nodes"][1].update(layer="1000")),
    (
        "nodes",
        "layer 7, which has nodes, is not below the logits' layer, 5",
        lambda d: d["nodes"].__setitem__(2, feature_node(7, 9, 2)),
    ),
    (
        "nodes[1].feature",
        "whole number, not None",
        lambda d: d["nodes"][1].update(feature=None, node_id="a name"),
    ),
    (
        "nodes[1].feature",
        "whole number",
        lambda d: d["nodes"][1].update(feature=2**63, node_id="a name"),
    ),
    ("nodes[1].activation", "finite number, not '1'", lambda d: d["nodes"][1].update(activation="1")),
    ("nodes[4].is_target_logit", "true or false", lambda d: d["nodes"][4].update(is_target_logit="false")),
    ("nodes", "on several layers: ['5', '6']", lambda d: d["nodes"][5].update(layer="6")),
    ("nodes[1].feature", "is not the pairing", lambda d: d["nodes"][1].update(feature=4, node_id="a name")),
    ("nodes[1].clerp", "must be a string", lambda d: d["nodes"][1].update(clerp=["Texas"])),
    ("nodes[1].influence", "finite number, not '1'", lambda d: d["nodes"][1].update(influence="1")),
    (
        "nodes[4].token_prob",
        "finite number, not inf",
        lambda d: d["nodes"][4].update(token_prob=float("inf")),
    ),
    ("nodes", "no logit node", lambda d: d.update(nodes=d["nodes"][:4], links=d["links"][:3])),
    ("nodes", "no logit node", lambda d: d.update(nodes=[], links=[])),
    ("nodes[6]", "second feature node of layer 2", lambda d: d["nodes"].append(dict(d["nodes"][2]))),
    ("nodes[6]", "the first is nodes[2]", lambda d: d["nodes"].append(dict(d["nodes"][2], node_id="else"))),
    (
        "nodes[6].node_id",
        "'2_9_2' is also",
        lambda d: d["nodes"].append(dict(feature_node(3, 1, 1), node_id="2_9_2")),
    ),
    ("links[0].target", "error node, which has no inputs", lambda d: d["links"][0].update(target="0_1_2")),
    ("links[0].target", "embedding node", lambda d: d["links"][0].update(target="E_26865_1")),
    ("links[0].source", "logit node, which has no outputs", lambda d: d["links"][0].update(source="5_50_2")),
]


@pytest.mark.parametrize(("where", "why", "edit"), FAULTS)
def test_a_fault_is_named_with_its_node(where: str, why: str, edit: Edit) -> None:
    error = refused(edit)
    assert error.where == where
    assert why in error.why


def test_an_index_is_read_from_the_pairing_or_else_from_the_id() -> None:
    """`feature` is the Cantor pairing of (layer, index) under schema version 1; older files hold the index."""
    graph = read(edited(lambda d: d["nodes"][2].update(feature=9)))
    assert graph.nodes.index[ordinal(graph, NodeKind.FEATURE, 2)] == 9
    large = feature_node(1, 98303, 1)
    graph = read(edited(lambda d: d["nodes"].append(dict(large, node_id="any"))))
    assert graph.nodes.index[ordinal(graph, NodeKind.FEATURE, 1)] == 98303


@pytest.mark.parametrize("name", ["cross layer transcoder", "per layer transcoder", "transcoder"])
def test_every_transcoder_s_features_are_features(name: str) -> None:
    graph = read(edited(lambda d: d["nodes"][1].update(feature_type=name)))
    assert graph.nodes.kind[ordinal(graph, NodeKind.FEATURE, 0)] == NodeKind.FEATURE


# Feature 2 of layer 0 and the error of layer 2, both at position 1: one id.
SHARED = "0_2_1"


def twins(d: dict[str, Any]) -> None:
    d["nodes"] += [error_node(2, 1), feature_node(0, 2, 1)]


def test_a_layer_0_feature_and_an_error_may_share_an_id() -> None:
    graph = read(edited(twins))
    assert graph.record.n_feature_nodes == 3
    assert graph.record.n_error_nodes == 2
    assert len(set(graph.nodes.keys("g"))) == len(graph.nodes) == 8


def test_as_a_target_a_shared_id_is_the_feature() -> None:
    graph = read(edited(twins, lambda d: d["links"].append(link("E_26865_1", SHARED, 7.0))))
    features = graph.nodes.of_kind(NodeKind.FEATURE)
    (feature,) = (node for node in features if graph.nodes.index[node] == 2)
    assert weight(graph, 0, int(feature)) == 7.0


@pytest.mark.parametrize("layer", [1, 2])
def test_as_a_source_it_is_the_feature_where_the_target_cannot_see_the_error(layer: int) -> None:
    target = feature_node(layer, 30, 2)
    graph = read(
        edited(
            twins,
            lambda d: d["nodes"].append(target),
            lambda d: d["links"].append(link(SHARED, f"{layer}_30_2", 7.0)),
        )
    )
    places = zip(graph.nodes.kind, graph.nodes.layer, graph.nodes.index, strict=True)
    numbers = {(int(kind), int(at), int(index)): number for number, (kind, at, index) in enumerate(places)}
    assert weight(graph, numbers[NodeKind.FEATURE, 0, 2], numbers[NodeKind.FEATURE, layer, 30]) == 7.0


@pytest.mark.parametrize("target", ["3_30_2", "5_50_2"])
def test_else_it_is_refused_and_the_link_named(target: str) -> None:
    above = feature_node(3, 30, 2)
    error = refused(
        twins, lambda d: d["nodes"].append(above), lambda d: d["links"].append(link(SHARED, target, 7.0))
    )
    assert error.where == "links[6].source"
    assert f"'{SHARED}' is the id of a feature and of an error node" in error.why
    assert repr(target) in error.why


def test_no_other_two_nodes_may_share_an_id() -> None:
    other = dict(feature_node(1, 3, 1), node_id="0_1_2", feature=7)  # an error's id, but on layer 1
    assert "is also the id of nodes[" in refused(lambda d: d["nodes"].append(dict(other, feature=13))).why
    third = dict(error_node(3, 1), node_id=SHARED)
    assert "is also the id of nodes[" in refused(twins, lambda d: d["nodes"].append(third)).why


def test_a_pinned_or_grouped_shared_id_is_the_feature() -> None:
    graph = read(edited(twins, lambda d: d["qParams"].update(pinnedIds=[SHARED], supernodes=[["x", SHARED]])))
    features = graph.nodes.of_kind(NodeKind.FEATURE)
    (feature,) = (int(node) for node in features if graph.nodes.index[node] == 2)
    assert graph.supernodes == (Supernode("x", (feature,)),)
    assert graph.views[0].state == {"pinned": [f"{graph.record.id}/feature/0/1/2"]}
