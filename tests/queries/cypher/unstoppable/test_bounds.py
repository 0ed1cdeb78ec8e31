"""What a query may have of each thing: as many as its bound, and not one more."""

from collections.abc import Callable

import pytest

from queries.cypher.lexer import tokens
from queries.cypher.unstoppable import bounds
from queries.errors import QueryUnstoppable


def joined(sign: str, term: str = "true") -> Callable[[int], str]:
    return lambda number: f"RETURN {sign.join([term] * (number + 1))}"


def around(opening: str, closing: str, inner: str = "1") -> Callable[[int], str]:
    return lambda number: f"RETURN {opening * number}{inner}{closing * number}"


KINDS: dict[str, tuple[int, Callable[[int], str]]] = {
    "AND": (bounds.BOOLEANS.most, joined(" AND ")),
    "OR": (bounds.BOOLEANS.most, joined(" or ")),
    "NOT": (bounds.BOOLEANS.most, lambda number: f"RETURN {'NOT ' * number}true"),
    "XOR": (bounds.XORS.most, joined("/**/XOR\n")),
    "comparison": (bounds.COMPARISONS.most, joined(" <= ", "1")),
    "IN": (bounds.COMPARISONS.most, joined(" IN ", "x")),
    "sum": (bounds.TERMS.most, joined("+", "1")),
    "difference": (bounds.TERMS.most, joined(" - ", "1")),
    "elements' difference": (bounds.TERMS.most, joined(" - ", "l[0]")),
    "text": (bounds.TERMS.most, joined(" || ", "'a'")),
    "power": (bounds.TERMS.most, joined(" ^ ", "1")),
    "sums": (bounds.ARITHMETIC.most, lambda number: f"RETURN [{', '.join(['1 + 1'] * number)}]"),
    "UNION": (bounds.UNIONS.most, lambda number: " UNION ALL ".join(["RETURN 1 AS x"] * (number + 1))),
    "clause": (bounds.CLAUSES.most, lambda number: "WITH 1 AS x " * (number - 1) + "RETURN x"),
    "OPTIONAL": (bounds.OPTIONALS.most, lambda number: "OPTIONAL MATCH (a) " * number + "RETURN 1"),
    "item": (bounds.ITEMS.most, lambda number: f"RETURN {', '.join(['x'] * (number + 1))}"),
    "step": (bounds.STEPS.most, lambda number: f"MATCH (a){'-[:E]->()' * number} RETURN 1"),
    "bare step": (bounds.STEPS.most, lambda number: f"MATCH (a){'-->()' * number} RETURN 1"),
    "step back": (bounds.STEPS.most, lambda number: f"MATCH (a){'<--()' * number} RETURN 1"),
    "step of several patterns": (
        bounds.STEPS.most,
        lambda number: f"MATCH {', '.join(['(a)--(b)'] * number)} RETURN 1",
    ),
    "steps": (bounds.ALL_STEPS.most, lambda number: "MATCH (a)-->(b) " * number + "RETURN 1"),
    "subquery": (bounds.SUBQUERIES.most, lambda number: f"RETURN [{', '.join(['COUNT { (a) }'] * number)}]"),
    "property": (bounds.PARTS.most, lambda number: f"RETURN a{'.b' * number}"),
    "element": (bounds.PARTS.most, lambda number: f"RETURN a{'[0]' * number}"),
    "label": (bounds.LABELS.most - 1, lambda number: f"MATCH (n:{'|'.join(['A'] * (number + 1))}) RETURN n"),
    "parenthesis": (bounds.MAX_NESTING, around("(", ")")),
    "bracket": (bounds.MAX_NESTING, around("[", "]")),
    "brace": (bounds.MAX_NESTING, around("{a:", "}")),
    "call": (bounds.MAX_NESTING, around("abs(", ")")),
    "no end": (bounds.MAX_NESTING, around("(", "")),
    "condition": (bounds.MAX_CHOICES_IN_EACH_OTHER, around("(a AND ", ")", "a")),
    "subqueries": (bounds.MAX_SUBQUERIES_IN_EACH_OTHER - 1, around("EXISTS { MATCH (a) WHERE ", "}", "true")),
    "token": (bounds.MAX_TOKENS // 2 - 2, lambda number: f"RETURN [{','.join(['1'] * number)}] "),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_may_have_as_many_as_its_bound_and_not_one_more(kind: str) -> None:
    most, make = KINDS[kind]
    bounds.check(tokens(make(most)))
    with pytest.raises(QueryUnstoppable, match="not begun") as raised:
        bounds.check(tokens(make(most + 2)))
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "MATCH p = (a)-[r:E*1..3 {w: 1}]-(b)<-[s]-(c)-->(d)<--(e)--(f) RETURN -1, 1 - 1, a.b[0].c - -2, [1, 2][-1..]",
        "RETURN '" + "(" * 500 + " AND " * 500 + "'",
        "RETURN 1 // " + "+1" * 500,
        "RETURN n.key IN $keys AND n.layer IN [" + ", ".join(map(str, range(1000))) + "]",
        "MATCH (n) WHERE " + " OR ".join(f"n.key = '{number}'" for number in range(100)) + " RETURN n",
        "MATCH (n) RETURN n.and, n.or.not, n:AND, $xor " + ", n.xor" * 50,
    ],
)
def test_what_only_looks_like_many_passes(text: str) -> None:
    bounds.check(tokens(text))


def test_a_refusal_names_what_there_was_too_much_of_and_where() -> None:
    with pytest.raises(QueryUnstoppable, match=r"more than 10 XORs \(character 93\)\. Compare instead"):
        bounds.check(tokens("RETURN true " + "XOR 1=1 " * 12))
