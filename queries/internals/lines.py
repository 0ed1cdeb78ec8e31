"""What a query sees of its keys, channel by channel: what lines from it to them are drawn by."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from queries.errors import InvalidRequest

Array: TypeAlias = npt.NDArray[Any]


class QueryLines(NamedTuple):
    """Of the keys 0 … query. shapes: q (d_head,); k and products, q * k (n_keys, d_head); dot, q . k, score, what the
    softmax received, scaled and capped as the model does, -inf where a window masks it, and pattern (n_keys,)."""

    q: Array
    k: Array
    products: Array
    dot: Array
    score: Array
    pattern: Array


def query_lines(query: int, q: Array, k: Array, score: Array, pattern: Array) -> QueryLines:
    """From a head's q and k (n, d_head), score and pattern (n, n); the pattern of any kind.

    Raises InvalidRequest("query") where the prompt does not have that position.
    """
    if not 0 <= query < len(q):
        raise InvalidRequest("query", f"there is no position {query}; they are 0 to {len(q) - 1}")
    keys = k[: query + 1]
    products = q[query] * keys
    return QueryLines(
        q=q[query],
        k=keys,
        products=products,
        dot=products.sum(-1, dtype=np.float64),
        score=score[query, : query + 1],
        pattern=pattern[query, : query + 1],
    )
