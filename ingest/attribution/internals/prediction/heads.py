"""Head attribution: what a head gives out, times the gradient of the prediction there, and the tokens that it is from.

To first order it is how much the prediction loses without the head. The head's output is a sum over the tokens that it
reads, and so is its score.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.prediction.gradients import Gradients

Scores: TypeAlias = npt.NDArray[np.float32]

SPLIT_TOLERANCE = 1e-3
"""Largest error of the split by source, as a share of the largest score."""


@dataclass(frozen=True, eq=False)
class HeadAttribution:
    """shapes: score (n_layers, n_heads); source (n_layers, n_heads, n), of the token at each position as a key, whose
    sum is the score. `source` is None where that sum is off, and `why` says by how much.

    `error`: the largest error of the sum, as a share of the largest score.
    """

    score: Scores
    source: Scores | None
    error: float
    why: str | None


@torch.no_grad()
def attribute_heads(gradients: Gradients) -> HeadAttribution:
    """score = sum of z * gradient; source[k] = sum over queries q of pattern[q, k] * (value of k) . gradient[q]."""
    layers = gradients.recording.layers
    pairs = list(zip(layers, gradients.z, strict=True))
    score = torch.stack([(layer.z * g)[0].sum((-1, -2)) for layer, g in pairs])
    source = torch.stack(
        [torch.einsum("hqk,hkd,hqd->hk", layer.pattern[0], layer.v[0], g[0]) for layer, g in pairs]
    )
    largest = float(score.abs().max())
    error = float((source.sum(-1) - score).abs().max()) / largest if largest else 0.0
    passed = error < SPLIT_TOLERANCE
    return HeadAttribution(
        score=score.cpu().numpy(),
        source=source.cpu().numpy() if passed else None,
        error=error,
        why=None if passed else f"heads' scores by token miss the scores by {error:.2g} of the largest",
    )
