"""Head-to-head edges by attribution patching: what one head hands to a later one, for the prediction.

1. A head u writes out_u to the residual stream: through post-norms, to first order.
2. A later head v reads the stream at its layer's input by its queries, keys and values. The prediction's gradient
   there, taken back to the stream by one of the three, is G.
3. The edge's weight is out_u . G, summed over positions: to first order, what f loses if v does not read u.

The check: a head's score is what it hands to all later heads, to all MLPs and to the output.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.replay import CELL
from ingest.attribution.internals.prediction.gradients import Gradients
from ingest.attribution.internals.prediction.heads import Scores
from ingest.attribution.internals.prediction.tokens import Progress
from queries.internals.heads import Head

MOST_HEADS = 256
"""All heads of a model with no more; else that many of the largest score."""
TOLERANCE = 1e-3
"""Largest error of the check, as a share of the largest score."""
PARTS = ("query", "key", "value")


class HeadEdge(NamedTuple):
    """What `source` hands to `target`, which reads it by its queries, keys and values."""

    source: Head
    target: Head
    query: float
    key: float
    value: float

    @property
    def weight(self) -> float:
        return self.query + self.key + self.value


@dataclass(frozen=True, eq=False)
class HeadEdges:
    """Edges between `heads` (m, 2), the layer and head of each, by layer and head.

    `weight` (3, m, m): by queries, keys and values of the target; row = source, column = target; 0 where the target's
    layer is not later. It is None where the check did not pass, and `why` says what it found. `error`: the largest
    error of the check, as a share of the largest score. `whole`: these are all heads of the model.
    """

    heads: npt.NDArray[np.int64]
    weight: Scores | None
    whole: bool
    error: float
    why: str | None

    def strongest(self, count: int) -> list[HeadEdge]:
        """At most `count` edges, the largest |weight| first; none of weight 0."""
        if self.weight is None:
            return []
        total = self.weight.sum(axis=0, dtype=np.float64)
        order = np.argsort(-np.abs(total), axis=None, kind="stable")[:count]
        rows = [np.unravel_index(each, total.shape) for each in order]
        heads = [Head(int(layer), int(head)) for layer, head in self.heads]
        return [
            HeadEdge(heads[u], heads[v], *(float(part) for part in self.weight[:, u, v]))
            for u, v in rows
            if total[u, v] != 0.0
        ]


def attribute_edges(
    gradients: Gradients, score: Scores, most_heads: int = MOST_HEADS, on_progress: Progress | None = None
) -> HeadEdges:
    """Edges between the heads of the largest |score| (n_layers, n_heads): all where there are no more than
    `most_heads`. `on_progress` is told of layers."""
    layers = gradients.recording.layers
    heads = _chosen(score, most_heads)
    of_layer = [heads[heads[:, 0] == layer.number, 1] for layer in layers]
    starts = np.cumsum([0, *(len(each) for each in of_layer)])
    written = torch.cat(
        [_written(layer, some) for layer, some in zip(layers, of_layer, strict=True)]
    ).flatten(1)
    weight = written.new_zeros(3, len(heads), len(heads))
    # What each head hands on: to other places than chosen heads, then to those.
    # All layers by one pass back: a pass a layer would grow with the square of their number.
    into_end, *of_mlps = torch.autograd.grad(
        gradients.value, [layers[-1].out, *(layer.mlp_write for layer in layers)], retain_graph=True
    )
    handed = written @ into_end.flatten()
    for number, layer in enumerate(layers):
        start, end = starts[number], starts[number + 1]
        mlp, reads_attention = _into_mlp(layer, of_mlps[number])
        before_mlp = end if reads_attention else start
        handed[:before_mlp] += written[:before_mlp] @ mlp.flatten()
        left = _into_attention(gradients, layer)
        for part in range(len(PARTS)):
            into = _into_heads(gradients, layer, part, of_layer[number])
            weight[part, :start, start:end] = written[:start] @ into.flatten(1).T
            left = left - into.sum(0)
        if len(of_layer[number]) < gradients.recording.n_heads:
            handed[:start] += written[:start] @ left.flatten()
        if on_progress is not None:
            on_progress(number + 1, len(layers))
    handed += weight.sum((0, 2))
    wanted = torch.as_tensor(score, device=handed.device)[tuple(heads.T)]
    largest = float(np.abs(score).max())
    error = float((handed - wanted).abs().max()) / largest if largest else 0.0
    passed = error < TOLERANCE
    return HeadEdges(
        heads=heads,
        weight=weight.cpu().numpy() if passed else None,
        whole=len(heads) == score.size,
        error=error,
        why=None if passed else f"what heads hand on misses their scores by {error:.2g} of the largest",
    )


def edges_bytes(gradients: Gradients, most_heads: int = MOST_HEADS) -> int:
    """Bytes that edges take beside the pass: what each chosen head writes, and a layer's gradients."""
    recording = gradients.recording
    n_heads = min(most_heads, len(recording.layers) * recording.n_heads)
    z = recording.layers[0].z.numel()
    return CELL * (n_heads * recording.layers[0].x.numel() + 4 * recording.n_heads * z)


