"""Stored graphs as answers: their records, and their nodes and edges as columns."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, node_tokens
from ingest import Dropped, Imported, ImportOptions
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import NODE_COLUMNS, AttributionGraph, NodeKind
from queries.graph.contributors import Contributors
from queries.graph.features import LabelOrigin
from queries.graph.records import (
    CollectionName,
    Finite,
    GraphRecord,
    ListedGraph,
    Record,
    Threshold,
    Thresholds,
)
from queries.paths.groups import default_grouping
from queries.paths.question import LABELS, VIEW
from queries.store.collections.collections import CollectionRecord
from queries.store.rows import Order, PlaceInList
from queries.words import (
    DEFAULT_LABELS,
    DEFAULT_LISTED,
    KIND_WORDS,
    MAX_COLLECTED,
    MAX_LISTED,
    MAX_NAME,
    KindWord,
    LabelRule,
)


class ImportQuestion(Record):
    source: str | None = Field(
        None,
        max_length=2000,
        description="Fetch the file instead of taking the body: its address, that of its page on Neuronpedia, or "
        "`neuronpedia:MODEL/SLUG`; from listed hosts only",
    )
    name: str | None = Field(None, description="A name for a file that has none")
    model: str | None = Field(None, description="The model, in place of the one that the file names")
    transcoder_set: str | None = Field(
        None, description="The transcoder set, in place of the one that it names"
    )
    lenient: bool = Field(
        False, description="Drop and count links and activations that are wrong, instead of refusing the file"
    )
    node_threshold: Threshold | None = Field(None, description="Prune the file: share of node influence kept")
    edge_threshold: Threshold | None = Field(None, description="Prune the file: share of edge influence kept")
    collection: CollectionName | None = Field(
        None, description="The collection that the graph is put into, made where it is new"
    )

    @property
    def thresholds(self) -> Thresholds | None:
        """None where neither is given. Where one is, the other has its default."""
        given = self.model_dump(include=set(Thresholds.model_fields), exclude_none=True)
        return Thresholds(**given) if given else None

    @property
    def options(self) -> ImportOptions:
        return ImportOptions(
            name=self.name, model=self.model, transcoder_set=self.transcoder_set, lenient=self.lenient
        )


class Logit(Record):
    id: str
    token: str
    probability: float | None = Field(description="Of the token after the prompt; null where unknown")


class GraphAnswer(GraphRecord):
    default_group_by: Literal["label", "auto"] = Field(
        description="What its paths are grouped by unless somebody says: `label` where labels that several features "
        "share carry half of the features' flow, else `auto`"
    )
    collections: list[str] = Field(description="The names of the collections that it is in")
    logits: list[Logit] = Field(description="The most probable first")


class ImportAnswer(GraphRecord):
    """The graph that a file was stored as."""

    known: bool = Field(description="Whether it was stored before: then it has got the words of this file")
    dropped: Dropped = Field(description="How much of the file was not stored")


def place_in(after: str | None, *, is_ranked: bool) -> PlaceInList | None:
    """The place that the `next` of a page names, in a list that is ordered by rank, or else by time. Raises
    InvalidRequest."""
    if after is None:
        return None
    time, _, graph_id = after.partition("/")
    rank, colon, graph_id = graph_id.partition(":") if is_ranked else ("0", ":", graph_id)
    try:
        found = PlaceInList(datetime.fromisoformat(time).astimezone(UTC), graph_id, float(rank))
    except (ValueError, OverflowError):
        raise InvalidRequest("after", "is not the `next` of a page") from None
    if not (colon and math.isfinite(found.rank)):
        raise InvalidRequest("after", "is not the `next` of a page in this order")
    return found


def next_of(last: PlaceInList, *, is_ranked: bool) -> str:
    """The inverse of `place_in`."""
    time = last.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    rank = f"{last.rank!r}:" if is_ranked else ""
    return f"{time}/{rank}{last.id}"


class GraphsQuestion(Record):
    limit: int = Field(
        DEFAULT_LISTED, ge=1, le=MAX_LISTED, description="At most this many graphs are answered"
    )
    after: str | None = Field(None, description="The `next` of the page before; without it, the first page")
    order: Literal["newest", "faithfulness"] = Field(
        "newest", description="Newest first, or the most faithful first, those that are not verified last"
    )
    min_faithfulness: Finite | None = Field(
        None, description="Only graphs that are verified and at least as faithful as this"
    )
    collection: str | None = Field(None, description="Only graphs of this collection")

    @property
    def place(self) -> PlaceInList | None:
        """Raises InvalidRequest."""
        return place_in(self.after, is_ranked=self.order == "faithfulness")

    @property
    def listed(self) -> Order:
        return Order(self.order == "faithfulness", self.min_faithfulness)


class GraphsAnswer(Record):
    """A page of the list of graphs."""

    graphs: list[ListedGraph] = Field(description="In the order that was asked for")
    next: str | None = Field(description="What `after` is for the next page; null: this is the last")


def graphs_page(graphs: list[ListedGraph], asked: GraphsQuestion) -> GraphsAnswer:
    """The page of the first graphs, one fewer than are given where there is another page."""
    next = None
    if len(graphs) > asked.limit:
        last = asked.listed.place(graphs[asked.limit - 1])
        next = next_of(last, is_ranked=asked.listed.by_faithfulness)
    return GraphsAnswer(graphs=graphs[: asked.limit], next=next)


class CollectionsAnswer(Record):
    collections: list[CollectionRecord] = Field(description="By their names")


class WrittenCollection(Record):
    name: str | None = Field(
        None, max_length=MAX_NAME, description="Its new name; null: the one in the address, as it is"
    )


GraphIds: TypeAlias = Annotated[list[str], Field(max_length=MAX_COLLECTED)]


class ChangedCollection(Record):
    """Which graphs are put into a collection, and then which are taken out. One that is in it already, or is not, stays
    as it is."""

    add: GraphIds = Field(default_factory=list, description="Ids of stored graphs")
    remove: GraphIds = Field(default_factory=list, description="Ids of graphs")


class LabelsQuestion(Record):
    labels: LabelRule = Field(DEFAULT_LABELS, description=LABELS)


class NodesQuestion(LabelsQuestion):
    view: str | None = Field(None, description=VIEW)


class SupernodeAnswer(Record):
    name: str
    nodes: list[int] = Field(description="Ordinals")


class ContributorsAnswer(Contributors):
    """What an attention feature attends to."""

    node: int = Field(description="The feature node's ordinal")


class NodesAnswer(Record):
    """Columns; a node's row is its ordinal, by which `/edges` names it. Null: does not apply or not known."""

    graph: str
    id: list[str]
    kind: list[KindWord]
    layer: list[int] = Field(description="-1 for embeddings, n_layers for logits")
    position: list[int]
    index: list[int] = Field(description="Token id, feature index, 0, or vocabulary index")
    token: list[str] = Field(description="Its own token; of a feature or error node, its position's")
    label: list[str | None] = Field(
        description="What names a feature node, by the rule of `labels`; a name that a person gave a logit"
    )
    label_origin: list[LabelOrigin | None] = Field(description="Null where there is no label")
    site: list[str | None] = Field(
        description="Null: the MLP; `attn`: attention; of sources beside errors `bias…` or `unexplored`"
    )
    activation: list[float | None]
    probability: list[float | None]
    is_target_logit: list[bool]
    node_influence: list[float | None]
    cumulative_influence: list[float | None] = Field(description="0 to 1, low means important")
    view: str | None = Field(None, description="The view whose supernodes follow; null: the graph has none")
    supernodes: list[SupernodeAnswer]
    contributors: list[ContributorsAnswer] = Field(
        description="What attention features attend to, where known"
    )


