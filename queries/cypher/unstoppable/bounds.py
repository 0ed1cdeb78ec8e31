"""Bounds of a query's form, before an engine reads it: Neo4j cannot be stopped while it reads and plans.

Each was found by planning longer and longer queries of its kind. One within all bounds is planned in seconds; at two to
four times a bound the kind took over ten, or had no end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from queries.cypher.lexer import CLOSING, OPENING, Token
from queries.errors import QueryUnstoppable

MAX_TOKENS = 12_000
"""Words, names, numbers, texts and signs of a query."""
MAX_NESTING, MAX_SUBQUERIES_IN_EACH_OTHER = 50, 8
"""Brackets in brackets; braces that hold clauses, in each other."""
MAX_CHOICES_IN_EACH_OTHER = 12
"""Brackets with AND or OR, in each other: the planner multiplies them out."""


@dataclass(frozen=True)
class Bound:
    """How many of something a query may have, and what to do where it has more."""

    most: int
    what: str
    instead: str


BOOLEANS = Bound(200, "conditions joined by AND, OR and NOT", "Give the values as a list: n.key IN $keys.")
XORS = Bound(10, "XORs", "Compare instead (a <> b), or count what holds.")
COMPARISONS = Bound(600, "comparisons", "Give the values as a list: n.key IN $keys.")
TERMS = Bound(60, "terms of one sum or product", "Add up a list with reduce or sum.")
ARITHMETIC = Bound(400, "arithmetic signs", "Ask in several queries.")
UNIONS = Bound(40, "UNIONs", "UNWIND a list of what differs between the parts.")
CLAUSES = Bound(100, "clauses", "Ask in several queries.")
OPTIONALS = Bound(20, "OPTIONAL MATCHes", "Ask in several queries, or in COUNT { … } and COLLECT { … }.")
ITEMS = Bound(300, "items of clauses", "Ask in several queries.")
STEPS = Bound(
    12, "relationships of one MATCH", "Break it with WITH, or repeat a step: -[:DIRECT_EFFECT*1..4]->."
)
ALL_STEPS = Bound(60, "relationships of patterns", "Ask in several queries.")
SUBQUERIES = Bound(40, "subqueries", "Ask in several queries.")
PARTS = Bound(50, "properties or elements of one value, taken one of another", "Take it in steps, with WITH.")
LABELS = Bound(
    60, "labels or types of patterns, joined by signs", "Test labels(n) or type(r) against a list."
)

JOINING = ("+", "*", "/", "%", "^")
ENDING_A_SUM = (
    "AND",
    "OR",
    "XOR",
    "AS",
    "IN",
    "WHERE",
    "WITH",
    "RETURN",
    "MATCH",
    "THEN",
    "ELSE",
    "WHEN",
    "BY",
)
SUBQUERY_WORDS = ("MATCH", "RETURN", "WITH", "UNWIND", "CALL")


class _Level:
    """A bracket that is open, or the whole query."""

    def __init__(self, opening: str) -> None:
        self.opening = opening
        self.terms = self.parts = self.labels = self.steps = 0
        self.has_choice = self.has_clause = False


def check(found: Sequence[Token]) -> None:
    """Raises QueryUnstoppable where a query has more of something than an engine can be trusted to plan."""
    if len(found) > MAX_TOKENS:
        raise QueryUnstoppable(
            f"the planning of {len(found):,} words and signs, more than {MAX_TOKENS:,}",
            "Give long lists as a parameter.",
        )
    _Form(found).check()


class _Form:
    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._levels = [_Level("{")]
        self._counts: dict[Bound, int] = {}

    def check(self) -> None:
        for at, token in enumerate(self._found):
            if token.kind == "sign":
                self._sign(at, token)
            elif token.kind == "word":
                self._word(at, token)

    def _word(self, at: int, token: Token) -> None:
        level = self._levels[-1]
        if self._is_sign(at - 1, ".", ":", "$"):
            return  # a property, label or parameter
        if token.says("AND", "OR", "NOT"):
            self._count(BOOLEANS, token)
        if token.says("AND", "OR", "XOR"):
            level.has_choice = True
            self._check_depth("conditions in each other", MAX_CHOICES_IN_EACH_OTHER, token, "has_choice")
        if token.says("XOR"):
            self._count(XORS, token)
        if token.says("IN", "CONTAINS", "STARTS", "ENDS", "IS"):
            self._count(COMPARISONS, token)
        if token.says("UNION"):
            self._count(UNIONS, token)
        if token.says("MATCH", "WITH", "RETURN", "UNWIND", "CALL", "MERGE", "CREATE", "FOREACH"):
            self._count(CLAUSES, token)
        if token.says("OPTIONAL"):
            self._count(OPTIONALS, token)
        if token.says(*SUBQUERY_WORDS) and level.opening == "{" and not level.has_clause:
            level.has_clause = True
            self._check_depth("subqueries in each other", MAX_SUBQUERIES_IN_EACH_OTHER, token, "has_clause")
        if token.says(*ENDING_A_SUM):
            level.terms = level.parts = level.labels = 0
        if token.says(*SUBQUERY_WORDS):
            level.steps = 0

    def _sign(self, at: int, token: Token) -> None:
        sign, level = token.text, self._levels[-1]
        if sign in OPENING:
            self._open(at, token)
        elif sign in CLOSING:
            if len(self._levels) > 1:
                self._levels.pop()
        elif sign == ",":
            level.terms = level.parts = level.labels = 0
            if level.opening == "{":
                self._count(ITEMS, token)
        elif sign in "=<>":
            level.terms = level.parts = 0
            if not self._is_sign(at - 1, "=", "<", ">", "-") and not self._is_sign(at + 1, "-"):
                self._count(COMPARISONS, token)
        is_second_bar = sign == "|" and self._is_sign(at - 1, "|")
        is_bar = sign == "|" and not is_second_bar and not self._is_sign(at + 1, "|")
        if sign in "&!:" or is_bar:
            level.labels += 1
            self._check(LABELS, level.labels, token)
        if sign in JOINING or self._is_minus(at) or is_second_bar:
            level.terms += 1
            self._check(TERMS, level.terms, token)
            self._count(ARITHMETIC, token)
            level.parts = 0
        if sign == ".":
            level.parts += 1
            self._check(PARTS, level.parts, token)

    def _open(self, at: int, token: Token) -> None:
        level = self._levels[-1]
        if token.text == "[":
            level.parts += 1
            self._check(PARTS, level.parts, token)
        is_relationship = self._is_sign(at - 1, "-") if token.text == "[" else self._is_arrow(at - 1)
        if is_relationship and token.text in "[(":
            level.steps += 1
            self._check(STEPS, level.steps, token)
            self._count(ALL_STEPS, token)
        if token.text == "{" and at and self._found[at - 1].says("EXISTS", "COUNT", "COLLECT", "CALL"):
            self._count(SUBQUERIES, token)
        self._levels.append(_Level(token.text))
        if len(self._levels) - 1 > MAX_NESTING:
            raise QueryUnstoppable(
                f"the planning of more than {MAX_NESTING} brackets in each other ({token.place})",
                "Write it flatter.",
            )

    def _is_minus(self, at: int) -> bool:
        """Whether it is a minus, not part of an arrow."""
        return (
            self._is_sign(at, "-")
            and not self._is_sign(at + 1, "-", "[", ">")
            and not self._is_sign(at - 1, "-", "<")
        )

    def _is_arrow(self, at: int) -> bool:
        """Whether `-->` or `--`, without a bracket, ends here."""
        at -= self._is_sign(at, ">")
        return self._is_sign(at, "-") and self._is_sign(at - 1, "-")

    def _is_sign(self, at: int, *signs: str) -> bool:
        return 0 <= at < len(self._found) and self._found[at].signs(*signs)

    def _check_depth(self, what: str, most: int, token: Token, having: str) -> None:
        if sum(getattr(level, having) for level in self._levels) > most:
            raise QueryUnstoppable(
                f"the planning of more than {most} {what} ({token.place})", "Write it flatter."
            )

    def _count(self, bound: Bound, token: Token) -> None:
        self._counts[bound] = self._counts.get(bound, 0) + 1
        self._check(bound, self._counts[bound], token)

    def _check(self, bound: Bound, number: int, token: Token) -> None:
        if number > bound.most:
            raise QueryUnstoppable(
                f"the planning of more than {bound.most} {bound.what} ({token.place})", bound.instead
            )
