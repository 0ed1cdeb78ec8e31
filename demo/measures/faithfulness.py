"""Does the model know its facts, and does it still know them when transcoders replace all MLPs?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from demo.accuracy import accuracy
from demo.text.corpus import Statement
from demo.transcoders import TranscoderWeights


@dataclass(frozen=True)
class Accuracy:
    """Shares of statements answered right, by the model and by the model with every MLP replaced."""

    n_statements: int
    model: float
    replaced: float


@contextmanager
def replaced_mlps(model: LlamaForCausalLM, layers: Sequence[TranscoderWeights]) -> Iterator[None]:
    """Inside, every MLP gives its transcoder's output, without an error term.

    `<bos>`, the same in every prompt, keeps the MLP's output: circuit-tracer takes no features at it either.
    """

    def replacing(weights: TranscoderWeights) -> Callable[[object, tuple[Tensor], Tensor], Tensor]:
        def hook(_module: object, inputs: tuple[Tensor], output: Tensor) -> Tensor:
            pre_activations = F.linear(inputs[0], weights["W_enc"], weights["b_enc"])
            activations = pre_activations * (pre_activations > weights["activation_function.threshold"])
            replaced = activations @ weights["W_dec"] + weights["b_dec"]
            return torch.cat([output[:, :1], replaced[:, 1:]], dim=1)

        return hook

    handles = [
        layer.mlp.register_forward_hook(replacing(weights))
        for layer, weights in zip(model.model.layers, layers, strict=True)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def measure_accuracy(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    layers: Sequence[TranscoderWeights],
    statements: Sequence[Statement],
) -> Accuracy:
    """Both accuracies on the same statements."""
    own = accuracy(model, tokenizer, statements)
    with replaced_mlps(model, layers):
        replaced = accuracy(model, tokenizer, statements)
    return Accuracy(len(statements), own, replaced)
