"""Graphs that circuit-tracer saved as `.pt`: the same graph as the trace, and no pickle's program runs."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer import attribute

from ingest.attribution.attribution import LoadedModel, from_circuit_tracer
from ingest.attribution.saved import saved_trace
from ingest.graph_file.read import read_graph_file
from ingest.saved import saved_graph_file
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import AttributionParameters
from tests.support.processes import answer, run

pytestmark = pytest.mark.slow

PROMPT = "Fact: The capital of the state containing Dallas is"


@pytest.fixture(scope="module")
def dense(loaded: LoadedModel) -> Any:
    graph: Any = attribute(PROMPT, loaded.replacement_model, batch_size=256)
    graph.scan = "tiny-transcoders"
    return graph


@pytest.fixture
def saved(dense: Any, tmp_path: Path) -> Path:
    dense.to_pt(str(tmp_path / "dallas.pt"))
    return tmp_path / "dallas.pt"


@pytest.fixture
def tokenizer(tiny: Path) -> str:
    return str(tiny / "model")


def changed(saved: Path, **fields: Any) -> Path:
    """The file with other fields; one that is None is left out."""
    content = torch.load(saved, weights_only=False) | fields
    torch.save({name: value for name, value in content.items() if value is not None}, saved)
    return saved


def test_a_saved_graph_is_the_trace_that_it_was(
    saved: Path, tokenizer: str, dense: Any, loaded: LoadedModel
) -> None:
    trace = from_circuit_tracer(dense, loaded, PROMPT, AttributionParameters())
    found = saved_trace(saved, tokenizer)
    assert found.nodes.keys("") == trace.nodes.keys("")
    assert found.nodes.token == trace.nodes.token
    np.testing.assert_array_equal(found.nodes.activation, trace.nodes.activation)
    np.testing.assert_array_equal(found.nodes.probability, trace.nodes.probability)
    for mine, theirs in zip(
        found.edges.rows(0, len(found.nodes)), trace.edges.rows(0, len(trace.nodes)), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    assert found.record.transcoder_set == "tiny-transcoders"
    assert found.record.prompt == dense.input_string


def test_its_file_has_all_of_it(saved: Path, tokenizer: str, dense: Any) -> None:
    graph = read_graph_file(b"".join(saved_graph_file(saved, tokenizer)))
    assert len(graph.nodes) == len(dense.adjacency_matrix)
    assert len(graph.edges) == np.count_nonzero(dense.adjacency_matrix.numpy())
    assert graph.record.node_threshold is None
    trace = saved_trace(saved, tokenizer)
    row = {key: number for number, key in enumerate(trace.nodes.keys(""))}
    rows = np.array([row[key] for key in graph.nodes.keys("")])
    weights = np.zeros_like(dense.adjacency_matrix.numpy())
    weights[rows[graph.edges.target], rows[graph.edges.source]] = graph.edges.weight
    np.testing.assert_array_equal(weights, dense.adjacency_matrix.numpy())
    assert [
        graph.nodes.token[node] for node in graph.nodes.of_kind(NodeKind.EMBEDDING)
    ] == graph.record.tokens


def test_fields_of_other_versions_are_read(saved: Path, tokenizer: str, dense: Any) -> None:
    whole = saved_trace(saved, tokenizer)
    old = changed(saved, logit_targets=None, logit_tokens=dense.logit_token_ids, scan=None, scan_name="other")
    found = saved_trace(old, tokenizer)
    assert found.nodes.token == whole.nodes.token
    assert found.record.transcoder_set == "other"
    ids = changed(
        saved, logit_tokens=None, logit_targets=dense.logit_token_ids, scan_name=None, scan=["a", "b"]
    )
    found = saved_trace(ids, tokenizer)
    assert found.nodes.keys("") == whole.nodes.keys("")
    assert found.record.transcoder_set == "a, b"


def test_the_configuration_of_transformer_lens_is_read(saved: Path, tokenizer: str, dense: Any) -> None:
    from transformer_lens import HookedTransformerConfig

    config = HookedTransformerConfig(
        n_layers=dense.cfg.n_layers, d_model=8, n_ctx=16, d_head=4, act_fn="relu", model_name="lens"
    )
    found = saved_trace(changed(saved, cfg=config), tokenizer)
    assert (found.record.model, found.record.n_layers) == ("lens", dense.cfg.n_layers)


class Program:
    def __reduce__(self) -> Any:
        return os.mkdir, ("ran",)


def test_no_program_of_a_pickle_runs(
    saved: Path, tokenizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"adjacency_matrix": Program()}, saved)
    with pytest.raises(InvalidGraph, match="no graph saved by circuit-tracer"):
        saved_trace(saved, tokenizer)
    saved.write_bytes(pickle.dumps(Program(), protocol=2))
    with pytest.raises(InvalidGraph, match="no graph saved by circuit-tracer"):
        saved_trace(saved, tokenizer)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"adjacency_matrix": torch.zeros(3, 3)}, "adjacency_matrix"),
        ({"adjacency_matrix": None}, "adjacency_matrix"),
        ({"selected_features": torch.tensor([10**6])}, "selected_features"),
        ({"active_features": torch.zeros(5, 2)}, "active_features"),
        ({"activation_values": torch.zeros(1)}, "activation_values"),
        ({"logit_probabilities": torch.zeros(1)}, "logit_probabilities"),
        ({"logit_targets": "Austin"}, "logit_targets"),
        ({"cfg": None}, "cfg"),
        ({"cfg": {"n_layers": 2}}, "cfg.n_layers"),
    ],
)
def test_a_fault_is_named(saved: Path, tokenizer: str, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidGraph, match=f"^{where}: "):
        saved_trace(changed(saved, **fields), tokenizer)


def test_files_that_are_none_and_tokenizers_that_are_missing(
    saved: Path, tmp_path: Path, tokenizer: str
) -> None:
    with pytest.raises(FileNotFoundError):
        saved_trace(tmp_path / "missing.pt", tokenizer)
    with pytest.raises(
        InvalidGraph, match=r"^cfg\.tokenizer_name: the tokenizer '/nowhere' cannot be loaded"
    ):
        saved_trace(saved, "/nowhere")
    saved.write_bytes(saved.read_bytes()[:1000])
    with pytest.raises(InvalidGraph, match=r"^file: "):
        saved_trace(saved, tokenizer)


def test_the_command_line_stores_one(saved: Path, tokenizer: str, dense: Any, tmp_path: Path) -> None:
    options = ("--tokenizer", tokenizer, "--model", "tiny")
    [record] = answer("import", saved, *options, data=tmp_path / "data")
    assert (record["name"], record["model"], record["transcoder_set"]) == (
        "dallas",
        "tiny",
        "tiny-transcoders",
    )
    assert record["n_edges"] == np.count_nonzero(dense.adjacency_matrix.numpy())
    assert record["prediction"]["token"] == dense.logit_targets[0].token_str
    broken = changed(saved, selected_features=None)
    failed = run("import", broken, *options, data=tmp_path / "data")
    assert failed.status == 1
    assert "dallas.pt: selected_features: a tensor of 1 dimensions is missing" in failed.err
