"""How often a model's greedy answer is right, token for token."""

from collections.abc import Sequence

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from demo.text.batches import padded_ids
from demo.text.corpus import Statement


@torch.no_grad()
def right_answers(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    statements: Sequence[Statement],
    batch_size: int = 128,
) -> list[bool]:
    """For each statement, whether every token of its answer is the most probable one after the tokens before it.

    The context holds the answer's own tokens (teacher forcing); a greedy answer is right in the same cases.
    """
    right: list[bool] = []
    for start in range(0, len(statements), batch_size):
        chunk = statements[start : start + batch_size]
        prompt_lengths = [len(tokenizer(statement.prompt).input_ids) for statement in chunk]
        # The closing quotation mark of a quoted answer is punctuation, not answer.
        rows = [tokenizer(statement.prompt + statement.answer.rstrip('"')).input_ids for statement in chunk]
        predicted = model(input_ids=padded_ids(rows)).logits.argmax(-1)
        for index, (row, prompt_length) in enumerate(zip(rows, prompt_lengths, strict=True)):
            answer = torch.tensor(row[prompt_length:])
            right.append(bool((predicted[index, prompt_length - 1 : len(row) - 1] == answer).all()))
    return right


def accuracy(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, statements: Sequence[Statement]
) -> float:
    """The share of statements answered right."""
    return sum(right_answers(model, tokenizer, statements)) / len(statements)
