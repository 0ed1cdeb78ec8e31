"""A data set behind the API: everything that reads is answered, everything that stores is refused at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import ingest
from api.client.places import Places
from api.http.app import ROUTERS, create_app
from api.server import open_explorer
from queries.store.parquet import write_data_set
from tests.queries.store.test_store import full_graph
from tests.support.api import problem
from tests.support.graphs import make_graph
from tests.support.processes import write_graph

READING = {
    "/api/cypher",
    "/api/graphs/{graph_id}/circuit",
    "/api/graphs/{graph_id}/predict",
    "/api/models/{model}/tokens",
    "/api/queries/{name}",
    "/api/session",
}
"""What is posted and stores nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "set"
    write_data_set(folder, [full_graph("one"), make_graph("EFL", {(0, 1): 1.0, (1, 2): 1.0}, id="two")])
    return folder


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    places = Places(tmp_path_factory.mktemp("data"), f"parquet://{folder}")
    with (
        open_explorer(places) as explorer,
        TestClient(
            create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client,
    ):
        yield client


def test_graphs_paths_and_exports_are_answered(client: TestClient) -> None:
    assert [one["id"] for one in client.get("/api/graphs").json()["graphs"]] == ["one", "two"]
    assert client.get("/api/graphs/two").json()["n_edges"] == 2
    assert len(client.get("/api/graphs/one/nodes").json()["kind"]) == 7
    (path,) = client.get("/api/graphs/two/paths").json()["paths"]
    assert [node["kind"] for node in path["nodes"]] == ["embedding", "feature", "logit"]
    assert client.get("/api/compare", params={"graphs": "one,two"}).status_code == 200
    assert [one["id"] for one in client.get("/api/features/model/set/0/2").json()["graphs"]] == ["one"]
    assert len(client.get("/api/graphs/one/export").json()["nodes"]) == 7
    assert client.get("/api/export").status_code == 200
    assert client.get("/api/jobs").json() == {"jobs": []}
    problem(client.get("/api/graphs/three"), 404, "GraphNotFound")


@pytest.mark.slow
def test_it_is_asked_in_cypher(client: TestClient) -> None:
    query = "MATCH (g:AttributionGraph)-[:HAS_NODE]->(n:FeatureNode) RETURN g.id, count(n) ORDER BY g.id"
    answer = client.post("/api/cypher", json={"query": query}).json()
    assert (answer["rows"], answer["engine"]) == ([["one", 2], ["two", 1]], "ladybug")
    named = client.post("/api/queries/top-paths", json={"parameters": {"graph": "two"}})
    assert named.status_code == 200 and len(named.json()["rows"]) == 1
    writing = client.post("/api/cypher", json={"query": "MATCH (v:View) DETACH DELETE v"})
    problem(writing, 403, "QueryRefused")


def test_its_health_cites_the_content(client: TestClient, folder: Path) -> None:
    health = client.get("/api/health").json()
    assert health["database"] == f"parquet://{folder}"
    assert re.fullmatch("sha256:[0-9a-f]{64}", health["content"])


def test_everything_that_stores_is_refused(client: TestClient) -> None:
    changing = [
        (method, route.path)
        for routes in ROUTERS
        for route in routes.router.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - {"GET", "HEAD"}
        if route.path not in READING
    ]
    assert len(changing) >= 6
    for method, path in changing:
        answer = client.request(method, re.sub("{[^}]*}", "one", path))
        detail = problem(answer, 403, "ReadOnlyDataSet")
        assert (
            " is a data set, which is only read." in detail and "circuit-explorer copy parquet:///" in detail
        )
    assert [one["id"] for one in client.get("/api/graphs").json()["graphs"]] == ["one", "two"]


def test_it_predicts_and_says_that_it_is_not_tested(client: TestClient) -> None:
    answer = client.post("/api/graphs/two/predict", json={"changes": [{"nodes": ["feature:0/1"]}]}).json()
    assert answer["predicted"]["effects"] and "is a data set, which is only read" in answer["why_not_tested"]
    assert client.get("/api/graphs/two/interventions").json() == {"interventions": []}
    assert client.get("/api/graphs/two/donors").json() == {"donors": []}


def test_a_file_is_refused_before_it_is_read(client: TestClient, tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield write_graph(tmp_path / "tiny.json").read_bytes()

    problem(client.post("/api/graphs/import", content=pieces()), 403, "ReadOnlyDataSet")
    fetched = client.post("/api/graphs/import", params={"source": "https://127.0.0.1:1/a.json"})
    problem(fetched, 403, "ReadOnlyDataSet")


def test_jobs_of_the_data_folder_wait_for_its_own_database(folder: Path, tmp_path: Path) -> None:
    with patch.object(ingest.JobQueue, "start", side_effect=AssertionError("jobs are run")):
        with open_explorer(Places(tmp_path, f"parquet://{folder}")):
            pass
        with pytest.raises(AssertionError), open_explorer(Places(tmp_path)):
            pass


def test_its_statuses_are_documented(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()["paths"]
    for path, methods in document.items():
        for method, operation in methods.items():
            told = operation["responses"].get("403", {}).get("description", "")
            assert ("ReadOnlyDataSet" in told) == (method != "get" and path not in READING), path
