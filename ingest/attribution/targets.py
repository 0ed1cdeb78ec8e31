"""The targets of an attribution, as circuit-tracer takes them: token ids, or directions with names and weights."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from circuit_tracer.attribution.targets import CustomTarget

from ingest.attribution.prompt import TARGETS, only_token, refuse_twins
from queries.errors import InvalidRequest
from queries.graph.records import AttributionTarget, TargetDirection

Targets: TypeAlias = torch.Tensor | list[CustomTarget]


def circuit_tracer_targets(
    asked: Sequence[AttributionTarget] | None, model: Any, tokenizer: Any
) -> Targets | None:
    """None for the most probable logits, else the ids of the tokens (n_targets,), or the directions.

    `model` is a replacement model of circuit-tracer. Raises InvalidRequest.
    """
    if asked is None:
        return None
    rows = _unembedding(model)
    directions = [one for one in asked if isinstance(one, TargetDirection)]
    if directions:  # then there are no others
        return [
            _of_logits(one, rows, tokenizer) if one.logits is not None else _of_numbers(one, rows)
            for one in directions
        ]
    ids = [_token(one, tokenizer, len(rows)) for one in asked if not isinstance(one, TargetDirection)]
    refuse_twins(ids)
    return torch.tensor(ids, dtype=torch.long)


def _unembedding(model: Any) -> torch.Tensor:
    """(d_vocab, d_model): circuit-tracer's backends keep it one way round or the other."""
    matrix: torch.Tensor = model.unembed_proj
    return matrix.T if model.backend == "transformerlens" else matrix


def _of_logits(asked: TargetDirection, rows: torch.Tensor, tokenizer: Any) -> CustomTarget:
    """A weighted sum of logits, each over the vocabulary's mean, as circuit-tracer's logits are."""
    terms = asked.logits or []
    ids = [_token(term.token, tokenizer, len(rows)) for term in terms]
    refuse_twins(ids)
    factors = torch.tensor([term.factor for term in terms], dtype=rows.dtype, device=rows.device)
    direction = factors @ rows[ids] - factors.sum() * rows.mean(dim=0)
    texts = [tokenizer.decode([token]) for token in ids]
    return CustomTarget(asked.name or _name(texts, [term.factor for term in terms]), asked.weight, direction)


def _of_numbers(asked: TargetDirection, rows: torch.Tensor) -> CustomTarget:
    numbers = asked.direction or []
    if len(numbers) != rows.shape[1]:
        raise InvalidRequest(
            "attribution_targets",
            f"the direction {asked.name!r} has {len(numbers):,} numbers, and this model's residual stream "
            f"{rows.shape[1]:,}",
        )
    direction = torch.tensor(numbers, dtype=rows.dtype, device=rows.device)
    return CustomTarget(asked.name or "", asked.weight, direction)


def only_token_of(text: str, tokenizer: Any, parameter: str) -> int:
    """The one token that a text is. Raises InvalidRequest with the name of the parameter."""
    return only_token(
        text, tokenizer.encode(text, add_special_tokens=False), tokenizer.unk_token_id, parameter
    )


def _token(asked: str | int, tokenizer: Any, n_vocabulary: int) -> int:
    token = asked
    if isinstance(asked, str):
        token = only_token_of(asked, tokenizer, TARGETS)
    if not 0 <= int(token) < n_vocabulary:
        raise InvalidRequest(
            "attribution_targets", f"there is no token {token}: this model's are 0 to {n_vocabulary - 1:,}"
        )
    return int(token)


def _name(texts: list[str], factors: list[float]) -> str:
    """'Austin rather than Dallas', '0.5 Austin + 2 Dallas − Houston'"""
    names = [text.strip() or repr(text) for text in texts]
    if factors == [1.0, -1.0]:
        return " rather than ".join(names)
    terms = [
        (" − " if factor < 0 else " + ", name if abs(factor) == 1.0 else f"{abs(factor):g} {name}")
        for factor, name in zip(factors, names, strict=True)
    ]
    return "".join(sign + term for sign, term in terms).removeprefix(" + ").strip()
