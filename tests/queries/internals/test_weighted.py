"""Patterns weighted by how much there is to be moved, worked by hand."""

import numpy as np
import pytest

from queries.internals.weighted import (
    PATTERN_KINDS,
    Array,
    PatternKind,
    pattern_of_kind,
    weighted_pattern,
    without_first_key,
)

A = np.array([[[1.0, 0.0], [0.25, 0.75]], [[1.0, 0.0], [0.5, 0.5]]], dtype=np.float32)
"""Two heads, two tokens."""
VALUE = np.array([[2.0, 4.0], [3.0, 0.0]], dtype=np.float32)
INFO = np.array([[1.0, 0.25], [0.0, 0.0]], dtype=np.float32)


def test_a_key_counts_by_its_value_against_the_heads_largest() -> None:
    assert weighted_pattern(A, VALUE).tolist() == [[[0.5, 0.0], [0.125, 0.75]], [[1.0, 0.0], [0.5, 0.0]]]


def test_a_head_that_moves_nothing_has_an_empty_pattern() -> None:
    assert weighted_pattern(A, INFO).tolist() == [[[1.0, 0.0], [0.25, 0.1875]], [[0.0, 0.0], [0.0, 0.0]]]


@pytest.mark.parametrize("size", [1.0, 0.1, 7.3])
def test_values_of_one_size_give_the_pattern_back(size: float) -> None:
    assert np.array_equal(weighted_pattern(A, np.full((2, 2), size, dtype=np.float32)), A)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("kind", PATTERN_KINDS)
def test_no_kind_changes_the_pattern_it_is_of(kind: PatternKind, dtype: type) -> None:
    pattern: Array = A.astype(dtype)
    before = pattern.copy()
    found = pattern_of_kind(kind, pattern, VALUE, INFO)
    wanted = {"standard": A, "value-weighted": weighted_pattern(A, VALUE)}
    assert found.dtype == dtype
    assert np.array_equal(found, wanted.get(kind, weighted_pattern(A, INFO)))
    assert np.array_equal(pattern, before)


def test_layers_are_weighted_together_as_alone() -> None:
    both = weighted_pattern(np.stack([A, A]), np.stack([VALUE, INFO]))
    assert np.array_equal(both[0], weighted_pattern(A, VALUE))
    assert np.array_equal(both[1], weighted_pattern(A, INFO))


def test_without_the_first_key_a_row_is_scaled_and_one_with_nothing_left_is_not_known() -> None:
    pattern = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.5, 0.125, 0.375]], dtype=np.float16)
    before = pattern.copy()
    found = without_first_key(pattern)
    nan = np.nan
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[nan, nan, nan], [nan, nan, nan], [nan, 0.25, 0.75]])
    assert np.array_equal(pattern, before)


def test_a_key_that_is_left_out_is_no_measure_of_the_others() -> None:
    norm = np.array([np.nan, 2.0, 1.0], dtype=np.float32)
    pattern = without_first_key(np.array([[0.5, 0.25, 0.25]] * 3, dtype=np.float32))
    np.testing.assert_array_equal(weighted_pattern(pattern, norm), [[np.nan, 0.5, 0.25]] * 3)
