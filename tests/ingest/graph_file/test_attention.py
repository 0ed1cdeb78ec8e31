"""Files of complete replacement models: features of attention beside those of the MLP, biases, and QK tracing."""

import json
from typing import Any

import numpy as np
import pytest

from ingest.graph_file.read import parse_graph_file, read_graph_file, trace_of_file
from ingest.identity import trace_id
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.contributors import Contributors
from queries.graph.records import Thresholds
from queries.paths.groups import group_nodes
from queries.paths.selectors import select
from queries.paths.space import PathQuery, PathSpace, best_paths
from tests.support.graph_documents import feature_node, link, node

TRACING = {
    "pair_wise_contributors": [
        ["1_cro_9_1", "E_10_1", 0.5],
        ["1_cro_9_1", "0_cro_4_0", -2.0],
        ["gone", "E_10_1", 9.0],
    ],
    "top_q_marginal_contributors": [["1_cro_9_1", 0.75]],
    "top_k_marginal_contributors": [["0_cro_4_0", 1.5], ["E_10_1", None]],
}


def document() -> dict[str, Any]:
    """left -> attention 2/7 -> MLP 2/7 (of the same layer) -> north; its logits stand right above the last layer."""
    crm = "per layer transcoder"
    return {
        "metadata": {
            "scan": "toy",
            "prompt_tokens": ["<bos>", "left", " right"],
            "schema_version": 1,
            "feature_details": {
                "neuronpedia_source_set": "toy-transcoders",
                "neuronpedia_lorsa_source_set": "toy-lorsa",
            },
        },
        "qk_only_nodes": {"0_cro_4_0": node("0_cro_4_0", crm, "0", 0, 0, clerp="start") | {"feature": None}},
        "nodes": [
            node("E_10_1", "embedding", "E", 1, 0) | {"feature": None},
            node("1_cro_9_1", crm, "1", 1, 0, activation=1.0) | {"feature": None},
            node(
                "2_lor_7_2",
                "lorsa",
                "2",
                2,
                0,
                activation=2.0,
                clerp="moves left",
                qk_tracing_results=TRACING,
            )
            | {"feature": None},
            node("2_cro_7_2", crm, "2", 2, 0, activation=4.0, clerp="say north") | {"feature": None},
            node("2_error_attn_2", "lorsa error", "2", 2, 0) | {"feature": None},
            node("2_error_mlp_2", "mlp reconstruction error", "2", 2, 0) | {"feature": None},
            node("2_bias_attn_2", "bias", "2", 2, 0) | {"feature": None},
            node("2_bias_mlp_2", "bias", "2", 2, 0) | {"feature": None},
            node("3_99_2", "logit", "3", 2, 0, clerp='Output " north" (p=0.700)', token_prob=0.7)
            | {"feature": None},
        ],
        "links": [
            link("E_10_1", "1_cro_9_1", 1.0),
            link("E_10_1", "2_lor_7_2", 1.0),
            link("1_cro_9_1", "2_lor_7_2", 3.0),
            link("2_lor_7_2", "2_cro_7_2", 2.0),
            link("2_error_attn_2", "2_cro_7_2", 1.0),
            link("2_bias_attn_2", "2_cro_7_2", -1.0),
            link("2_cro_7_2", "3_99_2", 4.0),
            link("2_error_mlp_2", "3_99_2", 0.5),
            link("2_bias_mlp_2", "3_99_2", 0.5),
        ],
    }


def graph() -> AttributionGraph:
    return read_graph_file(json.dumps(document()).encode())


def test_nodes_of_attention_are_told_from_those_of_the_mlp() -> None:
    read = graph()
    assert read.nodes.keys("g") == [
        "g/embedding/-1/1/10",
        "g/feature/1/1/9",
        "g/feature/2/2/7/attn",
        "g/feature/2/2/7",
        "g/error/2/2/0/attn",
        "g/error/2/2/0",
        "g/error/2/2/0/bias-attn",
        "g/error/2/2/0/bias-mlp",
        "g/logit/3/2/99",
    ]
    assert read.record.n_layers == 3
    assert (read.record.transcoder_set, read.record.attention_set) == ("toy-transcoders", "toy-lorsa")


