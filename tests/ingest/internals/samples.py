"""A file of internals of no model."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.internals.file import write_internals
from queries.internals.findings import Findings
from queries.internals.records import InternalsRecord
from tests.queries.internals.samples import internals_of
from tests.support.graphs import make_graph

GRAPH = make_graph("EFL", {(0, 1): 1.0, (1, 2): 0.5}, id="graph")
FINDINGS = Findings(
    tokens=["<bos>", " a"], position=1, value=2.5, predictions=[[], []], seconds={"attention": 0.1}
)
ARRAYS: dict[str, npt.NDArray[np.float32] | npt.NDArray[np.float16]] = {
    "pattern/0": np.arange(12, dtype=np.float16).reshape(3, 2, 2),
    "carried": np.array([[1.0, np.nan], [-0.5, 2.0]], dtype=np.float32).T,
}


def record_of(internals_id: str) -> InternalsRecord:
    return internals_of(GRAPH, internals_id).record


def written(folder: Path, internals_id: str = "one") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{internals_id}.internals"
    write_internals(path, record_of(internals_id), FINDINGS, ARRAYS)
    return path
