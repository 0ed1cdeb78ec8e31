"""Statistics of patterns whose values are known."""

from typing import NamedTuple

import numpy as np
import pytest

from queries.internals.statistics import head_statistics

N = 9
QUERY = np.arange(N)
UNIFORM = np.tril(np.ones((N, N))) / (QUERY[:, None] + 1)
ON_FIRST = np.eye(N)[[0] * N]
PREVIOUS = np.eye(N)[[0, *range(N - 1)]]
WINDOW = 3


class OfOne(NamedTuple):
    """The fields of `HeadStatistics`, of one head."""

    entropy: float
    normalised_entropy: float
    max_attention: float
    mean_distance: float
    previous_token: float
    first_token: float


def of_one(pattern: np.ndarray, without_first: bool = False) -> OfOne:
    found = head_statistics([pattern[None].astype(np.float32)], without_first=without_first)
    assert all(values.shape == (1, 1) and values.dtype == np.float64 for values in found)
    return OfOne(**{name: float(values[0, 0]) for name, values in found._asdict().items()})


def test_a_head_that_looks_at_all_keys_alike() -> None:
    found = of_one(UNIFORM)
    assert found.entropy == pytest.approx(np.log(QUERY + 1).mean(), abs=1e-7)
    assert found.normalised_entropy == pytest.approx(1.0, abs=1e-7)
    assert found.mean_distance == pytest.approx((QUERY / 2).mean(), abs=1e-6)
    after = 1 / (QUERY[1:] + 1)
    for value in (found.max_attention, found.previous_token, found.first_token):
        assert value == pytest.approx(after.mean(), abs=1e-7)


def test_the_same_without_the_first_token_has_one_key_less() -> None:
    found = of_one(UNIFORM, without_first=True)
    assert found.entropy == pytest.approx(np.log(QUERY[1:]).mean(), abs=1e-7)
    assert found.normalised_entropy == pytest.approx(1.0, abs=1e-7)
    assert found.mean_distance == pytest.approx(((QUERY[1:] - 1) / 2).mean(), abs=1e-6)
    assert found.max_attention == pytest.approx((1 / QUERY[2:]).mean(), abs=1e-7)
    assert found.previous_token == pytest.approx((1 / QUERY[2:]).mean(), abs=1e-7)
    assert found.first_token == of_one(UNIFORM).first_token


def test_a_head_that_looks_at_the_first_token_alone() -> None:
    found = of_one(ON_FIRST)
    assert (found.entropy, found.max_attention, found.first_token) == (0, 1, 1)
    assert found.mean_distance == QUERY.mean()
    assert found.previous_token == 1 / (N - 1)


def test_without_it_nothing_can_be_said_of_that_head() -> None:
    found = of_one(ON_FIRST, without_first=True)
    assert found.first_token == 1
    assert all(np.isnan(value) for value in found._replace(first_token=np.nan))


def test_rows_that_have_next_to_nothing_left_are_left_out() -> None:
    """Half of the queries look at the first token, but for 5e-7 that would be all noise; the others at themselves."""
    pattern = np.eye(N)
    pattern[1::2] = ON_FIRST[1::2]
    pattern[3, 0], pattern[3, 2] = 1 - 5e-7, 5e-7
    found = of_one(pattern, without_first=True)
    assert (found.mean_distance, found.max_attention, found.previous_token) == (0, 1, 0)


def test_a_head_that_looks_back_by_one() -> None:
    found = of_one(PREVIOUS)
    assert (found.previous_token, found.entropy) == (1, 0)
    assert found.mean_distance == (N - 1) / N
    assert of_one(PREVIOUS, without_first=True).previous_token == 1


def test_what_a_sink_takes_is_looked_at_by_nobody() -> None:
    """Where a head looks is said of the rest, how much of all."""
    found, whole = of_one(UNIFORM / 4), of_one(UNIFORM)
    for name in ("entropy", "normalised_entropy", "mean_distance"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), abs=1e-6)
    for name in ("max_attention", "previous_token", "first_token"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name) / 4, abs=1e-7)


def test_a_prompt_of_one_token_tells_little() -> None:
    found = of_one(np.ones((1, 1)))
    assert (found.entropy, found.mean_distance) == (0, 0)
    assert np.isnan([found.normalised_entropy, found.max_attention, found.previous_token]).all()
    assert np.isnan(of_one(np.ones((1, 1)), without_first=True).entropy)


@pytest.mark.parametrize("n_heads", [3, 40])
def test_maps_have_any_number_of_heads(n_heads: int) -> None:
    heads = np.stack([UNIFORM, ON_FIRST, PREVIOUS] * n_heads)[:n_heads]
    before = heads.copy()
    for without_first in (False, True):
        found = head_statistics([heads, heads[::-1]], without_first=without_first)
        assert found.entropy.shape == (2, n_heads)
        for values in found:
            assert np.array_equal(values[0], values[1][::-1], equal_nan=True)
    assert np.array_equal(heads, before)
