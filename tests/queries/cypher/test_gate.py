"""What the gate says of words and plans without an engine; with one, see test_corpora."""

from typing import Any

import pytest

from queries.cypher import gate, unstoppable
from queries.cypher.lexer import tokens
from queries.errors import QueryRefused, QueryTooLarge


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


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("RETURN range(0, size(x) - 1)", {}),
        ("RETURN range(1, length(p) + 2, 1)", {}),
        ("RETURN range(1, $n)", {"n": 100}),
        ("UNWIND range(1, 1000000000) AS x RETURN x", {}),
        ("RETURN x =~ 'Say.*'", {}),
        ("RETURN x =~ '(?i)a.*b.*c.*' AND y", {}),
        ("RETURN x =~ $p", {"p": "a+"}),
        ("RETURN [p IN l | [n IN nodes(p) | n.key]]", {}),
        ("RETURN [x IN [y IN l | y] | x], [z IN l | z]", {}),
        ("RETURN [x IN l | [y IN [1, 2] | x * y]]", {}),
        ("RETURN reduce(a = 0, r IN rs | a + r.w)", {}),
        ("RETURN [x IN l | [y IN range(0, size(x.parts) - 1) | x.parts[y]]]", {}),
        ("RETURN [x IN l | [y IN keys(x) | [z IN x[y] | z]]]", {}),
        ("RETURN all(p IN l WHERE any(n IN nodes(p) WHERE n.x))", {}),
    ],
)
def test_work_that_is_bounded_by_what_is_stored_passes(text: str, parameters: dict[str, Any]) -> None:
    unstoppable.check(tokens(text), parameters)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("RETURN range(1, 10001)", {}),
        ("RETURN range(1, n)", {}),
        ("RETURN range(1, 1000 * 1000 * 1000)", {}),
        ("RETURN range(1, $n)", {"n": 10**9}),
        ("RETURN range(1, $n)", {"n": "x"}),
        ("RETURN range(1, $n)", {}),
        ("RETURN range(1, size(range(1, 1000000)))", {}),
        ("UNWIND [x IN range(1, 1000000) | x] AS y RETURN y", {}),
        ("RETURN range(1, 9999999", {}),
        ("RETURN x =~ '(a+)+'", {}),
        ("RETURN x =~ '(a|b)*c'", {}),
        ("RETURN x =~ '(a){20}'", {}),
        ("RETURN x =~ '.*.*.*.*'", {}),
        ("RETURN x =~ '(.)\\\\1'", {}),
        ("RETURN x =~ y", {}),
        ("RETURN x =~ 'a' + y", {}),
        ("RETURN x =~ ('a')", {}),
        ("RETURN x =~ $p", {"p": "(a+)+"}),
        ("RETURN x =~ $p", {"p": 1}),
        ("RETURN [x IN l | [y IN m | x * y]]", {}),
        ("RETURN [x IN l | [y IN l[..x] | y]]", {}),
        ("RETURN [x IN l | [y IN range(1, 1000) | y]]", {}),
        ("RETURN [x IN l | [y IN $m | x * y]]", {"m": [1]}),
        ("RETURN [x IN l | any(y IN m WHERE x = y)]", {}),
        ("RETURN all(x IN l WHERE none(y IN m WHERE x = y))", {}),
        ("RETURN reduce(a = 0, x IN l | a + size([y IN m WHERE y > x]))", {}),
        ("RETURN [p IN l | [n IN nodes(p) | [m IN all WHERE m = n]]]", {}),
    ],
)
def test_work_that_nothing_would_stop_is_refused(text: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(QueryTooLarge, match="before it began"):
        unstoppable.check(tokens(text), parameters)
