"""What the gate says of words and plans without an engine; with one, see test_corpora."""

import pytest

from queries.cypher import gate
from queries.errors import QueryRefused


def plan(*boxes: str) -> str:
    """A plan as Ladybug draws it: a title and lines for each box."""
    return "\n".join(f"│ {line} │" for box in boxes for line in box.split("\n"))


SCAN = "RESULT_COLLECTOR[1]\nExpressions: n", "SCAN_NODE_TABLE[0]\nTables: Feature"


def test_a_plan_of_known_operators_passes() -> None:
    gate.check_ladybug_plan(plan(*SCAN))
    gate.check_ladybug_plan(plan("RESULT_COLLECTOR[1]", "TABLE_FUNCTION_CALL[0]\nFunction: READ_FTABLE"))


@pytest.mark.parametrize(
    "boxes",
    [
        (),
        ("RESULT_COLLECTOR[1]", "COPY_TO[0]"),
        ("RESULT_COLLECTOR[1]", "TABLE_FUNCTION_CALL[0]\nFunction: READ_CSV_SERIAL"),
        ("RESULT_COLLECTOR[1]", "TABLE_FUNCTION_CALL[0]"),
        ("RESULT_COLLECTOR[1]", "TABLE_FUNCTION_CALL[0]\nFunction:"),
        ("RESULT_COLLECTOR[2]", "SCAN_NODE_TABLE[0]"),
        ("RESULT_COLLECTOR[1]", "something unreadable"),
        (
            "RESULT_COLLECTOR[2]\nExpressions: Function: READ_FTABLE",
            "TABLE_FUNCTION_CALL[1]\nFunction: READ_CSV",
            "SCAN_NODE_TABLE[0]",
        ),
    ],
)
def test_a_plan_that_is_not_understood_whole_is_refused(boxes: tuple[str, ...]) -> None:
    with pytest.raises(QueryRefused):
        gate.check_ladybug_plan(plan(*boxes))


@pytest.mark.parametrize(
    "details",
    ["outside.read($x) AS y", "`outside`.`read`(1)", "COUNT { LOAD CSV FROM $a }", "ResolvedCall(x"],
)
def test_what_a_plan_s_expressions_hide_is_found(details: str) -> None:
    with pytest.raises(QueryRefused):
        gate.check_neo4j_details(details)


@pytest.mark.parametrize(
    "details", ["n.key = $x", "date.truncate($a, n.b) AS c", "cache[n.key] IN [size(n.x)]"]
)
def test_what_expressions_compute_passes(details: str) -> None:
    gate.check_neo4j_details(details)
