"""The queue of jobs: it accepts prompts and questions about graphs, and tells of all jobs. `start` runs them, too.

DBOS and the job database are loaded on first use, so that the server starts quickly.
"""

import os
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.annotation.annotator import Annotator
from ingest.attribution.prompt import check_targets, checked
from ingest.jobs.examples import store_examples
from ingest.jobs.kept.database import JobDatabase
from ingest.jobs.known import KnownGraphs
from ingest.jobs.records import (
    GRAPH_IS_MADE,
    KIND,
    LOADS,
    MAKES,
    OF_A_BATCH,
    PERSON_WAITS,
    QUEUE,
    WORKFLOW,
    Accepted,
    new_job,
    to_json,
)
from ingest.loading import Loader
from ingest.models import ModelEntry, Registry, TranscoderEntry, sources_fingerprint
from ingest.traces.folder import TraceFolder
from ingest.worker.process import Tracer
from queries.errors import (
    CircuitExplorerError,
    DatabaseUnavailable,
    InvalidRequest,
    JobEnded,
    JobNotFound,
    JobNotRetried,
    ServerBusy,
    UnknownTranscoders,
    WorkerUnavailable,
)
from queries.graph.records import (
    AttributionParameters,
    GraphRecord,
    Job,
    JobKind,
    JobRequest,
    JobState,
    Thresholds,
    TraceParameters,
)
from queries.internals.asked import check_parameters
from queries.internals.findings import InternalsQuestion
from queries.internals.records import InternalsParameters
from queries.interventions.changes import InterventionQuestion
from queries.interventions.plan import VerifyQuestion
from queries.store.store import GraphStore
from queries.words import DTYPES, Dtype

if TYPE_CHECKING:
    from dbos import EnqueueOptions

    from ingest.jobs.running.runner import Runner

MODEL_IDLE = "CIRCUIT_EXPLORER_MODEL_IDLE"
"""The environment variable for the seconds after which an idle model's memory is given back."""
DEFAULT_MODEL_IDLE = 1800.0
MOST_WAITING = "CIRCUIT_EXPLORER_MOST_WAITING"
"""The environment variable for how many jobs may wait."""
DEFAULT_MOST_WAITING = 100_000
ATTEMPTS = 5
"""At queueing prompts that other processes queue at the same time."""


