"""What is said of a Feature, and which of it a reader is shown: one rule for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

FeatureId: TypeAlias = tuple[int, int]
"""(layer, index) of a Feature in a graph's transcoder set."""

PERSON = "person"
"""The `type` of an explanation that a person wrote."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a Feature means in words, who or what said so, how (type), and how well it scored (0 to 1)."""

    text: str
    author: str
    type: str
    score: float | None = None
    created_at: datetime | None = None


def ranked_explanations(explanations: list[Explanation]) -> list[Explanation]:
    """Best first: a person's own wins, then the best scored, then the newest."""
    return sorted(
        explanations,
        key=lambda one: (
            one.type == PERSON,
            -1.0 if one.score is None else one.score,
            one.created_at.timestamp() if one.created_at else 0.0,
            one.text,
        ),
        reverse=True,
    )


def best_texts(explanations: Mapping[FeatureId, list[Explanation]]) -> dict[FeatureId, str]:
    """The best explanation's words of each Feature that has one."""
    return {
        feature: best.text
        for feature, said in explanations.items()
        if (best := best_explanation(said)) is not None
    }


def best_explanation(explanations: list[Explanation]) -> Explanation | None:
    return next(iter(ranked_explanations(explanations)), None)
