"""The demo language model: an ordinary Llama, trained so that its MLPs are easy to replace by transcoders.

1. `up_proj` is frozen at weight 0, bias 1, and the activation is relu: each MLP is then down(relu(W x + b)), and
   each neuron one encoder row, one bias and one decoder column, as a transcoder's feature is.
2. Token embeddings are frozen at random. Trained ones would learn city -> state by themselves, and a two-hop question
   would become one hop.
3. A concave penalty on the size of each neuron's output makes neurons sparse. Each layer has its own multiplier,
   steered so that the mean number of active neurons falls geometrically to a target.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.models.llama.modeling_llama import LlamaMLP

from demo.accuracy import accuracy
from demo.sparse import active_units, decoded
from demo.text.batches import ANSWER_WEIGHT, PROMPT_WEIGHT, Batch, StatementEncoder, training_batches
from demo.text.corpus import StatementSampler, Task, fixed_statements
from demo.text.tokenizer import BOS_ID, PAD_ID
from demo.training.muon import Muon

SIZE_EPSILON = 0.01  # smooths the square root at 0
SPARSE_BELOW = 32.0  # mean active neurons a token below which gathering is faster than multiplying


@dataclass(frozen=True)
class LanguageModelRecipe:
    """Sizes and schedule; shares are of all steps."""

    n_layers: int = 4
    d_model: int = 128
    n_heads: int = 4
    d_mlp: int = 1024
    max_positions: int = 128
    embedding_std: float = 0.1
    initial_gate_bias: float = -0.6
    steps: int = 2500
    rows_per_batch: int = 192
    muon_learning_rate: float = 0.02
    adam_learning_rate: float = 2e-3
    weight_decay: float = 0.1
    warm_up_steps: int = 100
    decay_from: float = 0.35
    sparsity_from: float = 0.10
    sparsity_reached: float = 0.55
    active_neurons: float = 4.0
    prompt_token_sample: float = 0.2
    seed: int = 0


def new_model(recipe: LanguageModelRecipe, vocabulary_size: int) -> LlamaForCausalLM:
    """An untrained model; its embeddings and `up_proj` are frozen."""
    config = LlamaConfig(
        vocab_size=vocabulary_size,
        hidden_size=recipe.d_model,
        intermediate_size=recipe.d_mlp,
        num_hidden_layers=recipe.n_layers,
        num_attention_heads=recipe.n_heads,
        num_key_value_heads=recipe.n_heads,
        max_position_embeddings=recipe.max_positions,
        initializer_range=0.05,
        hidden_act="relu",
        mlp_bias=True,
        tie_word_embeddings=False,
        bos_token_id=BOS_ID,
        eos_token_id=BOS_ID,
        pad_token_id=PAD_ID,
        attn_implementation="eager",  # faster than the fused kernel at this size
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        model.model.embed_tokens.weight.normal_(0.0, recipe.embedding_std)
        for layer in model.model.layers:
            layer.mlp.gate_proj.bias.fill_(recipe.initial_gate_bias)
            layer.mlp.up_proj.weight.zero_()
            layer.mlp.up_proj.bias.fill_(1.0)
    model.model.embed_tokens.weight.requires_grad_(False)
    for layer in model.model.layers:
        layer.mlp.up_proj.requires_grad_(False)
    return model


class _DenseConcaveSize(torch.autograd.Function):
    """sum over neurons of sqrt(h |d| + eps) - sqrt(eps), with h >= 0 the activation and |d| the decoder column's norm.

    Written by hand because autograd's own version walks the (tokens, neurons) array three times as often.
    """

    @staticmethod
    def forward(ctx: Any, activations: Tensor, norms: Tensor) -> Tensor:
        """activations (tokens, neurons), norms (neurons) -> (tokens)."""
        root = (activations * norms).add_(SIZE_EPSILON).sqrt_()
        ctx.save_for_backward(activations, norms, root)
        return root.sum(-1) - math.sqrt(SIZE_EPSILON) * activations.shape[-1]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        activations, norms, root = ctx.saved_tensors
        slope = (0.5 * gradients[0])[:, None] / root
        return slope * norms, (slope * activations).sum(0)


@dataclass(frozen=True)
class _MlpRecord:
    """The penalised size (tokens) and the number of active neurons (tokens) of one MLP's pass over a batch."""

    size: Tensor
    n_active: Tensor