class JobQueue:
    """Jobs, durably kept at `jobs_url` (None: SQLite in `data`), and what runs them: their graphs go into `store`,
    their whole traces to `traces`. `annotator` finds out what their features are; None: nobody is asked.
    `others_trace`: workers elsewhere run the jobs, so that what is not installed here is no reason to refuse one.

    A process can have one started JobQueue, since DBOS allows one.
    """

    def __init__(
        self,
        data: Path,
        registry: Registry,
        store: GraphStore,
        traces: TraceFolder,
        jobs_url: str | None = None,
        annotator: Annotator | None = None,
        *,
        others_trace: bool = False,
    ) -> None:
        self.data, self.registry, self.store, self.traces = data, registry, store, traces
        self._others_trace = others_trace
        self._annotator = annotator
        self._model_idle = float(os.environ.get(MODEL_IDLE) or DEFAULT_MODEL_IDLE)
        self._most_waiting = int(os.environ.get(MOST_WAITING) or DEFAULT_MOST_WAITING)
        self.url = jobs_url or f"sqlite:///{data / 'jobs.sqlite'}"
        self._database = JobDatabase(self.url, data)
        self.loader = Loader(store, traces)
        """Of all that this process stores: what comes at the same moment shares a transaction."""
        self._known = KnownGraphs(self._database, store)
        self._runner: Runner | None = None

    def start(self) -> None:
        """Run jobs in this process. It soon resumes those that ended processes left.

        Raises DatabaseUnavailable.
        """
        from ingest.jobs.running.course import Tools
        from ingest.jobs.running.runner import Runner
        from ingest.jobs.running.workflow import Worker

        tools = Tools(
            work=self.data / "work",
            database=self._database,
            registry=self.registry,
            store=self.store,
            loader=self.loader,
            traces=self.traces,
            tracer=Tracer(self.data / "tracing.log"),
            annotator=self._annotator,
        )
        self._runner = Runner(self._database, Worker(tools), self.tidy)

    def stop(self) -> None:
        """Run no more jobs, and close the job database. A running job is resumed at the next start."""
        if self._runner is not None:
            self._runner.stop()
            self._runner = None
        self._database.close()

    def submit(self, request: JobRequest) -> Job:
        """Queue a prompt. The job has not started when this returns. Where its graph is stored already, the job that
        made it is the answer, as `known`.

        Raises UnknownModel, UnknownTranscoders, EmptyPrompt, PromptTooLong, NoChatTemplate, InvalidRequest,
        WorkerUnavailable, StorageFull, ServerBusy.
        """
        return self._asked([self._accepted(request, GRAPH_IS_MADE)])[0]

    def submit_all(self, requests: Sequence[JobRequest]) -> list[Job]:
        """Queue many prompts, all of them or none; a job each, and one for those that are the same.

        Raises like `submit`; InvalidRequest names the place in the list of one that cannot be traced.
        """
        return self._asked([self._checked(place, each) for place, each in enumerate(requests)])

    def _checked(self, place: int, request: JobRequest) -> Accepted:
        try:
            return self._accepted(request, OF_A_BATCH)
        except WorkerUnavailable:
            raise
        except CircuitExplorerError as error:
            raise InvalidRequest(f"jobs.{place}", str(error)) from error

    def _accepted(self, request: JobRequest, priority: int) -> Accepted:
        """Raises UnknownModel, UnknownTranscoders, EmptyPrompt, PromptTooLong, NoChatTemplate, InvalidRequest,
        WorkerUnavailable."""
        entry, transcoders = self.registry.find(request.model, request.transcoders)
        if not self._can_trace:
            raise WorkerUnavailable(
                "This server cannot trace prompts: install what that takes with "
                "`pip install 'circuit-explorer[trace]'`."
            )
        prompt = checked(entry, request)
        check_targets(entry, request.parameters.attribution_targets)
        return Accepted(
            prompt=prompt,
            messages=request.messages,
            model=entry.name,
            transcoders=transcoders.name,
            parameters=request.parameters,
            verification=VerifyQuestion() if request.verify else None,
            internals=InternalsParameters() if request.internals else None,
            made_from=sources_fingerprint(entry, transcoders),
            forced=request.force or None,
            priority=request.priority or priority,
            collection=request.collection,
            created_at=datetime.now(UTC),
        )

    def prune(self, graph_id: str, thresholds: Thresholds) -> Job:
        """Queue another pruning of the trace that a graph was pruned from; the model is not needed.

        Raises GraphNotFound, TraceNotKept, TracesUnavailable.
        """
        record = self.store.record(graph_id)
        self.traces.check(graph_id, record.trace_id)
        accepted = Accepted(
            pruned_graph=graph_id,
            trace_id=record.trace_id,
            prompt=record.prompt,
            model=record.model,
            transcoders=record.transcoder_set,
            parameters=TraceParameters(**_known_parameters(record), **thresholds.model_dump()),
            created_at=datetime.now(UTC),
        )
        return self._asked([accepted])[0]

    def intervene(self, record: GraphRecord, question: InterventionQuestion) -> Job:
        """Queue an intervention on a stored graph's prompt, ahead of the graphs that are still to be made.

        Raises UnknownModel, WorkerUnavailable, StorageFull.
        """
        return self._test(record, intervention=question)

    def verify(self, record: GraphRecord, question: VerifyQuestion) -> Job:
        """Queue the verification of a stored graph, like an intervention. Raises like `intervene`."""
        return self._test(record, verification=question)

    def internals(self, record: GraphRecord, parameters: InternalsParameters) -> Job:
        """Queue the computation of the internals of a stored graph's prompt, like an intervention. Raises like
        `intervene`, and InvalidRequest where they cannot be computed of the prompt."""
        check_parameters(len(record.tokens), parameters)
        return self._test(record, internals=parameters)

    def ask(self, record: GraphRecord, question: InternalsQuestion) -> Job:
        """Queue a question about a stored graph's internals. Raises like `intervene`."""
        return self._test(record, question=question)

    def why_not_tested(self, record: GraphRecord) -> str | None:
        """Why a graph cannot be tested here, as a sentence; None: it can."""
        try:
            self._model_to_test(record)
        except CircuitExplorerError as error:
            return str(error)
        return None

    def _model_to_test(self, record: GraphRecord) -> tuple[ModelEntry, TranscoderEntry]:
        """Raises UnknownModel, UnknownTranscoders, WorkerUnavailable, ReadOnlyDataSet."""
        self.store.check_writable()
        if not self._can_trace:
            raise WorkerUnavailable(
                "Testing needs the model, which this server has not: it predicts, and shows what was tested. Install "
                "what testing takes with `pip install 'circuit-explorer[trace]'`."
            )
        return model_of(record, self.registry)

    def _test(self, record: GraphRecord, **question: Any) -> Job:
        entry, transcoders = self._model_to_test(record)
        return self._enqueue(
            Accepted(
                tested_graph=record.id,
                prompt=record.prompt,
                model=entry.name,
                transcoders=transcoders.name,
                parameters=TraceParameters(**_known_parameters(record), dtype=_dtype(record)),
                created_at=datetime.now(UTC),
                **question,
            )
        )

    def _enqueue(self, accepted: Accepted) -> Job:
        """Queue one job, unless the same waits or runs."""
        job_id, options = _options(accepted)
        with self._database.translated_errors():
            options["duplication_policy"] = "return-existing"
            asked = self._database.client.enqueue(options, to_json(accepted)).get_workflow_id()
        return new_job(job_id, accepted) if asked == job_id else self.job(asked)

    def _asked(self, asked: Sequence[Accepted]) -> list[Job]:
        """The jobs that make these graphs, or made them."""
        from dbos import error as dbos_errors

        by_question = {each.question_id: each for each in asked}
        try:
            jobs = self._already_made(by_question)
        except DatabaseUnavailable:  # jobs wait until the graphs' database is back, and then look themselves
            jobs = {}
        wanted = {question: each for question, each in by_question.items() if question not in jobs}
        for _ in range(ATTEMPTS):
            with suppress(
                dbos_errors.DBOSQueueDeduplicatedError
            ):  # another process queued one at the same moment
                jobs |= self._enqueued(wanted)
                return [jobs[question] for question in by_question]
        raise ServerBusy("the same prompts are being queued by others")

    def _enqueued(self, wanted: dict[str, Accepted]) -> dict[str, Job]:
        """By question, the jobs that wait or run, and new ones: in one transaction, since one by one Postgres takes
        fifty a second."""
        from ingest.jobs.kept.tables import count_unfinished, unfinished

        with self._database.translated_errors():
            engine, client = self._database.engine, self._database.client
            same = unfinished(engine, wanted)
            new = {question: each for question, each in wanted.items() if question not in same}
            n_waiting = count_unfinished(engine) if new else 0
            if n_waiting + len(new) > self._most_waiting:
                raise ServerBusy(
                    f"{n_waiting:,} jobs wait, and {len(new):,} more would be more than "
                    f"{self._most_waiting:,} ({MOST_WAITING})"
                )
            jobs: dict[str, Job] = {}
            with engine.begin() as transaction:
                for question, accepted in new.items():
                    job_id, options = _options(accepted)
                    client.enqueue_in_transaction(transaction, options, to_json(accepted))
                    jobs[question] = new_job(job_id, accepted)
        found = self._database.all_of(same.values())
        return jobs | {question: found[job_id] for question, job_id in same.items()}

    def _already_made(self, asked: dict[str, Accepted]) -> dict[str, Job]:
        """Of what is asked, by its question: the jobs that made it, where all of it is stored. The graphs go into the
        collections that they are asked for. Raises DatabaseUnavailable."""
        plain = {
            question: each
            for question, each in asked.items()
            if not (each.forced or each.verification or each.internals)
        }
        made = self._known.among(list(plain.values()))
        jobs = self._database.all_of({each.job_id for each in made.values()})
        answers: dict[str, Job] = {}
        collected: dict[str, list[str]] = {}
        for question, each in plain.items():
            found = made.get(each.graph_question or "")
            if found is not None and found.job_id in jobs:
                answers[question] = jobs[found.job_id].model_copy(update={"known": True})
                if each.collection is not None:
                    collected.setdefault(each.collection, []).append(found.graph_id)
        for name, graphs in collected.items():
            self.store.collections.change(name, add=graphs)
        return answers

    def queue_examples(self) -> list[Job]:
        """Queue the default model's example prompts, if there is no graph and no job yet and prompts can be traced.

        The first comes last: graphs are listed newest first.
        """
        if not (self._can_trace and self._wants_examples()):
            return []
        prompts = self.registry.models[0].examples
        return [self.submit(JobRequest.model_validate({"prompt": prompt})) for prompt in reversed(prompts)]

    def store_examples(self) -> int:
        """Store the graphs of these prompts that were made beforehand, if there is no graph and no job yet and prompts
        cannot be traced. Returns the number of graphs."""
        if self._can_trace or not self._wants_examples():
            return 0
        return store_examples(self.registry.models[0], self.store, self.traces)

    @property
    def _can_trace(self) -> bool:
        return self._others_trace or can_trace()

    def _wants_examples(self) -> bool:
        return bool(self.registry.models) and not self.store.graphs(1) and not self.jobs(1)

    def jobs(
        self,
        limit: int,
        *,
        offset: int = 0,
        states: Collection[JobState] = (),
        kind: JobKind | None = None,
        model: str | None = None,
    ) -> list[Job]:
        """`JobDatabase.jobs`."""
        return self._database.jobs(limit, offset=offset, states=states, kind=kind, model=model)

    def job(self, job_id: str) -> Job:
        """Raises JobNotFound."""
        return self._database.job(job_id)

    def counts(self) -> Counter[tuple[JobState, str]]:
        """How many jobs there are of each state and kind. Raises DatabaseUnavailable."""
        return self._database.counts()

    def is_idle(self) -> bool:
        """Whether no job waits, and none runs in this process."""
        return not self._database.any_waits() and not (self._runner and self._runner.worker.running())

    def cancel(self, job_id: str) -> Job:
        """End a job that waits or runs, whatever it does; the process that runs it notices within seconds. Returns the
        job as it is then.

        Raises JobNotFound, JobEnded.
        """
        job = self.job(job_id)
        if job.state.is_last:
            raise JobEnded(job_id, job.state)
        with self._database.translated_errors():
            self._database.client.cancel_workflow(job_id)
        return self.job(job_id)

    def retry(self, job_id: str) -> Job:
        """Queue what a job that failed or was cancelled was asked for again, as another job.

        Raises JobNotFound, JobNotRetried.
        """
        job = self.job(job_id)
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            raise JobNotRetried(job_id, job.state)
        accepted = self._database.accepted(job_id)
        return self._enqueue(accepted.model_copy(update={"created_at": datetime.now(UTC)}))

    def models(self) -> list[ModelEntry]:
        """The models a job may name; the first is the default."""
        return list(self.registry.models)

    def tidy(self) -> None:
        """Remove the work folders of jobs that were cancelled or given up: others remove their own at their end. Let a
        model go that has been idle for long."""
        if self._runner is not None:
            self._runner.worker.tools.tracer.rest(self._model_idle)
        for folder in (self.data / "work").glob("*"):
            with suppress(JobNotFound):  # a job of another job database
                if self.job(folder.name).state.is_last:
                    shutil.rmtree(folder, ignore_errors=True)


