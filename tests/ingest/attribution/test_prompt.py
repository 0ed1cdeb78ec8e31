from pathlib import Path
from typing import Any

import pytest

import ingest
from ingest.attribution.prompt import check_prompt, check_targets, count_tokens
from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, InvalidRequest, PromptTooLong
from queries.graph.records import AttributionParameters


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