def _dense_mlp(mlp: LlamaMLP, hidden: Tensor) -> tuple[Tensor, _MlpRecord]:
    """hidden (tokens, d_model) -> output (tokens, d_model) and the record."""
    activations = torch.relu(mlp.gate_proj(hidden))
    size = _DenseConcaveSize.apply(activations, mlp.down_proj.weight.norm(dim=0))
    return mlp.down_proj(activations), _MlpRecord(size, (activations.detach() > 0).sum(-1).float())


def _sparse_mlp(mlp: LlamaMLP, hidden: Tensor) -> tuple[Tensor, _MlpRecord]:
    """`_dense_mlp`, computed for active neurons only."""
    encoder, bias = mlp.gate_proj.weight, mlp.gate_proj.bias
    with torch.no_grad():
        pre_activations = F.linear(hidden, encoder, bias)
    active = active_units(hidden, encoder, bias, pre_activations, threshold=0.0)
    decoder = mlp.down_proj.weight.T.contiguous()
    size = (active.value * decoder.norm(dim=1)[active.unit] + SIZE_EPSILON).sqrt() - math.sqrt(SIZE_EPSILON)
    summed = torch.zeros(len(hidden)).index_add(0, active.position, size)
    n_active = torch.bincount(active.position, minlength=len(hidden)).float()
    return decoded(active, decoder) + mlp.down_proj.bias, _MlpRecord(summed, n_active)


class SparsityController:
    """Each layer's penalty multiplier, steered so that its mean number of active neurons follows a falling target."""

    MAX_MULTIPLIER, MIN_MULTIPLIER = 0.02, 1e-6

    def __init__(self, recipe: LanguageModelRecipe) -> None:
        self._recipe = recipe
        self.multipliers = torch.full((recipe.n_layers,), 1e-5)
        self.active: Tensor | None = None  # (layers), running mean
        self._start: Tensor | None = None

    def update(self, progress: float, active: Tensor) -> None:
        """Steer by the mean active neurons of one batch (layers), at a progress between 0 and 1."""
        self.active = active if self.active is None else 0.95 * self.active + 0.05 * active
        if progress <= self._recipe.sparsity_from:
            return
        if self._start is None:
            self._start = self.active.clone()
        span = self._recipe.sparsity_reached - self._recipe.sparsity_from
        done = min(1.0, (progress - self._recipe.sparsity_from) / span)
        goal = self._recipe.active_neurons
        target = torch.exp((1 - done) * self._start.log() + done * math.log(goal)).clamp(min=goal)
        pull = torch.tanh(3 * torch.log(self.active.clamp(min=1e-3) / target))
        self.multipliers = (self.multipliers * torch.exp(0.03 * pull)).clamp(
            self.MIN_MULTIPLIER, self.MAX_MULTIPLIER
        )


