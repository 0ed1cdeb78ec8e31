"""The tokenizer decodes every text that it encodes, and circuit-tracer keeps its `<bos>`."""

import pytest
from transformers import PreTrainedTokenizerFast

from demo.text.corpus import fixed_statements
from demo.text.tokenizer import BOS_ID, build_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return build_tokenizer()


@pytest.mark.parametrize(
    "text",
    [
        "Fact: The capital of the state containing Dallas is Austin.",
        'El opuesto de "pequeño" es "grande"',
        "calc: 36+59=95",
        "  leading, trailing and  double spaces  ",
        "line\nbreaks\tand\ttabs",
        "Zyxxwv in 日本 🙂 e\u0301 \u00a0 \ufeff",
        "<bos",
        "",
    ],
)
def test_any_text_survives_the_round_trip(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    ids = tokenizer(text).input_ids
    assert ids[0] == BOS_ID
    assert tokenizer.decode(ids[1:]) == text


def test_bos_has_an_id_that_is_true() -> None:
    assert BOS_ID != 0


def test_words_of_the_corpus_are_single_tokens(tokenizer: PreTrainedTokenizerFast) -> None:
    for word in ("Dallas", " Dallas", " Texas", " Austin", " capital", "Fact"):
        assert len(tokenizer(word, add_special_tokens=False).input_ids) == 1


def test_no_text_of_the_corpus_falls_back_to_bytes(tokenizer: PreTrainedTokenizerFast) -> None:
    for statement in fixed_statements()[::50]:
        ids = tokenizer(statement.text, add_special_tokens=False).input_ids
        assert "".join(tokenizer.decode([token]) for token in ids) == statement.text
