"""Work on whole traces that needs no model: in the tracing process, since a server has no memory to spare for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest.graph_file.pieces import mapped
from ingest.graph_file.read import attribution_graph, parse_graph_file, trace_of_file
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace, write_trace
from ingest.traces.trace import Trace
from ingest.worker.handover import write_graph
from ingest.worker.requests import ImportRequest, RankRequest
from queries.graph.attribution_graph import AttributionGraph, Edges, Supernode
from queries.graph.features import Explanation
from queries.graph.influence import normalise
from queries.graph.records import Thresholds
from queries.paths.answer import rank

MOST_STORED_LINKS = 1_000_000
"""A file of more links is taken for a whole trace and pruned: stored whole it would help nobody, and crash viewers."""


def rank_trace(request: RankRequest) -> dict[str, float]:
    """Seconds by part, once the ranking is written."""
    timings: dict[str, float] = {}
    with timed(timings, "read"):
        graph = whole_graph(read_trace(request.trace), request)
    with timed(timings, "rank"):
        ranking, part = rank(graph, request.question).cut_down(graph)
    request.ranking.write_text(ranking.model_dump_json())
    write_graph(request.output, part)
    return timings


def whole_graph(trace: Trace, request: RankRequest) -> AttributionGraph:
    """A trace as a graph to be ranked: all its nodes and edges, with the record of one that was pruned from it."""
    n = trace.edges.n_nodes
    target, source, weight = trace.edges.rows(0, n)
    share, input_total = normalise(n, target, weight.astype(np.float64))
    nodes = replace(trace.nodes, input_total=input_total)
    edges = Edges(source.astype(np.int64), target, weight.astype(np.float64), share)
    supernodes = tuple(Supernode(name, tuple(members)) for name, members in trace.record.supernodes)
    said = {(layer, index): [Explanation(text, "", "")] for layer, index, text in request.labels}
    return AttributionGraph(request.record, nodes, edges, supernodes, explanations=said)


def import_file(request: ImportRequest) -> dict[str, float]:
    """Seconds by part, once the graph, and where it was pruned its whole trace, are written."""
    timings: dict[str, float] = {}
    with timed(timings, "read"):
        file = parse_graph_file(mapped(request.file))
    thresholds = request.thresholds
    if thresholds is None and len(file.links.weight) > MOST_STORED_LINKS:
        thresholds = Thresholds()
    if thresholds is None:
        write_graph(request.output, attribution_graph(file, request.name))
    else:
        trace = trace_of_file(file, request.name)
        write_pruned(request.output, trace, thresholds, timings)
        with timed(timings, "keep"):
            write_trace(request.trace, trace)
    return timings


def write_pruned(output: Path, trace: Trace, thresholds: Thresholds, timings: dict[str, float]) -> None:
    """Prune a trace, and write the graph that is left."""
    with timed(timings, "prune"):
        pruning = prune(trace, thresholds.node_threshold, thresholds.edge_threshold)
    write_graph(output, assemble(trace, pruning, thresholds, timings))


@contextmanager
def timed(timings: dict[str, float], part: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[part] = round(time.perf_counter() - started, 4)
