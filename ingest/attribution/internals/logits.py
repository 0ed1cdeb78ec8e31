"""Logit attribution of a recorded prompt: its logits as sums of what each component writes.

1. The pass runs with norms' scales held, so that the final norm is affine: g is the direction of the logit, carried
   back through it to the residual stream.
2. An MLP and the embeddings give their write times g. What a head's cell gives is A[q, k] v_k W_O, carried through what
   comes after the projection (post-norms, multipliers), times g.
3. What is in no write is the final norm's bias in the direction of the logit, and the unembedding's.

The sum is compared with the logits of the recorded, plain pass. No activation is held: mixtures of experts have it too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.attention import written_by_heads
from ingest.attribution.internals.passes.held import run_held
from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.model import Float32
from ingest.attribution.internals.passes.record import Recording
from queries.errors import InvalidRequest, quoted
from queries.internals.logits import LogitAttribution, sums_and_sizes

TOLERANCE = 1e-5
"""Largest error of the sums, as a share of their components' sizes."""
LOGIT_BYTES = 64 << 20
"""Logits of all tokens that are held at a time."""

Tokens: TypeAlias = int | Sequence[int]
"""A token id for all positions, or one for each."""


@dataclass(frozen=True, eq=False)
class Towards:
    """What is attributed at each position. shapes: direction (n, d_model), of the final norm's output; bias (n,), of
    the unembedding; logit (n,), by the plain pass; tokens and foils (n,)."""

    direction: torch.Tensor
    bias: torch.Tensor
    logit: torch.Tensor
    tokens: npt.NDArray[np.int64] | None = None
    foils: npt.NDArray[np.int64] | None = None


class LogitsFound(NamedTuple):
    """`attribution` is None where the sums do not come out as the logits; `why` says so then. `error`: the largest of
    any position, as a share of its components' sizes."""

    attribution: LogitAttribution | None
    error: float
    why: str | None


@torch.no_grad()
def towards_tokens(
    model: Any, recording: Recording, tokens: Tokens | None = None, foils: Tokens | None = None
) -> Towards:
    """Tokens' logits, the most probable ones where none are named, less those of `foils`.

    Raises InvalidRequest("target") or ("foil") where the model does not have such tokens.
    """
    n, n_vocabulary = recording.n, _unembedding(model).shape[0]
    targets = None if tokens is None else _ids("target", tokens, n, n_vocabulary)
    against = None if foils is None else _ids("foil", foils, n, n_vocabulary)
    device, top, logits = recording.hidden.device, [], []
    for positions, of_all in _logits(model, recording):
        best = of_all.argmax(-1) if targets is None else targets[positions].to(device)
        logit = of_all.gather(-1, best[:, None])[:, 0]
        if against is not None:
            logit = logit - of_all.gather(-1, against[positions, None].to(device))[:, 0]
        top.append(best)
        logits.append(logit)
    chosen = torch.cat(top).cpu()
    direction, bias = _rows(model, chosen)
    if against is not None:
        away, away_bias = _rows(model, against)
        direction, bias = direction - away, bias - away_bias
    return Towards(
        direction=direction,
        bias=bias,
        logit=torch.cat(logits),
        tokens=chosen.numpy(),
        foils=None if against is None else against.numpy(),
    )


@torch.no_grad()
def towards_direction(recording: Recording, direction: npt.ArrayLike) -> Towards:
    """What is in a direction (d_model,), or one for each position (n, d_model), of the final norm's output, which the
    unembedding reads.

    Raises InvalidRequest("direction") where it has another shape or is not finite.
    """
    hidden = recording.hidden[0]
    each = _vectors(direction, recording.n, hidden.shape[-1]).to(hidden.device)
    return Towards(each, hidden.new_zeros(recording.n), (hidden * each).sum(-1))


@torch.no_grad()
def towards_vocabulary(model: Any, recording: Recording, weights: npt.ArrayLike) -> Towards:
    """A weighted sum of all tokens' logits, by weights (n_vocabulary,), or of each position (n, n_vocabulary).

    Raises InvalidRequest("direction") where they have another shape or are not finite.
    """
    unembedding, device = _unembedding(model), recording.hidden.device
    each = _vectors(weights, recording.n, unembedding.shape[0]).to(device)
    bias = _unembedding_bias(model)
    logit = [(of_all * each[positions]).sum(-1) for positions, of_all in _logits(model, recording)]
    return Towards(
        direction=each @ unembedding.float(),
        bias=each.new_zeros(len(each)) if bias is None else each @ bias,
        logit=torch.cat(logit),
    )


