"""The HTTP API over a real store and job queue; what needs a running worker is in test_server and test_cli."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http import openapi
from api.http.app import create_app
from api.server import open_explorer
from tests.support.processes import GRAPHS, ROOT, write_graph


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        open_explorer(Places(tmp_path_factory.mktemp("data")), work=False) as explorer,
        TestClient(
            create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client,
    ):
        yield client


def imported(client: TestClient, file: Path) -> dict[str, Any]:
    answer = client.post("/api/graphs/import", content=file.read_bytes())
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


@pytest.fixture
def tiny(client: TestClient, tmp_path: Path) -> str:
    return str(imported(client, write_graph(tmp_path / "tiny.json"))["id"])


def problem(answer: Any, status: int, error: str) -> str:
    """The sentence of an answer that must be this problem, in the envelope and nothing else."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "detail"}
    assert body["error"] == error
    return str(body["detail"])


def test_the_openapi_document_is_the_codes() -> None:
    assert openapi.PATH.read_text(encoding="utf-8") == openapi.document(), "run `make openapi`"


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


def test_paths_single_and_grouped_with_the_totals(client: TestClient, tiny: str) -> None:
    answer = client.get(f"/api/graphs/{tiny}/paths").json()
    assert [path["score"] for path in answer["paths"]] == [0.75]
    assert [node["token"] for node in answer["paths"][0]["nodes"]] == [" Dallas", " Dallas", " Austin"]
    assert {name: answer[name] for name in ("total", "matching", "covered", "direct", "from_errors")} == {
        "total": 1.0,
        "matching": 0.75,
        "covered": 0.75,
        "direct": 0.25,
        "from_errors": 0.0,
    }
    assert answer["pruned_away"] is None  # what the file's pruning removed is not known
    grouped = client.get(f"/api/graphs/{tiny}/paths", params={"group_by": "label", "min_length": 1}).json()
    assert grouped["paths"] is None
    assert [(group["score"], group["members"]) for group in grouped["groups"]] == [(0.75, 1), (0.25, 1)]
    assert [step["name"] for step in grouped["groups"][0]["sequence"]] == [None, "Texas", None]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"k": "0"}, "k: "),
        ({"k": "10001"}, "k: "),
        ({"k": "many"}, "k: "),
        ({"group_by": "colour"}, "group_by: "),
        ({"min_length": "3", "max_length": "2"}, "max_length: 2 is below min_length"),
        ({"target": "no/such/node"}, "target: 'no/such/node' is not one of KIND/LAYER/POSITION/INDEX"),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_parameter(
    client: TestClient, tiny: str, query: dict[str, str], says: str
) -> None:
    assert says in problem(client.get(f"/api/graphs/{tiny}/paths", params=query), 422, "InvalidRequest")


def test_a_target_that_is_no_logit_or_feature_is_refused(client: TestClient, tiny: str) -> None:
    answer = client.get(f"/api/graphs/{tiny}/paths", params={"target": "token: Dallas"})
    assert "names nothing here; there are ' Austin'" in problem(answer, 422, "InvalidRequest")
    answer = client.get(f"/api/graphs/{tiny}/paths", params={"target": "embeddings"})
    assert "logit node" in problem(answer, 422, "InvalidRequest")


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
    before = client.get("/api/graphs").json()
    assert imported(client, write_graph(tmp_path / "again.json", "another name"))["id"] == tiny
    assert client.get("/api/graphs").json() == before


def test_a_deleted_graph_is_gone_and_can_come_again(client: TestClient, tmp_path: Path) -> None:
    file = write_graph(tmp_path / "short.json", weight=9.0)
    graph = imported(client, file)["id"]
    assert client.get(f"/api/graphs/{graph}/paths").status_code == 200
    assert client.delete(f"/api/graphs/{graph}").status_code == 204
    for path in ("", "/nodes", "/edges", "/paths"):
        assert graph in problem(client.get(f"/api/graphs/{graph}{path}"), 404, "GraphNotFound")
    problem(client.delete(f"/api/graphs/{graph}"), 404, "GraphNotFound")
    assert imported(client, file)["id"] == graph


@pytest.mark.parametrize(
    ("request_body", "status", "error"),
    [
        ({"prompt": ""}, 422, "EmptyPrompt"),
        ({"prompt": "  \n"}, 422, "EmptyPrompt"),
        ({"prompt": "state " * 400}, 422, "PromptTooLong"),
        ({"prompt": "Dallas", "model": "no-such-model"}, 404, "UnknownModel"),
        ({"prompt": "Dallas", "transcoders": "no-such-set"}, 404, "UnknownTranscoders"),
        ({}, 422, "InvalidRequest"),
        ({"prompt": "Dallas", "parameters": {"node_threshold": 1.5}}, 422, "InvalidRequest"),
        ({"prompt": "Dallas", "colour": "red"}, 422, "InvalidRequest"),
    ],
)
def test_a_prompt_that_cannot_be_traced_is_refused_at_once(
    client: TestClient, request_body: dict[str, Any], status: int, error: str
) -> None:
    detail = problem(client.post("/api/jobs", json=request_body), status, error)
    for value in ("no-such-model", "no-such-set", "colour", "node_threshold"):
        assert value not in json.dumps(request_body) or value in detail
    assert client.get("/api/jobs").json() == {"jobs": []}


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


@pytest.mark.skipif(not GRAPHS.is_dir(), reason="../shared/graphs is not here")
def test_the_real_labelled_graphs_are_explained_by_their_states(client: TestClient) -> None:
    for name, city, state, capital, score in (
        ("dallas", " Dallas", "Texas", " Austin", 0.0437),
        ("oakland", " Oakland", "California", " Sacramento", 0.0227),
    ):
        graph = imported(client, GRAPHS / f"gemma-2-2b-{name}-grouped.json")["id"]
        answer = client.get(f"/api/graphs/{graph}/paths", params={"group_by": "label"}).json()
        best = answer["groups"][0]
        assert [step["name"] or step["token"] for step in best["sequence"]] == [city, state, capital]
        assert best["score"] == pytest.approx(score, abs=5e-5)
