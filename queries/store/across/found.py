"""What a search finds, and what of it comes first."""

from datetime import datetime

from pydantic import Field

from queries.graph.features import LabelOrigin
from queries.graph.records import Record
from queries.store.across.asked import Asked
from queries.store.collections.collections import CollectionRecord
from queries.words import SearchKind


class FoundGraph(Record):
    id: str
    name: str
    prompt: str
    notes: str
    model: str
    predicted_token: str
    created_at: datetime


class FoundView(Record):
    name: str
    graph: str = Field(description="The id of its graph")
    graph_name: str
    prompt: str


class FoundFeature(Record):
    model: str
    transcoder_set: str
    layer: int
    index: int
    site: str | None = Field(description="Null: of the MLP; `attn`: of attention")
    label: str | None = Field(
        description="What has the words, or else what it is called; null: nothing calls it anything"
    )
    origin: LabelOrigin | None = Field(description="Who or what says that")
    n_nodes: int = Field(description="Nodes of stored graphs that it is")


class Found(Record):
    """At most so many of each kind as were asked for."""

    collections: list[CollectionRecord] = Field(description="By their names")
    graphs: list[FoundGraph] = Field(description="By prompt, name, notes and prediction, newest first")
    views: list[FoundView] = Field(description="By their names")
    features: list[FoundFeature] = Field(
        description="By a label or explanation, or by number: what is called just so first, then what is in most nodes"
    )
    unfinished: list[SearchKind] = Field(
        description="Kinds of which the search took too long and was ended: there may be more"
    )


def says(text: str | None, words: tuple[str, ...]) -> bool:
    """Whether a text has all words, whatever their case."""
    lower = (text or "").lower()
    return all(word in lower for word in words)


def collections_of(records: list[CollectionRecord], asked: Asked, limit: int) -> list[CollectionRecord]:
    return [record for record in records if says(record.name, asked.words)][:limit]


def best_first(features: list[FoundFeature], asked: Asked) -> list[FoundFeature]:
    """Each feature once: of several texts of one feature that have the words, the shortest shows it."""
    phrase = " ".join(asked.said)

    def rank(one: FoundFeature) -> tuple[bool, bool, int, int, int]:
        label = one.label or ""
        is_number = asked.begins is not None and str(one.index) == asked.begins
        return not is_number, label.lower() != phrase, -one.n_nodes, one.layer, one.index

    best: dict[tuple[str, str, int, int, str | None], FoundFeature] = {}
    for one in sorted(features, key=lambda one: (one.label is None, len(one.label or ""))):
        best.setdefault((one.model, one.transcoder_set, one.layer, one.index, one.site), one)
    return sorted(best.values(), key=rank)
