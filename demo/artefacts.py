"""Writes trained transcoders to a folder; reads model and transcoders back, as any model of a hub.

model/         for AutoModelForCausalLM and AutoTokenizer
transcoders/   config.yaml, layer_{i}.safetensors as circuit-tracer names them, explanations.jsonl
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

from demo.labels import FeatureLabel
from demo.transcoders import TranscoderWeights, exported_active

FOLDER = Path(__file__).parent
MODEL_ID = "demo"
TRANSCODER_SET = "demo-transcoders"
EXPLANATION_METHOD = "demo.labels mass-share rule v1"
SCORE_TYPE = "held-out mass share"
HOOK_IN, HOOK_OUT = "mlp.hook_in", "mlp.hook_out"
SILENT_BIAS = -1e3  # of a feature that pads its layer to the common size; float16 holds it


def save_transcoders(folder: Path, layers: Sequence[TranscoderWeights], inputs: Tensor) -> None:
    """Write every layer in float16 without the features that never fire on the inputs (n_layers, positions, d_model).

    circuit-tracer wants layers of one size: the layer with the most live features sets it, and silent features pad
    the others.
    """
    counts = [
        torch.bincount(exported_active(weights, layer_inputs).unit, minlength=len(weights["b_enc"]))
        for weights, layer_inputs in zip(layers, inputs, strict=True)
    ]
    most_live = max(int((layer_counts > 0).sum()) for layer_counts in counts)
    size = min(len(counts[0]), -(-most_live // 8) * 8)
    folder.mkdir(parents=True, exist_ok=True)
    for index, (weights, layer_counts) in enumerate(zip(layers, counts, strict=True)):
        kept = layer_counts.argsort(descending=True, stable=True)[:size]
        smaller = {
            name: (tensor[kept] if len(tensor) == len(layer_counts) else tensor).half().contiguous()
            for name, tensor in weights.items()
        }
        smaller["b_enc"][layer_counts[kept] == 0] = SILENT_BIAS
        save_file(smaller, folder / f"layer_{index}.safetensors")
    config = {
        "model_kind": "transcoder_set",
        "model_name": MODEL_ID,
        # One name for circuit-tracer up to 0.5, and one for later versions.
        "scan": TRANSCODER_SET,
        "scan_name": TRANSCODER_SET,
        "feature_input_hook": HOOK_IN,
        "feature_output_hook": HOOK_OUT,
        "transcoders": [f"layer_{index}.safetensors" for index in range(len(layers))],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def load_transcoders(folder: Path) -> list[TranscoderWeights]:
    """Every layer's weights, in float32."""
    paths = transcoder_paths(folder)
    return [
        {name: tensor.float() for name, tensor in load_file(paths[layer]).items()} for layer in sorted(paths)
    ]


def transcoder_paths(folder: Path) -> dict[int, str]:
    """The file of each layer, as circuit-tracer's load_transcoder_set takes them."""
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    return {layer: str(folder / name) for layer, name in enumerate(config["transcoders"])}


def load_model(folder: Path) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """The language model in float32, ready to run, and its tokenizer."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def load_explanations(folder: Path) -> list[dict[str, Any]]:
    """The explanations beside the transcoders."""
    lines = (folder / "explanations.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def save_explanations(folder: Path, labels: Iterable[FeatureLabel]) -> None:
    """Write the labels as explanations in Neuronpedia's shape, one JSON object a line."""
    with (folder / "explanations.jsonl").open("w", encoding="utf-8") as file:
        for label in labels:
            explanation = {
                "modelId": MODEL_ID,
                "layer": f"{label.layer}-{TRANSCODER_SET}",
                "index": str(label.index),
                "description": label.description,
                "explanationModelName": EXPLANATION_METHOD,
                "typeName": label.kind.value,
                "scores": [
                    {
                        "value": round(label.held_out_share, 4),
                        "explanationScoreModelName": EXPLANATION_METHOD,
                        "explanationScoreTypeName": SCORE_TYPE,
                    }
                ],
            }
            file.write(json.dumps(explanation, ensure_ascii=False) + "\n")
