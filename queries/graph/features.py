"""Features across all stored graphs: their explanations, best first, and the nodes where they were active."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pydantic import Field

from queries.graph.facts import FeatureFacts
from queries.graph.records import Record
from queries.words import MAX_TOLD_GRAPHS, LabelSource

FeatureId: TypeAlias = tuple[int, int] | tuple[int, int, str]
"""(layer, index) of a Feature in a graph's transcoder set; (layer, index, site) of one of another site than the MLP."""


def feature_id(layer: int, index: int, site: str | None) -> FeatureId:
    return (layer, index) if site is None else (layer, index, site)


def site_of(feature: FeatureId) -> str | None:
    """None: the MLP."""
    return feature[2] if len(feature) == 3 else None


def feature_number(layer: int, index: int) -> int:
    """The number of a feature in circuit-tracer's files (of graphs: schema version 1): the Cantor pairing of both."""
    return (layer + index) * (layer + index + 1) // 2 + index


PERSON = "person"
"""The `type` of an explanation that a person wrote."""
BORROWED = "borrowed"
"""The `type` of a label that another graph gave, brought by a file; its author is that graph's name."""
TOP_LOGITS = "top-logits"
"""The `type` of a name that is made from a feature's top logits."""
UNKNOWN = "unknown"
"""The author or type of an explanation that names none."""
UNSAID = (BORROWED, TOP_LOGITS)
"""The types of which an explanation is a name only: nobody says what the feature means."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a Feature means in words, who or what said so, how (type), and how well it scored (0 to 1)."""

    text: str
    author: str
    type: str
    score: float | None = None
    created_at: datetime | None = None


def is_explained(explanations: Iterable[Explanation]) -> bool:
    """Whether somebody says what the feature means."""
    return any(one.type not in UNSAID for one in explanations)


def ranked_explanations(explanations: list[Explanation]) -> list[Explanation]:
    """Best first: a person's explanation, then the best scored, then the newest; last the names that nobody said."""
    return sorted(
        explanations,
        key=lambda one: (
            one.type == PERSON,
            one.type not in UNSAID,
            one.type == BORROWED,
            -1.0 if one.score is None else one.score,
            one.created_at.timestamp() if one.created_at else 0.0,
            one.text,
        ),
        reverse=True,
    )


def best_explanation(explanations: list[Explanation]) -> Explanation | None:
    return next(iter(ranked_explanations(explanations)), None)


class LabelOrigin(Record):
    """Who or what gives a node its label."""

    source: LabelSource = Field(
        description="A `person`'s explanation of the feature, the `graph`'s own label, the best other `explanation`, "
        "`borrowed` from another stored graph of the same transcoder set, or made from the feature's top `logits`"
    )
    by: str | None = Field(None, description="The author of an explanation, or the name of the other graph")
    graph: str | None = Field(None, description="The id of the other graph, where it is stored here")


class FeatureOccurrence(Record):
    """A feature node: the feature, active at one position of one graph's prompt."""

    key: str
    position: int
    token: str = Field(description="That of its position")
    label: str | None = Field(
        description="The graph's own; only a person's explanation of the feature wins over it"
    )
    activation: float | None
    node_influence: float | None
    cumulative_influence: float | None = Field(description="0 to 1, low means important")


class FeatureGraph(Record):
    """A graph that a feature appears in."""

    id: str
    name: str
    prompt: str
    nodes: list[FeatureOccurrence] = Field(description="In the order of their positions")


class FiringGraph(FeatureGraph):
    """The same, with what shows where in its prompt the feature fires."""

    tokens: list[str] = Field(description="The prompt's")
    created_at: datetime


class FeatureRecord(Record):
    """One feature of a transcoder set, in whatever number of graphs it appears."""

    model: str
    transcoder_set: str
    layer: int
    index: int
    site: str | None = Field(None, description="Null: of the MLP; `attn`: of attention")
    label: str | None = Field(None, description="What shows it in a graph that gives it no label of its own")
    label_origin: LabelOrigin | None = Field(None, description="Null where there is no label")
    explanations: list[Explanation] = Field(description="Best first")
    n_graphs: int = Field(description="How many graphs it appears in")
    graphs: list[FeatureGraph] = Field(
        description=f"The newest {MAX_TOLD_GRAPHS} of them, newest first; `/graphs` below its address has all"
    )
    page: str | None = Field(
        None, description="The feature's page at Neuronpedia; null where no table names its set there"
    )
    facts: FeatureFacts | None = Field(
        None, description="What is kept of it beside explanations, once asked for"
    )
