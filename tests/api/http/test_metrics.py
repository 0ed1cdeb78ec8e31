"""`GET /metrics`: read by Prometheus' own parser, with no label that a client or a prompt could make longer."""

import asyncio
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import requests
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.client.places import Places
from api.explorer import Explorer
from api.http.app import create_app
from api.server import open_explorer
from api.token import ApiToken
from api.worker_metrics import serving_metrics
from queries.errors import DatabaseUnavailable
from queries.limits import Limits
from tests.support.api import imported
from tests.support.patience import PATIENCE
from tests.support.processes import failure, write_graph

Labels = tuple[tuple[str, str], ...]


def samples(text: str) -> dict[str, dict[Labels, float]]:
    """Every sample by its name and its labels."""
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            assert labels not in found.setdefault(sample.name, {}), "a sample is there twice"
            found[sample.name][labels] = sample.value
    return found


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[Explorer]:
    with open_explorer(Places(tmp_path / "data"), run_jobs=False, others_trace=True) as explorer:
        yield explorer


@pytest.fixture
def client(explorer: Explorer) -> TestClient:
    return TestClient(create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False)


def read(client: TestClient) -> dict[str, dict[Labels, float]]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    return samples(answer.text)


def requests_of(found: dict[str, dict[Labels, float]], route: str, method: str, status: str) -> float:
    key = (("method", method), ("route", route), ("status", status))
    return found.get("circuit_explorer_http_request_seconds_count", {}).get(key, 0.0)


def test_requests_are_counted_by_their_route_s_template(client: TestClient, tmp_path: Path) -> None:
    graph_id = imported(client, write_graph(tmp_path / "tiny.json"))["id"]
    asked = [
        ("/api/graphs/{graph_id}/paths", "GET", "200", f"/api/graphs/{graph_id}/paths"),
        ("/api/graphs/{graph_id}/paths", "GET", "404", "/api/graphs/0123456789/paths"),
        ("/{path:path}", "GET", "404", "/api/nothing/is/here"),
        ("/api/health", "other", "405", "/api/health"),
        ("/metrics", "POST", "405", "/metrics"),
    ]
    for route, method, status, path in asked:
        before = requests_of(read(client), route, method, status)
        client.request("BREW" if method == "other" else method, path)
        assert requests_of(read(client), route, method, status) == before + 1, path
    text = client.get("/metrics").text
    assert graph_id not in text and "0123456789" not in text and "BREW" not in text


def test_what_the_guard_refuses_is_counted_too(client: TestClient) -> None:
    before = read(client)
    client.get("/api/graphs", headers={"Host": "elsewhere.example"})
    after = read(client)
    assert requests_of(after, "none", "GET", "403") == requests_of(before, "none", "GET", "403") + 1
    errors = [
        found.get("circuit_explorer_http_errors_total", {}).get((("error", "ForbiddenHost"),), 0.0)
        for found in (before, after)
    ]
    assert errors[1] == errors[0] + 1
    assert "elsewhere.example" not in client.get("/metrics").text


def test_jobs_are_counted_by_state_and_kind(client: TestClient, explorer: Explorer) -> None:
    assert "circuit_explorer_jobs" not in read(client)
    if not explorer.queue.models():
        pytest.skip("the demo model is not here")
    ids = [client.post("/api/jobs", json={"prompt": prompt}).json()["id"] for prompt in ("Dallas", "Texas")]
    client.post(f"/api/jobs/{ids[0]}/cancel")
    assert read(client)["circuit_explorer_jobs"] == {
        (("kind", "trace"), ("state", "cancelled")): 1,
        (("kind", "trace"), ("state", "queued")): 1,
    }
    assert "Dallas" not in client.get("/metrics").text


def test_without_the_job_database_the_rest_is_told(
    client: TestClient, explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(client)["circuit_explorer_job_database_up"] == {(): 1}

    def away() -> None:
        raise DatabaseUnavailable("postgresql://lab", "it is away")

    monkeypatch.setattr(explorer.queue, "counts", away)
    found = read(client)
    assert found["circuit_explorer_job_database_up"] == {(): 0}
    assert found["circuit_explorer_rankings"]


def test_rankings_that_run_and_wait_are_told(client: TestClient, explorer: Explorer) -> None:
    begun, told = Event(), Event()

    def rank(_: Limits) -> None:
        begun.set()
        assert told.wait(PATIENCE)

    def now() -> dict[str, float]:
        found = read(client)["circuit_explorer_rankings"]
        return {state: found[("of", "whole_traces"), ("state", state)] for state in ("running", "waiting")}

    async def ask() -> None:
        both = [asyncio.ensure_future(explorer.whole_traces.run(rank)) for _ in range(2)]
        await asyncio.to_thread(begun.wait, PATIENCE)
        assert await asyncio.to_thread(now) == {"running": 1, "waiting": 1}
        told.set()
        await asyncio.gather(*both)

    asyncio.run(ask())
    assert now() == {"running": 0, "waiting": 0}


def test_the_token_guards_them_as_it_does_the_api(tmp_path: Path) -> None:
    with open_explorer(Places(tmp_path), run_jobs=False, token=ApiToken("secret")) as explorer:
        client = TestClient(create_app(explorer), base_url="http://127.0.0.1")
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 200, "the page needs none"


def test_a_worker_s_are_not_for_everybody(tmp_path: Path) -> None:
    options = ("worker", "--metrics-port", "0", "--metrics-host", "0.0.0.0")
    assert "CIRCUIT_EXPLORER_TOKEN" in failure(*options, data=tmp_path / "data")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in failure("worker", "--metrics-port", port, data=tmp_path / "data")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("token", [None, ApiToken("secret")])
def test_a_worker_serves_its_own(token: ApiToken | None) -> None:
    with serving_metrics("127.0.0.1", 0, token) as port:
        url = f"http://127.0.0.1:{port}"
        headers = token.header if token else {}
        answer = requests.get(f"{url}/metrics", headers=headers, timeout=PATIENCE)
        assert answer.ok
        assert "circuit_explorer_jobs_here" in samples(answer.text)
        assert re.search("^process_resident_memory_bytes ", answer.text, re.MULTILINE)
        assert requests.get(f"{url}/api/jobs", headers=headers, timeout=PATIENCE).status_code == 404
        refused = requests.get(f"{url}/metrics", headers={"Authorization": "Bearer no"}, timeout=PATIENCE)
        assert refused.status_code == (200 if token is None else 401)
