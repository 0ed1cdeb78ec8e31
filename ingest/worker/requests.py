"""The requests to the tracing process, and the events that it answers with: one JSON document a line.

A `Request` goes to the process's stdin; `Event`s come back on its stdout. Large data goes through files, whose paths
the request names.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from ingest.graph_file.about import ImportOptions
from ingest.models import ModelEntry, TranscoderEntry
from ingest.sources import needs_hub
from ingest.traces.folder import Retention
from queries.graph.features import Explanation, FeatureId
from queries.graph.interventions import ChangedFeature, Predicted
from queries.graph.labels import BorrowedLabel
from queries.graph.records import AttributionParameters, GraphRecord, Message, Phase, Record, Thresholds
from queries.internals.findings import InternalsQuestion
from queries.internals.records import InternalsParameters
from queries.interventions.plan import Plan
from queries.paths.question import PathsQuestion


class ModelRequest(Record):
    """A request that needs a model with its transcoders."""

    entry: ModelEntry
    transcoders: TranscoderEntry

    @property
    def is_local(self) -> bool:
        """Whether model and transcoders are both on this machine, so that no hub may be asked."""
        return self.entry.is_local and not needs_hub(self.transcoders.source)


class TraceRequest(ModelRequest):
    """Trace and prune `prompt`, or what the model's chat template makes of `messages`; write the pruned graph to
    `output`, and of the trace as much as is kept to `trace`."""

    kind: Literal["trace"] = "trace"
    prompt: str
    messages: list[Message] | None = None
    attribution: AttributionParameters
    thresholds: Thresholds
    output: Path
    trace: Path
    retention: Retention = "whole"


class InterveneRequest(ModelRequest):
    """Make the changes on the prompt of the graph in the file `graph`; write the `Intervention` to `result`."""

    kind: Literal["intervene"] = "intervene"
    graph: Path
    changes: list[ChangedFeature]
    predicted: Predicted
    seed: int
    note: str | None
    result: Path


class VerifyRequest(ModelRequest):
    """Test the plan on the graph in the file `graph`; write the `Verification` to `result`."""

    kind: Literal["verify"] = "verify"
    graph: Path
    plan: Plan
    seed: int
    result: Path


class InternalsRequest(ModelRequest):
    """Compute the internals of the prompt of the graph in the file `graph`; write them to `arrays`, as
    `ingest.internals` has them, and what the database holds of them to `stored`."""

    kind: Literal["internals"] = "internals"
    graph: Path
    parameters: InternalsParameters
    arrays: Path
    stored: Path


class QuestionRequest(ModelRequest):
    """Answer a question about the internals of the prompt of the graph in the file `graph`; write an `InternalsFound`
    to `result`."""

    kind: Literal["question"] = "question"
    graph: Path
    question: InternalsQuestion = Field(discriminator="kind")
    result: Path


class PruneRequest(Record):
    """Prune the trace in the file `trace`, and write the pruned graph to `output`."""

    kind: Literal["prune"] = "prune"
    trace: Path
    thresholds: Thresholds
    output: Path


class RankRequest(Record):
    """Rank the paths of the trace in the file `trace`. Write the `Ranking` to `ranking`, and the part of the graph that
    it names to `output`.

    `record` is the record of a graph pruned from that trace; `explanations` and `borrowed` are what names its features;
    `supernodes` are names and keys of nodes, None: the trace's own, of its file.
    """

    kind: Literal["rank"] = "rank"
    trace: Path
    record: GraphRecord
    explanations: list[tuple[FeatureId, list[Explanation]]]
    borrowed: list[tuple[FeatureId, BorrowedLabel]]
    supernodes: list[tuple[str, list[str]]] | None
    question: PathsQuestion
    output: Path
    ranking: Path


class ImportRequest(Record):
    """Read the graph file `file`, write its graph to `output`, and what was dropped of it to `report`. A graph that is
    too large to be stored unpruned, or for which thresholds are given, is pruned, and as much of its trace as is kept
    written to `trace`."""

    kind: Literal["import"] = "import"
    file: Path
    options: ImportOptions
    thresholds: Thresholds | None
    output: Path
    report: Path
    trace: Path
    retention: Retention = "whole"


Request: TypeAlias = Annotated[
    TraceRequest
    | PruneRequest
    | RankRequest
    | ImportRequest
    | InterveneRequest
    | VerifyRequest
    | InternalsRequest
    | QuestionRequest,
    Field(discriminator="kind"),
]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class Progress(Record):
    phase: Phase
    done: int
    total: int


class Finished(Record):
    timings: dict[str, float]


class Failed(Record):
    """An error as `queries.errors.to_json` writes it, and its sentence. `ends`: the process ends after it."""

    error: str
    detail: str
    values: dict[str, Any]
    ends: bool


Event: TypeAlias = Progress | Finished | Failed
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
