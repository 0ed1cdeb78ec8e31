"""A prompt's tokens in words: each as people read it, and whether the first is one that tokenizers put there."""

import re
from collections import Counter
from collections.abc import Sequence

_START = re.compile(r"<[^<>\s]+>|\[[A-Z]+\]")
_INVISIBLE = str.maketrans({"\n": "↵", "\r": "␍", "\t": "⇥"})
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def begins_with_bos(tokens: Sequence[str]) -> bool:
    """Whether the first token is one that tokenizers put before texts: `<bos>`, `<|begin_of_text|>`, `[CLS]`."""
    return bool(tokens) and _START.fullmatch(tokens[0]) is not None


def written(token: str) -> str:
    """A token without the spaces around it, unless it is all space."""
    return (token.strip(" ") or token.replace(" ", "␣")).translate(_INVISIBLE)


def written_places(tokens: Sequence[str]) -> list[str]:
    """(n_tokens,) the tokens as written; those that a prompt has several times are numbered: is₁, is₂."""
    texts = [written(token) for token in tokens]
    counts, seen = Counter(texts), Counter[str]()
    places = []
    for text in texts:
        seen[text] += 1
        places.append(text if counts[text] == 1 else text + str(seen[text]).translate(_SUBSCRIPTS))
    return places
