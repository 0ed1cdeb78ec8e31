"""The tasks of the tracing process: one for each kind of request.

Each writes its files, and returns seconds by part. `trace_prompt`, `intervene`, `verify`,
`compute_internals` and `answer_question` need a model.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from ingest.graph_file.pieces import mapped
from ingest.graph_file.read import attribution_graph, explained, parse_graph_file, trace_of_file
from ingest.identity import content_id
from ingest.internals.file import write_internals
from ingest.models import ModelEntry, TranscoderEntry
from ingest.pruning.assemble import assemble
from ingest.pruning.cut import write_retained
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace
from ingest.traces.trace import Trace
from ingest.worker.handover import read_graph, write_graph, write_stored_internals
from ingest.worker.requests import (
    ImportRequest,
    InternalsRequest,
    InterveneRequest,
    ModelRequest,
    PruneRequest,
    QuestionRequest,
    RankRequest,
    TraceRequest,
    VerifyRequest,
)
from queries.graph.attribution_graph import AttributionGraph, Edges, Supernode, file_view
from queries.graph.influence import normalise
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import Phase, Record, Thresholds
from queries.paths.answer import rank

if TYPE_CHECKING:
    from ingest.attribution.attribution import LoadedModel
    from ingest.attribution.internals.prompt import PromptRun
    from ingest.attribution.interventions.experiments import Experiment

MOST_STORED_LINKS = 1_000_000
"""A file with more links is taken for a whole trace and pruned: all of it in the database would help nobody, and crash
viewers."""

Timings: TypeAlias = dict[str, float]
"""Seconds, by part."""


class Process(Protocol):
    """The process that a task runs in."""

    def report(self, phase: Phase, done: int, total: int) -> None:
        """Tell the parent how many units of a phase are done, and their total (0: unknown)."""
        ...

    def model(self, entry: ModelEntry, transcoders: TranscoderEntry) -> "LoadedModel":
        """The model with its transcoders. It stays loaded until a task asks for another one."""
        ...


def trace_prompt(request: TraceRequest, process: Process) -> Timings:
    timings: Timings = {}
    process.report(Phase.TRACE, 0, 0)
    with timed(timings, "model"):
        from ingest.attribution.attribution import trace  # importing torch takes seconds
        from ingest.attribution.chat import by_transformers

        loaded = process.model(request.entry, request.transcoders)
    prompt = request.prompt
    if request.messages is not None:
        prompt = by_transformers(loaded.tokenizer, request.messages, request.entry.name)

    def on_progress(done: int, total: int) -> None:
        process.report(Phase.TRACE, done, total)

    with timed(timings, "trace"):
        traced = trace(loaded, prompt, request.attribution, on_progress, request.entry.offload)
    request.output.parent.mkdir(parents=True, exist_ok=True)
    process.report(Phase.PRUNE, 0, 2)
    write_graph(request.output, pruned(traced, request.thresholds, timings))
    process.report(Phase.PRUNE, 1, 2)  # the parent stores the graph meanwhile
    with timed(timings, "keep"):
        write_retained(request.trace, traced, request.retention)
    process.report(Phase.PRUNE, 2, 2)
    return timings


def prune_trace(request: PruneRequest, process: Process) -> Timings:
    timings: Timings = {}
    process.report(Phase.PRUNE, 0, 2)
    with timed(timings, "read"):
        trace = read_trace(request.trace)
    process.report(Phase.PRUNE, 1, 2)
    request.output.parent.mkdir(parents=True, exist_ok=True)
    write_graph(request.output, pruned(trace, request.thresholds, timings))
    process.report(Phase.PRUNE, 2, 2)
    return timings


def rank_trace(request: RankRequest, _: Process) -> Timings:
    timings: Timings = {}
    with timed(timings, "read"):
        trace = read_trace(request.trace)
        graph = unpruned_graph(trace, request)
    with timed(timings, "rank"):
        ranking, ranked = rank(graph, request.question)
        ranking, part = ranking.cut_down(ranked)
    if trace.record.cut is not None:
        ranking = ranking.model_copy(update={"cut_at": trace.record.cut.threshold})
    request.ranking.write_text(ranking.model_dump_json())
    write_graph(request.output, part)
    return timings


def unpruned_graph(trace: Trace, request: RankRequest) -> AttributionGraph:
    """All nodes and edges of a trace as a graph to be ranked, with the record of a graph that was pruned from it.
    Shares are of the whole trace, where it was cut too."""
    n, nodes = trace.edges.n_nodes, trace.nodes
    target, source, weight = trace.edges.rows(0, n)
    if trace.record.cut is None:
        share, input_total = normalise(n, target, weight.astype(np.float64))
        nodes = replace(nodes, input_total=input_total)
    else:
        share = np.abs(weight.astype(np.float64)) / nodes.input_total[target]
    edges = Edges(source.astype(np.int64), target, weight.astype(np.float64), share)
    drawn = trace.record.supernodes
    if request.supernodes is not None:
        keys = nodes.keys(request.record.id) if request.supernodes else []
        at = {key: node for node, key in enumerate(keys)}
        drawn = [(name, sorted(at[key] for key in members)) for name, members in request.supernodes]
    supernodes = tuple(Supernode(name, tuple(members)) for name, members in drawn)
    return AttributionGraph(
        request.record,
        nodes,
        edges,
        file_view([], supernodes),
        explanations=dict(request.explanations),
        borrowed=dict(request.borrowed),
        label_rule=request.question.labels,
    )


def import_file(request: ImportRequest, _: Process) -> Timings:
    timings: Timings = {}
    with timed(timings, "read"):
        file = parse_graph_file(mapped(request.file), request.options)
    request.report.write_text(file.dropped.model_dump_json())
    thresholds = request.thresholds
    if thresholds is None and len(file.links.weight) > MOST_STORED_LINKS:
        thresholds = Thresholds()
    if thresholds is None:
        write_graph(request.output, attribution_graph(file))
    else:
        trace = trace_of_file(file)
        write_graph(request.output, explained(pruned(trace, thresholds, timings), file))
        with timed(timings, "keep"):
            write_retained(request.trace, trace, request.retention)
    return timings


def intervene(request: InterveneRequest, process: Process) -> Timings:
    timings: Timings = {}
    experiment = _experiment(request, request.graph, process, timings)
    process.report(Phase.INTERVENE, 0, 1)
    with timed(timings, "intervene"):
        changes, measured = experiment.measure(request.changes, request.seed)
    graph_id, revisions = experiment.graph.record.id, _revisions(experiment.loaded)
    asked = [[*one.place, one.value, one.op, one.donor] for one in changes]
    result = Intervention(
        id=content_id({"graph": graph_id, "changes": asked, "seed": request.seed, **revisions}),
        graph_id=graph_id,
        changes=changes,
        seed=request.seed,
        predicted=request.predicted,
        measured=measured,
        versions=_versions(),
        note=request.note,
        created_at=datetime.now(UTC),
        **revisions,
    )
    request.result.write_text(result.model_dump_json())
    process.report(Phase.INTERVENE, 1, 1)
    return timings


def verify(request: VerifyRequest, process: Process) -> Timings:
    timings: Timings = {}
    experiment = _experiment(request, request.graph, process, timings)

    def on_progress(done: int, total: int) -> None:
        process.report(Phase.INTERVENE, done, total)

    on_progress(0, 2)
    with timed(timings, "intervene"):
        verified = experiment.verify(request.plan, request.seed, on_progress)
    question, revisions = request.plan.question, _revisions(experiment.loaded)
    asked = {**question.model_dump(), "graph": experiment.graph.record.id, "seed": request.seed}
    # Groups depend on labels and drawn supernodes, which change.
    tested = [one.nodes for one in verified.groups]
    result = Verification(
        id=content_id({**asked, "groups": tested, **revisions}),
        graph_id=experiment.graph.record.id,
        **question.model_dump(),
        seed=request.seed,
        **vars(verified),
        versions=_versions(),
        created_at=datetime.now(UTC),
        **revisions,
    )
    request.result.write_text(result.model_dump_json())
    return timings


def compute_internals(request: InternalsRequest, process: Process) -> Timings:
    timings: Timings = {}

    def on_progress(done: int, total: int) -> None:
        process.report(Phase.INTERNALS, done, total)

    with _prompt_run(request, request.graph, process, timings) as run:
        from ingest.attribution.internals.parts import compute

        computed = compute(run, request.parameters, on_progress)
    timings |= computed.findings.seconds
    with timed(timings, "keep"):
        write_internals(request.arrays, computed.internals.record, computed.findings, computed.arrays)
        write_stored_internals(request.stored, computed.internals)
    return timings


def answer_question(request: QuestionRequest, process: Process) -> Timings:
    timings: Timings = {}
    with _prompt_run(request, request.graph, process, timings) as run, timed(timings, "answer"):
        from ingest.attribution.internals.questions import answer

        request.result.write_text(answer(run, request.question).model_dump_json())
    return timings


@contextmanager
def _prompt_run(
    request: ModelRequest, graph: Path, process: Process, timings: Timings
) -> Iterator["PromptRun"]:
    """The request's model on its graph's prompt, recorded."""
    process.report(Phase.INTERNALS, 0, 0)
    with timed(timings, "model"):
        from ingest.attribution.internals.prompt import prompt_run  # importing torch takes seconds

        loaded = process.model(request.entry, request.transcoders)
    with prompt_run(loaded, read_graph(graph)) as run:
        yield run


def _experiment(request: ModelRequest, graph: Path, process: Process, timings: Timings) -> "Experiment":
    """The request's model on its graph's prompt."""
    process.report(Phase.BASELINE, 0, 0)
    with timed(timings, "model"):
        from ingest.attribution.interventions.experiments import Experiment  # importing torch takes seconds

        loaded = process.model(request.entry, request.transcoders)
    with timed(timings, "baseline"):
        return Experiment(loaded, read_graph(graph))


def _revisions(loaded: "LoadedModel") -> dict[str, str]:
    return {"model_revision": loaded.model_revision, "transcoder_revision": loaded.transcoder_revision}


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("circuit-explorer", "circuit-tracer", "torch", "transformers")}


TASKS: Mapping[type[Record], Callable[[Any, Process], Timings]] = {
    TraceRequest: trace_prompt,
    PruneRequest: prune_trace,
    RankRequest: rank_trace,
    ImportRequest: import_file,
    InterveneRequest: intervene,
    VerifyRequest: verify,
    InternalsRequest: compute_internals,
    QuestionRequest: answer_question,
}


def pruned(trace: Trace, thresholds: Thresholds, timings: Timings) -> AttributionGraph:
    """The graph that pruning leaves of a trace."""
    with timed(timings, "prune"):
        pruning = prune(trace, thresholds.node_threshold, thresholds.edge_threshold)
    return assemble(trace, pruning, thresholds, timings)


@contextmanager
def timed(timings: Timings, part: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[part] = round(time.perf_counter() - started, 4)
