"""A process that is killed while it loads a graph leaves all of it or nothing, on every engine."""

from pathlib import Path

import pytest

from bench.kills import Moment, kill_loads


@pytest.mark.parametrize("engine", ["ladybug", "neo4j"])
def test_a_killed_load_leaves_all_or_nothing(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine == "neo4j":
        url = request.getfixturevalue("neo4j_server").url
    else:
        url = f"ladybug://{tmp_path}/graphs.ladybug"
    kills = list(kill_loads(url, 5))
    assert [kill.faults for kill in kills] == [[]] * 5
    assert Moment.DURING in {kill.moment for kill in kills}