@torch.no_grad()
def probable_tokens(
    model: Any, recording: Recording, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The `count` most probable next tokens at each position (n, count), and their probabilities: of a plain pass to
    its end, since what models do to logits at last, such as caps, is theirs to know."""
    with Float32():
        logits = model(inputs_embeds=recording.embeddings.detach(), use_cache=False).logits[0]
    best = logits.topk(min(count, logits.shape[-1]))
    chances = (best.values - logits.logsumexp(-1, keepdim=True)).exp()
    return best.indices.cpu().numpy(), chances.cpu().numpy()


def logit_attribution(model: Any, recording: Recording, towards: Towards) -> LogitsFound:
    """The logits of the recorded prompt by component and cell."""
    kept: list[_Writes] = []
    held = run_held(model, recording.embeddings, lambda layer: kept.append(_Writes.of(layer)))
    direction = towards.direction
    (g,) = torch.autograd.grad((held.hidden[0] * direction).sum(), held.last)
    with torch.no_grad():
        x, g = recording.layers[0].x, g.detach()
        positional = torch.zeros_like(x) if recording.positional is None else recording.positional
        final = towards.bias if held.bias is None else towards.bias + direction @ held.bias
        embedding = ((x - positional) * g).sum(-1)[0]
    cells, biases, mlps = [], [], []
    for layer in kept:
        of_cells, bias = layer.attention(g)
        cells.append(_array(of_cells))
        biases.append(_array(bias))
        mlps.append(_array((layer.mlp * g).sum(-1)[0]))
    unchecked = LogitAttribution(
        logit=_array(towards.logit),
        cells=np.stack(cells),
        attention_bias=np.stack(biases),
        mlp=np.stack(mlps),
        embedding=_array(embedding),
        positional=_array((positional * g).sum(-1)[0]),
        final=_array(final),
        error=np.nan,
        tokens=towards.tokens,
        foils=towards.foils,
    )
    sums, sizes = sums_and_sizes(unchecked)
    error = float((np.abs(sums - unchecked.logit) / np.maximum(sizes, np.finfo(np.float32).tiny)).max())
    if not error < TOLERANCE:
        why = f"Logit attribution is not shown: components miss the logits by {error:.2g} of their sizes."
        return LogitsFound(None, error, why)
    return LogitsFound(replace(unchecked, error=error), error, None)


class _Writes(NamedTuple):
    """What is kept of a layer: `write` with its gradient to `projected`, the rest without any."""

    pattern: torch.Tensor
    v: torch.Tensor
    output_weight: torch.Tensor
    bias: torch.Tensor
    projected: torch.Tensor
    write: torch.Tensor
    mlp: torch.Tensor

    @classmethod
    def of(cls, layer: Layer) -> "_Writes":
        with torch.no_grad():
            written = written_by_heads(layer)
            # The same at all positions: where it is not, the sums do not come out.
            bias = (layer.projected.reshape(written.shape) - written)[0].mean(0)
        return cls(
            pattern=layer.pattern[0].detach(),
            v=layer.v[0].detach(),
            output_weight=layer.output_weight.detach(),
            bias=bias,
            projected=layer.projected,
            write=layer.attention_write,
            mlp=layer.mlp_write.detach(),
        )

    def attention(self, g: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cells (n_heads, n, n) and the bias's part (n,) in the direction `g` (1, n, d_model)."""
        (carried,) = torch.autograd.grad(self.write, self.projected, g)
        carried = carried.reshape(g.shape)[0]
        of_z = torch.einsum("qe,hde->hqd", carried, self.output_weight)
        return self.pattern * torch.einsum("hqd,hkd->hqk", of_z, self.v), carried @ self.bias


def _logits(model: Any, recording: Recording) -> Iterator[tuple[slice, torch.Tensor]]:
    """Some positions after others, with all tokens' logits there (n_positions, n_vocabulary) by the plain pass."""
    n_vocabulary, n = _unembedding(model).shape[0], recording.n
    step = max(1, LOGIT_BYTES // (4 * n_vocabulary))
    for first in range(0, n, step):
        positions = slice(first, min(first + step, n))
        with Float32():
            of_all = model.get_output_embeddings()(recording.hidden[0, positions])
        yield positions, of_all


def _unembedding(model: Any) -> torch.Tensor:
    """(n_vocabulary, d_model)"""
    weight: torch.Tensor = model.get_output_embeddings().weight
    return weight.detach()


def _unembedding_bias(model: Any) -> torch.Tensor | None:
    bias = model.get_output_embeddings().bias
    return None if bias is None else bias.detach().float()


def _rows(model: Any, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The unembedding's rows (n, d_model) of tokens (n,), and its bias at them (n,)."""
    weight, bias = _unembedding(model), _unembedding_bias(model)
    tokens = tokens.to(weight.device)
    rows = weight[tokens].float()
    return rows, rows.new_zeros(len(rows)) if bias is None else bias[tokens]


def _ids(parameter: str, tokens: Tokens, n: int, n_vocabulary: int) -> torch.Tensor:
    ids = [tokens] * n if isinstance(tokens, int) else list(tokens)
    if len(ids) != n:
        raise InvalidRequest(parameter, f"has {len(ids)} tokens; the prompt has {n}")
    for token in ids:
        if not 0 <= token < n_vocabulary:
            raise InvalidRequest(parameter, f"{quoted(token)} is no token; they are 0 to {n_vocabulary - 1}")
    return torch.tensor(ids, dtype=torch.long)


def _vectors(vectors: npt.ArrayLike, n: int, size: int) -> torch.Tensor:
    """(n, size) from that or (size,)."""
    array = np.asarray(vectors, dtype=np.float32)
    if array.shape not in ((size,), (n, size)):
        shape = " x ".join(map(str, array.shape))
        raise InvalidRequest("direction", f"has the shape {shape}; give {size} numbers, or {n} x {size}")
    if not np.isfinite(array).all():
        raise InvalidRequest("direction", "has numbers that are not finite")
    return torch.tensor(np.broadcast_to(array, (n, size)).copy())


def _array(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    array: npt.NDArray[np.float32] = tensor.detach().float().cpu().numpy()
    return array
