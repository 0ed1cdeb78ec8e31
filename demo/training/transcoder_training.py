"""Training the transcoders, first stage: each layer by itself, on cached inputs and outputs of its MLP.

Each batch of prefixes pays three losses in every layer:

1. reconstruction: squared error relative to each position's own size, so that large common outputs do not outweigh the
   rare ones that carry the facts. Sparsity is exact: a running threshold keeps on average `active_features`
   (BatchTopK).
2. coherence: of a feature with activations a_i at positions with unit vectors z_i (the MLP's input and output side by
   side), m - |sum a_i z_i| over m = sum a_i. It asks that a feature's inputs and outputs point the same way wherever it
   fires. It sees no label, yet it makes features readable.
3. revival: dead features rebuild the error that live ones leave; features dead for long are moved onto positions with
   large errors.

`demo.training.end_to_end` is the second stage.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from demo.sparse import ActiveUnits, summed_by_unit
from demo.text.prefixes import MlpStreams
from demo.transcoders import Scale, Transcoder


@dataclass(frozen=True)
class TranscoderRecipe:
    """Sizes and schedule of both stages; shares are of a stage's steps."""

    n_features: int = 3072
    active_features: float = 2.4
    initial_active_factor: float = 3.0
    layer_steps: int = 800
    layer_batch: int = 2048
    layer_learning_rate: float = 1.2e-3
    layer_coherence: float = 12.0
    coherence_full_at: float = 0.4
    end_to_end_steps: int = 300
    end_to_end_rows: int = 128
    end_to_end_layer_batch: int = 1024
    end_to_end_learning_rate: float = 8e-4
    end_to_end_coherence: float = 10.0
    end_to_end_layer_weight: float = 0.8
    output_share: float = 0.85  # of the coherence vector's squared length
    addition_weight: float = 0.25  # two thirds of all prefixes are sums: sample them less
    dead_after: int = 60  # batches without firing until the revival loss
    moved_after: int = 90  # batches without firing until a feature is moved
    move_every: int = 80
    seed: int = 0


@dataclass
class LayerData:
    """One layer's normalised streams, all (n_prefixes, ...)."""

    scale: Scale
    inputs: Tensor  # (n_prefixes, d_model)
    targets: Tensor  # (n_prefixes, d_model)
    weights: Tensor  # (n_prefixes): the reconstruction's weight, about 1 / the target's size
    directions: Tensor  # (n_prefixes, 2 d_model): the coherence penalty's unit vectors
    mean_input: Tensor  # (d_model)

    @staticmethod
    def of(inputs: Tensor, outputs: Tensor, output_share: float) -> "LayerData":
        """From an MLP's raw inputs and outputs (n_prefixes, d_model)."""
        scale = Scale.of(inputs, outputs)
        normal_inputs = inputs / scale.input_rms
        targets = (outputs - scale.output_mean) / scale.output_rms
        size = targets.square().sum(-1)
        size = size / size.mean()
        weights = 1 / (size + 0.1)
        weights = weights / (weights * size).mean()
        mean_input = normal_inputs.mean(0)
        directions = torch.cat(
            [
                F.normalize(normal_inputs - mean_input, dim=1) * math.sqrt(1 - output_share),
                F.normalize(targets, dim=1) * math.sqrt(output_share),
            ],
            dim=1,
        )
        return LayerData(scale, normal_inputs, targets, weights, directions, mean_input)


def coherence_loss(active: ActiveUnits, directions: Tensor, n_features: int) -> Tensor:
    """(m - |sum a_i z_i|) summed over features, over the sum of m: 0 when all of a feature's positions agree.

    directions (n_positions, 2 d_model), unit vectors.
    """
    sums = summed_by_unit(active, directions, n_features)
    mass = torch.zeros(n_features).index_add(0, active.unit, active.value)
    incoherent = (mass - (sums.square().sum(1) + 1e-6).sqrt()).clamp(min=0)
    return incoherent.sum() / mass.sum().clamp(min=1e-6)


