"""Chosen targets of an attribution: each logit node's inputs are the effects on the token or direction asked for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from circuit_tracer import attribute

from ingest.attribution.attribution import LoadedModel, trace
from ingest.identity import trace_id
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace, write_trace
from ingest.traces.trace import Trace
from ingest.worker.requests import RankRequest
from ingest.worker.tasks import unpruned_graph
from queries.errors import InvalidRequest
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import AttributionParameters, Thresholds
from queries.paths.question import PathsQuestion
from queries.paths.space import PathQuery, PathSpace, best_paths

pytestmark = pytest.mark.slow

PROMPT = "Fact: The capital of the state containing Dallas is"
DIFFERENCE = {"logits": [{"token": "Texas", "factor": 1}, {"token": "Dallas", "factor": -1}]}


def traced(loaded: LoadedModel, *targets: Any) -> Trace:
    asked = AttributionParameters.model_validate(
        {"attribution_targets": list(targets), "max_feature_nodes": None}
    )
    return trace(loaded, PROMPT, asked, lambda *_: None)


def rows(trace: Trace) -> Floats:
    """(n_logits, n_others) the direct effects on the logit nodes."""
    n = len(trace.nodes)
    matrix = trace.edges.weight.reshape(n, n)
    logits = trace.nodes.of_kind(NodeKind.LOGIT)
    return matrix[logits, : n - len(logits)].astype(np.float64)


def close(found: Floats, expected: Floats) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def stored(trace: Trace, **thresholds: float) -> AttributionGraph:
    kept = Thresholds(**thresholds)
    return assemble(trace, prune(trace, kept.node_threshold, kept.edge_threshold), kept, {})


def whole(trace: Trace) -> AttributionGraph:
    """The whole trace as a graph to be ranked."""
    request = RankRequest(
        trace=Path(),
        record=stored(trace).record,
        explanations=[],
        borrowed=[],
        supernodes=None,
        question=PathsQuestion(),
        output=Path(),
        ranking=Path(),
    )
    return unpruned_graph(trace, request)


def test_tokens_are_named_by_their_text_or_id(loaded: LoadedModel) -> None:
    texas = loaded.tokenizer.encode("Texas", add_special_tokens=False)[0]
    asked = traced(loaded, texas, "Dallas")
    logits = asked.nodes.of_kind(NodeKind.LOGIT)
    assert [asked.nodes.token[node] for node in logits] == ["Texas", "Dallas"]
    assert asked.nodes.index[logits][0] == texas
    assert asked.nodes.is_target_logit[logits].tolist() == [True, False]
    of_circuit_tracer = attribute(PROMPT, loaded.replacement_model, attribution_targets=["Texas", "Dallas"])
    np.testing.assert_array_equal(asked.edges.weight, of_circuit_tracer.adjacency_matrix.numpy().reshape(-1))
    assert stored(asked).record.target_kind == "tokens"


def test_a_difference_has_the_differences_of_the_two_tokens_inputs(loaded: LoadedModel) -> None:
    texas, dallas = rows(traced(loaded, "Texas", "Dallas"))
    (found,) = rows(traced(loaded, DIFFERENCE))
    close(found, texas - dallas)


def test_a_sum_adds_up_its_terms(loaded: LoadedModel) -> None:
    tokens = ("Texas", "Dallas", "Oakland")
    one, two, three = rows(traced(loaded, *tokens))
    factors = (0.5, 2.0, -0.25)
    terms = [{"token": token, "factor": factor} for token, factor in zip(tokens, factors, strict=True)]
    asked = traced(loaded, {"logits": terms})
    close(rows(asked)[0], 0.5 * one + 2.0 * two - 0.25 * three)
    assert asked.nodes.token[-1] == "0.5 Texas + 2 Dallas − 0.25 Oakland"


def test_a_direction_is_taken_as_it_is(loaded: LoadedModel) -> None:
    """An unembedding over the vocabulary's mean is what circuit-tracer attributes for a token."""
    matrix = loaded.replacement_model.unembed_proj.detach().float()
    texas = loaded.tokenizer.encode("Texas", add_special_tokens=False)[0]
    direction = (matrix[texas] - matrix.mean(dim=0)).tolist()
    found = traced(loaded, {"name": "towards Texas", "direction": direction, "weight": 3})
    close(rows(found)[0], rows(traced(loaded, "Texas"))[0])
    assert found.nodes.token[-1] == "towards Texas"


def test_directions_are_no_tokens_and_their_weights_no_probabilities(
    loaded: LoadedModel, tmp_path: Path
) -> None:
    other = {"name": "other", "weight": 0.5, "logits": [{"token": "Oakland", "factor": 1}]}
    trace = traced(loaded, DIFFERENCE, other)
    logits = trace.nodes.of_kind(NodeKind.LOGIT)
    assert [trace.nodes.token[node] for node in logits] == ["Texas rather than Dallas", "other"]
    assert (trace.nodes.index[logits] >= len(loaded.tokenizer)).all(), "no token has such an index"
    assert trace.nodes.probability[logits].tolist() == [1.0, 0.5]
    write_trace(tmp_path / "a.trace", trace)
    assert read_trace(tmp_path / "a.trace").record == trace.record
    record = stored(trace).record
    assert record.target_kind == "directions"
    assert record.model_dump(mode="json")["attribution_targets"][1]["weight"] == 0.5


