"""The application as one: its document, its answers to strangers and wrong addresses, its start without torch."""

import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.http import openapi
from queries.cypher.outliving import OutlivingQuery
from queries.cypher.runner import CypherRunner
from tests.support.api import problem
from tests.support.processes import ROOT, write_graph


def test_the_openapi_document_is_the_codes() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.document(), "run `make openapi`"


def test_unknown_jobs_and_addresses(client: TestClient) -> None:
    problem(client.get("/api/jobs/none"), 404, "JobNotFound")
    problem(client.get("/api/jobs/none/events"), 404, "JobNotFound")
    assert "/api/nothing" in problem(client.get("/api/nothing"), 404, "NotFound")
    problem(client.put("/api/graphs"), 405, "MethodNotAllowed")
    problem(client.post("/api/jobs", content=b"{"), 422, "InvalidRequest")


def test_only_pages_that_mean_this_server_may_ask(client: TestClient) -> None:
    assert client.get("/api/health", headers={"Host": "localhost:8000"}).status_code == 200
    problem(client.get("/api/health", headers={"Host": "evil.example"}), 403, "ForbiddenHost")
    foreign = {"Origin": "http://evil.example"}
    problem(client.post("/api/jobs", json={"prompt": "x"}, headers=foreign), 403, "ForbiddenOrigin")
    assert client.get("/api/graphs", headers={"Origin": "http://127.0.0.1"}).status_code == 200


def test_health_names_the_queries_that_the_database_goes_on_with(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/api/health").json()["outliving_queries"] == []
    found = [OutlivingQuery("neo4j-transaction-7", "RETURN all(…)", 12.5)]
    monkeypatch.setattr(CypherRunner, "outliving", found)
    assert client.get("/api/health").json()["outliving_queries"] == [
        {"id": "neo4j-transaction-7", "query": "RETURN all(…)", "seconds": 12.5}
    ]


@pytest.mark.slow
def test_it_serves_without_torch_and_says_that_it_cannot_trace(tmp_path: Path) -> None:
    write_graph(tmp_path / "tiny.json")
    code = """
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "circuit_tracer", "nnsight", "tokenizers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

sys.meta_path.insert(0, Absent())
import importlib.util
real = importlib.util.find_spec
def absent(name, package=None):
    try:
        return real(name, package)
    except ModuleNotFoundError:
        return None
importlib.util.find_spec = absent
from fastapi.testclient import TestClient
from api.http.app import create_app
from api.client.places import Places
from api.server import open_explorer
folder = Path(sys.argv[1])
with open_explorer(Places(folder / "data")) as explorer:
    with TestClient(create_app(explorer), base_url="http://127.0.0.1") as client:
        graph = client.post("/api/graphs/import", content=(folder / "tiny.json").read_bytes()).json()["id"]
        print(client.get(f"/api/graphs/{graph}/paths").status_code)
        refused = client.post("/api/jobs", json={"prompt": "Dallas"})
        print(refused.status_code, refused.json()["error"], "Retry-After" in refused.headers)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["200", "503 WorkerUnavailable False"]
