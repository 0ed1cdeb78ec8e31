"""The records of the data model that go unchanged over HTTP, into the database and back."""

import zlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    computed_field,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from queries.names import fault_of_addressed_name
from queries.words import (
    DEFAULT_THRESHOLDS,
    DEVICE,
    MAX_INTEGER,
    MAX_MESSAGES,
    MAX_NAME,
    MAX_TARGETS,
    Dtype,
    Offload,
    Role,
    TargetKind,
)


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


Threshold = Annotated[float, Field(ge=0.0, le=1.0), AfterValidator(lambda given: given + 0.0)]
"""-0.0 becomes 0.0, so that both give one graph id."""


class Thresholds(Record):
    """How much pruning keeps."""

    node_threshold: Threshold = Field(
        DEFAULT_THRESHOLDS["node"], description="Share of cumulative node influence kept"
    )
    edge_threshold: Threshold = Field(
        DEFAULT_THRESHOLDS["edge"], description="Share of cumulative edge influence kept"
    )


Finite = Annotated[float, Field(allow_inf_nan=False)]
TokenId = Annotated[int, Field(ge=0, le=MAX_INTEGER, strict=True)]


class LogitTerm(Record):
    """A term of a weighted sum of logits."""

    token: str | TokenId = Field(description="The text of exactly one token, or its id")
    factor: Finite = Field(description="What its logit is multiplied by")


class TargetDirection(Record):
    """A target of attribution that is no token: a weighted sum of logits, such as a difference, or any direction of the
    residual stream after the last layer's normalisation. It has `logits` or a `direction`."""

    name: str | None = Field(None, min_length=1, description="Of a sum of logits, made from it unless given")
    weight: float = Field(
        1.0, gt=0.0, allow_inf_nan=False, description="Beside other targets: how much influence it hands down"
    )
    logits: list[LogitTerm] | None = Field(
        None,
        min_length=1,
        max_length=MAX_TARGETS,
        description="The terms of the sum; their factors are not all 0",
    )
    direction: list[Finite] | None = Field(
        None, min_length=1, max_length=1 << 16, description="(d_model,), not all 0; it takes a name"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.logits is None) == (self.direction is None):
            raise ValueError("a target direction has either logits or a direction")
        if self.direction is not None and self.name is None:
            raise ValueError("a direction needs a name")
        if not any(self.direction or [term.factor for term in self.logits or []]):
            raise ValueError("all its numbers are 0")
        return self


AttributionTarget: TypeAlias = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[TokenId, Tag("id")]
    | Annotated[TargetDirection, Tag("direction")],
    Discriminator(lambda one: {str: "text", int: "id"}.get(type(one), "direction")),
]
"""So an error names the one form that was meant."""


class NamedTarget(Record):
    """A chosen target of an imported file: all that the file says of it."""

    name: str
    weight: Finite


KnownTarget: TypeAlias = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[TokenId, Tag("id")]
    | Annotated[TargetDirection, Tag("direction")]
    | Annotated[NamedTarget, Tag("named")],
    Discriminator(lambda one: _form(one)),
]
"""A target of a stored graph."""


def _form(target: Any) -> str:
    """Which form of target it is: as an object, or as its JSON."""
    if isinstance(target, str | int):
        return "text" if isinstance(target, str) else "id"
    given = target if isinstance(target, dict) else target.__dict__
    return "named" if given.get("logits") is None and given.get("direction") is None else "direction"


def _of_one_kind(targets: list[AttributionTarget] | None) -> list[AttributionTarget] | None:
    """An empty list is none: so older versions stored it."""
    if len({isinstance(one, TargetDirection) for one in targets or []}) > 1:
        raise ValueError(
            "either tokens or directions: a token's weight is its probability, a direction's its own"
        )
    return targets or None


class AttributionParameters(Record):
    """The parameters of an attribution."""

    max_n_logits: int = Field(10, ge=1, le=1000, description="At most this many logit nodes")
    desired_logit_prob: float = Field(
        0.95, gt=0.0, le=1.0, description="Logit nodes are added until their probabilities sum to this"
    )
    max_feature_nodes: int | None = Field(
        8192,
        ge=1,
        le=MAX_INTEGER,
        description="At most this many feature nodes are traced; null: every active feature",
    )
    batch_size: int = Field(256, ge=1, le=8192, description="Rows attributed in one backward pass")
    update_interval: int = Field(
        4, ge=1, le=1000, description="Batches between two rankings of the features still to trace"
    )
    attribution_targets: Annotated[list[AttributionTarget] | None, AfterValidator(_of_one_kind)] = Field(
        None,
        max_length=MAX_TARGETS,
        description="What to attribute from instead of the most probable tokens: tokens, by their text or id, or "
        "directions, such as differences of logits",
    )


