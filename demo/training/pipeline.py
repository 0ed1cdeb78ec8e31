"""From nothing to the bundled folders: tokenizer, language model, transcoders, labels."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from demo.artefacts import load_model, load_transcoders, save_explanations, save_transcoders
from demo.labels import LabelledFeatures, label_features
from demo.text.batches import StatementEncoder, training_batches
from demo.text.corpus import Statement, StatementSampler, fixed_statements, indirect_object, induction
from demo.text.prefixes import collect_prefixes, label_statements, mlp_streams
from demo.text.tokenizer import save_tokenizer
from demo.training.end_to_end import train_end_to_end
from demo.training.language_model import LanguageModelRecipe, train_language_model
from demo.training.transcoder_training import TranscoderRecipe, new_trainers, train_layers

Log = Callable[[str], None]


@dataclass(frozen=True)
class Texts:
    """The statements that transcoders are trained on, and the statements that their features are labelled on."""

    for_transcoders: Sequence[Statement]
    for_labels: Sequence[Statement]

    @staticmethod
    def full(seed: int) -> "Texts":
        """Every training statement, never a held-out one; labels use a sample of the sums."""
        draw = random.Random(seed)
        for_transcoders = [
            *(statement for statement in fixed_statements() if not statement.held_out),
            *(indirect_object(draw) for _ in range(1500)),
            *(induction(draw) for _ in range(1500)),
        ]
        return Texts(for_transcoders, label_statements())


def train_all(
    folder: Path,
    model_recipe: LanguageModelRecipe,
    transcoder_recipe: TranscoderRecipe,
    keep_model: bool = False,
    texts: Texts | None = None,
    log: Log = print,
) -> LabelledFeatures:
    """Train everything into folder/model and folder/transcoders; with keep_model, all but the model.

    texts: `Texts.full` unless given.
    """
    texts = texts or Texts.full(transcoder_recipe.seed)
    model_folder, transcoder_folder = folder / "model", folder / "transcoders"
    if not keep_model:
        train_language_model(model_folder, save_tokenizer(model_folder), model_recipe, log)
    # The transcoders are fitted to the saved model, whose weights are rounded.
    model, tokenizer = load_model(model_folder)
    train_transcoders(transcoder_folder, model, tokenizer, texts, transcoder_recipe, log)
    labelled = label_transcoders(transcoder_folder, model, tokenizer, texts)
    log(
        f"{len(labelled.labels)} labels; {labelled.readable_share:.3f} of the features that fire often enough have one"
    )
    return labelled


def train_transcoders(
    folder: Path,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    texts: Texts,
    recipe: TranscoderRecipe,
    log: Log,
) -> None:
    """Train in both stages, and write the files."""
    torch.manual_seed(recipe.seed)
    prefixes = collect_prefixes(tokenizer, texts.for_transcoders)
    streams = mlp_streams(model, prefixes)
    log(f"{len(prefixes)} distinct prefixes")
    trainers = new_trainers(model, streams, recipe)
    sampling_weights = torch.where(prefixes.is_addition, recipe.addition_weight, 1.0)
    train_layers(trainers, sampling_weights, recipe, log)
    sampler = StatementSampler(recipe.seed + 7)
    batches = training_batches(StatementEncoder(tokenizer), sampler, recipe.end_to_end_rows, recipe.seed + 8)
    train_end_to_end(model, trainers, lambda: next(batches), sampling_weights, recipe, log)
    layers = [trainer.transcoder.exported(trainer.data.scale) for trainer in trainers]
    save_transcoders(folder, layers, streams.inputs)


def label_transcoders(
    folder: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, texts: Texts
) -> LabelledFeatures:
    """Label the saved transcoders, in the rounding they are saved in, and write the explanations beside them."""
    prefixes = collect_prefixes(tokenizer, texts.for_labels)
    inputs = mlp_streams(model, prefixes).inputs
    labelled = label_features(load_transcoders(folder), inputs, prefixes, tokenizer)
    save_explanations(folder, labelled.labels)
    return labelled
