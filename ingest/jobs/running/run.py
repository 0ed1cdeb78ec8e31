"""One run of one job: its steps, each of which DBOS records once it is done.

1. `trace`: the tracing process traces and prunes the prompt, or prunes a kept trace again, and leaves the graph and the
   whole trace in the job's work folder. Nothing is traced where the graph is stored already.
2. `store`: the graph gets its features' explanations (annotate), goes into the database (load) and into the collection
   that is asked for, and its trace into the folder of kept traces. It begins once the graph is there, while the trace
   is still written.
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
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from dbos import DBOS
from dbos import error as dbos_errors

from ingest.annotation.file import annotate
from ingest.annotation.stored import annotated
from ingest.jobs.records import Json, Outcome, Progress, to_json
from ingest.jobs.running.course import Course
from ingest.jobs.running.graph_work import GraphWork
from ingest.jobs.running.storing import Report, Storing
from ingest.models import sources_fingerprint
from ingest.names import known_sets
from ingest.worker.handover import read_graph, read_traced_prompt
from ingest.worker.process import Interrupted
from ingest.worker.requests import PruneRequest, Request, TraceRequest
from queries.errors import CircuitExplorerError, DatabaseUnavailable, UnknownModel, UnknownTranscoders
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Phase, Problem
from queries.limits import ClientLeft

log = logging.getLogger(__name__)

ANNOTATION_SECONDS = 30.0
"""For which a job asks what its graph's features are: the graph is stored then, whatever is known."""


NO_TRACE = "Its whole trace is not kept."
"""The beginning of the note of a job whose tracing process ended while it wrote the trace of a graph that is stored."""


def _together(*sentences: str | None) -> str | None:
    return " ".join(filter(None, sentences)) or None


class _Stored(NamedTuple):
    graph_id: str
    trace_id: str | None
    note: str | None
    timings: dict[str, float]


