"""Induction and duplicate-token scores: exact for heads that do nothing else, and the same as from whole patterns."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import GPT2Config, PreTrainedTokenizerFast

from ingest.attribution.internals.induction import (
    N_SEQUENCES,
    induction_and_duplicate,
    induction_scores,
    repeated_blocks,
)
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from queries.errors import UnsupportedArchitecture
from tests.support.models.architectures import N_HEADS, N_LAYERS, N_VOCABULARY, random_model

pytestmark = pytest.mark.slow

PAD, BOS = 0, 5


def tokenizer(bos: bool = True) -> PreTrainedTokenizerFast:
    """A word for every token of the tiny models."""
    words = {f"w{token}": token for token in range(N_VOCABULARY)}
    special = {"pad_token": f"w{PAD}"} | ({"bos_token": f"w{BOS}"} if bos else {})
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel(words, unk_token=f"w{PAD}")), **special
    )


def ideal(n_first: int, block: int, back: int) -> torch.Tensor:
    """A head that looks at the first token, and from a token of the second block `back` tokens back."""
    n = n_first + 2 * block
    pattern = torch.zeros(n, n)
    pattern[:, 0] = 1.0
    for query in range(n_first + block, n):
        pattern[query] = 0.0
        pattern[query, query - back] = 1.0
    return pattern


@pytest.mark.parametrize("n_first", [0, 1])
@pytest.mark.parametrize("block", [2, 50])
def test_heads_that_do_nothing_else_score_one(n_first: int, block: int) -> None:
    heads = torch.stack([ideal(n_first, block, block - 1), ideal(n_first, block, block)])
    induction, duplicate = induction_and_duplicate(heads, n_first, block)
    assert induction.tolist() == [1.0, 0.0]
    assert duplicate.tolist() == [0.0, 1.0]


def test_scores_are_those_of_whole_patterns(model_of: Callable[[str], Any]) -> None:
    model, done = model_of("Llama"), []
    found = induction_scores(model, tokenizer(), on_layer=lambda *at: done.append(at))
    assert done == [(1, N_LAYERS), (2, N_LAYERS), (3, N_LAYERS)]
    assert (found.block, found.n_first, found.n_sequences, found.seed) == (31, 1, N_SEQUENCES, 0)
    sequences, _ = repeated_blocks(model, tokenizer(), None, 0)
    each = np.zeros((N_SEQUENCES, N_LAYERS, N_HEADS, 2))
    for sequence, ids in enumerate(sequences):
        for number, layer in enumerate(record(model, embedded(model, torch.tensor(ids))).layers):
            pattern = layer.pattern[0].numpy()
            for at in range(31):
                each[sequence, number, :, 0] += pattern[:, 32 + at, 2 + at] / 31
                each[sequence, number, :, 1] += pattern[:, 32 + at, 1 + at] / 31
    for kind, scores, error in (
        (0, found.induction, found.induction_error),
        (1, found.duplicate_token, found.duplicate_token_error),
    ):
        assert np.allclose(scores, each[..., kind].mean(0), rtol=1e-4, atol=1e-7)
        assert np.allclose(error, each[..., kind].std(0, ddof=1) / N_SEQUENCES**0.5, rtol=1e-3, atol=1e-8)
    assert found.induction.dtype == np.float64


def test_any_architecture_has_them(supported: Any) -> None:
    """In blocks that are shorter than the windows of some."""
    found = induction_scores(supported, tokenizer(bos=False), context_length=12)
    assert (found.block, found.n_first) == (5, 0)
    for scores in (found.induction, found.duplicate_token):
        assert scores.shape == (N_LAYERS, N_HEADS)
        assert (scores > 0).all() and (scores < 1).all()


@pytest.mark.parametrize(("bos", "context", "n"), [(True, None, 63), (True, 21, 21), (False, 21, 20)])
def test_a_block_of_distinct_tokens_comes_twice(
    model_of: Callable[[str], Any], bos: bool, context: int | None, n: int
) -> None:
    sequences, n_first = repeated_blocks(model_of("Llama"), tokenizer(bos), context, 0)
    assert sequences.shape == (N_SEQUENCES, n)
    block = (n - n_first) // 2
    assert n_first == int(bos)
    assert (sequences[:, :n_first] == BOS).all()
    assert np.array_equal(sequences[:, n_first:][:, :block], sequences[:, n_first + block :])
    special = {PAD, BOS} if bos else {PAD}
    for sequence in sequences[:, n_first:]:
        assert len(set(sequence)) == block
        assert not special & set(sequence.tolist())
        assert sequence.max() < N_VOCABULARY
    assert len({tuple(sequence) for sequence in sequences}) == N_SEQUENCES


def test_a_seed_tells_the_tokens(model_of: Callable[[str], Any]) -> None:
    model = model_of("Llama")
    one, again, other = (repeated_blocks(model, tokenizer(), None, seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_blocks_are_fifty_tokens_where_there_is_room() -> None:
    model = random_model(GPT2Config(vocab_size=N_VOCABULARY, n_embd=8, n_layer=1, n_head=2, n_positions=512))
    assert repeated_blocks(model, tokenizer(), None, 0)[0].shape == (N_SEQUENCES, 101)


def test_a_model_without_room_for_two_tokens_is_refused(model_of: Callable[[str], Any]) -> None:
    with pytest.raises(
        UnsupportedArchitecture, match="its 4 positions have no room for tokens that come twice"
    ):
        induction_scores(model_of("Llama"), tokenizer(), context_length=4)
