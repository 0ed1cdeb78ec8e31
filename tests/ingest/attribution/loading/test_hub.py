"""Models and sets of the hub, and all that keeps them from being loaded: the tracing process as it is, asking a hub on
this machine."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ingest.models import ModelEntry, TranscoderEntry, sources_fingerprint
from ingest.worker.handover import read_graph
from ingest.worker.process import Tracer
from ingest.worker.requests import TraceRequest
from queries import errors
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import AttributionParameters, Thresholds
from tests.support.models.architectures import N_LAYERS, SIZE, SUPPORTED
from tests.support.models.folders import change_config, tiny_tokenizer, write_model, write_set
from tests.support.models.hub import COMMIT, OLDER, Hub, cache, serving_hub
from tests.support.tiny_model import PROMPT

pytestmark = pytest.mark.slow

WIDTH = SIZE["hidden_size"]
MLP = ("mlp.hook_in", "mlp.hook_out")


class Place(NamedTuple):
    """A hub, with the environment of a machine that asks it."""

    hub: Hub
    files: Path
    home: Path
    tracer: Tracer
    local: Tracer
    """For what needs no hub: a tracing process is offline for good, or never."""

    def trace(self, model: str, transcoders: str, **fields: Any) -> AttributionGraph:
        request = self.request(model, transcoders, **fields)
        self.run(request)
        return read_graph(request.output)

    def run(self, request: TraceRequest) -> None:
        (self.local if request.is_local else self.tracer).run(request, lambda *_: None)

    def close(self) -> None:
        self.tracer.close()
        self.local.close()

    def request(self, model: str, transcoders: str, **fields: Any) -> TraceRequest:
        of_set = {name: fields.pop(name) for name in ("lazy_encoder", "lazy_decoder") if name in fields}
        listed = TranscoderEntry(name="set", source=transcoders, **of_set)
        return TraceRequest(
            entry=ModelEntry(
                name="model", source=model, transcoders=(listed,), **{"device": "cpu", **fields}
            ),
            transcoders=listed,
            prompt=PROMPT,
            attribution=AttributionParameters(batch_size=32, max_feature_nodes=30),
            thresholds=Thresholds(),
            output=self.home / "graph.npz",
            trace=self.home / "whole.trace",
        )

    def refusal(self, model: str, transcoders: str, **fields: Any) -> errors.CircuitExplorerError:
        with pytest.raises(errors.CircuitExplorerError) as raised:
            self.trace(model, transcoders, **fields)
        return raised.value


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models and sets, as folders."""
    folder = tmp_path_factory.mktemp("files")
    tokenizer = tiny_tokenizer(folder)
    write_model(folder / "llama", deepcopy(SUPPORTED["Llama"]), tokenizer)
    write_model(folder / "qwen3", deepcopy(SUPPORTED["Qwen3"]), tokenizer)
    write_model(folder / "mistral", deepcopy(SUPPORTED["Mistral"]), tokenizer)
    write_model(folder / "own-code", deepcopy(SUPPORTED["Llama"]), tokenizer)
    change_config(folder / "own-code", auto_map={"AutoModelForCausalLM": "modeling.Own"})
    (folder / "own-code" / "modeling.py").write_text(
        f"open({str(folder / 'ran')!r}, 'w')\nfrom transformers import LlamaForCausalLM as Own\n"
    )
    write_set(folder / "per-layer", MLP, N_LAYERS, WIDTH)
    write_set(folder / "sets" / "across", MLP, N_LAYERS, WIDTH, across=True)
    write_set(folder / "short", MLP, N_LAYERS - 1, WIDTH)
    write_set(folder / "wide", MLP, N_LAYERS, 2 * WIDTH)
    write_set(folder / "elsewhere", ("ln2.hook_normalized", "hook_mlp_out"), N_LAYERS, WIDTH)
    return folder


