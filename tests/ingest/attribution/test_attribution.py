"""A prompt traced through circuit-tracer's own loaders: the stored graph against circuit-tracer's own file."""

import importlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from circuit_tracer import attribute
from circuit_tracer.graph import Graph, compute_graph_scores, prune_graph
from circuit_tracer.utils.create_graph_files import create_graph_files

from ingest.attribution import fitting
from ingest.attribution.attribution import (
    LoadedModel,
    from_circuit_tracer,
    trace,
)
from ingest.attribution.loading.find import with_both_names
from ingest.attribution.loading.load import load_model
from ingest.attribution.memory import Needed
from ingest.attribution.tokenizer import tokenizer_of
from ingest.graph_file.read import read_graph_file
from ingest.identity import trace_id
from ingest.models import ModelEntry, TranscoderEntry
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.trace import Trace
from queries.errors import EmptyPrompt, InvalidRequest, PromptTooLong
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import AttributionParameters, Thresholds
from tests.support.circuit_tracer_graphs import double_precision
from tests.support.tiny_model import WIDTH

pytestmark = pytest.mark.slow

PROMPT = "Fact: The capital of the state containing Dallas is"
THRESHOLDS = [(0.8, 0.98), (0.6, 0.7), (0.95, 0.9)]
Key = tuple[NodeKind, int, int, int]


def parameters(**given: Any) -> AttributionParameters:
    return AttributionParameters.model_validate(given)


def ignore(*_: object) -> None:
    """A progress callback that does nothing."""


@pytest.fixture(scope="module")
def dense(loaded: LoadedModel) -> Any:
    """circuit-tracer's own graph of the prompt, in float64 so that both sides cut at the same place."""
    graph: Any = attribute(PROMPT, loaded.replacement_model, batch_size=256)
    # The first features of layer 0 get other numbers: in a file they would share their ids with error nodes.
    features = graph.active_features
    features[(features[:, 0] == 0) & (features[:, 2] < 2), 2] += 1000
    graph.adjacency_matrix = graph.adjacency_matrix.double()
    graph.logit_probabilities = graph.logit_probabilities.double()
    return graph


@pytest.fixture(scope="module")
def traced(loaded: LoadedModel, dense: Any) -> Trace:
    return from_circuit_tracer(dense, loaded, PROMPT, parameters())


def stored(traced: Trace, node_threshold: float, edge_threshold: float) -> AttributionGraph:
    chosen = Thresholds(node_threshold=node_threshold, edge_threshold=edge_threshold)
    return assemble(traced, prune(traced, node_threshold, edge_threshold), chosen, {})


def with_record(traced: Trace, **fields: Any) -> Trace:
    return replace(traced, record=traced.record.model_copy(update=fields))


def keys(graph: AttributionGraph) -> list[Key]:
    nodes = graph.nodes
    columns = (nodes.kind.tolist(), nodes.layer.tolist(), nodes.position.tolist(), nodes.index.tolist())
    return [(NodeKind(kind), *place) for kind, *place in zip(*columns, strict=True)]


def edges(graph: AttributionGraph) -> dict[tuple[Key, Key], float]:
    names = keys(graph)
    rows = zip(graph.edges.source, graph.edges.target, graph.edges.weight.tolist(), strict=True)
    return {(names[source], names[target]): weight for source, target, weight in rows}


def own_file(dense: Any, folder: Path, thresholds: tuple[float, float]) -> bytes:
    """The graph file that circuit-tracer writes."""
    with double_precision():
        create_graph_files(dense, "own", str(folder), "tiny", *thresholds)
    return (folder / "own.json").read_bytes()


