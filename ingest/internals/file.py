"""The internals of a prompt as a file: a ZIP archive, not compressed, of the record and of the findings (JSON), and of
arrays in NumPy's format. Needs no torch.

A member is one range of the file, and has a checksum: a layer's patterns are read from a bucket without the rest. Names
of arrays, L layers, H heads, n tokens; a part that was not computed, or did not pass its check, has none:

attention (A and scores row = query, column = key):
    pattern/{l}, score/{l} (H, n, n), q/{l}, k/{l} (H, n, d_head) float16; value_norm, info_norm (L, H, n);
    statistics, statistics_without_first (6, L, H), the fields of `HeadStatistics`; induction, duplicate_token (L, H)
logits:
    cells/{l} (H, n, n) float16, to be multiplied by cells_scale (L,); component_heads (L, H, n); attention_bias,
    mlp (L, n); embedding, positional, final, logit (n,)
heads:
    head_attribution, direct_logit, ablation (L, H); source_split (L, H, n); edge_heads (m, 2) layers and heads;
    head_edges (3, m, m) by queries, keys and values, row = source, column = target
tokens:
    token_attribution (n,)
flow:
    flow_norm, flow_signed (L, 2, n, n + 1), after attention and MLP, row = position, last column: the biases
loadings:
    links (n_links, 2), ordinals of sources and targets; rest (n_links,); of_link, part_layer, part_head, part_weight
    (n_parts,), -1 in place of a layer and head for what passes none; carried (L, H)
"""

import io
import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt

from ingest.traces.whole import written_whole
from queries.errors import InvalidGraph
from queries.internals.findings import Findings
from queries.internals.records import InternalsRecord

Array = npt.NDArray[Any]

FORMAT = 1
"""To be increased where an older program would misread a file."""
RECORD = "record.json"
ENDING = ".npy"
DAMAGED = (
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, EOFError),
    *(BadZipFile, struct.error, zlib.error),
)
"""What reading raises where bytes are not what was written."""


def write_internals(
    path: Path, record: InternalsRecord, findings: Findings, arrays: Mapping[str, Array]
) -> None:
    """Write them completely, or not at all."""
    told = {
        "format": FORMAT,
        "record": record.model_dump(mode="json"),
        "findings": findings.model_dump(mode="json"),
    }
    with written_whole(path) as file, ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(RECORD), json.dumps(told, indent=1))
        for name, array in arrays.items():
            with archive.open(ZipInfo(name + ENDING), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


class InternalsFile:
    """An open file. Its arrays are read when they are asked for, each from one range of the file.

    Every method raises InvalidGraph, naming the file, where what it reads is damaged or cut off.
    """

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name, self._file = name, file
        try:
            self._archive = ZipFile(file)
            told = json.loads(self._archive.read(RECORD))
            if told["format"] != FORMAT:
                raise ValueError(f"it has format {told['format']}, and this program reads format {FORMAT}")
            self.record = InternalsRecord.model_validate(told["record"])
            self.findings = Findings.model_validate(told["findings"])
            members = self._archive.namelist()
            self.names = {name.removesuffix(ENDING) for name in members if name.endswith(ENDING)}
        except DAMAGED as error:
            file.close()
            raise self._damaged(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def array(self, name: str) -> Array:
        """Raises KeyError where the file has none of this name."""
        if name not in self.names:
            raise KeyError(name)
        try:
            content = self._archive.read(name + ENDING)
            array: Array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
        except DAMAGED as error:
            raise self._damaged(error) from error
        array.flags.writeable = False
        return array

    def close(self) -> None:
        self._archive.close()
        self._file.close()

    def _damaged(self, error: Exception) -> InvalidGraph:
        return InvalidGraph(self._name, f"the internals cannot be read: {' '.join(str(error).split())}")