@pytest.fixture(scope="module")
def place(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    with serving_hub() as hub, pytest.MonkeyPatch.context() as environment:
        hub.add("owner/llama", files / "llama")
        hub.add("owner/llama", files / "qwen3", OLDER, "older")
        hub.add("Qwen/Qwen3-0.6B", files / "qwen3")
        hub.add("owner/mistral", files / "mistral")
        hub.add("owner/per-layer", files / "per-layer")
        hub.add("owner/sets", files / "sets")
        hub.add("owner/large", files / "per-layer")
        hub.sizes["owner/large"] = 10**15
        hub.refuses = {
            "owner/gated": (403, "GatedRepo"),
            "owner/forbidden": (403, "Forbidden"),
            "owner/broken": (500, "InternalError"),
        }
        environment.setenv("HF_ENDPOINT", hub.url)
        environment.setenv("HF_HOME", str(home))
        environment.setenv("CIRCUIT_TRACER_CACHE_DIR", str(home / "circuit-tracer"))
        environment.delenv("HF_HUB_CACHE", raising=False)
        made = Place(hub, files, home, Tracer(home / "tracing.log"), Tracer(home / "local.log"))
        try:
            yield made
        finally:
            made.close()


def test_a_model_and_a_set_of_the_hub_are_those_of_the_folders(place: Place, files: Path) -> None:
    local = place.trace(str(files / "llama"), str(files / "per-layer"))
    listed = place.request("owner/llama", "owner/per-layer")
    before = sources_fingerprint(listed.entry, listed.transcoders)
    ours = place.trace("owner/llama", "owner/per-layer")
    assert ours.edges.weight.tolist() == local.edges.weight.tolist() != []
    assert (ours.record.model_revision, ours.record.transcoder_revision) == (COMMIT, COMMIT)
    assert sources_fingerprint(listed.entry, listed.transcoders) != before  # now it is a commit
    n_fetched = len(place.hub.fetched)
    assert place.trace("owner/llama", "owner/per-layer", dtype="bfloat16").record.dtype == "bfloat16"
    assert len(place.hub.fetched) == n_fetched


def test_a_folder_of_a_repository_holds_a_set(place: Place, files: Path) -> None:
    local = place.trace(str(files / "llama"), str(files / "sets" / "across"))
    for spelling in ("owner/sets//across", "owner/sets/across@main"):
        ours = place.trace("owner/llama", spelling)
        assert ours.edges.weight.tolist() == local.edges.weight.tolist() != []
        assert ours.record.transcoder_revision == COMMIT


def test_a_revision_is_another_model(place: Place, files: Path) -> None:
    local = place.trace(str(files / "qwen3"), str(files / "per-layer"))
    ours = place.trace("owner/llama@older", "owner/per-layer")
    assert ours.record.model_revision == OLDER
    assert ours.edges.weight.tolist() == local.edges.weight.tolist()
    by_commit = place.trace(f"owner/llama@{OLDER}", "owner/per-layer")
    assert by_commit.record.id == ours.record.id


def test_the_other_backend_loads_an_official_name(place: Place) -> None:
    one = place.trace("Qwen/Qwen3-0.6B", "owner/per-layer")
    other = place.trace("Qwen/Qwen3-0.6B", "owner/per-layer", backend="transformerlens")
    assert other.record.model_revision == COMMIT
    assert other.record.prediction.token == one.record.prediction.token
    assert other.record.n_active_features == one.record.n_active_features
    refusal = place.refusal("owner/llama", "owner/per-layer", backend="transformerlens")
    assert isinstance(refusal, errors.UnsupportedModel)
    assert 'take the backend "nnsight"' in str(refusal)


@pytest.mark.parametrize(
    ("model", "transcoders", "error", "says"),
    [
        ("owner/gated", "owner/per-layer", errors.WeightsUnavailable, "accept its terms at"),
        ("owner/forbidden", "owner/per-layer", errors.WeightsUnavailable, "the hub refuses (403)"),
        ("owner/missing", "owner/per-layer", errors.WeightsUnavailable, "no such repository"),
        ("owner/broken", "owner/per-layer", errors.WeightsUnavailable, "(500): try again later"),
        ("owner/llama@none", "owner/per-layer", errors.WeightsUnavailable, "no revision 'none'"),
        ("not/a/model", "owner/per-layer", errors.WeightsUnavailable, "a whole repository"),
        ("owner/llama", "owner/missing", errors.WeightsUnavailable, "no such repository"),
        ("owner/llama", "owner/sets", errors.WeightsUnavailable, "owner/name//folder"),
        ("owner/llama", "owner/large", errors.WeightsTooLarge, "GB are free at"),
        ("owner/mistral", "owner/per-layer", errors.UnsupportedModel, "it is a MistralForCausalLM"),
        ("{files}/own-code", "owner/per-layer", errors.UnsupportedModel, "never run"),
        ("{files}/per-layer", "owner/per-layer", errors.UnsupportedModel, "no config.json"),
        (
            "{files}/llama",
            "{files}/short",
            errors.TranscodersMismatch,
            "made for 2 layers, and the model has 3",
        ),
        ("{files}/llama", "{files}/wide", errors.TranscodersMismatch, "64 numbers in the residual stream"),
        ("{files}/llama", "{files}/elsewhere", errors.TranscodersMismatch, "read at ln2.hook_normalized"),
        ("{files}/llama", "{files}/llama", errors.UnsupportedModel, "no config.yaml"),
    ],
)
def test_what_cannot_be_loaded_says_what_to_do(
    place: Place,
    files: Path,
    model: str,
    transcoders: str,
    error: type[errors.CircuitExplorerError],
    says: str,
) -> None:
    refusal = place.refusal(model.format(files=files), transcoders.format(files=files))
    assert isinstance(refusal, error)
    assert says in str(refusal)
    assert not (files / "ran").exists()


def test_a_device_that_is_not_here_is_refused(place: Place, files: Path) -> None:
    refusal = place.refusal(str(files / "llama"), str(files / "per-layer"), device="cuda:77")
    assert isinstance(refusal, errors.DeviceUnavailable)
    assert "this machine has" in str(refusal)


def test_weights_that_memory_cannot_hold_are_refused_before_they_are_read(place: Place, files: Path) -> None:
    """A header that promises a thousand billion numbers: were they read, it would not be there."""
    folder = place.home / "huge"
    write_set(folder, MLP, N_LAYERS, WIDTH)
    file = folder / "layer_0.safetensors"
    content = file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["W_enc"]["shape"] = [10**12, WIDTH]
    written = json.dumps(header).encode()
    file.write_bytes(len(written).to_bytes(8, "little") + written)
    refusal = place.refusal(str(files / "llama"), str(folder))
    assert isinstance(refusal, errors.WeightsTooLarge)
    assert "the transcoders 128000.0 GB" in str(refusal)
    ours = place.request(str(files / "llama"), str(folder), lazy_encoder=True)
    with pytest.raises(errors.CircuitExplorerError) as raised:
        place.run(ours)
    assert not isinstance(raised.value, errors.WeightsTooLarge)  # it stays in its file


@pytest.mark.parametrize("reason", ["offline", "unreachable"])
def test_without_a_network_the_cache_is_taken(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    cache(tmp_path, "owner/llama", files / "llama")
    cache(tmp_path, "owner/per-layer", files / "per-layer")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing listens there
    if reason == "offline":
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    away = Place(Hub(), files, tmp_path, Tracer(tmp_path / "tracing.log"), Tracer(tmp_path / "local.log"))
    try:
        assert away.trace("owner/llama", "owner/per-layer").record.model_revision == COMMIT
        refusal = away.refusal("owner/other", "owner/per-layer")
    finally:
        away.close()
    assert isinstance(refusal, errors.WeightsUnavailable)
    assert "bring the cache" in str(refusal)
    assert ("HF_HUB_OFFLINE is set" in str(refusal)) == (reason == "offline")
