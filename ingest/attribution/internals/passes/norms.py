"""A norm that runs as one call, `layer_norm` or `rms_norm`, taken apart so that its scale can be held."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ingest.attribution.internals.passes.model import Call

FUSED = ("layer_norm", "rms_norm")


@dataclass(frozen=True, eq=False)
class FusedNorm:
    """A call of one of `FUSED` on `x` (…, d), over its last dimension. `plain` makes it; `centres`: it subtracts the
    mean first."""

    plain: Callable[[], torch.Tensor]
    x: torch.Tensor
    weight: torch.Tensor | None
    bias: torch.Tensor | None
    eps: float
    centres: bool

    @classmethod
    def of_call(cls, call: Call) -> "FusedNorm":
        centres = call.name == "layer_norm"
        names = ("input", "normalized_shape", "weight", *(("bias",) if centres else ()), "eps")
        given = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
        x: torch.Tensor = given["input"]
        # PyTorch's fused norms want their weights in the input's type.
        for part in ("weight", "bias"):
            if given.get(part) is not None:
                given[part] = given[part].to(x.dtype)
        eps = given.get("eps")
        if eps is None:
            eps = 1e-5 if centres else torch.finfo(x.dtype).eps
        return cls(
            plain=lambda: call.func(**given),
            x=x,
            weight=given.get("weight"),
            bias=given.get("bias"),
            eps=eps,
            centres=centres,
        )

    def centred(self) -> torch.Tensor:
        return self.x - self.x.mean(-1, keepdim=True) if self.centres else self.x

    def scale(self) -> torch.Tensor:
        """(…, 1): the reciprocal root of the mean square."""
        return torch.rsqrt(self.centred().pow(2).mean(-1, keepdim=True) + self.eps)

    def weighted(self, normalised: torch.Tensor) -> torch.Tensor:
        """The norm's output from `centred() * scale()`."""
        out = normalised if self.weight is None else normalised * self.weight
        return out if self.bias is None else out + self.bias
