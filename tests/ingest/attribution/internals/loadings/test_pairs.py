"""A head's score at a cell by pairs of sources."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from ingest.attribution.internals.loadings.nodes import INPUT, sources_of
from ingest.attribution.internals.loadings.pairs import BIASES, REST, Cell, ScorePairs, score_pairs
from ingest.attribution.internals.passes.layer import MlpReads
from ingest.attribution.internals.passes.replay import replay, replay_bytes
from queries.graph.attribution_graph import NodeKind
from tests.ingest.attribution.internals.loadings.conftest import Traced

pytestmark = pytest.mark.slow

ALL = 10**9
CELL = Cell(layer=1, head=2, query=9, key=6)


def pairs(traced: Traced, cell: Cell = CELL, n: int = ALL) -> ScorePairs:
    return score_pairs(traced.replacement, traced.nodes, cell, n)


def test_pairs_are_the_score(traced: Traced) -> None:
    for cell in (CELL, Cell(1, 0, 3, 0), Cell(0, 1, 5, 5)):
        found = pairs(traced, cell)
        layer = traced.replacement.recording.layers[cell.layer]
        product = float(layer.q[0, cell.head, cell.query] @ layer.k[0, cell.head, cell.key])
        assert found.error < 1e-6
        assert found.product == pytest.approx(product, rel=1e-5, abs=1e-6)
        size = np.abs(found.score).sum()
        for sums in (found.score, found.by_query, found.by_key):
            assert float(sums.sum()) == pytest.approx(found.product, abs=1e-6 * size)
        assert found.rest == pytest.approx(0.0, abs=1e-6 * size)
        assert (np.diff(np.abs(found.score)) <= 0).all()


def test_the_largest_pairs_are_told(traced_of: Callable[[str], Traced]) -> None:
    traced = traced_of("per layer")
    every, top = pairs(traced), pairs(traced, n=5)
    assert top.query.tolist() == every.query[:5].tolist() and top.key.tolist() == every.key[:5].tolist()
    assert top.rest == pytest.approx(top.product - top.score.sum())
    assert top.source.tolist() == every.source.tolist()
    assert set(np.unique(every.query)) == set(every.source.tolist())


def test_softmax_receives_a_multiple_of_the_product(traced: Traced) -> None:
    """But where scores are capped, as by Gemma 2."""
    found = pairs(traced)
    capped = type(traced.replacement.model).__name__.startswith("Gemma2")
    assert (found.scaling is None) == capped
    if found.scaling is not None:
        assert found.scaling == pytest.approx(8**-0.5, rel=1e-4)
        assert found.softmax_input == pytest.approx(found.scaling * found.product, rel=1e-3, abs=1e-5)


def test_before_layer_0_there_are_only_embeddings(traced_of: Callable[[str], Traced]) -> None:
    """The tiny Llama has no biases: the score is one pair's."""
    traced = traced_of("per layer")
    found = pairs(traced, Cell(0, 1, 8, 4))
    nodes = traced.nodes
    assert nodes.position[found.query[0]] == 8 and nodes.position[found.key[0]] == 4
    assert nodes.kind[[found.query[0], found.key[0]]].tolist() == [NodeKind.EMBEDDING] * 2
    assert found.score[0] == pytest.approx(found.product, rel=1e-5)
    assert np.abs(found.score[1:]).max(initial=0.0) < 1e-5 * abs(found.product)


def test_a_pair_is_what_its_two_sources_add(traced_of: Callable[[str], Traced]) -> None:
    """Queries and keys of replays with a source and without it."""
    for kind in ("per layer", "skip", "cross-layer"):
        traced = traced_of(kind)
        found = pairs(traced)
        best = np.flatnonzero((found.query >= 0) & (found.key >= 0) & (found.query != found.key))[0]

        def added(node: int, traced: Traced = traced) -> tuple[torch.Tensor, torch.Tensor]:
            replacement, recording = traced.replacement, traced.replacement.recording
            sources = sources_of(replacement, traced.nodes, np.array([node]))
            position = int(sources.position[0])

            def written(number: int) -> torch.Tensor:
                here = torch.zeros(2, recording.n, replacement.d_model)
                here[1, position] = sources.vector[sources.layer == number].sum(0)
                return here

            def write(reads: MlpReads) -> torch.Tensor:
                skip = replacement.skip(reads)
                return written(reads.number) + (0.0 if skip is None else skip)

            layer = replay(replacement.model, recording, written(INPUT), mlp_write=write).layers[CELL.layer]
            q, k = layer.q[:, CELL.head, CELL.query], layer.k[:, CELL.head, CELL.key]
            return q[1] - q[0], k[1] - k[0]

        (q, _), (_, k) = added(int(found.query[best])), added(int(found.key[best]))
        assert float(q @ k) == pytest.approx(found.score[best], rel=1e-4)


def test_the_rest_is_what_the_graph_lacks(traced_of: Callable[[str], Traced]) -> None:
    """Of a whole trace it is what MLPs write at the start token; all of it, where there are no nodes."""
    traced = traced_of("per layer")
    at_start = CELL._replace(key=0)
    found = pairs(traced, at_start)
    rest = found.source <= REST
    assert found.source[0] == BIASES and rest.sum() == traced.replacement.recording.n
    size = np.abs(found.score).sum()
    assert abs(found.by_key[rest][0]) > 1e-4 * size
    assert (
        np.abs(found.by_key[rest][1:]).max() < 1e-6 * size
    )  # decoders have no biases in the tiny transcoders
    nothing = traced.nodes.take(np.zeros(0, dtype=np.int64))
    alone = score_pairs(traced.replacement, nothing, at_start, ALL)
    assert (alone.source < 0).all()
    assert alone.error < 1e-6
    assert alone.by_query.sum() == pytest.approx(found.product, rel=1e-4)


def test_small_batches_give_the_same(traced_of: Callable[[str], Traced]) -> None:
    traced = traced_of("per layer")
    few = score_pairs(
        traced.replacement, traced.nodes, CELL, ALL, 30 * replay_bytes(traced.replacement.recording)
    )
    whole = pairs(traced)
    assert few.source.tolist() == whole.source.tolist()
    np.testing.assert_allclose(few.by_key, whole.by_key, rtol=1e-4, atol=1e-5)
