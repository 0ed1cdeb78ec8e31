"""How large a value of an expression can be, as far as a query's text tells before it runs.

What the text states counts as it is: a literal, a parameter, the ends of a range. What is stored counts as a typical
stored value, since no text tells more: `STORED` elements of a list or characters of a text, `ROWS` rows of a step
through a graph. So a question of stored values passes whatever it is, and what a query makes larger by itself does not.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

STORED_LENGTH = 100
"""Elements of a stored list, nodes of a path, characters of a stored text, and a stored count."""
ROWS = 1_000
"""Rows of a first step: the nodes of a graph."""
BRANCHES, WALKS = 10, 50
"""Rows that one more step, and one of any length, make of a row."""
MAX_ROWS = 10_000_000
"""Rows that a list collects before the server's own limit of memory ends the query."""
MAX_DEPTH = 12
"""Lists in lists, or maps in maps, that one expression may build."""

COUNTS = frozenset(
    """
    layer n_embedding_nodes n_error_nodes n_feature_nodes n_labelled_nodes n_layers n_logit_nodes ordinal
    position revision
    """.split()  # noqa: SIM905  # readable as it is
)
"""Stored columns that count or place what is stored itself, so that a range up to one is as long as stored data. The
others (`n_trace_edges`, `max_feature_nodes`, `index`) are numbers that a file merely states."""

CHARACTERS_A_STEP = 256
"""Characters that are copied in the time of one element's step."""


class Size(NamedTuple):
    """Upper bounds of a value: elements, characters, magnitude. A value that may be of several types has them all."""

    length: float = 0.0
    text: float = 0.0
    number: float = 0.0
    item: "Size | None" = None
    """Of each element; None where elements are stored values."""
    fields: "dict[str, Size] | None" = None
    """Of a map that the query spells out."""
    constant: str | None = None
    """The text itself, where the query alone tells it."""

    @property
    def is_list(self) -> bool:
        """Whether it may be one, if an empty one."""
        return bool(self.length) or self.item is not None

    @property
    def each(self) -> "Size":
        """An element of it."""
        if self.item is not None:
            return self.item
        return STORED if self.length else Size(number=self.number, text=self.text)

    @property
    def weight(self) -> float:
        """Steps that walk all of it: its elements and theirs. What is stored is one value, however large."""
        inner = self.item.weight if self.item is not None else 1 / STORED_LENGTH
        fields = sum(field.weight for field in self.fields.values()) if self.fields else 0.0
        return product(self.length, inner) + self.text / CHARACTERS_A_STEP + fields + 1.0

    @property
    def depth(self) -> int:
        inner = [self.item, *(self.fields or {}).values()]
        return 1 + max((one.depth for one in inner if one is not None), default=0)

    def field(self, name: str) -> "Size":
        """The property of that name."""
        if self.fields is not None and name in self.fields:
            return self.fields[name]
        if self.fields is not None and not self.length:
            return NOTHING
        if self.item is None and self.length:  # stored
            return COUNT if name in COUNTS else STORED
        return self.each if self.item is not None else self


NOTHING = Size()
SCALAR = Size(number=1.0)
COUNT = Size(number=STORED_LENGTH)
STORED = Size(STORED_LENGTH, STORED_LENGTH, math.inf)


def of(value: Any, depth: int = 0) -> Size:
    """The size of a parameter's value."""
    match value:
        case bool() | None:
            return SCALAR
        case int() | float():
            return Size(number=abs(value))
        case str():
            return Size(
                text=len(value), number=math.inf if any(map(str.isdigit, value)) else 0, constant=value
            )
        case list() if depth < MAX_DEPTH:
            return Size(len(value), item=join(of(one, depth + 1) for one in value))
        case dict() if depth < MAX_DEPTH:
            return Size(fields={name: of(one, depth + 1) for name, one in value.items()})
    return Size(math.inf, math.inf, math.inf)


def join(sizes: Iterable[Size]) -> Size:
    """Of a value that is one of these."""
    return _combined(list(sizes), max)


def plus(sizes: Iterable[Size]) -> Size:
    """Of a value that is made of all of these, such as two lists or texts that are joined."""
    parts = list(sizes)
    return _combined(parts, sum, max, sum)._replace(constant=parts[0].constant if len(parts) == 1 else None)


def appended(left: Size, right: Size) -> Size:
    """Of `left + right`: numbers are added, texts and lists joined, and what is no list becomes an element."""
    constant = None
    if left.constant is not None and right.constant is not None:
        constant = left.constant + right.constant
    lists = [one for one in (left, right) if one.is_list]
    items = [one.each if one.item is not None else one for one in (left, right)]
    return Size(
        left.length + right.length + (1 if len(lists) == 1 else 0),
        left.text + right.text,
        left.number + right.number,
        # Elements that are stored on both sides stay so.
        (None if all(one.length and one.item is None for one in (left, right)) else join(items))
        if lists
        else None,
        plus((left, right)).fields,
        constant,
    )


def product(left: float, right: float) -> float:
    """What has no size has none however often it is there."""
    return 0.0 if not left or not right else left * right


def grown(values: list[Size], times: float) -> Size:
    """After so many more of the steps from the last value but one to the last, each of which adds as much.

    A number that grew by more in each step may be any.
    """

    def line(values: list[float]) -> float:
        *_, second, third = values
        return third if third <= second else third + (third - second) * times

    def of_numbers(values: list[float]) -> float:
        return math.inf if _faster(values) else line(values)

    return _combined(values[-3:], line, of_numbers=of_numbers)


def grows_faster(values: list[Size]) -> bool:
    """Whether the last value has more elements or characters more than the one before it had. Numbers do not count."""
    found = False

    def faster(values: list[float]) -> float:
        nonlocal found
        found = found or _faster(values)
        return values[-1]

    _combined(values[-3:], faster, of_numbers=max)
    return found


def _faster(values: list[float]) -> bool:
    first, second, third = values
    if math.isinf(third):
        return third > first
    return third - second > (second - first) * 1.001 + 1e-9


Rule: TypeAlias = Callable[[list[float]], float]


def _combined(
    sizes: list[Size], by: Rule, of_items: Rule | None = None, of_numbers: Rule | None = None
) -> Size:
    """Component by component; elements and numbers may have rules of their own. What one has not is nothing in it."""
    of_items, of_numbers = of_items or by, of_numbers or by
    if not sizes:
        return NOTHING
    if len(sizes) == 1:
        return sizes[0]
    items = [one.each if one.length else NOTHING for one in sizes]
    names = {name for one in sizes for name in one.fields or ()}
    constant = sizes[0].constant if len({one.constant for one in sizes}) == 1 else None
    return Size(
        by([one.length for one in sizes]),
        by([one.text for one in sizes]),
        of_numbers([one.number for one in sizes]),
        None
        if all(one.item is None for one in sizes)
        else _combined(items, of_items, of_numbers=max if of_numbers is sum else of_numbers),
        {name: _combined([one.field(name) for one in sizes], by, of_items, of_numbers) for name in names}
        if names
        else None,
        constant,
    )
