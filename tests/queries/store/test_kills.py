"""A process that is killed while it loads graphs leaves all of each or nothing, on every engine."""

import pytest

from tests.support.engines import Engine
from tests.support.kills import KILLED, Moment, kill_loads

pytestmark = pytest.mark.slow

KILLS = 5


@pytest.mark.parametrize("n_graphs", [1, len(KILLED)])
def test_a_killed_load_leaves_all_or_nothing(engine: Engine, n_graphs: int) -> None:
    kills = list(kill_loads(engine, KILLS, n_graphs))
    assert [kill.faults for kill in kills] == [[]] * KILLS
    assert Moment.DURING in {kill.moment for kill in kills}
