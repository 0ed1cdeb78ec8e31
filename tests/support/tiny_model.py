"""A model that is tiny but real: circuit-tracer loads it and its transcoders, and traces prompts with them."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

WORDS = ["Fact:", "The", "capital", "of", "the", "state", "containing", "is", "Dallas", "Oakland", "Texas"]
N_LAYERS, WIDTH, HIDDEN, N_FEATURES, CONTEXT = 2, 32, 64, 48, 24

CHAT_TEMPLATE = """{{ bos_token }}{% for message in messages %}
{% if message.role == 'system' %}{{ raise_exception('Only user and assistant') }}{% endif %}
{{ ' Fact: ' if message.role == 'user' else ' The ' }}{{ message.content }}{% endfor %}
{{ ' The' if add_generation_prompt }}"""

PROMPT = "Fact: The capital of the state containing Dallas is"


def write_tiny_model(folder: Path) -> None:
    """Write `model/`, `transcoders/` and `explanations.jsonl`; without torch, which takes seconds to import."""
    random = np.random.default_rng(0)
    vocabulary = {word: index for index, word in enumerate(["<pad>", "<bos>", "<unk>", *WORDS])}
    _write_tokenizer(folder / "model", vocabulary)
    _write_model(folder / "model", len(vocabulary), random)
    _write_transcoders(folder / "transcoders", random)
    explanations = [
        {"layer": layer, "index": index, "description": f"feature {layer}.{index}", "typeName": "test"}
        for layer in range(N_LAYERS)
        for index in range(N_FEATURES)
    ]
    (folder / "explanations.jsonl").write_text("\n".join(map(json.dumps, explanations)))


def write_chat_model(folder: Path) -> None:
    """The same model, one that takes messages."""
    folder.mkdir()
    write_tiny_model(folder)
    (folder / "model" / "chat_template.jinja").write_text(CHAT_TEMPLATE)


def write_models_file(data: Path, tiny: Path) -> None:
    (data / "models.toml").write_text(
        f"""
        [[model]]
        name = "tiny"
        source = "{tiny}/model"
        examples = ["{PROMPT}", "Fact: The capital of the state containing Oakland is"]
        device = "cpu"
        default = true
        [[model.transcoders]]
        name = "tiny-transcoders"
        source = "{tiny}/transcoders"
        explanations = "{tiny}/explanations.jsonl"
        """
    )


def _write_tokenizer(folder: Path, vocabulary: dict[str, int]) -> None:
    folder.mkdir()
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in ("<pad>", "<bos>", "<unk>")])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "bos_token": "<bos>",  # id 1: circuit-tracer drops a start token with id 0
                "eos_token": "<bos>",
                "pad_token": "<pad>",
                "unk_token": "<unk>",
                "clean_up_tokenization_spaces": False,
            }
        )
    )


def _write_model(folder: Path, n_vocabulary: int, random: np.random.Generator) -> None:
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": WIDTH,
        "intermediate_size": HIDDEN,
        "num_hidden_layers": N_LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": CONTEXT,
        "vocab_size": n_vocabulary,
        "bos_token_id": 1,
        "eos_token_id": 1,
        "pad_token_id": 0,
        "tie_word_embeddings": False,
        "torch_dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config))
    shapes = {"model.embed_tokens.weight": (n_vocabulary, WIDTH), "lm_head.weight": (n_vocabulary, WIDTH)}
    norms = ["model.norm.weight"]
    for layer in range(N_LAYERS):
        prefix = f"model.layers.{layer}"
        shapes |= {f"{prefix}.self_attn.{name}_proj.weight": (WIDTH, WIDTH) for name in "qkvo"}
        shapes |= {f"{prefix}.mlp.{name}_proj.weight": (HIDDEN, WIDTH) for name in ("gate", "up")}
        shapes[f"{prefix}.mlp.down_proj.weight"] = (WIDTH, HIDDEN)
        norms += [f"{prefix}.input_layernorm.weight", f"{prefix}.post_attention_layernorm.weight"]
    weights = {name: _normal(random, shape) for name, shape in shapes.items()}
    weights |= {name: np.ones(WIDTH, dtype=np.float32) for name in norms}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _write_transcoders(folder: Path, random: np.random.Generator) -> None:
    folder.mkdir()
    names = [f"layer_{layer}.safetensors" for layer in range(N_LAYERS)]
    for name in names:
        weights = {
            "W_enc": _normal(random, (N_FEATURES, WIDTH)),
            "b_enc": np.full(N_FEATURES, -0.5, dtype=np.float32),
            "W_dec": _normal(random, (N_FEATURES, WIDTH)),
            "b_dec": np.zeros(WIDTH, dtype=np.float32),
            "activation_function.threshold": np.full(N_FEATURES, 0.1, dtype=np.float32),
        }
        save_file(weights, folder / name)
    (folder / "config.yaml").write_text(
        "model_kind: transcoder_set\nmodel_name: tiny\nscan: tiny\n"
        "feature_input_hook: mlp.hook_in\nfeature_output_hook: mlp.hook_out\n"
        f"transcoders: [{', '.join(names)}]\n"
    )


def _normal(
    random: np.random.Generator, shape: tuple[int, ...]
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return (random.standard_normal(shape) * 0.3).astype(np.float32)
