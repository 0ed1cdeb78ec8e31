"""Attention patterns weighted by what there is to be moved: a key that is looked at may have next to nothing to give.

Patterns are never changed in place.
"""

from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

PatternKind: TypeAlias = Literal["standard", "value-weighted", "info-weighted"]
"""A[q, k]; times |v_k| over the largest |v|; times |v_k W_O| over the largest |v W_O|."""
PATTERN_KINDS: tuple[PatternKind, ...] = get_args(PatternKind)

Array: TypeAlias = npt.NDArray[Any]


LEAST_ROW = 1e-6
"""A row that has less than this has nothing that could be scaled up to a whole row."""


def without_first_key(pattern: Array) -> Array:
    """The pattern (…, n, n) without its first key, the rest of each row scaled to add up to 1, float32 or wider.

    NaN: the first key, and rows with nothing left.
    """
    left: Array = pattern.astype(np.promote_types(pattern.dtype, np.float32))
    left[..., 0] = 0.0
    sums = left.sum(-1, keepdims=True)
    left = np.divide(left, sums, out=np.full_like(left, np.nan), where=sums >= LEAST_ROW)
    left[..., 0] = np.nan
    return left


def weighted_pattern(pattern: Array, norm: Array) -> Array:
    """A[q, k] * norm[k] / max norm, in the pattern's type. Both of any number of heads: pattern (…, n, n), norm (…, n).

    A head all of whose norms are 0 moves nothing: its weighted pattern is 0. Norms that are NaN do not count.
    """
    largest = np.nanmax(norm, -1, keepdims=True, initial=0.0)
    weight = np.divide(norm, largest, out=np.zeros_like(norm), where=largest > 0)
    weighted: Array = pattern * weight[..., None, :].astype(pattern.dtype)
    return weighted


def pattern_of_kind(kind: PatternKind, pattern: Array, value_norm: Array, info_norm: Array) -> Array:
    """The pattern (…, n, n) of a kind from |v| and |v W_O| (…, n)."""
    match kind:
        case "standard":
            return pattern
        case "value-weighted":
            return weighted_pattern(pattern, value_norm)
        case "info-weighted":
            return weighted_pattern(pattern, info_norm)
