"""Which heads are meant, and what they are called."""

import numpy as np
import pytest

from queries.errors import InvalidRequest
from queries.internals.heads import (
    HEAD_NOTATIONS,
    Head,
    chosen_heads,
    head_name,
    head_of_name,
    ranked_heads,
)


def test_a_head_has_a_name_in_two_notations() -> None:
    assert head_name(Head(10, 7)) == "10.7"
    assert head_name(Head(10, 7), "LH") == "L10H7"


@pytest.mark.parametrize("notation", HEAD_NOTATIONS)
@pytest.mark.parametrize("head", [Head(0, 0), Head(31, 15), Head(-1, -2)])
def test_names_are_read_back(notation: str, head: Head) -> None:
    assert head_of_name(head_name(head, notation)) == head  # type: ignore[arg-type]


def test_names_are_read_as_people_write_them() -> None:
    assert head_of_name(" l3h12 ") == (3, 12)


@pytest.mark.parametrize(
    "name", ["", "10", "10,7", "L10", "L10.7", "H7L10", "1.2.3", "x.1", "9" * 5000 + ".1"]
)
def test_what_names_no_head_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"names no head; write it as 10\.7 or L10H7") as refused:
        head_of_name(name)
    assert refused.value.parameter == "heads"


def test_all_heads_are_meant_where_nothing_is_said() -> None:
    assert chosen_heads(2, 3) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_layers_mean_all_of_their_heads() -> None:
    assert chosen_heads(3, 2, layers=1) == [(1, 0), (1, 1)]
    assert chosen_heads(3, 2, layers=[-1, 0, 2]) == [(2, 0), (2, 1), (0, 0), (0, 1)]
    assert chosen_heads(3, 2, layers=[]) == []


def test_heads_go_before_layers() -> None:
    assert chosen_heads(12, 12, layers=0, heads=(9, 6)) == [(9, 6)]
    assert chosen_heads(12, 12, heads=[(9, 6), (-1, -2), (9, -6)]) == [(9, 6), (11, 10)]
    assert chosen_heads(12, 12, heads=[(1, 2), (3, 4)]) == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("given", "parameter", "why"),
    [
        ({"layers": 3}, "layers", "there is no layer 3; they are 0 to 2, or -3 to -1 from the end"),
        ({"layers": [0, -4]}, "layers", "there is no layer -4; they are 0 to 2, or -3 to -1 from the end"),
        ({"heads": [(0, 2)]}, "heads", "there is no head 2; they are 0 to 1, or -2 to -1 from the end"),
        ({"heads": (5, 0)}, "heads", "there is no layer 5; they are 0 to 2, or -3 to -1 from the end"),
        ({"heads": [(0, 1, 2)]}, "heads", "(0, 1, 2) is no layer and head"),
    ],
)
def test_heads_that_are_not_there_are_refused(given: dict[str, object], parameter: str, why: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        chosen_heads(3, 2, **given)  # type: ignore[arg-type]
    assert (refused.value.parameter, refused.value.why) == (parameter, why)


def test_heads_are_ranked() -> None:
    values = np.array([[0.5, -2.0], [np.nan, 0.5]])
    assert ranked_heads(values) == [((0, 0), 0.5), ((1, 1), 0.5), ((0, 1), -2.0)]
    assert ranked_heads(values, 1, by_size=True) == [((0, 1), -2.0)]
