"""Token and head attribution as the JSON that notebooks of this field read."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from queries.graph.records import Record


class TopHead(Record):
    head: str
    layer: int
    score: float


class ExportedAttribution(Record):
    """`target_position` is where the target would stand: one after the position that predicts it. Heads are named
    L0_H0; `top_heads` has all of them, the largest score first."""

    target_token: str
    target_position: int
    input_tokens: list[str]
    integrated_gradients: list[float]
    head_attribution: dict[str, float]
    top_heads: list[TopHead]


def exported_attribution(
    tokens: Sequence[str],
    target: str,
    position: int,
    token_attribution: npt.ArrayLike,
    head_scores: npt.ArrayLike,
) -> ExportedAttribution:
    """Of the prediction of `target` at `position`. shapes: token_attribution (n,), head_scores (n_layers, n_heads)."""
    scores = np.asarray(head_scores, dtype=np.float64)
    heads = [
        TopHead(head=f"L{at[0]}_H{at[1]}", layer=at[0], score=float(s)) for at, s in np.ndenumerate(scores)
    ]
    return ExportedAttribution(
        target_token=target,
        target_position=position + 1,
        input_tokens=list(tokens),
        integrated_gradients=np.asarray(token_attribution, dtype=np.float64).tolist(),
        head_attribution={each.head: each.score for each in heads},
        top_heads=sorted(heads, key=lambda each: -each.score),
    )