@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_what_is_stored_is_what_circuit_tracer_writes(
    traced: Trace, dense: Any, tmp_path: Path, thresholds: tuple[float, float]
) -> None:
    """Exactly: the weights are the same float32 numbers, and the masks are cut in float64 on both sides."""
    ours = stored(traced, *thresholds)
    content = own_file(dense, tmp_path, thresholds)
    written, theirs = json.loads(content), read_graph_file(content)
    assert 0 < ours.record.n_feature_nodes < dense.selected_features.numel()
    assert len(written["nodes"]) == len(ours.nodes)
    assert len(written["links"]) == len(ours.edges)
    assert set(keys(ours)) == set(keys(theirs))
    assert edges(ours) == edges(theirs)
    rank = {key: ordinal for ordinal, key in enumerate(keys(theirs))}
    order = [rank[key] for key in keys(ours)]
    nodes, other = ours.nodes, theirs.nodes
    not_logit = nodes.kind != NodeKind.LOGIT  # the file gives a logit no influence
    np.testing.assert_allclose(
        nodes.cumulative_influence[not_logit], other.cumulative_influence[order][not_logit], rtol=1e-12
    )
    np.testing.assert_array_equal(nodes.activation, other.activation[order])
    np.testing.assert_array_equal(nodes.probability, other.probability[order])
    np.testing.assert_array_equal(nodes.is_target_logit, other.is_target_logit[order])
    assert nodes.token == [other.token[node] for node in order]
    assert ours.record.tokens == theirs.record.tokens
    assert ours.record.prediction == theirs.record.prediction
    assert ours.record.prompt == theirs.record.prompt.strip() == PROMPT  # this tokenizer spells "<bos> Fact:"
    assert ours.record.n_layers == theirs.record.n_layers
    assert ours.record.pruned_replacement_score == pytest.approx(theirs.record.pruned_replacement_score)
    assert ours.record.pruned_completeness_score == pytest.approx(theirs.record.pruned_completeness_score)


def vars_of(dense: Any) -> dict[str, Any]:
    names = [
        "input_string",
        "input_tokens",
        "active_features",
        "cfg",
        "selected_features",
        "activation_values",
    ]
    return {
        name: getattr(dense, name)
        for name in [*names, "logit_targets", "logit_probabilities", "scan", "vocab_size"]
    }


def test_shares_are_over_the_whole_trace(traced: Trace, dense: Any) -> None:
    graph = stored(traced, 0.5, 0.6)
    into = dense.adjacency_matrix.abs().sum(dim=1).numpy()
    place = {
        key: at for at, key in enumerate(keys(AttributionGraph(graph.record, traced.nodes, graph.edges)))
    }
    totals = np.array([into[place[key]] for key in keys(graph)])
    np.testing.assert_allclose(graph.nodes.input_total, totals, rtol=1e-12)
    np.testing.assert_allclose(
        graph.edges.share, np.abs(graph.edges.weight) / totals[graph.edges.target], rtol=1e-12
    )
    kept = np.bincount(graph.edges.target, weights=graph.edges.share, minlength=len(graph.nodes))
    assert kept.max() <= 1 + 1e-12
    assert kept[graph.nodes.of_kind(NodeKind.LOGIT)].min() < 0.999  # some nodes were pruned


def test_scores_equal_circuit_tracer_s(traced: Trace, dense: Any) -> None:
    with double_precision():
        replacement, completeness = compute_graph_scores(dense)
        graph = stored(traced, 0.8, 0.98)
        mask = prune_graph(dense, 0.8, 0.98)
        pruned = Graph(**{**vars_of(dense), "adjacency_matrix": dense.adjacency_matrix * mask.edge_mask})
    record = graph.record
    assert record.replacement_score == pytest.approx(replacement, rel=1e-10)
    assert record.completeness_score == pytest.approx(completeness, rel=1e-10)
    # A dropped node has no edges left, so circuit-tracer's sums over the pruned graph leave it out too.
    with double_precision():
        expected = compute_graph_scores(pruned)
    assert (record.pruned_replacement_score, record.pruned_completeness_score) == pytest.approx(
        expected, rel=1e-10
    )


def test_a_trace_says_what_was_traced(traced: Trace, loaded: LoadedModel, dense: Any) -> None:
    record = stored(traced, 0.8, 0.98).record
    assert (record.model, record.transcoder_set, record.origin) == ("tiny", "tiny-transcoders", "trace")
    assert (record.share_basis, record.dtype, record.n_layers) == ("trace", "float32", 2)
    assert record.token_ids == dense.input_tokens.tolist()
    assert record.tokens == ["<bos>", *PROMPT.split()]
    assert record.model_revision == loaded.model_revision != loaded.transcoder_revision
    assert (record.n_active_features, record.n_selected_features) == (
        len(dense.active_features),
        len(dense.selected_features),
    )
    assert record.versions["circuit-tracer"] == "0.5.0"
    assert record.node_threshold == 0.8
    assert record.batch_size == 256


