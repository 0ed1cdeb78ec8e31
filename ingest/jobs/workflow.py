"""The durable workflow that turns an accepted prompt into a stored graph.

1. `trace`: the tracing process traces and prunes the prompt, or prunes a kept trace again, and leaves the graph and the
   whole trace in the job's work folder.
2. `store`: the graph gets its features' explanations (annotate), goes into the database (load), and its trace into the
   folder of kept traces.
3. `verify`, where it is asked for: the stored graph is put to the test. The job is done without it too.

4. `internals`, where they are asked for: those of the stored graph's prompt are computed. The job is done without them
   too.

A job about a stored graph has the one step `test`: an intervention, a verification, its prompt's internals, or a
question about them.

A step whose result DBOS has recorded is not run again, even after the server was killed; only where the work folder is
gone, `store` traces again. Running `store` twice changes nothing.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import Any

from dbos import DBOS
from dbos import error as dbos_errors

from ingest.annotation.annotator import Annotator
from ingest.annotation.file import annotate
from ingest.annotation.stored import annotated
from ingest.importing import store_graph
from ingest.internals.folder import InternalsFolder
from ingest.jobs import metrics
from ingest.jobs.records import (
    FIRST_PHASES,
    MAX_STARTS,
    PROGRESS,
    WORKFLOW,
    Accepted,
    Json,
    Outcome,
    Progress,
    to_json,
)
from ingest.models import Registry
from ingest.names import known_sets
from ingest.traces.folder import TraceFolder
from ingest.worker.handover import read_graph, read_stored_internals, write_graph
from ingest.worker.process import Interrupted, Tracer
from ingest.worker.requests import (
    InternalsRequest,
    InterveneRequest,
    PruneRequest,
    QuestionRequest,
    Request,
    TraceRequest,
    VerifyRequest,
)
from queries import logs
from queries.errors import (
    CircuitExplorerError,
    DatabaseUnavailable,
    GraphNotFound,
    InternalsNotComputed,
    UnknownModel,
    UnknownTranscoders,
)
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import Phase, Problem, seed_of
from queries.internals.findings import InternalsQuestion
from queries.internals.records import InternalsRecord
from queries.interventions.changes import InterventionQuestion, resolve
from queries.interventions.plan import plan
from queries.interventions.targets import predicted
from queries.limits import ClientLeft
from queries.store.store import GraphStore

log = logging.getLogger(__name__)

WRITE_INTERVAL = 1.0
"""Seconds between two records of a phase's progress; the first and the last are always recorded."""
ANNOTATION_SECONDS = 30.0
"""For which a job asks what its graph's features are: the graph is stored then, whatever is known."""
RETRY_INTERVAL = 2.0
"""Seconds between two attempts to store a graph in a database that cannot be reached."""


class Worker:
    """Runs jobs, one at a time. `work` holds a folder for each unfinished job."""

    def __init__(
        self,
        work: Path,
        registry: Registry,
        store: GraphStore,
        traces: TraceFolder,
        tracer: Tracer,
        annotator: Annotator | None = None,
    ) -> None:
        self.annotator = annotator
        self.internals = InternalsFolder(traces.files)
        self.work, self.registry, self.store, self.traces, self.tracer = work, registry, store, traces, tracer
        self.stopping = Event()
        self._turn = Lock()
        self._run: _Run | None = None

    def register(self) -> None:
        """Register the workflow with DBOS, before it is launched."""

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MAX_STARTS)
        def ingest(accepted: Json) -> Json:
            with self._turn:
                job_id = DBOS.workflow_id
                assert job_id is not None
                asked = Accepted.model_validate(accepted)
                self._run = _Run(self, job_id, asked)
                if self.stopping.is_set():
                    self._run.ends.set()
                try:
                    with logs.about_job(job_id, asked.kind), metrics.RUNNING.track_inprogress():
                        log.info("The job is begun.")
                        outcome = self._run.outcome()
                        log.info("The job %s", "failed." if outcome.problem else "is done.")
                    metrics.has_ended(asked.kind, outcome)
                    return to_json(outcome)
                finally:
                    self._run = None

    def stop(self) -> None:
        """Interrupt a running trace; wait for the end of any other work."""
        self.stopping.set()
        self.tracer.close()
        if run := self._run:
            run.ends.set()
        with self._turn:
            pass

    def running(self) -> tuple[str, Callable[[], None]] | None:
        """The id of the running job, and how it is told that it was cancelled."""
        run = self._run
        return None if run is None else (run.job_id, run.ends.set)