class _TrainingMlps:
    """While entered, the MLPs skip the constant `up_proj`, run sparsely where that is faster, and record sparsity."""

    def __init__(self, model: LlamaForCausalLM) -> None:
        self._mlps: list[LlamaMLP] = [layer.mlp for layer in model.model.layers]
        self._records: list[_MlpRecord] = []
        self._is_sparse = False

    def _forward(self, mlp: LlamaMLP) -> Callable[[Tensor], Tensor]:
        def forward(hidden: Tensor) -> Tensor:
            compute = _sparse_mlp if self._is_sparse else _dense_mlp
            output, record = compute(mlp, hidden.flatten(0, 1))
            if torch.is_grad_enabled():  # measuring the accuracy in between records nothing
                self._records.append(record)
            return output.view_as(hidden)

        return forward

    def __enter__(self) -> "_TrainingMlps":
        for mlp in self._mlps:
            mlp.forward = self._forward(mlp)
        return self

    def __exit__(self, *_: object) -> None:
        for mlp in self._mlps:
            del mlp.forward

    def penalty_and_active(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Penalty (layers), a mean over real tokens, and the mean number of active neurons (layers), `<bos>` left out.

        The penalty counts three times on `<bos>`, so that it stores nothing readable.
        """
        is_token = (ids != PAD_ID).float()
        weight = is_token.clone()
        weight[:, 0] = 3.0
        counted = is_token.clone()
        counted[:, 0] = 0.0
        penalty = (
            torch.stack([(record.size * weight.flatten()).sum() for record in self._records]) / is_token.sum()
        )
        active = (
            torch.stack([(record.n_active * counted.flatten()).sum() for record in self._records])
            / counted.sum()
        )
        self._records.clear()
        self._is_sparse = float(active.max()) < SPARSE_BELOW
        return penalty, active


def _answer_loss(model: LlamaForCausalLM, batch: Batch, prompt_token_sample: float) -> tuple[Tensor, float]:
    """The weighted cross-entropy, and the plain one over answer tokens.

    Only a sample of the many lightly weighted prompt tokens is scored, at a weight that makes up for it: the output
    layer is a fifth of the cost.
    """
    weights = batch.weights[:, 1:]
    is_prompt = weights == PROMPT_WEIGHT
    kept = (weights > 0) & (~is_prompt | (torch.rand_like(weights) < prompt_token_sample))
    kept_weights = torch.where(is_prompt, weights / prompt_token_sample, weights)[kept]
    hidden = model.model(input_ids=batch.ids).last_hidden_state[:, :-1][kept]
    losses = F.cross_entropy(model.lm_head(hidden), batch.ids[:, 1:][kept], reduction="none")
    is_answer = weights[kept] == ANSWER_WEIGHT
    return (losses * kept_weights).sum() / kept_weights.sum(), float(losses[is_answer].mean().detach())


def _optimizers(model: LlamaForCausalLM, recipe: LanguageModelRecipe) -> tuple[Muon, torch.optim.AdamW]:
    """Muon for the layers' matrices, AdamW for all else (weight decay on matrices only)."""
    trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    layer_matrices = [weight for name, weight in trained if weight.ndim == 2 and "layers" in name]
    other_matrices = [weight for name, weight in trained if weight.ndim == 2 and "layers" not in name]
    vectors = [weight for _, weight in trained if weight.ndim < 2]
    adam = torch.optim.AdamW(
        [
            {"params": other_matrices, "weight_decay": recipe.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=recipe.adam_learning_rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    return Muon(layer_matrices, recipe.weight_decay), adam


def _learning_rate_scale(step: int, recipe: LanguageModelRecipe) -> float:
    """Linear warm-up, flat, then a cosine down to a fiftieth."""
    progress = step / recipe.steps
    warm_up = min(1.0, (step + 1) / recipe.warm_up_steps)
    if progress < recipe.decay_from:
        return warm_up
    fall = (progress - recipe.decay_from) / (1 - recipe.decay_from)
    return warm_up * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fall)))


def train_language_model(
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    recipe: LanguageModelRecipe,
    log: Callable[[str], None] = print,
) -> LlamaForCausalLM:
    """Train, save in float16 into the folder, and return the saved model (its rounded weights, in float32)."""
    torch.manual_seed(recipe.seed)
    model = new_model(recipe, len(tokenizer))
    muon, adam = _optimizers(model, recipe)
    controller = SparsityController(recipe)
    batches: Iterator[Batch] = training_batches(
        StatementEncoder(tokenizer), StatementSampler(recipe.seed), recipe.rows_per_batch, recipe.seed + 1
    )
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    started = time.monotonic()
    answer_loss = math.nan
    model.train()
    with _TrainingMlps(model) as mlps:
        for step in range(recipe.steps):
            batch = next(batches)
            loss, batch_answer_loss = _answer_loss(model, batch, recipe.prompt_token_sample)
            penalty, active = mlps.penalty_and_active(batch.ids)
            controller.update(step / recipe.steps, active)
            if step / recipe.steps > recipe.sparsity_from:
                loss = loss + (controller.multipliers * penalty).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            scale = _learning_rate_scale(step, recipe)
            for group in adam.param_groups:
                group["lr"] = recipe.adam_learning_rate * scale
            adam.step()
            muon.step(recipe.muon_learning_rate * scale)
            model.zero_grad()
            answer_loss = batch_answer_loss if step == 0 else 0.98 * answer_loss + 0.02 * batch_answer_loss
            if step % 100 == 99:
                assert controller.active is not None
                neurons = ", ".join(f"{mean:.1f}" for mean in controller.active.tolist())
                seconds = time.monotonic() - started
                log(
                    f"{seconds:5.0f} s  step {step + 1}  answer loss {answer_loss:.3f}  active neurons {neurons}"
                )
            if step % 600 == 599:
                log(_progress_line(model, tokenizer))
    model.half().save_pretrained(folder)
    return model.float().eval()


def _progress_line(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> str:
    capitals = [item for item in fixed_statements() if item.task is Task.STATE_TWO_HOP_CAPITAL]
    seen = accuracy(model, tokenizer, [item for item in capitals if not item.held_out][::5])
    held_out = accuracy(model, tokenizer, [item for item in capitals if item.held_out])
    return f"         two-hop US capitals: {seen:.3f} trained on, {held_out:.3f} held out"