def _chosen(score: Scores, most: int) -> npt.NDArray[np.int64]:
    """(m, 2)"""
    best = np.sort(np.argsort(-np.abs(score), axis=None, kind="stable")[:most])
    return np.stack(np.unravel_index(best, score.shape), axis=1)


def _written(layer: Layer, heads: npt.NDArray[np.int64]) -> torch.Tensor:
    """(n_chosen, n, d_model): what each of the heads writes to the residual stream, to first order.

    The derivative of the write along z, from two gradients: that of <write, direction> at z is linear in the direction.
    """
    if not len(heads):
        return layer.x.detach().new_empty(0, *layer.x.shape[1:])
    direction = torch.zeros_like(layer.attention_write).requires_grad_()
    (back,) = torch.autograd.grad(layer.attention_write, layer.z, direction, create_graph=True)
    alone = _alone(layer.z.detach(), heads)
    (written,) = torch.autograd.grad(back, direction, alone, is_grads_batched=True, retain_graph=True)
    return written[:, 0]


def _alone(values: torch.Tensor, heads: npt.NDArray[np.int64]) -> torch.Tensor:
    """(n_chosen, 1, n_heads, …): each item has its own head's values alone."""
    alone = values.new_zeros(len(heads), *values.shape)
    for item, head in enumerate(heads.tolist()):
        alone[item, :, head] = values[:, head]
    return alone


def _into_heads(gradients: Gradients, layer: Layer, part: int, heads: npt.NDArray[np.int64]) -> torch.Tensor:
    """(n_chosen, n, d_model): the prediction's gradient at the layer's input, by one part of each of the heads."""
    if not len(heads):
        return layer.x.detach().new_empty(0, *layer.x.shape[1:])
    tensor = (layer.q, layer.k_transposed, layer.v)[part]
    gradient = (gradients.q, gradients.k_transposed, gradients.v)[part][layer.number]
    (into,) = torch.autograd.grad(
        tensor, layer.x, _alone(gradient, heads), is_grads_batched=True, retain_graph=True
    )
    return into[:, 0]


def _into_attention(gradients: Gradients, layer: Layer) -> torch.Tensor:
    """(n, d_model): the prediction's gradient at the layer's input, by all parts of all heads."""
    (into,) = torch.autograd.grad(
        (layer.q, layer.k_transposed, layer.v),
        layer.x,
        (gradients.q[layer.number], gradients.k_transposed[layer.number], gradients.v[layer.number]),
        retain_graph=True,
    )
    return into[0]


def _into_mlp(layer: Layer, of_write: torch.Tensor) -> tuple[torch.Tensor, bool]:
    """(n, d_model): the prediction's gradient by the layer's MLP, from that at its write, at the stream that it reads;
    whether attention of its layer has written to that, which parallel blocks' has not."""
    into: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
        layer.mlp_write, layer.middle, of_write, retain_graph=True, allow_unused=True
    )
    if into[0] is not None:
        return into[0][0], True
    (before,) = torch.autograd.grad(layer.mlp_write, layer.x, of_write, retain_graph=True)
    return before[0], False
