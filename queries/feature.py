"""A Feature across all stored graphs: what it was said to mean, and where it was active."""

from pydantic import Field

from queries.explanations import Explanation
from queries.records import Record


class FeatureOccurrence(Record):
    """A feature node: the feature, active at one position of one graph's prompt."""

    key: str
    position: int
    token: str = Field(description="That of its position")
    label: str | None = Field(description="The graph's own, which wins there over the explanations")
    activation: float | None
    node_influence: float | None
    cumulative_influence: float | None = Field(description="0 to 1, low means important")


class FeatureGraph(Record):
    """A graph that a feature appears in."""

    id: str
    name: str
    prompt: str
    nodes: list[FeatureOccurrence] = Field(description="In the order of their positions")


class FeatureRecord(Record):
    """One feature of a transcoder set, in whatever number of graphs it appears."""

    model: str
    transcoder_set: str
    layer: int
    index: int
    explanations: list[Explanation] = Field(description="The one that is shown first, then by rank")
    graphs: list[FeatureGraph] = Field(description="Newest first")
