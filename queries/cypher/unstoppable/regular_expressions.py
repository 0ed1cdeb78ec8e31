"""How many steps Java's regular expressions may take over a text, before one is run.

Java tries the ways in which a pattern can match one after another, and nothing ends it: `(a|aa)+` has as many ways as
there are sums. So the ways are counted. A choice (to repeat once more, to take this alternative) makes no second way
where the next character decides it; otherwise it makes one for each outcome. A repeated group must have no choice
inside, or its ways multiply with every repetition.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from queries.errors import QueryUnstoppable

CHARACTERS_A_STEP = 20
"""Characters that are matched in the time of one element's step."""
MAX_DEPTH = 50

Characters: TypeAlias = frozenset[int]
"""ASCII codes; BEYOND stands for all others, END for the end of the text."""
BEYOND, END = 128, 129
ALL: Characters = frozenset(range(BEYOND + 1))
NONE: Characters = frozenset()
DIGITS = frozenset(range(48, 58))
SPACES = frozenset(map(ord, "\t\n\x0b\f\r ")) | {BEYOND}
WORD = DIGITS | frozenset(range(65, 91)) | frozenset(range(97, 123)) | {95, BEYOND}
CLASSES = {"d": DIGITS | {BEYOND}, "s": SPACES, "w": WORD, "h": SPACES, "v": SPACES}
CONTROLS = {"t": 9, "n": 10, "r": 13, "f": 12, "a": 7, "e": 27}
ANCHORS = "bBAzZG"
QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d{1,9})(?:(,)(\d{0,9}))?\})[?+]?")
GROUP = re.compile(r"\?(?:<[A-Za-z]\w*>|[idmsuU]*(?:-[idmsuU]*)?:|>)")
LOOK = re.compile(r"\?<?[=!]")
FLAGS = re.compile(r"\?[idmsuU]*(?:-[idmsuU]*)?\)")
CODE = re.compile(r"x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x\{[0-9A-Fa-f]{1,6}\}|0[0-7]{1,3}")
PROPERTY = re.compile(r"[pP](?:\{[^}]*\}|[A-Za-z])")


def steps(pattern: str, text: float, place: str) -> float:
    """Over a text of so many characters. Raises QueryUnstoppable for a pattern that cannot be judged."""
    parser = _Parser(pattern, place)
    whole = parser.alternatives(0)
    if parser.at < len(pattern):
        parser.refuse("has a bracket that was not opened")
    ways = _ways(whole, frozenset({END}), text)
    if math.isinf(ways):
        parser.refuse(
            "may match in more ways than can be tried, since it repeats what has several ways itself"
        )
    return (text + len(pattern)) * ways


# -- what a pattern consists of


@dataclass(frozen=True)
class One:
    """One of these characters."""

    characters: Characters


@dataclass(frozen=True)
class Row:
    parts: Sequence["Part"]


@dataclass(frozen=True)
class Choice:
    parts: Sequence["Part"]


@dataclass(frozen=True)
class Repeat:
    part: "Part"
    least: int
    most: float


@dataclass(frozen=True)
class Look:
    """Ahead or behind: it takes no character. Without a part, an anchor."""

    part: "Part | None" = field(default=None)


Part: TypeAlias = One | Row | Choice | Repeat | Look


def _first(part: Part) -> Characters:
    """The characters that it may begin with."""
    match part:
        case One(characters):
            return characters
        case Row(parts):
            found = NONE
            for one in parts:
                found |= _first(one)
                if not _may_be_empty(one):
                    break
            return found
        case Choice(parts):
            return frozenset().union(*map(_first, parts))
        case Repeat(inner, _, most):
            return _first(inner) if most else NONE
        case Look():
            return NONE


def _may_be_empty(part: Part) -> bool:
    match part:
        case One():
            return False
        case Row(parts):
            return all(map(_may_be_empty, parts))
        case Choice(parts):
            return any(map(_may_be_empty, parts))
        case Repeat(inner, least, _):
            return least == 0 or _may_be_empty(inner)
        case Look():
            return True


def _ways(part: Part, after: Characters, text: float) -> float:
    """The most ways in which it can match from one place on. `after`: what may come next, END for nothing."""
    match part:
        case One():
            return 1.0
        case Row(parts):
            ways = 1.0
            for one in reversed(parts):
                ways *= _ways(one, after, text)
                after = _first(one) | after if _may_be_empty(one) else _first(one)
            return ways
        case Choice(parts):
            each = [_ways(one, after, text) for one in parts]
            begins = [_first(one) | (after if _may_be_empty(one) else NONE) for one in parts]
            are_apart = sum(map(len, begins)) == len(frozenset().union(*begins))
            return max(each) if are_apart else sum(each)
        case Repeat(inner, least, most):
            return _repeat_ways(inner, least, most, after, text)
        case Look(inner):
            return 1.0 if inner is None else _ways(inner, ALL | {END}, text)


def _repeat_ways(inner: Part, least: int, most: float, after: Characters, text: float) -> float:
    begins = _first(inner)
    counts = 1.0 if least == most or not begins & after else min(most - least, text) + 1
    if most <= 1:
        inside = _ways(inner, after, text)
        return inside if least == most or not begins & after else inside + 1
    if isinstance(inner, One):
        return counts
    if _may_be_empty(inner):
        return math.inf
    inside = _ways(inner, begins | after, text)
    if inside == 1:
        return counts
    try:
        return float(inside**most) * counts
    except OverflowError:
        return math.inf


# -- reading it


