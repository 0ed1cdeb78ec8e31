"""A place in a query's tokens, what is known there, and what all that was read may cost."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from queries.cypher.lexer import Token, brackets
from queries.cypher.unstoppable import sizes
from queries.cypher.unstoppable.sizes import Size
from queries.errors import QueryUnstoppable

BUDGET = 50_000_000.0
"""Steps of all expressions of a query, each on one row: about two seconds of Neo4j's."""
NONE = Token("sign", "", 0)


class Reading:
    """Reads tokens from `self.at` on."""

    def __init__(self, found: Sequence[Token], parameters: Mapping[str, Any]) -> None:
        self._found, self._parameters = found, parameters
        self._ends = brackets(found)
        self.at = 0
        self._limit = len(found)
        """Where the bracket ends that is being read."""
        self._named: dict[str, Size] = {}
        self._inner: set[str] = set()
        """The variables of the loops around."""
        self._inner_reads = 0
        self._aggregates = 0
        self._rows = 1.0
        self._collected = 1.0
        """Rows of the subquery that was read last."""
        self._scope: set[str] = set()
        """The names that a pattern can begin from."""
        self._times, self._spent, self._read = 1.0, 0.0, 0

    def _charge(self, steps: float, at: int, what: str) -> None:
        self._spent += sizes.product(steps, self._times)
        if self._spent > BUDGET:
            raise QueryUnstoppable(
                f"{what} ({self._found[at].place})",
                "A query may take about fifty million steps within one row: UNWIND a list instead of going through it "
                "once for each element of another, take a part of it (list[..100]), or ask for fewer.",
            )

    @contextmanager
    def _loop(self, times: float, names: Mapping[str, Size], at: int) -> Iterator[None]:
        """What is read within it is done so often, and these names are known in it only."""
        before = {name: self._named.get(name) for name in names}
        fresh = names.keys() - self._inner
        outer, self._times = self._times, sizes.product(max(1.0, times), self._times)
        self._named |= names
        self._inner |= fresh
        self._charge(1, at, "a list that is gone through")
        yield
        self._times = outer
        self._inner -= fresh
        for name, size in before.items():
            if size is None:
                del self._named[name]
            else:
                self._named[name] = size

    def _peek(self) -> Token:
        return self._found[self.at] if self.at < self._limit else NONE

    def _word(self, at: int) -> Token:
        return self._found[at] if 0 <= at < len(self._found) else NONE

    def _is_sign(self, at: int, *signs: str) -> bool:
        return 0 <= at < min(len(self._found), self._limit + 1) and self._found[at].signs(*signs)

    def _level(self, at: int, end: int) -> Iterator[int]:
        """The places outside inner brackets."""
        while at < end:
            yield at
            at = self._ends.get(at, at) + 1
