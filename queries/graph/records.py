"""The records of the data model that travel as they are: over HTTP, into the database and back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

from queries.words import DEFAULT_THRESHOLDS


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


Threshold = Annotated[float, Field(ge=0.0, le=1.0), AfterValidator(lambda given: given + 0.0)]
"""-0.0 is 0.0: they are one in a graph's id."""


class Thresholds(Record):
    """How much pruning keeps."""

    node_threshold: Threshold = Field(
        DEFAULT_THRESHOLDS["node"], description="Share of cumulative node influence kept"
    )
    edge_threshold: Threshold = Field(
        DEFAULT_THRESHOLDS["edge"], description="Share of cumulative edge influence kept"
    )


class AttributionParameters(Record):
    """The parameters of an attribution."""

    max_n_logits: int = Field(10, ge=1, le=1000, description="At most this many logit nodes")
    desired_logit_prob: float = Field(
        0.95, gt=0.0, le=1.0, description="Logit nodes are added until their probabilities sum to this"
    )
    max_feature_nodes: int | None = Field(
        8192, ge=1, description="At most this many feature nodes are traced; null: every active feature"
    )
    batch_size: int = Field(256, ge=1, le=8192, description="Rows attributed in one backward pass")
    update_interval: int = Field(
        4, ge=1, le=1000, description="Batches between two rankings of the features still to trace"
    )
    attribution_targets: list[str] | None = Field(
        None, description="Tokens to attribute from instead of the most probable ones"
    )


# Flat, as requests, jobs and the job database have it; inside the program its two parts go their own ways. The bases
# are in this order because pydantic lists the fields of the last one first.
class TraceParameters(AttributionParameters, Thresholds):
    """What an attribution is asked for. The names and defaults are circuit_tracer.attribute's, but
    for `max_feature_nodes` (its default keeps every active feature) and `batch_size`."""

    @property
    def attribution(self) -> AttributionParameters:
        return AttributionParameters(**self.model_dump(include=set(AttributionParameters.model_fields)))

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**self.model_dump(include=set(Thresholds.model_fields)))


class Prediction(Record):
    token: str
    probability: float | None = None


class AttributionRecord(Record):
    """What was attributed, and how: all of a graph's record that pruning does not change. What a file did not say is
    null."""

    origin: Literal["trace", "import"]
    name: str
    prompt: str
    tokens: list[str]
    token_ids: list[int] | None = None
    model: str
    model_revision: str | None = None
    transcoder_set: str
    transcoder_revision: str | None = None
    n_layers: int
    dtype: str | None = None
    max_n_logits: int | None = None
    desired_logit_prob: float | None = None
    max_feature_nodes: int | None = None
    batch_size: int | None = None
    update_interval: int | None = None
    attribution_targets: list[str] | None = None
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
    created_at: datetime

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property; pydantic does
    @property
    def n_nodes(self) -> int:
        return self.n_embedding_nodes + self.n_feature_nodes + self.n_error_nodes + self.n_logit_nodes


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Phase(StrEnum):
    """The phases of a job, in their order."""

    TRACE = "trace"
    PRUNE = "prune"
    ANNOTATE = "annotate"
    LOAD = "load"


class Problem(Record):
    """The one error envelope: `error` names the fact, `detail` is a sentence for people."""

    error: str
    detail: str


class JobRequest(Record):
    prompt: str = Field(description="The text to attribute; the model's own start token is added")
    model: str | None = Field(None, description="A name from GET /api/models; null: the first listed")
    transcoders: str | None = Field(None, description="One of that model's transcoder sets; null: its first")
    parameters: TraceParameters = TraceParameters()


class Job(Record):
    id: str
    trace_id: str | None = Field(
        None, description="Of the kept trace that is pruned again, instead of tracing"
    )
    prompt: str
    model: str
    transcoders: str
    parameters: TraceParameters
    state: JobState
    phase: Phase | None = None
    done: int = Field(0, description="Units of the phase done")
    total: int = Field(0, description="Units of the phase; 0 where unknown")
    graph_id: str | None = None
    problem: Problem | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    timings: dict[str, float] = Field(default_factory=dict, description="Seconds, by phase")
