"""Tokens that are parts of a character, in the vocabularies that models have: byte-level BPE, and bytes as tokens."""

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ingest.attribution.tokens import token_text

TEXT = "a 東 é🦜"


def byte_level() -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: at for at, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer)


def byte_fallback() -> PreTrainedTokenizerFast:
    vocabulary = {f"<0x{byte:02X}>": byte for byte in range(256)} | {"a": 256, " ": 257}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer)


@pytest.mark.parametrize("tokenizer", [byte_level(), byte_fallback()])
def test_parts_of_characters_are_told_apart_by_their_bytes(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer.encode(TEXT, add_special_tokens=False)
    texts = [token_text(tokenizer, token) for token in ids]
    assert texts[:2] == ["a", " "]
    assert texts[2:5] == ["<0xE6>", "<0x9D>", "<0xB1>"]
    spelled = [bytes([int(text[3:5], 16)]) if text.startswith("<0x") else text.encode() for text in texts]
    assert b"".join(spelled).decode() == TEXT, "joined, they are the text"
    assert len({*texts}) == len({*ids})


def test_a_token_of_a_whole_and_a_part_keeps_the_whole() -> None:
    tokenizer = byte_level()
    alphabet = dict(tokenizer.get_vocab())
    first = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(" 東")[0][0][:2]
    alphabet[first] = len(alphabet)
    merged = Tokenizer(models.BPE(alphabet, [(first[0], first[1])]))
    merged.decoder = decoders.ByteLevel()
    both = PreTrainedTokenizerFast(tokenizer_object=merged)
    assert token_text(both, alphabet[first]) == " <0xE6>"
