"""A query's words, as both engines' lexers part them: what is inside of strings and comments is none.

Where the two might differ, this one finds more words than an engine, never fewer: it is what hides that counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from queries.errors import InvalidQuery

Kind: TypeAlias = Literal["word", "name", "sign", "literal"]


class Token(NamedTuple):
    """A word (keyword or bare name), a name in backticks (`text` is what they hold), an ASCII sign, or a literal."""

    kind: Kind
    text: str

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords, which are in upper case."""
        return self.kind == "word" and self.text.upper() in words


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


def tokens(text: str) -> list[Token]:
    """Raises InvalidQuery where a string, a comment or a name in backticks has no end."""
    found: list[Token] = []
    for one in TOKEN.finditer(text):  # what is between two matches is space, to some engine or other
        said = one.group()
        match one.lastgroup:
            case "open":
                raise InvalidQuery(f"What {said} begins at character {one.start() + 1} has no end.")
            case "name":
                found.append(Token("name", said[1:-1].replace("``", "`")))
            case "word" | "sign" as kind:
                found.append(Token(kind, said))
            case "string" | "number":
                found.append(Token("literal", said))
    return found


def unescaped(text: str) -> str:
    r"""The text with `\u0041` as `A`, wherever it stands: Neo4j reads Cypher 5 so, before it parts words."""
    read = ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[0], text)
    return read.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )  # two escapes may be one character


class Call(NamedTuple):
    """`name(`: a dotted name before a parenthesis, at token `start`. Keywords and labels look the same."""

    name: str
    start: int


def calls(found: Sequence[Token]) -> Iterator[Call]:
    for end, token in enumerate(found):
        if token != ("sign", "(") or end == 0 or found[end - 1].kind not in ("word", "name"):
            continue
        start = end - 1
        while start >= 2 and found[start - 1] == ("sign", ".") and found[start - 2].kind in ("word", "name"):
            start -= 2
        yield Call(".".join(part.text for part in found[start:end:2]), start)
