from pathlib import Path

import pytest

import ingest
from ingest.attribution.prompt import check_prompt, count_tokens
from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, PromptTooLong


@pytest.fixture
def entry(data: Path) -> ModelEntry:
    return ingest.load_registry(data).find("tiny", None)[0]


@pytest.mark.parametrize("prompt", ["", " ", "\n\t "])
def test_an_empty_prompt_is_refused(entry: ModelEntry, prompt: str) -> None:
    with pytest.raises(EmptyPrompt):
        check_prompt(entry, prompt)


def test_a_prompt_may_fill_the_context_with_its_start_token(entry: ModelEntry) -> None:
    check_prompt(entry, "Dallas " * 23)
    check_prompt(entry, "<bos> " + "Dallas " * 23)
    with pytest.raises(PromptTooLong) as raised:
        check_prompt(entry, "Dallas " * 24)
    assert (raised.value.n_tokens, raised.value.context_length, raised.value.model) == (25, 24, "tiny")


def test_the_start_token_is_counted_once(tiny: Path) -> None:
    tokenizer = tiny / "model" / "tokenizer.json"
    assert count_tokens(tokenizer, "Dallas is") == count_tokens(tokenizer, "<bos> Dallas is") == 3


def test_a_hub_model_s_length_is_left_to_the_tracing_process(entry: ModelEntry) -> None:
    check_prompt(entry.model_copy(update={"source": "owner/name"}), "Dallas " * 1000)
