"""Token attribution: integrated gradients (Sundararajan, Taly and Yan, 2017) of a prediction, as many as it takes.

1. The way from the baseline b to the prompt x is cut into intervals; f is known at each of their borders.
2. The gradient's integral over an interval is taken by Gauss and Legendre's rule. It should be the difference of f
   between the borders: the interval's defect is how far it is from it.
3. The worst intervals are halved until the defects are small together, or too many points were taken.

A trained model needs this: fifty points of one rule missed f(x) - f(b) by up to 8 % on the example prompts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.prediction.baseline import BaselineKind, Special, the_baseline
from ingest.attribution.internals.prediction.objective import Objective
from queries.errors import InvalidRequest

Progress: TypeAlias = Callable[[int, int], None]
"""Told how much is done, of how much."""

TOLERANCE = 0.01
"""Of the sum of the intervals' absolute defects, as a share of f(x) - f(b)."""
NOT_SHOWN = 0.5
"""Completeness errors from here on are of no attribution: most of what the prompt changes is elsewhere."""
MOST_POINTS = 1024
SMALLEST = 1e-3
"""Of |f(x) - f(b)|, in logits; below, its parts would be rounding."""
N_INTERVALS, N_NODES, N_HALVED = 4, 8, 4
"""Intervals at first, points in each, and how many are halved at a time."""
AT_ONCE = 32
"""Points in a batch."""


@dataclass(frozen=True, eq=False)
class TokenAttribution:
    """`attribution` (n,) float64: what each token adds to f, against the baseline; together f(x) - f(b). It is None
    where they miss that by half of it or more, as where a model's experts switch on the way; `why` says so.

    `value` is f(x), `baseline_value` f(b); `baseline`, `baseline_token` and `keeps_bos` say what b is. `points`:
    gradients that were taken. `completeness_error`: |sum of attribution - (f(x) - f(b))|, `defect`: the sum of the
    intervals' absolute ones, which is no smaller; both as shares of |f(x) - f(b)|.
    """

    attribution: npt.NDArray[np.float64] | None
    value: float
    baseline_value: float
    baseline: BaselineKind
    baseline_token: int | None
    keeps_bos: bool
    points: int
    completeness_error: float
    defect: float
    why: str | None


