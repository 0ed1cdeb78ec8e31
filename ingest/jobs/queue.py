"""The queue of jobs: it accepts prompts, and the worker in this process works on them, one at a time.

DBOS and the job database are loaded on first use, so that the server starts quickly.
"""

import logging
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.annotation.annotator import Annotator
from ingest.attribution.prompt import check_targets, checked
from ingest.jobs.examples import store_examples
from ingest.jobs.records import (
    PROGRESS,
    QUEUE,
    STATES,
    WORKFLOW,
    Accepted,
    accepted_of,
    new_job,
    read_job,
    to_json,
    unreadable_job,
)
from ingest.models import ModelEntry, Registry, TranscoderEntry
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
    StorageFull,
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

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig, EnqueueOptions, Serializer, WorkflowStatus
    from sqlalchemy import Engine

    from ingest.jobs.executors import Executors
    from ingest.jobs.sweep import Sweep
    from ingest.jobs.workflow import Worker

log = logging.getLogger(__name__)

NAME = "circuit-explorer"
VERSION = "2"
"""Lost jobs are queued again for processes of the same version. Change it with the workflow's steps, so that the new
steps do not continue a job that the old ones began."""

NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
"""SQLite's codes of a write that had no room."""
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AssertionError)
"""What reading a row raises that is damaged, or that another version wrote."""

MOST_READ = 1000
"""Jobs that are read at a time."""

MODEL_IDLE = "CIRCUIT_EXPLORER_MODEL_IDLE"
"""The environment variable for the seconds after which an idle model's memory is given back."""
DEFAULT_MODEL_IDLE = 1800.0
MOST_WAITING = "CIRCUIT_EXPLORER_MOST_WAITING"
"""The environment variable for how many jobs may wait."""
DEFAULT_MOST_WAITING = 100_000

PERSON_WAITS, GRAPH_IS_MADE = 1, 10
"""Priorities in the queue: a test, for which a person waits, goes before graphs that are made."""

POLLING_INTERVAL = 0.15
"""Seconds between the worker's polls of the queue: the longest wait of a job for an idle worker."""


