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
        ({"messages": [{"role": "user", "content": "Dallas"}]}, 422, "NoChatTemplate"),
        ({"messages": [{"role": "robot", "content": "Dallas"}]}, 422, "InvalidRequest"),
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


def submitted(client: TestClient, prompt: str = "Dallas") -> str:
    answer = client.post("/api/jobs", json={"prompt": prompt})
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
            answer = client.post("/api/jobs", json={"prompt": "Oakland"})
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
        damaged, whole = submitted(client), submitted(client, "Oakland")
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


@pytest.mark.parametrize("others_trace", [False, True])
def test_what_is_not_installed_here_may_be_where_the_workers_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others_trace: bool
) -> None:
    monkeypatch.setattr("ingest.jobs.queue.can_trace", lambda: False)
    places = Places(tmp_path / "data")
    with (
        open_explorer(places, run_jobs=False, others_trace=others_trace) as explorer,
        asking(explorer) as client,
    ):
        if others_trace:
            submitted(client)
        elif explorer.queue.models():
            problem(client.post("/api/jobs", json={"prompt": "Dallas"}), 503, "WorkerUnavailable")


def test_the_same_asked_again_is_the_same_job(explorer: Explorer) -> None:
    """While it waits or runs: afterwards it is another one."""
    with asking(explorer) as client:
        first = submitted(client)
        assert submitted(client) == first
        others = [
            client.post("/api/jobs", json={"prompt": "Dallas", **more}).json()["id"]
            for more in ({"parameters": {"max_n_logits": 3}}, {"verify": True}, {"internals": True})
        ]
        assert len({first, *others}) == 4
        client.post(f"/api/jobs/{first}/cancel")
        assert submitted(client) != first


def test_jobs_are_listed_by_state_kind_and_model(explorer: Explorer) -> None:
    with asking(explorer) as client:
        ids = [submitted(client, word) for word in ("Dallas", "Oakland", "Texas", "Lyon")]
        cancelled = client.post(f"/api/jobs/{ids[1]}/cancel").json()
        assert (cancelled["id"], cancelled["state"]) == (ids[1], "cancelled")

        def listed(**query: Any) -> list[str]:
            answer = client.get("/api/jobs", params=query)
            assert answer.status_code == 200, answer.text
            return [job["id"] for job in answer.json()["jobs"]]

        assert listed() == ids[::-1]
        assert listed(state="queued") == [ids[3], ids[2], ids[0]]
        assert listed(state=["queued", "cancelled"], limit=2) == [ids[3], ids[2]]
        assert listed(state=["queued", "cancelled"], limit=2, offset=2) == [ids[1], ids[0]]
        assert listed(state="failed") == listed(state="running") == listed(kind="prune") == []
        assert listed(kind="trace", model="demo", limit=1) == [ids[3]]
        assert listed(model="none") == []
        problem(client.get("/api/jobs", params={"state": "lost"}), 422, "InvalidRequest")


def test_a_job_is_cancelled_and_tried_again(explorer: Explorer) -> None:
    with asking(explorer) as client:
        job_id = submitted(client)
        told = problem(client.post(f"/api/jobs/{job_id}/retry"), 409, "JobNotRetried")
        assert "is queued: jobs that failed or were cancelled can be tried again" in told
        assert client.post(f"/api/jobs/{job_id}/cancel").status_code == 200
        again = client.post(f"/api/jobs/{job_id}/cancel")
        assert "is cancelled: there is nothing to cancel" in problem(again, 409, "JobEnded")
        other = client.post(f"/api/jobs/{job_id}/retry")
        assert other.status_code == 202 and other.json()["state"] == "queued"
        assert other.json()["prompt"] == "Dallas" and other.json()["id"] != job_id
        for path in ("cancel", "retry"):
            problem(client.post(f"/api/jobs/none/{path}"), 404, "JobNotFound")


def test_a_stream_that_was_lost_goes_on(explorer: Explorer) -> None:
    """The last event is told in any case: a client that had it may have missed the end of the stream."""
    with asking(explorer) as client:
        job_id = submitted(client)
        client.post(f"/api/jobs/{job_id}/cancel")
        whole = client.get(f"/api/jobs/{job_id}/events").text
        (event_id,) = [line.removeprefix("id: ") for line in whole.splitlines() if line.startswith("id: ")]
        again = client.get(f"/api/jobs/{job_id}/events", headers={"Last-Event-ID": event_id}).text
        assert again == whole


def test_a_batch_is_queued_whole_or_not_at_all(explorer: Explorer) -> None:
    with asking(explorer) as client:
        waits = submitted(client, "Lyon")
        words = ["Dallas", "Oakland", "Dallas", "Lyon"]
        answer = client.post("/api/jobs/batch", json={"jobs": [{"prompt": word} for word in words]})
        assert answer.status_code == 202, answer.text
        jobs = answer.json()["jobs"]
        assert [job["prompt"] for job in jobs] == ["Dallas", "Oakland", "Lyon"], "the same is one job"
        assert jobs[-1]["id"] == waits
        assert len(client.get("/api/jobs").json()["jobs"]) == 3
        for bad, why in (
            ({"prompt": ""}, "jobs.1: The prompt is empty"),
            ({"prompt": "Texas", "model": "none"}, "jobs.1: Unknown model 'none'"),
            ({}, "jobs.1: give either a prompt or messages"),
        ):
            batch = {"jobs": [{"prompt": "Texas"}, bad]}
            assert why in problem(client.post("/api/jobs/batch", json=batch), 422, "InvalidRequest")
        assert len(client.get("/api/jobs").json()["jobs"]) == 3


def test_more_jobs_than_may_wait_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCUIT_EXPLORER_MOST_WAITING", "3")
    with open_explorer(Places(tmp_path / "data"), run_jobs=False) as explorer, asking(explorer) as client:
        first = {"jobs": [{"prompt": "Dallas"}, {"prompt": "Oakland"}]}
        if client.post("/api/jobs/batch", json=first).status_code == 422:
            pytest.skip("the demo model is not here")
        more = {"jobs": [{"prompt": "Oakland"}, {"prompt": "Texas"}, {"prompt": "Lyon"}]}
        told = problem(client.post("/api/jobs/batch", json=more), 503, "ServerBusy")
        assert "2 jobs wait, and 2 more would be more than 3 (CIRCUIT_EXPLORER_MOST_WAITING)" in told
        assert len(client.get("/api/jobs").json()["jobs"]) == 2
