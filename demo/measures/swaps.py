"""Are the labels causal? One state's features replace another's, by circuit-tracer's own intervention.

Prompt A asks about a city of one state; prompt B, otherwise the same, about a city of another state. In A,
every active feature that belongs to A's state is set to 0. Every feature active in B that belongs to B's state is
set, at the same position counted from the prompt's end, to FACTOR times its activation in B. Attention patterns are
frozen as in A. The swap succeeds when the first token of the capital of B's state becomes the most probable.

A feature belongs to a state when at least 0.8 of its activation mass, in both halves of the labelling text, falls
on prefixes that determine the state. The report adds a stricter swap, of the features labelled with the state's name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from demo.measures.paths import CityPrompt

FACTOR = 2.0
PARTNER_OFFSETS = (3, 7, 11)
"""Prompt i is swapped with prompts i + 3, i + 7 and i + 11 (modulo their number) of another state."""


@dataclass(frozen=True)
class SwapResult:
    """The number of swapped pairs, and of pairs in which the other capital became the most probable."""

    n_pairs: int
    n_top: int

    @property
    def share(self) -> float:
        return self.n_top / self.n_pairs


def swap_pairs(prompts: Sequence[CityPrompt]) -> list[tuple[int, int]]:
    """The indices (A, B) of each pair of prompts."""
    n = len(prompts)
    return [
        (first, (first + offset) % n)
        for first in range(n)
        for offset in PARTNER_OFFSETS
        if prompts[first].state != prompts[(first + offset) % n].state
    ]


def measure_swaps(
    replacement_model: Any, prompts: Sequence[CityPrompt], state_of_feature: Callable[[int, int], str | None]
) -> SwapResult:
    """Swap every pair once. state_of_feature(layer, feature) is the state that a feature belongs to, or None."""
    features, lengths = [], []
    for prompt in prompts:
        _, activations = replacement_model.get_activations(prompt.text)  # (layers, positions, features)
        lengths.append(activations.shape[1])
        active = activations[:, 1:].nonzero().tolist()  # <bos> has no features
        features.append(
            [
                (layer, position + 1, feature, float(activations[layer, position + 1, feature]))
                for layer, position, feature in active
                if state_of_feature(layer, feature) == prompt.state
            ]
        )
    pairs = swap_pairs(prompts)
    n_top = 0
    for first, second in pairs:
        values = {(layer, position, feature): 0.0 for layer, position, feature, _ in features[first]}
        for layer, position, feature, activation in features[second]:
            place = position + lengths[first] - lengths[second]
            if place >= 1:
                values[layer, place, feature] = FACTOR * activation
        interventions = [(*place, value) for place, value in values.items()]
        logits, _ = replacement_model.feature_intervention(
            prompts[first].text, interventions, freeze_attention=True, return_activations=False
        )
        wanted = replacement_model.tokenizer(
            f" {prompts[second].capital}", add_special_tokens=False
        ).input_ids[0]
        n_top += int(logits[0, -1].argmax()) == wanted
    return SwapResult(len(pairs), n_top)
