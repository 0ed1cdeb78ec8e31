"""The bodies of the HTTP answers that are not records of the data model (`queries.graph.records`)."""

from typing import Any, Literal

from pydantic import Field

from queries.cypher.answer import DEFAULT_LIMIT, DEFAULT_TIMEOUT, MAX_LIMIT, MAX_QUERY, MAX_TIMEOUT
from queries.graph.records import GraphRecord, Job, Record, Threshold, Thresholds, TraceParameters
from queries.named.definition import QueryColumn, QueryParameter
from queries.words import GroupBy, ScoreName

Kind = Literal["embedding", "feature", "error", "logit"]


class Health(Record):
    status: Literal["ok"]
    version: str
    database: str
    data: str
    pid: int


class SessionRequest(Record):
    token: str = Field(max_length=4096)


class ModelAnswer(Record):
    name: str
    transcoders: list[str]
    context_length: int | None
    examples: list[str] = Field(description="Prompts that show what the model can do")
    description: str


class ModelsAnswer(Record):
    models: list[ModelAnswer] = Field(description="The first is used where a job names none")
    parameters: TraceParameters = Field(description="The defaults of a job's parameters")


class ImportQuestion(Record):
    name: str | None = Field(None, description="A name for a file that has none")
    node_threshold: Threshold | None = Field(None, description="Prune the file: share of node influence kept")
    edge_threshold: Threshold | None = Field(None, description="Prune the file: share of edge influence kept")

    @property
    def thresholds(self) -> Thresholds | None:
        """None where none is given; where one is, the other has its default."""
        given = self.model_dump(include=set(Thresholds.model_fields), exclude_none=True)
        return Thresholds(**given) if given else None


class GraphsAnswer(Record):
    graphs: list[GraphRecord] = Field(description="Newest first")


class JobsAnswer(Record):
    jobs: list[Job] = Field(description="Newest first")


class SupernodeAnswer(Record):
    name: str
    nodes: list[int] = Field(description="Ordinals")


class NodesAnswer(Record):
    """Columns; a node's row is its ordinal, by which `/edges` names it. Null: does not apply or not known."""

    graph: str
    id: list[str]
    kind: list[Kind]
    layer: list[int] = Field(description="-1 for embeddings, n_layers for logits")
    position: list[int]
    index: list[int] = Field(description="Token id, feature index, 0, or vocabulary index")
    token: list[str] = Field(description="Its own token; of a feature or error node, its position's")
    label: list[str | None] = Field(
        description="A feature node's own label, else its feature's best explanation"
    )
    activation: list[float | None]
    probability: list[float | None]
    is_target_logit: list[bool]
    node_influence: list[float | None]
    cumulative_influence: list[float | None] = Field(description="0 to 1, low means important")
    supernodes: list[SupernodeAnswer]


class EdgesAnswer(Record):
    """Columns, ordered by target, then source."""

    graph: str
    source: list[int] = Field(description="Ordinals")
    target: list[int] = Field(description="Ordinals")
    weight: list[float] = Field(description="Signed direct effect of the source on the target")
    share: list[float] = Field(description="|weight| over the sum of |weight| into the target")


class PathNode(Record):
    id: str
    kind: Kind
    layer: int
    position: int
    index: int
    token: str
    label: str | None
    activation: float | None


class PathEdge(Record):
    weight: float
    share: float


class RankedPath(Record):
    score: float
    length: int = Field(description="Edges")
    nodes: list[PathNode] = Field(description="From the source to the target")
    edges: list[PathEdge]


class GroupStep(Record):
    """One group of a sequence: a label's feature nodes, or a node that is a group of its own."""

    kind: Kind
    name: str | None = Field(
        description="The group's, or the label of its one node; null where there is none"
    )
    token: str | None = Field(description="The token of an embedding or logit node; null for a group")
    layer: int | None = Field(description="Null where the group's nodes are on several layers")
    position: int | None = Field(description="Null where the group's nodes are at several positions")
    index: int | None = Field(description="Null where the group has several features")
    nodes: list[str] = Field(description="Ids of the nodes that lie on the sequence's paths")


class RankedGroup(Record):
    score: float = Field(
        description="Sum of the absolute scores of all member paths, by which groups are ranked"
    )
    signed: float = Field(description="Sum of the scores themselves")
    influence: float = Field(description="What flows along all member paths, as a share of 1")
    members: int = Field(description="Number of member paths")
    sequence: list[GroupStep] = Field(description="From the source to the target")
    best_members: list[RankedPath]


class PathTarget(Record):
    node: PathNode
    weight: float = Field(
        description="What influence and contribution are multiplied by: its share of the probability"
    )


class PathsAnswer(Record):
    """The best paths to a target, and how much of its influence they are.

    All shares are of the target's total absolute influence, which is 1; null where it cannot be known.
    """

    graph: str
    score: ScoreName
    group_by: Literal["none", GroupBy]
    targets: list[PathTarget]
    total: float = Field(description="What comes from the sources, over all paths")
    matching: float | None = Field(description="The same over the paths that satisfy the query")
    covered: float = Field(description="The same over the paths answered here")
    direct: float = Field(description="What source -> target edges carry")
    from_errors: float = Field(description="What starts at error nodes")
    pruned_away: float | None = Field(
        description="What pruning removed; null for an import, whose whole trace is not known"
    )
    n_active_features: int | None = Field(description="Shares are over the selected ones of these")
    n_selected_features: int | None
    paths: list[RankedPath] | None = Field(description="Null where grouped")
    groups: list[RankedGroup] | None = Field(description="Null where not grouped")


