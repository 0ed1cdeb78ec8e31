"""Whether a prompt and its targets can be traced at all, checked before they are queued. Never imports torch."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, InvalidRequest, PromptTooLong
from queries.graph.records import AttributionTarget, TargetDirection

if TYPE_CHECKING:
    from tokenizers import Tokenizer


TARGETS = "attribution_targets"
"""The parameter that names targets."""


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


def check_targets(entry: ModelEntry, targets: Sequence[AttributionTarget] | None) -> None:
    """Raises InvalidRequest for a text that is not one token, and for a token that is named twice. Models from a hub
    are left to the tracing process, like their prompts."""
    file = Path(entry.source) / "tokenizer.json"
    if not targets or not file.is_file():
        return
    tokenizer = _tokenizer(file, file.stat().st_mtime_ns)
    unknown = tokenizer.token_to_id(getattr(tokenizer.model, "unk_token", None) or "")

    def token(asked: str | int) -> int:
        if isinstance(asked, int):
            return asked
        return only_token(asked, tokenizer.encode(asked, add_special_tokens=False).ids, unknown)

    refuse_twins([token(one) for one in targets if not isinstance(one, TargetDirection)])
    for one in targets:
        if isinstance(one, TargetDirection):
            refuse_twins([token(term.token) for term in one.logits or []])


def only_token(text: str, ids: list[int], unknown: int | None, parameter: str = TARGETS) -> int:
    """The one token of the text that is tokenized into these ids, and is not the `unknown` token. Raises
    InvalidRequest with the name of the parameter."""
    if len(ids) != 1:
        raise InvalidRequest(parameter, f"{text!r} is {len(ids)} tokens of this model, and must be one")
    if ids[0] == unknown:
        raise InvalidRequest(parameter, f"{text!r} is no token of this model")
    return ids[0]


def refuse_twins(ids: list[int]) -> None:
    """Raises InvalidRequest for a token that is there twice."""
    twins = [token for token, count in Counter(ids).items() if count > 1]
    if twins:
        raise InvalidRequest("attribution_targets", f"the token {twins[0]} is named twice")


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
