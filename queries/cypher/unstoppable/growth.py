"""The one cost rule: what a query's expressions may have to do before Neo4j looks again whether it was ended.

Neo4j's timeout ends a query between two rows, and its memory limit counts what rows hold. Within one expression it
checks neither: `all(x IN range(1, 2147483647) WHERE x > 0)` runs for minutes after its transaction was ended, and a
list that doubles itself in a `reduce` fills the server's heap. So the query is read once, from left to right, and every
value in it gets a bound of its size (`sizes`), every loop as many steps as its list has elements times what a step
does, every value that is built as many as it has parts. The sum must stay below BUDGET.

The reading is of expressions, by their precedence, wherever they are; of clauses it knows what multiplies rows (MATCH,
UNWIND) and what names values (AS). What it does not know, it reads as a row of expressions: nothing is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queries.cypher.lexer import Token
from queries.cypher.unstoppable import sizes
from queries.cypher.unstoppable.expressions import CLAUSES, Expressions
from queries.cypher.unstoppable.sizes import NOTHING, ROWS, STORED, Size
from queries.errors import QueryUnstoppable

ACTING = ("AS", "CASE", "LET", "LIMIT", "MATCH", "RETURN", "UNION", "UNWIND", "WITH")
"""Those that are acted on here wherever they stand, so that nothing may have such a name without backticks."""
ITEM_ENDS = tuple(CLAUSES - {"DISTINCT"})


def check(found: Sequence[Token], parameters: Mapping[str, Any]) -> None:
    """Raises QueryUnstoppable for work that could not be stopped."""
    try:
        _Clauses(found, parameters).statement(0, len(found))
    except RecursionError:
        raise QueryUnstoppable("expressions that are so deep in each other", "Write it flatter.") from None


class _Clauses(Expressions):
    def statement(self, start: int, end: int) -> Size:
        """Read clauses; the size of the last value."""
        self.at, outer_limit, self._limit = start, self._limit, end
        rows, united, scope, last = self._rows, 0.0, set(self._scope), NOTHING
        while self.at < end:
            token = self._found[self.at]
            if token.says("UNWIND"):
                self.at += 1
                last = self._unwound()
            elif token.says("MATCH"):
                self.at += 1
                self._match(end)
            elif token.says("WITH", "RETURN"):
                self.at += 1
                last = self._projection(end)
            elif token.says("UNION"):
                self.at += 1
                united, self._rows, self._scope = united + self._rows, rows, set(scope)
            elif token.says("LET"):
                self._let()
            elif token.says("LIMIT"):
                self.at += 1
                self._rows = max(1.0, min(self._rows, (self.expression() or STORED).number))
            elif token.says("AS"):
                self._name(last)
            else:
                last = self._next() or last
        self._rows = min(sizes.MAX_ROWS, united + self._rows)
        self._limit = outer_limit
        self.at = end
        return last

    def _unwound(self) -> Size:
        """Its rows, and the value of each. A range becomes rows one by one, however many."""
        is_range = self._peek().says("RANGE") and self._is_sign(self.at + 1, "(")
        if is_range and self._word(self._ends[self.at + 1] + 1).says("AS"):
            last = self._call(free=True)
        else:
            last = self._item()
        self._rows = min(sizes.MAX_ROWS, sizes.product(self._rows, max(1.0, last.length)))
        return last.each

    def _item(self) -> Size:
        """All values up to a comma or clause, as one: where they are not read as one, none of them is left out."""
        values: list[Size] = []
        while (
            self.at < self._limit and not self._ends_items(self._peek()) and not self._is_sign(self.at, ",")
        ):
            value = self._next()
            if value is not None:
                values.append(value)
        return values[0] if len(values) == 1 else sizes.plus(values)

    def _let(self) -> None:
        """`LET name = value, …`, of later versions of Neo4j."""
        self.at += 1
        while self._peek().is_name and self._is_sign(self.at + 1, "="):
            name, self.at = self._peek(), self.at + 2
            self._bind(name, self.expression() or NOTHING)
            self.at += self._is_sign(self.at, ",")

    def _match(self, end: int) -> None:
        """Count the rows that a pattern makes; its expressions are read after that."""
        at, names, steps, walks = self.at, set[str](), 0, 0
        parts: list[tuple[set[str], int, int]] = []
        while at < end and not self._found[at].says(*CLAUSES):
            token = self._found[at]
            if token.signs(","):
                parts.append((names, steps, walks))
                names, steps, walks = set(), 0, 0
            elif token.signs("(", "["):
                inside = range(at + 1, self._ends[at])
                names |= set(self._pattern_names(at, self._ends[at]))
                walks += any(self._is_sign(i, "*") for i in inside)
                steps += token.signs("[") + sum(self._is_sign(i, "[") for i in inside)
                at = self._ends[at]
            elif token.signs("-") and self._is_sign(at + 1, "-"):
                steps += 1
                at += 1
            elif token.signs("{", "+", "*"):
                walks += 1
                at = self._ends.get(at, at)
            at += 1
        for pattern, hops, repeats in (*parts, (names, steps, walks)):
            joined = bool(pattern & self._scope)
            made = sizes.BRANCHES ** max(0, hops - repeats - (not joined)) * float(sizes.WALKS) ** repeats
            self._rows = min(sizes.MAX_ROWS, self._rows * made * (1 if joined else ROWS))
            self._scope |= pattern

    def _pattern_names(self, at: int, end: int) -> Iterator[str]:
        """The names of nodes and relationships, not those in conditions."""
        while at < end:
            if self._found[at].signs("{") or self._found[at].says("WHERE"):
                return
            if self._found[at].signs("(", "[") and self._word(at + 1).is_name:
                yield self._found[at + 1].text
            at += 1

    def _projection(self, end: int) -> Size:
        """The items of WITH or RETURN. Where all of them are aggregates, one row is left."""
        item, are_aggregates = NOTHING, True
        kept: set[str] = set()
        while self.at < end and not self._ends_items(self._peek()):
            before, at = self._aggregates, self.at
            item = self._item()
            are_aggregates = are_aggregates and self._aggregates > before
            if self._peek().says("AS"):
                self._name(item)
                kept.add(self._found[self.at - 1].text)
            elif self.at == at + 1:
                kept |= self._scope if self._is_sign(at, "*") else {self._found[at].text}
            self.at += self._is_sign(self.at, ",")
            if self._peek().says(*ITEM_ENDS) and self._is_sign(self.at - 1, ","):
                self.at, are_aggregates = self.at + 1, False  # a variable that is named like a clause
        if are_aggregates:
            self._rows = 1.0
        self._scope &= kept
        return item

    def _ends_items(self, token: Token) -> bool:
        return token.says(*ITEM_ENDS) and token.text not in self._named

    def _name(self, value: Size) -> None:
        """`AS name`. Where several parts of a query give a name, it is as large as the largest."""
        at, self.at = self.at + 1, min(self.at + 2, self._limit)
        if at < self._limit and self._found[at].is_name:
            self._bind(self._found[at], value)

    def _bind(self, token: Token, value: Size) -> None:
        if token.says(*ACTING):
            raise QueryUnstoppable(
                f"a value that is named {token.text}, a word of Cypher's own ({token.place})",
                "Give it another name.",
            )
        self._scope.add(token.text)
        known = self._named.get(token.text)
        self._named[token.text] = value if known is None else sizes.join((known, value))