def test_paths_run_inside_a_layer_from_attention_to_the_mlp() -> None:
    read = graph()
    space = PathSpace(read, PathQuery(k=10, score="contribution"))
    found = {path.nodes: path.score for path in best_paths(space)}
    assert found == {
        (0, 2, 3, 8): pytest.approx(1 / 2 * 2 / 4 * 4),
        (0, 1, 2, 3, 8): pytest.approx(3 / 2 * 2 / 4 * 4),
    }
    totals = space.totals()
    assert totals.from_errors == pytest.approx(1 / 5 + 4 / 5 * 1 / 2), "errors and biases are sources"
    assert group_nodes(read, "feature").number[2:4].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("feature:2/7", (3,)),
        ("feature:2/7/attn", (2,)),
        ("feature/2/2/7/attn", (2,)),
        ("feature/2/2/7", (3,)),
        ("layer:2", (2, 3)),
        ("error/2/2/0/bias-mlp", (7,)),
    ],
)
def test_selectors_name_a_site(selector: str, expected: tuple[int, ...]) -> None:
    assert select(graph(), "through", [selector]) == expected


def test_what_attends_to_what_is_kept() -> None:
    told = [each for each in graph().nodes.contributors if each is not None]
    (found,) = map(Contributors.model_validate_json, told)
    assert found == Contributors(
        pairs=[("feature/1/1/9", "feature/0/0/4", -2.0), ("feature/1/1/9", "embedding/-1/1/10", 0.5)],
        queries=[("feature/1/1/9", 0.75)],
        keys=[("feature/0/0/4", 1.5)],
        names={"feature/0/0/4": "start"},
    )


@pytest.mark.parametrize(
    "tracing", [None, [], {}, {"pair_wise_contributors": [7, ["a", "b"], ["E_10_1"] * 3]}]
)
def test_a_tracing_that_says_nothing_is_none(tracing: Any) -> None:
    file = document()
    file["nodes"][2]["qk_tracing_results"] = tracing
    assert set(read_graph_file(json.dumps(file).encode()).nodes.contributors) == {None}


def test_a_whole_trace_with_attention_is_pruned_and_has_an_id_of_its_own() -> None:
    trace = trace_of_file(parse_graph_file(json.dumps(document()).encode()))
    kept = assemble(trace, prune(trace, 1.0, 1.0), Thresholds(node_threshold=1.0, edge_threshold=1.0), {})
    assert sorted(kept.nodes.keys("g")) == sorted(graph().nodes.keys("g"))
    np.testing.assert_array_equal(np.sort(kept.edges.weight), np.sort(graph().edges.weight))
    other = document()
    other["nodes"][6]["node_id"] = other["links"][5]["source"] = "2_bias_other_2"
    assert trace_id(trace_of_file(parse_graph_file(json.dumps(other).encode()))) != trace_id(trace)
    assert read_graph_file(json.dumps(other).encode()).record.id != graph().record.id


def test_plain_ids_of_attention_are_read_too() -> None:
    """As Neuronpedia's schema allows: `1_20_2` with a pairing, `0_1_2` for an error."""
    file = document()
    file["nodes"] += [
        feature_node(1, 20, 2, activation=1.0) | {"feature_type": "lorsa"},
        node("0_1_2", "lorsa error", "1", 2, -1),
        node("bias_1_1", "bias", "1", 1, 0),
        node("x", "unexplored node", "1", 1, 4),
    ]
    keys = read_graph_file(json.dumps(file).encode()).nodes.keys("g")
    assert {
        "g/feature/1/2/20/attn",
        "g/error/1/2/0/attn",
        "g/error/1/1/0/bias",
        "g/error/1/1/4/unexplored",
    } <= set(keys)
    assert len(set(keys)) == len(keys)
