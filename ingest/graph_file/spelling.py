"""How graph files spell values: whole numbers, tokens, the indices of features, and what logits predict.

Every generator has spellings of its own; each is read here, once. A value that none of them explains raises
`InvalidGraph`.
"""

import math
import re
from typing import Any, NamedTuple

from queries.errors import InvalidGraph

LONGEST_QUOTE = 200
"""Characters of a value that an error quotes."""
LARGEST_WHOLE = 2**53
"""Whole numbers below it are exact in JSON wherever it is read."""
MAX_LAYERS = 1000

UNKNOWN = "?"
"""How an export spells a probability that no file told: circuit-tracer's viewer needs something there."""

_RETURN_SIGNS = str.maketrans({"⏎": "\n", "↵": "\n"})
_LOGIT = re.compile(
    r"""(?:\[(?P<name>[^\[\]]*)\]\s*)?(?:Output|output:|Logit)\s+(?P<quote>["'])(?P<token>.*)(?P=quote)"""
    r"""\s*\(p=(?P<probability>[-+.\deE]+|\?)\)""",
    re.DOTALL,
)


def quoted(value: Any) -> str:
    """A value as an error shows it."""
    text = repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def whole(value: Any, where: str) -> int:
    """A whole number, which files also write as a float or as a text ("1.0", after pandas)."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,16}(\.0*)?", value):
        value = int(value.partition(".")[0])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_WHOLE:
        return value
    raise InvalidGraph(where, f"must be a whole number, not {quoted(value)}")


def finite(value: Any, where: str) -> float:
    """A finite number as a float."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # an integer of more than 308 digits
            raise InvalidGraph(where, "the number is too large") from None
        if math.isfinite(number):
            return number
    raise InvalidGraph(where, f"must be a finite number, not {quoted(value)}")


def text(value: Any, where: str) -> str:
    """A text; empty where there is none."""
    if value is None or isinstance(value, str):
        return value or ""
    raise InvalidGraph(where, f"must be a string, not {quoted(value)}")


def flag(value: Any, where: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise InvalidGraph(where, f"must be true or false, not {quoted(value)}")


def token_text(spelled: str) -> str:
    """A token with its line breaks: older files write them as return signs."""
    return spelled.translate(_RETURN_SIGNS)


class SpelledLogit(NamedTuple):
    """What a logit's text says: NaN where it names no probability; `name` is one that a person gave."""

    token: str
    probability: float
    name: str | None


def spelled_logit(clerp: str) -> SpelledLogit | None:
    """`[name] Output "token" (p=0.5)` and its other spellings; None for any other text."""
    found = _LOGIT.fullmatch(clerp.strip())
    if not found:
        return None
    try:
        probability = math.nan if found["probability"] == UNKNOWN else float(found["probability"])
    except ValueError:
        return None
    return SpelledLogit(token_text(found["token"]), probability, found["name"] or None)


def index_in_id(node_id: str, layer: int, position: int) -> int | None:
    """A feature's index, where an id spells its layer (and, as a node's own id does, its position): `12_345_6`,
    `12_lor_345_6`, `12_345-0`."""
    found = re.fullmatch(r"(\d{1,4})_(?:(?:lor|cro)_)?(\d{1,16})(?:_(\d{1,9})|-\d{1,9})", node_id)
    if found and int(found[1]) == layer and found[3] in (None, str(position)):
        return int(found[2])
    return None


def index_in_number(number: int, layer: int) -> int | None:
    """A feature's index, where its number is the Cantor pairing of layer and index, or layer * 100,000 + index. Which
    of them a file uses it does not say; a number that is neither is the plain index, or a fault."""
    if number < 0:
        return None
    diagonal = (math.isqrt(8 * number + 1) - 1) // 2
    index = number - diagonal * (diagonal + 1) // 2
    if diagonal - index == layer:
        return index
    return number - layer * 100_000 if layer > 0 and number // 100_000 == layer else None


def logit_in_id(node_id: str) -> tuple[int | None, int] | None:
    """The layer above the last one, and the token, in a logit's id: `27_22605_7`; `L_22605-7`, which has no layer."""
    if found := re.fullmatch(r"(\d{1,4})_(\d{1,16})_\d{1,9}", node_id):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"L_(\d{1,16})-\d{1,9}", node_id):
        return None, int(found[1])
    return None