class EdgesAnswer(Record):
    """Columns, ordered by target, then source."""

    graph: str
    source: list[int] = Field(description="Ordinals")
    target: list[int] = Field(description="Ordinals")
    weight: list[float] = Field(description="Signed direct effect of the source on the target")
    share: list[float] = Field(description="|weight| over the sum of |weight| into the target")


def graph(record: GraphRecord, graph: AttributionGraph, collections: list[str]) -> GraphAnswer:
    """A graph's record, which may be newer than the graph."""
    return GraphAnswer(
        **_fields(record),
        default_group_by=default_grouping(graph),
        collections=collections,
        logits=_logits(graph),
    )


def _logits(graph: AttributionGraph) -> list[Logit]:
    build, nodes = AnswerBuilder(graph), graph.nodes
    probability = {node: float(nodes.probability[node]) for node in nodes.of_kind(NodeKind.LOGIT).tolist()}
    known = {node: None if math.isnan(value) else value for node, value in probability.items()}
    return [
        Logit(id=build.key(node), token=build.token(node), probability=known[node])
        for node in sorted(known, key=lambda node: (-(known[node] or 0.0), node))
    ]


def imported(found: Imported) -> ImportAnswer:
    return ImportAnswer(**_fields(found.record), known=found.known, dropped=found.dropped)


def _fields(record: GraphRecord) -> dict[str, Any]:
    return record.model_dump(exclude=set(GraphRecord.model_computed_fields))


def nodes(graph: AttributionGraph) -> NodesAnswer:
    """The nodes as an answer: the columns of `Nodes` that it has fields for, in words where they are codes."""
    columns = {
        one.name: graph.nodes.listed(one.name) for one in NODE_COLUMNS if one.name in NodesAnswer.model_fields
    }
    columns |= {
        "kind": [KIND_WORDS[kind] for kind in columns["kind"]],
        "token": node_tokens(graph),
        "label": graph.labels,
        "label_origin": [one and one.origin for one in graph.shown],
        "contributors": [
            ContributorsAnswer(node=node, **Contributors.model_validate_json(told).model_dump())
            for node, told in enumerate(graph.nodes.contributors)
            if told is not None
        ],
    }
    return NodesAnswer(
        graph=graph.record.id,
        id=graph.nodes.keys(graph.record.id),
        view=graph.view and graph.view.name,
        supernodes=[SupernodeAnswer(name=one.name, nodes=list(one.members)) for one in graph.supernodes],
        **columns,
    )


def edges(graph: AttributionGraph) -> EdgesAnswer:
    """The edges as an answer."""
    columns = graph.edges
    return EdgesAnswer(
        graph=graph.record.id,
        source=columns.source.tolist(),
        target=columns.target.tolist(),
        weight=columns.weight.tolist(),
        share=columns.share.tolist(),
    )
