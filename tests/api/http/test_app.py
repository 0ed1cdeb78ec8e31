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


@pytest.mark.parametrize(
    "origin", ["http://[", "http://", "null", "", "http://127.0.0.1.evil.example", "x" * 1000]
)
def test_an_origin_that_cannot_be_read_is_foreign(client: TestClient, origin: str) -> None:
    said = problem(client.get("/api/health", headers={"Origin": origin}), 403, "ForbiddenOrigin")
    assert len(said) < 300


@pytest.mark.parametrize("host", ["127.0.0.1:[", "[::1]:x", "127.0.0.1:80:80", "[", "[::1", "", "x" * 1000])
def test_a_host_that_cannot_be_read_is_another(client: TestClient, host: str) -> None:
    said = problem(client.get("/api/nothing", headers={"Host": host}), 403, "ForbiddenHost")
    assert len(said) < 300


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_are_refused_but_their_links_work(client: TestClient, site: str) -> None:
    follows = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for page in ("/", "/graphs/some", "/api/docs"):
        assert client.get(page, headers=follows).status_code == 200
    problem(client.get("/api/graphs", headers=follows), 403, "ForbiddenOrigin")
    problem(client.post("/", headers=follows), 403, "ForbiddenOrigin")
    picture = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    problem(client.get("/api/graphs", headers=picture), 403, "ForbiddenOrigin")
    for own in ("same-origin", "none"):
        assert client.get("/api/graphs", headers={"Sec-Fetch-Site": own}).status_code == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/graphs", "GET"),
        ("/api/graphs/some", "DELETE, GET, PATCH"),
        ("/api/graphs/import", "POST"),
        ("/api/jobs", "GET, POST"),
        ("/api/session", "POST"),
        ("/api/docs", "GET, HEAD"),
        ("/some/page", "GET, HEAD"),
    ],
)
def test_an_address_names_all_its_methods(client: TestClient, path: str, methods: str) -> None:
    refused = client.put(path)
    problem(refused, 405, "MethodNotAllowed")
    assert ", ".join(sorted(refused.headers["Allow"].split(", "))) == methods


def test_an_address_of_other_methods_is_no_unknown_one(client: TestClient) -> None:
    refused = client.get("/api/session")
    problem(refused, 405, "MethodNotAllowed")
    assert refused.headers["Allow"] == "POST"
    for method in ("GET", "POST", "PUT"):
        problem(client.request(method, "/api/nothing"), 404, "NotFound")


@pytest.mark.parametrize("path", ["/%00", "/api%00/health", "/" + "a" * 300, "/" + "a/" * 3000, "/a.js%00"])
def test_an_address_that_no_file_can_have_is_the_page_s_own(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (200, 404)


@pytest.mark.parametrize("spelling", [rb'"\ud800"', rb'"a\uDFFFb"', b'"\xed\xa0\x80"', b'"\xed\xbf\xbf"'])
def test_half_a_character_is_refused_wherever_it_stands(client: TestClient, spelling: bytes) -> None:
    bodies = {
        "/api/jobs": [
            b'{"prompt": %b}',
            b'{"prompt": "a", "parameters": {"attribution_targets": [%b]}}',
            b'{"prompt": "a", "parameters": {%b: 1}}',
        ],
        "/api/session": [b'{"token": %b}'],
        "/api/cypher": [b'{"query": "RETURN 1", "parameters": {%b: 1}}', b'{"query": %b}'],
        "/api/queries/top-paths": [b'{"parameters": {"graph": %b}}'],
    }
    for path, documents in bodies.items():
        for document in documents:
            for encoding in ("utf-8", "utf-16", "utf-32-le"):
                body = (
                    (document % spelling).decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")
                )
                answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
                assert "half of a character" in problem(answer, 422, "InvalidRequest")


def test_a_whole_character_in_two_halves_is_text(client: TestClient) -> None:
    body = rb'{"prompt": "", "model": "\ud83e\udd9c"}'
    answer = client.post("/api/jobs", content=body, headers={"Content-Type": "application/json"})
    assert "\U0001f99c" in problem(answer, 404, "UnknownModel")


def test_answers_are_not_kept_by_caches(client: TestClient) -> None:
    for path in ("/api/health", "/api/nothing", "/api/graphs"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    refused = client.get("/api/health", headers={"Origin": "null"})
    assert refused.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in refused.headers["Content-Security-Policy"]
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")


def test_the_description_of_the_api_is_one_page_without_scripts(client: TestClient) -> None:
    """So it keeps to the page's own policy, and needs no other server."""
    answer = client.get("/api/docs")
    assert answer.headers["Content-Type"].startswith("text/html")
    text = answer.text
    assert "<script" not in text and "://" not in text.replace("http://127.0.0.1", "")
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"<h3>{method.upper()} {path}</h3>" in text
    targets = {part.partition('"')[0] for part in text.split('href="#')[1:]}
    assert targets and all(f'id="{target}"' in text for target in targets)


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
