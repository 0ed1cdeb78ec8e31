"""The requests of an installation, by a clock of the test's own."""

from functools import partial
from pathlib import Path

import pytest

from ingest.annotation.budget import Budget


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def budget(data: Path, clock: Clock) -> Budget:
    return Budget(data, clock, lambda: 0.5)


def test_all_workers_share_one_count_in_a_sliding_window(tmp_path: Path, clock: Clock) -> None:
    one, other = budget(tmp_path, clock), budget(tmp_path, clock)
    one.refused(2, 60.0)
    clock.now += 60
    assert one.take() == 0
    clock.now += 10
    assert other.take() == 0
    assert one.take() == other.take() == 50
    clock.now += 50
    assert one.take() == 0, "the first request has left the window"
    assert other.take() == 10


def test_refusals_in_a_row_double_the_pause_up_to_the_window(tmp_path: Path, clock: Clock) -> None:
    one = budget(tmp_path, clock)
    pauses = []
    for _ in range(9):
        one.refused(None, 60.0)
        pauses.append(one.take())
        clock.now += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    one.answered(100)
    one.refused(None, None)
    assert one.take() == 1, "an answer ends the row"


def test_an_answer_that_leaves_nothing_is_a_pause(tmp_path: Path, clock: Clock) -> None:
    one = budget(tmp_path, clock)
    one.answered(1)
    assert one.take() == 0
    one.answered(0)
    assert one.take() == 60
    assert budget(tmp_path, clock).take() == 60


def test_others_are_not_refused_back_at_the_same_moment(tmp_path: Path, clock: Clock) -> None:
    waits = set()
    for number, chance in enumerate((0.0, 1.0)):
        one = Budget(tmp_path / str(number), clock, partial(float, chance))
        one.refused(None, None)
        waits.add(one.take())
    assert waits == {45.0, 75.0}
