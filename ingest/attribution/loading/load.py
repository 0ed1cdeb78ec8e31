"""A model with its transcoders, loaded by circuit-tracer's own loaders.

1. Find the files, and fetch them where they are not here.
2. Refuse what cannot be loaded: code of its own, an unknown architecture, transcoders of another model, more weights
   than memory.
3. Load the transcoders, then the model.

A model of the hub is loaded from its files in the cache, at the commit that was found, under the repository's name:
circuit-tracer has no parameter for a model's revision, and goes by names.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import torch
from circuit_tracer import ReplacementModel
from circuit_tracer.transcoder.cross_layer_transcoder import load_clt
from circuit_tracer.utils.hf_utils import load_transcoders

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.loading.checks import check_code, check_fit, check_memory, official_name
from ingest.attribution.loading.device import device_of, free_memory
from ingest.attribution.loading.find import FoundModel, FoundSet, find_model, find_set
from ingest.models import ModelEntry, TranscoderEntry
from queries.errors import TranscodersMismatch, UnsupportedModel

log = logging.getLogger(__name__)


def load_model(entry: ModelEntry, transcoders: TranscoderEntry) -> LoadedModel:
    """Raises DeviceUnavailable, WeightsUnavailable, WeightsTooLarge, UnsupportedModel, TranscodersMismatch."""
    device = device_of(entry.device)
    dtype: torch.dtype = getattr(torch, entry.dtype)
    model = find_model(entry, official_name(entry))
    check_code(model)
    found = find_set(transcoders)
    check_fit(model, found, entry, transcoders)
    lazy = _lazy(found, transcoders)
    check_memory(model, found, entry, _not_loaded(lazy), free_memory(device), str(device))
    with _explained(found.source):
        loaded = load_set(found, device, dtype, lazy)
    with _explained(entry.source), _named(model):
        try:
            replacement_model = ReplacementModel.from_pretrained_and_transcoders(
                model.name, loaded, backend=entry.backend, device=device, dtype=dtype
            )
        except AttributeError as error:
            hooks = " and ".join(str(found.config[f"feature_{end}_hook"]) for end in ("input", "output"))
            raise TranscodersMismatch(
                transcoders.name,
                entry.name,
                f"its features read and write at {hooks}, and circuit-tracer finds no such places in it ({error})",
            ) from error
    limit = getattr(getattr(replacement_model, "config", None), "max_position_embeddings", None)
    return LoadedModel(
        entry=entry,
        transcoders=transcoders,
        replacement_model=replacement_model,
        tokenizer=replacement_model.tokenizer,
        context_length=entry.context_length or limit or model.of_text.get("max_position_embeddings"),
        model_revision=model.revision,
        transcoder_revision=found.revision,
    )


def load_set(found: FoundSet, device: torch.device, dtype: torch.dtype, lazy: dict[str, bool]) -> Any:
    """circuit-tracer's TranscoderSet or CrossLayerTranscoder."""
    if not found.is_cross_layer or found.in_own_form:
        return load_transcoders(found.config, device=device, dtype=dtype, **lazy)
    return load_clt(  # `load_transcoders` takes cross-layer transcoders from the hub only
        str(found.folder),
        found.config["feature_input_hook"],
        found.config["feature_output_hook"],
        found.config["scan"],
        device=device,
        dtype=dtype,
        **lazy,
    )


def _lazy(found: FoundSet, transcoders: TranscoderEntry) -> dict[str, bool]:
    if found.in_own_form:
        return {"lazy_encoder": False, "lazy_decoder": False}
    asked = {"lazy_encoder": transcoders.lazy_encoder, "lazy_decoder": transcoders.lazy_decoder}
    return {name: found.is_hub if value is None else value for name, value in asked.items()}


def _not_loaded(lazy: dict[str, bool]) -> tuple[str, ...]:
    """The beginnings of the names of tensors that stay in their files."""
    names = {"lazy_encoder": "W_enc", "lazy_decoder": "W_dec"}
    return tuple(tensor for option, tensor in names.items() if lazy[option])


@contextmanager
def _named(model: FoundModel) -> Iterator[None]:
    """Within it, the name of a hub's model is a folder: a link to its files, which all loaders take before the hub."""
    if model.name == model.source and Path(model.source).is_dir():
        yield
        return
    with tempfile.TemporaryDirectory() as place:
        link = Path(place) / model.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(model.folder)
        with chdir(place):
            yield


@contextmanager
def _explained(source: str) -> Iterator[None]:
    """Raises UnsupportedModel in place of what loaders raise about files that are not as they expect them."""
    try:
        yield
    except (ValueError, KeyError, AssertionError, NotImplementedError, OSError) as error:
        log.exception("%s cannot be loaded.", source)
        what = (str(error).splitlines() or [""])[0]
        raise UnsupportedModel(
            source,
            f"circuit-tracer could not load it ({type(error).__name__}: {what}); tracing.log says more",
        ) from error
