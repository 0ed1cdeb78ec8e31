"""The one rule of what names a feature node, and who or what says so.

The first that there is:

1. a person's explanation of the Feature, which every graph shows;
2. the graph's own label of the node, a file's `clerp`;
3. the best other explanation of the Feature;
4. the label that other stored graphs give the Feature, by most of them, and by the newest of as many;
5. a name made from the Feature's top logits, "~ Austin".

`LabelRule` leaves out 5, or 4 and 5. Logits keep their own label, which most lack.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from queries.graph.facts import FeatureLogit
from queries.graph.features import (
    BORROWED,
    PERSON,
    TOP_LOGITS,
    UNKNOWN,
    Explanation,
    FeatureId,
    LabelOrigin,
    best_explanation,
)
from queries.graph.records import Record
from queries.words import LabelRule, LabelSource

MADE = "~ "
"""Begins a name that is made from top logits."""


class Label(NamedTuple):
    text: str
    origin: LabelOrigin


class BorrowedLabel(Record):
    """The label that another stored graph gives a Feature."""

    text: str
    graph: str
    graph_name: str

    @property
    def label(self) -> Label:
        return Label(self.text, LabelOrigin(source="borrowed", by=self.graph_name, graph=self.graph))


OWN = LabelOrigin(source="graph")


class GivenLabel(NamedTuple):
    """A label that stored graphs give nodes of a Feature."""

    feature: FeatureId
    text: str
    n_graphs: int
    newest: str
    """When the newest of these graphs was made, a space, and its id: a later time is a later text."""

    @property
    def graph(self) -> str:
        return self.newest.rpartition(" ")[2]


def most_given(labels: Iterable[GivenLabel]) -> list[GivenLabel]:
    """The label of each Feature that most graphs give it; of as many, that of the newest graph."""
    chosen: dict[FeatureId, GivenLabel] = {}
    for one in labels:
        best = chosen.get(one.feature)
        if best is None or (one.n_graphs, one.newest, one.text) > (best.n_graphs, best.newest, best.text):
            chosen[one.feature] = one
    return list(chosen.values())


@dataclass(frozen=True, slots=True)
class FeatureLabels:
    """What can name the nodes of one Feature, beside a graph's own label."""

    person: Label | None
    others: tuple[Label, ...]
    """Best first: an explanation, a borrowed label, a name made from top logits, as far as the rule lets them."""

    def of(self, own: str | None) -> Label | None:
        """The label of a node that its graph labels so."""
        if self.person is not None:
            return self.person
        return Label(own, OWN) if own else next(iter(self.others), None)


NOTHING = FeatureLabels(None, ())


def feature_labels(
    explanations: Sequence[Explanation], borrowed: BorrowedLabel | None, rule: LabelRule
) -> FeatureLabels:
    def best(source: LabelSource, of: Iterable[Explanation]) -> Label | None:
        one = best_explanation(list(of))
        if one is None:
            return None
        return Label(one.text, LabelOrigin(source=source, by=None if one.author == UNKNOWN else one.author))

    person = best("person", (one for one in explanations if one.type == PERSON))
    said = best(
        "explanation", (one for one in explanations if one.type not in (PERSON, BORROWED, TOP_LOGITS))
    )
    others = [said]
    if rule != "own":
        # A file that was exported elsewhere brings what its graph had borrowed there.
        brought = best("borrowed", (one for one in explanations if one.type == BORROWED))
        others.append(borrowed.label if borrowed else brought)
    if rule == "made":
        others.append(best("logits", (one for one in explanations if one.type == TOP_LOGITS)))
    return FeatureLabels(person, tuple(one for one in others if one is not None))


def labels_of_features(
    explanations: Mapping[FeatureId, list[Explanation]],
    borrowed: Mapping[FeatureId, BorrowedLabel],
    rule: LabelRule,
) -> dict[FeatureId, FeatureLabels]:
    """What names each Feature of which anything is known."""
    return {
        feature: feature_labels(explanations.get(feature, ()), borrowed.get(feature), rule)
        for feature in dict.fromkeys([*explanations, *borrowed])
    }


def name_of_logits(top_logits: Sequence[FeatureLogit]) -> str | None:
    """A name made from the logit that a feature raises most, and that has visible text; None where there is none. A
    source that gives no values is taken to name logits that are raised."""
    raised = (one for one in top_logits if one.value is None or one.value > 0)
    words = (" ".join(one.token.replace("▁", " ").split()) for one in raised)
    return next((MADE + word for word in words if word), None)
