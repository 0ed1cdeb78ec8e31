"""A graph and its trace go into the store and its folder together, and out together."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from ingest.importing import delete_graph, store_graph
from ingest.traces.folder import TraceFolder
from queries.errors import GraphNotFound
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import GraphRecord
from queries.store.store import GraphStore
from tests.support.graph_documents import document, read


@dataclass
class Shelf:
    """A store of records."""

    records: dict[str, GraphRecord] = field(default_factory=dict)

    def load(self, graph: AttributionGraph) -> None:
        self.records[graph.record.id] = graph.record

    def record(self, graph_id: str) -> GraphRecord:
        if graph_id not in self.records:
            raise GraphNotFound(graph_id)
        return self.records[graph_id]

    def delete(self, graph_id: str) -> None:
        del self.records[graph_id]

    def internals_record(self, graph_id: str) -> None:
        """None were computed."""

    def traces(self) -> set[str]:
        return {record.trace_id for record in self.records.values() if record.trace_id is not None}


def graph(graph_id: str) -> AttributionGraph:
    """A graph that was pruned from the trace `one`."""
    read_graph = read(document())
    pruned = read_graph.record.model_copy(update={"id": graph_id, "trace_id": "one"})
    return replace(read_graph, record=pruned)


def test_a_trace_is_kept_as_long_as_a_graph_of_it_is_stored(tmp_path: Path) -> None:
    shelf, written = Shelf(), tmp_path / "whole.trace"
    store = cast(GraphStore, shelf)
    traces = TraceFolder(str(tmp_path / "traces"), shelf.traces)
    written.write_text("a trace")
    store_graph(graph("first"), written, store, traces)
    store_graph(graph("second"), None, store, traces)
    kept = tmp_path / "traces" / "one.trace"
    assert kept.read_text() == "a trace" and not written.exists()
    delete_graph("first", store, traces)
    assert kept.exists()
    delete_graph("second", store, traces)
    assert not kept.exists() and not shelf.records


def test_a_graph_is_deleted_even_where_its_trace_cannot_be(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    shelf.load(graph("first"))
    delete_graph("first", cast(GraphStore, shelf), TraceFolder("nosuch://bucket", shelf.traces))
    assert not shelf.records
    assert "The file of the trace one is left." in caplog.text
