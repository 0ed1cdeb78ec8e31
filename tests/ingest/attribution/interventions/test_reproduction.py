"""A model reproduces the graphs that it made, and is refused for all others with the largest deviation."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ingest.attribution.attribution import LoadedModel, trace
from ingest.attribution.interventions.engine import baseline
from ingest.attribution.interventions.reproduction import NOTHING_COMPARED, reproduce
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.errors import GraphNotReproduced
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import AttributionParameters, Thresholds
from queries.paths.space import choose_target
from tests.support.tiny_model import PROMPT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph(loaded: LoadedModel) -> AttributionGraph:
    traced = trace(loaded, PROMPT, AttributionParameters(), lambda *_: None)
    return assemble(traced, prune(traced, 0.8, 0.98), Thresholds(), {})


def with_nodes(graph: AttributionGraph, **columns: Any) -> AttributionGraph:
    return replace(graph, nodes=replace(graph.nodes, **columns))


def with_record(graph: AttributionGraph, **fields: Any) -> AttributionGraph:
    return replace(graph, record=graph.record.model_copy(update=fields))


def scaled(graph: AttributionGraph, factor: float) -> AttributionGraph:
    """The activation of one feature node is another."""
    activation = graph.nodes.activation.copy()
    activation[graph.nodes.of_kind(NodeKind.FEATURE)[2]] *= factor
    return with_nodes(graph, activation=activation)


def refusal(loaded: LoadedModel, graph: AttributionGraph) -> GraphNotReproduced:
    with pytest.raises(GraphNotReproduced) as refused:
        reproduce(loaded, graph)
    return refused.value


def test_a_model_reproduces_its_own_graph(loaded: LoadedModel, graph: AttributionGraph) -> None:
    base = reproduce(loaded, graph)
    assert base.ids.tolist() == graph.record.token_ids
    np.testing.assert_array_equal(base.activations, baseline(loaded.replacement_model, base.ids).activations)


def test_so_it_does_one_whose_file_has_no_token_ids(loaded: LoadedModel, graph: AttributionGraph) -> None:
    assert reproduce(loaded, with_record(graph, token_ids=None)).ids.tolist() == graph.record.token_ids


def test_an_activation_may_deviate_by_one_in_a_hundred(loaded: LoadedModel, graph: AttributionGraph) -> None:
    reproduce(loaded, scaled(graph, 1.009))
    refused = refusal(loaded, scaled(graph, 1.25))
    assert refused.deviation == pytest.approx(0.2, rel=1e-3)
    node = graph.nodes.of_kind(NodeKind.FEATURE)[2:3]
    (key,) = graph.nodes.keys("", node)
    assert f"the activation of {key.removeprefix('/')} deviates by 0.2 of its stored value" in str(refused)


def test_in_16_bits_by_one_in_twenty(loaded: LoadedModel, graph: AttributionGraph) -> None:
    half = with_record(graph, dtype="bfloat16")
    reproduce(loaded, scaled(half, 1.04))
    refusal(loaded, scaled(half, 1.07))


def test_other_tokens_are_refused(loaded: LoadedModel, graph: AttributionGraph) -> None:
    refused = refusal(loaded, with_record(graph, token_ids=None, prompt="Fact: The capital"))
    assert "it reads the prompt as" in str(refused)
    assert refused.deviation == NOTHING_COMPARED
    other = [*graph.record.token_ids[:-1], 4]  # type: ignore[index]
    assert "it reads the prompt as" in str(refusal(loaded, with_record(graph, token_ids=other)))


def test_a_feature_that_the_model_lacks_is_refused(loaded: LoadedModel, graph: AttributionGraph) -> None:
    index = graph.nodes.index.copy()
    index[graph.nodes.of_kind(NodeKind.FEATURE)[0]] = 100_000
    assert refusal(loaded, with_nodes(graph, index=index)).deviation == 1.0


def test_another_prediction_is_refused(loaded: LoadedModel, graph: AttributionGraph) -> None:
    index = graph.nodes.index.copy()
    index[choose_target(graph.nodes)] = 4
    assert "its most probable token is" in str(refusal(loaded, with_nodes(graph, index=index)))


def test_a_graph_without_activations_is_refused(loaded: LoadedModel, graph: AttributionGraph) -> None:
    silent = with_nodes(graph, activation=np.full(len(graph.nodes), np.nan))
    assert "no activations to compare" in str(refusal(loaded, silent))
