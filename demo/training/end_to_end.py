"""Training the transcoders, second stage: all of them together, each in its MLP's place.

Every layer keeps its own losses (`demo.training.transcoder_training`). The divergence of the next-token distribution
from the unchanged model's joins them: errors that cancel, or that no later layer reads, cost nothing in it; errors that
add up do.
"""

import math
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from demo.text.batches import ANSWER_WEIGHT, PROMPT_WEIGHT, Batch
from demo.text.tokenizer import PAD_ID
from demo.training.transcoder_training import LayerTrainer, TranscoderRecipe, adam, flat_then_down, update


class _ReplacedMlps:
    """While entered, every MLP computes its transcoder's output instead, except at `<bos>` and padding."""

    def __init__(self, model: LlamaForCausalLM, trainers: Sequence[LayerTrainer]) -> None:
        self._mlps = [layer.mlp for layer in model.model.layers]
        self._trainers = trainers
        self.replaces = False
        self.is_token = torch.zeros(0, dtype=torch.bool)  # (rows x positions)
        self._mlp_outputs: dict[int, Tensor] = {}

    def _forward(self, layer: int, original: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        def forward(hidden: Tensor) -> Tensor:
            if not self.replaces:
                self._mlp_outputs[layer] = original(hidden)
                return self._mlp_outputs[layer]
            trainer = self._trainers[layer]
            scale = trainer.data.scale
            inputs = hidden.flatten(0, 1)[self.is_token] / scale.input_rms
            transcoder = trainer.transcoder
            active = transcoder.active(inputs, transcoder.pre_activations(inputs))
            trainer.note_fired(active)
            output = self._mlp_outputs[layer].flatten(0, 1).clone()
            output[self.is_token] = transcoder.decode(active) * scale.output_rms + scale.output_mean
            return output.view_as(hidden)

        return forward

    def __enter__(self) -> "_ReplacedMlps":
        for layer, mlp in enumerate(self._mlps):
            mlp.forward = self._forward(layer, mlp.forward)
        return self

    def __exit__(self, *_: object) -> None:
        for mlp in self._mlps:
            del mlp.forward

    def divergence(self, model: LlamaForCausalLM, batch: Batch) -> Tensor:
        """Mean KL(model || model with replaced MLPs) over answers and a sample of prompt tokens."""
        is_token = batch.ids != PAD_ID
        is_token[:, 0] = False
        self.is_token = is_token.flatten()
        # The distribution at a position is the prediction of the next token, and takes that token's weight.
        next_weight = torch.zeros_like(batch.weights)
        next_weight[:, :-1] = batch.weights[:, 1:]
        is_prompt = next_weight == PROMPT_WEIGHT
        scored = (next_weight > 0) & (~is_prompt | (torch.rand_like(next_weight) < 0.25))
        scored[:, 0] = False
        weight = torch.where(is_prompt, next_weight * 4, next_weight.clamp(max=ANSWER_WEIGHT))[scored]
        self.replaces = False
        with torch.no_grad():
            own: Tensor = model.lm_head(
                model.model(input_ids=batch.ids).last_hidden_state[scored]
            ).log_softmax(-1)
        self.replaces = True
        replaced: Tensor = model.lm_head(
            model.model(input_ids=batch.ids).last_hidden_state[scored]
        ).log_softmax(-1)
        kl = (own.exp() * (own - replaced)).sum(-1)
        return (kl * weight).sum() / weight.sum()


def train_end_to_end(
    model: LlamaForCausalLM,
    trainers: Sequence[LayerTrainer],
    next_batch: Callable[[], Batch],
    sampling_weights: Tensor,
    recipe: TranscoderRecipe,
    log: Callable[[str], None],
) -> None:
    """Stage 2. The model's own weights are frozen."""
    model.requires_grad_(False)
    optimizer = adam(trainers, recipe.end_to_end_learning_rate)
    started = time.monotonic()
    running = math.nan
    with _ReplacedMlps(model, trainers) as mlps:
        for step in range(recipe.end_to_end_steps):
            divergence = mlps.divergence(model, next_batch())
            prefixes = torch.multinomial(sampling_weights, recipe.end_to_end_layer_batch, replacement=True)
            layer_loss = torch.stack(
                [
                    trainer.loss(prefixes, recipe.active_features, recipe.end_to_end_coherence, step + 30)
                    for trainer in trainers
                ]
            ).sum()
            warm_up = min(1.0, (step + 1) / 30)
            rate = (
                recipe.end_to_end_learning_rate
                * warm_up
                * flat_then_down(step / recipe.end_to_end_steps, 0.4)
            )
            update(optimizer, divergence + recipe.end_to_end_layer_weight * layer_loss, trainers, rate)
            value = float(divergence.detach())
            running = value if step == 0 else 0.95 * running + 0.05 * value
            if step % 50 == 49:
                seconds = time.monotonic() - started
                layers = float(layer_loss.detach())
                log(
                    f"{seconds:5.0f} s  end-to-end step {step + 1}  divergence {running:.4f}  layers {layers:.3f}"
                )