class _Parser:
    """Java's syntax, as far as it is told apart here; what is not is refused."""

    def __init__(self, pattern: str, place: str) -> None:
        self._pattern, self._place, self.at = pattern, place, 0

    def refuse(self, why: str) -> NoReturn:
        raise self._unstoppable(why)

    def _unstoppable(self, why: str) -> QueryUnstoppable:
        return QueryUnstoppable(
            f"a regular expression like {self._pattern[:100]!r} ({self._place}), which {why}",
            "Write it without, or use CONTAINS, STARTS WITH or ENDS WITH.",
        )

    def alternatives(self, depth: int) -> Part:
        if depth > MAX_DEPTH:
            self.refuse("is nested too deep")
        rows: list[Part] = [self._row(depth)]
        while self._next("|"):
            rows.append(self._row(depth))
        return rows[0] if len(rows) == 1 else Choice(rows)

    def _row(self, depth: int) -> Part:
        parts: list[Part] = []
        while self.at < len(self._pattern) and self._pattern[self.at] not in "|)":
            part = self._part(depth)
            while found := QUANTIFIER.match(self._pattern, self.at):
                self.at = found.end()
                part = _repeated(part, found)
            parts.append(part)
        return parts[0] if len(parts) == 1 else Row(parts)

    def _part(self, depth: int) -> Part:
        character = self._pattern[self.at]
        self.at += 1
        match character:
            case "(":
                return self._group(depth)
            case "[":
                return One(self._class(depth))
            case ".":
                return One(ALL)
            case "^" | "$":
                return Look()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                self.refuse(f"has a {character} that repeats nothing")
        return One(_folded(character))

    def _group(self, depth: int) -> Part:
        is_look = False
        if FLAGS.match(self._pattern, self.at):
            self.at = self._pattern.index(")", self.at) + 1
            return Row(())
        if found := GROUP.match(self._pattern, self.at):
            self.at = found.end()
        elif found := LOOK.match(self._pattern, self.at):
            self.at, is_look = found.end(), True
        elif self._next("?"):
            self.refuse("has a group that is not known here")
        inside = self.alternatives(depth + 1)
        if not self._next(")"):
            self.refuse("has a group without an end")
        return Look(inside) if is_look else inside

    def _escape(self) -> Part:
        if self.at >= len(self._pattern):
            self.refuse("ends with a backslash")
        if self._next("Q"):
            end = self._pattern.find("\\E", self.at)
            end = len(self._pattern) if end < 0 else end
            quoted, self.at = self._pattern[self.at : end], min(end + 2, len(self._pattern))
            return Row([One(_folded(one)) for one in quoted])
        if self._pattern[self.at] in ANCHORS:
            self.at += 1
            return Look()
        return One(self._escaped())

    def _escaped(self) -> Characters:
        """What stands after a backslash, in a class or outside."""
        letter = self._pattern[self.at]
        for code in (PROPERTY, CODE):
            if found := code.match(self._pattern, self.at):
                self.at = found.end()
                return ALL
        self.at += 1
        if letter.lower() in CLASSES:
            if letter.islower():
                return CLASSES[letter]
            return ALL - CLASSES[letter.lower()] | {BEYOND} if letter in "DSW" else ALL
        if letter in CONTROLS:
            return frozenset({CONTROLS[letter]})
        if letter.isalnum():
            self.refuse(f"has a \\{letter}, such as a reference to a group")
        return _folded(letter)

    def _class(self, depth: int) -> Characters:
        """`[…]`, after its bracket: at least what it may match."""
        if depth > MAX_DEPTH:
            self.refuse("is nested too deep")
        is_negated, is_first = self._next("^"), True
        may, surely = NONE, NONE
        while self.at < len(self._pattern):
            character = self._pattern[self.at]
            self.at += 1
            if character == "]" and not is_first:
                return ALL - surely if is_negated else may
            is_first = False
            if character == "[" or (character == "&" and self._next("&")):
                # A class in a class, or what two have in common, is within what is named. Its opposite may be all.
                is_negated, may = False, ALL if is_negated else may
                may |= self._class(depth + 1) if character == "[" else NONE
            elif character == "\\" and self.at < len(self._pattern):
                if self._next("Q"):
                    self.refuse("quotes within a class")
                one = self._escaped()
                may |= one | (ALL if self._is_range() else NONE)
            else:
                until = self._range_end(character)
                named = (
                    range(ord(character), ord(until) + 1) if character.isascii() and until.isascii() else ()
                )
                may |= frozenset().union(*(_folded(chr(one)) for one in named)) if named else {BEYOND}
                surely |= frozenset(named)
                if not named and character.isascii():
                    may = ALL
        raise self._unstoppable("has a class without an end")

    def _is_range(self) -> bool:
        return self._pattern.startswith("-", self.at) and not self._pattern.startswith("-]", self.at)

    def _range_end(self, first: str) -> str:
        """The last character of `a-z`; the first where there is no range. One that is not plain ends beyond ASCII."""
        if not self._is_range() or self.at + 1 >= len(self._pattern):
            return first
        last = self._pattern[self.at + 1]
        if last in "[\\":
            self.at += 1
            return chr(BEYOND)
        self.at += 2
        return last

    def _next(self, character: str) -> bool:
        """Pass over the character if it is the next one."""
        if self._pattern.startswith(character, self.at):
            self.at += 1
            return True
        return False


def _repeated(part: Part, found: re.Match[str]) -> Part:
    sign, least, has_most, most = found.groups()
    if sign:
        return Repeat(part, 1 if sign == "+" else 0, 1 if sign == "?" else math.inf)
    if not has_most:
        return Repeat(part, int(least), int(least))
    return Repeat(part, int(least), int(most) if most else math.inf)


def _folded(character: str) -> Characters:
    """The character in either case: a flag may ask for that. Two letters have a third case beyond ASCII."""
    if not character.isascii():
        return frozenset({BEYOND})
    cases = {ord(character.lower()), ord(character.upper())}
    return frozenset(cases | {BEYOND} if character.lower() in "ks" else cases)
