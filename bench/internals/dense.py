"""Information flow as it is usually written: every token's contribution to every place at once, all of them kept."""

from typing import Any, NamedTuple

import numpy as np
import torch

from ingest.attribution.internals.flow import Shares
from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.passes.replay import replay, without_bias


class DenseFlow(NamedTuple):
    """shapes: norm and signed as in `Flow`, without the biases' column."""

    norm: Shares
    signed: Shares


def dense_bytes(recording: Recording) -> int:
    """Bytes of all contributions, (2 n_layers, n, n, d_model) in float32."""
    return 4 * 2 * len(recording.layers) * recording.n**2 * recording.embeddings.shape[-1]


@torch.no_grad()
def dense_flow(model: Any, recording: Recording) -> DenseFlow:
    n, x = recording.n, recording.layers[0].x[0]
    alone = x.new_zeros(1 + n, *x.shape)
    alone[range(1, 1 + n), range(n)] = x
    contributions = x.new_empty(len(recording.layers), 2, n, *x.shape)

    def keep(layer: Layer) -> None:
        for half, value in enumerate((layer.middle, layer.out)):
            contributions[layer.number, half] = without_bias(value)

    replay(model, recording, alone, ended=keep)
    truth = torch.stack([torch.stack((layer.middle[0], layer.out[0])) for layer in recording.layers])
    norm = contributions.norm(dim=-1)
    signed = torch.einsum("lhspd,lhpd->lhsp", contributions, truth) / truth.pow(2).sum(-1)[:, :, None]
    return DenseFlow(*(np.ascontiguousarray(each.transpose(-1, -2).numpy()) for each in (norm, signed)))
