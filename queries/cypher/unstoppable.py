"""Expressions in which Neo4j cannot be stopped: refused before Neo4j sees them.

Its timeout ends a query between two rows, and its memory limit counts what rows hold. Within one expression it checks
neither: `all(x IN range(1, 2147483647) WHERE x > 0)` runs for minutes after its transaction was ended, a list of lists
fills the server's heap, and some regular expressions never end. So a list that an expression iterates over must be
about as small as stored data, and may not be iterated over once for each element of another list.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from queries.cypher.lexer import Token, calls
from queries.errors import QueryTooLarge

MAX_RANGE = 10_000
"""Elements of a range in an expression. A range that becomes rows (`UNWIND range(…)`) may have any number."""
MAX_REPEATS = 3
"""Unbounded repetitions in one regular expression: each may try every length of the text."""

OPENING, CLOSING = "([{", ")]}"
QUANTIFIERS = ("ALL", "ANY", "NONE", "SINGLE")


def check(found: Sequence[Token], parameters: Mapping[str, Any]) -> None:
    """Raises QueryTooLarge for an expression that could not be stopped."""
    ends = _ends(found)
    _check_ranges(found, ends, parameters)
    _check_patterns(found, parameters)
    _check_nesting(found, list(_iterations(found, ends)))


def _refusal(place: str, instead: str) -> QueryTooLarge:
    return QueryTooLarge(f"before it began, since Neo4j cannot be stopped in {place}. {instead}")


def _ends(found: Sequence[Token]) -> dict[int, int]:
    """The place of each closing bracket, by that of its opening one; the end where it is missing."""
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(found):
        if token.kind == "sign" and token.text in OPENING:
            waiting.append(at)
        elif token.kind == "sign" and token.text in CLOSING and waiting:
            ends[waiting.pop()] = at
    return {**dict.fromkeys(waiting, len(found)), **ends}


# -- ranges


def _check_ranges(found: Sequence[Token], ends: Mapping[int, int], parameters: Mapping[str, Any]) -> None:
    for call in calls(found):
        if call.name.lower() != "range" or (call.start and found[call.start - 1].says("UNWIND")):
            continue
        opening = call.start + 1
        if not _is_small(found, opening + 1, ends[opening], ends, parameters):
            raise _refusal(
                "a long list",
                f"The ends of a range must be sizes, lengths or numbers up to {MAX_RANGE:,}; or UNWIND it.",
            )


def _is_small(
    found: Sequence[Token], at: int, end: int, ends: Mapping[int, int], parameters: Mapping[str, Any]
) -> bool:
    """Whether the tokens are sums of small numbers and of sizes."""
    while at < end:
        token = found[at]
        if token.says("SIZE", "LENGTH") and at + 1 in ends:
            at = ends[at + 1]
        elif token == ("sign", "$") and at + 1 < end:
            value = parameters.get(found[at + 1].text)
            if not isinstance(value, int) or abs(value) > MAX_RANGE:
                return False
            at += 1
        elif token.kind == "literal":
            if not token.text.isdigit() or int(token.text) > MAX_RANGE:
                return False
        elif token.kind != "sign" or token.text not in "+-,()":
            return False
        at += 1
    return True


# -- regular expressions

REPEAT = re.compile(r"[*+]|\{\d*,\}")
UNSAFE = re.compile(r"\)[*+?{]|\\[1-9k]")
"""A repeated group, or a reference to a group."""


def _check_patterns(found: Sequence[Token], parameters: Mapping[str, Any]) -> None:
    for at in range(len(found) - 2):
        if found[at : at + 2] != [("sign", "="), ("sign", "~")]:
            continue
        pattern, after = _constant(found, at + 2, parameters)
        if pattern is None or (after is not None and after.kind == "sign" and after.text in "+["):
            raise _refusal("a regular expression", "It must be one text or parameter; or use CONTAINS.")
        if UNSAFE.search(pattern) or len(REPEAT.findall(pattern)) > MAX_REPEATS:
            raise _refusal(
                "a regular expression that repeats a group, or has more than three repetitions",
                "Write it without; or use CONTAINS.",
            )


def _constant(
    found: Sequence[Token], at: int, parameters: Mapping[str, Any]
) -> tuple[str | None, Token | None]:
    """The string at a token, a literal or a parameter's value (None: it is neither), and the token after it."""
    token = found[at]
    size = 2 if token == ("sign", "$") else 1
    after = found[at + size] if at + size < len(found) else None
    if size == 2 and at + 1 < len(found):
        value = parameters.get(found[at + 1].text)
        return (value if isinstance(value, str) else None), after
    return (token.text[1:-1] if token.kind == "literal" else None), after


# -- lists in lists


class Iteration(NamedTuple):
    """`[x IN list | …]`, `all(x IN list WHERE …)` or `reduce(a = …, x IN list | …)`, by its tokens' places."""

    variable: str
    start: int
    list_start: int
    list_end: int
    end: int


def _iterations(found: Sequence[Token], ends: Mapping[int, int]) -> Iterator[Iteration]:
    for start, end in ends.items():
        before = found[start - 1] if start else Token("sign", ";")
        is_reduce = before.says("REDUCE")
        if found[start].text == "{" or (
            found[start].text == "(" and not (is_reduce or before.says(*QUANTIFIERS))
        ):
            continue
        at = _first(found, start + 1, end, ends, "IN") if is_reduce else start + 2
        if at < end and found[at].says("IN"):
            body = _first(found, at + 1, end, ends, "WHERE")
            yield Iteration(found[at - 1].text, start, at + 1, body, end)


def _first(found: Sequence[Token], at: int, end: int, ends: Mapping[int, int], word: str) -> int:
    """The place of the next such word or bar outside inner brackets; `end` where there is none."""
    while at < end and not (found[at].says(word) or found[at] == ("sign", "|")):
        at = ends.get(at, at) + 1
    return min(at, end)


def _check_nesting(found: Sequence[Token], iterations: Sequence[Iteration]) -> None:
    for inner in iterations:
        around = {one.variable for one in iterations if one.list_end < inner.start < one.end}
        named = set(_variables(found, inner.list_start, inner.list_end))
        has_calls = any(inner.list_start <= call.start < inner.list_end for call in calls(found))
        if around and not (named <= around and (named or not has_calls)):
            raise _refusal(
                "a list that is gone through once for each element of another", "UNWIND one of them."
            )


def _variables(found: Sequence[Token], start: int, end: int) -> Iterator[str]:
    """The names between two tokens that are neither a function's nor a property's."""
    for at in range(start, end):
        is_property = found[at - 1] == ("sign", ".")
        is_function = found[at + 1 : at + 2] == [("sign", "(")]
        if found[at].kind in ("word", "name") and not is_property and not is_function:
            yield found[at].text
