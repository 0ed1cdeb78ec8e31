"""How many steps a pattern may take: worked by hand, and against a matcher that goes all ways."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cypher.unstoppable.regular_expressions import steps
from queries.errors import QueryUnstoppable

TEXT = 1000.0


@pytest.mark.parametrize(
    "pattern",
    [
        "Texas",
        ".*",
        "a*b+c?",
        "[a-z]+_[0-9]+",
        "[^,]*,[^,]*",
        r"\d+\.\d+",
        r"\w+( \w+)*",
        "(abc)*",
        "(ab|cd|e)*f",
        "(a|b)*c",
        "(a){20}",
        "[0-9]{1,3}/[0-9]{1,9}",
        r"\Q(.*)*\E",
        "(?i)say .*",
        "x(?=y)y",
        "",
    ],
)
def test_a_pattern_without_two_ways_takes_a_step_a_character(pattern: str) -> None:
    assert steps(pattern, TEXT, "") == TEXT + len(pattern)


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (".*Texas.*", TEXT + 1),
        ("(.*,)?", TEXT + 1),
        ("(.*,)?Texas(,.*)?", TEXT + 2),
        (".*(Texas|Austin).*", TEXT + 1),
        (".*(a|ab)c", 2 * (TEXT + 1)),
        (".*a.*b", (TEXT + 1) ** 2),
        (".*.*.*.*", (TEXT + 1) ** 3),
        ("a{0,9}a", 10),
        ("a?a?a", 4),
        ("(a|ab)(bc|bcd)", 4),
        ("(?!.*x).*", TEXT + 1),
    ],
)
def test_ways_are_counted(pattern: str, ways: float) -> None:
    assert steps(pattern, TEXT, "") == (TEXT + len(pattern)) * ways


@pytest.mark.parametrize(
    "pattern", ["a?" * 40 + "a{40}", "a{0,3000}a{0,3000}a{0,3000}b", "(a{1,3}){25}", ".*a" * 5]
)
def test_many_choices_are_many_ways(pattern: str) -> None:
    assert steps(pattern, TEXT, "") > 1e9


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a*)*",
        "(a|aa)+",
        "(a|a)*b",
        "([a-z]+)*",
        "(.*a)*",
        "(?:a|A)+",
        "(K|\u212a)+",
        "(?i)(é|É)*",
        "(a?b?)*",
        "(a?){30,}",
        "((ab)*c?)+",
        r"(\w|\d)+",
        r"(\s|\t)*x",
        "([^a]|A)+",
        "([^b-z]|a)+",
        "([a-c]|b)*",
        "(?<n>a+)+",
        "(?>a+)+",
        "(?=(a+)+b)a*",
        "(a*+)*",
        "[a-z&&[^b]]+[a-z]*(c|[a-d])*",
    ],
)
def test_what_repeats_several_ways_is_refused(pattern: str) -> None:
    with pytest.raises(QueryUnstoppable, match="more ways than can be tried"):
        steps(pattern, TEXT, "")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(.)\1", "reference"),
        (r"(?<a>.)\k<a>", "reference"),
        ("(?x) a", "not known"),
        ("(?{a})", "not known"),
        ("(", "without an end"),
        ("[a", "without an end"),
        ("a)", "not opened"),
        ("*a", "repeats nothing"),
        ("\\", "backslash"),
        ("(" * 60 + ")" * 60, "too deep"),
        (r"\R*", "reference"),
    ],
)
def test_what_cannot_be_judged_is_refused_and_named(pattern: str, why: str) -> None:
    with pytest.raises(QueryUnstoppable, match=why) as raised:
        steps(pattern, TEXT, "character 7")
    assert "character 7" in str(raised.value)


def test_a_long_pattern_is_not_repeated_in_the_sentence() -> None:
    with pytest.raises(QueryUnstoppable) as raised:
        steps("x" * 50_000 + "(a+)+", TEXT, "")
    assert len(str(raised.value)) < 500


ATOMS = st.sampled_from(["a", "b", "ab", "[ab]", ".", "a*", "b+", "a?", "(a|b)", "(ab)*", "(b)?", "[^a]"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}"])).map(
            lambda two: f"({two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


def tries(pattern: str, text: str, enough: int) -> int:
    """The steps of a matcher that goes all ways through the text, as one must that finds no match; at most `enough`."""
    waiting, taken = [([*re._parser.parse(pattern)], 0)], 0
    while waiting and taken < enough:
        taken += 1
        parts, at = waiting.pop()
        if not parts:
            continue
        (kind, value), rest = parts[0], parts[1:]
        match str(kind):
            case "MAX_REPEAT":
                least, most, inner = value
                if least == 0:
                    waiting.append((rest, at))
                if most > 0:
                    more = ("MORE", (max(0, least - 1), min(most, 1000) - 1, inner, at))
                    waiting.append(([*inner, more, *rest], at))
            case "MORE":
                least, most, inner, before = value
                if at > before or least:  # as Java, it does not repeat what took nothing
                    waiting.append(([("MAX_REPEAT", (least, most, inner)), *rest], at))
                else:
                    waiting.append((rest, at))
            case "SUBPATTERN":
                waiting.append(([*value[3], *rest], at))
            case "BRANCH":
                waiting += [([*one, *rest], at) for one in value[1]]
            case _:
                if at < len(text) and _takes(str(kind), value, text[at]):
                    waiting.append((rest, at + 1))
    return taken


def _takes(kind: str, value: Any, character: str) -> bool:
    match kind:
        case "ANY":
            return True
        case "LITERAL":
            return character == chr(value)
        case "NOT_LITERAL":
            return character != chr(value)
    is_negated = any(str(what) == "NEGATE" for what, _ in value)
    return any(character == chr(one) for what, one in value if str(what) == "LITERAL") != is_negated


@given(PATTERNS, st.text("ab", min_size=12, max_size=16))
def test_no_pattern_takes_more_steps_than_are_counted(pattern: str, text: str) -> None:
    try:
        most = 10 * steps(pattern, len(text), "") * (len(pattern) + 1)
    except QueryUnstoppable:
        return
    assert tries(pattern, text, int(most) + 1) <= most


def test_such_a_matcher_does_not_end_where_ways_multiply() -> None:
    """So that the test above can fail."""
    assert tries("(a|aa)+b", "a" * 25, 100_000) == 100_000
    assert tries("(ab|cd|e)*f", "ab" * 25, 100_000) < 1000
