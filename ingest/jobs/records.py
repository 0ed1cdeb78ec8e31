"""A job in the job database, and the `Job` that the API reports.

DBOS keeps a job as a workflow: `Accepted` is its input, `Progress` an event that it sets as it goes, `Outcome` its
output. The records carry times of their own because DBOS on SQLite rounds to seconds.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ingest.identity import content_id
from queries.graph.records import (
    Job,
    JobKind,
    JobState,
    Message,
    ModelParameters,
    Phase,
    Problem,
    Record,
    TracedPrompt,
    TraceParameters,
)
from queries.internals.findings import InternalsQuestion
from queries.internals.records import InternalsParameters
from queries.interventions.changes import InterventionQuestion
from queries.interventions.plan import VerifyQuestion

if TYPE_CHECKING:
    from dbos import WorkflowStatus

Json: TypeAlias = dict[str, Any]

WORKFLOW = "ingest"
QUEUE = "ingest"
PROGRESS = "progress"
"""The key of the event that holds a job's Progress."""

STATES = {
    "ENQUEUED": JobState.QUEUED,
    "DELAYED": JobState.QUEUED,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "CANCELLED": JobState.CANCELLED,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
}
"""The state of a job by DBOS's word. One that failed as it should is a SUCCESS, too: its outcome has a problem."""


def state_of(status: str, *, has_problem: bool) -> JobState:
    state = STATES.get(status, JobState.FAILED)
    return JobState.FAILED if has_problem and state is JobState.DONE else state


MAX_STARTS = 20
"""A job that was started this often and never ended is given up: it probably kills its server each time."""


PERSON_WAITS, GRAPH_IS_MADE, OF_A_BATCH = 1, 10, 20
"""Priorities in the queue: a test, for which a person waits, goes before graphs that are made, and one prompt before
many."""

KIND, LOADS, MAKES = "kind", "loads", "makes"
"""Attributes of a job's row: its kind, the model that it needs (`Accepted.loads`), the graph that it makes
(`Accepted.graph_question`)."""

_LATER = (
    "tested_graph",
    "intervention",
    "verification",
    "internals",
    "question",
    "messages",
    "collection",
    "made_from",
    "forced",
    "priority",
    "messages",
)

FIRST_PHASES = {
    JobKind.INTERVENE: Phase.BASELINE,
    JobKind.VERIFY: Phase.BASELINE,
    JobKind.INTERNALS: Phase.INTERNALS,
}
"""Where it is not to trace."""


class Accepted(Record):
    pruned_graph: str | None = None
    """The graph whose kept trace is to be pruned again; None: the prompt is traced."""
    trace_id: str | None = None
    tested_graph: str | None = None
    """The stored graph that is put to the test, or whose prompt's internals are computed; None: a graph is made."""
    intervention: InterventionQuestion | None = None
    """With `tested_graph`: what is changed."""
    verification: VerifyQuestion | None = None
    """What is verified: of `tested_graph`, or of the graph that is made, once it is stored."""
    internals: InternalsParameters | None = None
    """Which internals are computed: of `tested_graph`, or of the graph that is made, once it is stored."""
    question: InternalsQuestion | None = Field(None, discriminator="kind")
    """With `tested_graph`: what is asked about its internals."""
    collection: str | None = None
    """The collection that the graph is put into, once it is stored."""
    prompt: str
    messages: list[Message] | None = None
    """What the prompt was made of, by the model's chat template; None: it is a text."""
    model: str
    transcoders: str
    parameters: TraceParameters
    made_from: str | None = None
    """What the model and transcoders are now (`ingest.sources`): others by the same names make another graph."""
    forced: bool | None = None
    """Whether the graph is made even where it is stored already."""
    priority: int | None = None
    """None: as what it does has it."""
    created_at: datetime

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> Json:
        """Of fields that jobs had not always, only those are written that it uses: the same has the same id."""
        written = write(self)
        for name in ModelParameters.model_fields:
            if written["parameters"][name] is None:
                del written["parameters"][name]
        return {name: value for name, value in written.items() if value is not None or name not in _LATER}

    @property
    def question_id(self) -> str:
        """The same for a job that is asked for the same: while one waits or runs, it is the other."""
        return content_id(self.model_dump(mode="json", exclude={"created_at", "priority"}))

    @property
    def graph_question(self) -> str | None:
        """The same for jobs that make the same graph, whatever they do beside it; None: it makes none."""
        if self.tested_graph is not None:
            return None
        beside = {
            "created_at",
            "priority",
            "forced",
            "collection",
            "verification",
            "internals",
            "pruned_graph",
        }
        return content_id(self.model_dump(mode="json", exclude=beside))

    @property
    def loads(self) -> str | None:
        """The model that it needs, with its transcoders; None: none."""
        if self.pruned_graph is not None:
            return None
        return "/".join(
            (
                self.model,
                self.transcoders,
                *map(str, self.parameters.model.model_dump(exclude_none=True).values()),
            )
        )

    @property
    def kind(self) -> JobKind:
        if self.tested_graph is not None:
            if self.internals is not None or self.question is not None:
                return JobKind.INTERNALS
            return JobKind.VERIFY if self.intervention is None else JobKind.INTERVENE
        return JobKind.TRACE if self.pruned_graph is None else JobKind.PRUNE


