"""Paths through heads: what is lost without a head, and sums within a layer."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from ingest.attribution.internals.loadings.paths import link_paths
from queries.graph.attribution_graph import NodeKind
from tests.ingest.attribution.internals.loadings.conftest import Traced
from tests.ingest.attribution.internals.loadings.test_split import Cut, strongest, weight
from tests.support.tiny_model import N_LAYERS

pytestmark = pytest.mark.slow


def test_heads_and_what_passes_none_are_the_weight_in_every_layer(traced: Traced) -> None:
    for source, target, _ in strongest(traced, 4):
        paths = link_paths(traced.replacement, traced.nodes, source, target)
        assert paths.layers_error < 2e-6
        assert paths.sums_error < 2e-6
        np.testing.assert_allclose(paths.through.sum(1) + paths.past, paths.weight, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(paths.keys.sum(-1), paths.last)
        # Nothing but the last layer's heads is the last of a path: all others may be passed on the way.
        reading = traced.nodes.layer[target]
        top = min(int(reading), N_LAYERS - 1)
        np.testing.assert_allclose(paths.through[top], paths.last[top], rtol=1e-4, atol=1e-5)


def is_head(layer: int, head: int | None, at: int, of: int) -> bool:
    """Whether a head is this one, or one of the layer's."""
    return at == layer and head in (None, of)


def test_what_passes_through_a_head_is_lost_without_it(traced: Traced, without: Cut) -> None:
    for source, target, whole in strongest(traced, 2):
        paths = link_paths(traced.replacement, traced.nodes, source, target)
        for layer in range(N_LAYERS):
            lost = []
            for head in range(4):
                one = without(traced.replacement, partial(is_head, layer, head))
                lost.append(whole - weight(one, traced.nodes, source, target))
            size = np.abs(paths.through[layer]).sum() + abs(paths.past[layer])
            np.testing.assert_allclose(paths.through[layer], lost, rtol=1e-3, atol=1e-5 * size)
            none = without(traced.replacement, partial(is_head, layer, None))
            left = weight(none, traced.nodes, source, target)
            assert paths.past[layer] == pytest.approx(left, abs=1e-5 * size)


def test_a_link_over_one_layer_looks_at_its_source(traced_of: Callable[[str], Traced]) -> None:
    """Nothing of an embedding is elsewhere yet when layer 0's heads look: their key is its position."""
    traced = traced_of("per layer")
    nodes, edges = traced.nodes, traced.edges
    first = (nodes.kind[edges.source] == NodeKind.EMBEDDING) & (nodes.layer[edges.target] == 0)
    edge = np.flatnonzero(first)[np.argmax(np.abs(edges.weight[first]))]
    source, target = int(edges.source[edge]), int(edges.target[edge])
    paths = link_paths(traced.replacement, nodes, source, target)
    elsewhere = np.arange(traced.replacement.recording.n) != nodes.position[source]
    assert not paths.keys[:, :, elsewhere].any()
    query, key = nodes.position[target], nodes.position[source]
    assert (paths.cells[0] == [query, key]).all()
    assert not paths.last[1:].any() and not paths.through[1:].any()
    np.testing.assert_allclose(paths.past[1:], paths.weight)


def test_nothing_goes_back(traced_of: Callable[[str], Traced]) -> None:
    """A link to an earlier position, or from a later layer, has no path."""
    traced = traced_of("per layer")
    nodes = traced.nodes
    features = nodes.of_kind(NodeKind.FEATURE)
    late = features[np.argmax(nodes.position[features])]
    early = features[np.argmin(nodes.position[features])]
    paths = link_paths(traced.replacement, nodes, int(late), int(early))
    assert paths.weight == paths.direct == 0.0
    assert not paths.last.any() and not paths.through.any() and not paths.past.any()
    assert paths.layers_error == paths.sums_error == 0.0
