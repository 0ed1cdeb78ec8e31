"""The last-head split against circuit-tracer's weights, and against the model without heads."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ingest.attribution.internals.loadings.nodes import sources_of, targets_of
from ingest.attribution.internals.loadings.paths import link_paths
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.loadings.runs import run_sources
from ingest.attribution.internals.loadings.split import DIRECT, GUARD, HALF_GUARD, KEPT, Loadings, loadings
from ingest.attribution.internals.passes.replay import replay_bytes
from queries.graph.attribution_graph import Edges, NodeKind, Nodes
from tests.ingest.attribution.internals.loadings.conftest import Traced
from tests.support.tiny_model import N_LAYERS

pytestmark = pytest.mark.slow

Cut = Callable[[LocalReplacement, Callable[[int, int], bool]], LocalReplacement]


@cache
def found(traced: Traced) -> Loadings:
    answer = loadings(traced.replacement, traced.nodes, traced.edges)
    assert answer.why is None and answer.loadings is not None
    return answer.loadings


def total(values: np.ndarray[Any, Any], *by: np.ndarray[Any, Any]) -> dict[tuple[int, ...], float]:
    """Sums of the values by the columns."""
    sums: dict[tuple[int, ...], float] = {}
    for key, value in zip(
        zip(*(column.tolist() for column in by), strict=True), values.tolist(), strict=True
    ):
        sums[key] = sums.get(key, 0.0) + value
    return sums


def weight(replacement: LocalReplacement, nodes: Nodes, source: int, target: int) -> float:
    """The replay's weight of a link."""
    sources = sources_of(replacement, nodes, np.array([source]))
    targets = targets_of(replacement, nodes, np.array([target]))
    run, row = run_sources(replacement, sources, range(1)), np.array([0])
    bias, whole = (targets.read(replacement, run, row, np.array([item])) for item in (0, 1))
    return float(whole - bias)


def strongest(traced: Traced, n: int) -> list[tuple[int, int, float]]:
    """The strongest links between positions, each of another kind of source or target."""
    edges, nodes = traced.edges, traced.nodes
    chosen: dict[tuple[int, ...], tuple[int, int, float]] = {}
    for edge in np.argsort(-np.abs(edges.weight)).tolist():
        source, target = int(edges.source[edge]), int(edges.target[edge])
        if nodes.position[source] != nodes.position[target]:
            kind = (int(nodes.kind[source]), int(nodes.kind[target]), int(nodes.layer[source]))
            chosen.setdefault(kind, (source, target, float(edges.weight[edge])))
    return list(chosen.values())[:n]


def test_direct_and_heads_are_circuit_tracers_weight(traced: Traced) -> None:
    loads = found(traced)
    assert loads.weights_error < 1e-6
    assert loads.sums_error < 1e-6
    kinds = {int(kind) for kind in traced.nodes.kind[traced.edges.source]}
    assert kinds == {NodeKind.EMBEDDING, NodeKind.FEATURE, NodeKind.ERROR}
    # With their rest, a link's rows are its weight to the last bit that the sum has.
    rows = total(loads.weight, loads.source, loads.target)
    edges = traced.edges
    links = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
    sums = [rows.get(link, 0.0) + rest for link, rest in zip(links, loads.rest.tolist(), strict=True)]
    np.testing.assert_allclose(sums, edges.weight, rtol=0, atol=1e-12 * np.abs(edges.weight).max())


def test_nodes_read_and_write_the_same_by_heads(traced: Traced) -> None:
    loads = found(traced)
    sums = [total(side.weight, side.layer, side.head) for side in (loads.read_by, loads.writes_to)]
    sizes = [total(side.absolute, side.layer, side.head) for side in (loads.read_by, loads.writes_to)]
    assert (
        sums[0].keys() == sums[1].keys() == {(layer, head) for layer in range(N_LAYERS) for head in range(4)}
    )
    for head, size in sizes[0].items():
        assert sums[1][head] == pytest.approx(sums[0][head], abs=1e-9 * size)
        assert sizes[1][head] == pytest.approx(size, rel=1e-9)
        assert size >= abs(sums[0][head])
    # The rows are all but the small parts of these.
    heads = loads.layer != DIRECT
    told = total(np.abs(loads.weight[heads]), loads.source[heads], loads.layer[heads], loads.head[heads])
    whole = total(loads.read_by.absolute, loads.read_by.node, loads.read_by.layer, loads.read_by.head)
    assert all(size <= whole[key] * (1 + 1e-9) for key, size in told.items())
    assert sum(told.values()) > 0.9 * sum(whole.values())


def test_a_part_is_told_from_one_per_cent_on_the_largest_first(traced: Traced) -> None:
    loads = found(traced)
    by_link = np.flatnonzero(np.diff(loads.source) | np.diff(loads.target)) + 1
    for first, end in pairwise([0, *by_link.tolist(), len(loads.weight)]):
        sizes = np.abs(loads.weight[first:end])
        assert (np.diff(sizes) <= 0).all()
        assert sizes.min() >= KEPT * sizes.sum()
    same = traced.nodes.position[loads.source] == traced.nodes.position[loads.target]
    assert same[loads.layer == DIRECT].all()
    assert ((loads.head == DIRECT) == (loads.layer == DIRECT)).all()


