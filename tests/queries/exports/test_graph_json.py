"""Graph JSON is read back as the same graph: by this program, by circuit-tracer's models, by Neuronpedia's rules."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from ingest.graph_file.read import read_graph_file
from queries.exports.graph_json import graph_json
from queries.exports.part import part, pinned_nodes
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Supernode, file_view
from queries.graph.features import BORROWED, PERSON, TOP_LOGITS, Explanation, FeatureId
from queries.graph.labels import BorrowedLabel
from queries.graph.records import LogitTerm, TargetDirection
from tests.ingest.graph_file import test_attention as attention
from tests.queries.store.test_store import attention_graph
from tests.support import graph_documents
from tests.support.graphs import REAL_GRAPHS, make_graph, real_graph

REQUIRED: dict[str, dict[str, Any]] = {
    "metadata": {"slug": str, "scan": str, "prompt_tokens": list, "prompt": str},
    "node": {
        "node_id": str,
        "feature": int,
        "layer": str,
        "ctx_idx": int,
        "feature_type": str,
        "jsNodeId": str,
        "clerp": str,
    },
    "link": {"source": str, "target": str, "weight": float},
}
"""What Neuronpedia's schema of graphs requires, with the types that it names."""
OPTIONAL: dict[str, dict[str, Any]] = {
    "metadata": {"feature_details": dict, "node_threshold": float, "info": dict, "generation_settings": dict},
    "node": {"influence": float | None, "activation": float | None},
}


def exported(graph: AttributionGraph) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(b"".join(graph_json(graph)))
    return content


def read_back(graph: AttributionGraph) -> AttributionGraph:
    return read_graph_file(b"".join(graph_json(graph)))


def assert_same(read: AttributionGraph, graph: AttributionGraph) -> None:
    """The same nodes, links, weights, labels, pins, supernodes and facts, down to the id."""
    assert read.record.id == graph.record.id
    for part_name in ("nodes", "edges"):
        one, other = getattr(read, part_name), getattr(graph, part_name)
        for column in one.__slots__:
            np.testing.assert_array_equal(getattr(one, column), getattr(other, column), err_msg=column)
    assert read.supernodes == graph.supernodes
    assert read.views == graph.views
    changed = {
        "created_at",
        "metadata",
        "n_dropped_links",
    }  # links of weight 0 are not stored, so not exported
    assert read.record.model_dump(exclude=changed) == graph.record.model_dump(exclude=changed)


def edited(*edits: Callable[[dict[str, Any]], Any]) -> AttributionGraph:
    return graph_documents.read(graph_documents.edited(*edits))


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_graphs_come_back_equal(name: str) -> None:
    graph = real_graph(name)
    assert_same(read_back(graph), graph)
    if name.endswith("-grouped"):
        assert len(exported(graph)["qParams"]["supernodes"]) >= 8
        assert len(exported(graph)["qParams"]["pinnedIds"]) >= 76


MADE: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("as it is", lambda d: d),
    (
        "a group within a group, and two of one name",
        lambda d: d["qParams"].update(
            supernodes=[
                ["all", "0_7_1", "2_9_2", "0_1_2"],
                ["state", "2_9_2"],
                ["state", "0_7_1"],
                ["state", "2_9_2"],
            ]
        ),
    ),
    ("several pins", lambda d: d["qParams"].update(pinnedIds=["5_22898_2", "2_9_2", "0_1_2", "E_26865_1"])),
    ("no generator", lambda d: d["metadata"].update(info={})),
    ("another set", lambda d: d["metadata"].update(info={}, feature_details={"neuronpedia_source_set": "s"})),
    ("lists of transcoders", lambda d: d["metadata"].update(info={}, transcoder_list=["a", "b"])),
    ("no thresholds", lambda d: [d["metadata"].pop(one) for one in ("pruning_settings", "node_threshold")]),
    ("no settings", lambda d: d["metadata"].pop("generation_settings")),
    ("a stated layer count", lambda d: d["metadata"].update(n_layers=26)),
    ("a named logit", lambda d: d["nodes"][4].update(clerp='[the capital] Output " Austin" (p=0.5)')),
    ("a name in brackets", lambda d: d["nodes"][4].update(clerp="the [capital]", token=" Austin")),
    ("no probability", lambda d: [one.update(clerp="x", token_prob=None) for one in d["nodes"][4:]]),
    ("no token id", lambda d: _named_first(d, "first")),
    ("a prompt without its start", lambda d: d["metadata"].update(prompt="Dallas is")),
    ("a prompt that starts twice", lambda d: d["metadata"].update(prompt="<bos><bos>Dallas is")),
    ("free weights", lambda d: [one.update(token_prob=-2.5) for one in d["nodes"][4:]]),
    (
        "a difference",
        lambda d: d["nodes"][4].update(clerp='Output "a rather than b" (p=1.0)', token_prob=1.0),
    ),
    ("another weight", lambda d: d["links"][0].update(weight=1e-300)),
    ("strange text", lambda d: d["nodes"][2].update(clerp='a "b" \\ \u2028 🦜 \x07 (p=0.5)')),
]


