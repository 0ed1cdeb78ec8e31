"""The graph, record and ids that graph files give. Faults: test_faults.py."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ingest.graph_file.about import ImportOptions
from ingest.graph_file.read import read_graph_file
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Supernode, View
from tests.support.graph_documents import document, edited, read
from tests.support.graphs import REAL_GRAPHS, real_graph, real_graph_file


def test_a_small_file_becomes_a_graph() -> None:
    graph = read(document())
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    assert (record.origin, record.share_basis, record.model) == ("import", "file", "gemma-2-2b")
    assert (record.prompt, record.tokens) == ("Dallas is", ["<bos>", "Dallas", " is"])
    assert (record.name, record.transcoder_set, record.n_layers) == ("a-slug", "clt-hp", 4)
    assert (record.node_threshold, record.edge_threshold, record.max_n_logits) == (0.8, 0.85, 10)
    assert (record.prediction.token, record.prediction.probability) == (" Austin", 0.5)
    assert record.versions == {"circuit-tracer": "0.2.0"}
    assert record.metadata["info"]["creator_name"] == "Ada"
    assert (record.n_nodes, record.n_edges, record.n_dropped_links, record.n_labelled_nodes) == (6, 5, 1, 1)
    assert nodes.keys("g") == [
        "g/embedding/-1/1/26865",
        "g/feature/0/1/7",
        "g/feature/2/2/9",
        "g/error/1/2/0",
        "g/logit/4/2/22898",
        "g/logit/4/2/50",
    ]
    assert nodes.token == ["Dallas", None, None, None, " Austin", ' "quoted"']
    assert nodes.label == [None, None, "Texas", None, None, None]
    np.testing.assert_array_equal(nodes.activation, [np.nan, 1.5, 2.5, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(nodes.probability, [np.nan] * 4 + [0.5, 0.25])
    assert nodes.is_target_logit.tolist() == [False] * 4 + [True, False]
    assert list(zip(edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), strict=True)) == [
        (0, 1, 2.0),
        (1, 2, -3.0),
        (3, 2, 1.0),
        (0, 4, 1.0),
        (2, 4, 4.0),
    ]
    assert edges.share.tolist() == [1.0, 0.75, 0.25, 0.2, 0.8]
    assert nodes.input_total.tolist() == [0.0, 2.0, 4.0, 0.0, 5.0, 0.0]
    assert graph.supernodes == (Supernode("state", (1, 2)),)
    assert graph.views == (View("file", 1, {"pinned": [f"{record.id}/feature/2/2/9"]}, graph.supernodes),)


def test_what_a_file_leaves_out_is_unknown() -> None:
    bare = document()
    bare["metadata"] = {"prompt_tokens": ["a", "b", "c"], "scan": "model"}
    del bare["qParams"]
    for node in bare["nodes"]:
        for field in ("clerp", "activation", "influence", "token_prob", "is_target_logit"):
            node.pop(field, None)
    graph = read_graph_file(json.dumps(bare).encode(), ImportOptions(name="file.json"))
    record = graph.record
    assert (record.name, record.prompt, record.transcoder_set) == ("file.json", "abc", "model")
    assert record.node_threshold is record.edge_threshold is record.batch_size is None
    assert record.prediction.probability is None
    assert np.isnan(graph.nodes.probability).all() and np.isnan(graph.nodes.cumulative_influence).all()
    assert record.pruned_replacement_score is None  # no prediction is known: undefined, not 0
    assert not graph.supernodes and not graph.views
    assert graph.nodes.token[-2:] == ["token 22898", "token 50"]


def test_unknown_fields_are_kept_or_ignored() -> None:
    more = document()
    more["new"] = more["nodes"][0]["new"] = more["links"][0]["new"] = more["metadata"]["new"] = {
        "a": [1, None]
    }
    assert read(more).record.metadata["new"] == {"a": [1, None]}


def test_pins_and_members_that_pruning_took_are_left_out() -> None:
    graph = read(edited(lambda d: d["qParams"].update(pinnedIds=["gone"], supernodes=[["x", "gone"]])))
    assert not graph.supernodes and not graph.views


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_files_say_what_they_said(name: str) -> None:
    graph, file = real_graph(name), json.loads(real_graph_file(name).read_bytes())
    nodes = graph.nodes
    assert (len(nodes), len(graph.edges)) == (len(file["nodes"]), len(file["links"]))
    assert graph.record.tokens == file["metadata"]["prompt_tokens"]
    assert "<bos>" + graph.record.prompt == file["metadata"]["prompt"]
    assert (graph.record.node_threshold, graph.record.edge_threshold) == (0.8, 0.85)
    ids = file_ids(graph)
    by_id = {(entry["node_id"], entry["feature_type"]): entry for entry in file["nodes"]}
    for ordinal, node_id in enumerate(ids):
        kind = NodeKind(nodes.kind[ordinal])
        entry = by_id[node_id, FEATURE_TYPES[kind]]
        assert nodes.position[ordinal] == entry["ctx_idx"]
        if kind == NodeKind.EMBEDDING:
            assert nodes.token[ordinal] == graph.record.tokens[entry["ctx_idx"]]
        if kind == NodeKind.FEATURE:
            assert (nodes.label[ordinal] or "") == entry["clerp"]
            assert nodes.activation[ordinal] == entry["activation"]
        if kind == NodeKind.LOGIT:
            token = (nodes.token[ordinal] or "").replace("\n", "⏎")
            assert entry["clerp"] == f'Output "{token}" (p={entry["token_prob"]:.3f})'
            assert (nodes.probability[ordinal], nodes.layer[ordinal]) == (entry["token_prob"], 26)
        else:
            assert nodes.cumulative_influence[ordinal] == entry["influence"]
    links = {(link["source"], link["target"]): link["weight"] for link in file["links"]}
    read_links = zip(graph.edges.source, graph.edges.target, graph.edges.weight, strict=True)
    assert {(ids[a], ids[b]): weight for a, b, weight in read_links} == links
    named = {one.name: {ids[node] for node in one.members} for one in graph.supernodes}
    assert named == {entry[0]: set(entry[1:]) for entry in file["qParams"]["supernodes"]}
    assert sum(len(view.state["pinned"]) for view in graph.views) == len(file["qParams"]["pinnedIds"])


FEATURE_TYPES = {
    NodeKind.EMBEDDING: "embedding",
    NodeKind.FEATURE: "cross layer transcoder",
    NodeKind.ERROR: "mlp reconstruction error",
    NodeKind.LOGIT: "logit",
}


def file_id(kind: NodeKind, layer: int, position: int, index: int) -> str:
    if kind == NodeKind.EMBEDDING:
        return f"E_{index}_{position}"
    if kind == NodeKind.ERROR:
        return f"0_{layer}_{position}"
    return f"{layer + (kind == NodeKind.LOGIT)}_{index}_{position}"


def file_ids(graph: AttributionGraph) -> list[str]:
    """Each node's id as the format spells it."""
    nodes = graph.nodes
    columns = (nodes.kind.tolist(), nodes.layer.tolist(), nodes.position.tolist(), nodes.index.tolist())
    return [file_id(NodeKind(kind), *place) for kind, *place in zip(*columns, strict=True)]


