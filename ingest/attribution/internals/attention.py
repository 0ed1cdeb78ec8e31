"""Attention of a recorded prompt as arrays: patterns, the scores they come from, queries and keys, and how much there
is at each key to be moved.

Two things are checked on the prompt: the scores' softmax is the pattern; a head's part of the output projection is
its own, since what the heads write by these parts is what the projection gives out, but for one vector, its bias.
"""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import torch

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.record import Recording
from queries.internals.logits import Float32s

SCORE_TOLERANCE = 1e-5
"""Largest |softmax of the scores - pattern|."""
PROJECTION_TOLERANCE = 1e-4
"""Largest error of what the heads write, as a share of what they write."""


@dataclass(frozen=True, eq=False)
class LayerAttention:
    """A layer's attention, float32, read-only: the recording's own memory where it is the CPU's.

    shapes: pattern (n_heads, n, n), row = query; score (n_heads, n, n), what the softmax received, scaled and capped as
    the model does, -inf where masked; q, k (n_heads, n, d_head), as their product makes the score: after rotary
    embedding and norms, keys repeated for grouped queries.
    """

    pattern: Float32s
    score: Float32s
    q: Float32s
    k: Float32s


@dataclass(frozen=True, eq=False)
class Attention:
    """shapes: value_norm (n_layers, n_heads, n), |v| of each key; info_norm alike, |v W_O|.

    `score_error` and `projection_error` are what the two checks found at worst. Where one did not pass, what it checks
    is not to be shown, and `no_score` or `no_info` is a sentence that says why; None where it passed.
    """

    layers: tuple[LayerAttention, ...]
    value_norm: Float32s
    info_norm: Float32s | None
    score_error: float
    projection_error: float
    no_score: str | None
    no_info: str | None


@torch.no_grad()
def attention(recording: Recording) -> Attention:
    """The attention of the recorded prompt."""
    layers = recording.layers
    score_error = max(
        score_softmax_error(scores, layer.pattern)
        for scores, layer in zip(recording.scores, layers, strict=True)
    )
    projection_error = max(map(output_projection_error, layers))
    no_score = no_info = None
    if not score_error < SCORE_TOLERANCE:
        no_score = f"The scores are not shown: their softmax misses the pattern by {score_error:.2g}."
    if not projection_error < PROJECTION_TOLERANCE:
        no_info = (
            "Info-weighted patterns are not shown: what heads write misses what their layer's output projection gives "
            f"out by {projection_error:.2g} of it."
        )
    return Attention(
        layers=tuple(
            LayerAttention(
                pattern=_array(layer.pattern[0]),
                score=_array(_masked(scores)[0]),
                q=_array(layer.q[0]),
                k=_array(layer.k[0]),
            )
            for scores, layer in zip(recording.scores, layers, strict=True)
        ),
        value_norm=_array(torch.stack([layer.v[0].norm(dim=-1) for layer in layers])),
        info_norm=None if no_info else _array(torch.stack([_info_norm(layer) for layer in layers])),
        score_error=score_error,
        projection_error=projection_error,
        no_score=no_score,
        no_info=no_info,
    )


def score_softmax_error(scores: torch.Tensor, pattern: torch.Tensor) -> float:
    """The largest difference of the scores' softmax and the pattern (…, n, n), whose rows are scaled to add up to 1: a
    sink takes its part of them and has no score here."""
    softmax = torch.softmax(scores.double(), dim=-1)
    row = pattern.double()
    return float((softmax - row / row.sum(-1, keepdim=True)).abs().max())


def output_projection_error(layer: Layer) -> float:
    """How far apart the projection's bias is at two positions, taken for what it gives out beyond what the heads write;
    as a share of what they write."""
    written = written_by_heads(layer)
    rest = layer.projected.reshape(written.shape) - written
    size = written.norm(dim=-1).max()
    return float((rest - rest.mean(-2, keepdim=True)).norm(dim=-1).max() / size) if size > 0 else 0.0


def written_by_heads(layer: Layer) -> torch.Tensor:
    """(B, n, d_model): the heads' sum of z W_O."""
    return torch.einsum("bhqd,hde->bqe", layer.z, layer.output_weight)


def _info_norm(layer: Layer) -> torch.Tensor:
    """(n_heads, n), a head at a time: all together would be as large as n_heads residual streams."""
    return torch.stack(
        [(v @ weight).norm(dim=-1) for v, weight in zip(layer.v[0], layer.output_weight, strict=True)]
    )


def _masked(scores: torch.Tensor) -> torch.Tensor:
    """Masked places as -inf; models also write the lowest number of the type, or a sum with it."""
    return scores.masked_fill(scores < torch.finfo(scores.dtype).min / 2, -torch.inf)


def _array(tensor: torch.Tensor) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = tensor.detach().float().cpu().numpy()
    array.flags.writeable = False
    return array