def _named_first(document: dict[str, Any], name: str) -> None:
    document["nodes"][0].update(node_id=name)
    for link in document["links"]:
        if link["source"] == "E_26865_1":
            link["source"] = name


@pytest.mark.parametrize("edit", [pytest.param(edit, id=what) for what, edit in MADE])
def test_made_graphs_come_back_equal(edit: Callable[[dict[str, Any]], Any]) -> None:
    graph = edited(edit)
    assert_same(read_back(graph), graph)
    assert_same(read_back(read_back(graph)), graph)


def test_every_logit_says_what_circuit_tracers_viewer_looks_for() -> None:
    """It splits a logit's text at "(p=" and stops where there is none; "?" is read back as not known."""
    graph = edited(lambda d: [one.update(clerp="x", token_prob=None) for one in d["nodes"][4:]])
    assert [one["clerp"] for one in exported(graph)["nodes"][4:]] == ['Output "x" (p=?)'] * 2
    back = read_back(graph)
    assert back.nodes.token[4:] == ["x", "x"] and np.isnan(back.nodes.probability[4:]).all()


def test_a_feature_and_an_error_that_share_an_id_come_back_apart() -> None:
    """In the file read they have one id, told apart by the order of links; in the file written they have two."""
    twins = graph_documents.feature_node(0, 3, 1), graph_documents.error_node(3, 1)
    graph = edited(
        lambda d: d["nodes"].extend(twins),
        lambda d: d["links"].extend(graph_documents.link("0_3_1", "5_50_2", weight) for weight in (0.5, 2.0)),
    )
    assert {one["node_id"] for one in twins} == {"0_3_1"}
    ids = [one["node_id"] for one in exported(graph)["nodes"]]
    assert {"0_3_1", "3_-1_1"} <= set(ids) and len(set(ids)) == len(ids)
    assert_same(read_back(graph), graph)


def test_attention_comes_back_equal_with_what_it_attends_to() -> None:
    graph = attention.graph()
    assert graph.nodes.contributors[2] is not None
    assert_same(read_back(graph), graph)
    content = exported(graph)
    assert content["metadata"]["feature_details"]["neuronpedia_lorsa_source_set"] == "toy-lorsa"
    assert [one["node_id"] for one in content["nodes"]][2:7] == [
        *("2_lor_7_2", "2_7_2", "2_error_attn_2", "2_-1_2", "2_bias_attn_2")
    ]
    assert list(content["qk_only_nodes"]) == ["0_4_0"]


def test_unexplored_sources_come_back_equal() -> None:
    def unexplored(document: dict[str, Any]) -> None:
        for index in (5, 6):
            node = graph_documents.node(f"1_unexplored_{index}_2", "unknown", "1", 2, index)
            document["nodes"].append(node)
            document["links"].append(graph_documents.link(node["node_id"], "5_50_2", 1.0 + index))

    graph = edited(unexplored)
    assert graph.nodes.site.count("unexplored") == 2
    assert_same(read_back(graph), graph)


def test_chosen_targets_of_a_traced_graph_come_back() -> None:
    targets = [
        TargetDirection(name="up", weight=0.25, logits=[LogitTerm(token=" a", factor=2.0)]),
        TargetDirection(name="down", weight=0.5, direction=[1.0, -1.0]),
    ]
    graph = make_graph(
        "EFL",
        {(0, 1): 1.0, (1, 2): 2.0},
        origin="trace",
        attribution_targets=targets,
        tokens=["a"],
        token_ids=[0],
    )
    back = read_back(graph)
    assert (back.record.target_kind, back.record.attribution_targets) == ("directions", targets)
    chosen = replace(graph, record=graph.record.model_copy(update={"attribution_targets": [" a", 7]}))
    assert read_back(chosen).record.attribution_targets == [" a", 7]


def test_a_traced_graph_comes_back_with_its_nodes_links_and_groups() -> None:
    traced = replace(
        make_graph(
            "EFXL",
            {(0, 1): 3, (2, 1): -1, (1, 3): -2},
            labels={1: "Texas"},
            origin="trace",
            unstored={1: 2.0},
            tokens=["<s>"],
            token_ids=[1],
            versions={"circuit-tracer": "0.5.0", "torch": "2"},
            model_revision="abc",
        ),
        views=file_view([], (Supernode("a", (1, 2)), Supernode("a", (1,)))),
    )
    content, back = exported(traced), read_back(traced)
    info = content["metadata"]["info"]
    assert info["generator"] == {"name": "circuit-tracer", "version": "0.5.0"}
    assert (info["circuit_explorer"]["graph_id"], info["circuit_explorer"]["model_revision"]) == (
        "graph",
        "abc",
    )
    assert back.nodes.keys("") == traced.nodes.keys("")
    for column in ("source", "target", "weight"):
        np.testing.assert_array_equal(getattr(back.edges, column), getattr(traced.edges, column))
    for column in ("label", "activation", "probability", "cumulative_influence"):
        np.testing.assert_array_equal(getattr(back.nodes, column), getattr(traced.nodes, column))
    assert back.supernodes == traced.supernodes
    assert back.record.versions == {"circuit-tracer": "0.5.0"}
    assert_same(read_back(back), back)


