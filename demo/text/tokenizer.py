"""A tokenizer with one token per word of the corpus, digits apart, and bytes for everything else.

It is a unigram model in which every known word costs less than its spelling in bytes, so a known word is always one
token, and every string survives encoding and decoding.
"""

import random
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from demo.facts import word_lists
from demo.text.corpus import Task, fixed_statements, indirect_object

PAD, BOS = "<pad>", "<bos>"
PAD_ID = 0
# Not 0: circuit-tracer takes the first truthy special id, and would prepend another token to a <bos> of id 0.
BOS_ID = 1

_WORD_COST, _BYTE_COST = -2.0, -30.0  # log-probabilities


def _texts() -> Iterable[str]:
    for statement in fixed_statements():
        if statement.task is not Task.ADDITION:
            yield statement.text
    yield "calc: 1+2=3."
    lists = word_lists()
    yield " ".join(word for words in lists.values() for word in words)
    draw = random.Random(0)
    for _ in range(300):
        yield indirect_object(draw).text


def build_tokenizer() -> PreTrainedTokenizerFast:
    """The tokenizer of the demo model; it puts `<bos>` in front of every text."""
    split = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    # A text twice in a row, so that its first word is also seen with a space before it.
    words = {
        piece for text in _texts() for piece, _ in split.pre_tokenize_str(f"{text} {text}") if len(piece) > 1
    }
    vocabulary = [(PAD, 0.0), (BOS, 0.0)]
    vocabulary += [(byte, _BYTE_COST) for byte in sorted(pre_tokenizers.ByteLevel.alphabet())]
    vocabulary += [(word, _WORD_COST) for word in sorted(words)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=None))
    tokenizer.pre_tokenizer = split
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, BOS_ID)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=BOS,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
    )


def save_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Build the tokenizer, write its files into the folder, return it."""
    tokenizer = build_tokenizer()
    tokenizer.save_pretrained(folder)
    return tokenizer
