"""Statements as padded token batches, with the weight of each token's prediction in the loss."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from demo.text.corpus import Statement, StatementSampler, Task
from demo.text.tokenizer import BOS_ID, PAD_ID

MAX_TOKENS = 64

# A prompt's tokens are mostly unpredictable; the model must learn the answer; the stop only ends it.
PROMPT_WEIGHT, ANSWER_WEIGHT, STOP_WEIGHT = 0.1, 1.0, 0.3


@dataclass(frozen=True)
class TokenRow:
    """Token ids and, for each, the weight of predicting it; both lists are equally long, `<bos>` first."""

    ids: list[int]
    weights: list[float]


@dataclass(frozen=True)
class Batch:
    """ids (rows, positions) padded at the right with <pad>; weights (rows, positions), 0 at <bos> and padding."""

    ids: Tensor
    weights: Tensor


def padded_ids(rows: Sequence[Sequence[int]]) -> Tensor:
    """Token ids (rows, longest row), padded at the right."""
    ids = torch.full((len(rows), max(map(len, rows))), PAD_ID)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
    return ids


class StatementEncoder:
    """Turns statements into token rows; caches the rows of finite tasks."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer
        self._cache: dict[str, TokenRow] = {}

    def _without_bos(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def _statement(self, statement: Statement, is_first: bool) -> TokenRow:
        prompt = statement.prompt if is_first else " " + statement.prompt
        text = f"{prompt}{statement.answer}."
        if text in self._cache:
            return self._cache[text]
        ids = self._without_bos(text)
        prompt_length = len(self._without_bos(prompt))
        answer_length = len(ids) - prompt_length - 1
        row = TokenRow(ids, [PROMPT_WEIGHT] * prompt_length + [ANSWER_WEIGHT] * answer_length + [STOP_WEIGHT])
        if statement.task not in (Task.INDIRECT_OBJECT, Task.INDUCTION):
            self._cache[text] = row
        return row

    def row(self, statements: Sequence[Statement]) -> TokenRow:
        """One `<bos>`, then the statements one after the other, cut to MAX_TOKENS."""
        ids, weights = [BOS_ID], [0.0]
        for index, statement in enumerate(statements):
            part = self._statement(statement, is_first=index == 0)
            ids += part.ids
            weights += part.weights
        return TokenRow(ids[:MAX_TOKENS], weights[:MAX_TOKENS])


def training_batches(
    encoder: StatementEncoder, sampler: StatementSampler, rows_per_batch: int, seed: int
) -> Iterator[Batch]:
    """Endless batches. Rows of similar length share a batch, so that little of it is padding."""
    shuffle = random.Random(seed).shuffle
    while True:
        pool = [encoder.row(sampler.row()) for _ in range(16 * rows_per_batch)]
        pool.sort(key=lambda row: len(row.ids))
        chunks = [pool[start : start + rows_per_batch] for start in range(0, len(pool), rows_per_batch)]
        shuffle(chunks)
        for chunk in chunks:
            ids = padded_ids([row.ids for row in chunk])
            weights = torch.zeros(ids.shape)
            for index, row in enumerate(chunk):
                weights[index, : len(row.weights)] = torch.tensor(row.weights)
            yield Batch(ids, weights)
