"""Arrays inside JSON, there and back."""

import numpy as np
import numpy.typing as npt

from api.client.arrays import with_arrays
from api.http.answers.internals.numbers import Numbers, numbers, small_numbers

NAN = np.nan


def array_of(answer: Numbers) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = with_arrays(answer.model_dump())
    return found


def test_an_array_comes_back_as_it_was() -> None:
    array = np.array([[1.5, -2.0], [NAN, np.inf]])
    np.testing.assert_array_equal(array_of(numbers(array)), array)


def test_in_eight_bits_the_largest_is_exact_and_what_is_not_known_stays_so() -> None:
    array = np.array([[2.0, -0.7, 0.0], [NAN, -2.0, 0.01]])
    found = array_of(small_numbers(array))
    assert np.nanmax(np.abs(found - array)) <= 2.0 / 254
    assert found[0, 0] == 2.0
    assert np.array_equal(np.isnan(found), np.isnan(array))


def test_in_eight_bits_nothing_may_be_known() -> None:
    assert np.isnan(array_of(small_numbers(np.full((2, 2), NAN)))).all()
    assert not array_of(small_numbers(np.zeros((2, 2)))).any()
