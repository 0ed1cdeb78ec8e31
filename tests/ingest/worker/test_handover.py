from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from ingest.worker.handover import read_graph, write_graph
from queries.graph.attribution_graph import AttributionGraph
from tests.support.graphs import graphs, make_graph, real_graph


def assert_same(read: AttributionGraph, written: AttributionGraph) -> None:
    assert read.record == written.record
    for part in ("nodes", "edges"):
        one, other = getattr(read, part), getattr(written, part)
        for column in one.__slots__:
            values = getattr(one, column)
            np.testing.assert_array_equal(values, getattr(other, column), err_msg=column)
            if isinstance(values, np.ndarray):
                assert values.dtype == getattr(other, column).dtype


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(graphs(labels=("A", 'a "b" \n \\')))
def test_a_graph_comes_back_as_it_was_written(tmp_path: Path, graph: AttributionGraph) -> None:
    path = tmp_path / "graph.npz"
    write_graph(path, graph)
    assert_same(read_graph(path), graph)
    assert [file.name for file in tmp_path.iterdir()] == ["graph.npz"]


def test_a_real_graph_comes_back(tmp_path: Path) -> None:
    graph = real_graph("dallas")
    write_graph(tmp_path / "graph.npz", graph)
    assert_same(read_graph(tmp_path / "graph.npz"), graph)


def test_what_is_written_over_is_whole_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "graph.npz"
    write_graph(path, make_graph("EL", {}))
    broken = make_graph("EL", {}, metadata={"no": object()})
    with pytest.raises(Exception, match="serialize"):
        write_graph(path, broken)
    assert_same(read_graph(path), make_graph("EL", {}))


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "graph.npz"
    with path.open("wb") as file:
        np.savez(file, text=np.array([{"code": 1}], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        read_graph(path)
