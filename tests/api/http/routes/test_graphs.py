"""Graphs over HTTP: imported, read as columns, deleted."""

import json
import resource
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from tests.support.api import imported, problem
from tests.support.processes import write_graph


def test_a_graph_comes_back_as_columns(client: TestClient, tiny: str) -> None:
    record = client.get(f"/api/graphs/{tiny}").json()
    assert (record["n_nodes"], record["n_edges"], record["prediction"]["token"]) == (3, 3, " Austin")
    nodes = client.get(f"/api/graphs/{tiny}/nodes").json()
    assert nodes["kind"] == ["embedding", "feature", "logit"]
    assert nodes["label"] == [None, "Texas", None]
    assert nodes["token"] == [" Dallas", " Dallas", " Austin"]
    assert nodes["id"][1] == f"{tiny}/feature/0/1/2"
    edges = client.get(f"/api/graphs/{tiny}/edges").json()
    assert sorted(zip(edges["source"], edges["target"], edges["weight"], edges["share"], strict=True)) == [
        (0, 1, 1.5, 1.0),
        (0, 2, 1.0, 0.25),
        (1, 2, -3.0, 0.75),
    ]


def test_bad_files_store_nothing_and_leave_what_was_there(
    client: TestClient, tiny: str, tmp_path: Path
) -> None:
    before = client.get("/api/graphs").json()
    assert tiny in str(before)
    good = json.loads(write_graph(tmp_path / "good.json", weight=7.0).read_text())

    def with_link(**link: Any) -> dict[str, Any]:
        return {**good, "links": [*good["links"], link]}

    bad: list[tuple[Any, str]] = [
        (b"{", "it is not JSON"),
        (b"[]", "an object is expected"),
        (b"{}", "metadata: missing"),
        ({**good, "nodes": [{"node_id": "E_1_0"}]}, "nodes[0].feature_type: missing"),
        ({**good, "nodes": [*good["nodes"], good["nodes"][1]]}, "nodes[3]"),
        (
            with_link(source="nowhere", target="3_9_1", weight=1),
            "links[3].source: there is no node 'nowhere'",
        ),
        (with_link(source="0_2_1", target="0_2_1", weight=1), "cycle: 0_2_1 -> 0_2_1"),
        (with_link(source="E_7_1", target="3_9_1", weight=float("nan")), "links[3].weight"),
    ]
    for document, says in bad:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        assert says in problem(client.post("/api/graphs/import", content=content), 422, "InvalidGraph")
    assert client.get("/api/graphs").json() == before


def test_an_upload_that_the_disk_has_no_room_for_is_refused(client: TestClient) -> None:
    before = client.get("/api/graphs").json()
    _, most = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, most))
    try:  # one with thresholds is written to the disk whatever its size
        answer = client.post("/api/graphs/import?node_threshold=0.8", content=b" " * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "There is no room to write in" in problem(answer, 507, "StorageFull")
    assert client.get("/api/graphs").json() == before


def test_the_same_file_is_the_same_graph(client: TestClient, tiny: str, tmp_path: Path) -> None:
    (before,) = client.get("/api/graphs").json()["graphs"]
    again = imported(client, write_graph(tmp_path / "again.json", before["name"]))
    assert (again["id"], again["known"]) == (tiny, True)
    assert client.get("/api/graphs").json()["graphs"] == [before]


def test_a_file_that_differs_in_words_brings_the_new_words(
    client: TestClient, tiny: str, tmp_path: Path
) -> None:
    (before,) = client.get("/api/graphs").json()["graphs"]
    client.get(f"/api/graphs/{tiny}/nodes")  # which the server then keeps
    file = write_graph(tmp_path / "again.json", "another name")
    content = json.loads(file.read_text())
    content["metadata"]["prompt"] = "<s> Dallas, as it should read"
    (logit,) = (one for one in content["nodes"] if one["feature_type"] == "logit")
    logit["clerp"] = 'Output " AUSTIN" (p=0.600)'
    file.write_text(json.dumps(content))
    again = imported(client, file)
    assert (again["id"], again["known"], again["name"], again["prompt"]) == (
        *(tiny, True),
        *(before["name"], " Dallas, as it should read"),  # a person may have named it
    )
    assert again["prediction"] == {"token": " AUSTIN", "probability": 0.6}
    (after,) = client.get("/api/graphs").json()["graphs"]
    assert after == {key: again[key] for key in after}
    assert after["created_at"] == before["created_at"]
    assert " AUSTIN" in client.get(f"/api/graphs/{tiny}/nodes").json()["token"]
    imported(client, write_graph(tmp_path / "back.json", before["name"]))
    assert client.get("/api/graphs").json()["graphs"] == [before]


def test_a_deleted_graph_is_gone_and_can_come_again(client: TestClient, tmp_path: Path) -> None:
    file = write_graph(tmp_path / "short.json", weight=9.0)
    graph = imported(client, file)["id"]
    assert client.get(f"/api/graphs/{graph}/paths").status_code == 200
    assert client.delete(f"/api/graphs/{graph}").status_code == 204
    for path in ("", "/nodes", "/edges", "/paths"):
        assert graph in problem(client.get(f"/api/graphs/{graph}{path}"), 404, "GraphNotFound")
    problem(client.delete(f"/api/graphs/{graph}"), 404, "GraphNotFound")
    assert imported(client, file)["id"] == graph


def test_a_source_that_is_not_fetched_from_is_refused(client: TestClient) -> None:
    for source in ("https://evil.example/a.json", "http://127.0.0.1/", "file:///etc/passwd"):
        answer = client.post("/api/graphs/import", params={"source": source})
        assert problem(answer, 422, "InvalidRequest").startswith("source: ")
