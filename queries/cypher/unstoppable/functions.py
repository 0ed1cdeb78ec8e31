"""How large a function's value is, from its arguments: together, unless the function is named here."""

import math
from collections.abc import Sequence

from queries.cypher.unstoppable import sizes
from queries.cypher.unstoppable.sizes import NOTHING, SCALAR, STORED, Size

AGGREGATES = frozenset(
    "avg collect count max min percentilecont percentiledisc stdev stdevp sum".split()  # noqa: SIM905
)
COPYING = frozenset(
    """
    keys labels nodes properties relationships reverse tail tobooleanlist tofloatlist tointegerlist tostringlist
    """.split()  # noqa: SIM905  # readable as it is
)
"""Functions that make a list of their argument's length."""
LISTING = COPYING | {"range", "split"}
"""Functions that make a list."""
KEEPING = COPYING | frozenset(
    """
    abs avg btrim ceil coalesce collect endnode floor head last left lower ltrim max min nullif percentilecont
    percentiledisc right round rtrim startnode substring tofloat tofloatornull tointeger tointegerornull tolower
    toupper trim upper
    """.split()  # noqa: SIM905  # readable as it is
)
"""Functions whose numbers are no larger than those of their arguments. Any other's may have any size."""


def result(name: str, arguments: Sequence[Size], rows: float) -> Size:
    """The value of a function, its name in lower case. `rows`: what an aggregate goes through."""
    first = arguments[0] if arguments else NOTHING
    match name:
        case "size" | "length" | "char_length" | "character_length":
            return Size(number=max(first.length, first.text))
        case "count":
            return Size(number=rows)
        case "collect":
            return Size(rows, item=first)
        case "range":
            furthest = sum(one.number for one in arguments[:2])
            return Size(furthest + 1, item=Size(number=furthest))
        case "head" | "last":
            return first.each
        case "coalesce" | "min" | "max" | "nullif":
            return sizes.join(arguments)
        case "split":
            return Size(first.text + 1, item=Size(text=first.text))
        case "replace":
            by = arguments[2].text if len(arguments) > 2 else STORED.text
            return Size(text=(first.text + 1) * (by + 1), number=math.inf)
        case "tostring" | "tostringornull":
            return Size(text=first.text + 30, number=math.inf)
        case "rand":
            return SCALAR
    value = sizes.plus(arguments)
    is_read = name.startswith("to") and value.text > 0  # a text's digits may be any number
    number = value.number if name in KEEPING and not is_read else math.inf
    return value._replace(number=number, constant=None)
