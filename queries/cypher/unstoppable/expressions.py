"""Expressions, read by their precedence: the size of each value, the steps that it takes."""

import math
from abc import abstractmethod
from collections.abc import Mapping

from queries.cypher.lexer import Token, text_of
from queries.cypher.unstoppable import functions, regular_expressions, sizes
from queries.cypher.unstoppable.reading import Reading
from queries.cypher.unstoppable.sizes import COUNT, NOTHING, ROWS, SCALAR, STORED, Size
from queries.errors import QueryUnstoppable

MAX_READ = 100_000
"""Values that are looked at before a query is refused as too involved: a `reduce` is read as often as it turns."""
MATCHED = 5
"""How many times a typical text one may be long that a regular expression is matched with."""
BUILT = 5.0
"""Steps that stand for an element's memory, where a list is made: the server counts no memory of an expression."""
SHARED = 0.25
"""Steps for each part of a value that is put into a list or map: it is shared, and walked only when it is written."""
MAX_TEXT = 10_000_000
"""Characters of a text that an expression makes, for the same reason."""
SETTLED = 8
"""Turns of a `reduce` after which its steps grow evenly, if they do."""
TURNS = 64
"""Turns of a `reduce` that are read one by one. A longer one must grow by as much in each turn."""

CLAUSES = frozenset(
    """
    AS CALL LIMIT MATCH OFFSET OPTIONAL ORDER RETURN SKIP UNION UNWIND WHERE WITH BY DISTINCT
    """.split()  # noqa: SIM905  # readable as it is
)
KEYWORDS = CLAUSES | frozenset(
    """
    AND ASC ASCENDING CASE CONTAINS DESC DESCENDING ELSE END ENDS IN IS NOT OR STARTS THEN WHEN XOR
    """.split()  # noqa: SIM905  # readable as it is
)
"""Words that are no value unless the query has named one so."""
SUBQUERIES = ("EXISTS", "COUNT", "COLLECT")


