"""A process that is killed while it loads a graph leaves all of it or nothing, on every engine."""

import pytest

from tests.support.engines import Engine
from tests.support.kills import Moment, kill_loads

pytestmark = pytest.mark.slow

KILLS = 5


def test_a_killed_load_leaves_all_or_nothing(engine: Engine) -> None:
    kills = list(kill_loads(engine, KILLS))
    assert [kill.faults for kill in kills] == [[]] * KILLS
    assert Moment.DURING in {kill.moment for kill in kills}
