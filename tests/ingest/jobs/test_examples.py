"""An empty database of a server that cannot trace gets the bundled model's examples from files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ingest
from ingest.models import EXAMPLES
from queries.errors import WorkerUnavailable
from queries.graph.attribution_graph import NodeKind
from queries.graph.records import JobRequest
from queries.store.open import open_store


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed


@contextmanager
def open_queue(data: Path) -> Iterator[ingest.JobQueue]:
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        traces = ingest.TraceFolder(str(data / "traces"), store.traces)
        queue = ingest.JobQueue(data, ingest.load_registry(data), store, traces)
        try:
            yield queue
        finally:
            queue.stop()


@pytest.mark.slow
@pytest.mark.usefixtures("without_torch")
def test_examples_come_from_files_where_the_model_cannot_run(tmp_path: Path) -> None:
    with open_queue(tmp_path) as queue:
        assert queue.queue_examples() == []
        assert queue.store_examples() == len(EXAMPLES)
        records = queue.store.graphs()
        assert [record.prompt for record in records] == list(EXAMPLES), "the newest first"
        for record in records:
            graph = queue.store.read(record.id)
            n_labelled = sum(graph.labels[node] is not None for node in graph.nodes.of_kind(NodeKind.FEATURE))
            assert record.n_labelled_nodes == n_labelled
            assert record.trace_id is not None
            assert queue.traces.fetch(record.id, record.trace_id, Path("unused")).is_file()
        assert "Texas" in queue.store.read(records[0].id).labels
        assert queue.store_examples() == 0, "the database is not empty any more"
        assert queue.jobs(1) == []
        with pytest.raises(WorkerUnavailable, match=r"circuit-explorer\[trace\]"):
            queue.submit(JobRequest(prompt=EXAMPLES[0]))


def test_where_the_model_can_run_no_file_is_taken(tmp_path: Path) -> None:
    with open_queue(tmp_path) as queue:
        assert queue.store_examples() == 0
        assert queue.store.graphs() == []


@pytest.mark.usefixtures("without_torch")
def test_another_default_model_has_no_files(data: Path) -> None:
    with open_queue(data) as queue:
        assert queue.store_examples() == 0
        assert queue.store.graphs() == []
