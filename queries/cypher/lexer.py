"""The tokens of a query, as the lexers of both engines split it. Strings and comments hold no words.

Where the two lexers may differ, this one finds more words than either, never fewer: the gate must miss none.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from queries.errors import InvalidQuery

Kind: TypeAlias = Literal["word", "name", "sign", "literal"]


class Token(NamedTuple):
    """A word (keyword or bare name), a name in backticks (`text` is what they hold), an ASCII sign, or a literal.

    A text's literal keeps its quotes; a number is its digits up to the first other character. `start` is the place of
    its first character in the query.
    """

    kind: Kind
    text: str
    start: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords, which are in upper case."""
        return self.kind == "word" and self.text.upper() in words

    def signs(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "name")

    @property
    def is_text(self) -> bool:
        """Whether it is a literal in quotes."""
        return self.kind == "literal" and self.text[0] in "'\""

    @property
    def place(self) -> str:
        """The place as people count, for a sentence."""
        return f"character {self.start + 1:,}"


TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n\r]* | /\*.*?\*/ )
  | (?P<string>  '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
  | (?P<name>    `(?:[^`]|``)*` )
  | (?P<open>    /\* | ['"`] )
  | (?P<number>  [0-9]+ )
  | (?P<word>    [^\W\d]\w* )
  | (?P<sign>    [!-/:-@\[-^{-~] )
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\.", re.DOTALL)


def tokens(query: str) -> list[Token]:
    """Raises InvalidQuery where a string, a comment or a name in backticks has no end."""
    found: list[Token] = []
    for one in TOKEN.finditer(query):  # at least one engine takes the text between two matches for space
        text = one.group()
        match one.lastgroup:
            case "open":
                raise InvalidQuery(f"What {text} begins at character {one.start() + 1} has no end.")
            case "name":
                found.append(Token("name", text[1:-1].replace("``", "`"), one.start()))
            case "word" | "sign" as kind:
                found.append(Token(kind, text, one.start()))
            case "string" | "number":
                found.append(Token("literal", text, one.start()))
    return found


def unescaped(text: str) -> str:
    r"""The text with every `\u0041` read as `A`, as Neo4j reads Cypher 5 before it splits it into tokens."""
    read = ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[0], text)
    return read.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )  # two escapes may be one character


TEXT_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def text_of(token: Token) -> str:
    """What a text's literal says, as both engines read it: without its quotes and escapes."""
    return TEXT_ESCAPE.sub(lambda escape: CONTROLS.get(escape[1], escape[1]), token.text[1:-1])


OPENING, CLOSING = "([{", ")]}"


def brackets(found: Sequence[Token]) -> dict[int, int]:
    """The place of each closing bracket, by that of its opening one; the end where it is missing."""
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(found):
        if token.kind == "sign" and token.text in OPENING:
            waiting.append(at)
        elif token.kind == "sign" and token.text in CLOSING and waiting:
            ends[waiting.pop()] = at
    return {**dict.fromkeys(waiting, len(found)), **ends}


class Call(NamedTuple):
    """`name(`: a dotted name before a parenthesis, at token `start`. Keywords and labels look the same."""

    name: str
    start: int


def calls(found: Sequence[Token]) -> Iterator[Call]:
    for end, token in enumerate(found):
        if not token.signs("(") or end == 0 or not found[end - 1].is_name:
            continue
        start = end - 1
        while start >= 2 and found[start - 1].signs(".") and found[start - 2].is_name:
            start -= 2
        yield Call(".".join(part.text for part in found[start:end:2]), start)
