"""Random transcoders of every kind, and circuit-tracer's replacement models of them."""

from pathlib import Path
from typing import Any

import torch
from circuit_tracer import ReplacementModel
from circuit_tracer.transcoder.activation_functions import JumpReLU
from circuit_tracer.transcoder.cross_layer_transcoder import CrossLayerTranscoder
from circuit_tracer.transcoder.single_layer_transcoder import SingleLayerTranscoder, TranscoderSet

from tests.support.tiny_model import N_FEATURES, N_LAYERS, WIDTH

MLP = {"feature_input_hook": "mlp.hook_in", "feature_output_hook": "mlp.hook_out"}
"""Features that read an MLP's input."""
NORMALISED = {"feature_input_hook": "ln2.hook_normalized", "feature_output_hook": "hook_mlp_out"}
"""Features that read its norm's output without the norm's weight."""
RESIDUAL = {"feature_input_hook": "hook_resid_mid", "feature_output_hook": "hook_mlp_out"}
"""Features that read the residual stream."""


def randomly(module: torch.nn.Module, scale: float = 0.3) -> Any:
    """The module with random weights, the same each time."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "threshold" in name:
                parameter.fill_(0.1)
            else:
                parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))
    return module


def replacement_model(source: Path, transcoders: Any, dtype: torch.dtype = torch.float32) -> Any:
    return ReplacementModel.from_pretrained_and_transcoders(
        str(source), transcoders, backend="nnsight", device=torch.device("cpu"), dtype=dtype
    )


def per_layer(
    hooks: dict[str, str], *, skip: bool = False, dtype: torch.dtype = torch.float32
) -> TranscoderSet:
    """A transcoder a layer, all with the same weights."""
    layers = {
        layer: randomly(
            SingleLayerTranscoder(
                WIDTH,
                N_FEATURES,
                JumpReLU(torch.full((N_FEATURES,), 0.1)),
                layer,
                skip_connection=skip,
                device=torch.device("cpu"),
                dtype=dtype,
            )
        )
        for layer in range(N_LAYERS)
    }
    return TranscoderSet(layers, **hooks, scan="tiny")


def across_layers(hooks: dict[str, str], *, skip: bool = False) -> CrossLayerTranscoder:
    transcoder: CrossLayerTranscoder = randomly(
        CrossLayerTranscoder(
            N_LAYERS,
            N_FEATURES,
            WIDTH,
            "jump_relu",
            skip_connection=skip,
            lazy_decoder=False,
            device=torch.device("cpu"),
            dtype=torch.float32,
            **hooks,
        )
    )
    return transcoder
