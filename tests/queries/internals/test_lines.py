"""Channels of a query and its keys, by hand."""

import numpy as np
import pytest

from queries.errors import InvalidRequest
from queries.internals.lines import query_lines

Q = np.array([[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]], dtype=np.float32)
K = np.array([[1.0, 1.0], [0.5, 4.0], [9.0, 9.0]], dtype=np.float32)
SCORE = np.array([[1.0, -np.inf, -np.inf], [0.5, -1.5, -np.inf], [1.5, 6.0, 13.5]], dtype=np.float32)
PATTERN = np.tril(np.full((3, 3), 0.5, dtype=np.float32))


def test_a_query_sees_the_keys_up_to_its_own() -> None:
    found = query_lines(1, Q, K, SCORE, PATTERN)
    assert found.q.tolist() == [2, -1]
    assert found.k.tolist() == [[1, 1], [0.5, 4]]
    assert found.products.tolist() == [[2, -1], [1, -4]]
    assert found.dot.tolist() == [1, -3]
    assert found.score.tolist() == [0.5, -1.5]
    assert found.pattern.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("query", [-1, 3])
def test_a_position_that_is_not_there_is_refused(query: int) -> None:
    with pytest.raises(InvalidRequest, match=f"there is no position {query}; they are 0 to 2") as refused:
        query_lines(query, Q, K, SCORE, PATTERN)
    assert refused.value.parameter == "query"