def test_labels_of_others_come_back_and_the_graph_stays_itself() -> None:
    """Other programs read the label that shows; this one also whose it is, so that the id is the same."""
    time = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    told: dict[FeatureId, list[Explanation]] = {
        (0, 1): [
            Explanation("Lone Star", "ada", PERSON, None, time),
            Explanation("a state", "model", "auto", 0.25),
        ],
        (1, 2): [Explanation("~ Austin", "unknown", TOP_LOGITS, None, time)],
    }
    borrowed: dict[FeatureId, BorrowedLabel] = {
        (2, 3): BorrowedLabel(text="a city", graph="other", graph_name="oakland")
    }
    first = read_back(make_graph("EFFFFL", {(0, 1): 1, (1, 5): 2}, labels={1: "Texas", 4: "its own"}))
    graph = replace(first.with_explanations(told), borrowed=borrowed)
    features = [one for one in exported(graph)["nodes"] if one["feature_type"] == "cross layer transcoder"]
    assert [one["clerp"] for one in features] == ["Lone Star", "~ Austin", "a city", "its own"]
    assert [one.get("own_label", "-") for one in features] == ["Texas", None, None, "-"]
    back = read_back(graph)
    assert (back.record.id, back.nodes.label) == (first.record.id, first.nodes.label)
    brought: dict[FeatureId, list[Explanation]] = {(2, 3): [Explanation("a city", "oakland", BORROWED)]}
    assert back.explanations == told | brought
    assert back.labels == graph.labels
    assert back.record.n_labelled_nodes == 2
    assert exported(back) == exported(graph) | {"metadata": exported(back)["metadata"]}
    own = exported(graph.with_labels("own"))["nodes"]
    assert [one["clerp"] for one in own if "activation" in one][1:4] == ["Lone Star", "", ""]


def every_export() -> list[AttributionGraph]:
    return [
        *(edited(edit) for _, edit in MADE),
        attention.graph(),
        attention_graph("full"),
        make_graph("EFXL", {(0, 1): 3, (2, 1): -1, (1, 3): -2}, origin="trace", tokens=["<s>"]),
    ]


def test_neuronpedias_required_fields_are_there() -> None:
    for graph in every_export():
        content = exported(graph)
        assert content.keys() >= {"metadata", "qParams", "nodes", "links"}
        rows = [("metadata", content["metadata"])]
        rows += [("node", one) for one in content["nodes"]] + [("link", one) for one in content["links"]]
        for what, row in rows:
            for name, kind in REQUIRED[what].items():
                assert isinstance(row[name], kind) and not isinstance(row[name], bool), (what, name, row)
            for name, either in OPTIONAL.get(what, {}).items():
                assert isinstance(row.get(name, either), either) if name in row else True, (what, name)
        ids = {one["node_id"] for one in content["nodes"]}
        assert len(ids) == len(content["nodes"])
        assert {end for one in content["links"] for end in (one["source"], one["target"])} <= ids


@pytest.mark.slow
def test_circuit_tracers_own_models_accept_them() -> None:
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    graph_models = pytest.importorskip("circuit_tracer.frontend.graph_models")
    for graph in every_export():
        content = exported(graph)
        model = graph_models.Model.model_validate(content)
        assert [node.node_id for node in model.nodes] == [one["node_id"] for one in content["nodes"]]
        assert len(model.links) == len(graph.edges)
        for node, own, index in zip(model.nodes, graph.nodes.kind, graph.nodes.index, strict=True):
            if own == NodeKind.FEATURE and node.feature_type == "cross layer transcoder":
                made = graph_models.Node.feature_node(int(node.layer), node.ctx_idx, int(index))
                assert (made.node_id, made.feature, made.jsNodeId) == (
                    node.node_id,
                    node.feature,
                    node.jsNodeId,
                )


def test_a_part_is_a_graph_of_its_own() -> None:
    graph = edited()
    nodes = pinned_nodes(graph)
    assert nodes == [2, 1], "the pinned one, and the other of its supernode"
    whole, some = graph.record, part(graph, [1, 2, 4])
    assert (some.record.id != whole.id, some.record.n_edges) == (True, 2)
    assert some.edges.weight.tolist() == [-3.0, 4.0]
    assert some.supernodes == (Supernode("state", (0, 1)),)
    assert some.views[0].state == {"pinned": [f"{some.record.id}/feature/2/2/9"]}
    assert (some.record.n_feature_nodes, some.record.n_logit_nodes, some.record.n_labelled_nodes) == (2, 1, 1)
    edges = part(graph, [1, 2, 4], [1])
    assert edges.edges.weight.tolist() == [-3.0] and edges.record.id != some.record.id
    assert read_back(some).nodes.keys("") == some.nodes.keys("")
