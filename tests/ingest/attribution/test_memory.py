from pathlib import Path

import pytest

from ingest.attribution.memory import attribution_bytes, available_memory, require_memory
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


def test_what_does_not_fit_is_refused_with_the_figure() -> None:
    require_memory(5 * GB, 10_000, 5 * GB)
    require_memory(5 * GB, 10_000, None)
    with pytest.raises(InvalidRequest) as raised:
        require_memory(12_340_000_000, 23_456, 5 * GB)
    assert raised.value.parameter == "max_feature_nodes"
    assert raised.value.why == (
        "the trace would have 23,456 nodes and take 12.3 GB of memory, of which 5.0 GB are free: "
        "ask for fewer feature nodes"
    )


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
