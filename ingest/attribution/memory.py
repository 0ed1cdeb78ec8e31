"""Whether a trace fits into memory, asked before it starts."""

from pathlib import Path

from queries.errors import InvalidRequest

CELL = 4
"""Bytes of a float32."""


def attribution_bytes(n_selected: int, n_active: int, n_others: int, n_logits: int, on_gpu: bool) -> int:
    """What the dense float32 matrices of circuit_tracer.attribute take at their peak, in the computer's own memory.

    Its rows are the selected features and logits; `n_others` are the errors and embeddings. Where not all features are
    selected there is a column for every active one until the end, and beside that matrix a copy of it (on a GPU, where
    there is one) while they are chosen, or of the columns that stay. Last come the rows and the square matrix.
    """
    n_rows = n_selected + n_logits
    n_nodes, n_columns = n_rows + n_others, n_active + n_others + n_logits
    last = (n_rows + n_nodes) * n_nodes
    if n_selected == n_active:
        return CELL * last
    return CELL * max(last, n_rows * (n_columns + (n_nodes if on_gpu else n_columns)))


def require_memory(needed: int, n_nodes: int, available: int | None) -> None:
    """Raises InvalidRequest where a trace needs more bytes than are `available` (None: not known)."""
    if available is not None and needed > available:
        raise InvalidRequest(
            "max_feature_nodes",
            f"the trace would have {n_nodes:,} nodes and take {needed / 1e9:.1f} GB of memory, of which "
            f"{available / 1e9:.1f} GB are free: ask for fewer feature nodes",
        )


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still take: what the machine has left, or a container's limit if that is less.

    None where the system does not say: it is no Linux. `root` holds its proc/ and sys/.
    """
    try:
        free = _figure(root / "proc/meminfo", "MemAvailable:") * 1024
    except OSError:
        return None
    group = root / "sys/fs/cgroup"
    try:
        limit, used = int((group / "memory.max").read_text()), int((group / "memory.current").read_text())
        files = _figure(
            group / "memory.stat", "inactive_file"
        )  # counted as used, dropped when memory is wanted
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return free
    return min(free, limit - used + files)


def _figure(path: Path, name: str) -> int:
    """The number beside a name in a file of the kernel's."""
    return next(int(value) for key, value, *_ in map(str.split, path.read_text().splitlines()) if key == name)
