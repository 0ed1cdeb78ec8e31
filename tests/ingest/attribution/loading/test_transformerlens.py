"""The backend that knows official names: loaded here from the hub's cache, against circuit-tracer's own call, in a
process of its own since huggingface_hub reads its environment once."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from tests.support.models.architectures import N_LAYERS, SIZE, SUPPORTED
from tests.support.models.folders import tiny_tokenizer, write_model, write_set
from tests.support.models.hub import cache
from tests.support.patience import TRACING

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

SCRIPT = """
import sys
import numpy as np, torch
from circuit_tracer import ReplacementModel, attribute
from circuit_tracer.utils.hf_utils import load_transcoder_from_hub
from ingest.attribution.attribution import trace
from ingest.attribution.loading.load import load_model
from ingest.models import ModelEntry, TranscoderEntry
from queries.graph.records import AttributionParameters

name, prompt = sys.argv[1:]
of_set = TranscoderEntry(name="set", source="owner/set")
entry = ModelEntry(name="m", source=name, backend="transformerlens", device="cpu", transcoders=(of_set,))
loaded = load_model(entry, of_set)
traced = trace(loaded, prompt, AttributionParameters(batch_size=64, max_feature_nodes=60), lambda *_: None)
where = {"device": torch.device("cpu"), "dtype": torch.float32}
transcoders, _ = load_transcoder_from_hub("owner/set", lazy_encoder=True, **where)
model = ReplacementModel.from_pretrained_and_transcoders(name, transcoders, backend="transformerlens", **where)
graph = attribute(prompt, model, batch_size=64, max_feature_nodes=60)
np.testing.assert_array_equal(traced.edges.weight, graph.adjacency_matrix.numpy().ravel())
assert len(graph.selected_features) == 60
print(loaded.model_revision, loaded.transcoder_revision, model.scan == loaded.replacement_model.scan)
"""
WORDS = "Fact: The capital of the state containing Dallas is"


@pytest.mark.parametrize("across", [False, True])
def test_a_trace_is_circuit_tracers_own(tmp_path: Path, across: bool) -> None:
    tokenizer = tiny_tokenizer(tmp_path)
    model = write_model(tmp_path / "qwen3", deepcopy(SUPPORTED["Qwen3"]), tokenizer)
    hooks = ("mlp.hook_in", "mlp.hook_out")
    transcoders = write_set(tmp_path / "set", hooks, N_LAYERS, SIZE["hidden_size"], across=across)
    cache(tmp_path / "home", "Qwen/Qwen3-0.6B", model)
    cache(tmp_path / "home", "owner/set", transcoders, "b" * 40)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    place = {
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_OFFLINE": "1",
        "CIRCUIT_TRACER_CACHE_DIR": str(tmp_path / "kept"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "Qwen/Qwen3-0.6B", WORDS],
        capture_output=True,
        text=True,
        env=kept | place,
        timeout=TRACING,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == f"{'c' * 40} {'b' * 40} True"