class GroupFlow(Record):
    group: GroupStep
    flow: float = Field(description="Of the paths that contain a node of the group, each counted once")


class FlowAnswer(Record):
    """The influence of the paths from the sources to the targets that contain a node, for every node.

    All shares are of the targets' total absolute influence, which is 1.
    """

    graph: str
    targets: list[PathTarget]
    via: PathNode | None = Field(description="Where given, only paths that contain this node too are counted")
    total: float = Field(description="What comes from the sources, over all paths")
    flow: list[float] = Field(description="One for each node of `/nodes`, in its order")
    groups: list[GroupFlow] | None = Field(description="Largest first; null where not grouped")


class ScoreAnswer(Record):
    name: str
    definition: str
    unit: str
    sign: str
    order: str
    meaning: str
    grouped: bool = Field(description="Whether paths can be ranked in groups by it")


class ScoresAnswer(Record):
    """What paths can be ranked by; the first is the default."""

    scores: list[ScoreAnswer]


class FeatureInGraph(Record):
    """A feature's nodes in one graph."""

    graph: str
    label: str | None
    nodes: list[str] = Field(description="Ids, in the order of their positions")
    positions: list[int]
    node_influence: float | None = Field(description="Summed over the nodes; null where not known")


class ComparedFeature(Record):
    layer: int
    index: int
    in_graphs: list[FeatureInGraph] = Field(description="One for each graph that has it, in the order asked")


class FeatureName(Record):
    layer: int
    index: int


class SequenceSource(Record):
    id: str
    token: str
    position: int
    score: float = Field(description="Sum over all paths from here through the sequence's features")


class SequenceInGraph(Record):
    score: float = Field(description="Sum over its sources")
    sources: list[SequenceSource] = Field(description="Best first")


class ComparedSequence(Record):
    """One sequence of features between a token and the prediction, in each graph."""

    features: list[FeatureName] = Field(description="From the source's side to the target's")
    in_graphs: list[SequenceInGraph | None] = Field(
        description="One for each graph, in the order asked; null: not among that graph's k best"
    )


class ComparedGraph(Record):
    id: str
    name: str
    prompt: str
    target: PathNode = Field(description="The most probable logit, to which the sequences lead")
    matching: float = Field(description="Influence on the target from embeddings over at least one feature")
    covered: float = Field(description="The same along the graph's k best sequences")
    covered_shared: float = Field(description="Of these, along those that every graph has")
    n_features: int
    n_distinct_features: int = Field(description="That no other of the graphs has")


class CompareAnswer(Record):
    """What graphs have in common. Features and sequences: first those of most graphs, then the strongest."""

    model: str
    transcoder_set: str
    graphs: list[ComparedGraph]
    shared: list[ComparedFeature] = Field(description="Features that every graph has")
    partly_shared: list[ComparedFeature] = Field(description="Features of several graphs, but not of all")
    distinct: list[ComparedFeature] = Field(description="Features of one graph only")
    sequences: list[ComparedSequence]


class CypherRequest(Record):
    query: str = Field(
        max_length=MAX_QUERY, description="One reading statement, in the dialect of the engine in use"
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="Values of the query's $names")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="At most this many rows are answered")
    timeout: float = Field(
        DEFAULT_TIMEOUT, ge=0.1, le=MAX_TIMEOUT, description="Seconds after which the query is ended"
    )


class NodeValue(Record):
    type: Literal["node"]
    id: str = Field(description="The engine's own, by which relationships name it")
    labels: list[str]
    properties: dict[str, Any]


class RelationshipValue(Record):
    type: Literal["relationship"]
    id: str
    relationship_type: str
    source: str = Field(description="A node's id")
    target: str = Field(description="A node's id")
    properties: dict[str, Any]


class PathValue(Record):
    type: Literal["path"]
    nodes: list[NodeValue]
    relationships: list[RelationshipValue]


class CypherRows(Record):
    """A query's rows. What JSON has not is text: dates and durations by ISO 8601, decimals, `NaN`, `Infinity`."""

    columns: list[str]
    rows: list[list[NodeValue | RelationshipValue | PathValue | Any]]
    truncated: Literal["rows", "bytes"] | None = Field(
        description="The bound that cut the rows: there are more; null: these are all"
    )
    seconds: float = Field(description="From the query's turn to its last row")
    engine: Literal["ladybug", "neo4j"]


class NamedQueryAnswer(Record):
    """A question of the cookbook."""

    name: str
    title: str
    sentence: str = Field(description="What it answers")
    parameters: list[QueryParameter]
    columns: list[QueryColumn] = Field(description="Of its rows, in their order")
    cypher: str = Field(
        description="Its text for the engine in use; it can be changed and sent to /api/cypher"
    )


class QueriesAnswer(Record):
    engine: Literal["ladybug", "neo4j"]
    queries: list[NamedQueryAnswer]


class NamedQueryRequest(Record):
    parameters: dict[str, Any] = Field(default_factory=dict, description="By their names in GET /api/queries")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="At most this many rows are answered")
    timeout: float = Field(
        DEFAULT_TIMEOUT, ge=0.1, le=MAX_TIMEOUT, description="Seconds after which the query is ended"
    )