class ModelParameters(Record):
    """How a job's model is loaded, where a job says otherwise than the list of models. The type is part of the graph's
    id, the places are not."""

    dtype: Dtype | None = Field(None, description="Type of the weights; null: as the model is listed")
    device: str | None = Field(
        None,
        pattern=DEVICE,
        description="cpu, cuda, cuda:NUMBER or mps; null: as the model is listed, else a GPU where there is one",
    )
    offload: Offload | None = Field(
        None,
        description="Where weights go that the trace needs no more: to the main memory (cpu), to a file (disk), or "
        "nowhere; null: as the model is listed",
    )


# Flat, as in requests, jobs and the job database; the program uses its parts separately. Pydantic lists the fields of
# the last base first, hence the order of bases.
class TraceParameters(ModelParameters, AttributionParameters, Thresholds):
    """What an attribution is asked for. The names and defaults are circuit_tracer.attribute's, but
    for `max_feature_nodes` (its default keeps every active feature) and `batch_size` (its default is 512)."""

    @property
    def attribution(self) -> AttributionParameters:
        return AttributionParameters(**self.model_dump(include=set(AttributionParameters.model_fields)))

    @property
    def model(self) -> ModelParameters:
        return ModelParameters(**self.model_dump(include=set(ModelParameters.model_fields)))

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**self.model_dump(include=set(Thresholds.model_fields)))


class Prediction(Record):
    token: str
    probability: float | None = None


class AttributionRecord(Record):
    """An attribution and its parameters: all of a graph's record that pruning does not change. A value that a file
    lacks is null."""

    origin: Literal["trace", "import"]
    name: str
    prompt: str
    tokens: list[str]
    token_ids: list[int] | None = None
    model: str
    model_revision: str | None = None
    transcoder_set: str
    transcoder_revision: str | None = None
    attention_set: str | None = Field(
        None, description="The set of its attention features; null where it has none"
    )
    n_layers: int
    dtype: str | None = None
    max_n_logits: int | None = None
    desired_logit_prob: float | None = None
    max_feature_nodes: int | None = None
    batch_size: int | None = None
    update_interval: int | None = None
    attribution_targets: list[KnownTarget] | None = None
    n_active_features: int | None = None
    n_dropped_links: int = Field(0, description="Links of weight 0, which are not stored")
    versions: dict[str, str] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="What an imported file said beyond the fields above"
    )


class GraphRecord(AttributionRecord):
    """All that is known of a stored attribution graph apart from its nodes and edges.

    Scores are circuit_tracer.graph.compute_graph_scores': `replacement_score` and
    `completeness_score` of the whole trace, `pruned_…` of the stored graph.
    """

    id: str
    node_threshold: float | None = None
    edge_threshold: float | None = None
    n_selected_features: int | None = None
    replacement_score: float | None = None
    completeness_score: float | None = None
    pruned_replacement_score: float | None = None
    pruned_completeness_score: float | None = None
    share_basis: Literal["trace", "file"]
    prediction: Prediction
    n_embedding_nodes: int
    n_feature_nodes: int
    n_error_nodes: int
    n_logit_nodes: int
    n_labelled_nodes: int
    n_edges: int
    timings: dict[str, float] = Field(default_factory=dict, description="Seconds, by phase")
    trace_id: str | None = Field(
        None, description="Of the whole trace that it was pruned from, if one was made"
    )
    n_trace_nodes: int | None = None
    n_trace_edges: int | None = None
    faithfulness: float | None = Field(
        None,
        description="How much of the target stays in the model when of all active features only the graph's are kept, "
        "1 being all; null until the graph is verified",
    )
    faithfulness_random: float | None = Field(
        None, description="The same of as many random active features: the one says nothing without the other"
    )
    notes: str = Field("", description="What a person wrote about it")
    created_at: datetime

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic does
    @property
    def n_nodes(self) -> int:
        return self.n_embedding_nodes + self.n_feature_nodes + self.n_error_nodes + self.n_logit_nodes

    def feature_set(self, site: str | None) -> str:
        """The set of its features at a site of a layer; None: the MLP."""
        return self.transcoder_set if site is None else self.attention_set or self.transcoder_set

    @computed_field(  # type: ignore[prop-decorator]
        description="What the logit nodes are: the tokens that the model holds most probable, tokens that were chosen, "
        "or directions, whose `probability` is a weight and whose `index` no token's"
    )
    @property
    def target_kind(self) -> TargetKind:
        if self.attribution_targets is None:
            return "predictions"
        return "tokens" if isinstance(self.attribution_targets[0], str | int) else "directions"


