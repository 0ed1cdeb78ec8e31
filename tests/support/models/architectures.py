"""Tiny random models of many architectures, with biases and norms that are not those of an untrained one."""

from copy import deepcopy
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    CohereConfig,
    FalconConfig,
    Gemma2Config,
    Gemma3TextConfig,
    GemmaConfig,
    GPT2Config,
    GPTJConfig,
    GPTNeoConfig,
    GPTNeoXConfig,
    GptOssConfig,
    GraniteConfig,
    LlamaConfig,
    MistralConfig,
    MixtralConfig,
    Olmo2Config,
    OPTConfig,
    Phi3Config,
    PhiConfig,
    Qwen2Config,
    Qwen3Config,
    StableLmConfig,
)

N_LAYERS, N_HEADS, N_VOCABULARY, WINDOW = 3, 4, 97, 7

SIZE = {
    "vocab_size": N_VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 80,
    "num_hidden_layers": N_LAYERS,
    "num_attention_heads": N_HEADS,
    "max_position_embeddings": 64,
}
GROUPED = SIZE | {"num_key_value_heads": 2}
WIDE = GROUPED | {"head_dim": 16}
"""Grouped queries, and heads that are together wider than the residual stream."""
GPT = {"vocab_size": N_VOCABULARY, "n_embd": 32, "n_layer": N_LAYERS, "n_head": N_HEADS, "n_positions": 64}
WINDOWED = WIDE | {"sliding_window": WINDOW, "query_pre_attn_scalar": 16}
EXPERTS = WIDE | {"num_local_experts": 4, "num_experts_per_tok": 2}

SUPPORTED: dict[str, Any] = {
    "Llama": LlamaConfig(**WIDE),
    "Mistral": MistralConfig(**WIDE, sliding_window=WINDOW),
    "Qwen2": Qwen2Config(**GROUPED),
    "Qwen3": Qwen3Config(**WIDE),
    "Phi-3": Phi3Config(**WIDE, pad_token_id=0),
    "OLMo-2": Olmo2Config(**WIDE),
    "Cohere": CohereConfig(**GROUPED),
    "Granite": GraniteConfig(**GROUPED, residual_multiplier=0.3, embedding_multiplier=3.0),
    "StableLM": StableLmConfig(**GROUPED),
    "Gemma": GemmaConfig(**WIDE),
    "Gemma 2": Gemma2Config(**WINDOWED),
    "Gemma 3": Gemma3TextConfig(**WINDOWED),
    "GPT-2": GPT2Config(**GPT),
    "GPT-Neo": GPTNeoConfig(
        vocab_size=N_VOCABULARY,
        hidden_size=32,
        num_layers=N_LAYERS,
        num_heads=N_HEADS,
        max_position_embeddings=64,
        window_size=WINDOW,
        attention_types=[[["global", "local", "global"], 1]],
    ),
    "GPT-NeoX": GPTNeoXConfig(**SIZE, use_parallel_residual=False),
    "GPT-NeoX, parallel": GPTNeoXConfig(**SIZE),
    "GPT-J": GPTJConfig(**GPT, rotary_dim=4),
    "Phi": PhiConfig(**SIZE),
}
"""Configurations by name. GPT-NeoX is one architecture with two kinds of blocks."""
MIXTURES: dict[str, Any] = {
    "Mixtral": MixtralConfig(**EXPERTS),
    "GPT-OSS": GptOssConfig(**EXPERTS, sliding_window=WINDOW),
}
REFUSED: dict[str, Any] = {
    "OPT": OPTConfig(
        vocab_size=N_VOCABULARY,
        hidden_size=32,
        ffn_dim=80,
        num_hidden_layers=N_LAYERS,
        num_attention_heads=N_HEADS,
        max_position_embeddings=64,
        word_embed_proj_dim=32,
    ),
    "Falcon": FalconConfig(
        vocab_size=N_VOCABULARY, hidden_size=32, num_hidden_layers=N_LAYERS, num_attention_heads=N_HEADS
    ),
    "Bloom": BloomConfig(vocab_size=N_VOCABULARY, hidden_size=32, n_layer=N_LAYERS, n_head=N_HEADS),
}


def random_model(config: Any, dtype: torch.dtype = torch.float32, attention: str = "eager") -> Any:
    """A model of this configuration, the same each time. Its weights are large enough that patterns are not uniform."""
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(deepcopy(config), attn_implementation=attention).eval()

    def normal(like: torch.Tensor, scale: float) -> torch.Tensor:
        return scale * torch.randn(like.shape, generator=generator)

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:  # an untrained model has no biases, and norms whose weights are 1 or 0
                parameter.add_(normal(parameter, 0.3))
            elif any(part in name for part in ("embed", "wte", "wpe")):
                parameter.copy_(normal(parameter, 0.5))
            else:
                parameter.copy_(normal(parameter, 0.25))
    return model.to(dtype)


def some_ids(n: int) -> torch.Tensor:
    """(n,) token ids, the same each time, some of them twice."""
    return torch.randint(3, 40, (n,), generator=torch.Generator().manual_seed(1))
