"""A graph and its trace go out of the store and its folder together."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.importing import delete_graph
from ingest.loading import Loader
from ingest.traces.folder import TraceFolder
from queries.graph.attribution_graph import AttributionGraph
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.support.graph_documents import document, read


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    with open_store(f"ladybug://{tmp_path}/graphs.lbug") as opened:
        yield opened


def graph(graph_id: str) -> AttributionGraph:
    """A graph that was pruned from the trace `one`."""
    read_graph = read(document())
    pruned = read_graph.record.model_copy(update={"id": graph_id, "trace_id": "one"})
    return replace(read_graph, record=pruned)


def test_a_trace_is_kept_as_long_as_a_graph_of_it_is_stored(tmp_path: Path, store: GraphStore) -> None:
    written = tmp_path / "whole.trace"
    traces = TraceFolder(str(tmp_path / "traces"), store.traces)
    loader = Loader(store, traces)
    written.write_text("a trace")
    loader.store(graph("first"), written)
    loader.store(graph("second"), None)
    kept = tmp_path / "traces" / "one.trace"
    assert kept.read_text() == "a trace" and not written.exists()
    delete_graph("first", store, traces)
    assert kept.exists()
    delete_graph("second", store, traces)
    assert not kept.exists() and not store.graphs()


def test_a_graph_is_deleted_even_where_its_trace_cannot_be(
    store: GraphStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.load(graph("first"))
    delete_graph("first", store, TraceFolder("nosuch://bucket", store.traces))
    assert not store.graphs()
    assert "The file of the trace one is left." in caplog.text
