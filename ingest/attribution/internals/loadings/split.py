"""The last-head split: each stored link's weight as what passes no head, and what passes each head as its last.

1. Every source is run alone: its vectors come in where embeddings do, and are written in place of MLPs' writes.
2. What arrives at the target gives the link's weight again, which must be the stored one.
3. Of the head's part z at the target's position, the target reads this much by what has no further head in it: the
   head's loading. What it reads of the source's own vectors so is direct, which only the same position has.

Direct and the heads' loadings add up to the weight: each path from source to target has one last head, or none.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.loadings.nodes import Sources, Targets, sources_of, targets_of
from ingest.attribution.internals.loadings.replacement import LocalReplacement, NoLoadings
from ingest.attribution.internals.loadings.runs import LastReach, Progress, batches, last_reach, run_sources
from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.replay import without_bias
from ingest.attribution.internals.passes.tape import Diverged
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import Edges, Nodes

GUARD, HALF_GUARD = 1e-3, 0.02
"""Largest deviation of the replay's weights from the stored ones, of all links together, as a share of the latter: in
float32, and in the 16-bit types, in which the stored ones are that inexact."""
KEPT = 0.01
"""What is told apart, as a share of the sum of a link's absolute parts; the rest is one figure."""
DIRECT = -1
"""In place of a layer and a head: what passes none."""


class HeadSums(NamedTuple):
    """Loadings summed by node and head, (n_sums,) each: node an ordinal; weight signed, absolute of the absolute
    values. Where all are zero there is no row."""

    node: Ints
    layer: Ints
    head: Ints
    weight: Floats
    absolute: Floats


@dataclass(frozen=True, eq=False)
class Loadings:
    """Which heads carried the links of a graph.

    shapes: source, target (ordinals), layer, head and weight (n_rows,), a row each part of a link that is at least
    `KEPT` of its parts' absolute sum, `DIRECT` in place of layer and head for what passes none; by link in the order of
    the graph's, then the largest first. rest (n_links,): each link's weight less its rows, so that the sum is exact.
    read_by: by source, over its links; writes_to: by target. Of all parts, the small ones too.
    `weights_error`: how far the replay's weights are from the stored ones, and `sums_error`: how far direct and heads
    are, all links together, as a share of the stored ones.
    """

    source: Ints
    target: Ints
    layer: Ints
    head: Ints
    weight: Floats
    rest: Floats
    read_by: HeadSums
    writes_to: HeadSums
    weights_error: float
    sums_error: float


class Answer(NamedTuple):
    """The loadings, or why there are none, with the error that the guard found where it came so far."""

    loadings: Loadings | None
    weights_error: float | None
    why: str | None


@torch.no_grad()
def loadings(
    replacement: LocalReplacement,
    nodes: Nodes,
    edges: Edges,
    *,
    is_half: bool = False,
    most_bytes: int | None = None,
    on_progress: Progress = lambda *_: None,
) -> Answer:
    """Which heads carried the edges of a graph of the recorded prompt. `is_half`: it was traced in a 16-bit type.
    `most_bytes`: what a batch of sources may take, one at least."""
    try:
        sources = sources_of(replacement, nodes, np.unique(edges.source))
        targets = targets_of(replacement, nodes, np.unique(edges.target))
        split = _Split(replacement, sources, targets, edges, last_reach(replacement, targets, most_bytes))
        for rows in batches(replacement, sources, most_bytes):
            split.add(rows)
            on_progress(rows.stop, len(sources))
    except (NoLoadings, Diverged) as error:
        return Answer(None, None, f"Which heads carried the links is not known: {error}.")
    weights_error, sums_error = split.errors()
    if not max(weights_error, sums_error) < (HALF_GUARD if is_half else GUARD):
        return Answer(
            None,
            weights_error,
            "Which heads carried the links is not known: this model and its transcoders give the graph's links other "
            f"weights (they deviate by {max(weights_error, sums_error):.2g} of them).",
        )
    return Answer(split.loadings(), weights_error, None)


