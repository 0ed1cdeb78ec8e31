"""Whether an attribution fits into memory, asked of the model at the first moments that tell: once its features are
encoded, and right after the first forward pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from circuit_tracer.utils import get_default_device

from ingest.attribution.loading.device import free_memory
from ingest.attribution.memory import (
    Needed,
    PassShape,
    attribution_bytes,
    available_memory,
    pass_bytes,
    require_decoders,
)
from queries.graph.records import AttributionParameters


@contextmanager
def memory_checked(model: Any, parameters: AttributionParameters) -> Iterator[None]:
    """Within it, circuit-tracer's attribution by a replacement model raises InvalidRequest where it would not fit."""

    def setup(inputs: Any) -> Any:
        context = model_class.setup_attribution(model, inputs)
        gpu = model.unembed_proj.device if model.unembed_proj.device.type == "cuda" else None
        needed(model, context, parameters).require(available_memory(), gpu and free_memory(gpu))
        return context

    model_class = type(model)
    model.setup_attribution = setup
    try:
        with _decoders_checked(model):
            yield
    finally:
        del model.setup_attribution


def needed(model: Any, context: Any, parameters: AttributionParameters) -> Needed:
    """What an attribution with these parameters takes. `context` is circuit-tracer's AttributionContext."""
    n_layers, n_positions, _ = context.activation_matrix.shape
    n_active, targets = context.activation_matrix._nnz(), parameters.attribution_targets
    n_selected = min(parameters.max_feature_nodes or n_active, n_active)
    n_others, n_logits = (n_layers + 1) * n_positions, len(targets or range(parameters.max_n_logits))
    config, decoders = model.cfg, context.decoder_vecs
    of_pass = PassShape(
        n_layers=n_layers,
        n_positions=n_positions,
        d_model=config.d_model,
        d_mlp=config.d_mlp,
        n_heads=config.n_heads,
        d_heads=config.n_heads * config.d_head,
        n_vocabulary=config.d_vocab,
        number=decoders.element_size(),
    )
    written = torch.bincount(context.decoder_locations[0]) if len(decoders) else torch.zeros(1)
    on_gpu = get_default_device().type != "cpu"
    return Needed(
        n_nodes=n_selected + n_others + n_logits,
        batch_size=parameters.batch_size,
        matrix=attribution_bytes(n_selected, n_active, n_others, n_logits, on_gpu),
        passes=pass_bytes(
            of_pass, parameters.batch_size, n_active + n_others, int(written.max()), _logit_copies(model)
        ),
        vectors=decoders.nbytes + context.encoder_vecs.nbytes,
    )


def _logit_copies(model: Any) -> int:
    """How many copies of the batch's logits exist at once: none in the transformerlens backend, which ends before them;
    more where they are capped."""
    if model.backend == "transformerlens":
        return 0
    config = getattr(model, "_hf_config", None)
    config = getattr(config, "text_config", config)
    return 2 if getattr(config, "final_logit_softcapping", None) else 1


@contextmanager
def _decoders_checked(model: Any) -> Iterator[None]:
    """Within it, a cross-layer transcoder raises InvalidRequest before it gathers more decoders than fit."""
    transcoder = getattr(model.transcoders, "_module", model.transcoders)
    if hasattr(transcoder, "transcoders"):  # one a layer: as many decoders as encoders
        yield
        return
    select = transcoder.select_decoder_vectors

    def checked(features: torch.Tensor) -> Any:
        layers = (features if features.is_sparse else features.to_sparse()).indices()[0]
        n_written = int((transcoder.n_layers - layers).sum())
        number = transcoder.b_enc.element_size()
        # Twice: those of each layer, and all of them in one.
        require_decoders(
            2 * n_written * transcoder.d_model * number, len(layers), free_memory(transcoder.b_enc.device)
        )
        return select(features)

    transcoder.select_decoder_vectors = checked
    try:
        yield
    finally:
        del transcoder.select_decoder_vectors
