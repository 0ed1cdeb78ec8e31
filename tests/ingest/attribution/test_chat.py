"""Chats as the server puts them into a prompt, beside transformers' `apply_chat_template`, and token by token."""

from pathlib import Path
from typing import Any

import pytest
from circuit_tracer.replacement_model.common import ensure_tokenized
from transformers import AutoTokenizer

from ingest.attribution.chat import by_transformers
from ingest.attribution.prompt import checked, split
from ingest.models import ModelEntry
from queries.errors import EmptyPrompt, InvalidRequest, NoChatTemplate, PromptTooLong
from queries.graph.records import Message, Prompt
from tests.ingest.attribution.test_tokenizer import entry_of
from tests.support.models.tokenizers import CHATML, DATED, PLAIN, TURNS, write_tokenizer

pytestmark = pytest.mark.slow

SPECIAL = [
    "<bos>",
    "<eos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<|im_start|>",
    "<|im_end|>",
    "<|head|>",
    "<|end|>",
]
TEMPLATES = {"ChatML": CHATML, "turns": TURNS, "dated": DATED, "plain": PLAIN}

ASKED = [Message(role="user", content="What is  the capital of Texas? 東\n")]
ANSWERED = [*ASKED, Message(role="assistant", content="The capital")]
CHATS = {
    "asked": ASKED,
    "answered in part": ANSWERED,
    "in part, with a space": [*ASKED, Message(role="assistant", content="The capital is ")],
    "asked again": [*ANSWERED, Message(role="user", content="Is it?")],
}


def model(folder: Path, template: Any, **more: Any) -> ModelEntry:
    names = {"bos_token": "<bos>", "eos_token": "<eos>", "additional_special_tokens": SPECIAL[2:]}
    return entry_of(write_tokenizer(folder, SPECIAL, **names, chat_template=template), **more)


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_chat_is_split_as_transformers_splits_it(tmp_path: Path, template: str, chat: str) -> None:
    entry, messages = model(tmp_path, TEMPLATES[template]), CHATS[chat]
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    ours = split(entry, Prompt(messages=messages))
    assert ours.prompt == by_transformers(theirs, messages, "model")
    goes_on = messages[-1].role == "assistant"
    ids = theirs.apply_chat_template(
        [message.model_dump() for message in messages],
        add_generation_prompt=not goes_on,
        continue_final_message=goes_on,
    )
    begun = ids if template != "plain" else [1, *ids]  # circuit-tracer begins what no special token begins
    assert ours.token_ids == begun == ensure_tokenized(ours.prompt, theirs, None, "model").tolist()
    assert ours.tokens.count("<bos>") == (template != "ChatML")
    assert checked(entry, Prompt(messages=messages)) == ours.prompt
    if goes_on and template == "ChatML":
        assert ours.prompt.endswith(messages[-1].content), "the model goes on with it"


def test_a_system_s_words_are_part_of_the_prompt(tmp_path: Path) -> None:
    messages = [Message(role="system", content="Be brief."), *ASKED]
    ours = split(model(tmp_path, CHATML), Prompt(messages=messages))
    assert ours.prompt == by_transformers(AutoTokenizer.from_pretrained(tmp_path), messages, "model")
    assert ours.prompt.startswith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n")


def test_a_template_may_be_one_of_several_or_in_a_file_of_its_own(tmp_path: Path) -> None:
    named = [{"name": "tool_use", "template": PLAIN}, {"name": "default", "template": TURNS}]
    for template, text in ((named, None), (PLAIN, TURNS)):
        folder = tmp_path / str(text is None)
        entry = model(folder, template)
        if text is not None:
            (folder / "chat_template.jinja").write_text(text)
        ours = split(entry, Prompt(messages=ASKED)).prompt
        assert ours == by_transformers(AutoTokenizer.from_pretrained(folder), ASKED, "model")
        assert ours.startswith("<bos><start_of_turn>user\n")


def refusals(tmp_path: Path, template: Any, messages: list[Message], **more: Any) -> list[str]:
    """The sentences of both ways to put a chat into a prompt, whose kinds of error must be one."""
    entry = model(tmp_path, template, **more)
    with pytest.raises((InvalidRequest, NoChatTemplate, EmptyPrompt)) as ours:
        checked(entry, Prompt(messages=messages))
    with pytest.raises(type(ours.value)) as theirs:
        by_transformers(AutoTokenizer.from_pretrained(tmp_path), messages, "model")
    return [str(ours.value), str(theirs.value)]


def test_a_model_without_a_template_says_so(tmp_path: Path) -> None:
    for sentence in refusals(tmp_path, None, ASKED):
        assert sentence == "The model 'model' has no chat template, so it takes no messages: give a prompt."


@pytest.mark.parametrize(
    ("template", "messages", "why"),
    [
        (TURNS, [Message(role="system", content="Be brief."), *ASKED], "System role not supported"),
        ("{% if %}", ASKED, "Expected an expression"),
        ("{{ messages.pop() }}", ASKED, "'list' object is unsafe"),
        ("nothing", ANSWERED, "final message"),
    ],
)
def test_what_a_template_refuses_is_told_in_its_words(
    tmp_path: Path, template: str, messages: list[Message], why: str
) -> None:
    for sentence in refusals(tmp_path, template, messages):
        assert sentence.startswith("messages: the model's chat template does not take them: ")
        assert why in sentence or "last message" in sentence


def test_messages_without_a_word_are_an_empty_prompt(tmp_path: Path) -> None:
    for sentence in refusals(tmp_path, CHATML, [Message(role="user", content=" \n")]):
        assert "The prompt is empty" in sentence


def test_the_length_of_the_prompt_that_the_template_makes_is_checked(tmp_path: Path) -> None:
    n_tokens = len(split(model(tmp_path, TURNS), Prompt(messages=ASKED)).token_ids)
    assert n_tokens > len(ASKED[0].content)
    checked(model(tmp_path, TURNS, context_length=n_tokens), Prompt(messages=ASKED))
    with pytest.raises(PromptTooLong) as raised:
        checked(model(tmp_path, TURNS, context_length=n_tokens - 1), Prompt(messages=ASKED))
    assert raised.value.n_tokens == n_tokens


def test_a_template_runs_in_a_sandbox(tmp_path: Path) -> None:
    leak = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
    (sentence, _) = refusals(tmp_path, leak, ASKED)
    assert "unsafe" in sentence
