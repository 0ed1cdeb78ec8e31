"""The rules, each at its bounds."""

import pytest

from queries.interventions.verdicts import control_p, group_verdict, link_verdict, sequence_verdict


@pytest.mark.parametrize(
    ("predicted", "as_graph", "in_model", "controls", "expected"),
    [
        (-0.09, -0.09, -0.09, [], "too small"),
        (0.1, 0.1, 0.1, [], "holds"),
        (-2.0, 0.5, -1.0, [], "does not hold"),
        (-2.0, -2.0, 0.5, [], "does not hold"),
        (-2.0, -2.0, -0.19, [], "does not hold"),
        (-2.0, -2.0, -0.21, [], "holds"),
        (-2.0, -2.0, -1.0, [0.3, 1.0], "not specific"),
        (-2.0, -2.0, -1.0, [0.3, -0.99], "holds"),
        (-2.0, -1.0, -1.0, [0.3], "holds"),
        (-2.0, -0.99, -1.0, [0.3], "holds, other size"),
        (-2.0, -4.0, -1.0, [0.3], "holds"),
        (-2.0, -4.01, -1.0, [0.3], "holds, other size"),
    ],
)
def test_the_first_rule_that_applies_is_a_groups_verdict(
    predicted: float, as_graph: float, in_model: float, controls: list[float], expected: str
) -> None:
    assert group_verdict(predicted, as_graph, in_model, controls) == expected


def test_p_counts_the_controls_that_do_as_much() -> None:
    assert control_p(-1.0, [0.1] * 19) == 1 / 20
    assert control_p(-1.0, [1.0, -3.0, *[0.5] * 17]) == 3 / 20


def test_a_link_needs_a_third_of_its_predicted_mediated_part() -> None:
    assert link_verdict(0.049, -9.0) == "not judged"
    assert link_verdict(-0.3, -0.11) == "holds"
    assert link_verdict(-0.3, -0.09) == "does not hold"
    assert link_verdict(-0.3, 0.3) == "does not hold"


def test_a_sequence_holds_where_all_of_it_does() -> None:
    assert sequence_verdict(["holds", "holds"], ["not judged"]) == "holds"
    assert sequence_verdict(["holds", "holds"], ["holds", "does not hold"]) == "does not hold"
    assert sequence_verdict(["holds", "holds, other size"], ["holds"]) == "does not hold"
    assert sequence_verdict(["not specific"], []) == "does not hold"
    assert sequence_verdict([], []) == "not judged"