@dataclass
class LayerTrainer:
    """A layer's transcoder, its data, and its state from batch to batch."""

    transcoder: Transcoder
    data: LayerData
    recipe: TranscoderRecipe
    silent_batches: Tensor = field(init=False)  # (n_features): batches since the feature last fired

    def __post_init__(self) -> None:
        self.silent_batches = torch.zeros(self.recipe.n_features)

    def follow_threshold(self, pre_activations: Tensor, active_features: float, is_warm: bool) -> None:
        """Move the threshold towards the value that keeps `active_features` a position in this batch."""
        sample = pre_activations[torch.randint(len(pre_activations), (384,))].flatten()
        kept = max(1, int(active_features * 384))
        # A low bound leaves few values to sort; where fewer than `kept` pass it, all are sorted.
        candidates = sample[sample > 0.5 * self.transcoder.threshold]
        if len(candidates) < kept:
            candidates = sample
        value = max(0.0, float(candidates.topk(kept).values[-1]))
        old = self.transcoder.threshold
        self.transcoder.threshold = value if not is_warm or old == 0 else 0.97 * old + 0.03 * value

    def note_fired(self, active: ActiveUnits) -> None:
        self.silent_batches += 1
        self.silent_batches[active.unit] = 0

    def loss(self, batch: Tensor, active_features: float, coherence: float, step: int) -> Tensor:
        """The three losses on prefixes `batch` (indices)."""
        inputs, targets = self.data.inputs[batch], self.data.targets[batch]
        pre_activations = self.transcoder.pre_activations(inputs)
        self.follow_threshold(pre_activations, active_features, is_warm=step >= 30)
        active = self.transcoder.active(inputs, pre_activations)
        error = targets - self.transcoder.decode(active)
        loss = (error.square().mean(1) * self.data.weights[batch]).mean()
        loss = loss + coherence * coherence_loss(active, self.data.directions[batch], self.recipe.n_features)
        self.note_fired(active)
        if step % 2 == 0:
            loss = loss + self._revival_loss(inputs[:512], error[:512].detach())
        return loss

    def _revival_loss(self, inputs: Tensor, error: Tensor) -> Tensor:
        """The error of the 32 strongest dead features in rebuilding the live ones' error; 0 without dead features."""
        dead = (self.silent_batches > self.recipe.dead_after).nonzero().flatten()
        if len(dead) == 0:
            return torch.zeros(())
        transcoder = self.transcoder
        pre_activations = F.linear(inputs, transcoder.encoder[dead], transcoder.encoder_bias[dead])
        values, features = pre_activations.topk(min(32, len(dead)), dim=-1)
        activations = torch.zeros_like(pre_activations).scatter(-1, features, torch.relu(values))
        return (error - activations @ transcoder.decoder[dead]).square().mean() / 8

    @torch.no_grad()
    def move_dead_features(self, sampling_weights: Tensor, optimizer: torch.optim.Optimizer) -> int:
        """Put features dead for long onto positions with large errors; the number moved."""
        dead = (self.silent_batches > self.recipe.moved_after).nonzero().flatten()[:600]
        if len(dead) == 0:
            return 0
        transcoder, data = self.transcoder, self.data
        pool = torch.multinomial(sampling_weights, min(12288, len(sampling_weights)))
        inputs = data.inputs[pool]
        active = transcoder.active(inputs, transcoder.pre_activations(inputs))
        error = data.targets[pool] - transcoder.decode(active)
        chosen = torch.multinomial(error.square().sum(1) * data.weights[pool], len(dead))
        offset = inputs[chosen] - data.mean_input
        distance = offset.norm(dim=1).clamp(min=1e-6)
        direction = offset / distance[:, None]
        # Active, at 1.5 thresholds, on its own position; silent where the input is less than 0.6 as far along.
        own_activation = 1.5 * max(transcoder.threshold, 0.3)
        gain = own_activation / (0.4 * distance)
        transcoder.encoder[dead] = gain[:, None] * direction
        transcoder.encoder_bias[dead] = -gain * (direction @ data.mean_input + 0.6 * distance)
        decoder = error[chosen] / own_activation
        transcoder.decoder[dead] = decoder / decoder.norm(dim=1, keepdim=True).clamp(min=1.0)
        self.silent_batches[dead] = 0
        for parameter in (transcoder.encoder, transcoder.encoder_bias, transcoder.decoder):
            state = optimizer.state.get(parameter)
            if state:
                state["exp_avg"][dead] = 0
                state["exp_avg_sq"][dead] = 0
        return len(dead)