def test_the_targets_are_part_of_the_id(loaded: LoadedModel) -> None:
    def term(token: str | int, factor: float) -> dict[str, Any]:
        return {"token": token, "factor": factor}

    zeros = [0.0] * 31
    different: list[Any] = [
        "Texas",
        DIFFERENCE,
        DIFFERENCE | {"weight": 2.0},
        DIFFERENCE | {"name": "a name"},
        {"logits": [term("Texas", 1), term("Dallas", -2)]},
        {"logits": [term("Texas", 1), term("Oakland", -1)]},
        {"name": "x", "direction": [1.0, *zeros]},
        {"name": "x", "direction": [2.0, *zeros]},
    ]
    ids = [trace_id(traced(loaded, target)) for target in different]
    assert len(set(ids)) == len(ids)
    assert trace_id(traced(loaded, json.loads(json.dumps(DIFFERENCE)))) == ids[1]


def test_a_traced_difference_is_the_one_that_the_whole_trace_ranks(loaded: LoadedModel) -> None:
    """ "Rather than" over the whole trace is exact; over stored edges it lacks what was pruned."""
    both, difference = whole(traced(loaded, "Texas", "Dallas")), whole(traced(loaded, DIFFERENCE))
    one, other = both.nodes.of_kind(NodeKind.LOGIT).tolist()
    query = PathQuery(k=30, min_length=1)
    asked = PathSpace(both, PathQuery(k=30, min_length=1, targets=(one,), rather_than=other))
    expected = PathSpace(difference, query)
    for found, wanted in zip(best_paths(asked), best_paths(expected), strict=True):
        assert found.score == pytest.approx(wanted.score, rel=1e-3)
        assert found.effect.net == pytest.approx(wanted.effect.net, rel=1e-3)
    totals, exact = asked.totals(), expected.totals()
    assert totals.total == pytest.approx(exact.total, rel=1e-4)
    assert totals.effect.contribution == pytest.approx(exact.effect.contribution, rel=1e-3)


def test_a_stored_difference_is_over_the_stored_edges(loaded: LoadedModel) -> None:
    both = traced(loaded, "Texas", "Dallas")
    pruned = stored(both, node_threshold=0.5, edge_threshold=0.7)
    one, other = pruned.nodes.of_kind(NodeKind.LOGIT).tolist()
    edges = PathSpace(pruned, PathQuery(targets=(one,), rather_than=other)).graph.edges
    into = edges.target == one
    assert 0 < into.sum() < len(rows(both)[0]), "pruning removed some"
    assert edges.share[into].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("targets", "why"),
    [
        (["the capital"], "'the capital' is 2 tokens"),
        ([""], "'' is 0 tokens"),
        (["Atlantis"], "'Atlantis' is no token"),
        (["Texas", "Texas"], "named twice"),
        ([5, 99], "there is no token 99: this model's are 0 to 13"),
        ([{"logits": [{"token": "Texas", "factor": 1}, {"token": "Texas", "factor": -1}]}], "named twice"),
        ([{"logits": [{"token": "of the", "factor": 1}]}], "is 2 tokens"),
        ([{"name": "x", "direction": [1.0, 2.0]}], "'x' has 2 numbers, and this model's residual stream 32"),
    ],
)
def test_what_is_no_target_of_the_model_is_refused(loaded: LoadedModel, targets: list[Any], why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as raised:
        traced(loaded, *targets)
    assert raised.value.parameter == "attribution_targets"


@pytest.mark.parametrize(
    ("targets", "why"),
    [
        (["Texas", {"name": "x", "direction": [1.0]}], "either tokens or directions"),
        ([{"name": "x"}], "either logits or a direction"),
        ([DIFFERENCE | {"name": "x", "direction": [1.0]}], "either logits or a direction"),
        ([{"direction": [1.0]}], "needs a name"),
        ([{"name": "x", "direction": [0.0, 0.0]}], "all its numbers are 0"),
        ([{"logits": [{"token": "Texas", "factor": 0}]}], "all its numbers are 0"),
        ([{"name": "x", "direction": [float("nan")]}], "finite"),
        ([DIFFERENCE | {"weight": 0}], "greater than 0"),
        ([-1], "greater than or equal to 0"),
        ([True], "TargetDirection"),
    ],
)
def test_what_is_no_target_at_all_is_refused(targets: list[Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        AttributionParameters.model_validate({"attribution_targets": targets})


def test_an_empty_list_is_none() -> None:
    assert AttributionParameters(attribution_targets=[]).attribution_targets is None
