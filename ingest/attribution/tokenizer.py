"""A model's tokenizer from its files on this machine, without torch and transformers: what the model will read.

It splits as circuit-tracer does (`ensure_tokenized`): a prompt's tokens, and a start token before them unless they
begin with a special one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.attribution.chat import TEMPLATE_FILE, read_template
from ingest.attribution.tokens import token_text
from ingest.models import ModelEntry
from ingest.sources import HubSource
from queries.errors import TokenizerUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER, CONFIG, SPECIAL = "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"
STARTS = {
    "nnsight": ("bos_token", "pad_token", "eos_token"),
    "transformerlens": (
        "bos_token",
        "eos_token",
        "pad_token",
    ),  # it takes a missing bos_token for the eos_token
}
"""The special tokens that circuit-tracer begins a prompt with, the first that there is, by its backend."""
NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
"""Those that a tokenizer_config.json names one by one; transformers' order."""

_SPACED = (" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're")


@dataclass(frozen=True)
class ModelTokenizer:
    tokenizer: "Tokenizer"
    special_ids: frozenset[int]
    start: int | None
    """The id of the token that a prompt is begun with."""
    special_tokens: Mapping[str, Any]
    """By the names that a chat template knows them by."""
    template: str | None
    """The chat template."""
    is_cleaned: bool
    """Whether texts lose spaces before punctuation, as older tokenizers want it."""

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def split(self, prompt: str) -> list[int]:
        """The ids of the tokens that the model reads; none for an empty prompt."""
        ids = self.encode(prompt)
        if not ids or ids[0] in self.special_ids or self.start is None:
            return ids
        return [self.start, *ids]

    def text(self, token: int) -> str:
        """As a graph has it."""
        return token_text(self, token)

    def decode(self, ids: list[int]) -> str:
        text: str = self.tokenizer.decode(ids, skip_special_tokens=False)
        if self.is_cleaned:
            for spaced in _SPACED:
                text = text.replace(spaced, spaced.strip())
        return text

    def convert_ids_to_tokens(self, token: int) -> str | None:
        piece: str | None = self.tokenizer.id_to_token(token)
        return piece

    @property
    def unknown(self) -> int | None:
        """The id of the token for what is no token."""
        found: int | None = self.tokenizer.token_to_id(getattr(self.tokenizer.model, "unk_token", None) or "")
        return found


def tokenizer_of(entry: ModelEntry) -> ModelTokenizer:
    """Raises TokenizerUnavailable."""
    folder = _usable(entry)
    return _read(folder, _stamps(folder), entry.backend)


def why_no_tokens(entry: ModelEntry) -> str | None:
    """Why a model's prompts cannot be split here, as a sentence; None: they can."""
    try:
        _usable(entry)
    except TokenizerUnavailable as error:
        return str(error)
    return None


def has_chat_template(entry: ModelEntry) -> bool | None:
    """Whether a model takes messages; None where its files are not here."""
    try:
        folder = _folder(entry)
    except TokenizerUnavailable:
        return None
    return read_template(folder, _json(folder / CONFIG)) is not None


def _usable(entry: ModelEntry) -> Path:
    """Where the files are, once they can be read. Raises TokenizerUnavailable."""
    if not all(map(find_spec, ("tokenizers", "jinja2"))):
        raise TokenizerUnavailable(
            entry.name, "install `circuit-explorer[trace]`, which brings what splits prompts."
        )
    return _folder(entry)


def _folder(entry: ModelEntry) -> Path:
    """Where the files are: the model's folder, or the hub's cache. Raises TokenizerUnavailable."""
    if entry.is_local:
        folder = Path(entry.source)
        if not (folder / TOKENIZER).is_file():
            raise TokenizerUnavailable(entry.name, f"its folder has no {TOKENIZER}.")
        return folder
    snapshot = HubSource.read(entry.source).snapshot()
    if snapshot is not None and (snapshot / TOKENIZER).is_file():
        return snapshot
    raise TokenizerUnavailable(
        entry.name, "its files come from a hub when its first prompt is traced, and are not here yet."
    )


def _stamps(folder: Path) -> tuple[int, ...]:
    """When the files were changed last: another number is another tokenizer."""
    files = (folder / name for name in (TOKENIZER, CONFIG, SPECIAL, TEMPLATE_FILE))
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


@lru_cache(maxsize=4)
def _read(folder: Path, _stamps: tuple[int, ...], backend: str) -> ModelTokenizer:
    from tokenizers import Tokenizer  # comes with the extra `trace`

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    config = _json(folder / CONFIG)
    named = _named(config if "added_tokens_decoder" in config else {**config, **_json(folder / SPECIAL)})
    others = [one for value in named.values() if isinstance(value, list) for one in value]
    texts = [*(value for value in named.values() if isinstance(value, str)), *others]
    ids = {text: tokenizer.token_to_id(text) for text in texts}
    special = [token for token in ids.values() if token is not None]
    starts = [ids[named[name]] for name in STARTS[backend] if name in named]
    if not starts:  # the tokenizer's class knows them
        special = [
            token for token, one in sorted(tokenizer.get_added_tokens_decoder().items()) if one.special
        ]
    return ModelTokenizer(
        tokenizer=tokenizer,
        special_ids=frozenset(special),
        start=next(filter(None, starts + special), None),  # circuit-tracer passes over the id 0, too
        special_tokens=named,
        template=read_template(folder, config),
        is_cleaned=config.get("clean_up_tokenization_spaces") is True,
    )


def _named(config: Mapping[str, Any]) -> dict[str, Any]:
    """The special tokens of a config by their names, in transformers' order: texts, and lists of texts."""
    extra = config.get("extra_special_tokens")
    extra = extra if isinstance(extra, dict) else {}
    found = {name: _text(config.get(name)) for name in NAMED}
    found["additional_special_tokens"] = [_text(one) for one in config.get("additional_special_tokens") or []]
    found |= {name: _text(one) for name, one in extra.items()}
    return {name: value for name, value in found.items() if value}


def _text(token: Any) -> Any:
    return token.get("content") if isinstance(token, dict) else token


def _json(file: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is missing or no JSON object."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
