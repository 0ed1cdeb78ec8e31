"""What a prompt is compared with in token attribution: an input that says nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import torch

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording
from queries.errors import InvalidRequest

AT_ONCE = 4096
"""Rows of the table of embeddings that are averaged at a time."""


class BaselineKind(StrEnum):
    ZEROS = "zeros"
    TOKEN = "token"
    MEAN = "mean embedding"


@dataclass(frozen=True)
class Special:
    """A tokenizer's special tokens, None where it has none."""

    bos: int | None
    pad: int | None


@dataclass(frozen=True, eq=False)
class Baseline:
    """`embeddings` (1, n, d_model); `token` is the one at every position, of that kind only; `keeps_bos`: the first
    position is the prompt's own."""

    kind: BaselineKind
    token: int | None
    keeps_bos: bool
    embeddings: torch.Tensor


def the_baseline(
    model: Any, recording: Recording, ids: torch.Tensor, special: Special, asked: int | None = None
) -> Baseline:
    """The baseline of the recorded prompt, whose token ids are (n,): of the token that is asked for, or else zeros
    where learned positions are added to them, the padding token, or the mean of all embeddings.

    Zeros alone are the one place where no norm is smooth; so are an untrained padding token's. The first position is
    kept where it is BOS, which says nothing and which heads rest on. Raises InvalidRequest.
    """
    kind, token, one = _one(model, recording, special, asked)
    embeddings = one.expand_as(recording.embeddings).clone()
    keeps_bos = special.bos is not None and int(ids[0]) == special.bos
    if keeps_bos:
        embeddings[:, 0] = recording.embeddings[:, 0].detach()
    return Baseline(kind, token, keeps_bos, embeddings)


def _one(
    model: Any, recording: Recording, special: Special, asked: int | None
) -> tuple[BaselineKind, int | None, torch.Tensor]:
    """The kind, the token, and what is at each position (1, 1, d_model)."""
    n_vocabulary = model.get_input_embeddings().weight.shape[0]
    if asked is not None:
        if not 0 <= asked < n_vocabulary:
            raise InvalidRequest(
                "baseline", f"there is no token {asked}: this model's are 0 to {n_vocabulary - 1:,}"
            )
        return BaselineKind.TOKEN, asked, _of_token(model, asked)
    if recording.positional is not None:
        return BaselineKind.ZEROS, None, recording.embeddings.new_zeros(1, 1, recording.embeddings.shape[-1])
    if special.pad is not None and special.pad < n_vocabulary:
        padding = _of_token(model, special.pad)
        if padding.any():
            return BaselineKind.TOKEN, special.pad, padding
    return BaselineKind.MEAN, None, _mean(model, n_vocabulary)


def _of_token(model: Any, token: int) -> torch.Tensor:
    return embedded(model, torch.tensor([token], device=model.device))


def _mean(model: Any, n_vocabulary: int) -> torch.Tensor:
    total = torch.zeros(())
    for first in range(0, n_vocabulary, AT_ONCE):
        ids = torch.arange(first, min(first + AT_ONCE, n_vocabulary), device=model.device)
        total = total.to(ids.device) + embedded(model, ids).sum(dim=1, keepdim=True)
    return total / n_vocabulary
