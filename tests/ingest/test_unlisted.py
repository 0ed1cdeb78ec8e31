"""Models and sets that a command names by their sources."""

import tomllib
from pathlib import Path

import pytest

import ingest
from ingest.models import ModelEntry, Registry, TranscoderEntry
from ingest.unlisted import Unlisted, models_toml, with_unlisted
from queries.errors import InvalidRequest, UnknownModel, UnknownTranscoders

SET = TranscoderEntry(name="scope", source="gemma")
LISTED = ModelEntry(name="listed", source="google/gemma-2-2b", dtype="bfloat16", transcoders=(SET,))
REGISTRY = Registry((LISTED,))


def asked(model: str | None, transcoders: str | None, **options: object) -> Unlisted:
    return Unlisted.model_validate({"model": model, "transcoders": transcoders, **options})


def test_a_source_becomes_an_entry_beside_the_listed_ones(tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    folder.mkdir()
    registry, entry, transcoders = with_unlisted(
        REGISTRY, asked(str(folder), "owner/clt//small@v1", backend="nnsight", lazy_decoder=False)
    )
    assert registry.models == (entry, LISTED)
    assert registry.find(entry.name, transcoders.name) == (entry, transcoders)
    assert entry.name.startswith("my-model-") and entry.source == str(folder)
    assert (transcoders.name, transcoders.source) == ("owner--clt--small", "owner/clt//small@v1")
    assert (transcoders.lazy_encoder, transcoders.lazy_decoder) == (None, False)


def test_folders_of_one_name_have_names_of_their_own(tmp_path: Path) -> None:
    names = set()
    for parent in ("one", "two"):
        (tmp_path / parent / "set").mkdir(parents=True)
        names.add(with_unlisted(REGISTRY, asked("listed", str(tmp_path / parent / "set")))[2].name)
    assert len(names) == 2


def test_a_listed_source_is_the_listed_entry() -> None:
    for given in (
        asked("google/gemma-2-2b", None),
        asked("google/gemma-2-2b", "gemma"),
        asked("listed", "scope"),
    ):
        if given.transcoders == "gemma":  # no name of the listed model's, and no source with a slash
            with pytest.raises(UnknownTranscoders):
                with_unlisted(REGISTRY, given)
        else:
            assert with_unlisted(REGISTRY, given)[1:] == (LISTED, SET)


def test_another_set_of_a_listed_model_is_loaded_as_the_model_is_listed() -> None:
    registry, entry, transcoders = with_unlisted(REGISTRY, asked(None, "mwhanna/gemma-scope-transcoders"))
    assert (entry.name, entry.dtype) == ("listed", "bfloat16")
    assert transcoders.name == "gemmascope-transcoder-16k"  # as Neuronpedia's table calls it
    assert entry.transcoders == (SET, transcoders)
    assert len(registry.models) == 1


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UnknownModel):
        with_unlisted(REGISTRY, asked("unknown", "owner/set"))
    with pytest.raises(InvalidRequest, match="needs a transcoder set"):
        with_unlisted(REGISTRY, asked("owner/model", None))
    with pytest.raises(InvalidRequest, match="there is no folder"):
        with_unlisted(REGISTRY, asked("./nothing-here", "gemma"))
    with pytest.raises(InvalidRequest, match="called 'listed'"):
        with_unlisted(REGISTRY, asked("somebody/listed", "gemma"))


def test_the_lines_for_the_list_say_the_same(tmp_path: Path) -> None:
    _, entry, transcoders = with_unlisted(
        REGISTRY, asked("meta-llama/Llama-3.2-1B", "llama", backend="transformerlens", lazy_encoder=False)
    )
    lines = models_toml(entry, transcoders)
    tomllib.loads(lines)
    (tmp_path / "models.toml").write_text(lines)
    listed = ingest.load_registry(tmp_path).find(entry.name, transcoders.name)
    assert listed == (entry, transcoders)
