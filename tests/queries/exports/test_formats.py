"""Every export is read back by the library that others would use."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyarrow.parquet as pq
import pytest

from queries.errors import (
    FeatureNotFound,
    GraphNotFound,
    InterventionNotFound,
    InvalidDataSet,
    ReadOnlyDataSet,
)
from queries.exports.formats import FORMATS
from queries.exports.graphml import graphml
from queries.exports.networkx import node_link_json, to_networkx
from queries.exports.parquet import parquet
from queries.exports.pieces import zipped
from queries.exports.tables import csv_tables
from queries.graph.attribution_graph import AttributionGraph
from queries.store.copying import copy_graphs
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.parquet_store import ParquetStore
from queries.store.rows import PlaceInList
from queries.words import EXPORT_FORMATS
from tests.queries.interventions.samples import intervention, verification
from tests.queries.store.test_store import MADE, OTHER, OWN, assert_same, attention_graph, full_graph
from tests.support.engines import ladybug_engine
from tests.support.graphs import deep_graph, make_graph, real_graph

STRANGE = "a <b> & \"c\" 'd' \x07 \r\n \ud7ff 🦜 =1+1"


def strange_graph() -> AttributionGraph:
    graph = attention_graph("one")
    graph.nodes.token[0] = graph.nodes.label[2] = STRANGE
    return graph


def by_key(graph: AttributionGraph) -> Any:
    """The networkx graph whose nodes are keys."""
    drawn: Any = to_networkx(graph)
    named = nx.relabel_nodes(drawn, dict(drawn.nodes(data="key")))
    for _, known in named.nodes(data=True):
        del known["key"]
    return named


def assert_equal(read: Any, graph: AttributionGraph) -> None:
    expected = by_key(graph)
    assert read.is_directed() and not read.is_multigraph()
    assert dict(read.nodes(data=True)) == dict(expected.nodes(data=True))
    assert {(a, b): known for a, b, known in read.edges(data=True)} == {
        (a, b): known for a, b, known in expected.edges(data=True)
    }
    assert read.graph.items() >= expected.graph.items()


@pytest.mark.parametrize("graph", [full_graph(), strange_graph(), make_graph("EL", {}), deep_graph(1)])
def test_networkx_reads_node_link_json(graph: AttributionGraph) -> None:
    content = json.loads(b"".join(node_link_json(graph)))
    assert_equal(nx.node_link_graph(content, edges="edges"), graph)


@pytest.mark.parametrize("graph", [full_graph(), make_graph("EL", {}), deep_graph(1)])
def test_networkx_reads_graphml(graph: AttributionGraph) -> None:
    assert_equal(nx.parse_graphml(b"".join(graphml(graph)).decode()), graph)


def test_networkx_reads_a_real_graph() -> None:
    graph = real_graph("dallas-grouped")
    assert_equal(nx.parse_graphml(b"".join(graphml(graph)).decode()), graph)
    content = json.loads(b"".join(node_link_json(graph)))
    assert_equal(nx.node_link_graph(content, edges="edges"), graph)


def test_graphml_replaces_what_no_xml_can_hold() -> None:
    read = nx.parse_graphml(b"".join(graphml(strange_graph())).decode())
    assert read.nodes["one/embedding/-1/0/0"]["token"] == STRANGE.replace("\x07", "\ufffd")


def test_an_edge_without_a_cost_is_valid_json() -> None:
    graph = make_graph("EEL", {(0, 2): 1e-320, (1, 2): 1e300})
    assert graph.edges.share[0] == 0
    edges = json.loads(b"".join(node_link_json(graph)), parse_constant=pytest.fail)["edges"]
    assert ["cost" in edge for edge in edges] == [False, True]


def test_csv_holds_every_node_and_edge_and_no_formula() -> None:
    graph = strange_graph()
    graph.nodes.label[2] = "=1+1"
    graph = graph.with_explanations({})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(csv_tables(graph))))
    assert archive.testzip() is None
    nodes, edges = (
        list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
        for name in ("nodes.csv", "edges.csv")
    )
    assert [row["id"] for row in nodes] == graph.nodes.keys("one")
    assert nodes[2]["label"] == "'=1+1"
    assert nodes[0]["token"] == STRANGE
    assert (nodes[3]["site"], nodes[3]["activation"], nodes[0]["activation"]) == ("attn", "1.0", "")
    assert [float(row["weight"]) for row in edges] == graph.edges.weight.tolist()
    assert [row["target"] for row in edges] == [nodes[node]["id"] for node in graph.edges.target]


def test_the_table_has_every_format() -> None:
    assert tuple(FORMATS) == EXPORT_FORMATS
    for form in FORMATS.values():
        assert b"".join(form.write(full_graph()))


def test_the_same_files_make_the_same_archive_in_pieces() -> None:
    noise = [np.random.default_rng(seed).bytes(50_000) for seed in range(20)]
    one, other = (list(zipped([("a", iter(noise)), ("b", [b"x"])])) for _ in range(2))
    assert one == other and len(one) > 5
    assert zipfile.ZipFile(io.BytesIO(b"".join(one))).read("a") == b"".join(noise)


def graphs() -> list[AttributionGraph]:
    return [full_graph("one"), attention_graph("two"), make_graph("EL", {}, id="three")]


def test_a_data_set_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = write_data_set(tmp_path / "set", graphs())
    with open_store(f"parquet://{tmp_path}/set", read_only=True) as store:
        assert isinstance(store, ParquetStore) and store.content == record["content"]
        assert [one.id for one in store.graphs()] == ["one", "three", "two"] == sorted(record["graphs"])
        assert [one.id for one in store.graphs(1, PlaceInList(store.graphs()[0].created_at, "one"))] == [
            "three"
        ]
        for graph in graphs():
            assert store.record(graph.record.id) == graph.record
            assert_same(store.read(graph.record.id), graph)
        assert store.traces() == {"whole"}
        feature = store.feature("model", "set", 0, 2)
        assert [one.id for one in feature.graphs] == ["one", "two"]
        assert feature.explanations == [OWN, MADE]
        attention = store.feature("model", "lorsa/set", 0, 2, "attn")
        assert ([one.id for one in attention.graphs], attention.explanations) == (["two"], [OTHER])
        with pytest.raises(FeatureNotFound):
            store.feature("model", "set", 0, 3)
        with pytest.raises(GraphNotFound):
            store.read("four")
        assert (store.interventions("one"), store.verifications("one")) == ([], [])
        assert store.feature_places("two") == [(0, 0, 2)]
        with pytest.raises(InterventionNotFound):
            store.intervention("one")
        key = "one/feature/0/0/2"
        for change in (
            lambda: store.load(full_graph()),
            lambda: store.delete("one"),
            lambda: store.add_intervention(intervention("one", [key])),
            lambda: store.delete_intervention("one"),
            lambda: store.put_verification(verification("one", [key])),
        ):
            with pytest.raises(ReadOnlyDataSet, match="only read"):
                change()
    with pytest.raises(ReadOnlyDataSet):
        open_store(f"parquet://{tmp_path}/set")


def test_others_read_its_tables(tmp_path: Path) -> None:
    write_data_set(tmp_path, graphs())
    rows = {name: pq.read_table(tmp_path / f"{name}.parquet").to_pylist() for name in ("nodes", "edges")}
    ids = {(row["graph"], row["ordinal"]): row["id"] for row in rows["nodes"]}
    assert [row["id"] for row in rows["nodes"]] == [
        key for graph in graphs() for key in graph.nodes.keys(graph.record.id)
    ]
    assert {row["kind"] for row in rows["nodes"]} == {"embedding", "feature", "error", "logit"}
    assert len(rows["edges"]) == 14 and all((row["graph"], row["source"]) in ids for row in rows["edges"])
    features = pq.read_table(tmp_path / "features.parquet")["key"].to_pylist()
    assert len(features) == len(set(features)) == 3


def test_a_data_set_fills_an_empty_database(tmp_path: Path) -> None:
    write_data_set(tmp_path / "set", graphs())
    engine = ladybug_engine(tmp_path / "lab")
    with open_store(f"parquet://{tmp_path}/set", read_only=True) as source, open_store(engine.url) as target:
        assert [new for _, new in copy_graphs(source, target, source.graphs())] == [True] * 3
        for graph in graphs():
            read = target.read(graph.record.id)
            assert_same(read, graph)


def test_a_changed_data_set_is_refused(tmp_path: Path) -> None:
    write_data_set(tmp_path / "set", graphs())
    edges = tmp_path / "set" / "edges.parquet"
    edges.write_bytes(edges.read_bytes() + b" ")
    with pytest.raises(InvalidDataSet, match=r"edges\.parquet has another hash"):
        ParquetStore(tmp_path / "set")
    edges.unlink()
    with pytest.raises(InvalidDataSet, match=r"it has no edges\.parquet$"):
        ParquetStore(tmp_path / "set")
    (tmp_path / "set" / "record.json").write_text("{}")
    edges.touch()
    with pytest.raises(InvalidDataSet, match="is not one of"):
        ParquetStore(tmp_path / "set")
    with pytest.raises(InvalidDataSet, match="not empty"):
        write_data_set(tmp_path / "set", [])


def test_what_is_no_whole_data_set_says_why(tmp_path: Path) -> None:
    def why(folder: Path) -> str:
        with pytest.raises(InvalidDataSet) as found:
            ParquetStore(folder)
        assert str(folder) in str(found.value)
        return found.value.why

    write_data_set(tmp_path / "set", graphs())
    record = tmp_path / "set" / "record.json"
    assert why(tmp_path / "nowhere") == "there is no such folder"
    assert why(record) == "it is a file, not a folder; unpack a zip"
    whole = json.loads(record.read_text())
    for cited in ({**whole, "content": "sha256:0", "files": []}, {**whole, "content": None}):
        record.write_text(json.dumps(cited))
        assert "has another hash" in why(tmp_path / "set")
    record.write_text(json.dumps({**whole, "version": 4}))
    assert why(tmp_path / "set") == "it has version 4, this program reads 1, 2 and 3"
    record.write_text("{")
    assert why(tmp_path / "set").startswith("record.json is no JSON: ")
    record.unlink()
    assert why(tmp_path / "set") == (
        "it has no record.json, which is written last: it was not written to its end"
    )
    record.mkdir()
    assert why(tmp_path / "set").endswith("record.json cannot be read: is a directory")


def test_graphs_that_cannot_be_read_leave_an_empty_folder(tmp_path: Path) -> None:
    def broken() -> "Iterator[AttributionGraph]":
        yield full_graph()
        raise GraphNotFound("gone")

    with pytest.raises(GraphNotFound):
        write_data_set(tmp_path / "set", broken())
    assert list((tmp_path / "set").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(InvalidDataSet, match="cannot be made: not a directory"):
        write_data_set(tmp_path / "file" / "set", [])


def test_the_same_graphs_have_the_same_content_hash(tmp_path: Path) -> None:
    one, other = (write_data_set(tmp_path / name, graphs()) for name in ("one", "other"))
    assert one["content"] == other["content"]
    assert write_data_set(tmp_path / "third", graphs()[:1])["content"] != one["content"]


def test_a_data_set_in_a_zip_is_one_unpacked(tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(b"".join(parquet(graphs())))).extractall(tmp_path)
    assert_same(ParquetStore(tmp_path).read("two"), attention_graph("two"))


def test_an_error_of_reading_comes_before_the_first_piece() -> None:
    def broken() -> "list[AttributionGraph]":
        raise GraphNotFound("gone")

    with pytest.raises(GraphNotFound):
        parquet(graph for graph in broken())
    with pytest.raises(GraphNotFound):
        parquet(broken() for _ in range(1))  # type: ignore[misc]