class JobRun:
    def __init__(self, course: Course) -> None:
        self._course, self._tools, self._accepted = course, course.tools, course.accepted
        self.traces = True
        """Whether it still needs the tracing process."""
        self._traced, self._whole = course.folder / "graph.npz", course.folder / "whole.trace"
        self._note: str | None = None
        self._intervention_id: str | None = None
        self._made: str | None = None
        self._known = False
        self._storing: Storing[_Stored] | None = None

    def outcome(self) -> Outcome:
        """Raises Interrupted where the worker stops before the end, or the job is cancelled; finished steps stay
        finished."""
        problem: Problem | None = None
        steps = self._steps()
        try:
            for place, step in enumerate(steps):
                if self._course.ends.is_set():
                    raise Interrupted
                self.traces = any(each != self._store for each in steps[place:])
                result = DBOS.run_step({"name": step.__name__.strip("_")}, self._guarded, step)
                self._course.last = Progress.model_validate(result["last"])
                self._made = result["graph_id"]
                self._note = result.get("note")
                self._known = result.get("known", False)
                self._intervention_id = result.get("intervention_id")
                if result["problem"] is not None:
                    problem = Problem.model_validate(result["problem"])
                    break
        finally:
            if self._storing is not None:
                self._storing.wait()
        shutil.rmtree(self._course.folder, ignore_errors=True)
        return Outcome(
            graph_id=self._made,
            intervention_id=self._intervention_id,
            problem=problem,
            note=self._note,
            known=self._known,
            last=self._course.last,
            finished_at=datetime.now(UTC),
        )

    def cancel(self) -> None:
        """Nobody waits for its end any more."""
        self._course.ends.set()

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
            graph_id = self._course.once_reachable(step)  # what the step computes it stores, waiting there
        except CircuitExplorerError as error:
            problem = Problem(error=type(error).__name__, detail=str(error))
        except ClientLeft:
            raise Interrupted from None
        except dbos_errors.DBOSException:  # the job has not failed
            raise
        except Exception:
            log.exception("A job failed unexpectedly in its phase %s.", self._course.last.phase)
            detail = f"The server failed in the phase {self._course.last.phase}; its log says how."
            problem = Problem(error="InternalError", detail=detail)
        return {
            "graph_id": graph_id,
            "intervention_id": self._intervention_id,
            "problem": problem and to_json(problem),
            "note": self._note,
            "known": self._known,
            "last": to_json(self._course.last),
        }

    def _trace(self) -> str | None:
        """Leave a graph in the work folder; or the id of the one that is stored already."""
        accepted = self._accepted
        if not accepted.forced and (found := self._found()) is not None:
            return found
        request: Request
        if accepted.pruned_graph is None:
            entry, transcoders = self._tools.registry.find(accepted.model, accepted.transcoders)
            request = TraceRequest(
                entry=entry.for_job(accepted.parameters.model),
                transcoders=transcoders,
                prompt=accepted.prompt,
                messages=accepted.messages,
                attribution=accepted.parameters.attribution,
                thresholds=accepted.parameters.thresholds,
                output=self._traced,
                trace=self._whole,
                retention=self._tools.traces.retention,
            )
            self._course.report(Phase.TRACE, 0, 0)
        else:
            copy = self._course.folder / "kept.trace"
            kept = self._tools.traces.fetch(accepted.pruned_graph, accepted.trace_id, copy)
            request = PruneRequest(trace=kept, thresholds=accepted.parameters.thresholds, output=self._traced)
            self._course.report(Phase.PRUNE, 0, 0)

        def on_progress(phase: Phase, done: int, total: int) -> None:
            self._course.report(phase, done, total)
            if self._storing is None and self._traced.exists():  # only the trace is still written
                self._storing = Storing(self._annotated_and_loaded)

        try:
            self._course.run(request, on_progress)
        except CircuitExplorerError as error:
            if self._storing is None:
                raise
            # The graph is whole and being stored: a job that failed would leave one that nobody asked for.
            self._note = f"{NO_TRACE} {error}"
        self._course.last = self._course.last.model_copy(update={"traced": read_traced_prompt(self._traced)})
        return None

    def _found(self) -> str | None:
        """The graph that is asked for, if it is stored; once no other job is making it."""
        known, found = self._tools.known, list[str | None]()

        def look() -> None:
            while known.is_made_elsewhere(self._accepted, self._course.job_id):
                self._course.wait()
            found.append(known.graph(self._accepted))

        self._course.once_reachable(look)
        self._known = found[0] is not None
        return found[0]

    def _store(self) -> str | None:
        made = self._made
        if made is None and self._storing is None:
            if not self._traced.exists():  # the work folder is gone
                made = self._trace()
            if made is None and self._storing is None:
                self._storing = Storing(self._annotated_and_loaded)
        if made is None:
            assert self._storing is not None
            for phase, done in self._storing.progress():
                self._course.report(phase, done, 1)
            ended, self._storing = self._storing, None  # a step that is begun again stores again
            stored = ended.result()
            made, self._note = stored.graph_id, _together(self._note, stored.note)
            self._course.add_timings(stored.timings)
            if (trace_id := stored.trace_id) is not None and self._whole.exists():
                # It asks the database whether a stored graph has the trace.
                self._course.once_reachable(lambda: self._tools.traces.keep(trace_id, self._whole))
            self._remember(made)
        if (name := self._accepted.collection) is not None:
            graphs = [made]
            self._course.once_reachable(lambda: self._tools.store.collections.change(name, add=graphs))
        return made

    def _remember(self, graph_id: str) -> None:
        """Whoever asks for the same is answered with the graph; by the commit, too, that a model of the hub had once it
        was fetched."""
        asked, known = self._accepted, self._tools.known
        known.remember(asked, graph_id, self._course.job_id)
        if asked.made_from is not None:
            now = sources_fingerprint(*self._tools.registry.find(asked.model, asked.transcoders))
            if now != asked.made_from:
                known.remember(asked.model_copy(update={"made_from": now}), graph_id, self._course.job_id)

    def _annotated_and_loaded(self, report: Report) -> "_Stored":
        """Store the graph of the work folder."""
        started = time.perf_counter()
        report(Phase.ANNOTATE, 0)
        graph, note = self._annotated(read_graph(self._traced))
        report(Phase.ANNOTATE, 1)
        annotated_at = time.perf_counter()
        if self._course.ends.is_set():
            raise Interrupted
        report(Phase.LOAD, 0)
        sets = known_sets(self._tools.work.parent)
        self._course.once_reachable(lambda: self._tools.loader.store(graph, None, sets))
        report(Phase.LOAD, 1)
        timings = {
            Phase.ANNOTATE.value: round(annotated_at - started, 4),
            Phase.LOAD.value: round(time.perf_counter() - annotated_at, 4),
        }
        return _Stored(graph.record.id, graph.record.trace_id, note, timings)

    def _annotated(self, graph: AttributionGraph) -> tuple[AttributionGraph, str | None]:
        """The graph with its features' explanations, and what it lacks of them."""
        try:
            _, transcoders = self._tools.registry.find(self._accepted.model, self._accepted.transcoders)
        except (UnknownModel, UnknownTranscoders):
            if self._accepted.pruned_graph is None:
                raise  # else an imported file's: the explanations of its features are in the database
        else:
            if self._tools.annotator is None:  # which reads the set's file itself
                return annotate(graph, transcoders), None
        if self._tools.annotator is None:
            return graph, None
        return annotated(graph, self._tools.annotator, ANNOTATION_SECONDS, self._course.ends)

    def _verify(self) -> str:
        """Put the graph that was made to the test. It is stored: what cannot be tested is a note."""
        return self._besides("It was not verified.", GraphWork.verify)

    def _internals(self) -> str:
        """Compute the internals of the graph that was made."""
        return self._besides("Its internals were not computed.", GraphWork.compute_internals)

    def _besides(self, lacking: str, work: Callable[[GraphWork], None]) -> str:
        """Work on the graph that was made: where it fails, the job is done without it, and a note says so."""
        graph_id = self._made
        assert graph_id is not None
        try:
            work(GraphWork(self._course, graph_id))
        except DatabaseUnavailable:
            raise
        except CircuitExplorerError as error:
            self._note = _together(self._note, lacking, str(error))
        return graph_id

    def _test(self) -> str:
        """Work on a stored graph."""
        accepted, graph_id = self._accepted, self._accepted.tested_graph
        assert graph_id is not None
        work = GraphWork(self._course, graph_id)
        if accepted.internals is not None:
            work.compute_internals()
        elif accepted.question is not None:
            work.answer(accepted.question)
        elif accepted.intervention is not None:
            self._intervention_id = work.intervene(accepted.intervention)
        else:
            work.verify()
        return graph_id
