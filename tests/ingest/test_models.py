from pathlib import Path

import pytest

import ingest
from ingest import InvalidModelsFile
from ingest.models import DEMO, Registry
from queries.errors import UnknownModel, UnknownTranscoders, WorkerUnavailable

BUNDLED = ["demo"] if (DEMO / "model" / "config.json").is_file() else []

TWO_MODELS = """
[[model]]
name = "first"
source = "owner/first"
dtype = "bfloat16"
context_length = 100
[[model.transcoders]]
name = "one"
source = "gemma"
[[model.transcoders]]
name = "two"
source = "owner/two@main"

[[model]]
name = "second"
source = "owner/second"
[[model.transcoders]]
name = "one"
source = "llama"
"""


def load(data: Path, content: str) -> Registry:
    (data / "models.toml").write_text(content)
    return ingest.load_registry(data)


def fault(data: Path, content: str) -> str:
    """The sentence that a models.toml with a mistake gets, without its path."""
    with pytest.raises(InvalidModelsFile) as raised:
        load(data, content)
    sentence = str(raised.value)
    assert sentence.startswith(f"{data / 'models.toml'}: ")
    return sentence.removeprefix(f"{data / 'models.toml'}: ")


def test_without_a_file_there_is_the_bundled_model(tmp_path: Path) -> None:
    assert [entry.name for entry in ingest.load_registry(tmp_path).models] == BUNDLED


@pytest.mark.skipif(not BUNDLED, reason="the demo model is not built")
def test_the_bundled_model_is_complete(tmp_path: Path) -> None:
    entry, transcoders = ingest.load_registry(tmp_path).find(None, None)
    assert (entry.name, transcoders.name, entry.context_length) == ("demo", "demo-transcoders", 128)
    assert entry.is_local
    assert transcoders.is_local
    assert entry.examples


def test_listed_models_follow_the_bundled_one(tmp_path: Path) -> None:
    registry = load(tmp_path, TWO_MODELS)
    assert [entry.name for entry in registry.models] == [*BUNDLED, "first", "second"]
    entry, transcoders = registry.find("first", None)
    assert (entry.dtype, entry.context_length, entry.is_local) == ("bfloat16", 100, False)
    assert (transcoders.name, transcoders.source) == ("one", "gemma")
    assert registry.find("first", "two")[1].source == "owner/two@main"


def test_the_file_may_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared.toml"
    shared.write_text(TWO_MODELS)
    monkeypatch.setenv("CIRCUIT_EXPLORER_MODELS", str(shared))
    models = ingest.load_registry(tmp_path / "data").models
    assert [entry.name for entry in models] == [*BUNDLED, "first", "second"]


def test_a_default_is_first(tmp_path: Path) -> None:
    content = TWO_MODELS.replace('name = "second"', 'name = "second"\ndefault = true')
    assert load(tmp_path, content).find(None, None)[0].name == "second"


def test_folders_are_relative_to_the_file(data: Path, tiny: Path) -> None:
    (data / "here").symlink_to(tiny)
    content = (data / "models.toml").read_text().replace(f"{tiny}/", "here/")
    entry, transcoders = load(data, content).find("tiny", None)
    assert entry.source == str(tiny / "model")
    assert transcoders.explanations == tiny / "explanations.jsonl"
    assert entry.context_length == 24  # config.json's


def test_feature_files_are_in_a_folder_or_at_a_url(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    content = TWO_MODELS.replace('"gemma"', '"gemma"\nfeatures = "features"')
    registry = load(tmp_path, content.replace('"owner/two@main"', '"x"\nfeatures = "https://host/features"'))
    assert registry.find("first", "one")[1].features == str(tmp_path / "features")
    assert registry.find("first", "two")[1].features == "https://host/features"
    assert registry.find("second", "one")[1].features is None


def test_unknown_names(tmp_path: Path) -> None:
    registry = load(tmp_path, TWO_MODELS)
    with pytest.raises(UnknownModel, match=r"'third'.*first, second"):
        registry.find("third", None)
    with pytest.raises(UnknownTranscoders, match=r"'two' for the model 'second'\. Known: one"):
        registry.find("second", "two")
    with pytest.raises(WorkerUnavailable, match=r"models\.toml"):
        Registry(()).find(None, None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[[model", "not TOML"),
        ("[model]\nname = 'x'", "model: write [[model]], with two brackets"),
        ("[[models]]", "models: only [[model]] entries are known"),
        ('[[model]]\nname = "x"\nsource = "y"', "model 1, transcoders: Field required"),
        (TWO_MODELS.replace('source = "llama"', ""), "model 2, transcoders 1 source: Field required"),
        (TWO_MODELS.replace("context_length", "context_size"), "model 1, context_size: Extra inputs"),
        (TWO_MODELS.replace("bfloat16", "int4"), "model 1, dtype: Input should be 'float32'"),
        (TWO_MODELS.replace('"second"', '"a/b"'), "model 2, name: String should match pattern"),
        (TWO_MODELS.replace('"second"', '"first"'), "model 2, name: 'first' is taken"),
        (TWO_MODELS.replace('"two"', '"one"'), "model 1, transcoders 2, name: 'one' is taken"),
        (TWO_MODELS.replace("owner/second", "./second"), "model 2, source: there is no folder"),
        (
            TWO_MODELS.replace('"llama"', '"llama"\nexplanations = "labels.jsonl"'),
            "model 2, transcoders 1, explanations: there is no file",
        ),
        (
            TWO_MODELS.replace('"llama"', '"llama"\nfeatures = "features"'),
            "model 2, transcoders 1, features: there is no folder",
        ),
        (
            TWO_MODELS.replace("[[model]]", "[[model]]\ndefault = true"),
            "default: only one model can be it, not first and second",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, content: str, sentence: str) -> None:
    assert fault(tmp_path, content).startswith(sentence)