def attribute_tokens(
    model: Any,
    recording: Recording,
    ids: torch.Tensor,
    objective: Objective,
    special: Special,
    baseline_token: int | None = None,
    most_bytes: int | None = None,
    on_progress: Progress | None = None,
) -> TokenAttribution:
    """The attribution of f to the tokens (n,) of the recorded prompt. `most_bytes`: what a batch of points may take,
    one point at least. `on_progress` is told of points, of the most that there may be.

    Raises InvalidRequest, for `baseline` too where f is the same without the prompt.
    """
    baseline = the_baseline(model, recording, ids, special, baseline_token)
    way = _Way(model, objective, recording, baseline.embeddings, most_bytes, on_progress)
    borders = [number / N_INTERVALS for number in range(N_INTERVALS + 1)]
    values = way.values(borders)
    change = values[-1] - values[0]
    if abs(change) < SMALLEST:
        raise InvalidRequest(
            "baseline",
            f"the prediction differs by {abs(change):.1g} from that of the baseline, which is too little to attribute: "
            "name another token",
        )
    intervals = way.intervals(list(pairwise(borders)), values[:-1], values[1:])
    while sum(abs(each.defect) for each in intervals) > TOLERANCE * abs(change):
        n_halved = min(N_HALVED, len(intervals), (MOST_POINTS - way.points) // (2 * N_NODES))
        if n_halved == 0:
            break
        intervals.sort(key=lambda each: -abs(each.defect))
        intervals = [*way.halved(intervals[:n_halved]), *intervals[n_halved:]]
    attribution = np.sum([each.attribution for each in intervals], axis=0)
    error = float(abs(attribution.sum() - change) / abs(change))
    shown = error < NOT_SHOWN
    return TokenAttribution(
        attribution=attribution if shown else None,
        value=float(values[-1]),
        baseline_value=float(values[0]),
        baseline=baseline.kind,
        baseline_token=baseline.token,
        keeps_bos=baseline.keeps_bos,
        points=way.points,
        completeness_error=error,
        defect=float(sum(abs(each.defect) for each in intervals) / abs(change)),
        why=None if shown else f"tokens' parts miss what the prompt changes by {error:.2g} of it",
    )


def gradient_bytes(model: Any, embeddings: torch.Tensor, objective: Objective) -> int:
    """Bytes that a pass from `embeddings` (B, n, d_model) keeps for its gradients, weights aside: measured in one."""
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        objective.of(model, embeddings.detach().clone().requires_grad_())
    for parameter in model.parameters():
        kept.pop(parameter.untyped_storage().data_ptr(), None)
    return sum(storage.nbytes() for storage in kept.values())


@dataclass(frozen=True, eq=False)
class _Interval:
    """From `start` to `end` of the way, f there, and what the gradient's integral between gives each token (n,)."""

    start: float
    end: float
    value_at_start: float
    value_at_end: float
    attribution: npt.NDArray[np.float64]

    @property
    def defect(self) -> float:
        return float(self.attribution.sum() - (self.value_at_end - self.value_at_start))


class _Way:
    """The straight way from the baseline, at 0, to the prompt, at 1."""

    def __init__(
        self,
        model: Any,
        objective: Objective,
        recording: Recording,
        baseline: torch.Tensor,
        most_bytes: int | None,
        on_progress: Progress | None,
    ) -> None:
        self.model, self.objective, self.on_progress = model, objective, on_progress
        self.baseline = baseline
        self.change = recording.embeddings.detach() - baseline
        self.at_once = AT_ONCE
        if most_bytes is not None:
            each = gradient_bytes(model, recording.embeddings, objective)
            self.at_once = max(1, min(AT_ONCE, most_bytes // each))
        self.points = 0
        nodes, weights = np.polynomial.legendre.leggauss(N_NODES)
        self.nodes, self.weights = (nodes + 1) / 2, weights / 2

    def values(self, places: Sequence[float]) -> list[float]:
        """f there."""
        return [
            value for some in self._batches(places) for value in self.objective.of(self.model, some).tolist()
        ]

    def intervals(
        self, ends: Sequence[tuple[float, float]], at_start: Sequence[float], at_end: Sequence[float]
    ) -> list[_Interval]:
        """The intervals between such ends, from f there."""
        places = [start + node * (end - start) for start, end in ends for node in self.nodes.tolist()]
        slopes = self._slopes(places).reshape(len(ends), N_NODES, -1)
        return [
            _Interval(start, end, before, after, (end - start) * (self.weights @ slope))
            for (start, end), before, after, slope in zip(ends, at_start, at_end, slopes, strict=True)
        ]

    def halved(self, intervals: Sequence[_Interval]) -> list[_Interval]:
        middles = [(each.start + each.end) / 2 for each in intervals]
        between = self.values(middles)
        ends, at_start, at_end = [], [], []
        for each, middle, value in zip(intervals, middles, between, strict=True):
            ends += [(each.start, middle), (middle, each.end)]
            at_start += [each.value_at_start, value]
            at_end += [value, each.value_at_end]
        return self.intervals(ends, at_start, at_end)

    def _slopes(self, places: Sequence[float]) -> npt.NDArray[np.float64]:
        """(n_places, n): by how much f grows with each token on the way."""
        found = []
        for some in self._batches(places):
            x = some.requires_grad_()
            (gradient,) = torch.autograd.grad(self.objective.of(self.model, x).sum(), x)
            found.append((gradient.double() * self.change).sum(-1))
            self.points += len(some)
            if self.on_progress is not None:
                self.on_progress(self.points, MOST_POINTS)
        return torch.cat(found).cpu().numpy()

    def _batches(self, places: Sequence[float]) -> Iterator[torch.Tensor]:
        """What is on the way at places (n_places, n, d_model), some after others."""
        for first in range(0, len(places), self.at_once):
            some = self.change.new_tensor(places[first : first + self.at_once])
            yield self.baseline + some[:, None, None] * self.change
