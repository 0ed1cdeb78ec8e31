"""Prompts as the server splits them, beside circuit-tracer's own `ensure_tokenized` over transformers' tokenizer."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from circuit_tracer.replacement_model.common import ensure_tokenized
from transformers import AutoTokenizer

from ingest.attribution.tokenizer import has_chat_template, tokenizer_of, why_no_tokens
from ingest.attribution.tokens import token_text
from ingest.models import ModelEntry
from queries.errors import TokenizerUnavailable
from tests.support.models.tokenizers import CHATML, write_tokenizer

CHAT = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
ADDED = {str(at): {"content": word, "special": True} for at, word in enumerate(CHAT, start=1)}

pytestmark = pytest.mark.slow

TOKENIZERS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "begun by bos": (["<bos>", "<eos>"], {"bos_token": "<bos>", "eos_token": "<eos>"}),
    "bos as an object": (["<bos>"], {"bos_token": {"__type": "AddedToken", "content": "<bos>"}}),
    "no bos, so by pad": (
        CHAT,
        {"pad_token": "<|endoftext|>", "eos_token": "<|im_end|>", "additional_special_tokens": CHAT[:2]},
    ),
    "a start that no name has": (CHAT, {"eos_token": "<|im_end|>", "added_tokens_decoder": ADDED}),
    "names of a model's own": (
        CHAT,
        {"eos_token": "<|endoftext|>", "extra_special_tokens": {"turn_token": "<|im_start|>"}},
    ),
    "spaces cleaned": (["<bos>"], {"bos_token": "<bos>", "clean_up_tokenization_spaces": True}),
    "another file with the names": (
        ["<s>", "</s>"],
        {"bos_token": "</s>", "added_tokens_decoder": None, "special_tokens_map": {"bos_token": "<s>"}},
    ),
}
PROMPTS = (
    "The capital",
    " is 東",
    "<|im_start|>user\nHi<|im_end|>",
    "<bos>a",
    "</s>b",
    "<|endoftext|>",
    "a <bos> .",
)


def entry_of(source: Path | str, **more: Any) -> ModelEntry:
    transcoders = [{"name": "set", "source": "owner/set"}]
    return ModelEntry.model_validate(
        {"name": "model", "source": str(source), "transcoders": transcoders, **more}
    )


def written(folder: Path, name: str) -> Path:
    special, config = TOKENIZERS[name]
    names = config.get("special_tokens_map")
    write_tokenizer(folder, special, **{key: config[key] for key in config if key != "special_tokens_map"})
    if names is not None:
        (folder / "special_tokens_map.json").write_text(json.dumps(names))
    return folder


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_prompt_is_split_as_circuit_tracer_splits_it(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path, name)
    theirs, ours = AutoTokenizer.from_pretrained(folder), tokenizer_of(entry_of(folder))
    assert ours.special_ids == set(theirs.all_special_ids)
    assert ours.special_tokens == theirs.special_tokens_map
    for prompt in PROMPTS:
        ids = ensure_tokenized(prompt, theirs, None, "model").tolist()
        assert ours.split(prompt) == ids, prompt
        assert [ours.text(one) for one in ids] == [token_text(theirs, one) for one in ids]


def test_a_backend_may_begin_with_another_token(tmp_path: Path) -> None:
    """transformer-lens takes the end token for a start token that is missing."""
    folder = written(tmp_path, "no bos, so by pad")
    theirs = AutoTokenizer.from_pretrained(folder)
    theirs.bos_token = theirs.eos_token  # as its `set_tokenizer` does
    ours = tokenizer_of(entry_of(folder, backend="transformerlens"))
    assert ours.split("is") == ensure_tokenized("is", theirs, None, "model").tolist()
    assert ours.split("is") != tokenizer_of(entry_of(folder)).split("is")


def test_names_that_only_the_tokenizer_s_class_knows_are_those_of_its_file(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, ["<|endoftext|>"], tokenizer_class="GPT2TokenizerFast")
    assert tokenizer_of(entry_of(tmp_path)).split("is")[0] == 1


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    entry = entry_of(write_tokenizer(tmp_path, ["<a>", "<b>"], bos_token="<a>"))
    assert tokenizer_of(entry).start == 1 and has_chat_template(entry) is False
    write_tokenizer(tmp_path, ["<a>", "<b>"], bos_token="<b>", chat_template=CHATML)
    assert tokenizer_of(entry).start == 2 and has_chat_template(entry) is True


def test_a_hub_s_model_is_known_once_it_is_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    entry, revised = entry_of("owner/name"), entry_of("owner/name@v2")
    for one in (entry, revised):
        assert has_chat_template(one) is None
        told = why_no_tokens(one)
        assert told is not None and "come from a hub when its first prompt is traced" in told
        with pytest.raises(TokenizerUnavailable):
            tokenizer_of(one)
    cached = tmp_path / "hub" / "models--owner--name"
    write_tokenizer(cached / "snapshots" / "abc", ["<bos>"], bos_token="<bos>", chat_template=CHATML)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("abc")
    assert why_no_tokens(entry) is None and has_chat_template(entry) is True
    assert tokenizer_of(entry).split("is")[0] == 1
    assert why_no_tokens(revised) is not None
    shutil.copy(cached / "refs" / "main", cached / "refs" / "v2")
    assert why_no_tokens(revised) is None


@pytest.mark.parametrize("missing", ["tokenizers", "jinja2"])
def test_a_server_without_what_splits_prompts_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    entry = entry_of(write_tokenizer(tmp_path, ["<bos>"], bos_token="<bos>", chat_template=CHATML))
    monkeypatch.setattr("ingest.attribution.tokenizer.find_spec", lambda name: None if name == missing else 1)
    told = why_no_tokens(entry)
    assert told is not None and "install `circuit-explorer[trace]`" in told
    assert has_chat_template(entry) is True, "that stands in a file"


def test_a_folder_without_a_tokenizer_says_so(tmp_path: Path) -> None:
    told = why_no_tokens(entry_of(tmp_path))
    assert told is not None and "its folder has no tokenizer.json" in told
