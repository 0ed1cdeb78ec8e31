"""Whether a prompt can be traced at all, checked before it is queued. Never imports torch."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, PromptTooLong

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def check_prompt(entry: ModelEntry, prompt: str) -> None:
    """Raises EmptyPrompt, PromptTooLong.

    The length is checked for a local model with a tokenizer.json only; for other models the tracing process checks
    it with the model's own tokenizer.
    """
    if not prompt.strip():
        raise EmptyPrompt
    file = Path(entry.source) / "tokenizer.json"
    if entry.context_length is None or not file.is_file():
        return
    n_tokens = count_tokens(file, prompt)
    if n_tokens == 0:
        raise EmptyPrompt
    if n_tokens > entry.context_length:
        raise PromptTooLong(n_tokens, entry.context_length, entry.name)


def count_tokens(file: Path, prompt: str) -> int:
    """How many tokens circuit-tracer gives the model: the prompt's tokens, and a start token before them unless they
    begin with a special token (circuit_tracer's `ensure_tokenized`). 0 for an empty prompt."""
    tokenizer = _tokenizer(file, file.stat().st_mtime_ns)
    ids = tokenizer.encode(prompt, add_special_tokens=False).ids
    if not ids:
        return 0
    first = tokenizer.get_added_tokens_decoder().get(ids[0])
    return len(ids) + (first is None or not first.special)


@lru_cache(maxsize=4)
def _tokenizer(file: Path, _modified: int) -> "Tokenizer":
    from tokenizers import Tokenizer  # comes with the extra `trace`

    return Tokenizer.from_file(str(file))
