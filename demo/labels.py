"""Labels for transcoder features by a fixed rule, without judgement and without the prompts on show.

The text is every distinct prefix of the training corpus, each once, split in two halves by a hash of the prefix.

1. On the choosing half, a feature's activation mass is added up by the token it fires on, and by the entity (a
   state, a country, a word ...) that the prefix determines. A share is such a sum over the feature's total mass.
2. The candidates are the token and the entity with the largest shares. Where both are within 0.05 of the larger share,
   the rarer one in the corpus describes the feature more closely and wins: a feature that fires on Dallas alone is
   "Dallas", not "Texas".
3. The label's score is its share of the feature's mass on the scoring half. A label below 0.8 is dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from demo.sparse import ActiveUnits
from demo.text.prefixes import Prefixes
from demo.transcoders import TranscoderWeights, exported_active

NEAR_TIE = 0.05
MIN_SHARE = 0.8
MIN_FIRINGS = 4
"""A feature that fires at fewer distinct prefixes is too rare to judge; `readable share` leaves it out."""


class LabelKind(StrEnum):
    """The thing that a label names: the token that the feature fires on, or the entity that the prefix is about."""

    TOKEN = "token"
    ENTITY = "entity"


@dataclass(frozen=True)
class FeatureLabel:
    """The label of one feature. Shares are of activation mass, on the choosing half and on the scoring half."""

    layer: int
    index: int
    kind: LabelKind
    description: str
    choosing_share: float
    held_out_share: float


@dataclass(frozen=True)
class Attribute:
    """One property of every prefix (its token, or its entity), as a number.

    Attributes:
        of_prefix: (n_prefixes) the value's number; `len(names)` where the prefix has none.
        names: each value's name; an empty name cannot be a label.
    """

    of_prefix: Tensor
    names: Sequence[str]

    @property
    def frequency(self) -> Tensor:
        """(n_values): how many prefixes have each value."""
        return torch.bincount(self.of_prefix, minlength=len(self.names) + 1)[:-1]


def mass_shares(active: ActiveUnits, attribute: Attribute, in_half: Tensor, n_features: int) -> Tensor:
    """The share of each feature's activation mass on each value, over the prefixes of one half: (n_features, n_values).

    0 for a feature that does not fire in the half. in_half (n_prefixes) bool; active's positions are prefixes.
    """
    kept = in_half[active.position]
    feature, value = active.unit[kept], active.value[kept]
    n_columns = len(attribute.names) + 1
    cell = feature * n_columns + attribute.of_prefix[active.position[kept]]
    mass = torch.zeros(n_features * n_columns).index_add(0, cell, value).view(n_features, n_columns)
    return mass[:, :-1] / mass.sum(1, keepdim=True).clamp(min=1e-9)


def label_layer(
    layer: int,
    active: ActiveUnits,
    token: Attribute,
    entity: Attribute,
    in_scoring_half: Tensor,
    n_features: int,
) -> list[FeatureLabel]:
    """The labels of one layer's features: steps 1 to 3 above, for features that fire in both halves."""
    attributes = {LabelKind.TOKEN: token, LabelKind.ENTITY: entity}
    frequency = {kind: attribute.frequency.tolist() for kind, attribute in attributes.items()}
    chosen = {
        kind: mass_shares(active, attribute, ~in_scoring_half, n_features).max(dim=1)
        for kind, attribute in attributes.items()
    }
    scored = {
        kind: mass_shares(active, attribute, in_scoring_half, n_features)
        for kind, attribute in attributes.items()
    }
    labels = []
    for feature in range(n_features):
        share = {kind: float(best.values[feature]) for kind, best in chosen.items()}
        value = {kind: int(best.indices[feature]) for kind, best in chosen.items()}
        near_best = [kind for kind in LabelKind if share[kind] >= max(share.values()) - NEAR_TIE]
        kind = min(near_best, key=lambda kind: frequency[kind][value[kind]])
        held_out_share = float(scored[kind][feature, value[kind]])
        description = attributes[kind].names[value[kind]]
        if share[kind] > 0 and held_out_share >= MIN_SHARE and description:
            labels.append(FeatureLabel(layer, feature, kind, description, share[kind], held_out_share))
    return labels


def prefix_attributes(prefixes: Prefixes, tokenizer: PreTrainedTokenizerFast) -> dict[LabelKind, Attribute]:
    """The two properties that labels name. A token's name is its text without spaces around it."""
    token_names = [tokenizer.decode([token]).strip() for token in range(len(tokenizer))]
    return {
        LabelKind.TOKEN: Attribute(prefixes.token, token_names),
        LabelKind.ENTITY: Attribute(prefixes.entity, prefixes.entity_names),
    }


@dataclass(frozen=True)
class LabelledFeatures:
    """The labels of a transcoder set, and the numbers of features that fire often enough to be judged."""

    labels: list[FeatureLabel]
    n_judged: int
    n_judged_with_label: int

    @property
    def readable_share(self) -> float:
        """The share with a label among the features that fire at MIN_FIRINGS or more distinct prefixes."""
        return self.n_judged_with_label / max(1, self.n_judged)


def label_features(
    layers: Sequence[TranscoderWeights],
    inputs: Tensor,
    prefixes: Prefixes,
    tokenizer: PreTrainedTokenizerFast,
) -> LabelledFeatures:
    """Label every layer's features. inputs (n_layers, n_prefixes, d_model) are the MLPs' inputs at the prefixes."""
    attributes = prefix_attributes(prefixes, tokenizer)
    labels: list[FeatureLabel] = []
    n_judged = n_judged_with_label = 0
    for layer, (weights, layer_inputs) in enumerate(zip(layers, inputs, strict=True)):
        n_features = len(weights["b_enc"])
        active = exported_active(weights, layer_inputs)
        is_judged = torch.bincount(active.unit, minlength=n_features) >= MIN_FIRINGS
        layer_labels = label_layer(
            layer,
            active,
            attributes[LabelKind.TOKEN],
            attributes[LabelKind.ENTITY],
            prefixes.in_scoring_half,
            n_features,
        )
        labels += layer_labels
        n_judged += int(is_judged.sum())
        n_judged_with_label += sum(bool(is_judged[label.index]) for label in layer_labels)
    return LabelledFeatures(labels, n_judged, n_judged_with_label)


def entities_of_features(
    layers: Sequence[TranscoderWeights],
    inputs: Tensor,
    prefixes: Prefixes,
    tokenizer: PreTrainedTokenizerFast,
) -> dict[tuple[int, int], str]:
    """(layer, feature) -> the entity that has MIN_SHARE of the feature's mass in both halves.

    Wider than the labels: a feature that fires on Houston alone is labelled "Houston", yet belongs to Texas here.
    """
    entity = prefix_attributes(prefixes, tokenizer)[LabelKind.ENTITY]
    entities: dict[tuple[int, int], str] = {}
    for layer, (weights, layer_inputs) in enumerate(zip(layers, inputs, strict=True)):
        n_features = len(weights["b_enc"])
        active = exported_active(weights, layer_inputs)
        chosen = mass_shares(active, entity, ~prefixes.in_scoring_half, n_features).max(dim=1)
        scored = mass_shares(active, entity, prefixes.in_scoring_half, n_features)
        held_out = scored[torch.arange(n_features), chosen.indices]
        for feature in ((chosen.values >= MIN_SHARE) & (held_out >= MIN_SHARE)).nonzero().flatten().tolist():
            entities[layer, feature] = entity.names[int(chosen.indices[feature])]
    return entities
