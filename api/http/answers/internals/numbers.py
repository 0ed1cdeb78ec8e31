"""Arrays of numbers inside JSON: a tenth of the length that digits take, and read at once into a typed array."""

import base64
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from queries.graph.records import Record

UNKNOWN = -128
"""What stands for NaN in 8 bits."""


class Numbers(Record):
    """An array. `data` holds its numbers in the order of its last axis first (C order), little-endian, in base64; each
    is to be multiplied by `scale`. Not known is NaN, -128 in 8 bits."""

    shape: list[int]
    dtype: Literal["float32", "int8"]
    scale: float = Field(1.0, description="1 for float32")
    data: str


def numbers(array: npt.NDArray[Any]) -> Numbers:
    """As float32."""
    return _numbers(array, array.astype("<f4"), "float32", 1.0)


def small_numbers(array: npt.NDArray[Any]) -> Numbers:
    """In 8 bits, for pictures: with an error of at most 1/254 of the largest |number|."""
    unknown = np.isnan(array)
    known = np.where(unknown, 0.0, array)
    largest = float(np.abs(known).max(initial=0.0))
    scale = largest / 127 if largest > 0 else 1.0
    return _numbers(array, np.where(unknown, UNKNOWN, np.rint(known / scale)).astype(np.int8), "int8", scale)


def _numbers(
    array: npt.NDArray[Any], written: npt.NDArray[Any], dtype: Literal["float32", "int8"], scale: float
) -> Numbers:
    data = base64.b64encode(np.ascontiguousarray(written).tobytes()).decode("ascii")
    return Numbers(shape=list(array.shape), dtype=dtype, scale=scale, data=data)
