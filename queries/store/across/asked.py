"""What is searched for: words, all of which must occur, and the number of a feature among them.

L20              a layer
#44686           how the index of a feature begins
20/44686, L20 #44686, 20 44686    both
44686, alone     a word like any other, and the index of a feature
"""

import re
from typing import NamedTuple

from queries.errors import InvalidRequest
from queries.words import MAX_INTEGER, MAX_SOUGHT, MAX_SOUGHT_WORDS

_WHOLE = re.compile(r"l?(\d{1,9})\s+#?(\d{1,9})")
_PLACE = re.compile(r"l?(\d{1,9})/#?(\d{0,9})")
_LAYER = re.compile(r"l(\d{1,9})")
_INDEX = re.compile(r"#(\d{1,9})")
_NUMBER = re.compile(r"\d{1,9}")


class Asked(NamedTuple):
    words: tuple[str, ...]
    """All of the words as they were typed, in lower case, each once."""
    said: tuple[str, ...]
    """Those of them that are not of a feature's number: what a feature's label or explanation must have."""
    layer: int | None = None
    """Of features; None: any."""
    begins: str | None = None
    """How the index of features begins; None: any."""
    number: int | None = None
    """The index of features that are found whatever they are called; None: none is."""

    @property
    def is_numbered(self) -> bool:
        """Whether features are found by their number alone."""
        return not self.said or self.number is not None


def asked_of(text: str) -> Asked:
    """Raises InvalidRequest where there is no word, or too much."""
    if len(text) > MAX_SOUGHT:
        raise InvalidRequest("q", f"has more than {MAX_SOUGHT} characters")
    words = tuple(dict.fromkeys(text.lower().split()))
    if not words:
        raise InvalidRequest("q", "has no word to look for")
    if len(words) > MAX_SOUGHT_WORDS:
        raise InvalidRequest("q", f"has more than {MAX_SOUGHT_WORDS} words")
    if whole := _WHOLE.fullmatch(text.lower().strip()):
        return Asked(words, (), int(whole[1]), whole[2])
    layer: int | None = None
    begins: str | None = None
    said = list[str]()
    for word in words:
        if place := _PLACE.fullmatch(word):
            layer, begins = int(place[1]), place[2] or begins
        elif of_layer := _LAYER.fullmatch(word):
            layer = int(of_layer[1])
        elif begun := _INDEX.fullmatch(word):
            begins = begun[1]
        else:
            said.append(word)
    alone = len(words) == 1 and _NUMBER.fullmatch(words[0])
    return Asked(words, tuple(said), layer, begins, int(words[0]) if alone else None)


def ranges_of(beginning: str) -> list[tuple[int, int]]:
    """The ranges, first and last, of the whole numbers up to MAX_INTEGER that begin with these digits."""
    first = int(beginning)
    if first == 0:
        return [(0, 0)]
    found = []
    last = first
    while first <= MAX_INTEGER:
        found.append((first, min(last, MAX_INTEGER)))
        first, last = 10 * first, 10 * last + 9
    return found
