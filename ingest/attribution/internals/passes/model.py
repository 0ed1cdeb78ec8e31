"""How a model is run for its internals: from embeddings to logits of chosen positions, in float32 whatever its weights.

A model is a Hugging Face causal language model with eager attention, in evaluation mode.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from queries.errors import UnsupportedArchitecture

HALF = (torch.bfloat16, torch.float16)
OF_ONE_TYPE = ("linear", "addmm", "matmul", "__matmul__", "bmm", "layer_norm", "rms_norm")
"""What uses weights and refuses operands of two types; elsewhere PyTorch casts the narrower one."""


@dataclass(frozen=True, eq=False)
class Call:
    """A call of a function of PyTorch's; `call()` makes it."""

    name: str
    func: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def __call__(self) -> Any:
        return self.func(*self.args, **self.kwargs)


class Float32(TorchFunctionMode):
    """Within it, half-precision weights are used in float32: each is cast while it is used, embeddings when looked up.

    Gradients go to inputs only, never to weights, which are cast anew on the way back: no float32 copy is kept.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name, given = getattr(func, "__name__", ""), kwargs or {}
        if name == "embedding":
            return self.result(Call(name, lambda *of, **by: _float(func(*of, **by)), args, given))
        if name in OF_ONE_TYPE:
            return self.result(_in_float32(name, func, args, given))
        return self.result(Call(name, func, args, given))

    def result(self, call: Call) -> Any:
        """What the call gives, for a subclass to decide."""
        return call()


def _in_float32(
    name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Call:
    """A call that uses weights, in float32."""
    given = (*args, *kwargs.values())
    used = [_float(each) for each in given]
    by_name = dict(zip(kwargs, used[len(args) :], strict=True))
    # By their places in memory: autograd holds on to `keep`, and would hold the casts with it.
    casts = {
        cast.untyped_storage().data_ptr(): each.detach()
        for cast, each in zip(used, given, strict=True)
        if isinstance(each, nn.Parameter) and each.dtype in HALF
    }
    if not casts:
        return Call(name, func, tuple(used[: len(args)]), by_name)

    def keep(tensor: torch.Tensor) -> torch.Tensor | _Cast:
        weight = casts.get(tensor.untyped_storage().data_ptr())
        if weight is None:
            return tensor
        return _Cast(weight, tensor.size(), tensor.stride(), tensor.storage_offset())

    def keeping(*of: Any, **by: Any) -> Any:
        with torch.autograd.graph.saved_tensors_hooks(keep, _kept):
            return func(*of, **by)

    return Call(name, keeping, tuple(used[: len(args)]), by_name)


class _Cast(NamedTuple):
    """A view of a half-precision weight's cast."""

    weight: torch.Tensor
    size: torch.Size
    stride: tuple[int, ...]
    offset: int | torch.SymInt


def _kept(kept: torch.Tensor | _Cast) -> torch.Tensor:
    if isinstance(kept, _Cast):
        return kept.weight.float().as_strided(kept.size, kept.stride, kept.offset)
    return kept


def _float(value: Any) -> Any:
    """A parameter as a tensor without gradients, and a tensor of half precision in float32."""
    if isinstance(value, nn.Parameter):
        value = value.detach()
    return value.float() if isinstance(value, torch.Tensor) and value.dtype in HALF else value


def decoder_layers(model: nn.Module) -> nn.ModuleList:
    """The list of the model's layers: the first that has as many modules as the configuration says layers.

    Raises UnsupportedArchitecture where there is none.
    """
    n_layers = model.config.get_text_config().num_hidden_layers  # type: ignore[union-attr,operator]
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == n_layers:
            return module
    raise UnsupportedArchitecture(type(model).__name__, f"it has no list of {n_layers} layers")


def embedded(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """(1, n, d_model): the token embeddings that a pass starts from, of the token ids (n,). No gradient."""
    with torch.no_grad(), Float32():
        embeddings: torch.Tensor = model.get_input_embeddings()(ids[None])
    return embeddings


def hidden_state(model: Any, embeddings: torch.Tensor) -> torch.Tensor:
    """(B, n, d_model): what the unembedding reads, the final norm's output, of a pass from `embeddings` (same shape).

    Called within a `Float32`.
    """
    base = model.base_model if model.base_model is not model else model.get_decoder()
    hidden: torch.Tensor = base(inputs_embeds=embeddings, use_cache=False).last_hidden_state
    return hidden


def unembedded(model: Any, hidden: torch.Tensor, positions: Sequence[int]) -> torch.Tensor:
    """(B, n_positions, n_vocabulary): the unembedding's output at the positions, before any cap or multiplier of the
    model. All positions of a batch would be gigabytes for a large vocabulary. Called within a `Float32`."""
    logits: torch.Tensor = model.get_output_embeddings()(hidden[:, list(positions)])
    return logits


def run(model: Any, embeddings: torch.Tensor, positions: Sequence[int] = (-1,)) -> torch.Tensor:
    """(B, n_positions, n_vocabulary): logits of a plain pass from `embeddings` (B, n, d_model), in float32. Gradients
    reach the embeddings where they ask for them."""
    with torch.set_grad_enabled(embeddings.requires_grad), Float32():
        return unembedded(model, hidden_state(model, embeddings), positions)
