"""What a source is, and which weights it has now, told by its files alone."""

import os
from pathlib import Path

import pytest

from ingest.models import ModelEntry, TranscoderEntry, sources_fingerprint
from ingest.sources import HubSource, context_length, kept_set, needs_hub, revision
from queries.graph.records import ModelParameters

COMMIT, OTHER = "c" * 40, "d" * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HF_HOME, and no sets that circuit-tracer kept."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CIRCUIT_TRACER_CACHE_DIR", str(tmp_path / "circuit-tracer"))
    return tmp_path / "home"


def put(home: Path, repository: str, commit: str, revision: str = "main", **files: str) -> Path:
    place = home / "hub" / f"models--{repository.replace('/', '--')}"
    (place / "snapshots" / commit).mkdir(parents=True, exist_ok=True)
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / revision).write_text(commit)
    for name, content in files.items():
        (place / "snapshots" / commit / name.replace("__", ".")).write_text(content)
    return place / "snapshots" / commit


@pytest.mark.parametrize(
    ("source", "read", "written"),
    [
        ("owner/name", ("owner/name", "", "main"), "owner/name"),
        ("owner/name@v1", ("owner/name", "", "v1"), "owner/name@v1"),
        ("owner/name//a/b@v1", ("owner/name", "a/b", "v1"), "owner/name//a/b@v1"),
        ("owner/name/a", ("owner/name", "a", "main"), "owner/name//a"),
        ("hf://owner/name/a@v1", ("owner/name", "a", "v1"), "owner/name//a@v1"),
        ("gemma", ("mwhanna/gemma-scope-transcoders", "", "main"), "mwhanna/gemma-scope-transcoders"),
        ("gpt2", ("gpt2", "", "main"), "gpt2"),
    ],
)
def test_a_source_is_read_as_circuit_tracer_reads_it(
    source: str, read: tuple[str, str, str], written: str
) -> None:
    assert HubSource.read(source) == read
    assert str(HubSource.read(source)) == written


def test_a_hub_s_revision_is_the_commit_in_the_cache(home: Path) -> None:
    assert (revision("owner/name"), revision("owner/name@v1")) == ("main", "v1")
    put(home, "owner/name", COMMIT)
    put(home, "owner/name", OTHER, "v1")
    assert (revision("owner/name"), revision("owner/name@v1")) == (COMMIT, OTHER)
    assert revision(f"owner/name@{'e' * 40}") == "e" * 40
    assert HubSource.read("owner/name").snapshot() == HubSource.read(f"owner/name@{COMMIT}").snapshot()


@pytest.mark.usefixtures("home")
def test_a_folder_s_revision_is_the_content_of_its_files(tmp_path: Path) -> None:
    """The digest is part of stored ids: it stays for the same files."""
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = revision(str(tmp_path))
    assert first == "0af38959d52df44f"
    (tmp_path / "notes.txt").write_text("not weights")
    assert revision(str(tmp_path)) == first
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert revision(str(tmp_path)) != first


def fingerprint(model: str, transcoders: str) -> str:
    of_set = TranscoderEntry(name="set", source=transcoders)
    return sources_fingerprint(ModelEntry(name="model", source=model, transcoders=(of_set,)), of_set)


@pytest.mark.usefixtures("home")
def test_a_fingerprint_changes_with_a_folder_s_files(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "layer_0.safetensors").write_bytes(b"one")
    seen = {fingerprint("owner/name", str(folder))}
    assert len(seen) == 1 and fingerprint("owner/name", str(folder)) in seen
    (folder / "layer_0.safetensors").write_bytes(b"three")
    seen.add(fingerprint("owner/name", str(folder)))
    os.utime(folder / "layer_0.safetensors", ns=(1, 1))
    seen.add(fingerprint("owner/name", str(folder)))
    (folder / "notes.txt").write_text("not weights")
    assert fingerprint("owner/name", str(folder)) in seen
    assert len(seen) == 3


def test_a_fingerprint_changes_with_what_was_fetched(home: Path) -> None:
    seen = [fingerprint("owner/name", "owner/set")]
    put(home, "owner/name", COMMIT)
    seen.append(fingerprint("owner/name", "owner/set"))
    put(home, "owner/set", COMMIT, config__yaml="transcoders:\n- hf://owner/files/layer_0.npz?revision=v2\n")
    seen.append(fingerprint("owner/name", "owner/set"))
    put(home, "owner/files", OTHER, "v2")  # the set names a file of it
    seen.append(fingerprint("owner/name", "owner/set"))
    put(home, "owner/name", OTHER)
    seen.append(fingerprint("owner/name", "owner/set"))
    assert len(set(seen)) == 5
    assert fingerprint(f"owner/name@{OTHER}", "owner/set") != seen[-1]  # another source


@pytest.mark.usefixtures("home")
def test_a_set_that_circuit_tracer_kept_needs_no_hub(tmp_path: Path) -> None:
    assert needs_hub("gemma") and kept_set("gemma") is None
    folder = tmp_path / "circuit-tracer" / "mwhanna" / "gemma-scope-transcoders"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("model_kind: transcoder_set\n")
    assert kept_set("gemma") == folder
    assert not needs_hub("gemma")
    assert revision("gemma") == revision(str(folder)) != "main"
    (folder / "config.yaml").write_text("transcoders: ['hf://owner/files/0.npz']\n")
    assert needs_hub(str(folder))


def test_the_context_length_is_read_where_the_model_is_here(home: Path) -> None:
    assert context_length("owner/name") is None
    snapshot = put(home, "owner/name", COMMIT, config__json='{"max_position_embeddings": 12}')
    assert context_length("owner/name") == context_length(str(snapshot)) == 12
    (snapshot / "config.json").write_text('{"text_config": {"max_position_embeddings": 13}}')
    assert context_length("owner/name") == 13
    (snapshot / "config.json").write_text("[]")
    assert context_length("owner/name") is None


def test_a_job_s_parameters_take_the_place_of_the_entry_s() -> None:
    of_set = TranscoderEntry(name="set", source="owner/set")
    entry = ModelEntry(
        name="model", source="owner/name", dtype="bfloat16", offload="cpu", transcoders=(of_set,)
    )
    assert entry.for_job(ModelParameters()) == entry
    asked = entry.for_job(ModelParameters(dtype="float32", device="cuda:1", offload="none"))
    assert (asked.dtype, asked.device, asked.offload) == ("float32", "cuda:1", "none")
