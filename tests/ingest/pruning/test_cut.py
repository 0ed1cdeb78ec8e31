"""A trace that is cut before it is kept: its shares stay exact, and it is pruned again up to its threshold."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import identity
from ingest.pruning.assemble import assemble
from ingest.pruning.cut import CUT_AT, cut_trace, write_retained
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace
from ingest.traces.trace import Trace
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Thresholds
from tests.support.circuit_tracer_graphs import layered_graph, trace_of

pytestmark = pytest.mark.slow

LIMITS = [(0.8, 0.98), (0.5, 0.6), (0.95, 0.9), (0.0, 0.0), (CUT_AT, CUT_AT)]


@pytest.fixture(scope="module")
def whole() -> Trace:
    dense: Any = layered_graph(1500, 400_000, n_layers=12, n_positions=14)
    return trace_of(dense)


@pytest.fixture(scope="module")
def cut(whole: Trace, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """As it comes back from its file."""
    path = tmp_path_factory.mktemp("cut") / "one.trace"
    write_retained(path, whole, "pruned")
    return read_trace(path)


def graph_of(trace: Trace, node_threshold: float, edge_threshold: float) -> AttributionGraph:
    thresholds = Thresholds(node_threshold=node_threshold, edge_threshold=edge_threshold)
    return assemble(trace, prune(trace, node_threshold, edge_threshold), thresholds, {})


def keys(graph: AttributionGraph) -> list[str]:
    return graph.nodes.keys("")


def shares(graph: AttributionGraph) -> dict[tuple[str, str], tuple[float, float]]:
    """Weight and share of each edge by the keys of its ends."""
    name, edges = keys(graph), graph.edges
    columns = (edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), edges.share.tolist())
    return {
        (name[one], name[other]): (weight, share) for one, other, weight, share in zip(*columns, strict=True)
    }


def test_what_is_kept_is_what_pruning_at_that_threshold_keeps(whole: Trace, cut: Trace) -> None:
    pruning = prune(whole, CUT_AT, CUT_AT)
    assert cut.edges.count() == pruning.edges.count() < 0.9 * whole.edges.count()
    assert cut.nodes.keys("") == whole.nodes.take(np.flatnonzero(pruning.node_mask)).keys("")
    target, source, weight = cut.edges.rows(0, cut.edges.n_nodes)
    into, out_of, weights = pruning.edges.rows(0, whole.edges.n_nodes)
    np.testing.assert_array_equal(weight, weights)
    row = np.flatnonzero(pruning.node_mask)
    np.testing.assert_array_equal(row[target], into)
    np.testing.assert_array_equal(row[source], out_of)


@pytest.mark.parametrize("thresholds", LIMITS)
def test_its_prunings_have_the_nodes_and_exact_shares_of_the_whole(
    whole: Trace, cut: Trace, thresholds: tuple[float, float]
) -> None:
    expected, found = graph_of(whole, *thresholds), graph_of(cut, *thresholds)
    expected_shares, found_shares = shares(expected), shares(found)
    assert expected_shares.items() <= found_shares.items()
    assert len(found_shares) <= 1.04 * len(expected_shares), "a few more, at the threshold"
    assert keys(found) == keys(expected)
    for name in ("node_influence", "cumulative_influence", "input_total"):
        np.testing.assert_array_equal(getattr(found.nodes, name), getattr(expected.nodes, name))
    one, other = expected.record, found.record
    facts = ("trace_id", "n_trace_nodes", "n_trace_edges", "n_selected_features", "replacement_score")
    assert [getattr(one, name) for name in facts] == [getattr(other, name) for name in facts]
    assert one.id != other.id, "it may have other edges"


@pytest.mark.parametrize("thresholds", [(0.9991, 0.98), (0.8, 1.0)])
def test_more_than_is_kept_is_refused(cut: Trace, thresholds: tuple[float, float]) -> None:
    with pytest.raises(InvalidRequest, match=r"is too much: the kept trace was cut at 0\.999"):
        prune(cut, *thresholds)


def test_a_trace_that_is_cut_keeps_its_id(whole: Trace, cut: Trace) -> None:
    assert identity.trace_id(cut) == identity.trace_id(whole)


def test_pins_and_supernodes_are_those_of_kept_nodes(whole: Trace) -> None:
    kept = prune(whole, CUT_AT, CUT_AT).node_mask
    there, gone = int(np.flatnonzero(kept)[3]), int(np.flatnonzero(~kept)[0])
    drawn = {"supernodes": [("both", [gone, there]), ("none", [gone])], "pinned": [gone, there]}
    cut = cut_trace(Trace(whole.record.model_copy(update=drawn), whole.nodes, whole.edges))
    ((name, (member,)),) = cut.record.supernodes
    assert name == "both" and cut.record.pinned == [member]
    assert cut.nodes.keys("")[member] == whole.nodes.keys("")[there]


@pytest.mark.parametrize("retention", ["whole", "pruned", "none"])
def test_as_much_is_written_as_is_to_be_kept(whole: Trace, tmp_path: Path, retention: Any) -> None:
    path = tmp_path / "one.trace"
    write_retained(path, whole, retention)
    assert path.exists() == (retention != "none")
    if path.exists():
        assert (read_trace(path).record.cut is None) == (retention == "whole")
