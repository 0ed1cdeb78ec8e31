"""Models and transcoder sets as folders on disk, with small random weights, of every kind that circuit-tracer loads."""

import json
import shutil
from pathlib import Path
from typing import Any, Literal

import torch
import yaml
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from tests.support.tiny_model import WORDS, write_tiny_model

Activation = Literal["relu", "jump_relu"]
N_VOCABULARY = len(WORDS) + 3


def write_model(folder: Path, config: Any, tokenizer: Path) -> Path:
    """A model of this configuration with random weights, the same each time, and a tokenizer's files."""
    config.vocab_size, config.bos_token_id, config.eos_token_id, config.pad_token_id = N_VOCABULARY, 1, 1, 0
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():
            scale = 0.05 if parameter.ndim == 1 else 0.3
            parameter.add_(scale * torch.randn(parameter.shape, generator=generator))
    model.save_pretrained(folder)
    write_tokenizer(folder, tokenizer)
    return folder


def write_tokenizer(folder: Path, source: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder / name)


def tiny_tokenizer(folder: Path) -> Path:
    """A folder with the tokenizer of the tiny model."""
    write_tiny_model(folder)
    return folder / "model"


def write_set(
    folder: Path,
    hooks: tuple[str, str],
    n_layers: int,
    width: int,
    *,
    n_features: int = 48,
    across: bool = False,
    skip: bool = False,
    activation: Activation = "jump_relu",
    bias: float = -0.5,
) -> Path:
    """A transcoder set: a transcoder a layer, or one across layers. Features read and write at the hooks."""
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(1)

    def normal(*shape: int) -> torch.Tensor:
        return 0.3 * torch.randn(shape, generator=generator)

    for layer in range(n_layers):
        threshold = {"threshold": torch.full((n_features,), 0.1)} if activation == "jump_relu" else {}
        weights = {
            "W_enc": normal(n_features, width),
            "b_enc": torch.full((n_features,), float(bias)),
            "b_dec": 0.1 * normal(width),
        }
        if across:
            numbered = {f"{name}_{layer}": value for name, value in (weights | threshold).items()}
            save_file(numbered, folder / f"W_enc_{layer}.safetensors")
            decoder = {f"W_dec_{layer}": normal(n_features, n_layers - layer, width)}
            save_file(decoder, folder / f"W_dec_{layer}.safetensors")
            continue
        weights |= {"W_dec": normal(n_features, width)}
        weights |= {f"activation_function.{name}": value for name, value in threshold.items()}
        weights |= {"W_skip": 0.3 * normal(width, width)} if skip else {}
        save_file(weights, folder / f"layer_{layer}.safetensors")
    config = {
        "model_kind": "cross_layer_transcoder" if across else "transcoder_set",
        "model_name": "random",
        "scan": "random",
        "feature_input_hook": hooks[0],
        "feature_output_hook": hooks[1],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder


def change_config(folder: Path, **fields: Any) -> None:
    """Change fields of a model's config.json; None takes one out."""
    file = folder / "config.json"
    config = json.loads(file.read_text()) | fields
    file.write_text(json.dumps({name: value for name, value in config.items() if value is not None}))
