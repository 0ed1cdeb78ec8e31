"""The ids of graphs and traces, which databases, file names and URLs keep for ever."""

import json

import numpy as np

from ingest.graph_file.about import ImportOptions
from ingest.graph_file.read import parse_graph_file, trace_of_file
from ingest.identity import content_id, trace_id
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.trace import Trace, TraceEdges, TraceRecord
from queries.graph.attribution_graph import Nodes
from queries.graph.records import Thresholds
from tests.support.graph_documents import document, read


def traced() -> Trace:
    """The trace of a prompt of one token: a feature, an error, an embedding and a logit."""
    unknown = np.full(4, np.nan)
    nodes = Nodes(
        kind=np.array([1, 2, 0, 3], dtype=np.int8),
        layer=np.array([0, 1, -1, 2]),
        position=np.zeros(4, dtype=np.int64),
        index=np.array([17, 0, 464, 262]),
        token=[None, None, "The", " end"],
        label=[None] * 4,
        activation=np.array([2.5, np.nan, np.nan, np.nan]),
        probability=np.array([np.nan, np.nan, np.nan, 0.75]),
        is_target_logit=np.array([False, False, False, True]),
        node_influence=unknown,
        cumulative_influence=unknown,
        input_total=unknown,
        site=[None] * 4,
        contributors=[None] * 4,
    )
    adjacency = np.zeros((4, 4), dtype=np.float32)
    adjacency[0, 2], adjacency[3] = 1.5, [2.0, -0.5, 0.25, 0.0]
    record = TraceRecord(
        origin="trace",
        name="The",
        prompt="The",
        tokens=["The"],
        token_ids=[464],
        model="gpt2",
        model_revision="0123456789abcdef",
        transcoder_set="clt-é",
        transcoder_revision="main",
        n_layers=2,
        dtype="float32",
        max_n_logits=10,
        desired_logit_prob=0.95,
        max_feature_nodes=8192,
        batch_size=256,
        update_interval=4,
        attribution_targets=[" end"],
        n_active_features=3,
        versions={"torch": "2.9.0"},
    )
    return Trace(record, nodes, TraceEdges.dense(adjacency))


def imported() -> Trace:
    """The trace in an unpruned file."""
    return trace_of_file(parse_graph_file(json.dumps(document()).encode(), ImportOptions(name="a name")))


def pruned_id(trace: Trace, thresholds: Thresholds) -> str:
    pruning = prune(trace, thresholds.node_threshold, thresholds.edge_threshold)
    return assemble(trace, pruning, thresholds, {}).record.id


def test_ids_are_the_ones_that_version_0_1_gave() -> None:
    """Computed by commit a01bed1, before ids had a module of their own."""
    thresholds = Thresholds(node_threshold=0.9, edge_threshold=0.95)
    assert trace_id(traced()) == "97c50003e21eea748f10654f2996f00e"
    assert pruned_id(traced(), thresholds) == "9cf92ec6147277c6f8caf30e9320e0dc"
    assert read(document()).record.id == "23920c8e63c108a7342cb81d77f88cc5"
    assert trace_id(imported()) == "c9013fb4292c446c15aac326ae4b1bdc"
    assert pruned_id(imported(), thresholds) == "d77704eabf0e4951138b6e25871d5d42"


def test_a_field_that_a_record_gains_later_changes_no_id() -> None:
    class LaterRecord(TraceRecord):
        gained: str | None = None

    for trace in (traced(), imported()):
        later = Trace(LaterRecord(**dict(trace.record)), trace.nodes, trace.edges)
        assert trace_id(later) == trace_id(trace)
        assert pruned_id(later, Thresholds()) == pruned_id(trace, Thresholds())


def test_an_id_depends_on_content_and_not_on_the_order_of_names() -> None:
    assert content_id({"a": 1, "b": [1, "é"]}) == content_id({"b": [1, "é"], "a": 1})
    assert content_id({"a": 1}) != content_id({"a": 2})
    assert content_id({"a": [1, 2]}) != content_id({"a": [2, 1]})
    assert len(content_id({})) == 32
