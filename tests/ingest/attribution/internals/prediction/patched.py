"""Path patching, the oracle of edges: a pass in which one head alone reads another's output changed."""

from typing import Any

import torch

from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.model import Call, hidden_state
from ingest.attribution.internals.passes.watch import Product, Watch
from ingest.attribution.internals.prediction.objective import Objective

EPS = 0.02
"""Smaller ones meet the rounding of softmax, which models compute in float32 whatever their type."""


class _Seen(Watch):
    """Keeps layers of a pass in which a layer's input is shifted, or a head scaled."""

    def __init__(
        self,
        model: Any,
        shift: tuple[int, torch.Tensor] | None = None,
        scaled: tuple[tuple[int, int], float] | None = None,
    ) -> None:
        super().__init__(model)
        self.shift, self.scaled = shift, scaled
        self.layers: list[Layer] = []

    def comes_in(self, number: int, x: torch.Tensor) -> torch.Tensor:
        return x + self.shift[1] if self.shift is not None and self.shift[0] == number else x

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        used, z = super().mix(multiply, pattern, v)
        if self.scaled is not None and self.scaled[0][0] == self.layer_number:
            z = z.clone()
            z[:, self.scaled[0][1]] *= self.scaled[1]
        return used, z

    def goes_out(self, layer: Layer) -> None:
        self.layers.append(layer)


class _Patched(Watch):
    """Gives a head other queries, keys (transposed) or values, by `part`."""

    def __init__(self, model: Any, head: tuple[int, int], part: int, given: torch.Tensor) -> None:
        super().__init__(model)
        self.head, self.part, self.given = head, part, given

    def result(self, call: Call) -> Any:
        block = self._block
        if block is not None and block.number == self.head[0] and call.name in ("matmul", "__matmul__"):
            values = block.awaits_mix
            if values == (self.part == 2) and (values or block.awaits_softmax):
                at = (0, 1, 1)[self.part]
                args = list(call.args)
                args[at] = args[at].clone()
                args[at][:, self.head[1]] = self.given[:, self.head[1]]
                call = Call(call.name, call.func, tuple(args), call.kwargs)
        return super().result(call)


@torch.no_grad()
def patched_slope(
    model: Any,
    embeddings: torch.Tensor,
    objective: Objective,
    source: tuple[int, int],
    target: tuple[int, int],
    part: int,
) -> float:
    """The difference quotient of f by the scale of what `source` gives out, of which only `target` learns by `part`."""
    whole = _seen(_Seen(model), embeddings)

    def f(scale: float) -> float:
        write = _seen(_Seen(model, scaled=(source, scale)), embeddings)[source[0]].attention_write
        shift = write - whole[source[0]].attention_write
        reads = _seen(_Seen(model, shift=(target[0], shift)), embeddings)[target[0]]
        given = (reads.q, reads.k_transposed, reads.v)[part]
        with _Patched(model, target, part, given):
            hidden = hidden_state(model, embeddings)
            logits = model.get_output_embeddings()(hidden[:, [objective.position]])
        return float(objective.of_logits(logits))

    return (f(1 + EPS) - f(1 - EPS)) / (2 * EPS)


def _seen(watch: _Seen, embeddings: torch.Tensor) -> list[Layer]:
    with watch:
        hidden_state(watch.model, embeddings)
    return watch.layers
