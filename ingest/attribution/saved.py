"""circuit-tracer's own saved graphs (`Graph.to_pt`) as traces.

A `.pt` file is a pickle, which can run a program of its writer's. Therefore only numbers, texts and circuit-tracer's
own classes are read of it, and those as stand-ins without code; and only a person at the command line reads one.
"""

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import torch

from ingest.attribution.attribution import nodes_of
from ingest.attribution.tokens import token_text
from ingest.traces.trace import Trace, TraceEdges, TraceRecord
from queries.errors import InvalidGraph


class Target(NamedTuple):
    token_str: str
    vocab_idx: int


class Config:
    """What was saved of a model's configuration, as attributes."""


class Ignored:
    """A part of a configuration that nothing here asks for."""

    def __init__(self, *_: Any) -> None: ...

    def __setstate__(self, _: Any) -> None: ...


STAND_INS: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
    (Target, "circuit_tracer.attribution.targets.LogitTarget"),
    (Config, "circuit_tracer.utils.tl_nnsight_mapping.UnifiedConfig"),
    (Config, "transformer_lens.HookedTransformerConfig.HookedTransformerConfig"),
    (Config, "transformer_lens.config.HookedTransformerConfig.HookedTransformerConfig"),
    (Ignored, "numpy.core.multiarray.scalar"),
    (Ignored, "numpy._core.multiarray.scalar"),
    (Ignored, "numpy.dtype"),
    (Ignored, "numpy.dtypes.Float64DType"),
    (Ignored, "_codecs.encode"),
]
"""The classes of a file's parts, of versions before and after July 2026, and what is made in their place."""
TENSORS = {
    "adjacency_matrix": 2,
    "active_features": 2,
    "selected_features": 1,
    "activation_values": 1,
    "input_tokens": 1,
    "logit_probabilities": 1,
}
"""The fields that hold tensors, and how many dimensions they have."""


def saved_trace(path: Path, tokenizer: str | None) -> Trace:
    """The trace that a file holds. `tokenizer` is a folder or a name; None: the one that the file names.

    Raises InvalidGraph, and OSError where the file cannot be read.
    """
    saved = _read(path)
    config = saved["cfg"]
    n_layers = getattr(config, "n_layers", None)
    if not isinstance(n_layers, int) or n_layers < 1:
        raise InvalidGraph("cfg.n_layers", "it says no number of layers")
    texts = _tokenizer(tokenizer or getattr(config, "tokenizer_name", None))
    token_ids = [int(token) for token in saved["input_tokens"].tolist()]
    targets = _targets(saved, texts)
    _check(saved, n_layers, len(token_ids), len(targets))
    tokens = [token_text(texts, token) for token in token_ids]
    # In July 2026 circuit-tracer renamed the transcoder set's name.
    scan = saved.get("scan", saved.get("scan_name"))
    model = str(getattr(config, "model_name", None) or "unknown")
    prompt = saved.get("input_string")
    record = TraceRecord(
        origin="import",
        name=path.stem,
        prompt=prompt if isinstance(prompt, str) else "".join(tokens),
        tokens=tokens,
        token_ids=token_ids,
        model=model,
        transcoder_set=", ".join(map(str, scan)) if isinstance(scan, list) else str(scan or model),
        n_layers=n_layers,
        n_active_features=len(saved["active_features"]),
        versions={"circuit-tracer": "unknown"},
    )
    graph = SimpleNamespace(**{**saved, "logit_targets": targets})
    return Trace(record, nodes_of(graph, tokens, token_ids, texts), _edges(saved["adjacency_matrix"]))


def _edges(adjacency: torch.Tensor) -> TraceEdges:
    """The edges of a dense matrix in sparse rows, as imported traces have them."""
    weights = adjacency.float().numpy()
    _, source, weight = TraceEdges.dense(weights).rows(0, len(weights))
    starts = np.concatenate([[0], np.cumsum(np.count_nonzero(weights, axis=1))])
    return TraceEdges(starts, source, weight)


def _read(path: Path) -> dict[str, Any]:
    try:
        with torch.serialization.safe_globals(STAND_INS):
            saved = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError, TypeError) as error:
        held = re.search(r"Unsupported global: GLOBAL (\S+)", str(error))
        why = f"it holds {held[1]}, which no such file has" if held else "it cannot be read"
        raise InvalidGraph("file", f"it is no graph saved by circuit-tracer: {why}") from error
    if not isinstance(saved, dict):
        raise InvalidGraph("file", "it is no graph saved by circuit-tracer, which is a dict")
    for field, n_dimensions in TENSORS.items():
        value = saved.get(field)
        if not isinstance(value, torch.Tensor) or value.dim() != n_dimensions:
            raise InvalidGraph(field, f"a tensor of {n_dimensions} dimensions is missing")
        saved[field] = value.detach().to_dense() if value.is_sparse else value.detach()
    if "cfg" not in saved:
        raise InvalidGraph("cfg", "missing")
    return saved


def _check(saved: dict[str, Any], n_layers: int, n_positions: int, n_logits: int) -> None:
    """Raises InvalidGraph where the shapes of the tensors are none of a graph's."""
    active, selected = saved["active_features"], saved["selected_features"]
    if active.shape[1] != 3:
        raise InvalidGraph("active_features", f"must have 3 columns, not {active.shape[1]}")
    if len(selected) and not 0 <= int(selected.min()) <= int(selected.max()) < len(active):
        raise InvalidGraph("selected_features", "names features beyond active_features")
    if len(saved["activation_values"]) != len(active):
        raise InvalidGraph("activation_values", "must have a value for each active feature")
    if len(saved["logit_probabilities"]) != n_logits or not n_logits:
        raise InvalidGraph(
            "logit_probabilities", "must have a value for each of the logit targets, at least 1"
        )
    for column, most in ((0, n_layers), (1, n_positions)):
        if len(active) and not 0 <= int(active[:, column].min()) <= int(active[:, column].max()) < most:
            raise InvalidGraph("active_features", f"column {column} must be 0 to {most - 1}")
    n_nodes = len(selected) + (n_layers + 1) * n_positions + n_logits
    if tuple(saved["adjacency_matrix"].shape) != (n_nodes, n_nodes):
        shape = "x".join(map(str, saved["adjacency_matrix"].shape))
        raise InvalidGraph("adjacency_matrix", f"must be {n_nodes}x{n_nodes}, not {shape}")


def _targets(saved: dict[str, Any], tokenizer: Any) -> list[Target]:
    """The logits attributed; older files have only the ids of their tokens. Raises InvalidGraph."""
    found = saved.get("logit_targets", saved.get("logit_tokens"))
    if isinstance(found, torch.Tensor):
        return [Target(token_text(tokenizer, token), token) for token in map(int, found.flatten().tolist())]
    if not isinstance(found, list) or not all(isinstance(one, Target) for one in found):
        raise InvalidGraph("logit_targets", "must be a list of targets, or a tensor of token ids")
    return [Target(str(text), int(index)) for text, index in found]


def _tokenizer(source: str | None) -> Any:
    """Raises InvalidGraph."""
    from transformers import AutoTokenizer

    if not source:
        raise InvalidGraph("cfg.tokenizer_name", "it names no tokenizer: say where it is with --tokenizer")
    try:
        return AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError, KeyError) as error:
        raise InvalidGraph(
            "cfg.tokenizer_name",
            f"the tokenizer {source!r} cannot be loaded: say where it is with --tokenizer",
        ) from error
