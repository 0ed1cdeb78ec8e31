"""The committed example graphs are the graphs that the model gives now; else `make demo-graphs` writes them anew."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from demo.example_graphs import write_example_graphs
from ingest.jobs.examples import FOLDER
from ingest.models import EXAMPLES
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from ingest.traces.file import read_trace
from ingest.traces.trace import Trace
from ingest.worker.handover import read_graph
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import GraphRecord, Thresholds

pytestmark = pytest.mark.slow

NAMES = sorted(path.stem for path in FOLDER.glob("*.npz"))
RUN_FIELDS = {"versions", "timings", "created_at"}
"""Fields of a record that differ from run to run."""


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graphs that tracing gives now."""
    folder = tmp_path_factory.mktemp("traced")
    write_example_graphs(folder)
    return folder


def both(name: str, traced: Path) -> Iterator[tuple[AttributionGraph, Trace]]:
    for folder in (FOLDER, traced):
        yield read_graph(folder / f"{name}.npz"), read_trace(folder / f"{name}.trace")


def dense(trace: Trace) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    target, source, weight = trace.edges.rows(0, trace.edges.n_nodes)
    matrix = np.zeros((trace.edges.n_nodes, trace.edges.n_nodes))
    matrix[target, source] = weight
    return matrix


def facts(record: GraphRecord) -> dict[str, object]:
    """The record without RUN_FIELDS, flat."""
    fields = record.model_dump(exclude=RUN_FIELDS)
    return fields | {f"predicted {name}": value for name, value in fields.pop("prediction").items()}


def rounded(record: GraphRecord) -> dict[str, object]:
    """`facts` with figures that equal others within the rounding of float32."""
    return {
        name: pytest.approx(value, rel=1e-4) if isinstance(value, float) else value
        for name, value in facts(record).items()
    }


def test_each_example_has_its_files() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{ending}" for name in NAMES for ending in ("npz", "trace")
    }
    assert [read_graph(FOLDER / f"{name}.npz").record.prompt for name in NAMES] == list(EXAMPLES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 250_000


@pytest.mark.parametrize("name", NAMES)
def test_a_traced_example_is_the_committed_one(name: str, traced: Path) -> None:
    """Ids are equal; weights agree within float32's rounding, which differs between machines."""
    (graph, trace), (graph_now, trace_now) = both(name, traced)
    assert graph.record.id == graph_now.record.id
    assert graph.nodes.keys("") == graph_now.nodes.keys("")
    assert graph.nodes.token == graph_now.nodes.token
    assert facts(graph_now.record) == rounded(graph.record)
    assert trace.nodes.keys("") == trace_now.nodes.keys("")
    np.testing.assert_allclose(dense(trace_now), dense(trace), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(trace_now.nodes.activation, trace.nodes.activation, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_graph_is_its_trace_pruned(name: str) -> None:
    graph, trace = read_graph(FOLDER / f"{name}.npz"), read_trace(FOLDER / f"{name}.trace")
    thresholds = Thresholds()
    pruning = prune(trace, thresholds.node_threshold, thresholds.edge_threshold)
    pruned = assemble(trace, pruning, thresholds, timings={})
    assert facts(pruned.record) == rounded(graph.record)
    assert graph.nodes.keys("") == pruned.nodes.keys("")
    np.testing.assert_array_equal(graph.edges.source, pruned.edges.source)
    np.testing.assert_array_equal(graph.edges.target, pruned.edges.target)
    np.testing.assert_allclose(graph.edges.share, pruned.edges.share)
