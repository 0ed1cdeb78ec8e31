from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import ingest
from ingest.attribution.prompt import check_targets, checked, split
from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, InvalidRequest, PromptTooLong, TokenizerUnavailable
from queries.graph.records import AttributionParameters, Prompt
from queries.words import MAX_SPLIT


@pytest.fixture
def entry(data: Path) -> ModelEntry:
    return ingest.load_registry(data).find("tiny", None)[0]


@pytest.mark.parametrize("prompt", ["", " ", "\n\t "])
def test_an_empty_prompt_is_refused(entry: ModelEntry, prompt: str) -> None:
    with pytest.raises(EmptyPrompt):
        checked(entry, Prompt(prompt=prompt))


def test_a_prompt_may_fill_the_context_with_its_start_token(entry: ModelEntry) -> None:
    for fits in ("Dallas " * 23, "<bos> " + "Dallas " * 23):
        assert checked(entry, Prompt(prompt=fits)) == fits
    with pytest.raises(PromptTooLong) as raised:
        checked(entry, Prompt(prompt="Dallas " * 24))
    assert (raised.value.n_tokens, raised.value.context_length, raised.value.model) == (25, 24, "tiny")


def test_a_prompt_is_split_with_one_start_token(entry: ModelEntry) -> None:
    whole = split(entry, Prompt(prompt="Dallas is"))
    assert whole.tokens == ["<bos>", "Dallas", "is"]
    assert split(entry, Prompt(prompt="<bos> Dallas is"))[1:] == whole[1:]
    assert split(entry, Prompt(prompt="")) == ("", [], [])
    with pytest.raises(InvalidRequest, match="100,001 characters, of which at most 100,000"):
        split(entry, Prompt(prompt="x" * (MAX_SPLIT + 1)))


def test_what_is_not_here_is_left_to_the_tracing_process(entry: ModelEntry) -> None:
    elsewhere = entry.model_copy(update={"source": "owner/name"})
    long = "Dallas " * 1000
    assert checked(elsewhere, Prompt(prompt=long)) == long
    chat = Prompt.model_validate(
        {"messages": [{"role": "user", "content": long}, {"role": "assistant", "content": "Texas"}]}
    )
    assert checked(elsewhere, chat) == f"user: {long}\nassistant: Texas"
    for asked in (Prompt(prompt=long), chat):
        with pytest.raises(TokenizerUnavailable, match=r"'tiny' .* come from a hub"):
            split(elsewhere, asked)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, "either a prompt or messages"),
        ({"prompt": "a", "messages": [{"role": "user", "content": "a"}]}, "either a prompt or messages"),
        ({"messages": []}, "at least 1 item"),
        ({"messages": [{"role": "user", "content": "a"}] * 201}, "at most 200 items"),
        ({"messages": [{"role": "model", "content": "a"}]}, "'system', 'developer', 'user' or 'assistant'"),
        ({"messages": [{"role": "user"}]}, "Field required"),
    ],
)
def test_a_prompt_is_a_text_or_messages(asked: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Prompt.model_validate(asked)


def test_targets_are_checked_before_they_are_queued(entry: ModelEntry) -> None:
    def check(*targets: Any) -> None:
        check_targets(entry, AttributionParameters(attribution_targets=list(targets)).attribution_targets)

    check()
    check("Texas", "Dallas", 5)
    check({"logits": [{"token": "Texas", "factor": 1}, {"token": "Dallas", "factor": -1}]})
    check({"name": "x", "direction": [1.0]})
    for targets, why in (
        (["the capital"], "2 tokens"),
        (["Atlantis"], "no token"),
        (["Texas", "Texas"], "twice"),
        ([{"logits": [{"token": "the capital", "factor": 1}]}], "2 tokens"),
    ):
        with pytest.raises(InvalidRequest, match=why):
            check(*targets)
    check_targets(entry.model_copy(update={"source": "owner/name"}), ["the capital"])
