"""A layer of a pass, and how its parts are recognised by the order of its arithmetic and the identity of its tensors.

1. The first softmax over four dimensions receives the scores; the last product before it is of queries and keys.
2. The product after that softmax mixes the values: its arguments are the pattern and the values.
3. The first linear map after that is the output projection; the first one after this reads the MLP's input.
4. A sum with the residual stream is a write to it: attention's first, then the MLP's. Where both are added to each
   other first (parallel blocks), attention's is the one that the output projection gave out.

All are as the heads use them: after rotary embedding and the norms of queries and keys, repeated for grouped queries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

Refusal = Callable[[str], Exception]
"""An error from its reason."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer did in a pass of a batch of B. Where the pass has gradients, these are the tensors that they go
    through, but for `k`.

    shapes: x, the residual stream before the layer, middle, after attention's write, out, after the MLP's,
    attention_write, mlp_write and mlp_input (B, n, d_model); mlp_normalised (B, n, d_model), the last normalised value
    before mlp_input, without its norm's weight, None where there is none; q, v, z (B, n_heads, n, d_head); k_transposed
    (B, n_heads, d_head, n); pattern (1 in replays, else B, n_heads, n, n), row = query; output_weight (n_heads, d_head,
    d_model); projected (B, n, d_model) or (B * n, d_model), what the output projection gives out.
    """

    number: int
    x: torch.Tensor
    q: torch.Tensor
    k_transposed: torch.Tensor
    v: torch.Tensor
    pattern: torch.Tensor
    z: torch.Tensor
    output_weight: torch.Tensor
    projected: torch.Tensor
    attention_write: torch.Tensor
    middle: torch.Tensor
    mlp_input: torch.Tensor
    mlp_normalised: torch.Tensor | None
    mlp_write: torch.Tensor
    out: torch.Tensor

    @property
    def k(self) -> torch.Tensor:
        """(B, n_heads, n, d_head)"""
        return self.k_transposed.transpose(-1, -2)


class MlpReads(NamedTuple):
    """What the MLP of a layer may read, as `Layer` has it, before it has written."""

    number: int
    middle: torch.Tensor
    mlp_input: torch.Tensor
    mlp_normalised: torch.Tensor | None


class Block:
    """A layer while it runs. `x` (B, n, d_model) is its input; `refusal` makes the error of a layer that is not
    understood."""

    def __init__(self, number: int, x: torch.Tensor, refusal: Refusal) -> None:
        self.number, self.x, self.residual, self.refusal = number, x, x, refusal
        self.awaits_mix = False
        self._normalised: torch.Tensor | None = None
        self._seen: dict[str, Any] = {}
        self._product: tuple[torch.Tensor, torch.Tensor] | None = None
        self._projected: torch.Tensor | None = None
        # Sums of two writes by identity; they hold the sums, so that no identity is used again.
        self._sums: dict[int, tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = {}

    def multiplied(self, one: torch.Tensor, other: torch.Tensor) -> None:
        self._product = (one, other)

    @property
    def awaits_softmax(self) -> bool:
        return not self.awaits_mix and "z" not in self._seen

    def softmax(self) -> None:
        if self._product is None:
            raise self.refusal(f"layer {self.number} has no product before its softmax")
        self._seen["q"], self._seen["k_transposed"] = self._product
        self._product, self.awaits_mix = None, True

    def mixed(self, pattern: torch.Tensor, v: torch.Tensor, z: torch.Tensor) -> None:
        self.awaits_mix = False
        self._seen |= {"pattern": pattern, "v": v, "z": z}

    @property
    def awaits_output_projection(self) -> bool:
        return "z" in self._seen and self._projected is None

    @property
    def is_past_attention(self) -> bool:
        """The linear maps from here on are the MLP's."""
        return self._projected is not None

    def projected(self, weight: torch.Tensor, out: torch.Tensor) -> None:
        """`weight` (n_heads * d_head, d_model)"""
        n_heads = self._seen["z"].shape[1]
        self._projected = self._seen["projected"] = out
        self._seen["output_weight"] = weight.reshape(n_heads, -1, weight.shape[-1])

    def is_normalised(self, value: torch.Tensor) -> None:
        """A norm gave this, before its weight. Those of queries and keys are no matter here."""
        if self.is_of_residual_shape(value):
            self._normalised = value

    def reads(self, mlp_input: torch.Tensor) -> None:
        if "mlp_input" not in self._seen:
            self._seen["mlp_input"] = mlp_input.reshape(self.x.shape)
            self._seen["mlp_normalised"] = self._normalised

    def is_of_residual_shape(self, *tensors: Any) -> bool:
        return all(isinstance(each, torch.Tensor) and each.shape == self.x.shape for each in tensors)

    def summed(self, one: torch.Tensor, other: torch.Tensor, out: torch.Tensor) -> None:
        """Two tensors of the residual stream's shape were added, neither of them the stream."""
        self._sums[id(out)] = (one, other, out)

    def writes(self, write: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """Attention's and the MLP's part of what is added to the residual stream; None: not in this sum."""
        if id(write) in self._sums:
            one, other, _ = self._sums[id(write)]
            if self._is_attentions(other):
                one, other = other, one
            if not self._is_attentions(one):
                raise self.refusal(f"attention and MLP of layer {self.number} cannot be told apart")
            return one, other
        if self.is_past_attention and "attention_write" not in self._seen:
            return write, None
        return None, write

    def mlp_reads(self) -> MlpReads:
        for name, words in (("middle", "write of attention"), ("mlp_input", "input of an MLP")):
            if name not in self._seen:
                raise self.refusal(f"layer {self.number} showed no {words} before its MLP's write")
        return MlpReads(self.number, *(self._seen[name] for name in MlpReads._fields[1:]))

    def wrote(self, part: str, write: torch.Tensor, after: torch.Tensor) -> None:
        """`part`, "attention" or "mlp", wrote; `after` is the residual stream then."""
        if f"{part}_write" in self._seen:
            raise self.refusal(f"layer {self.number} writes more than attention and an MLP")
        self._seen[f"{part}_write"] = write
        if part == "attention":
            self._seen["middle"] = after
        self.residual = after

    def _is_attentions(self, write: torch.Tensor) -> bool:
        return self._projected is not None and write.data_ptr() == self._projected.data_ptr()

    def finished(self, out: torch.Tensor) -> Layer:
        missing = [
            words
            for name, words in (
                ("z", "attention pattern"),
                ("output_weight", "output projection"),
                ("attention_write", "write of attention"),
                ("mlp_input", "input of an MLP"),
                ("mlp_write", "write of an MLP"),
            )
            if name not in self._seen
        ]
        if missing:
            raise self.refusal(f"layer {self.number} showed no {missing[0]}")
        return Layer(number=self.number, x=self.x, out=out, **self._seen)
