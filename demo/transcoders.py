"""A transcoder for one layer: sparse features that read an MLP's input and write its output.

While training, its inputs and outputs are normalised (`Scale`) and one threshold serves all its features.
`exported` folds both into the weights, in the form that circuit-tracer loads:

    pre = x W_enc^T + b_enc        activation = pre where pre > threshold, else 0        y = activation W_dec + b_dec
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers.models.llama.modeling_llama import LlamaMLP

from demo.sparse import ActiveUnits, active_units, decoded

TranscoderWeights = dict[str, Tensor]
"""W_enc, W_dec (n_features, d_model); b_enc, activation_function.threshold (n_features); b_dec (d_model)."""


@torch.no_grad()
def exported_active(weights: TranscoderWeights, inputs: Tensor, chunk: int = 8192) -> ActiveUnits:
    """The active features at each input (n_positions, d_model), exactly as circuit-tracer computes them."""
    positions, features, values = [], [], []
    for start in range(0, len(inputs), chunk):
        pre_activations = F.linear(inputs[start : start + chunk], weights["W_enc"], weights["b_enc"])
        position, feature = (pre_activations > weights["activation_function.threshold"]).nonzero(
            as_tuple=True
        )
        positions.append(position + start)
        features.append(feature)
        values.append(pre_activations[position, feature])
    return ActiveUnits(torch.cat(positions), torch.cat(features), torch.cat(values), len(inputs))


@dataclass(frozen=True)
class Scale:
    """Normalisation of one layer: x / input_rms, (y - output_mean) / output_rms. output_mean (d_model)."""

    input_rms: float
    output_mean: Tensor
    output_rms: float

    @staticmethod
    def of(inputs: Tensor, outputs: Tensor) -> "Scale":
        """From inputs and outputs (n_positions, d_model)."""
        mean = outputs.mean(0)
        return Scale(
            input_rms=float(inputs.square().mean().sqrt()),
            output_mean=mean,
            output_rms=max(float((outputs - mean).square().mean().sqrt()), 1e-4),
        )


class Transcoder(nn.Module):
    """The trained form, in normalised units. encoder, decoder (n_features, d_model); the threshold is one number."""

    def __init__(self, n_features: int, d_model: int) -> None:
        super().__init__()
        self.encoder = nn.Parameter(torch.zeros(n_features, d_model))
        self.encoder_bias = nn.Parameter(torch.zeros(n_features))
        self.decoder = nn.Parameter(torch.zeros(n_features, d_model))
        self.decoder_bias = nn.Parameter(torch.zeros(d_model))
        self.threshold = 0.0

    @torch.no_grad()
    def start_from_neurons(self, mlp: LlamaMLP, scale: Scale) -> None:
        """Make the first features the MLP's own neurons; the rest stay 0, and training moves them."""
        encoder, decoder = mlp.gate_proj.weight, mlp.down_proj.weight.T
        n_neurons = min(len(encoder), len(self.encoder))
        size = mlp.down_proj.weight.norm(dim=0)[:n_neurons].clamp(min=1e-6) / scale.output_rms
        self.encoder[:n_neurons] = encoder[:n_neurons] * scale.input_rms * size[:, None]
        self.encoder_bias[:n_neurons] = mlp.gate_proj.bias[:n_neurons] * size
        self.decoder[:n_neurons] = decoder[:n_neurons] / scale.output_rms / size[:, None]
        self.decoder_bias.copy_((mlp.down_proj.bias - scale.output_mean) / scale.output_rms)

    @torch.no_grad()
    def pre_activations(self, inputs: Tensor) -> Tensor:
        """inputs (n_positions, d_model) -> (n_positions, n_features), without gradient."""
        return F.linear(inputs, self.encoder, self.encoder_bias)

    def active(self, inputs: Tensor, pre_activations: Tensor) -> ActiveUnits:
        """The features above the threshold, with gradients to the inputs and the encoder."""
        return active_units(inputs, self.encoder, self.encoder_bias, pre_activations, self.threshold)

    def decode(self, active: ActiveUnits) -> Tensor:
        """(n_positions, d_model), normalised."""
        return self.decoder_bias + decoded(active, self.decoder)

    @torch.no_grad()
    def cap_decoder_norms(self) -> None:
        """Scale decoder rows to norm 1 at most, so that activations, which the threshold compares, carry the sizes."""
        self.decoder.div_(self.decoder.norm(dim=-1, keepdim=True).clamp(min=1.0))

    @torch.no_grad()
    def exported(self, scale: Scale) -> TranscoderWeights:
        """Weights by circuit-tracer's names, for unnormalised streams, with decoder rows of norm 1."""
        decoder = self.decoder * scale.output_rms
        size = decoder.norm(dim=-1).clamp(min=1e-8)
        return {
            "W_enc": self.encoder / scale.input_rms * size[:, None],
            "b_enc": self.encoder_bias * size,
            "W_dec": decoder / size[:, None],
            "b_dec": self.decoder_bias * scale.output_rms + scale.output_mean,
            "activation_function.threshold": self.threshold * size,
        }