def adam(trainers: Sequence[LayerTrainer], learning_rate: float) -> torch.optim.Adam:
    parameters = [parameter for trainer in trainers for parameter in trainer.transcoder.parameters()]
    return torch.optim.Adam(parameters, lr=learning_rate, betas=(0.9, 0.99), fused=True)


def update(
    optimizer: torch.optim.Adam, loss: Tensor, trainers: Sequence[LayerTrainer], learning_rate: float
) -> None:
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()
    optimizer.zero_grad()
    for trainer in trainers:
        trainer.transcoder.cap_decoder_norms()


def flat_then_down(progress: float, flat_until: float) -> float:
    """1, then linearly to 0.03."""
    return 1.0 if progress < flat_until else max(0.03, (1 - progress) / (1 - flat_until))


def new_trainers(
    model: LlamaForCausalLM, streams: MlpStreams, recipe: TranscoderRecipe
) -> list[LayerTrainer]:
    """One trainer a layer, started from the model's own neurons; further features are marked dead, to be moved."""
    trainers = []
    for layer, inputs, outputs in zip(model.model.layers, streams.inputs, streams.outputs, strict=True):
        data = LayerData.of(inputs, outputs, recipe.output_share)
        transcoder = Transcoder(recipe.n_features, inputs.shape[1])
        transcoder.start_from_neurons(layer.mlp, data.scale)
        trainer = LayerTrainer(transcoder, data, recipe)
        trainer.silent_batches[layer.mlp.gate_proj.out_features :] = 1000
        trainers.append(trainer)
    return trainers


def train_layers(
    trainers: Sequence[LayerTrainer],
    sampling_weights: Tensor,
    recipe: TranscoderRecipe,
    log: Callable[[str], None],
) -> None:
    """Stage 1. sampling_weights (n_prefixes): how often each prefix is drawn."""
    optimizer = adam(trainers, recipe.layer_learning_rate)
    started = time.monotonic()
    for step in range(recipe.layer_steps):
        progress = step / recipe.layer_steps
        extra = (recipe.initial_active_factor - 1) * max(0.0, 1 - 2 * progress)
        active_features = recipe.active_features * (1 + extra)
        coherence = recipe.layer_coherence * min(1.0, 0.1 + progress / recipe.coherence_full_at)
        batch = torch.multinomial(sampling_weights, recipe.layer_batch, replacement=True)
        losses = torch.stack([trainer.loss(batch, active_features, coherence, step) for trainer in trainers])
        warm_up = min(1.0, (step + 1) / 50)
        rate = recipe.layer_learning_rate * warm_up * flat_then_down(progress, 0.5)
        update(optimizer, losses.sum(), trainers, rate)
        if step % recipe.move_every == 30 and progress < 0.75:
            for trainer in trainers:
                trainer.move_dead_features(sampling_weights, optimizer)
        if step % 100 == 99:
            by_layer = ", ".join(f"{loss:.3f}" for loss in losses.tolist())
            dead = [int((trainer.silent_batches > 200).sum()) for trainer in trainers]
            seconds = time.monotonic() - started
            log(
                f"{seconds:5.0f} s  layer step {step + 1}  {active_features:.1f} active  loss {by_layer}  dead {dead}"
            )