class ListedGraph(GraphRecord):
    """A graph's record in a list, which leaves out what an imported file said: that has any size."""

    metadata: SkipJsonSchema[dict[str, Any]] = Field(default_factory=dict, exclude=True)


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_last(self) -> bool:
        """Whether a job stays in it."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobKind(StrEnum):
    TRACE = "trace"
    PRUNE = "prune"
    INTERVENE = "intervene"
    VERIFY = "verify"
    INTERNALS = "internals"


class Phase(StrEnum):
    """The phases of a job, in their order."""

    TRACE = "trace"
    PRUNE = "prune"
    ANNOTATE = "annotate"
    LOAD = "load"
    BASELINE = "baseline"
    INTERVENE = "intervene"
    INTERNALS = "internals"


def seed_of(graph_id: str) -> int:
    """The seed of all draws about a graph, unless another is asked for."""
    return zlib.crc32(graph_id.encode()) & MAX_INTEGER


class Problem(Record):
    """The one error envelope: `error` names the fact, `detail` is a sentence for people."""

    error: str
    detail: str


class Message(Record):
    """A message of a chat."""

    role: Role = Field(description="Who says it; a model's template may refuse some")
    content: str


class Prompt(Record):
    """What a model reads: a text, or messages that its chat template makes one of."""

    prompt: str | None = Field(
        None, description="The text to attribute; the model's own start token is added"
    )
    messages: list[Message] | None = Field(
        None,
        min_length=1,
        max_length=MAX_MESSAGES,
        description="A chat in place of a prompt: the model's own chat template makes its tokens. Where the assistant "
        "has the last word the model goes on with it, else it answers",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.prompt is None) == (self.messages is None):
            raise ValueError("give either a prompt or messages")
        return self


def _collection_name(name: str) -> str:
    if (fault := fault_of_addressed_name(name)) is not None:
        raise ValueError(fault)
    return name


CollectionName = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_collection_name)]


class JobRequest(Prompt):
    model: str | None = Field(None, description="A name from GET /api/models; null: the first listed")
    transcoders: str | None = Field(None, description="One of that model's transcoder sets; null: its first")
    parameters: TraceParameters = TraceParameters()
    verify: bool | None = Field(
        None, description="Whether to verify the stored graph too, in groups as the page groups its paths"
    )
    internals: bool | None = Field(
        None,
        description="Whether to compute the internals of its prompt too: all parts, as asked for a stored graph",
    )
    priority: int | None = Field(
        None,
        ge=1,
        le=100,
        description="Jobs with the lowest go first; null: 10, in a batch 20. Below 10, they do not wait for others of "
        "the model that a worker has loaded",
    )
    force: bool | None = Field(
        None, description="Whether to trace the prompt again where its graph is stored already"
    )
    collection: CollectionName | None = Field(
        None, description="The collection that its graph is put into, made where it is new"
    )


class TracedPrompt(Record):
    """How a model split a prompt, and what it holds likely next."""

    tokens: list[str] = Field(description="The first of them, the start token among them")
    n_tokens: int
    predictions: list[Prediction] = Field(
        description="The most probable logit nodes; a direction has no probability"
    )
    target_kind: TargetKind = Field(description="What the logit nodes are, as of a graph")


class Job(Record):
    id: str
    kind: JobKind = JobKind.TRACE
    trace_id: str | None = Field(
        None, description="Of the kept trace that is pruned again, instead of tracing"
    )
    prompt: str = Field(
        description="Of messages: what the chat template makes of them, where that is known here"
    )
    messages: list[Message] | None = None
    model: str
    transcoders: str
    parameters: TraceParameters
    state: JobState
    phase: Phase | None = None
    done: int = Field(0, description="Units of the phase done")
    total: int = Field(0, description="Units of the phase; 0 where unknown")
    seconds_left: float | None = Field(
        None, description="Of the phase, if it goes on as it went; null where that cannot be told"
    )
    collection: str | None = Field(None, description="The collection that its graph is put into")
    traced: TracedPrompt | None = Field(
        None, description="Once its prompt is traced, or its trace pruned again"
    )
    graph_id: str | None = Field(None, description="The graph that it made; of a test, the one that it tests")
    intervention_id: str | None = Field(None, description="What an intervention was stored as, once done")
    problem: Problem | None = None
    note: str | None = Field(None, description="What its graph lacks, such as explanations, and why")
    known: bool = Field(
        False, description="Whether its graph was stored before it was asked for: nothing was traced"
    )
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    timings: dict[str, float] = Field(default_factory=dict, description="Seconds, by phase")
