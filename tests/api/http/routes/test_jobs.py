"""Jobs over HTTP. Tests that need a running worker are in test_server and test_cli."""

import json
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.explorer import Explorer
from api.http.app import create_app
from api.server import open_explorer
from tests.support.api import problem


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


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[Explorer]:
    with open_explorer(Places(tmp_path / "data"), run_jobs=False) as explorer:
        yield explorer


def asking(explorer: Explorer) -> TestClient:
    return TestClient(create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False)


def submitted(client: TestClient) -> str:
    answer = client.post("/api/jobs", json={"prompt": "Dallas"})
    if answer.status_code == 404:
        pytest.skip("the demo model is not here")
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_a_job_that_the_disk_has_no_room_for_is_refused(explorer: Explorer) -> None:
    with asking(explorer) as client:
        kept = submitted(client)
        _, most = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
        try:
            answer = client.post("/api/jobs", json={"prompt": "Dallas"})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "There is no room to write in" in problem(answer, 507, "StorageFull")
        assert [job["id"] for job in client.get("/api/jobs").json()["jobs"]] == [kept]
        submitted(client)


@pytest.mark.parametrize(
    "inputs",
    [
        "{",
        "[]",
        "null",
        '{"positionalArgs": [], "namedArgs": {}}',
        '{"positionalArgs": [{"prompt": "of another version"}], "namedArgs": {}}',
        None,
    ],
)
def test_a_job_that_cannot_be_read_is_shown_as_such(tmp_path: Path, inputs: str | None) -> None:
    """And a server starts on it: it lists the jobs, and looks after the folders of unfinished ones."""
    places = Places(tmp_path / "data")
    with open_explorer(places, run_jobs=False) as explorer, asking(explorer) as client:
        damaged, whole = submitted(client), submitted(client)
    with closing(sqlite3.connect(places.data / "jobs.sqlite")) as database, database:
        changed = "UPDATE workflow_input SET inputs = ? WHERE workflow_uuid = ?"
        assert database.execute(changed, (inputs, damaged)).rowcount == 1
    (places.data / "work" / damaged).mkdir(parents=True)
    with open_explorer(places, run_jobs=False) as explorer, asking(explorer) as client:
        explorer.queue.tidy()
        jobs = {job["id"]: job for job in client.get("/api/jobs").json()["jobs"]}
        assert jobs[whole]["problem"] is None
        assert jobs[damaged] == client.get(f"/api/jobs/{damaged}").json()
        assert (jobs[damaged]["state"], jobs[damaged]["problem"]["error"]) == ("failed", "UnreadableJob")
        assert client.get(f"/api/jobs/{damaged}/events").text.count("event: job") == 1
    assert not (places.data / "work" / damaged).exists()
