"""Whether a prompt and its targets can be traced at all, checked before they are queued; and the tokens that it is
split into. Never imports torch."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ingest.attribution.chat import by_template, plain
from ingest.attribution.tokenizer import tokenizer_of
from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, InvalidRequest, PromptTooLong, TokenizerUnavailable
from queries.graph.records import AttributionTarget, Prompt, TargetDirection
from queries.words import MAX_SPLIT

TARGETS = "attribution_targets"
"""The parameter that names targets."""


class SplitPrompt(NamedTuple):
    """A prompt as a model reads it."""

    prompt: str
    token_ids: list[int]
    """The start token's among them."""
    tokens: list[str]


def split(entry: ModelEntry, asked: Prompt) -> SplitPrompt:
    """The tokens that a model will read; none of an empty prompt.

    Raises TokenizerUnavailable, NoChatTemplate, EmptyPrompt for messages without a word, InvalidRequest for a chat that
    the model does not take and a prompt that is too long to be split at once.
    """
    tokenizer = tokenizer_of(entry)
    prompt = _text(entry, asked)
    if len(prompt) > MAX_SPLIT:
        raise InvalidRequest(
            "prompt", f"it has {len(prompt):,} characters, of which at most {MAX_SPLIT:,} are split"
        )
    ids = tokenizer.split(prompt)
    return SplitPrompt(prompt, ids, [tokenizer.text(one) for one in ids])


def checked(entry: ModelEntry, asked: Prompt) -> str:
    """The text that a model will read. Raises EmptyPrompt, PromptTooLong, NoChatTemplate, InvalidRequest.

    Where the model's tokenizer is not here, the tracing process checks instead; messages are put into words then.
    """
    if asked.prompt is not None and not asked.prompt.strip():
        raise EmptyPrompt
    try:
        prompt, tokenizer = _text(entry, asked), tokenizer_of(entry)
    except TokenizerUnavailable:
        return plain(asked.messages or []) if asked.prompt is None else asked.prompt
    if entry.context_length is not None:
        n_tokens = len(tokenizer.split(prompt))
        if n_tokens == 0:
            raise EmptyPrompt
        if n_tokens > entry.context_length:
            raise PromptTooLong(n_tokens, entry.context_length, entry.name)
    return prompt


def _text(entry: ModelEntry, asked: Prompt) -> str:
    """The text that a model reads. Raises NoChatTemplate, EmptyPrompt, InvalidRequest, and TokenizerUnavailable for
    messages of a model that is not here."""
    if asked.prompt is not None:
        return asked.prompt
    tokenizer = tokenizer_of(entry)
    return by_template(tokenizer.template, asked.messages or [], tokenizer.special_tokens, entry.name)


def check_targets(entry: ModelEntry, targets: Sequence[AttributionTarget] | None) -> None:
    """Raises InvalidRequest for a text that is not one token, and for a token that is named twice. Where the model's
    tokenizer is not here, the tracing process checks instead."""
    if not targets:
        return
    try:
        tokenizer = tokenizer_of(entry)
    except TokenizerUnavailable:
        return

    def token(asked: str | int) -> int:
        if isinstance(asked, int):
            return asked
        return only_token(asked, tokenizer.encode(asked), tokenizer.unknown)

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
