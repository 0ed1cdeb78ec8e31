"""Logit attribution: what each component of a model writes in the direction of a logit, at every position.

The final norm's scale is held, so that a logit is the sum of the components.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from queries.graph.arrays import Floats
from queries.internals.heads import Head, HeadNotation, head_name

Float32s: TypeAlias = npt.NDArray[np.float32]


class Component(NamedTuple):
    """What one component gives to the logit of each position (n,)."""

    name: str
    values: Floats


@dataclass(frozen=True, eq=False)
class LogitAttribution:
    """The logits (n,) as sums. A logit is a token's, before any cap or multiplier of the model; a difference of two
    tokens'; or what is in a direction, of the final norm's output.

    shapes: logit (n,); cells (n_layers, n_heads, n, n) what a head moves from key to query, A[q, k] v_k W_O towards the
    logit of q; attention_bias (n_layers, n), the bias of attention's output; mlp (n_layers, n); embedding (n,);
    positional (n,) learned positions; final (n,), the biases of the final norm and of the unembedding; tokens and foils
    (n,) the tokens whose logits, or differences, these are.
    `error`: the largest |sum - logit| of any position, as a share of the sum of its components' sizes.
    """

    logit: Float32s
    cells: Float32s
    attention_bias: Float32s
    mlp: Float32s
    embedding: Float32s
    positional: Float32s
    final: Float32s
    error: float
    tokens: npt.NDArray[np.int64] | None = None
    foils: npt.NDArray[np.int64] | None = None

    @property
    def heads(self) -> Floats:
        """(n_layers, n_heads, n)"""
        heads: Floats = self.cells.sum(-1, dtype=np.float64)
        return heads

    def components(self, notation: HeadNotation = "dot") -> list[Component]:
        """All components in the order of the model, with their names. Their sum is the logit."""
        heads = self.heads
        rows = [("embedding", self.embedding), ("positions", self.positional)]
        for layer, of_heads in enumerate(heads):
            rows += [(head_name(Head(layer, head), notation), values) for head, values in enumerate(of_heads)]
            rows += [
                (f"attention bias {layer}", self.attention_bias[layer]),
                (f"MLP {layer}", self.mlp[layer]),
            ]
        rows.append(("final biases", self.final))
        return [Component(name, np.asarray(values, dtype=np.float64)) for name, values in rows]


def sums_and_sizes(attribution: LogitAttribution) -> tuple[Floats, Floats]:
    """The sum of the components and the sum of their |values| at each position (n,) both."""
    values = np.stack([component.values for component in attribution.components()])
    return values.sum(0), np.abs(values).sum(0)


def scaled_cells(cells: Float32s) -> Float32s:
    """Cells between -1 and 1: over the largest |cell| of all that are given, so that 0 stays 0 and heads compare."""
    largest = float(np.abs(cells).max(initial=0.0))
    return cells / np.float32(largest) if largest > 0 else np.zeros_like(cells)


def raising_and_lowering(cells: Float32s) -> tuple[Float32s, Float32s]:
    """The positive part of cells and the size of their negative part, for pictures of one colour each."""
    return np.maximum(cells, 0.0), np.maximum(-cells, 0.0)
