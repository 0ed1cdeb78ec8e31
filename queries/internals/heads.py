"""Heads by name and by choice: which ones are meant, what they are called, which come first."""

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from queries.errors import InvalidRequest, quoted

HeadNotation: TypeAlias = Literal["dot", "LH"]
"""10.7, or L10H7."""
HEAD_NOTATIONS: tuple[HeadNotation, ...] = get_args(HeadNotation)

_NAME = re.compile(r"(?:L(-?\d{1,6})H|(-?\d{1,6})\.)(-?\d{1,6})", re.ASCII | re.IGNORECASE)


class Head(NamedTuple):
    layer: int
    head: int


class RankedHead(NamedTuple):
    head: Head
    value: float


def head_name(head: Head, notation: HeadNotation = "dot") -> str:
    return f"{head.layer}.{head.head}" if notation == "dot" else f"L{head.layer}H{head.head}"


def head_of_name(name: str) -> Head:
    """The head of a name in either notation, negative numbers as they are: `chosen_heads` counts them from the end.

    Raises InvalidRequest("heads") where it is none.
    """
    found = _NAME.fullmatch(name.strip())
    if found is None:
        raise InvalidRequest("heads", f"{quoted(name)} names no head; write it as 10.7 or L10H7")
    of_letters, of_dot, head = found.groups()
    return Head(int(of_dot if of_letters is None else of_letters), int(head))


def chosen_heads(
    n_layers: int,
    n_heads: int,
    layers: int | Sequence[int] | None = None,
    heads: tuple[int, int] | Sequence[tuple[int, int]] | None = None,
) -> list[Head]:
    """The heads that are meant, each once: `heads` (layer and head) in their order; else all heads of `layers` in their
    order; else all. Negative numbers count from the end: layer -1 is the last.

    Raises InvalidRequest with the name of the parameter that has a number the model does not have.
    """
    if heads is not None:
        pairs = [heads] if _is_pair(heads) else list(heads)
        chosen = [_head(n_layers, n_heads, pair) for pair in pairs]
    else:
        numbers = range(n_layers) if layers is None else [layers] if isinstance(layers, int) else layers
        chosen = [
            Head(layer, head)
            for layer in [_counted("layers", "layer", number, n_layers) for number in numbers]
            for head in range(n_heads)
        ]
    return list(dict.fromkeys(chosen))


def ranked_heads(
    values: npt.NDArray[Any], limit: int | None = None, *, by_size: bool = False
) -> list[RankedHead]:
    """The heads of a map (n_layers, n_heads), the largest value first, `by_size` the largest |value|. Those without a
    value (NaN) are left out; equals are in the order of layers and heads."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    order = np.argsort(-(np.abs(flat) if by_size else flat), kind="stable")
    n_heads = values.shape[1]
    known = [RankedHead(Head(*divmod(int(at), n_heads)), float(flat[at])) for at in order]
    return [each for each in known if not np.isnan(each.value)][:limit]


def _is_pair(heads: Any) -> bool:
    return len(heads) == 2 and all(isinstance(number, int) for number in heads)


def _head(n_layers: int, n_heads: int, pair: Any) -> Head:
    if not _is_pair(pair):
        raise InvalidRequest("heads", f"{quoted(pair)} is no layer and head")
    layer, head = pair
    return Head(_counted("heads", "layer", layer, n_layers), _counted("heads", "head", head, n_heads))


def _counted(parameter: str, kind: str, number: int, n: int) -> int:
    """A number from 0 on of one that may count from the end."""
    if not -n <= number < n:
        raise InvalidRequest(
            parameter, f"there is no {kind} {number}; they are 0 to {n - 1}, or -{n} to -1 from the end"
        )
    return number % n
