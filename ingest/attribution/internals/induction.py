"""Induction and duplicate-token scores of a model's heads, on random tokens that come twice.

1. A sequence: `<bos>` where the tokenizer has it, then a block of R distinct tokens, then the same block again.
2. At a token of the second block, a duplicate-token head looks at the same token of the first; an induction head at the
   one after it, which comes next.
3. A score is the mean attention there over the block and over sequences.

They are of a model and its revision, not of a prompt. The tokens are drawn by a seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ingest.attribution.internals.passes.model import decoder_layers, embedded
from ingest.attribution.internals.passes.shown import run_showing
from queries.errors import UnsupportedArchitecture
from queries.graph.arrays import Floats, Ints

BLOCK, N_SEQUENCES, SEED = 50, 10, 0


@dataclass(frozen=True, eq=False)
class InductionScores:
    """shapes: induction, duplicate_token, and their standard errors over the sequences (n_layers, n_heads), float64.

    `block`: R, tokens of a block. `n_first`: 1 with `<bos>` before it, else 0.
    """

    induction: Floats
    duplicate_token: Floats
    induction_error: Floats
    duplicate_token_error: Floats
    seed: int
    block: int
    n_sequences: int
    n_first: int


def induction_scores(
    model: Any,
    tokenizer: Any,
    context_length: int | None = None,
    *,
    seed: int = SEED,
    on_layer: Callable[[int, int], None] | None = None,
) -> InductionScores:
    """The scores of every head. `context_length`: the model's own where it is None. `on_layer` is called with (done,
    total) layers.

    Raises UnsupportedArchitecture where the model is not understood, or has no room for two tokens that come twice.
    """
    sequences, n_first = repeated_blocks(model, tokenizer, context_length, seed)
    block, n_layers = (sequences.shape[1] - n_first) // 2, len(decoder_layers(model))
    ids = torch.as_tensor(sequences, device=model.device)
    found: list[tuple[Floats, Floats]] = []

    def shown(pattern: torch.Tensor) -> None:
        """Keeps two diagonals of a layer."""
        of_layer = induction_and_duplicate(pattern, n_first, block)
        found.append((of_layer[0].double().cpu().numpy(), of_layer[1].double().cpu().numpy()))
        if on_layer is not None:
            on_layer(len(found), n_layers)

    run_showing(model, torch.cat([embedded(model, each) for each in ids]), shown)
    induction, duplicate = (np.stack(scores) for scores in zip(*found, strict=True))
    root = np.sqrt(len(sequences))
    return InductionScores(
        induction=induction.mean(1),
        duplicate_token=duplicate.mean(1),
        induction_error=induction.std(1, ddof=1) / root,
        duplicate_token_error=duplicate.std(1, ddof=1) / root,
        seed=seed,
        block=block,
        n_sequences=len(sequences),
        n_first=n_first,
    )


def induction_and_duplicate(
    pattern: torch.Tensor, n_first: int, block: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Both scores (…) of patterns (…, n, n) of `n_first` tokens and a block twice, n = n_first + 2 block."""
    query = torch.arange(n_first + block, n_first + 2 * block)
    return (
        pattern[..., query, query - block + 1].mean(-1),
        pattern[..., query, query - block].mean(-1),
    )


def repeated_blocks(model: Any, tokenizer: Any, context_length: int | None, seed: int) -> tuple[Ints, int]:
    """The sequences (n_sequences, n) of token ids, and how many tokens come before the first block. The tokens of a
    block differ, and none is a special one of the tokenizer's."""
    if context_length is None:
        context_length = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    special = set(tokenizer.all_special_ids)
    n_vocabulary = min(len(tokenizer), model.get_input_embeddings().weight.shape[0])
    tokens = np.array([token for token in range(n_vocabulary) if token not in special], dtype=np.int64)
    rooms = [BLOCK, len(tokens), *([] if context_length is None else [(context_length - 1) // 2])]
    block = min(rooms)
    if block < 2:
        raise UnsupportedArchitecture(
            type(model).__name__, f"its {context_length} positions have no room for tokens that come twice"
        )
    first = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    generator = np.random.default_rng(seed)
    blocks = [generator.choice(tokens, block, replace=False) for _ in range(N_SEQUENCES)]
    return np.array([[*first, *each, *each] for each in blocks], dtype=np.int64), len(first)
