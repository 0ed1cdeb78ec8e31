"""Every architecture that circuit-tracer loads, with every kind of transcoders, against circuit-tracer's own call:
random weights, real loaders."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import yaml
from circuit_tracer import ReplacementModel, attribute
from circuit_tracer.transcoder.cross_layer_transcoder import load_clt
from circuit_tracer.transcoder.single_layer_transcoder import load_transcoder_set

from ingest.attribution.attribution import LoadedModel, trace
from ingest.attribution.loading.device import device_of
from ingest.attribution.loading.load import load_model
from ingest.models import ModelEntry, TranscoderEntry
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.graph.records import AttributionParameters, Thresholds
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.models.architectures import MIXTURES, N_LAYERS, SIZE, SUPPORTED
from tests.support.models.folders import Activation, tiny_tokenizer, write_model, write_set
from tests.support.tiny_model import PROMPT

pytestmark = pytest.mark.slow

ALL = SUPPORTED | MIXTURES
MLP, NORMALISED, RESIDUAL = (
    ("mlp.hook_in", "mlp.hook_out"),
    ("ln2.hook_normalized", "hook_mlp_out"),
    ("hook_resid_mid", "hook_mlp_out"),
)
GEMMA_3 = ("mlp.hook_in", "hook_mlp_out")


class Kind(NamedTuple):
    architecture: str
    hooks: tuple[str, str]
    across: bool = False
    skip: bool = False
    activation: Activation = "jump_relu"
    lazy: bool = False
    dtype: Any = "float32"


KINDS = [
    Kind("Gemma 2", NORMALISED),
    Kind("Gemma 2", RESIDUAL, across=True, lazy=True),
    Kind("Gemma 3", GEMMA_3, skip=True, lazy=True),
    Kind("Gemma 3", RESIDUAL, across=True),
    Kind("Llama", MLP, activation="relu", lazy=True),
    Kind("Llama", RESIDUAL, across=True, activation="relu"),
    Kind("Llama", MLP, skip=True, dtype="bfloat16"),
    Kind("Qwen3", MLP, activation="relu"),
    Kind("Qwen3", MLP, across=True),
    Kind("GPT-OSS", MLP),
    Kind("GPT-OSS", RESIDUAL, across=True, activation="relu"),
]


@pytest.fixture(scope="module", autouse=True)
def exact() -> Iterator[None]:
    """A GPU adds numbers in the same order each time."""
    torch.use_deterministic_algorithms(torch.cuda.is_available())
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_tokenizer(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    with open_store(f"ladybug://{tmp_path_factory.mktemp('store') / 'graphs.lbug'}") as opened:
        yield opened


def written(kind: Kind, folder: Path, tokenizer: Path) -> tuple[ModelEntry, TranscoderEntry]:
    model = write_model(folder / "model", deepcopy(ALL[kind.architecture]), tokenizer)
    width = SIZE["hidden_size"]
    transcoders = write_set(
        folder / "set",
        kind.hooks,
        N_LAYERS,
        width,
        across=kind.across,
        skip=kind.skip,
        activation=kind.activation,
    )
    of_set = TranscoderEntry(
        name="set", source=str(transcoders), lazy_encoder=kind.lazy, lazy_decoder=kind.lazy
    )
    return ModelEntry(name="model", source=str(model), transcoders=(of_set,), dtype=kind.dtype), of_set


def directly(entry: ModelEntry, transcoders: TranscoderEntry, lazy: bool) -> Any:
    """circuit-tracer's replacement model, by its own functions alone."""
    folder = Path(transcoders.source)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    hooks = {name: config[name] for name in ("feature_input_hook", "feature_output_hook")}
    where: dict[str, Any] = {"device": device_of(None), "dtype": getattr(torch, entry.dtype)}
    options: dict[str, Any] = {"scan": "set", "lazy_encoder": lazy, "lazy_decoder": lazy, **hooks, **where}
    if config["model_kind"] == "cross_layer_transcoder":
        loaded: Any = load_clt(str(folder), **options)
    else:
        paths = {layer: str(folder / f"layer_{layer}.safetensors") for layer in range(N_LAYERS)}
        loaded = load_transcoder_set(paths, **options)
    return ReplacementModel.from_pretrained_and_transcoders(entry.source, loaded, backend="nnsight", **where)


def ignore(*_: object) -> None:
    """A progress callback that does nothing."""


def check_the_same(traced: Any, graph: Any) -> None:
    """The trace has exactly the direct call's numbers."""
    n_features = len(graph.selected_features)
    assert n_features > 0
    np.testing.assert_array_equal(traced.edges.weight, graph.adjacency_matrix.cpu().numpy().ravel())
    places = graph.active_features[graph.selected_features].cpu().numpy()
    nodes = traced.nodes
    ours = np.stack([nodes.layer, nodes.position, nodes.index], axis=1)[:n_features]
    np.testing.assert_array_equal(ours, places)
    values = graph.activation_values[graph.selected_features].double().cpu().numpy()
    np.testing.assert_array_equal(nodes.activation[:n_features], values)


def check_stored(traced: Any, store: GraphStore) -> None:
    """What the database gives back is what pruning left."""
    thresholds = Thresholds()
    pruned = assemble(
        traced, prune(traced, thresholds.node_threshold, thresholds.edge_threshold), thresholds, {}
    )
    store.load(pruned)
    again = store.read(pruned.record.id)
    keys, stored_keys = pruned.nodes.keys(""), again.nodes.keys("")
    assert len(set(keys)) == len(keys)
    assert set(stored_keys) == set(keys)

    def edges(graph: Any, names: list[str]) -> dict[tuple[str, str], float]:
        rows = zip(
            graph.edges.source.tolist(), graph.edges.target.tolist(), graph.edges.weight.tolist(), strict=True
        )
        return {(names[source], names[target]): weight for source, target, weight in rows}

    assert edges(again, stored_keys) == edges(pruned, keys) != {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, [kind.architecture, *kind[2:]])))
def test_a_trace_is_circuit_tracers_own(
    kind: Kind, tmp_path: Path, tokenizer: Path, store: GraphStore
) -> None:
    entry, transcoders = written(kind, tmp_path, tokenizer)
    loaded = load_model(entry, transcoders)
    asked = AttributionParameters(batch_size=64, max_feature_nodes=80)
    traced = trace(loaded, PROMPT, asked, ignore)
    model = directly(entry, transcoders, kind.lazy)
    check_the_same(traced, attribute(PROMPT, model, batch_size=64, max_feature_nodes=80))
    check_stored(traced, store)
    assert (traced.record.dtype, traced.record.n_layers) == (kind.dtype, N_LAYERS)


def offloading(kind: Kind, folder: Path, tokenizer: Path) -> LoadedModel:
    return load_model(*written(kind, folder, tokenizer))


@pytest.mark.parametrize("kind", [Kind("Gemma 2", NORMALISED), Kind("Llama", RESIDUAL, across=True)])
def test_what_is_moved_away_makes_the_same_trace(kind: Kind, tmp_path: Path, tokenizer: Path) -> None:
    loaded = offloading(kind, tmp_path, tokenizer)
    asked = AttributionParameters(batch_size=64, max_feature_nodes=40)
    plain = trace(loaded, PROMPT, asked, ignore)
    for place in ("cpu", "disk"):
        moved = trace(loaded, PROMPT, asked, ignore, place)
        np.testing.assert_array_equal(moved.edges.weight, plain.edges.weight)
    again = trace(loaded, PROMPT, asked, ignore)  # all is back
    np.testing.assert_array_equal(again.edges.weight, plain.edges.weight)
