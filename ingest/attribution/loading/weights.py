"""The shapes of stored tensors, read from the headers of their files alone."""

import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

PACKED = "_blocks"
"""The end of the names of tensors that hold two 4-bit numbers a byte, as GPT-OSS is stored."""


def shapes(file: Path) -> Shapes:
    """The shape of each tensor of a safetensors or npz file. Raises ValueError where it is none."""
    if file.suffix == ".npz":
        return _of_npz(file)
    with file.open("rb") as content:
        length = int.from_bytes(content.read(8), "little")
        if not 0 < length <= file.stat().st_size:
            raise ValueError(f"{file.name} is no safetensors file")
        header = json.loads(content.read(length))
    return {name: tuple(about["shape"]) for name, about in header.items() if name != "__metadata__"}


def _of_npz(file: Path) -> Shapes:
    found: dict[str, tuple[int, ...]] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as content:
                    version = np.lib.format.read_magic(content)
                    read = (
                        np.lib.format.read_array_header_1_0
                        if version == (1, 0)
                        else np.lib.format.read_array_header_2_0
                    )
                    found[name.removesuffix(".npy")] = read(content)[0]
    except zipfile.BadZipFile as error:
        raise ValueError(f"{file.name} is no npz file") from error
    return found


def n_numbers(all_shapes: Iterable[Shapes], without: tuple[str, ...] = ()) -> int:
    """How many numbers the tensors have once they are loaded, without those whose names begin so."""
    return sum(
        math.prod(shape) * (2 if name.endswith(PACKED) else 1)
        for each in all_shapes
        for name, shape in each.items()
        if not name.startswith(without)
    )
