"""How much memory an object takes, for what is kept within a limit of bytes."""

import sys
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np

PLAIN = (str, int, float, bool, bytes, type(None), datetime)
"""Types of which an object holds no other."""


def n_bytes(held: object) -> int:
    """Bytes that an object takes with all that it holds: columns, texts, records, whatever was computed of it. Each
    part is counted once."""
    total, seen, slots_of = 0, set[int](), dict[type[Any], list[str]]()
    left: list[Any] = [held]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, (type, Enum)):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        kind = type(one)
        if kind in PLAIN:
            continue
        if isinstance(one, np.ndarray):
            base: Any = one.base
            if isinstance(base, np.ndarray):
                left.append(base)
            elif base is not None:  # another library's memory
                total += one.nbytes
        elif isinstance(one, dict):
            left += one.keys()
            left += one.values()
        elif isinstance(one, (list, tuple, set, frozenset)):
            left += one
        else:
            if kind not in slots_of:
                slots_of[kind] = _slots(kind)
            left += [getattr(one, name, None) for name in slots_of[kind]]
            left.append(getattr(one, "__dict__", None))
    return total


def _slots(kind: type[Any]) -> list[str]:
    """The names of the attributes that objects of a class hold outside their `__dict__`."""
    names = [name for each in kind.__mro__ for name in each.__dict__.get("__slots__", ())]
    return [name for name in names if name not in ("__dict__", "__weakref__")]
