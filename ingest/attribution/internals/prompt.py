"""The prompt of a stored graph in a loaded model, recorded once for all that is asked of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import torch
from transformers import AutoModelForCausalLM

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.induction import InductionScores, induction_scores
from ingest.attribution.internals.loadings.loaded import local_replacement, token_ids
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.probe import Support, probe
from ingest.attribution.memory import available_memory
from ingest.sources import HubSource
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph

SMALL = 50_000_000
"""Parameters of a model whose passes one thread makes as fast as several, which wait for each other."""
PART = 0.25
"""Of the free memory that one batch of passes may take."""


@dataclass(eq=False)
class _Known:
    """What was found of a loaded model, whatever the prompt."""

    model: Any
    support: Support
    induction: InductionScores | None = None


_known: WeakKeyDictionary[LoadedModel, _Known] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class PromptRun:
    """shapes: ids (n,). `most_bytes`: what a batch of passes may take; None: unknown."""

    loaded: LoadedModel
    graph: AttributionGraph
    model: Any
    support: Support
    ids: torch.Tensor
    recording: Recording
    most_bytes: int | None

    @cached_property
    def replacement(self) -> LocalReplacement:
        return local_replacement(
            self.loaded,
            self.model,
            self.ids,
            self.recording,
            self.graph.record.attribution_targets,
        )

    @property
    def induction(self) -> InductionScores:
        """Of the model: computed once. Raises UnsupportedArchitecture."""
        known = _known[self.loaded]
        if known.induction is None:
            known.induction = induction_scores(self.model, self.loaded.tokenizer, self.loaded.context_length)
        return known.induction


@contextmanager
def prompt_run(loaded: LoadedModel, graph: AttributionGraph) -> Iterator[PromptRun]:
    """Raises UnsupportedArchitecture; InvalidRequest where the graph's token ids are not known, or not this model's."""
    ids = token_ids(graph)
    if ids is None:
        raise InvalidRequest("graph", "its file does not tell the ids of its tokens")
    known = _known.get(loaded)
    if known is None:
        model = causal_model(loaded)
        known = _known[loaded] = _Known(model, probe(model))
    n_vocabulary = known.model.get_input_embeddings().weight.shape[0]
    if unknown := [each for each in ids if not 0 <= each < n_vocabulary]:
        raise InvalidRequest("graph", f"its token {unknown[0]} is none of the model {loaded.entry.name!r}")
    of_prompt = torch.tensor(ids, device=known.model.device)
    with _few_threads(known.model), torch.no_grad():
        recording = record(known.model, embedded(known.model, of_prompt))
        with torch.enable_grad():
            yield PromptRun(
                loaded, graph, known.model, known.support, of_prompt, recording, _most_bytes(known.model)
            )


def causal_model(loaded: LoadedModel) -> Any:
    """The Hugging Face model behind what is loaded, with eager attention. circuit-tracer's transformerlens backend has
    none: it is loaded beside."""
    if loaded.entry.backend == "nnsight":
        return loaded.replacement_model._module
    source = loaded.entry.source
    model = AutoModelForCausalLM.from_pretrained(
        source if Path(source).is_dir() else HubSource.read(source).snapshot(),
        attn_implementation="eager",
        dtype=getattr(torch, loaded.entry.dtype),
    )
    return model.to(loaded.replacement_model.unembed_proj.device).eval()


def _most_bytes(model: Any) -> int | None:
    if model.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(model.device)
        return int(PART * free)
    free_memory = available_memory()
    return None if free_memory is None else int(PART * free_memory)


@contextmanager
def _few_threads(model: Any) -> Iterator[None]:
    """Within it, a small model on a CPU runs in one thread."""
    before = torch.get_num_threads()
    small = model.device.type == "cpu" and sum(each.numel() for each in model.parameters()) < SMALL
    if small:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
