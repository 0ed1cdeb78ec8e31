"""A pass of a model, watched: its arithmetic is recognised whatever its modules are called.

`Watch` is around one forward pass and shows its layers as they end. What the pass does at its nonlinear places (norms,
attention patterns, activations) is decided by methods, so that `record` keeps it and `replay` does it again.
"""
# ruff: noqa: ARG002  # methods take what other passes decide by

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle
from transformers.activations import ACT2CLS

from ingest.attribution.internals.passes.layer import Block, Layer
from ingest.attribution.internals.passes.model import Call, Float32, decoder_layers
from ingest.attribution.internals.passes.norms import FUSED, FusedNorm
from queries.errors import UnsupportedArchitecture

ACTIVATIONS: tuple[type[nn.Module], ...] = tuple(
    {each[0] if isinstance(each, tuple) else each for each in ACT2CLS.values()}
)
Product: TypeAlias = Callable[[], torch.Tensor]
"""Computes what a plain pass would."""
NOT_EAGER = ("scaled_dot_product_attention", "flex_attention")


class Watch(Float32):
    """Around one forward pass. Raises UnsupportedArchitecture within it where a layer is not understood."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.decoder_layers = decoder_layers(model)
        self._block: Block | None = None
        self._scale: torch.Tensor | None = None
        self._gate: torch.Tensor | None = None
        self._handles: list[RemovableHandle] = []

    # What a pass decides.

    def comes_in(self, number: int, x: torch.Tensor) -> torch.Tensor:
        """The input that layer `number` gets in place of `x` (B, n, d_model)."""
        return x

    def scale(self, compute: Product, like: torch.Tensor) -> torch.Tensor:
        """The scale of a norm, whose mean square has the shape of `like`."""
        return compute()

    def fused_norm(self, norm: FusedNorm, normalised: torch.Tensor) -> torch.Tensor:
        """The output of a norm, which is `norm.weighted(normalised)` but for rounding."""
        return norm.plain()

    def embeds(self, out: torch.Tensor) -> None:
        """Shows what a table of embeddings gives: of positions, since a pass starts from those of tokens."""

    def scores(self, scores: torch.Tensor) -> None:
        """Shows what a layer's softmax receives."""

    def mix(
        self, multiply: Product, pattern: torch.Tensor, v: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The pattern that is used, and what it makes of the values: z."""
        return pattern, multiply()

    def activation(self, module: nn.Module, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
        """What an activation gives for `x`."""
        return out

    def gated(self, activation: torch.Tensor) -> None:
        """The last activation is multiplied by another tensor."""

    def mlp_linear(self, multiply: Product, x: torch.Tensor, d_out: int) -> torch.Tensor:
        """What a linear map of an MLP gives."""
        return multiply()

    def mlp_writes(self, block: Block) -> torch.Tensor | None:
        """What the MLP of a layer writes in place of its own (B, n, d_model); None: its own."""
        return None

    def goes_out(self, layer: Layer) -> None:
        """Shows a layer that has ended."""

    # The forward pass.

    def __enter__(self) -> "Watch":
        for number, layer in enumerate(self.decoder_layers):
            self._handles.append(layer.register_forward_pre_hook(self._enter_layer(number), with_kwargs=True))
            self._handles.append(layer.register_forward_hook(self._leave_layer))
        for module in self.decoder_layers.modules():
            if isinstance(module, ACTIVATIONS):
                self._handles.append(module.register_forward_hook(self._activation))
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()
        super().__exit__(kind, error, where)  # type: ignore[no-untyped-call]

    @property
    def layer_number(self) -> int | None:
        """The layer that runs; None before the first and after the last."""
        return None if self._block is None else self._block.number

    def refusal(self, why: str) -> UnsupportedArchitecture:
        return UnsupportedArchitecture(type(self.model).__name__, why)

    def _enter_layer(self, number: int) -> Callable[..., Any]:
        def enter(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            x = self.comes_in(number, args[0] if args else kwargs["hidden_states"])
            self._block = Block(number, x, self.refusal)
            return ((x, *args[1:]), kwargs) if args else (args, {**kwargs, "hidden_states": x})

        return enter

    def _leave_layer(self, _: nn.Module, args: Any, output: Any) -> None:
        assert self._block is not None
        layer = self._block.finished(output[0] if isinstance(output, tuple) else output)
        self._block = None
        self.goes_out(layer)

    def _activation(self, module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        out = self.activation(module, args[0], output)
        self._gate = out
        return out

    def result(self, call: Call) -> Any:
        if call.name == "rsqrt":
            self._scale = self.scale(call, call.args[0])
            return self._scale
        if call.name in FUSED:
            return self._fused_norm(FusedNorm.of_call(call))
        if call.name == "embedding":
            out = call()
            self.embeds(out)
            return out
        if self._block is None:
            return call()
        if call.name in NOT_EAGER:
            raise self.refusal("its attention is not eager: load it with attn_implementation='eager'")
        recognise = _RECOGNISED.get(call.name)
        return call() if recognise is None else recognise(self, self._block, call)

    def _fused_norm(self, norm: FusedNorm) -> torch.Tensor:
        normalised = norm.centred() * self.scale(norm.scale, norm.x[..., :1])
        if self._block is not None:
            self._block.is_normalised(normalised)
        return self.fused_norm(norm, normalised)

    def _softmax(self, block: Block, call: Call) -> Any:
        scores = call.args[0]
        if block.awaits_softmax and scores.ndim >= 3:
            block.softmax()
            self.scores(scores)
        return call()

    def _matmul(self, block: Block, call: Call) -> Any:
        if not block.awaits_mix:
            block.multiplied(*call.args[:2])
            return call()
        pattern, v = call.args[:2]
        if pattern.ndim != 4:
            raise self.refusal(f"its attention has {pattern.ndim} dimensions, not 4")
        used, z = self.mix(call, pattern, v)
        block.mixed(used, v, z)
        return z

    def _linear(self, block: Block, call: Call) -> Any:
        # linear(x, weight, bias) with a transposed weight, addmm(bias, x, weight)
        x, weight = (call.args[0], call.args[1].T) if call.name == "linear" else call.args[1:3]
        if block.is_past_attention:
            block.reads(x)
            return self.mlp_linear(call, x, weight.shape[-1])
        out = call()
        if block.awaits_output_projection:
            block.projected(weight, out)
        return out

    def _multiply(self, block: Block, call: Call) -> Any:
        out = call()
        if self._gate is not None and any(each is self._gate for each in call.args):
            self.gated(self._gate)
            self._gate = None
        if self._scale is not None and any(each is self._scale for each in call.args):
            block.is_normalised(out)
        return out

    def _add(self, block: Block, call: Call) -> Any:
        one, other = call.args[:2]
        if call.kwargs or not block.is_of_residual_shape(one, other):
            return call()
        residual = block.residual
        if one is not residual and other is not residual:
            out = call()
            block.summed(one, other, out)
            return out
        attention, mlp = block.writes(other if one is residual else one)
        if attention is not None:
            block.wrote("attention", attention, call() if mlp is None else residual + attention)
        if mlp is not None:
            instead = self.mlp_writes(block)
            if instead is None:
                block.wrote("mlp", mlp, call())
            else:
                block.wrote("mlp", instead, block.residual + instead)
        return block.residual


_RECOGNISED: dict[str, Callable[[Watch, Block, Call], Any]] = {
    "softmax": Watch._softmax,
    "linear": Watch._linear,
    "addmm": Watch._linear,
    **dict.fromkeys(("matmul", "__matmul__", "bmm"), Watch._matmul),
    **dict.fromkeys(("mul", "__mul__", "__rmul__", "multiply"), Watch._multiply),
    **dict.fromkeys(("add", "__add__", "__radd__"), Watch._add),
}
"""By names of PyTorch's functions."""
