"""The texts of tokens, also of those that are parts of a character."""

import codecs
import re
from functools import cache
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What tokenizers write for bytes that are no character by themselves."""


def token_text(tokenizer: Any, token: int) -> str:
    """The token's text. Bytes that are no whole character are written as `<0xE6>`, so that tokens can be told apart."""
    text: str = tokenizer.decode([token])
    if REPLACEMENT not in text:
        return text
    piece = tokenizer.convert_ids_to_tokens(token)
    if not isinstance(piece, str) or re.fullmatch(r"<0x[0-9A-F]{2}>", piece):
        return piece if isinstance(piece, str) else text
    bytes_of = _bytes_of_letters()
    if any(letter not in bytes_of for letter in piece):
        return text
    return bytes(bytes_of[letter] for letter in piece).decode("utf-8", errors=_SPELLED)


@cache
def _bytes_of_letters() -> dict[str, int]:
    """The byte that each letter of a byte-level BPE vocabulary stands for: printable bytes stand for themselves, the
    others for the letters from 256 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + at): byte for at, byte in enumerate(others)}


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(f"<0x{byte:02X}>" for byte in broken), error.end


_SPELLED = "circuit_explorer.spelled"
codecs.register_error(_SPELLED, _spell)