class _Run:
    """One run of one job."""

    def __init__(self, worker: Worker, job_id: str, accepted: Accepted) -> None:
        self._worker, self.job_id, self._accepted = worker, job_id, accepted
        self.ends = Event()
        """Set where nobody waits for the job's end any more: it is cancelled, or the worker stops."""
        self._folder = worker.work / job_id
        self._traced, self._whole = self._folder / "graph.npz", self._folder / "whole.trace"
        phase = FIRST_PHASES.get(accepted.kind, Phase.TRACE)
        self._last = Progress(phase=phase, done=0, total=0, started_at=datetime.now(UTC), timings={})
        self._note: str | None = None
        self._intervention_id: str | None = None
        self._made: str | None = None
        self._written_at = 0.0

    def outcome(self) -> Outcome:
        """Raises Interrupted where the worker stops before the end, or the job is cancelled; finished steps stay
        finished."""
        graph_id: str | None = None
        problem: Problem | None = None
        for step in self._steps():
            if self.ends.is_set():
                raise Interrupted
            result = DBOS.run_step({"name": step.__name__.strip("_")}, self._guarded, step)
            self._last = Progress.model_validate(result["last"])
            graph_id = self._made = result["graph_id"]
            self._note = result.get("note")
            self._intervention_id = result.get("intervention_id")
            if result["problem"] is not None:
                problem = Problem.model_validate(result["problem"])
                break
        shutil.rmtree(self._folder, ignore_errors=True)
        return Outcome(
            graph_id=graph_id,
            intervention_id=self._intervention_id,
            problem=problem,
            note=self._note,
            last=self._last,
            finished_at=datetime.now(UTC),
        )

    def _steps(self) -> tuple[Callable[[], str | None], ...]:
        if self._accepted.tested_graph is not None:
            return (self._test,)
        made: list[Callable[[], str | None]] = [self._trace, self._store]
        if self._accepted.verification is not None:
            made.append(self._verify)
        if self._accepted.internals is not None:
            made.append(self._internals)
        return tuple(made)

    def _guarded(self, step: Callable[[], str | None]) -> Json:
        """The step's result for DBOS to record. It includes errors, so that the workflow always ends."""
        graph_id: str | None = None
        problem: Problem | None = None
        try:
            graph_id = step()
        except CircuitExplorerError as error:
            problem = Problem(error=type(error).__name__, detail=str(error))
        except ClientLeft:
            raise Interrupted from None
        except dbos_errors.DBOSException:  # the job has not failed
            raise
        except Exception:
            log.exception("A job failed unexpectedly in its phase %s.", self._last.phase)
            detail = f"The server failed in the phase {self._last.phase}; its log says how."
            problem = Problem(error="InternalError", detail=detail)
        return {
            "graph_id": graph_id,
            "intervention_id": self._intervention_id,
            "problem": problem and to_json(problem),
            "note": self._note,
            "last": to_json(self._last),
        }

    def _trace(self) -> None:
        accepted = self._accepted
        request: Request
        if accepted.pruned_graph is None:
            entry, transcoders = self._worker.registry.find(accepted.model, accepted.transcoders)
            request = TraceRequest(
                entry=entry,
                transcoders=transcoders,
                prompt=accepted.prompt,
                attribution=accepted.parameters.attribution,
                thresholds=accepted.parameters.thresholds,
                output=self._traced,
                trace=self._whole,
                retention=self._worker.traces.retention,
            )
            self._report(Phase.TRACE, 0, 0)
        else:
            copy = self._folder / "kept.trace"
            kept = self._worker.traces.fetch(accepted.pruned_graph, accepted.trace_id, copy)
            request = PruneRequest(trace=kept, thresholds=accepted.parameters.thresholds, output=self._traced)
            self._report(Phase.PRUNE, 0, 0)
        self._run(request)

    def _store(self) -> str:
        if not self._traced.exists():
            self._trace()
        with self._timed(Phase.ANNOTATE):
            graph = self._annotated(read_graph(self._traced))
        with self._timed(Phase.LOAD):
            self._load(graph)
        return graph.record.id

    def _annotated(self, graph: AttributionGraph) -> AttributionGraph:
        try:
            _, transcoders = self._worker.registry.find(self._accepted.model, self._accepted.transcoders)
        except (UnknownModel, UnknownTranscoders):
            if self._accepted.pruned_graph is None:
                raise  # else an imported file's: the explanations of its features are in the database
        else:
            if self._worker.annotator is None:  # which reads the set's file itself
                return annotate(graph, transcoders)
        if self._worker.annotator is not None:
            graph, self._note = annotated(graph, self._worker.annotator, ANNOTATION_SECONDS, self.ends)
        return graph

    def _verify(self) -> str:
        """Put the graph that was made to the test. It is stored: what cannot be tested is a note."""
        return self._besides("It was not verified.", self._verification)

    def _internals(self) -> str:
        """Compute the internals of the graph that was made."""
        return self._besides("Its internals were not computed.", self._computed)

    def _besides(self, lacking: str, work: Callable[[str], None]) -> str:
        """Work on the graph that was made: where it fails, the job is done without it, and a note says so."""
        graph_id = self._made
        assert graph_id is not None
        try:
            work(graph_id)
        except CircuitExplorerError as error:
            self._note = " ".join(filter(None, (self._note, lacking, str(error))))
        return graph_id

    def _test(self) -> str:
        """Work on a stored graph."""
        accepted, graph_id = self._accepted, self._accepted.tested_graph
        assert graph_id is not None
        if accepted.internals is not None:
            self._computed(graph_id)
        elif accepted.question is not None:
            self._answered(graph_id, accepted.question)
        elif accepted.intervention is not None:
            self._intervention(graph_id, accepted.intervention)
        else:
            self._verification(graph_id)
        return graph_id

    def _intervention(self, graph_id: str, question: InterventionQuestion) -> None:
        store = self._worker.store
        graph, known = self._handed(graph_id, Phase.BASELINE)
        donors = {donor: store.read(donor) for donor in question.donors}
        changes = resolve(graph, question.changes, donors)
        result = self._folder / "result.json"
        self._run(
            InterveneRequest(
                changes=[one.change for one in changes],
                predicted=predicted(graph, changes),
                seed=seed_of(graph_id) if question.seed is None else question.seed,
                note=question.note,
                result=result,
                **known,
            )
        )
        intervention = Intervention.model_validate_json(result.read_text())
        self._once_reachable(lambda: store.add_intervention(intervention))
        self._intervention_id = intervention.id

    def _verification(self, graph_id: str) -> None:
        graph, known = self._handed(graph_id, Phase.BASELINE)
        question, result = self._accepted.verification, self._folder / "result.json"
        assert question is not None
        self._run(VerifyRequest(plan=plan(graph, question), seed=seed_of(graph_id), result=result, **known))
        verification = Verification.model_validate_json(result.read_text())
        self._once_reachable(lambda: self._worker.store.put_verification(verification))

    def _computed(self, graph_id: str) -> None:
        """Compute the internals of a graph's prompt. They take the place of others once they are whole: first their
        file, then what the database holds; the others' file goes last."""
        graph, known = self._handed(graph_id, Phase.INTERNALS)
        worker, parameters, arrays = self._worker, self._accepted.internals, self._folder / "arrays.internals"
        assert parameters is not None
        stored = self._folder / "internals.npz"
        self._run(InternalsRequest(parameters=parameters, arrays=arrays, stored=stored, **known))
        started = time.perf_counter()
        internals = read_stored_internals(stored)
        worker.internals.keep(internals.record.id, arrays)
        before: list[InternalsRecord | None] = []

        def store() -> None:
            before.append(worker.store.internals_record(graph_id))
            worker.store.put_internals(graph, internals)

        try:
            self._once_reachable(store)
        except GraphNotFound:  # it was deleted meanwhile
            worker.internals.drop(internals.record.id)
            raise
        for other in {each.id for each in before if each is not None} - {internals.record.id}:
            worker.internals.drop(other)
        self._add_timings({"store": round(time.perf_counter() - started, 4)})

    def _answered(self, graph_id: str, question: InternalsQuestion) -> None:
        _, known = self._handed(graph_id, Phase.INTERNALS)
        record = self._worker.store.internals_record(graph_id)
        if record is None:
            raise InternalsNotComputed(graph_id, "they were not computed")
        result = self._folder / "result.json"
        self._run(QuestionRequest(question=question, result=result, **known))
        self._worker.internals.keep_answer(record.id, question, result)

    def _handed(self, graph_id: str, phase: Phase) -> tuple[AttributionGraph, dict[str, Any]]:
        """A stored graph, and what every request about it has: its file and the model. The phase begins."""
        worker, accepted = self._worker, self._accepted
        self._report(phase, 0, 0)
        graph = worker.store.read(graph_id)
        entry, transcoders = worker.registry.find(accepted.model, accepted.transcoders)
        self._folder.mkdir(parents=True, exist_ok=True)
        handed = self._folder / "tested.npz"
        write_graph(handed, graph)
        return graph, {"entry": entry, "transcoders": transcoders, "graph": handed}

    def _run(self, request: Request) -> None:
        self._add_timings(self._worker.tracer.run(request, self._report, left=self.ends))

    def _load(self, graph: AttributionGraph) -> None:
        trace = self._whole if self._whole.exists() else None
        sets = known_sets(self._worker.work.parent)
        self._once_reachable(lambda: store_graph(graph, trace, self._worker.store, self._worker.traces, sets))

    def _once_reachable(self, store: Callable[[], object]) -> None:
        """Store something. Waits for a database that cannot be reached: what was computed is not thrown away, and no
        other job could be stored either. Raises Interrupted where the worker stops meanwhile."""
        while True:
            try:
                store()
                return
            except DatabaseUnavailable as error:
                log.warning("A job waits to be stored. %s", error)
                if self.ends.wait(RETRY_INTERVAL):
                    raise Interrupted from None

    @contextmanager
    def _timed(self, phase: Phase) -> Iterator[None]:
        self._report(phase, 0, 1)
        started = time.perf_counter()
        yield
        self._add_timings({phase.value: round(time.perf_counter() - started, 4)})
        self._report(phase, 1, 1)

    def _add_timings(self, timings: dict[str, float]) -> None:
        self._last = self._last.model_copy(update={"timings": {**self._last.timings, **timings}})

    def _report(self, phase: Phase, done: int, total: int) -> None:
        """Record progress, where it is due. To be called in a step."""
        if self.ends.is_set():
            raise Interrupted
        changed = phase != self._last.phase
        if changed or self._last.phase_at is None:
            self._last = self._last.model_copy(update={"phase_at": datetime.now(UTC)})
        self._last = self._last.model_copy(update={"phase": phase, "done": done, "total": total})
        ended = done == total > 0
        now = time.monotonic()
        if changed or ended or now - self._written_at >= WRITE_INTERVAL:
            self._written_at = now
            DBOS.set_event(PROGRESS, to_json(self._last))
