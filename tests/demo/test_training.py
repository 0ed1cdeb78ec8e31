"""All of training runs, a few steps at tiny sizes, so that the script cannot rot."""

import json
from pathlib import Path

import pytest
import torch

from demo.artefacts import load_model, load_transcoders
from demo.training.language_model import LanguageModelRecipe
from demo.training.pipeline import Texts, train_all
from demo.training.transcoder_training import TranscoderRecipe

pytestmark = pytest.mark.slow


def test_a_few_steps_leave_folders_that_load(tmp_path: Path) -> None:
    full = Texts.full(seed=0)
    texts = Texts(full.for_transcoders[::40], full.for_labels[::40])
    lines: list[str] = []
    train_all(
        tmp_path,
        LanguageModelRecipe(
            n_layers=2, d_model=16, n_heads=2, d_mlp=32, steps=4, rows_per_batch=8, sparsity_from=0.2
        ),
        TranscoderRecipe(
            n_features=48,
            layer_steps=3,
            layer_batch=64,
            end_to_end_steps=2,
            end_to_end_rows=4,
            end_to_end_layer_batch=32,
        ),
        texts=texts,
        log=lines.append,
    )

    model, tokenizer = load_model(tmp_path / "model")
    assert model.lm_head.weight.shape == (len(tokenizer), 16)
    layers = load_transcoders(tmp_path / "transcoders")
    assert len(layers) == 2
    for layer in layers:
        assert all(bool(torch.isfinite(tensor).all()) for tensor in layer.values())
        assert layer["W_enc"].shape == layer["W_dec"].shape
    explanations = (tmp_path / "transcoders" / "explanations.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["modelId"] == "demo" for line in explanations)
