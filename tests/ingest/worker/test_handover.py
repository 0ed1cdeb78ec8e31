"""A graph on its way between processes comes back as it was."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from ingest.worker.handover import read_graph, write_graph
from queries.graph.attribution_graph import AttributionGraph, Supernode, View
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


def test_a_file_from_before_a_column_leaves_it_blank(tmp_path: Path) -> None:
    path = tmp_path / "graph.npz"
    write_graph(path, make_graph("EFL", {(0, 1): 1.0}))
    with np.load(path) as stored:
        arrays = {name: values for name, values in stored.items() if name != "node_activation"}
    np.savez(path, **arrays)
    nodes = read_graph(path).nodes
    assert np.isnan(nodes.activation).all() and nodes.index.tolist() == [0, 1, 2]


def test_the_names_in_a_file_stay(tmp_path: Path) -> None:
    """A job that a crash interrupted goes on from a file that an older version may have written."""
    write_graph(tmp_path / "graph.npz", make_graph("EL", {}))
    with np.load(tmp_path / "graph.npz") as stored:
        text = json.loads(stored["text"].tobytes())
        assert set(stored) == {
            *("text", "node_kind", "node_layer", "node_position", "node_index", "node_activation"),
            *("node_probability", "node_is_target_logit", "node_node_influence", "node_cumulative_influence"),
            *("node_input_total", "edge_source", "edge_target", "edge_weight", "edge_share"),
        }
    assert set(text) == {
        *("record", "token", "label", "site", "contributors", "views", "explanations"),
    }


@pytest.mark.parametrize("pinned", [True, False])
def test_a_file_from_before_views_had_supernodes_is_read(tmp_path: Path, pinned: bool) -> None:
    path, state = tmp_path / "graph.npz", {"pinned": ["graph/feature/0/0/1"]} if pinned else {}
    write_graph(path, make_graph("EFL", {(0, 1): 1.0}))
    with np.load(path) as stored:
        arrays = dict(stored)
    text = json.loads(arrays["text"].tobytes()) | {
        "supernodes": [{"name": "one", "members": [0, 1]}],
        "views": [{"name": "file", "revision": 1, "state": state}] if pinned else [],
    }
    arrays["text"] = np.frombuffer(json.dumps(text).encode(), dtype=np.uint8)
    np.savez(path, **arrays)
    assert read_graph(path).views == (View("file", 1, state, (Supernode("one", (0, 1)),)),)
