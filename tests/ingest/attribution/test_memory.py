from pathlib import Path

import pytest

from ingest.attribution.memory import (
    Needed,
    PassShape,
    attribution_bytes,
    available_memory,
    pass_bytes,
    require_decoders,
)
from queries.errors import InvalidRequest

GB = 10**9


def test_a_trace_of_every_active_feature() -> None:
    """6 rows over 10 nodes, and the square matrix."""
    assert attribution_bytes(4, 4, 4, 2, on_gpu=False) == 4 * (6 * 10 + 10 * 10)


def test_a_trace_of_the_strongest_features() -> None:
    """The active features' columns, twice while features are ranked; on a GPU beside the columns that stay."""
    n_columns, n_nodes = 100_000 + 2_000 + 10, 8_000 + 2_000 + 10
    assert attribution_bytes(8_000, 100_000, 2_000, 10, on_gpu=False) == 4 * 8_010 * 2 * n_columns
    assert attribution_bytes(8_000, 100_000, 2_000, 10, on_gpu=True) == 4 * 8_010 * (n_columns + n_nodes)


def test_the_square_matrix_of_few_features_and_many_errors() -> None:
    assert attribution_bytes(1, 10, 1_000, 1, on_gpu=False) == 4 * (2 + 1_002) * 1_002


SHAPE = PassShape(
    n_layers=2, n_positions=10, d_model=4, d_mlp=16, n_heads=2, d_heads=4, n_vocabulary=100, number=2
)


def test_passes_keep_what_each_layer_computes_and_have_one_widest_step() -> None:
    """3 rows of 10 positions: kept are 2 layers of 2·(4 + 4 + 16) + 2·10 numbers, and the residual stream twice."""
    kept = 3 * 10 * (2 * (48 + 20) + 8)
    backward, wide = 3 * (1 * 4 + 2 * 5), 3 * (900 * 4 + 2 * 5)
    assert pass_bytes(SHAPE, 3, n_columns=5, n_written=1, n_logit_copies=0) == 2 * (kept + backward)
    assert pass_bytes(SHAPE, 3, n_columns=5, n_written=1, n_logit_copies=2) == 2 * (kept + 3 * 10 * 200)
    assert pass_bytes(SHAPE, 3, n_columns=5, n_written=900, n_logit_copies=2) == 2 * (kept + wide)


def needed(matrix: int, passes: int) -> Needed:
    return Needed(n_nodes=23_456, batch_size=256, matrix=matrix, passes=passes, vectors=GB)


def test_what_does_not_fit_is_refused_with_the_figures() -> None:
    needed(3 * GB, 2 * GB).require(5 * GB)
    needed(3 * GB, 2 * GB).require(None)
    needed(3 * GB, 20 * GB).require(5 * GB, 20 * GB)
    with pytest.raises(InvalidRequest) as raised:
        needed(12_340_000_000, GB).require(5 * GB)
    assert raised.value.parameter == "max_feature_nodes"
    assert raised.value.why == (
        "the trace would have 23,456 nodes and take 13.3 GB of memory, of which 5.0 GB are free: the matrix takes "
        "12.3 GB, passes of 256 rows 1.0 GB, beside 1.0 GB of encoders and decoders that are there; ask for fewer "
        "feature nodes"
    )
    with pytest.raises(InvalidRequest, match=r"7\.0 GB of memory.*a smaller batch_size") as raised:
        needed(GB, 6 * GB).require(5 * GB)
    assert raised.value.parameter == "batch_size"
    with pytest.raises(InvalidRequest, match=r"6\.0 GB of the GPU's memory, of which 5\.0 GB") as raised:
        needed(8 * GB, 6 * GB).require(9 * GB, 5 * GB)
    assert raised.value.parameter == "batch_size"


def test_decoders_into_all_later_layers_are_refused_with_the_figures() -> None:
    require_decoders(5 * GB, 1000, 5 * GB)
    require_decoders(5 * GB, 1000, None)
    with pytest.raises(InvalidRequest, match=r"1,000 features are active.*take 6\.0 GB.*5\.0 GB are free"):
        require_decoders(6 * GB, 1000, 5 * GB)


def machine(root: Path, limit: str | None = None) -> Path:
    """A root folder with 8,000 kB available, in a container whose limit is given."""
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(
        "MemTotal:       16000 kB\nMemAvailable:    8000 kB\nHugePages_Total:   0\n"
    )
    group = root / "sys/fs/cgroup"
    group.mkdir(parents=True)
    if limit is not None:
        (group / "memory.max").write_text(f"{limit}\n")
        (group / "memory.current").write_text("3000000\n")
        (group / "memory.stat").write_text("anon 2000000\ninactive_file 500000\n")
    return root


@pytest.mark.parametrize("limit", [None, "max", "64000000"])
def test_what_the_machine_has_left(tmp_path: Path, limit: str | None) -> None:
    assert available_memory(machine(tmp_path, limit)) == 8_192_000


def test_what_a_container_may_still_take(tmp_path: Path) -> None:
    assert available_memory(machine(tmp_path, "4000000")) == 1_500_000


def test_a_system_that_does_not_say(tmp_path: Path) -> None:
    assert available_memory(tmp_path) is None


def test_this_machine_says_something_likely() -> None:
    free = available_memory()
    assert free is None or 10**7 < free < 10**14