class _Split:
    """The parts (n_edges, 1 + n_layers * n_heads) of all edges, direct first, as batches of sources give them."""

    def __init__(
        self,
        replacement: LocalReplacement,
        sources: Sources,
        targets: Targets,
        edges: Edges,
        reach: LastReach,
    ) -> None:
        self.replacement, self.sources, self.targets = replacement, sources, targets
        self.edges, self.reach = edges, reach
        self.n_heads = replacement.recording.n_heads
        new = replacement.recording.embeddings.new_zeros
        self.weight = new(len(edges))
        self.parts = new(len(edges), 1 + replacement.n_layers * self.n_heads)
        self.target = np.searchsorted(targets.ordinal, edges.target)
        row = np.empty(int(sources.ordinal.max(initial=-1)) + 1, dtype=np.int64)
        row[sources.ordinal] = np.arange(len(sources))
        of_source = row[edges.source]
        # Nothing reaches an earlier position.
        later = targets.position[self.target] >= sources.position[of_source]
        self.edges_of = [np.flatnonzero((of_source == each) & later) for each in range(len(sources))]

    def add(self, rows: range) -> None:
        start = int(self.sources.position[rows.start])
        run = run_sources(
            self.replacement, self.sources, rows, start=start, ended=partial(self._add_layer, rows, start)
        )
        self._read(rows, start, without_bias(run.hidden), self.replacement.n_layers)
        for source in rows:
            self._add_direct(source)

    def _add_layer(self, rows: range, start: int, layer: Layer) -> None:
        first = 1 + layer.number * self.n_heads
        z = without_bias(layer.z)
        self._read(rows, start, without_bias(self.replacement.read(layer)), layer.number)
        for item, source in enumerate(rows):
            edges = self.edges_of[source]
            target = self.target[edges]
            self.parts[edges, first : first + self.n_heads] = torch.einsum(
                "hed,ehd->eh",
                z[item][:, self.targets.position[target] - start],
                self.reach.heads[target, layer.number],
            )

    def _read(self, rows: range, start: int, place: torch.Tensor, number: int) -> None:
        """What targets that read in this layer read of `place` (n_sources, n - start, d_model)."""
        for item, source in enumerate(rows):
            edges = self.edges_of[source]
            edges = edges[self.targets.layer[self.target[edges]] == number]
            target = self.target[edges]
            come = place[item, self.targets.position[target] - start]
            self.weight[edges] = (come * self.targets.vector[target]).sum(-1)

    def _add_direct(self, source: int) -> None:
        edges = self.edges_of[source]
        edges = edges[self.targets.position[self.target[edges]] == self.sources.position[source]]
        vectors, layer = self.sources.writes_of(source)
        self.parts[edges, 0] = torch.einsum(
            "wd,ewd->e", vectors, self.reach.written[self.target[edges]][:, layer + 1]
        )

    def errors(self) -> tuple[float, float]:
        """`weights_error` and `sums_error` of `Loadings`."""
        stored = self.edges.weight
        size = max(float(np.linalg.norm(stored)), np.finfo(np.float64).tiny)
        return (
            float(np.linalg.norm(_float64(self.weight) - stored)) / size,
            float(np.linalg.norm(_float64(self.parts).sum(1) - stored)) / size,
        )

    def loadings(self) -> Loadings:
        parts = _float64(self.parts)
        absolute = np.abs(parts)
        of_edge = absolute.sum(1, keepdims=True)
        kept = (absolute >= KEPT * of_edge) & (absolute > 0.0)
        edge, part = np.nonzero(kept)
        order = np.lexsort((-absolute[edge, part], edge))
        edge, part = edge[order], part[order]
        layer, head = self._head(part)
        weights_error, sums_error = self.errors()
        return Loadings(
            source=self.edges.source[edge],
            target=self.edges.target[edge],
            layer=layer,
            head=head,
            weight=parts[edge, part],
            rest=self.edges.weight - np.where(kept, parts, 0.0).sum(1),
            read_by=self._sums(parts, self.edges.source),
            writes_to=self._sums(parts, self.edges.target),
            weights_error=weights_error,
            sums_error=sums_error,
        )

    def _sums(self, parts: Floats, of_edges: Ints) -> HeadSums:
        nodes, row = np.unique(of_edges, return_inverse=True)
        weight = np.zeros((len(nodes), parts.shape[1] - 1))
        absolute = np.zeros_like(weight)
        np.add.at(weight, row, parts[:, 1:])
        np.add.at(absolute, row, np.abs(parts[:, 1:]))
        node, head = np.nonzero(absolute)
        return HeadSums(nodes[node], *self._head(head + 1), weight[node, head], absolute[node, head])

    def _head(self, part: Ints) -> tuple[Ints, Ints]:
        """Layer and head of columns of the parts."""
        layer, head = np.divmod(part - 1, self.n_heads)
        return np.where(part == 0, DIRECT, layer), np.where(part == 0, DIRECT, head)


def _float64(values: torch.Tensor) -> npt.NDArray[np.float64]:
    return values.double().cpu().numpy()
