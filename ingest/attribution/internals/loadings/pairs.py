"""Why a head looks where it does: its score at one cell as a sum over pairs of nodes.

Queries and keys of a replay are linear in the sources too, so q . k is the sum of q_a . k_b over all pairs of sources a
and b: the graph's nodes, the model's biases, and at each position a rest, which is all that the graph does not have
there (nodes that were pruned, what MLPs write at the start token, decoders' biases, learned positions).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.loadings.nodes import INPUT, Sources, sources_of
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.loadings.runs import batches, run_sources
from ingest.attribution.internals.passes.layer import Layer, MlpReads
from ingest.attribution.internals.passes.replay import without_bias
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import NodeKind, Nodes

BIASES, REST = -1, -2
"""In place of a node's ordinal; the rest of position p is `REST - p`."""
SCALING_TOLERANCE = 1e-4
"""Largest deviation of what softmax received from a multiple of q . k, as a share of the largest."""


class Cell(NamedTuple):
    """A head's query (row) and key (column)."""

    layer: int
    head: int
    query: int
    key: int


@dataclass(frozen=True, eq=False)
class ScorePairs:
    """The score at one cell by pairs of sources, of S sources in all.

    shapes: query, key and score (n_pairs,), the largest first: a pair's sources by their ordinals, or `BIASES` or
    `REST`, and q_a . k_b; source, by_query and by_key (S,), each source's sum over all keys and over all queries.
    `product` is q . k of the recorded pass, `rest` the sum of the pairs that are not told, `error` how far the sum of
    all is from it, as a share of |q| |k|. `scaling`: what q . k is multiplied by before softmax, None where that is no
    multiple of it, as where scores are capped. `softmax_input` is what softmax received.
    """

    query: Ints
    key: Ints
    score: Floats
    source: Ints
    by_query: Floats
    by_key: Floats
    product: float
    rest: float
    error: float
    scaling: float | None
    softmax_input: float


@torch.no_grad()
def score_pairs(
    replacement: LocalReplacement, nodes: Nodes, cell: Cell, n_pairs: int, most_bytes: int | None = None
) -> ScorePairs:
    """The `n_pairs` largest pairs of the cell's score. Raises NoLoadings, Diverged; IndexError where there is no such
    cell."""
    of_layer = replacement.recording.layers[cell.layer]
    before = (nodes.kind != NodeKind.LOGIT) & (nodes.layer < cell.layer)
    before &= nodes.position <= max(cell.query, cell.key)
    sources = _with_rest(replacement, sources_of(replacement, nodes, np.flatnonzero(before)))
    of_queries: list[torch.Tensor] = []
    of_keys: list[torch.Tensor] = []

    def keep(layer: Layer) -> None:
        if layer.number == cell.layer:
            of_queries.append(layer.q[:, cell.head, cell.query])
            of_keys.append(layer.k[:, cell.head, cell.key])

    for rows in batches(replacement, sources, most_bytes):
        run_sources(replacement, sources, rows, ended=keep)
    q, k = (_float64(_of_sources(found)) for found in (of_queries, of_keys))
    names = np.concatenate([[BIASES], sources.ordinal])

    scores = q @ k.T
    order = np.argsort(-np.abs(scores), axis=None)[:n_pairs]
    query, key = np.unravel_index(order, scores.shape)
    told = scores[query, key]
    true_q, true_k = (
        _float64(each[0, cell.head, at]) for each, at in ((of_layer.q, cell.query), (of_layer.k, cell.key))
    )
    product = float(true_q @ true_k)
    return ScorePairs(
        query=names[query],
        key=names[key],
        score=told,
        source=names,
        by_query=scores.sum(1),
        by_key=scores.sum(0),
        product=product,
        rest=product - float(told.sum()),
        error=abs(float(scores.sum()) - product) / float(np.linalg.norm(true_q) * np.linalg.norm(true_k)),
        scaling=_scaling(replacement, cell),
        softmax_input=float(replacement.recording.scores[cell.layer][0, cell.head, cell.query, cell.key]),
    )


def _of_sources(found: list[torch.Tensor]) -> torch.Tensor:
    """(1 + n_sources, d_head), the biases first, of batches (1 + n, d_head) that begin with them."""
    return torch.cat([found[0][:1], *map(without_bias, found)])


def _with_rest(replacement: LocalReplacement, sources: Sources) -> Sources:
    """The sources, and of each position what they lack there of layer 0's input and of what MLPs wrote."""
    layers = replacement.recording.layers
    rest = torch.cat([layers[0].x, *(layer.mlp_write for layer in layers)]).detach().clone()
    for layer in layers:
        # What skip connections write follows of what comes to them.
        skip = replacement.skip(MlpReads(layer.number, layer.middle, layer.mlp_input, layer.mlp_normalised))
        if skip is not None:
            rest[layer.number - INPUT] -= skip[0]
    position = torch.from_numpy(sources.position)[sources.source]
    rest.index_put_((sources.layer - INPUT, position), -sources.vector, accumulate=True)
    n_written, n, _ = rest.shape
    return Sources(
        ordinal=np.concatenate([sources.ordinal, REST - np.arange(n)]),
        position=np.concatenate([sources.position, np.arange(n)]),
        source=torch.cat([sources.source, len(sources) + torch.arange(n).repeat_interleave(n_written)]),
        layer=torch.cat([sources.layer, INPUT + torch.arange(n_written).repeat(n)]),
        vector=torch.cat([sources.vector, rest.transpose(0, 1).flatten(0, 1)]),
    )


def _scaling(replacement: LocalReplacement, cell: Cell) -> float | None:
    """What a layer's q . k are multiplied by, found by comparing them with what its softmax received."""
    layer, received = replacement.recording.layers[cell.layer], replacement.recording.scores[cell.layer]
    products = _float64((layer.q @ layer.k_transposed)[0, cell.head])
    seen = np.tril(np.ones(products.shape, dtype=bool)) & (_float64(layer.pattern[0, cell.head]) > 0.0)
    one, other = products[seen], _float64(received[0, cell.head])[seen]
    scaling = float(one @ other / (one @ one))
    near = np.abs(other - scaling * one).max() <= SCALING_TOLERANCE * np.abs(other).max()
    return scaling if near else None


def _float64(values: torch.Tensor) -> npt.NDArray[np.float64]:
    return values.detach().double().cpu().numpy()