class MadeGraph(NamedTuple):
    graph_id: str
    job_id: str
    """The job that made it."""


class Progress(Record):
    phase: Phase
    done: int
    total: int
    started_at: datetime
    phase_at: datetime | None = None
    """When the phase began."""
    timings: dict[str, float]
    traced: TracedPrompt | None = None

    def seconds_left(self, now: datetime) -> float | None:
        """Of the phase, if it goes on as it went; None where that cannot be told."""
        if self.phase_at is None or not 0 < self.done < self.total:
            return None
        return round((now - self.phase_at).total_seconds() * (self.total - self.done) / self.done, 1)


class Outcome(Record):
    """The end of a job: a graph, a test of one, or a problem."""

    graph_id: str | None = None
    intervention_id: str | None = None
    problem: Problem | None = None
    note: str | None = None
    known: bool = False
    """The graph was stored already."""
    last: Progress
    finished_at: datetime


def to_json(record: Record) -> Json:
    return record.model_dump(mode="json")


def new_job(job_id: str, accepted: Accepted) -> Job:
    known = accepted.model_dump(include=set(Accepted.model_fields) & set(Job.model_fields))
    return Job(id=job_id, kind=accepted.kind, state=JobState.QUEUED, graph_id=accepted.tested_graph, **known)


def accepted_of(workflow: "WorkflowStatus") -> Accepted:
    assert workflow.input is not None
    return Accepted.model_validate(workflow.input["args"][0])


def read_job(workflow: "WorkflowStatus", progress: Json | None) -> Job:
    """The job of a workflow. `progress` is its event, which a running job needs."""
    job = new_job(workflow.workflow_id, accepted_of(workflow))
    state = STATES.get(workflow.status, JobState.FAILED)
    if state is JobState.DONE:
        outcome = Outcome.model_validate(workflow.output)
        return job.model_copy(
            update={
                **_shown(outcome.last),
                "state": state_of(workflow.status, has_problem=outcome.problem is not None),
                "graph_id": outcome.graph_id or job.graph_id,
                "intervention_id": outcome.intervention_id,
                "problem": outcome.problem,
                "note": outcome.note,
                "known": outcome.known,
                "finished_at": outcome.finished_at,
            }
        )
    if state is JobState.QUEUED:
        return job
    known = Progress.model_validate(progress) if progress else None
    last = _shown(known) if known else {"phase": _first_phase(job)}
    if state is JobState.RUNNING:
        left = known and known.seconds_left(datetime.now(UTC))
        return job.model_copy(update={**last, "state": state, "seconds_left": left})
    if state is JobState.CANCELLED:
        ended = datetime.fromtimestamp((workflow.updated_at or 0) / 1000, UTC)
        reached = last if known else {}
        return job.model_copy(update={**reached, "state": state, "finished_at": ended})
    if workflow.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        problem = Problem(
            error="TraceFailed", detail=f"The server ended {MAX_STARTS} times while it worked on this job."
        )
    else:
        problem = Problem(
            error="InternalError", detail="The job ended unexpectedly; the server's log says how."
        )
    return job.model_copy(update={**last, "state": state, "problem": problem})


def _shown(progress: Progress) -> Json:
    """What a job shows of its progress."""
    return {name: value for name, value in progress if name in Job.model_fields}


def _first_phase(job: Job) -> Phase:
    return FIRST_PHASES.get(job.kind, Phase.TRACE)


def unreadable_job(workflow: "WorkflowStatus") -> Job:
    """The job of a workflow whose record cannot be read: damaged, or written by another version."""
    created = workflow.created_at or 0
    return Job(
        id=workflow.workflow_id,
        prompt="",
        model="",
        transcoders="",
        parameters=TraceParameters(),
        state=JobState.FAILED,
        problem=Problem(
            error="UnreadableJob",
            detail="What is stored of this job cannot be read: it is damaged, or another version wrote it.",
        ),
        created_at=datetime.fromtimestamp(created / 1000, UTC),
    )
