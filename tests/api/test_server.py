"""The server process: how it starts, is found and stops."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from api.client.places import Address
from tests.support.patience import PATIENCE, PROMPTLY
from tests.support.processes import ROOT, answer, run_apart, sentence, serving, url, write_graph

pytestmark = pytest.mark.slow

ENDLESS_JOB = """
import ingest
from datetime import datetime, UTC
from queries.graph.records import Job, TraceParameters

def job(queue, job_id):
    return Job(
        id=job_id, prompt="", model="", transcoders="", parameters=TraceParameters(), state="running",
        created_at=datetime.now(UTC),
    )

ingest.JobQueue.job = job
from api.cli.main import main
main()
"""

SLOW_JOB = """
import ingest, time

ingest.JobQueue.job = lambda queue, job_id: time.sleep(5)
from api.cli.main import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_leaves_its_address_and_takes_it_away(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, "--no-examples") as server:
        health = requests.get(f"{url(tmp_path)}/api/health").json()
        assert Address.read(tmp_path) == Address(url(tmp_path), health["pid"])
        assert health["data"] == str(tmp_path.resolve())
        left = url(tmp_path)
        server.send_signal(number)
        out, err = server.communicate(timeout=PATIENCE)
        assert (server.returncode, err) == (0, "")
        assert out.splitlines()[0] == f"Circuit Explorer is at {left}"
        assert str(tmp_path.resolve()) in out.splitlines()[1]
    assert not (tmp_path / "server.json").exists()


def test_it_stops_soon_though_a_job_is_being_followed(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples", command=(sys.executable, "-c", ENDLESS_JOB)) as server:
        stream = requests.get(f"{url(tmp_path)}/api/jobs/any/events", stream=True)
        assert next(stream.iter_lines()) == b"event: job"
        started = time.monotonic()
        server.terminate()
        _, err = server.communicate(timeout=PATIENCE)
        assert time.monotonic() - started < PROMPTLY, "it takes 2 s where nothing else runs"
        assert (server.returncode, err) == (0, "")


@pytest.mark.parametrize(
    "request_head",
    [b"GET /api/jobs/any HTTP/1.1\r\n", b"POST /api/jobs HTTP/1.1\r\nContent-Length: 100\r\n"],
    ids=["its answer is being made", "its body is still coming"],
)
def test_a_request_that_a_stop_leaves_unanswered_is_no_failure(tmp_path: Path, request_head: bytes) -> None:
    with serving(tmp_path, "--no-examples", command=(sys.executable, "-c", SLOW_JOB)) as server:
        address = urlsplit(url(tmp_path))
        assert address.hostname and address.port
        with socket.create_connection((address.hostname, address.port), PATIENCE) as opened:
            opened.sendall(request_head + b"Host: 127.0.0.1\r\n\r\n")
            assert requests.get(f"{url(tmp_path)}/api/health").ok  # by now the request has been read
            server.terminate()
            with suppress(ConnectionResetError):
                assert opened.recv(1 << 16) == b""
        _, err = server.communicate(timeout=PATIENCE)
        assert (server.returncode, err) == (0, "")


def test_a_taken_port_is_one_line_and_touches_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = sentence(run_apart("serve", "--port", port, data=tmp_path / "data"))
    assert port in said and "--port" in said
    assert not (tmp_path / "data").exists()


def test_a_data_folder_has_one_server(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples"):
        assert url(tmp_path) in sentence(run_apart("serve", "--port", "0", data=tmp_path))
        assert requests.get(f"{url(tmp_path)}/api/health").ok
        assert answer("jobs", data=tmp_path) == {"jobs": []}, "no examples were asked for"


def test_an_address_that_a_killed_server_left_is_passed_over(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples") as server:
        server.kill()
        server.wait()
    assert (tmp_path / "server.json").exists()
    assert run_apart("graphs", data=tmp_path).status == 0
    with serving(tmp_path, "--no-examples"):
        pass
    assert not (tmp_path / "server.json").exists()


def test_another_servers_address_is_passed_over(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    with serving(there, "--no-examples") as server:
        answer("import", write_graph(tmp_path / "tiny.json"), data=there)
        Address(url(there), server.pid).write(here)
        assert run_apart("graphs", "--json", data=here).out == '{"graphs":[],"next":null}\n'


def test_a_server_keeps_an_address_that_is_not_its_own(tmp_path: Path) -> None:
    mine, other = Address("http://127.0.0.1:1", os.getpid()), Address("http://127.0.0.1:2", 1)
    other.write(tmp_path)
    mine.remove(tmp_path)
    assert Address.read(tmp_path) == other
    other.remove(tmp_path)
    assert Address.read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"url": "x"}', '{"url": "x", "pid": "y"}'])
def test_an_address_that_makes_no_sense_is_none(tmp_path: Path, left: str) -> None:
    (tmp_path / "server.json").write_text(left)
    assert Address.read(tmp_path) is None


def test_it_answers_to_the_names_it_was_given(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples", "--allow-host", "lab.example"):
        status = {
            name: requests.get(f"{url(tmp_path)}/api/health", headers={"Host": name}).status_code
            for name in ("lab.example", "lab.example:8000", "localhost", "evil.example")
        }
    assert status == {"lab.example": 200, "lab.example:8000": 200, "localhost": 200, "evil.example": 403}


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be used" in sentence(run_apart("graphs", data=tmp_path / "file" / "data"))


def test_ctrl_c_leaves_a_command_quietly(tmp_path: Path) -> None:
    script = "import api.cli.connect\napi.cli.connect.connect = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)\n"
    script += "from api.cli.main import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", script, "graphs", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_an_unexpected_fault_is_one_line_unless_debugged(tmp_path: Path) -> None:
    script = "import api.cli.connect\napi.cli.connect.connect = None\nfrom api.cli.main import main\nmain()"
    command = [sys.executable, "-c", script, "graphs", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    debugged = os.environ | {"CIRCUIT_EXPLORER_DEBUG": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=debugged)
    assert done.returncode == 1 and "Traceback" in done.stderr


def test_an_empty_database_gets_the_examples_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        first = answer("jobs", data=tmp_path)["jobs"]
        examples = requests.get(f"{url(tmp_path)}/api/models").json()["models"]
        if not examples:
            pytest.skip("the demo model is not here")
        assert sorted(job["prompt"] for job in first) == sorted(examples[0]["examples"])
        server.terminate()
        out, _ = server.communicate(timeout=PATIENCE)
        assert f"example prompts: {len(first)}" in out
    with serving(tmp_path):
        assert len(answer("jobs", data=tmp_path)["jobs"]) == len(first)


def test_a_loop_of_links_is_no_data_folder(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).symlink_to(tmp_path / other)
    for command in (["graphs"], ["serve", "--port", "0"]):
        assert "cannot be used" in sentence(run_apart(*command, data=tmp_path / "a"))


def test_a_new_data_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    data, chosen = tmp_path / "new", tmp_path / "there"
    chosen.mkdir(mode=0o750)
    for folder in (data, chosen):
        assert run_apart("graphs", data=folder).status == 0
    assert [folder.stat().st_mode & 0o777 for folder in (data, chosen)] == [0o700, 0o750]
