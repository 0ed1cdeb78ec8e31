"""What a job does about a stored graph: it puts it to the test, or computes the internals of its prompt."""

import time
from typing import Any

from ingest.jobs.running.course import Course
from ingest.worker.handover import read_stored_internals, write_graph
from ingest.worker.requests import InternalsRequest, InterveneRequest, QuestionRequest, VerifyRequest
from queries.errors import GraphNotFound, InternalsNotComputed
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import Phase, seed_of
from queries.internals.findings import InternalsQuestion
from queries.internals.records import InternalsRecord
from queries.interventions.changes import InterventionQuestion, resolve
from queries.interventions.plan import plan
from queries.interventions.targets import predicted


class GraphWork:
    def __init__(self, course: Course, graph_id: str) -> None:
        self._course, self._tools, self._graph_id = course, course.tools, graph_id

    def intervene(self, question: InterventionQuestion) -> str:
        """Store an intervention; its id."""
        store = self._tools.store
        graph, known = self._handed(Phase.BASELINE)
        donors = {donor: store.read(donor) for donor in question.donors}
        changes = resolve(graph, question.changes, donors)
        result = self._course.folder / "result.json"
        self._course.run(
            InterveneRequest(
                changes=[one.change for one in changes],
                predicted=predicted(graph, changes),
                seed=seed_of(self._graph_id) if question.seed is None else question.seed,
                note=question.note,
                result=result,
                **known,
            )
        )
        intervention = Intervention.model_validate_json(result.read_text())
        self._course.once_reachable(lambda: store.add_intervention(intervention))
        return intervention.id

    def verify(self) -> None:
        graph, known = self._handed(Phase.BASELINE)
        question, result = self._course.accepted.verification, self._course.folder / "result.json"
        assert question is not None
        seed = seed_of(self._graph_id)
        self._course.run(VerifyRequest(plan=plan(graph, question), seed=seed, result=result, **known))
        verification = Verification.model_validate_json(result.read_text())
        self._course.once_reachable(lambda: self._tools.store.put_verification(verification))

    def compute_internals(self) -> None:
        """They take the place of others once they are whole: first their file, then what the database holds; the
        others' file goes last."""
        graph, known = self._handed(Phase.INTERNALS)
        files, parameters = self._tools.internals, self._course.accepted.internals
        assert parameters is not None
        arrays, stored = self._course.folder / "arrays.internals", self._course.folder / "internals.npz"
        self._course.run(InternalsRequest(parameters=parameters, arrays=arrays, stored=stored, **known))
        started = time.perf_counter()
        internals = read_stored_internals(stored)
        files.keep(internals.record.id, arrays)
        before: list[InternalsRecord | None] = []

        def store() -> None:
            before.append(self._tools.store.internals_record(self._graph_id))
            self._tools.store.put_internals(graph, internals)

        try:
            self._course.once_reachable(store)
        except GraphNotFound:  # it was deleted meanwhile
            files.drop(internals.record.id)
            raise
        for other in {each.id for each in before if each is not None} - {internals.record.id}:
            files.drop(other)
        self._course.add_timings({"store": round(time.perf_counter() - started, 4)})

    def answer(self, question: InternalsQuestion) -> None:
        _, known = self._handed(Phase.INTERNALS)
        record = self._tools.store.internals_record(self._graph_id)
        if record is None:
            raise InternalsNotComputed(self._graph_id, "they were not computed")
        result = self._course.folder / "result.json"
        self._course.run(QuestionRequest(question=question, result=result, **known))
        self._tools.internals.keep_answer(record.id, question, result)

    def _handed(self, phase: Phase) -> tuple[AttributionGraph, dict[str, Any]]:
        """The graph, and what every request about it has: its file and the model. The phase begins."""
        accepted = self._course.accepted
        self._course.report(phase, 0, 0)
        graph = self._tools.store.read(self._graph_id)
        entry, transcoders = self._tools.registry.find(accepted.model, accepted.transcoders)
        self._course.folder.mkdir(parents=True, exist_ok=True)
        handed = self._course.folder / "tested.npz"
        write_graph(handed, graph)
        entry = entry.for_job(accepted.parameters.model)
        return graph, {"entry": entry, "transcoders": transcoders, "graph": handed}
