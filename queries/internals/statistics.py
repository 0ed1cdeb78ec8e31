"""What a head's attention pattern looks like, in six numbers, and how much it does of what induction heads do.

A pattern is A (…, n, n), row = query, column = key, causal. With sinks a row adds up to less than 1.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from queries.graph.arrays import Bools, Floats
from queries.internals.weighted import LEAST_ROW


class HeadStatistics(NamedTuple):
    """Of each head (n_layers, n_heads), float64; NaN where no query tells it.

    Means over queries. Where a head looks (`entropy`, `normalised_entropy`, `mean_distance`) is said of rows that are
    scaled to add up to 1; the others say how much of its attention. All but `entropy` and `mean_distance` leave out the
    queries that have but one key to look at.
    """

    entropy: Floats
    """-sum A ln A, in nats."""
    normalised_entropy: Floats
    """entropy / ln(keys that the query may look at): 1 where it looks at all alike."""
    max_attention: Floats
    """The largest A of a query."""
    mean_distance: Floats
    """sum A (q - k), in tokens."""
    previous_token: Floats
    """A[q, q - 1]"""
    first_token: Floats
    """A[q, 0], of the whole pattern also where the first token is left out of the others."""


def head_statistics(patterns: Iterable[npt.NDArray[Any]], *, without_first: bool = False) -> HeadStatistics:
    """The statistics of all heads from the patterns (n_heads, n, n) of each layer, in float64.

    `without_first`: the first token (`<bos>`, which heads look at for want of anything else) is no key and no query,
    and what is left of a row is scaled to add up to 1. A row with less than 1e-6 left is left out.
    """
    layers = [_of_layer(np.asarray(pattern, dtype=np.float64), without_first) for pattern in patterns]
    return HeadStatistics(*(np.stack(values) for values in zip(*layers, strict=True)))


def _of_layer(pattern: Floats, without_first: bool) -> HeadStatistics:
    n = pattern.shape[-1]
    query = np.arange(n)
    n_keys = query + (0 if without_first else 1)
    some, several = n_keys >= 1, n_keys >= 2
    first = _mean(pattern[..., 0], np.broadcast_to(query >= 1, pattern.shape[:-1]))
    if without_first:
        pattern = pattern.copy()
        pattern[..., 0] = 0.0
    sums = pattern.sum(-1)
    has_rest = sums >= LEAST_ROW
    where = pattern / np.where(has_rest, sums, 1.0)[..., None]  # rows that add up to 1
    much = where if without_first else pattern
    some, several = has_rest & some, has_rest & several

    entropy = -(where * np.log(np.where(where > 0, where, 1.0))).sum(-1)
    previous = np.zeros_like(sums)
    previous[..., 1:] = np.diagonal(much, -1, -2, -1)
    return HeadStatistics(
        entropy=_mean(entropy, some),
        normalised_entropy=_mean(entropy / np.log(np.maximum(n_keys, 2)), several),
        max_attention=_mean(much.max(-1), several),
        mean_distance=_mean((where * (query[:, None] - query)).sum(-1), some),
        previous_token=_mean(previous, several),
        first_token=first,
    )


def _mean(values: Floats, counted: Bools) -> Floats:
    """Over the queries that count (…, n); NaN where none does."""
    n = counted.sum(-1)
    mean: Floats = np.where(n > 0, (values * counted).sum(-1) / np.maximum(n, 1), np.nan)
    return mean
