"""The local replacement model of a recorded prompt: norms' scales and attention patterns held, transcoders in place of
MLPs, the features' activations and the errors constant. Only a transcoder's linear skip connection stays a path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from ingest.attribution.internals.passes.layer import Layer, MlpReads
from ingest.attribution.internals.passes.record import Recording

READS = {"mlp.hook_in": "mlp_input", "ln2.hook_normalized": "mlp_normalised", "hook_resid_mid": "middle"}
"""Where features read, by circuit-tracer's name of it: before the MLP, after its norm with and without the norm's
weight, and before the norm."""


class NoLoadings(Exception):
    """Why nothing can be said of which heads carried a graph's links."""


@dataclass(frozen=True, eq=False)
class LocalReplacement:
    """A recorded prompt of n tokens with transcoders in place of MLPs.

    `model` is the Hugging Face model that was recorded, with eager attention; `transcoders` is circuit-tracer's set or
    cross-layer transcoder; at `zero_positions` there are neither features nor errors. `directions` (d_model,) each are
    the targets that are no tokens, by their nodes' index. `embedding_factor`: what share of an embedding counts.
    """

    model: Any
    recording: Recording
    transcoders: Any
    zero_positions: slice
    directions: Mapping[int, torch.Tensor] = field(default_factory=dict)
    embedding_factor: float = 1.0

    @property
    def n_layers(self) -> int:
        return len(self.recording.layers)

    @property
    def d_model(self) -> int:
        return self.recording.embeddings.shape[-1]

    @property
    def device(self) -> torch.device:
        return self.recording.embeddings.device

    @property
    def n_vocabulary(self) -> int:
        return int(self.model.get_output_embeddings().weight.shape[0])

    def read(self, layer: Layer | MlpReads) -> torch.Tensor:
        """(B, n, d_model): what the features of a layer read. Raises NoLoadings where that is not known."""
        hook = self.transcoders.feature_input_hook
        value: torch.Tensor | None = getattr(layer, READS[hook]) if hook in READS else None
        if value is None:
            raise NoLoadings(f"the transcoders read at {hook}, which is not known in this model")
        return value

    def skip(self, reads: MlpReads) -> torch.Tensor | None:
        """(B, n, d_model): what a transcoder writes by its skip connection; None where it has none."""
        if not self.transcoders.skip_connection:
            return None
        read = self.read(reads).to(self._dtype)
        written: torch.Tensor = self.transcoders.compute_skip(reads.number, read)
        return written.float()

    @cached_property
    def inputs(self) -> torch.Tensor:
        """(n_layers, n, d_model): what features read in the recorded pass."""
        return torch.cat([self.read(layer) for layer in self.recording.layers]).detach()

    @cached_property
    @torch.no_grad()
    def errors(self) -> torch.Tensor:
        """(n_layers, n, d_model): what MLPs wrote and transcoders do not."""
        found = self.transcoders.compute_attribution_components(
            self.inputs.to(self._dtype), self.zero_positions
        )
        written = torch.cat([layer.mlp_write for layer in self.recording.layers]).detach()
        errors: torch.Tensor = written - found["reconstruction"].float()
        errors[:, self.zero_positions] = 0.0
        return errors

    @torch.no_grad()
    def activations(self, layer: int, position: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
        """(n_features,) of the features of a layer."""
        encoded: torch.Tensor = self.transcoders.encode_layer(
            self.inputs[layer, position].to(self._dtype), layer
        )
        return encoded[torch.arange(len(index)), index].float()

    @torch.no_grad()
    def encoders(self, layer: int, index: torch.Tensor) -> torch.Tensor:
        """(n_features, d_model)"""
        of_layers = getattr(self.transcoders, "transcoders", None)
        weight = self.transcoders._get_encoder_weights(layer) if of_layers is None else of_layers[layer].W_enc
        rows: torch.Tensor = weight[index].float()
        return rows

    @torch.no_grad()
    def decoders(self, layer: int, index: torch.Tensor) -> torch.Tensor:
        """(n_features, n_written, d_model): what features write per unit of activation, in their own layer and, for a
        cross-layer transcoder, in each later one."""
        rows: torch.Tensor = self.transcoders._get_decoder_vectors(layer, index).float()
        return rows if rows.ndim == 3 else rows[:, None]

    @torch.no_grad()
    def logit_vectors(self, index: torch.Tensor) -> torch.Tensor:
        """(n_logits, d_model): each token's row of the unembedding less the mean row, or the direction."""
        weight = self.model.get_output_embeddings().weight.detach()
        mean = weight.mean(0, dtype=torch.float32)
        return torch.stack(
            [
                self.directions[each].to(self.device).float()
                if each in self.directions
                else weight[each].float() - mean
                for each in index.tolist()
            ]
        )

    @property
    def _dtype(self) -> torch.dtype:
        dtype: torch.dtype = next(self.transcoders.parameters()).dtype
        return dtype
