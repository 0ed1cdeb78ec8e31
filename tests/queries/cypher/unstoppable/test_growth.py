"""What may be asked within one row: worked out by hand, in the spellings that people have for it."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.cypher import unstoppable
from queries.cypher.lexer import tokens
from queries.cypher.unstoppable import sizes
from queries.errors import QueryUnstoppable
from queries.store.schema import TABLES
from tests.queries.cypher import honest, hostile_endless
from tests.queries.cypher.corpus import Statement


def check(text: str, parameters: dict[str, Any]) -> None:
    unstoppable.check(tokens(text), parameters)


@pytest.mark.parametrize("statement", hostile_endless.STATEMENTS, ids=lambda one: one.text[:60])
def test_work_that_nothing_would_stop_is_refused(statement: Statement) -> None:
    with pytest.raises(QueryUnstoppable, match="not begun"):
        check(statement.text, statement.parameters)


@pytest.mark.parametrize("statement", honest.BOTH + honest.NEO4J, ids=lambda one: one.text[:60])
def test_honest_questions_pass(statement: Statement) -> None:
    check(statement.text, statement.parameters)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("RETURN range(0, size(x) - 1)", {}),
        ("RETURN range(1, length(p) + 2, 1)", {}),
        ("RETURN range(1, $n)", {"n": 100}),
        ("RETURN range(1, 10001)", {}),
        ("UNWIND range(1, 1000000000) AS x RETURN x", {}),
        (
            "UNWIND range(1, 1000000000) AS x WITH x LIMIT 100 WITH collect(x) AS l RETURN [a IN l | [b IN l | a]]",
            {},
        ),
        ("RETURN x =~ 'Say.*'", {}),
        ("RETURN x =~ '(?i)a.*b.*' AND y", {}),
        ("RETURN x =~ $p", {"p": "a+"}),
        ("RETURN x =~ ('.*' + $p + '.*')", {"p": "Texas"}),
        ("WITH '.*b' AS p MATCH (n) WHERE n.key =~ p RETURN n", {}),
        ("RETURN x =~ '(a|b)*c'", {}),
        ("RETURN [p IN l | [n IN nodes(p) | n.key]]", {}),
        ("RETURN [x IN l | [y IN m | x * y]]", {}),
        ("RETURN [x IN l | [y IN $m | x * y]]", {"m": [1, 2, 3]}),
        ("RETURN all(x IN l WHERE none(y IN m WHERE x = y))", {}),
        ("RETURN reduce(a = 0, r IN rs | a + r.w)", {}),
        ("RETURN reduce(a = 0, x IN l | a + size([y IN m WHERE y > x]))", {}),
        ("RETURN reduce(a = 1, x IN range(1, 100000) | a * 2 + a)", {}),
        ("RETURN reduce(a = [], x IN l | CASE WHEN x IN a THEN a ELSE a + x END)", {}),
        ("RETURN reduce(a = {n: 0, l: []}, x IN l | {n: a.n + 1, l: a.l + x})", {}),
        (
            "UNWIND range(1, 100) AS x WITH collect(x) AS l RETURN [a IN l | [b IN l | [c IN l | a + b + c]]]",
            {},
        ),
        (
            "UNWIND range(1, 1000000) AS x WITH collect(x) AS l RETURN [a IN l[..100] | [b IN l[..100] | a + b]]",
            {},
        ),
        ("MATCH (n) WITH n.end AS end RETURN CASE WHEN end > 1 THEN end ELSE 0 END", {}),
    ],
)
def test_work_that_is_bounded_by_what_is_stored_passes(text: str, parameters: dict[str, Any]) -> None:
    check(text, parameters)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("RETURN all(x IN range(1, 999999999) WHERE x > 0)", r"range\(\) \(character 17\)"),
        ("RETURN x =~ n.key", r"regular expression that only the running query knows \(character 10\)"),
        (
            "RETURN reduce(a = [1], i IN range(1, 99) | a + a)",
            "made larger \\(character 46\\)|makes itself larger in each turn of a reduce",
        ),
        ("WITH 1 AS with RETURN with", "named with, a word of Cypher's own"),
    ],
)
def test_a_refusal_names_the_part_and_its_place(text: str, what: str) -> None:
    with pytest.raises(QueryUnstoppable, match=what):
        check(text, {})


WORDS = """
    MATCH WITH RETURN UNWIND AS UNION LIMIT CALL WHERE IN CASE WHEN THEN ELSE END NOT AND IS NULL COLLECT COUNT EXISTS
    LET ORDER BY DISTINCT reduce range size collect split replace all any x y l n `l` 1 2.5 0x1f 1e9 'a' '(a|b)+' $p $
    ( ) [ ] { } ( ) [ ] { } , . .. : = =~ + - * / ^ | || < > <> ; & ! %
""".split()  # noqa: SIM905  # readable as it is


@settings(max_examples=400)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_whatever_is_written_is_read_to_its_end(words: list[str]) -> None:
    with suppress(QueryUnstoppable):
        check(" ".join(words), {"p": ["a", 1]})


def test_columns_that_count_are_columns_and_those_that_a_file_merely_states_are_not_among_them() -> None:
    columns = {name for table in TABLES for name in table.columns}
    assert columns >= sizes.COUNTS
    assert not sizes.COUNTS & {"max_feature_nodes", "n_trace_edges", "n_edges", "index", "batch_size"}


def test_a_parameter_is_as_large_as_it_is() -> None:
    value = {"a": [1, 2, [3, "four"]], "b": None, "c": True, "d": 2.5}
    size = sizes.of(value)
    assert size.field("a").length == 3 and size.field("a").each.length == 2
    assert size.field("a").each.each.text == 4 and size.field("d").number == 2.5
    assert size.field("nothing").weight == 1
    deep = json.loads("[" * 100 + "]" * 100)
    assert sizes.of(deep).weight == float("inf")


def test_a_list_of_lists_weighs_what_a_walk_through_it_takes() -> None:
    assert sizes.of([[1] * 10] * 10).weight == 10 * 11 + 1
