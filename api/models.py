"""The bodies of the HTTP answers that are not records of the data model (`queries.records`)."""

from typing import Literal

from pydantic import Field

from queries.records import GraphRecord, Job, Record, TraceParameters

Kind = Literal["embedding", "feature", "error", "logit"]


class Health(Record):
    status: Literal["ok"]
    version: str
    database: str
    data: str
    pid: int


class ModelAnswer(Record):
    name: str
    transcoders: list[str]
    context_length: int | None
    examples: list[str] = Field(description="Prompts that show what the model can do")
    description: str


class ModelsAnswer(Record):
    models: list[ModelAnswer] = Field(description="The first is used where a job names none")
    parameters: TraceParameters = Field(description="The defaults of a job's parameters")


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
    name: str | None = Field(description="The label; null for a node without one")
    token: str | None = Field(description="The token of an embedding or logit node; null for a label")
    layer: int | None = Field(description="Null where the group's nodes are on several layers")
    position: int | None = Field(description="Null where the group's nodes are at several positions")
    index: int | None = Field(description="Null where the group has several features")
    nodes: list[str] = Field(description="Ids of the nodes that lie on the sequence's paths")


class RankedGroup(Record):
    score: float = Field(description="Sum over all member paths")
    members: int = Field(description="Number of member paths")
    sequence: list[GroupStep] = Field(description="From the source to the target")
    best_members: list[RankedPath]


class PathsAnswer(Record):
    """The best paths to a target, and how much of its influence they are.

    All shares are of the target's total absolute influence, which is 1; null where it cannot be known.
    """

    graph: str
    score: Literal["influence"]
    group_by: Literal["none", "label"]
    target: PathNode
    total: float = Field(description="What comes from embedding nodes, over all paths")
    matching: float | None = Field(description="The same over the paths that satisfy the query")
    covered: float = Field(description="The same over the paths answered here")
    direct: float = Field(description="What embedding -> target edges carry")
    from_errors: float = Field(description="What starts at error nodes")
    pruned_away: float | None = Field(
        description="What pruning removed; null for an import, whose whole trace is not known"
    )
    n_active_features: int | None = Field(description="Shares are over the selected ones of these")
    n_selected_features: int | None
    paths: list[RankedPath] | None = Field(description="Null where grouped")
    groups: list[RankedGroup] | None = Field(description="Null where not grouped")
