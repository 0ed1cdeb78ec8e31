"""Information flow: how much of the residual stream at each layer and position came from each token of the prompt.

1. The recorded pass is replayed, attention patterns, norms' scales and gates held, with one token's input alone.
2. What arrives at a layer and position is that token's contribution there; biases are one more source.
3. Contributions are added up and compared with the recorded residual stream, their sum in truth.

Only scalars are kept of contributions. Tokens are taken in batches, each from its first token on: nothing comes before.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.passes.replay import replay, replay_bytes, without_bias

Shares: TypeAlias = npt.NDArray[np.float32]

SOURCES = 16
"""Tokens in a batch; more are no faster."""


@dataclass(frozen=True, eq=False)
class Flow:
    """The contributions c of each source to the residual stream x: the n tokens, and last the biases.

    shapes: norm and signed (n_layers, 2, n, n + 1), the second axis after attention and after the MLP, row = position,
    column = source. norm is |c|; signed is <c, x> / |x|^2, whose sum over the sources is 1.
    `error`: the largest |sum of c - x| / |x| of any layer, half and position; `share_error`: the largest
    of |sum of signed - 1|.
    """

    norm: Shares
    signed: Shares
    error: float
    share_error: float


@torch.no_grad()
def flow(model: Any, recording: Recording, most_bytes: int | None = None) -> Flow:
    """The information flow of the recorded prompt. `most_bytes`: what a batch may take, one token at least.

    Raises Diverged where the model does not run as it did.
    """
    sums = _Sums(recording)
    n, x = recording.n, recording.layers[0].x[0]
    n_sources = sources_at_once(recording, most_bytes)
    for first in range(0, n, n_sources):
        sources = range(first, min(first + n_sources, n))
        alone = x.new_zeros(1 + len(sources), n - first, x.shape[-1])
        for item, source in enumerate(sources, start=1):
            alone[item, source - first] = x[source]
        replay(model, recording, alone, start=first, ended=partial(sums.add, sources))
    return sums.flow()


def sources_at_once(recording: Recording, most_bytes: int | None) -> int:
    """How many tokens a batch has, beside its item of biases."""
    if most_bytes is None:
        return SOURCES
    return max(1, min(SOURCES, most_bytes // replay_bytes(recording) - 1))


class _Sums:
    """Norms and signed shares as batches give them, and what is left of the residual stream."""

    def __init__(self, recording: Recording) -> None:
        self.truth = [(layer.middle[0].detach(), layer.out[0].detach()) for layer in recording.layers]
        self.left = [(middle.clone(), out.clone()) for middle, out in self.truth]
        n = recording.n
        self.norm = self.truth[0][0].new_zeros(len(self.truth), 2, n, n + 1)
        self.signed = torch.zeros_like(self.norm)

    def add(self, sources: range, layer: Layer) -> None:
        """A batch at the end of a layer: the biases', then those of `sources`, on the positions from the first on."""
        for half, value in enumerate((layer.middle, layer.out)):
            self._put(layer.number, half, without_bias(value), sources)
            if sources.start == 0:
                n = self.norm.shape[-2]
                self._put(layer.number, half, value[:1], range(n, n + 1), start=0)

    def _put(self, number: int, half: int, c: torch.Tensor, sources: range, start: int | None = None) -> None:
        """Contributions `c` (n_sources, n - start, d_model)."""
        start = sources.start if start is None else start
        x = self.truth[number][half][start:]
        columns = slice(sources.start, sources.stop)
        self.norm[number, half, start:, columns] = c.norm(dim=-1).T
        self.signed[number, half, start:, columns] = (torch.einsum("spd,pd->sp", c, x) / x.pow(2).sum(-1)).T
        self.left[number][half][start:] -= c.sum(0)

    def flow(self) -> Flow:
        errors = [
            left.norm(dim=-1) / x.norm(dim=-1)
            for lefts, xs in zip(self.left, self.truth, strict=True)
            for left, x in zip(lefts, xs, strict=True)
        ]
        return Flow(
            norm=self.norm.cpu().numpy(),
            signed=self.signed.cpu().numpy(),
            error=float(torch.stack(errors).max()),  # NaN where one is
            share_error=float((self.signed.sum(-1) - 1).abs().max()),
        )
