"""Whether a trace fits into memory, checked before it starts."""

from pathlib import Path

from queries.errors import InvalidRequest

CELL = 4
"""Bytes of a float32."""


def attribution_bytes(n_selected: int, n_active: int, n_others: int, n_logits: int, on_gpu: bool) -> int:
    """Peak bytes of circuit_tracer.attribute's dense float32 matrices in the main memory.

    Their rows are the selected features and logits; `n_others` counts errors and embeddings. Where not all features are
    selected, the matrix has a column for every active feature until the end. Beside it lies a copy: of the matrix while
    features are chosen (in the GPU's memory, where there is a GPU), then of the columns that stay. The last step holds
    the rows and the square matrix.
    """
    n_rows = n_selected + n_logits
    n_nodes, n_columns = n_rows + n_others, n_active + n_others + n_logits
    last = (n_rows + n_nodes) * n_nodes
    if n_selected == n_active:
        return CELL * last
    return CELL * max(last, n_rows * (n_columns + (n_nodes if on_gpu else n_columns)))


def intervention_bytes(
    n_positions: int, d_model: int, d_mlp: int, n_heads: int, n_vocabulary: int, n_encoded: int
) -> int:
    """Bytes that one intervention takes in a pass of several: the widest layer's tensors, what features write into the
    layers, the logits of the last position with their softmax, and `n_encoded` activations."""
    of_layer = n_positions * (8 * d_model + 4 * d_mlp) + 3 * n_heads * n_positions**2
    return CELL * (of_layer + 4 * n_vocabulary + 2 * n_encoded)


def require_memory(needed: int, n_nodes: int, available: int | None) -> None:
    """Raises InvalidRequest where a trace needs more bytes than `available` (None: unknown)."""
    if available is not None and needed > available:
        raise InvalidRequest(
            "max_feature_nodes",
            f"the trace would have {n_nodes:,} nodes and take {needed / 1e9:.1f} GB of memory, of which "
            f"{available / 1e9:.1f} GB are free: ask for fewer feature nodes",
        )


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still take: the machine's free memory, or what a container's limit leaves if that is
    less. None on systems other than Linux. `root` holds proc/ and sys/.
    """
    try:
        free = _figure(root / "proc/meminfo", "MemAvailable:") * 1024
    except OSError:
        return None
    group = root / "sys/fs/cgroup"
    try:
        limit, used = int((group / "memory.max").read_text()), int((group / "memory.current").read_text())
        # The page cache counts as used, but is dropped when memory is needed.
        cached = _figure(group / "memory.stat", "inactive_file")
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return free
    return min(free, limit - used + cached)


def _figure(path: Path, name: str) -> int:
    """The number after a name in one of the kernel's files."""
    return next(int(value) for key, value, *_ in map(str.split, path.read_text().splitlines()) if key == name)