def _options(accepted: Accepted) -> "tuple[str, EnqueueOptions]":
    """A new job's id, and how it is queued."""
    job_id = f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"
    attributes = {KIND: accepted.kind.value, LOADS: accepted.loads, MAKES: accepted.graph_question}
    return job_id, {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": job_id,
        "priority": accepted.priority or (GRAPH_IS_MADE if accepted.tested_graph is None else PERSON_WAITS),
        "deduplication_id": accepted.question_id,
        "attributes": {name: value for name, value in attributes.items() if value is not None},
    }


def can_trace() -> bool:
    """Whether the packages that the extra `trace` brings are installed."""
    return find_spec("torch") is not None and find_spec("circuit_tracer") is not None


def model_of(record: GraphRecord, registry: Registry) -> tuple[ModelEntry, TranscoderEntry]:
    """The model that may be the one of a stored graph; whether it is shows when it runs. An imported file may name its
    transcoder set otherwise than the registry: then the model's first is taken. Raises UnknownModel."""
    try:
        return registry.find(record.model, record.transcoder_set)
    except UnknownTranscoders:
        if record.origin == "trace":
            raise
        return registry.find(record.model, None)


def _known_parameters(record: GraphRecord) -> dict[str, Any]:
    """The record of an imported file may know few of the parameters; a job has defaults for the others."""
    return record.model_dump(include=set(AttributionParameters.model_fields), exclude_none=True)


def _dtype(record: GraphRecord) -> Dtype | None:
    """The type of weights that a graph was traced with here, so that its tests are of the same model."""
    return next((dtype for dtype in DTYPES if record.origin == "trace" and dtype == record.dtype), None)
