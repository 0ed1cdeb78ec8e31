"""How many bytes a trace takes, told before it starts. `fitting` beside it asks a model for the figures."""

from pathlib import Path
from typing import NamedTuple

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


class PassShape(NamedTuple):
    """The sizes of a model and a prompt that the passes of an attribution depend on."""

    n_layers: int
    n_positions: int
    d_model: int
    d_mlp: int
    n_heads: int
    d_heads: int
    """Of all heads together."""
    n_vocabulary: int
    number: int
    """Bytes of a number of the model's."""


def pass_bytes(shape: PassShape, batch_size: int, n_columns: int, n_written: int, n_logit_copies: int) -> int:
    """Peak bytes of circuit_tracer.attribute's forward pass, in a batch, and of the backward passes through it.

    It keeps, for each layer, what features read and write, the attention pattern, the values, and two results inside
    the MLP. Beside that lies the widest step: of the forward pass the logits of all positions, in so many copies (none
    where a backend does not compute them); of a backward pass the gradients at all places that the features of one
    layer write to, `n_written`, and the rows, of `n_columns`. docs/models.md has it beside measured peaks.
    """
    of_batch = batch_size * shape.n_positions
    of_layer = 2 * (shape.d_model + shape.d_heads + shape.d_mlp) + shape.n_heads * shape.n_positions
    kept = of_batch * (shape.n_layers * of_layer + 2 * shape.d_model)
    forward = of_batch * n_logit_copies * shape.n_vocabulary
    backward = batch_size * (n_written * shape.d_model + 2 * n_columns)
    return shape.number * (kept + max(forward, backward))


def intervention_bytes(
    n_positions: int, d_model: int, d_mlp: int, n_heads: int, n_vocabulary: int, n_encoded: int
) -> int:
    """Bytes that one intervention takes in a pass of several: the widest layer's tensors, what features write into the
    layers, the logits of the last position with their softmax, and `n_encoded` activations."""
    of_layer = n_positions * (8 * d_model + 4 * d_mlp) + 3 * n_heads * n_positions**2
    return CELL * (of_layer + 4 * n_vocabulary + 2 * n_encoded)


class Needed(NamedTuple):
    """What a trace takes, in bytes, and of what."""

    n_nodes: int
    batch_size: int
    matrix: int
    passes: int
    vectors: int
    """Of encoders and decoders of active features, which are in memory already."""

    def require(self, free: int | None, free_on_gpu: int | None = None) -> None:
        """Raises InvalidRequest where that is more than is free (None: unknown) in the main memory; with
        `free_on_gpu`, the passes are on a GPU."""
        in_main = self.matrix + (self.passes if free_on_gpu is None else 0)
        if free is not None and in_main > free:
            self._refuse(in_main, free, "memory")
        if free_on_gpu is not None and self.passes > free_on_gpu:
            self._refuse(self.passes, free_on_gpu, "the GPU's memory")

    def _refuse(self, needed: int, free: int, place: str) -> None:
        large_matrix = needed > self.passes and self.matrix > self.passes
        advice = "fewer feature nodes" if large_matrix else "a smaller batch_size, or fewer feature nodes"
        raise InvalidRequest(
            "max_feature_nodes" if large_matrix else "batch_size",
            f"the trace would have {self.n_nodes:,} nodes and take {needed / 1e9:.1f} GB of {place}, of which "
            f"{free / 1e9:.1f} GB are free: the matrix takes {self.matrix / 1e9:.1f} GB, passes of {self.batch_size} "
            f"rows {self.passes / 1e9:.1f} GB, beside {self.vectors / 1e9:.1f} GB of encoders and decoders that are "
            f"there; ask for {advice}",
        )


def require_decoders(needed: int, n_active: int, free: int | None) -> None:
    """Raises InvalidRequest where the decoders of all active features of a cross-layer transcoder need more bytes than
    are free (None: unknown)."""
    if free is not None and needed > free:
        raise InvalidRequest(
            "prompt",
            f"{n_active:,} features are active, whose decoders into all later layers take {needed / 1e9:.1f} GB of "
            f"memory, of which {free / 1e9:.1f} GB are free: take a shorter prompt, a smaller dtype, or a set of "
            "transcoders with fewer features",
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
