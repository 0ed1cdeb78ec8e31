"""Controls stand where the changed features stand, and are the same for the same seed."""

from queries.graph.records import seed_of
from queries.interventions.controls import N_TWINS, Place, draw_controls, draw_twins
from queries.interventions.verdicts import N_CONTROLS

ACTIVE: dict[Place, float] = {
    (layer, position, index): 1.0 + layer + position / 8
    for layer in range(3)
    for position in (1, 2)
    for index in range(3)
}
GROUP = {(0, 1, 0): 0.0, (2, 1, 1): 0.0, (1, 2, 2): 2.0}


def test_each_control_stands_at_the_position_of_the_one_it_stands_for() -> None:
    controls = draw_controls(GROUP, ACTIVE, 7)
    assert len(controls) == N_CONTROLS
    for control in controls:
        assert len(control) == 3 and not control.keys() & GROUP.keys()
        assert sorted(position for _, position, _ in control) == [1, 1, 2]
        for place, value in control.items():
            assert value == (2.0 * ACTIVE[place] if place[1] == 2 else 0.0)
    assert len({tuple(sorted(control)) for control in controls}) > 5
    assert controls == draw_controls(GROUP, ACTIVE, 7) != draw_controls(GROUP, ACTIVE, 8)


def test_where_a_position_has_none_left_another_lends_one() -> None:
    few = {(0, 1, 0): 1.0, (0, 1, 1): 1.0, (0, 2, 0): 1.0, (0, 2, 1): 1.0}
    for control in draw_controls({(0, 1, 0): 0.0, (0, 1, 1): 0.0}, few, 0):
        assert control == {(0, 2, 0): 0.0, (0, 2, 1): 0.0}
    for control in draw_controls(dict.fromkeys(list(few)[:3], 0.0), few, 0):
        assert control == {(0, 2, 1): 0.0}
    assert draw_controls(dict.fromkeys(few, 0.0), few, 0) == []


def test_twins_are_random_sets_of_the_same_size() -> None:
    every = list(ACTIVE)
    twins = draw_twins(4, every, 3)
    assert len(twins) == N_TWINS and all(len(twin) == 4 and set(twin) <= set(every) for twin in twins)
    assert twins == draw_twins(4, every, 3) != draw_twins(4, every, 4)
    assert set(draw_twins(100, every, 3)[0]) == set(every)


def test_a_graphs_seed_is_its_own() -> None:
    assert seed_of("acabb93a72ccaf70") == seed_of("acabb93a72ccaf70") != seed_of("acabb93a72ccaf71")