class JobQueue:
    """Jobs, durably kept at `jobs_url` (None: SQLite in `data`), and the worker that runs them: their graphs go into
    `store`, their whole traces to `traces`. `annotator` finds out what their features are; None: nobody is asked.
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
        self._worker: Worker | None = None
        self._executors: Executors
        self._sweep: Sweep | None = None

    def start(self) -> None:
        """Start the worker. It soon resumes the jobs that ended processes left.

        Raises DatabaseUnavailable.
        """
        from dbos import DBOS

        from ingest.jobs.executors import Executors
        from ingest.jobs.sweep import Sweep
        from ingest.jobs.workflow import Worker

        client, executors = self._client, Executors(self.url)
        with self._translated_errors():
            executors.register()
        self._executors = executors
        client.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLLING_INTERVAL)
        tracer = Tracer(self.data / "tracing.log")
        self._worker = Worker(
            self.data / "work", self.registry, self.store, self.traces, tracer, self._annotator
        )
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": self.url,
            "executor_id": executors.own,
            "application_version": VERSION,
            "serializer": _serializer(),
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 0.25,  # DBOS's shutdown waits for one
        }
        DBOS(config=config)
        self._worker.register()
        DBOS.launch()
        self._sweep = Sweep(executors, client, self._worker.running, self.tidy)
        self._sweep.start()

    def stop(self) -> None:
        """Stop the worker and close the job database. A running job is resumed at the next start."""
        if self._worker is not None:
            from dbos import DBOS
            from sqlalchemy.exc import SQLAlchemyError

            self._worker.stop()
            if self._sweep is not None:
                self._sweep.stop()
            DBOS.destroy(destroy_registry=True)
            with suppress(SQLAlchemyError):  # else it is noticed by its silence
                self._executors.leave()
            self._executors.close()
            self._worker = self._sweep = None
        if "_engine" in self.__dict__:
            self._engine.dispose()
            del self._engine
        if "_client" in self.__dict__:
            self._client.destroy()
            del self._client

    def submit(self, request: JobRequest) -> Job:
        """Queue a prompt. The job has not started when this returns.

        Raises UnknownModel, UnknownTranscoders, EmptyPrompt, PromptTooLong, NoChatTemplate, InvalidRequest,
        WorkerUnavailable, StorageFull.
        """
        return self._enqueue(self._accepted(request))

    def submit_all(self, requests: Sequence[JobRequest]) -> list[Job]:
        """Queue many prompts, all of them or none; a job each, and one for those that are the same.

        Raises like `submit`; InvalidRequest names the place in the list of one that cannot be traced.
        """
        asked = {one.question_id: one for one in map(self._checked, range(len(requests)), requests)}
        with self._translated_errors():
            return self._enqueue_all(asked)

    def _checked(self, place: int, request: JobRequest) -> Accepted:
        try:
            return self._accepted(request)
        except WorkerUnavailable:
            raise
        except CircuitExplorerError as error:
            raise InvalidRequest(f"jobs.{place}", str(error)) from error

    def _accepted(self, request: JobRequest) -> Accepted:
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
            created_at=datetime.now(UTC),
        )

    def prune(self, graph_id: str, thresholds: Thresholds) -> Job:
        """Queue another pruning of the trace that a graph was pruned from; the model is not needed.

        Raises GraphNotFound, TraceNotKept, TracesUnavailable.
        """
        record = self.store.record(graph_id)
        self.traces.check(graph_id, record.trace_id)
        return self._enqueue(
            Accepted(
                pruned_graph=graph_id,
                trace_id=record.trace_id,
                prompt=record.prompt,
                model=record.model,
                transcoders=record.transcoder_set,
                parameters=TraceParameters(**_known_parameters(record), **thresholds.model_dump()),
                created_at=datetime.now(UTC),
            )
        )

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
                parameters=TraceParameters(**_known_parameters(record)),
                created_at=datetime.now(UTC),
                **question,
            )
        )

    def _enqueue(self, accepted: Accepted) -> Job:
        job_id, options = _options(accepted)
        with self._translated_errors():
            options["duplication_policy"] = "return-existing"
            asked = self._client.enqueue(options, to_json(accepted)).get_workflow_id()
        return new_job(job_id, accepted) if asked == job_id else self.job(asked)

    def _enqueue_all(self, asked: dict[str, Accepted]) -> list[Job]:
        """`asked`: by what is asked. One transaction for all: one by one, Postgres takes fifty a second."""
        from dbos import error as dbos_errors

        known = {
            each.deduplication_id: each.workflow_id
            for each in self._client.list_workflows(
                name=WORKFLOW, status=["ENQUEUED", "PENDING"], load_input=False, load_output=False
            )
        }
        new = {question: accepted for question, accepted in asked.items() if question not in known}
        if len(known) + len(new) > self._most_waiting:
            raise ServerBusy(
                f"{len(known):,} jobs wait, and {len(new):,} more would be more than {self._most_waiting:,} "
                f"({MOST_WAITING})"
            )
        jobs: dict[str | None, Job] = {}
        with self._engine.begin() as transaction:
            for question, accepted in new.items():
                job_id, options = _options(accepted)
                try:
                    self._client.enqueue_in_transaction(transaction, options, to_json(accepted))
                except dbos_errors.DBOSQueueDeduplicatedError:
                    raise ServerBusy("one of the prompts was queued at the same moment") from None
                jobs[question] = new_job(job_id, accepted)
        jobs |= self._known({question: known[question] for question in asked if question in known})
        return [jobs[question] for question in asked]

    def _known(self, ids: dict[str | None, str]) -> dict[str | None, Job]:
        """The jobs of these ids, all read at once."""
        if not ids:
            return {}
        found = self._client.list_workflows(name=WORKFLOW, workflow_ids=list(ids.values()))
        jobs = {each.workflow_id: self._read(each) for each in found}
        return {question: jobs[job_id] for question, job_id in ids.items()}

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
        """The newest jobs that are in one of the `states` (any, where none is named), the newest first; without the
        `offset` newest of them.

        The job database knows neither what a job is about, nor that one failed: jobs are read until there are enough.
        """
        # A job that failed may be one that ended.
        looked_for = {*states, *([JobState.DONE] if JobState.FAILED in states else [])}
        statuses = [status for status, state in STATES.items() if state in looked_for]
        found: list[Job] = []
        place, wanted, page_size = 0, offset + limit, limit

        def is_asked(job: Job) -> bool:
            of_state = job.state in (states or JobState)
            return of_state and kind in (None, job.kind) and model in (None, job.model)

        while len(found) < wanted:
            with self._translated_errors():
                page = self._client.list_workflows(
                    name=WORKFLOW,
                    limit=page_size,
                    offset=place,
                    sort_desc=True,
                    status=statuses or None,
                )
                found += filter(is_asked, map(self._read, page))
            if len(page) < page_size:
                break
            place += page_size
            page_size = min(2 * page_size, MOST_READ)
        return found[offset:wanted]

    def job(self, job_id: str) -> Job:
        """Raises JobNotFound."""
        with self._translated_errors():
            found = self._client.list_workflows(name=WORKFLOW, workflow_ids=[job_id])
            if not found:
                raise JobNotFound(job_id)
            return self._read(found[0])

    def counts(self) -> Counter[tuple[JobState, str]]:
        """How many jobs there are of each state and kind. Raises DatabaseUnavailable."""
        from ingest.jobs.metrics import count_jobs

        assert self._client is not None  # which makes the tables
        with self._translated_errors():
            return count_jobs(self._engine)

    def is_idle(self) -> bool:
        """Whether no job waits, and none runs in this process."""
        with self._translated_errors():
            waiting = self._client.list_workflows(
                name=WORKFLOW, status=["ENQUEUED", "DELAYED"], limit=1, load_input=False, load_output=False
            )
        return not waiting and (self._worker is None or self._worker.running() is None)

    def cancel(self, job_id: str) -> Job:
        """End a job that waits or runs, whatever it does; the process that runs it notices within seconds. Returns the
        job as it is then.

        Raises JobNotFound, JobEnded.
        """
        job = self.job(job_id)
        if job.state.is_last:
            raise JobEnded(job_id, job.state)
        with self._translated_errors():
            self._client.cancel_workflow(job_id)
        return self.job(job_id)

    def retry(self, job_id: str) -> Job:
        """Queue what a job that failed or was cancelled was asked for again, as another job.

        Raises JobNotFound, JobNotRetried.
        """
        job = self.job(job_id)
        if job.state not in (JobState.FAILED, JobState.CANCELLED):
            raise JobNotRetried(job_id, job.state)
        with self._translated_errors():
            (found,) = self._client.list_workflows(name=WORKFLOW, workflow_ids=[job_id])
        try:
            accepted = accepted_of(found)
        except UNREADABLE:
            raise JobNotRetried(job_id, "unreadable") from None
        return self._enqueue(accepted.model_copy(update={"created_at": datetime.now(UTC)}))

    def models(self) -> list[ModelEntry]:
        """The models a job may name; the first is the default."""
        return list(self.registry.models)

    def tidy(self) -> None:
        """Remove the work folders of jobs that were cancelled or given up: others remove their own at their end. Let a
        model go that has been idle for long."""
        if self._worker is not None:
            self._worker.tracer.rest(self._model_idle)
        for folder in (self.data / "work").glob("*"):
            with suppress(JobNotFound):  # a job of another job database
                if self.job(folder.name).state.is_last:
                    shutil.rmtree(folder, ignore_errors=True)

    def _read(self, workflow: "WorkflowStatus") -> Job:
        succeeded_or_queued = workflow.status in ("SUCCESS", "ENQUEUED", "DELAYED")
        try:
            progress = (
                None
                if succeeded_or_queued
                else self._client.get_event(workflow.workflow_id, PROGRESS, timeout_seconds=0)
            )
            return read_job(workflow, progress)
        except UNREADABLE as error:
            log.warning("The job %s cannot be read: %s", workflow.workflow_id, error)
            return unreadable_job(workflow)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Within it, errors of the job database are StorageFull or DatabaseUnavailable."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            if getattr(cause, "sqlite_errorcode", None) in NO_ROOM:
                raise StorageFull(self._shown_url, f"{cause}.") from error
            raise DatabaseUnavailable(self._shown_url, f"{cause}.") from error

    @property
    def _shown_url(self) -> str:
        return re.sub(r":[^:/@]*@", ":***@", self.url)

    @cached_property
    def _engine(self) -> "Engine":
        from ingest.jobs.executors import engine_of

        return engine_of(self.url)

    @cached_property
    def _client(self) -> "DBOSClient":
        from dbos import DBOS, DBOSClient
        from dbos import error as dbos_errors
        from sqlalchemy.exc import SQLAlchemyError

        self.data.mkdir(parents=True, exist_ok=True)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        try:
            DBOS.migrate(self.url)
            return DBOSClient(system_database_url=self.url, serializer=_serializer(), application_name=NAME)
        except (SQLAlchemyError, dbos_errors.DBOSException) as error:
            why = str(getattr(error, "orig", None) or error)
            raise DatabaseUnavailable(self._shown_url, why) from error


def _options(accepted: Accepted) -> "tuple[str, EnqueueOptions]":
    """A new job's id, and how it is queued."""
    job_id = f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}"
    return job_id, {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": job_id,
        "priority": GRAPH_IS_MADE if accepted.tested_graph is None else PERSON_WAITS,
        "deduplication_id": accepted.question_id,
        "attributes": {"kind": accepted.kind.value},
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


def _serializer() -> "Serializer":
    """JSON. DBOS's default, pickle, would let anyone who can write to the database run code here."""
    from dbos import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()
