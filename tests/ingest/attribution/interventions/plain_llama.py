"""A Llama model's pass in plain numpy, written down from its definition: the oracle of interventions.

It takes the weights of a folder and those of its transcoders, and holds what it is told to hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import yaml
from safetensors.numpy import load_file
from transformers import AutoConfig

from queries.graph.arrays import Floats

Place = tuple[int, int, int]
FIRST = 1
"""The first position with features: attribution has none at the start token."""


@dataclass
class Pass:
    """What a pass computed. logits (n_vocabulary,) at the last position; patterns, mean_squares, mlp_outputs and
    activations by layer."""

    logits: Floats = field(default_factory=lambda: np.zeros(0))
    patterns: list[Floats] = field(default_factory=list)
    mean_squares: dict[str, Floats] = field(default_factory=dict)
    mlp_outputs: list[Floats] = field(default_factory=list)
    activations: list[Floats] = field(default_factory=list)


class PlainLlama:
    def __init__(self, model: Path, transcoders: Path) -> None:
        self.config = AutoConfig.from_pretrained(model)
        self.weights = {
            name: array.astype(np.float64) for name, array in load_file(model / "model.safetensors").items()
        }
        names = yaml.safe_load((transcoders / "config.yaml").read_text())["transcoders"]
        self.transcoders = [
            {name: array.astype(np.float64) for name, array in load_file(transcoders / file).items()}
            for file in names
        ]

    def run(
        self,
        ids: list[int],
        changes: Mapping[Place, float] = MappingProxyType({}),
        *,
        held: Pass | None = None,
        attention: bool = False,
        norms: bool = False,
        final_norm: bool = False,
    ) -> Pass:
        """The pass with the changes, holding those of `held`'s values that are named."""
        done, x, w = Pass(), self.weights["model.embed_tokens.weight"][ids], self.weights

        def norm(name: str, x: Floats, hold: bool) -> Floats:
            mean_square = (x**2).mean(axis=-1, keepdims=True)
            if hold:
                assert held is not None
                mean_square = held.mean_squares[name]
            done.mean_squares[name] = mean_square
            scaled: Floats = x / np.sqrt(mean_square + self.config.rms_norm_eps) * w[f"{name}.weight"]
            return scaled

        for layer in range(self.config.num_hidden_layers):
            prefix = f"model.layers.{layer}"
            h = norm(f"{prefix}.input_layernorm", x, norms)
            pattern = self._pattern(prefix, h)
            if attention:
                assert held is not None
                pattern = held.patterns[layer]
            done.patterns.append(pattern)
            values = self._heads(h @ w[f"{prefix}.self_attn.v_proj.weight"].T)
            mixed = np.einsum("hqk,khd->qhd", pattern, values).reshape(len(ids), -1)
            x = x + mixed @ w[f"{prefix}.self_attn.o_proj.weight"].T
            h = norm(f"{prefix}.post_attention_layernorm", x, norms)
            gate, up = (h @ w[f"{prefix}.mlp.{part}_proj.weight"].T for part in ("gate", "up"))
            out = (gate / (1 + np.exp(-gate)) * up) @ w[f"{prefix}.mlp.down_proj.weight"].T
            done.mlp_outputs.append(out)
            active = self._encode(layer, h)
            done.activations.append(active.copy())
            for (of_layer, position, feature), value in changes.items():
                if of_layer == layer:
                    out[position] += (value - active[position, feature]) * self.transcoders[layer]["W_dec"][
                        feature
                    ]
            x = x + out
        done.logits = norm("model.norm", x, norms or final_norm)[-1] @ w["lm_head.weight"].T
        return done

    def _encode(self, layer: int, h: Floats) -> Floats:
        own = self.transcoders[layer]
        before = h @ own["W_enc"].T + own["b_enc"]
        active: Floats = before * (before > own["activation_function.threshold"])
        active[:FIRST] = 0.0
        return active

    def _heads(self, x: Floats) -> Floats:
        return x.reshape(len(x), self.config.num_attention_heads, -1)

    def _pattern(self, prefix: str, h: Floats) -> Floats:
        queries, keys = (
            self._rotated(self._heads(h @ self.weights[f"{prefix}.self_attn.{part}_proj.weight"].T))
            for part in "qk"
        )
        scores = np.einsum("qhd,khd->hqk", queries, keys) / np.sqrt(queries.shape[-1])
        scores[:, np.triu(np.ones(scores.shape[1:], dtype=bool), 1)] = -np.inf
        chances = np.exp(scores - scores.max(axis=-1, keepdims=True))
        pattern: Floats = chances / chances.sum(axis=-1, keepdims=True)
        return pattern

    def _rotated(self, x: Floats) -> Floats:
        half = x.shape[-1] // 2
        frequency = self.config.rope_theta ** (-np.arange(half) / half)
        angle = np.arange(len(x))[:, None, None] * frequency
        first, second = x[..., :half], x[..., half:]
        turned: Floats = np.concatenate(
            (first * np.cos(angle) - second * np.sin(angle), second * np.cos(angle) + first * np.sin(angle)),
            axis=-1,
        )
        return turned
