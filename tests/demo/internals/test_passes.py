"""The demo model's internals, watched in the module that circuit-tracer traces."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ingest.attribution.attribution import LoadedModel, trace
from ingest.attribution.internals.flow import flow
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.passes.replay import replay
from ingest.attribution.internals.probe import probe
from ingest.models import EXAMPLES
from queries.graph.records import AttributionParameters

pytestmark = pytest.mark.slow

PEAK = Path("/proc/self/clear_refs")
LONG = 128
"""Tokens of the longest prompt that is measured."""


def recorded(loaded: LoadedModel, model: Any, prompt: str) -> Recording:
    return record(model, embedded(model, loaded.replacement_model.ensure_tokenized(prompt)))


def traced(loaded: LoadedModel, prompt: str) -> tuple[np.ndarray[Any, Any], ...]:
    found = trace(loaded, prompt, AttributionParameters(), lambda *_: None)
    return found.edges.rows(0, found.edges.n_nodes)


def hooks(model: torch.nn.Module) -> list[int]:
    return [len(each._forward_hooks) + len(each._forward_pre_hooks) for each in model.modules()]


def test_a_trace_is_the_same_before_and_after(loaded: LoadedModel, model: Any) -> None:
    before, hooked = traced(loaded, EXAMPLES[0]), hooks(model)
    found = recorded(loaded, model, EXAMPLES[0])
    flow(model, found)
    replay(model, found, found.layers[0].x.clone().requires_grad_(), positions=[-1])
    assert hooks(model) == hooked
    for one, other in zip(before, traced(loaded, EXAMPLES[0]), strict=True):
        assert np.array_equal(one, other)


def test_the_demo_model_passes_the_probe(model: Any) -> None:
    found = probe(model)
    assert found.frozen and found.flow_error is not None and found.flow_error < 1e-5


@pytest.mark.parametrize("prompt", EXAMPLES)
def test_flow_of_the_examples_adds_up(loaded: LoadedModel, model: Any, prompt: str) -> None:
    found = flow(model, recorded(loaded, model, prompt))
    assert found.error < 1e-5
    assert found.share_error < 1e-5


def test_dallas_reaches_the_end_of_its_prompt(loaded: LoadedModel, model: Any) -> None:
    """What the last position holds at the end is Dallas's and its own token's first of all."""
    prompt = EXAMPLES[0]
    tokens = [
        loaded.tokenizer.decode([token])
        for token in loaded.replacement_model.ensure_tokenized(prompt).tolist()
    ]
    share = flow(model, recorded(loaded, model, prompt)).signed[-1, 1, -1]
    strongest = [tokens[source] for source in np.argsort(-share[:-1])[:2]]
    assert " Dallas" in strongest, dict(zip(tokens, share, strict=False))


@pytest.mark.skipif(
    not os.access(PEAK, os.W_OK), reason="this system does not tell a process's peak of memory"
)
def test_flow_of_a_long_prompt_takes_little_memory(model: Any) -> None:
    ids = torch.randint(3, 2000, (LONG,), generator=torch.Generator().manual_seed(0))
    recording = record(model, embedded(model, ids))
    PEAK.write_text("5")  # the peak is counted from here
    before = _status("VmRSS:")
    found = flow(model, recording)
    assert _status("VmHWM:") - before < 150e6
    assert found.error < 2e-5


def _status(name: str) -> int:
    """Bytes of this process, by a name of the kernel's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))