Edit = Callable[[dict[str, Any]], Any]


def test_the_same_content_is_the_same_graph_whatever_its_order_and_name() -> None:
    def shuffle(d: dict[str, Any]) -> None:
        for part in ("nodes", "links"):
            d[part].reverse()
        d["metadata"].update(slug="another name", new="unknown")

    assert read(edited(shuffle)).record.id == read(document()).record.id
    assert (
        read(edited(lambda d: d["links"].pop(5))).record.id == read(document()).record.id
    )  # its weight was 0
    assert re.fullmatch("[0-9a-f]{32}", read(document()).record.id)


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["nodes"][2].update(clerp="Oklahoma"),
        lambda d: d["nodes"][2].update(activation=2.0),
        lambda d: d["nodes"][4].update(token_prob=0.4),
        lambda d: d["nodes"][4].update(is_target_logit=False),
        lambda d: d["nodes"][2].update(influence=0.11),
        lambda d: d["links"][0].update(weight=2.5),
        lambda d: d["links"].pop(3),
        lambda d: d["qParams"].update(pinnedIds=[]),
        lambda d: d["qParams"]["supernodes"][0].pop(),
        lambda d: d["qParams"]["supernodes"][0].__setitem__(0, "another state"),
        lambda d: d["metadata"].update(scan="gemma-2-9b"),
        lambda d: d["metadata"]["pruning_settings"].update(edge_threshold=0.9),
        lambda d: d["metadata"]["prompt_tokens"].__setitem__(0, "<pad>"),
    ],
)
def test_other_content_is_another_graph(edit: Edit) -> None:
    assert read(edited(edit)).record.id != read(document()).record.id