class Expressions(Reading):
    @abstractmethod
    def statement(self, start: int, end: int) -> Size:
        """Read the clauses between two places, such as those of a subquery."""

    def _next(self) -> Size | None:
        """The next expression; None where the next token begins none, which is passed over."""
        value = self.expression()
        if value is None:
            at, self.at = self.at, self.at + 1
            if self._is_sign(at, "=") and self._is_sign(at + 1, "~"):
                self.at += 1
                self._match_text(STORED, self._sum() or STORED, at)
        return value

    def expression(self) -> Size | None:
        """OR, XOR, AND, NOT: whatever they join, their value is true or false."""
        while self._peek().says("NOT") and "NOT" not in self._named:
            self.at += 1
        value = self._comparison()
        while value is not None and self._peek().says("OR", "XOR", "AND"):
            self.at += 1
            while self._peek().says("NOT"):
                self.at += 1
            self._comparison()
            value = SCALAR
        return value

    def _comparison(self) -> Size | None:
        left = self._sum()
        while left is not None and self.at < self._limit:
            at, token = self.at, self._found[self.at]
            if token.signs("=") and self._is_sign(at + 1, "~"):
                self.at += 2
                self._match_text(left, self._sum() or STORED, at)
            elif token.signs("=", "<", ">"):
                while self._is_sign(self.at, "=", "<", ">"):
                    self.at += 1
                right = self._sum() or NOTHING
                self._charge(min(left.weight, right.weight), at, "a comparison")
            elif token.says("IN"):
                self.at += 1
                reads = self._inner_reads
                right = self._sum() or STORED
                # A list that stays the same is searched by a table that is made once.
                self._charge(right.length / 4 if self._inner_reads > reads else 1, at, "a search in a list")
            elif token.says("CONTAINS") or (token.says("STARTS", "ENDS") and self._word(at + 1).says("WITH")):
                self.at += 1 if token.says("CONTAINS") else 2
                self._sum()
                self._charge(left.text / sizes.CHARACTERS_A_STEP + 1, at, "a search in a text")
            elif token.says("IS"):
                self.at += 1
                while self._peek().says("NOT", "NULL", "NORMALIZED", "TYPED") or self._is_sign(self.at, ":"):
                    self.at += 1
            else:
                return left
            left = SCALAR
        return left

    def _match_text(self, text: Size, pattern: Size, at: int) -> None:
        if pattern.constant is None:
            raise QueryUnstoppable(
                f"a regular expression that only the running query knows ({self._found[at].place})",
                "It must be a text or parameter, or several joined by +; or use CONTAINS.",
            )
        length = text.text if text.constant is not None else MATCHED * text.text
        ways = regular_expressions.steps(pattern.constant, max(1.0, length), self._found[at].place)
        self._charge(ways / regular_expressions.CHARACTERS_A_STEP, at, "a regular expression")

    def _sum(self) -> Size | None:
        left = self._product()
        while left is not None and self.at < self._limit:
            at = self.at
            if self._is_sign(at, "+"):
                self.at += 1
                left = self._joined(left, self._product() or NOTHING, at)
            elif self._is_sign(at, "|") and self._is_sign(at + 1, "|"):
                self.at += 2
                left = self._joined(left, self._product() or NOTHING, at)
            elif self._is_sign(at, "-"):
                self.at += 1
                right = self._product() or NOTHING
                left = Size(number=left.number + right.number)
            else:
                return left
        return left

    def _joined(self, left: Size, right: Size, at: int) -> Size:
        value = sizes.appended(left, right)
        if value.depth > sizes.MAX_DEPTH:
            self._charge(math.inf, at, "a list that puts itself into itself")
        self._check_text(value, at)
        copied = value.text / sizes.CHARACTERS_A_STEP
        # Neo4j keeps both parts, one in the other, and walks through all of these for each element.
        is_balanced = min(left.length, right.length) * 4 > max(left.length, right.length)
        kept = value.length * (4.0 if is_balanced else 0.25)
        self._charge(kept + copied + 1, at, "a list or text that is made larger")
        return value

    def _check_text(self, value: Size, at: int) -> None:
        if value.text > MAX_TEXT:
            raise QueryUnstoppable(
                f"a text of more than {MAX_TEXT:,} characters ({self._found[at].place})",
                "Return its parts as rows.",
            )

    def _product(self) -> Size | None:
        left = self._unary()
        while left is not None and self._is_sign(self.at, "*", "/", "%", "^"):
            sign = self._found[self.at].text
            self.at += 1
            right = self._unary() or NOTHING
            number = {
                "*": sizes.product(left.number, right.number),
                "/": left.number if right.number >= 1 else math.inf,
                "%": left.number,
                "^": _power(left.number, right.number),
            }[sign]
            left = Size(number=number)
        return left

    def _unary(self) -> Size | None:
        while self._is_sign(self.at, "-", "+"):
            self.at += 1
        return self._postfix()

    def _postfix(self) -> Size | None:
        value = self._primary()
        while value is not None and self.at < self._limit:
            at = self.at
            if self._is_sign(at, ".") and self._word(at + 1).is_name:
                self.at += 2
                value = value.field(self._found[at + 1].text)
            elif self._is_sign(at, "["):
                value = self._element(value)
            elif self._is_sign(at, "{") and self._found[at - 1].is_name:
                value = value._replace(fields={**(value.fields or {}), **self._map(value)}, constant=None)
            elif self._is_sign(at, ":") and not self._is_sign(at + 1, ":"):
                self._labels()
                return value
            else:
                return value
        return value

    def _labels(self) -> None:
        """The rest of `n:A&!B`. A bar may be the one of a list, so that what follows it is read as a value."""
        while self.at < self._limit and (
            self._is_sign(self.at, ":", "&", "!", "%")
            or (self._is_sign(self.at - 1, ":", "&", "!") and self._peek().is_name)
        ):
            self.at += 1

    def _element(self, value: Size) -> Size:
        """`list[i]` or `list[a..b]`, at its bracket; `map['name']` too."""
        at, end = self.at, self._ends[self.at]
        dots = [i for i in range(at + 1, end - 1) if self._is_sign(i, ".") and self._is_sign(i + 1, ".")]
        bounds = self._inside(at)
        if not dots:
            if value.fields is not None:
                return sizes.join((NOTHING, *value.fields.values()))
            return value.each
        last = self._found[end - 1]
        if dots[0] == end - 3 and last.kind == "literal" and not last.is_text and bounds:
            value = value._replace(length=min(value.length, bounds[-1].number))
        self._charge(value.length, at, "a part of a list")
        return value

    def _primary(self) -> Size | None:
        if self.at >= self._limit:
            return None
        self._read += 1
        if self._read > MAX_READ:
            raise QueryUnstoppable("loops in loops", "UNWIND one of them.")
        at, token = self.at, self._found[self.at]
        if token.kind == "literal":
            self.at += 1
            if token.is_text:
                return sizes.of(text_of(token))
            return self._number(token)
        if token.signs("$") and (self._word(at + 1).is_name or self._word(at + 1).kind == "literal"):
            self.at += 2
            return sizes.of(self._parameters.get(self._found[at + 1].text))
        if token.signs("("):
            values = self._inside(at)
            return values[0] if len(values) == 1 else sizes.plus(values)
        if token.signs("["):
            return self._list()
        if token.signs("{"):
            return self._braces()
        if not token.is_name:
            return None
        return self._worded(token)

    def _worded(self, token: Token) -> Size | None:
        """A value that begins with a word: a name, a call, a CASE, a subquery."""
        at = self.at
        if token.says(*SUBQUERIES) and self._is_sign(at + 1, "{"):
            self.at += 1
            value = self._subquery()
            return Size(self._collected, item=value) if token.says("COLLECT") else COUNT
        if token.says("CASE") and token.text not in self._named:
            return self._case()
        if self._call_opens(at):
            return self._call()
        if token.kind == "word" and token.text not in self._named and token.says(*KEYWORDS):
            return None
        self.at += 1
        self._inner_reads += token.text in self._inner
        if token.says("TRUE", "FALSE", "NULL") and token.text not in self._named:
            return SCALAR
        return self._named.get(token.text, STORED)

    def _number(self, token: Token) -> Size:
        """The rest of a number: its fraction, its exponent, hexadecimal digits, which are tokens of their own."""
        text, end = token.text, token.start + len(token.text)
        while self.at < self._limit:
            one = self._found[self.at]
            is_fraction = one.signs(".") and self._word(self.at + 1).kind == "literal"
            is_sign = one.signs("-", "+") and text[-1] in "eE" and not text.lower().startswith("0x")
            if (
                one.start != end
                or not (is_fraction or is_sign or one.kind in ("word", "literal"))
                or one.is_text
            ):
                break
            text, end = text + one.text, end + len(one.text)
            self.at += 1
        try:
            number = float(text)
        except ValueError:
            try:
                number = float(int(text.replace("_", ""), 0))
            except (ValueError, OverflowError):
                number = math.inf
        return Size(number=number)

    def _case(self) -> Size:
        """Its value is one of those after THEN and ELSE."""
        self.at += 1
        values: list[Size] = [NOTHING]
        while self.at < self._limit and not self._peek().says("END"):
            is_value = self._peek().says("THEN", "ELSE")
            if is_value or self._peek().says("WHEN"):
                self.at += 1
            value = self._next()
            if is_value and value is not None:
                values.append(value)
        self.at += 1
        return sizes.join(values)

    # -- brackets

    def _inside(self, opening: int) -> list[Size]:
        """All values in a bracket, which is read to its end."""
        end, outer, self._limit = self._ends[opening], self._limit, self._ends[opening]
        self.at, values = opening + 1, []
        while self.at < end:
            value = self._next()
            if value is not None:
                values.append(value)
        self.at, self._limit = end + 1, outer
        return values

    def _list(self) -> Size:
        at, end = self.at, self._ends[self.at]
        if self._word(at + 1).is_name and self._word(at + 2).says("IN"):
            return self._comprehension(at)
        bar = any(
            self._is_sign(i, "|") and not self._is_sign(i + 1, "|") and not self._is_sign(i - 1, "|")
            for i in self._level(at + 1, end)
        )
        values = self._inside(at)
        if bar:  # of the pattern's rows, between which the query can be ended
            return Size(ROWS, item=values[-1] if values else SCALAR)
        value = Size(len(values), item=sizes.join(values))
        if value.depth > sizes.MAX_DEPTH:
            self._charge(math.inf, at, "a list that puts itself into itself")
        self._charge(sum(one.weight for one in values) * SHARED, at, "a list of lists")
        return value

    def _comprehension(self, opening: int) -> Size:
        """`[x IN list WHERE … | …]`, and `all(x IN list WHERE …)` of any name."""
        end, outer, self._limit = self._ends[opening], self._limit, self._ends[opening]
        name = self._found[opening + 1].text
        self.at = opening + 3
        over = self.expression() or STORED
        item = over.each
        with self._loop(over.length, {name: item}, opening):
            results: list[Size] = []
            has_result = False
            while self.at < end:
                if self._is_sign(self.at, "|"):
                    has_result = True
                value = self._next()
                if value is not None and has_result:
                    results.append(value)
            made = sizes.plus(results) if len(results) > 1 else results[0] if results else item
            if made.depth > sizes.MAX_DEPTH:
                self._charge(math.inf, opening, "lists in lists")
        self.at, self._limit = end + 1, outer
        if not has_result:
            return over
        self._charge(sizes.product(over.length, BUILT), opening, "a list that is made")
        return Size(over.length, item=made)

    def _braces(self) -> Size:
        """A map, a subquery, or the counts of a repeated step."""
        at = self.at
        if self._is_sign(at + 2, ":") or self._ends[at] == at + 1:
            return Size(fields=self._map())
        return self._subquery()

    def _map(self, of: Size = NOTHING) -> dict[str, Size]:
        """`{name: value, …}`, or what is taken of a node or map: `{.name, .*, name: value}`."""
        at, end, outer = self.at, self._ends[self.at], self._limit
        self.at, self._limit = at + 1, end
        fields: dict[str, Size] = {}
        name = ""
        while self.at < end:
            token, value = self._found[self.at], None
            if token.signs(".") and self._word(self.at + 1).is_name:
                name, self.at = self._found[self.at + 1].text, self.at + 2
                fields[name] = of.field(name)
            elif token.is_name and self._is_sign(self.at + 1, ":"):
                name, self.at = token.text, self.at + 2
                value = self.expression()
            else:
                value = self._next()
            if value is not None:
                fields[name] = sizes.plus((fields[name], value)) if name in fields else value
        self.at, self._limit = end + 1, outer
        value = Size(fields=fields)
        if value.depth > sizes.MAX_DEPTH:
            self._charge(math.inf, at, "a map that puts itself into itself")
        self._charge(value.weight * SHARED, at, "a map of lists")
        return fields

    def _subquery(self) -> Size:
        """The statement in the braces: its rows can be ended one by one, its expressions cannot."""
        at, rows, aggregates, scope = self.at, self._rows, self._aggregates, set(self._scope)
        self._rows = 1.0
        value = self.statement(at + 1, self._ends[at])
        self._collected, made = self._rows, self._rows
        self.at, self._aggregates = self._ends[at] + 1, aggregates
        self._scope |= scope
        self._rows = (
            min(sizes.MAX_ROWS, rows * made)
            if self._word(at - 1).says("CALL") or self._is_sign(at - 1, ")")
            else rows
        )
        return value

    # -- calls

    def _call_opens(self, at: int) -> bool:
        while self._word(at).is_name and self._is_sign(at + 1, ".") and self._word(at + 2).is_name:
            at += 2
        return self._is_sign(at + 1, "(") and (
            at > self.at or not (self._found[at].says(*KEYWORDS) and self._found[at].kind == "word")
        )

    def _call(self, free: bool = False) -> Size:
        start = self.at
        while not self._is_sign(self.at, "("):
            self.at += 1
        opening = self.at
        name = ".".join(token.text for token in self._found[start:opening:2]).lower()
        is_aggregate = name in functions.AGGREGATES
        if self._word(opening + 1).is_name and self._word(opening + 2).says("IN") and self._is_loop(opening):
            self._comprehension(opening)
            return SCALAR
        if self._word(opening + 1).is_name and self._is_sign(opening + 2, "=") and self._has_bar(opening):
            return self._reduce(opening)
        arguments = self._arguments(opening)
        self._aggregates += is_aggregate
        value = functions.result(name, arguments, self._rows)
        self._check_text(value, start)
        steps = value.text / sizes.CHARACTERS_A_STEP + 1
        if name in functions.LISTING:
            steps += value.length
        if not free:
            self._charge(steps, start, f"{name}()")
        return value

    def _is_loop(self, opening: int) -> bool:
        return any(
            self._found[i].says("WHERE") or self._is_sign(i, "|")
            for i in self._level(opening + 3, self._ends[opening])
        )

    def _has_bar(self, opening: int) -> bool:
        return any(self._is_sign(i, "|") for i in self._level(opening + 1, self._ends[opening]))

    def _arguments(self, opening: int) -> list[Size]:
        end, outer = self._ends[opening], self._limit
        commas = [i for i in self._level(opening + 1, end) if self._is_sign(i, ",")]
        arguments: list[Size] = []
        self.at = opening + 1
        for stop in (*commas, end):
            self._limit, values = stop, []
            while self.at < stop:
                value = self._next()
                if value is not None:
                    values.append(value)
            arguments.append(values[0] if len(values) == 1 else sizes.plus(values))
            self.at = stop + 1
        self.at, self._limit = end + 1, outer
        return arguments

    def _reduce(self, opening: int) -> Size:
        """`reduce(a = first, x IN list | next)`, read turn by turn until it is clear how it grows."""
        end, outer, self._limit = self._ends[opening], self._limit, self._ends[opening]
        name, self.at = self._found[opening + 1].text, opening + 3
        value = self.expression() or STORED
        while self.at < end and not (self._word(self.at).is_name and self._word(self.at + 1).says("IN")):
            self.at += 1
        variable, self.at = self._word(self.at).text, min(self.at + 2, end)
        over = self.expression() or STORED
        body, count = self.at, over.length
        values, costs = [value], [0.0, 0.0]
        turn = 0
        while turn < count:
            value, cost = self._turn(body, {name: value, variable: over.each}, opening)
            value = sizes.join((value, values[-1]))
            turn += 1
            values.append(value)
            costs.append(cost)
            self._charge(cost, opening, "a value that makes itself larger in each turn of a reduce")
            faster = len(values) > 4 and (
                sizes.grows_faster(values) or costs[-1] - costs[-2] > (costs[-2] - costs[-3]) * 1.001 + 1e-9
            )
            if turn >= SETTLED and not faster:
                left = count - turn
                rise = max(0.0, costs[-1] - costs[-2])
                value = sizes.grown(values, left)
                total = sizes.product(left, costs[-1] + (sizes.product(rise, left) / 2 if rise else 0.0))
                self._charge(total, opening, "a value that makes itself larger in each turn of a reduce")
                break
            if turn >= TURNS:
                self._charge(math.inf, opening, "a value that makes itself larger in each turn of a reduce")
        self.at, self._limit = end + 1, outer
        return value

    def _turn(self, body: int, names: Mapping[str, Size], opening: int) -> tuple[Size, float]:
        """The value after one turn, and its steps."""
        end = self._limit
        spent, times, self._spent, self._times, self.at = self._spent, self._times, 0.0, 1.0, body
        with self._loop(1.0, names, opening):
            values = []
            while self.at < end:
                value = self._next()
                if value is not None:
                    values.append(value)
        cost, self._spent, self._times = self._spent, spent, times
        return (values[0] if len(values) == 1 else sizes.plus(values)), cost


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf
