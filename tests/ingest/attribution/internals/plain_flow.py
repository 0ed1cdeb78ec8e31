"""Information flow of a Llama written down from its definition, in float64: the oracle of `flow`.

All contributions are kept, (n, n + 1, d_model) of each place; the last source is the biases.
"""

from typing import Any

import torch


def plain_flow(model: Any, ids: torch.Tensor, patterns: list[torch.Tensor]) -> list[list[torch.Tensor]]:
    """The contributions after attention and after the MLP of each layer. patterns: of each layer (n_heads, n, n)."""
    weights: dict[str, torch.Tensor] = {
        name: value.detach().double() for name, value in model.state_dict().items()
    }
    config, n = model.config, len(ids)
    found: list[list[torch.Tensor]] = []
    c = torch.zeros(n, n + 1, config.hidden_size, dtype=torch.float64)
    c[range(n), range(n)] = weights["model.embed_tokens.weight"][ids]
    n_groups = config.num_attention_heads // config.num_key_value_heads

    def normed(c: torch.Tensor, name: str) -> torch.Tensor:
        mean_square = c.sum(1, keepdim=True).pow(2).mean(-1, keepdim=True)
        scaled: torch.Tensor = c / (mean_square + config.rms_norm_eps).sqrt() * weights[f"{name}.weight"]
        return scaled

    def linear(c: torch.Tensor, name: str) -> torch.Tensor:
        out = c @ weights[f"{name}.weight"].T
        out[:, -1] += weights[f"{name}.bias"]
        return out

    for layer, pattern in enumerate(patterns):
        prefix = f"model.layers.{layer}"
        v = linear(normed(c, f"{prefix}.input_layernorm"), f"{prefix}.self_attn.v_proj")
        v = v.reshape(n, n + 1, config.num_key_value_heads, -1).repeat_interleave(n_groups, dim=2)
        z = torch.einsum("hqk,kshd->qshd", pattern.double(), v).flatten(2)
        c = c + linear(z, f"{prefix}.self_attn.o_proj")
        after_attention = c
        x = normed(c, f"{prefix}.post_attention_layernorm")
        gate = torch.nn.functional.silu(linear(x, f"{prefix}.mlp.gate_proj").sum(1, keepdim=True))
        c = c + linear(gate * linear(x, f"{prefix}.mlp.up_proj"), f"{prefix}.mlp.down_proj")
        found.append([after_attention, c])
    return found