def test_the_same_request_is_the_same_graph(traced: Trace, loaded: LoadedModel) -> None:
    again = trace(loaded, PROMPT, parameters(), ignore)
    first = stored(traced, 0.8, 0.98).record.id
    assert stored(again, 0.8, 0.98).record.id == first
    ids = {
        first,
        stored(traced, 0.8, 0.9).record.id,
        stored(traced, 0.7, 0.98).record.id,
        *(
            stored(with_record(traced, **change), 0.8, 0.98).record.id
            for change in (
                {"model_revision": "another"},
                {"transcoder_set": "another"},
                {"dtype": "bfloat16"},
                {"token_ids": [1]},
                {"max_n_logits": 3},
            )
        ),
    }
    assert len(ids) == 8
    respelled = with_record(traced, prompt="the same tokens, another spelling")
    assert stored(respelled, 0.8, 0.98).record.id == first


def test_prunings_of_one_trace_are_of_one_trace(traced: Trace) -> None:
    one, other = (stored(traced, threshold, 0.98).record for threshold in (0.5, 0.9))
    assert one.id != other.id
    assert one.trace_id == other.trace_id == trace_id(traced)
    assert (one.n_trace_nodes, one.n_trace_edges) == (len(traced.nodes), traced.edges.count())
    assert trace_id(with_record(traced, dtype="bfloat16")) != trace_id(traced)
    assert trace_id(with_record(traced, name="another")) == trace_id(traced)


def test_selected_features_keep_their_own_activations(loaded: LoadedModel) -> None:
    """Where fewer features are traced than are active, traced and active features have different indices."""
    few = trace(loaded, PROMPT, parameters(max_feature_nodes=10, batch_size=5), ignore)
    assert len(few.nodes.of_kind(NodeKind.FEATURE)) == 10 < (few.record.n_active_features or 0)
    every = trace(loaded, PROMPT, parameters(max_feature_nodes=None), ignore)
    names = list(
        zip(every.nodes.kind, every.nodes.layer, every.nodes.position, every.nodes.index, strict=True)
    )
    activation = dict(zip(names, every.nodes.activation, strict=True))
    for ordinal in few.nodes.of_kind(NodeKind.FEATURE):
        key = tuple(
            column[ordinal]
            for column in (few.nodes.kind, few.nodes.layer, few.nodes.position, few.nodes.index)
        )
        assert few.nodes.activation[ordinal] == pytest.approx(activation[key], rel=1e-5)


def test_progress_counts_the_traced_features(loaded: LoadedModel) -> None:
    seen: list[tuple[int, int]] = []
    chosen = parameters(max_feature_nodes=20, batch_size=5, update_interval=1)
    trace(loaded, PROMPT, chosen, lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 20)
    assert seen[-1] == (20, 20)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 3


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_an_empty_prompt_is_refused(loaded: LoadedModel, prompt: str) -> None:
    with pytest.raises(EmptyPrompt):
        trace(loaded, prompt, parameters(), ignore)


def test_a_prompt_that_just_fits_is_traced_and_one_longer_is_refused(loaded: LoadedModel) -> None:
    """The start token counts: the model has to read it."""
    limit = loaded.context_length
    assert limit == 24
    fits = " ".join(["Dallas"] * (limit - 1))
    assert len(trace(loaded, fits, parameters(max_feature_nodes=5), ignore).record.tokens) == limit
    with pytest.raises(PromptTooLong) as raised:
        trace(loaded, fits + " is", parameters(), ignore)
    assert (raised.value.n_tokens, raised.value.context_length) == (limit + 1, limit)
    assert len(tokenizer_of(loaded.entry).split(fits + " is")) == limit + 1


