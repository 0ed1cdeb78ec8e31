"""What the tracing process is asked, and the events it answers with: one JSON document a line.

A `Request` goes to the process's stdin; `Event`s come back on its stdout. Large data goes by files, whose paths the
request names.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from ingest.models import ModelEntry, TranscoderEntry
from queries.graph.records import GraphRecord, Phase, Record, Thresholds, TraceParameters
from queries.paths.question import PathsQuestion


class TraceRequest(Record):
    """Trace and prune `prompt`; write the pruned graph to `output` and the whole trace to `trace`."""

    kind: Literal["trace"] = "trace"
    entry: ModelEntry
    transcoders: TranscoderEntry
    prompt: str
    parameters: TraceParameters
    output: Path
    trace: Path

    @property
    def is_local(self) -> bool:
        """Whether nothing of it may be looked up on a hub."""
        return self.entry.is_local and self.transcoders.is_local


class PruneRequest(Record):
    """Prune the trace in the file `trace`, and write the pruned graph to `output`."""

    kind: Literal["prune"] = "prune"
    trace: Path
    thresholds: Thresholds
    output: Path


class RankRequest(Record):
    """Rank the paths of the trace in the file `trace`, of which `record` is a pruned graph's and `labels` are some
    features' (layer, index, text). The `Ranking` goes to `ranking`, the part of the graph that it names to `output`."""

    kind: Literal["rank"] = "rank"
    trace: Path
    record: GraphRecord
    labels: list[tuple[int, int, str]]
    question: PathsQuestion
    output: Path
    ranking: Path


class ImportRequest(Record):
    """Read the graph file `file` and write its graph to `output`. One that is too large to be stored whole, or for
    which thresholds are given, is pruned, and the whole written to `trace`."""

    kind: Literal["import"] = "import"
    file: Path
    name: str | None
    thresholds: Thresholds | None
    output: Path
    trace: Path


Request: TypeAlias = Annotated[
    TraceRequest | PruneRequest | RankRequest | ImportRequest, Field(discriminator="kind")
]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class Progress(Record):
    phase: Phase
    done: int
    total: int


class Finished(Record):
    timings: dict[str, float]


class Failed(Record):
    """An error of `queries.errors` by its name and values. `ends`: the process ends after it."""

    error: str
    detail: str
    values: dict[str, Any]
    ends: bool


Event: TypeAlias = Progress | Finished | Failed
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
