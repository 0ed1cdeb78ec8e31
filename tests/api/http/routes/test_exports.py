"""Exports over HTTP: whole graphs and parts of them, in every format, and data sets."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from fastapi.testclient import TestClient

from queries.exports.formats import FORMATS
from queries.store.parquet_store import ParquetStore
from tests.support.api import imported, problem
from tests.support.graphs import real_graph_file
from tests.support.processes import write_graph


def export(client: TestClient, graph: str, **query: Any) -> Any:
    answer = client.get(f"/api/graphs/{graph}/export", params=query)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("name", ["dallas-grouped", "oakland-grouped", "contraire-de-petit"])
def test_an_export_is_imported_as_the_same_graph(client: TestClient, name: str, tmp_path: Path) -> None:
    record = imported(client, real_graph_file(name))
    before = export(client, record["id"])
    (tmp_path / "export.json").write_bytes(before.content)
    assert client.delete(f"/api/graphs/{record['id']}").status_code == 204
    again = imported(client, tmp_path / "export.json")
    assert (again["id"], again["known"]) == (record["id"], False)
    assert export(client, record["id"]).json() == before.json()


def test_a_set_under_another_name_comes_back_as_the_same_graph(client: TestClient, tmp_path: Path) -> None:
    """A graph's id depends on what its file calls the set; it is stored under the name that all graphs share."""
    content = json.loads(real_graph_file("dallas").read_text())
    content["metadata"]["info"]["transcoder_set"] = "clt-hp"
    (tmp_path / "other.json").write_text(json.dumps(content))
    record = imported(client, tmp_path / "other.json")
    assert record["transcoder_set"] == "mntss/clt-gemma-2-2b-2.5M"
    (tmp_path / "export.json").write_bytes(export(client, record["id"]).content)
    assert imported(client, tmp_path / "export.json")["id"] == record["id"]
    renamed = client.post(
        "/api/graphs/import?transcoder_set=mine", content=(tmp_path / "other.json").read_bytes()
    ).json()
    (tmp_path / "export.json").write_bytes(export(client, renamed["id"]).content)
    assert imported(client, tmp_path / "export.json")["id"] == renamed["id"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_a_file(client: TestClient, tiny: str, format: str) -> None:
    answer = export(client, tiny, format=format)
    form = FORMATS[format]  # type: ignore[index]
    assert answer.headers["content-type"].split(";")[0] == form.media_type
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="tiny{form.suffix}"')
    if form.media_type == "application/zip":
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


def test_a_file_s_name_is_harmless(client: TestClient, tmp_path: Path) -> None:
    graph = imported(client, write_graph(tmp_path / "a.json", 'ä "b"/../c\r\nX: y;', weight=8.0))["id"]
    disposition = export(client, graph).headers["content-disposition"]
    plain, full = disposition.removeprefix("attachment; ").split("; ")
    assert plain == 'filename="b-..-c-X-y.json"'
    assert full == "filename*=UTF-8''%C3%A4%20%22b%22-..-c%0D%0AX%3A%20y%3B.json"


def graphml_keys(answer: Any) -> set[str]:
    return {node.split("/", 1)[1] for node in nx.parse_graphml(answer.text).nodes}


def test_parts(client: TestClient, tiny: str) -> None:
    texas, austin, dallas = "feature/0/1/2", "logit/2/1/9", "embedding/-1/1/7"
    assert graphml_keys(export(client, tiny, format="graphml")) == {texas, austin, dallas}
    chosen = export(client, tiny, format="graphml", part="nodes", node=["label:Texas", "embeddings"])
    assert graphml_keys(chosen) == {texas, dallas}
    paths = export(client, tiny, format="node-link", part="paths", k=1)
    read = nx.node_link_graph(paths.json(), edges="edges")
    assert [(a.split("/")[1], b.split("/")[1]) for a, b in read.edges] == [
        ("embedding", "feature"),
        ("feature", "logit"),
    ]
    groups = export(client, tiny, format="node-link", part="paths", group_by="label")
    assert len(groups.json()["edges"]) == 3


def test_a_view_is_its_pinned_nodes(client: TestClient) -> None:
    record = imported(client, real_graph_file("dallas-grouped"))
    content = export(client, record["id"], part="view").json()
    assert len(content["nodes"]) == len(content["qParams"]["pinnedIds"]) == 76


def test_a_view_s_supernodes_are_in_its_part(client: TestClient, tmp_path: Path) -> None:
    graph = imported(client, write_graph(tmp_path / "viewed.json", "viewed", weight=6.5))["id"]
    texas, dallas = "feature/0/1/2", "embedding/-1/1/7"
    state = {
        "pinned": [f"{graph}/{dallas}"],
        "supernodes": [{"name": "Texas", "nodes": [f"{graph}/{texas}"]}],
    }
    view = {"revision": None, "notes": "", "state": state}
    assert client.put(f"/api/graphs/{graph}/views/mine", json=view).is_success
    part = export(client, graph, format="graphml", part="view", view="mine")
    assert graphml_keys(part) == {texas, dallas}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"part": "nodes"}, "node: name at least one"),
        ({"part": "nodes", "node": "label:Nowhere"}, "node: 'label:Nowhere' names nothing"),
        ({"part": "view"}, "view: the graph has no view"),
        ({"part": "view", "view": "mine"}, "no view 'mine'"),
        ({"part": "paths", "through": "label:Nowhere"}, "through: "),
        ({"part": "paths", "min_length": 9}, "part: no path fits"),
        ({"format": "dot"}, "format: "),
        ({"prat": "view"}, "prat: "),
    ],
)
def test_what_cannot_be_exported_is_said(client: TestClient, tiny: str, query: Any, says: str) -> None:
    assert says in problem(client.get(f"/api/graphs/{tiny}/export", params=query), 422, "InvalidRequest")


def test_no_graph_no_export(client: TestClient, tiny: str) -> None:
    problem(client.get("/api/graphs/none/export"), 404, "GraphNotFound")
    problem(client.get("/api/graphs/none/export?part=paths"), 404, "GraphNotFound")
    problem(client.get("/api/export", params={"graph": [tiny, "none"]}), 404, "GraphNotFound")


def test_many_graphs_are_one_data_set(client: TestClient, pair: tuple[str, str], tmp_path: Path) -> None:
    answer = client.get("/api/export", params={"graph": [*pair, pair[0]]})
    assert answer.headers["content-disposition"].startswith('attachment; filename="graphs.parquet.zip"')
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / "set")
    store = ParquetStore(tmp_path / "set")
    assert {one.id for one in store.graphs()} == set(pair)
    zipfile.ZipFile(io.BytesIO(client.get("/api/export").content)).extractall(tmp_path / "all")
    stored = client.get("/api/graphs").json()["graphs"]
    assert [one.id for one in ParquetStore(tmp_path / "all").graphs()] == [one["id"] for one in stored]