def test_the_tqdm_of_circuit_tracer_comes_back(loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = importlib.import_module("circuit_tracer.attribution.attribute")
    before = module.tqdm
    monkeypatch.setattr(module, "compute_partial_influences", None)
    with pytest.raises(TypeError):
        trace(loaded, PROMPT, parameters(max_feature_nodes=5), ignore)
    assert module.tqdm is before


def test_the_matrix_is_read_the_right_way_round_and_where_it_lies(traced: Trace, dense: Any) -> None:
    matrix = dense.adjacency_matrix
    target, source, weight = traced.edges.rows(0, len(traced.nodes))
    assert len(weight) == int((matrix != 0).sum())
    np.testing.assert_array_equal(weight, matrix[target, source.astype(np.int64)].numpy())
    assert set(traced.nodes.kind[target]) == {NodeKind.FEATURE, NodeKind.LOGIT}
    assert np.shares_memory(traced.edges.weight, matrix.numpy())


def test_inputs_come_from_lower_layers(traced: Trace) -> None:
    """The influence that pruning uses."""
    target, source, _ = traced.edges.rows(0, len(traced.nodes))
    assert np.all(traced.nodes.layer[source] < traced.nodes.layer[target])


def test_a_trace_that_memory_cannot_hold_is_refused_before_it_starts(
    loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr("ingest.attribution.fitting.available_memory", lambda: 5000)
    with pytest.raises(InvalidRequest, match=r"would have \d+ nodes and take 0\.0 GB") as raised:
        trace(loaded, PROMPT, parameters(), lambda done, total: seen.append((done, total)))
    assert (raised.value.parameter, seen) == ("batch_size", [])
    monkeypatch.undo()
    assert len(trace(loaded, PROMPT, parameters(), ignore).nodes) > 0  # the model still works


def test_the_size_that_is_foreseen_is_that_of_the_trace(
    loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreseen: list[Needed] = []
    monkeypatch.setattr(Needed, "require", lambda needed, *_: foreseen.append(needed))
    for chosen in (parameters(max_feature_nodes=10), parameters(attribution_targets=["Texas", "Dallas"])):
        traced = trace(loaded, PROMPT, chosen, ignore)
        needed = foreseen.pop()
        n_logits = len(traced.nodes.of_kind(NodeKind.LOGIT))
        most_logits = len(chosen.attribution_targets or range(chosen.max_n_logits))
        assert needed.n_nodes == len(traced.nodes) - n_logits + most_logits
        assert needed.matrix > traced.edges.weight.nbytes
        n_active = traced.record.n_active_features or 0
        assert needed.vectors == 2 * 4 * n_active * WIDTH


def test_decoders_into_later_layers_are_counted_before_they_are_gathered(
    loaded: LoadedModel, cross_layer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each active feature of layer l of L has L - l of them."""
    across = replace(loaded, replacement_model=cross_layer)
    foreseen: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "ingest.attribution.fitting.require_decoders",
        lambda needed, n_active, _: foreseen.append((needed, n_active)),
    )
    contexts: list[Any] = []
    monkeypatch.setattr(Needed, "require", lambda *_: None)
    original = fitting.needed

    def noted(model: Any, context: Any, asked: AttributionParameters) -> Needed:
        contexts.append(context)
        return original(model, context, asked)

    monkeypatch.setattr("ingest.attribution.fitting.needed", noted)
    trace(across, PROMPT, parameters(max_feature_nodes=10), ignore)
    (needed, n_active), context = foreseen[0], contexts[0]
    assert n_active == context.activation_matrix._nnz()
    assert needed == 2 * context.decoder_vecs.nbytes


@pytest.mark.parametrize("key", ["scan", "scan_name"])
def test_a_transcoder_set_is_loaded_whichever_key_names_it(tiny: Path, tmp_path: Path, key: str) -> None:
    shutil.copytree(tiny / "transcoders", tmp_path / "transcoders")
    config = tmp_path / "transcoders" / "config.yaml"
    config.write_text(config.read_text().replace("scan: tiny", f"{key}: tiny"))
    transcoders = TranscoderEntry(name="set", source=str(tmp_path / "transcoders"))
    entry = ModelEntry(name="tiny", source=str(tiny / "model"), device="cpu", transcoders=[transcoders])
    model = load_model(entry, transcoders).replacement_model
    assert getattr(model, "scan", None) or model.scan_name == "tiny"
    assert with_both_names({}) == {}