def test_a_loading_is_what_is_lost_without_the_head(traced: Traced, without: Cut) -> None:
    """Without the heads of later layers, in which the head is the last one."""
    for source, target, _ in strongest(traced, 2):
        whole = link_paths(traced.replacement, traced.nodes, source, target)
        size = np.abs(whole.last).sum() + abs(whole.direct)

        def left(last: int, head: int | None, source: int = source, target: int = target) -> float:
            """The weight without later layers' heads than the last's, and without this one."""
            cut = without(traced.replacement, lambda at, of: at > last or (at, of) == (last, head))
            return weight(cut, traced.nodes, source, target)

        for layer in range(N_LAYERS):
            lost = [left(layer, None) - left(layer, head) for head in range(4)]
            np.testing.assert_allclose(whole.last[layer], lost, rtol=1e-4, atol=1e-5 * size)
        assert whole.direct == pytest.approx(left(-1, None), abs=1e-5 * size)


def test_one_link_is_split_as_all_are(traced: Traced) -> None:
    loads = found(traced)
    for source, target, weight in strongest(traced, 4):
        paths = link_paths(traced.replacement, traced.nodes, source, target)
        assert paths.weight == pytest.approx(weight, rel=1e-4)
        rows = np.flatnonzero((loads.source == source) & (loads.target == target))
        for row in rows.tolist():
            layer, head = int(loads.layer[row]), int(loads.head[row])
            of_link = paths.direct if layer == DIRECT else paths.last[layer, head]
            assert of_link == pytest.approx(loads.weight[row], rel=1e-3)


def note(seen: list[tuple[int, int]], done: int, total: int) -> None:
    seen.append((done, total))


def test_small_batches_give_the_same(traced_of: Callable[[str], Traced]) -> None:
    for kind in ("skip", "cross-layer"):
        traced = traced_of(kind)
        seen: list[tuple[int, int]] = []
        whole = found(traced)
        small = loadings(
            traced.replacement,
            traced.nodes,
            traced.edges,
            most_bytes=4 * replay_bytes(traced.replacement.recording),
            on_progress=partial(note, seen),
        ).loadings
        assert small is not None
        assert seen[0][0] == 3 and seen[-1][0] == seen[-1][1] == len(np.unique(traced.edges.source))
        np.testing.assert_allclose(small.read_by.weight, whole.read_by.weight, rtol=1e-3, atol=1e-4)


def test_activations_that_a_file_lacks_are_the_models(traced_of: Callable[[str], Traced]) -> None:
    for kind in ("per layer", "cross-layer"):
        traced = traced_of(kind)
        blank = replace(traced.nodes, activation=np.full(len(traced.nodes), np.nan))
        answer = loadings(traced.replacement, blank, traced.edges)
        assert answer.weights_error is not None and answer.weights_error < 1e-5


def test_other_weights_have_no_loadings(traced_of: Callable[[str], Traced]) -> None:
    traced = traced_of("per layer")
    edges = traced.edges
    other = replace(edges, weight=edges.weight * np.linspace(0.99, 1.01, len(edges)))
    answer = loadings(traced.replacement, traced.nodes, other)
    assert answer.loadings is None
    assert answer.why is not None and "other weights" in answer.why
    assert answer.weights_error == pytest.approx(0.006, abs=0.004)


def test_weights_of_a_half_precision_trace_are_inexact(traced_of: Callable[[str], Traced]) -> None:
    """Its parts add up to the replay's weights, which are in float32."""
    traced = traced_of("bfloat16")
    assert loadings(traced.replacement, traced.nodes, traced.edges).loadings is None
    loads = loadings(traced.replacement, traced.nodes, traced.edges, is_half=True).loadings
    assert loads is not None
    assert GUARD < loads.weights_error < HALF_GUARD
    assert loads.sums_error == pytest.approx(loads.weights_error, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"site": "attn"}, "not of MLPs"),
        ({"index": 1000}, "a feature 1000, where the model has 48"),
        ({"layer": 7}, "a layer 7, where the model has 2"),
        ({"position": 30}, "a position 30, where the model has 10"),
    ],
)
def test_nodes_that_the_model_lacks_are_named(
    traced_of: Callable[[str], Traced], change: dict[str, Any], why: str
) -> None:
    traced = traced_of("per layer")
    ((column, value),) = change.items()
    values: Any = list(traced.nodes.site) if column == "site" else getattr(traced.nodes, column).copy()
    sources = traced.edges.source
    values[int(sources[traced.nodes.kind[sources] == NodeKind.FEATURE][0])] = value
    answer = loadings(traced.replacement, replace(traced.nodes, **{column: values}), traced.edges)
    assert answer.loadings is None and answer.weights_error is None
    assert answer.why is not None and why in answer.why


def test_a_graph_without_links_has_no_rows(traced_of: Callable[[str], Traced]) -> None:
    traced = traced_of("per layer")
    none = np.zeros(0, dtype=np.int64)
    loads = found(replace(traced, edges=Edges(none, none, np.zeros(0), np.zeros(0))))
    assert len(loads.weight) == len(loads.rest) == len(loads.read_by.node) == 0
    assert loads.weights_error == loads.sums_error == 0.0


def test_an_unknown_hook_is_told(traced_of: Callable[[str], Traced]) -> None:
    traced = traced_of("per layer")
    transcoders = traced.replacement.transcoders
    known, transcoders.feature_input_hook = transcoders.feature_input_hook, "hook_mlp_in"
    try:
        answer = loadings(replace(traced.replacement), traced.nodes, traced.edges)
    finally:
        transcoders.feature_input_hook = known
    assert answer.why is not None and "read at hook_mlp_in" in answer.why
