"""docker-compose.yml and the Dockerfile keep their promises, as far as their text shows: tests run without Docker."""

import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from api.server import LOOPBACK
from api.token import VARIABLE
from tests.support.engines import neo4j_engine
from tests.support.jobs.postgres import CannotStart, postgres
from tests.support.patience import PATIENCE, TRACING, soon
from tests.support.processes import COMMAND, environment
from tools.neo4j_server import Neo4jServer, free_port

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NEO4J, POSTGRES, EXPLORER = SERVICES["neo4j"], SERVICES["postgres"], SERVICES["explorer"]
WORKERS = SERVICES["worker"], SERVICES["worker-gpu"]
PASSWORD = r"\$\{%s:\?[^}]+\}"
"""A variable of .env that must be set."""
SERVE_LOCK = ROOT / "requirements-serve.lock"
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def settings() -> dict[str, str]:
    """Neo4j's settings under their own names: the image writes dots as `_`, underscores as `__`."""
    prefix = "NEO4J_"
    named = {name.removeprefix(prefix): value for name, value in NEO4J["environment"].items()}
    assert len(named) == len(NEO4J["environment"])
    return {
        name.replace("__", "\0").replace("_", ".").replace("\0", "_"): value for name, value in named.items()
    }


def test_neo4j_is_the_version_that_the_tests_run() -> None:
    pom = ElementTree.parse(ROOT / "tools" / "neo4j_server" / "pom.xml")
    version = pom.findtext(".//{*}neo4j.version")
    assert version and NEO4J["image"] == f"neo4j:{version}-community"


def test_neo4j_s_memory_is_set() -> None:
    found = settings()
    for name in (
        "server.memory.heap.initial_size",
        "server.memory.heap.max_size",
        "server.memory.pagecache.size",
        "db.memory.transaction.max",
        "dbms.memory.transaction.total.max",
    ):
        assert re.fullmatch(r"\d+[mg]", found[name]), name


def test_neo4j_reads_no_files_and_reports_to_nobody() -> None:
    found = settings()
    assert found["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert found["dbms.usage_report.enabled"] == "false"


@pytest.mark.parametrize("name", SERVICES)
def test_only_this_machine_reaches_a_service(name: str) -> None:
    service = SERVICES[name]
    assert bool(service.get("ports")) == (name in ("neo4j", "explorer"))
    for port in service.get("ports", ()):
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port), "the port within is the port without"
    assert "network_mode" not in service


def test_data_outlives_a_container() -> None:
    assert "neo4j-data:/data" in NEO4J["volumes"]
    assert "postgres-data:/var/lib/postgresql/data" in POSTGRES["volumes"]
    assert "explorer-data:/data" in EXPLORER["volumes"]
    for service in (EXPLORER, *WORKERS):
        assert "traces:/traces" in service["volumes"], "all see the traces that each keeps"
        assert service["environment"]["CIRCUIT_EXPLORER_TRACES"] == "/traces"
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_each_worker_has_a_data_folder_of_its_own() -> None:
    assert "VOLUME /data" in DOCKERFILE.splitlines()
    for worker in WORKERS:
        assert not any(volume.endswith(":/data") for volume in worker["volumes"])


def test_server_and_workers_wait_until_the_databases_are_well() -> None:
    for service in SERVICES.values():
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    for service in (EXPLORER, *WORKERS):
        assert service["depends_on"] == {
            name: {"condition": "service_healthy"} for name in ("neo4j", "postgres")
        }
    assert "HEALTHCHECK" in DOCKERFILE


def test_no_service_runs_as_root() -> None:
    assert (NEO4J["user"], POSTGRES["user"]) == ("neo4j", "postgres")
    for service in (EXPLORER, *WORKERS):
        assert "user" not in service and service["build"]["context"] == ".", "the image's own, explorer"
        assert service["cap_drop"] == ["ALL"]


def test_the_server_runs_no_jobs_and_the_workers_can_trace() -> None:
    assert "--no-worker" in EXPLORER["command"]
    assert EXPLORER["build"]["args"]["LOCK"] == SERVE_LOCK.name
    for worker in WORKERS:
        assert worker["build"]["args"]["LOCK"] == "requirements.lock"
        assert EXPLORER["environment"].items() <= worker["environment"].items()
    (device,) = WORKERS[1]["deploy"]["resources"]["reservations"]["devices"]
    assert (WORKERS[1]["profiles"], device["capabilities"]) == (["gpu"], ["gpu"])


def test_secrets_are_required_and_come_from_outside() -> None:
    neo4j, postgres = (PASSWORD % f"{name}_PASSWORD" for name in ("NEO4J", "POSTGRES"))
    assert re.fullmatch(f"neo4j/{neo4j}", NEO4J["environment"]["NEO4J_AUTH"])
    assert re.fullmatch(postgres, POSTGRES["environment"]["POSTGRES_PASSWORD"])
    for service in (EXPLORER, *WORKERS):
        found = service["environment"]
        assert re.fullmatch(f"bolt://neo4j:{neo4j}@neo4j:7687", found["CIRCUIT_EXPLORER_DATABASE"])
        assert re.fullmatch(
            f"postgresql://postgres:{postgres}@postgres:5432/jobs", found["CIRCUIT_EXPLORER_JOBS"]
        )
        assert re.fullmatch(PASSWORD % VARIABLE, found[VARIABLE])
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_example_of_env_has_every_variable() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    with_default = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert required | set(with_default) == set(re.findall(r"\$\{(\w+)", text))
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == required
    assert dict(re.findall(r"^#(\w+)=(.*)$", example, re.MULTILINE)) == with_default


def test_the_server_is_built_from_the_lock_and_is_not_root() -> None:
    steps = [line for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]
    images = [line.split()[1] for line in steps if line.startswith("FROM ")]
    assert all(re.search(r":\d+", image) for image in images), "no image without a version"
    assert "--require-hashes --requirement ${LOCK}" in DOCKERFILE and f"ARG LOCK={SERVE_LOCK.name}" in steps
    user = next(at for at, line in enumerate(steps) if line == "USER explorer")
    assert steps[user + 1 :] and not any(line.startswith(("RUN ", "COPY ")) for line in steps[user:])


def test_what_serving_takes_is_pinned_as_everywhere() -> None:
    every, serving = pinned(ROOT / "requirements.lock"), pinned(SERVE_LOCK)
    assert all(pins <= every[package] for package, pins in serving.items()), "run `make lock`"
    assert {"fastapi", "ladybug", "neo4j"} <= serving.keys()
    assert {"torch", "circuit-tracer", "pytest"}.isdisjoint(serving)


def pinned(lock: Path) -> dict[str, set[str]]:
    """Each package's versions (one, or one for each Python) and hashes."""
    pins: dict[str, set[str]] = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text()):
        package = entry.partition("==")[0]
        pins.setdefault(package, set()).update(re.findall(r"(?<=\w)==[^ ]+|sha256:\w+", entry))
    return pins


def test_the_server_listens_on_the_port_that_is_published() -> None:
    alone = next(line for line in DOCKERFILE.splitlines() if line.startswith("CMD "))
    for command in (json.loads(alone.removeprefix("CMD ")), EXPLORER["command"]):
        assert {"--host=0.0.0.0", "--port=8000"} <= set(command)
    assert EXPLORER["ports"] == ["127.0.0.1:8000:8000"]
    assert "127.0.0.1" in LOOPBACK, "requests to the published port name it"


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    tops = {source.rstrip("/").partition("/")[0] for sources in copied for source in sources}
    assert ignored[1] == "*" and tops == kept
    assert all((ROOT / source).exists() for sources in copied for source in sources)


class Machine:
    """One machine in the containers' place: the file's commands run here as processes, with the file's environment.
    Only hosts, ports and folders are others than in containers."""

    def __init__(self, folder: Path, secrets: dict[str, str], hosts: dict[str, str]) -> None:
        self._folder, self._secrets, self._hosts = folder, secrets, hosts

    def environment(self, name: str) -> dict[str, str]:
        """The image's and the service's, beside what this process needs to find Python."""
        set_in_image = {
            variable: value
            for line in re.findall(r"^ENV (.+)$", DOCKERFILE.rpartition("\nFROM ")[2], re.MULTILINE)
            for variable, value in re.findall(r"(\w+)=(\S+)", line)
            if variable != "NUMBA_CACHE_DIR"  # what is compiled here already
        }
        of_service = {**set_in_image, **SERVICES[name]["environment"]}
        return environment() | {
            variable: self._here(name, self._with_secrets(str(value)))
            for variable, value in of_service.items()
        }

    @contextmanager
    def running(self, name: str) -> "Iterator[subprocess.Popen[str]]":
        """A service's command, ended at the end."""
        program, *options = SERVICES[name]["command"]
        assert program == "circuit-explorer"
        log = self._log(name)
        with log.open("w") as out:
            process = subprocess.Popen(
                [*COMMAND, *(self._here(name, option) for option in options)],
                stdout=out,
                stderr=out,
                text=True,
                env=self.environment(name),
                cwd=ROOT,
            )
        try:
            yield process
        except BaseException:
            print(log.read_text())  # pytest shows it
            raise
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def logged(self, name: str) -> list[dict[str, Any]]:
        """What a service has written, each line a JSON object."""
        return [json.loads(line) for line in self._log(name).read_text().splitlines()]

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def is_well(self, name: str) -> bool:
        """Whether a service's health check succeeds."""
        kind, program, *arguments = SERVICES[name]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        command = [sys.executable, *(self._here(name, each) for each in arguments)]
        done = subprocess.run(command, env=self.environment(name), capture_output=True, cwd=ROOT)
        return done.returncode == 0

    def _with_secrets(self, value: str) -> str:
        def given(match: re.Match[str]) -> str:
            variable, default = match[1], match[2]
            return self._secrets[variable] if variable in self._secrets else default.removeprefix(":-")

        return re.sub(r"\$\{(\w+)(:[^}]*)\}", given, value)

    def _here(self, name: str, value: str) -> str:
        for place, here in self._hosts.items():
            value = value.replace(place, here)
        mounted = {
            place: volume.removeprefix("./")
            for volume, place, *_ in (each.split(":") for each in SERVICES[name]["volumes"])
        }
        for place, volume in ({"/data": f"{name}-data"} | mounted).items():
            if value == place or value.startswith(f"{place}/"):
                value = f"{self._folder / volume}{value.removeprefix(place)}"
        return value


@pytest.mark.slow
@pytest.mark.timeout(2 * TRACING)
def test_a_prompt_goes_through_the_file_s_processes_to_a_stored_graph(
    tmp_path: Path, neo4j_server: Neo4jServer
) -> None:
    pytest.importorskip("circuit_tracer")
    neo4j_engine(neo4j_server)  # empties it
    secrets = {
        "NEO4J_PASSWORD": neo4j_server.password,
        "POSTGRES_PASSWORD": "anything",  # the tests' own server trusts this machine
        VARIABLE: "a-token",
        "CIRCUIT_EXPLORER_NEURONPEDIA": "off",
    }
    with ExitStack() as stack:
        try:
            jobs = stack.enter_context(postgres())
        except CannotStart as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
        port, metrics_port = free_port(), free_port()
        hosts = {
            "@neo4j:7687": f"@127.0.0.1:{neo4j_server.port}",
            "@postgres:5432": f"@127.0.0.1:{jobs.port}",
            "0.0.0.0": "127.0.0.1",
            "8000": str(port),
            "9464": str(metrics_port),
        }
        machine = Machine(tmp_path, secrets, hosts)
        server = stack.enter_context(machine.running("explorer"))
        assert soon(lambda: machine.is_well("explorer") or server.poll() is not None)
        assert server.poll() is None
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {secrets[VARIABLE]}"
            api = f"http://127.0.0.1:{port}/api"
            asked = session.post(
                f"{api}/jobs", json={"prompt": "Fact: The capital of the state containing Dallas is"}
            )
            assert asked.status_code == 202, asked.text
            job_id = asked.json()["id"]
            time.sleep(1.0)
            assert session.get(f"{api}/jobs/{job_id}").json()["state"] == "queued", "the server runs no jobs"
            worker = stack.enter_context(machine.running("worker"))

            def ended() -> bool:
                assert worker.poll() is None
                return session.get(f"{api}/jobs/{job_id}").json()["state"] in ("done", "failed")

            assert soon(ended, TRACING)
            job = session.get(f"{api}/jobs/{job_id}").json()
            assert (job["state"], job["problem"]) == ("done", None)
            paths = session.get(f"{api}/graphs/{job['graph_id']}/paths").json()
            assert paths["paths"]
            assert machine.is_well("worker")
            assert (
                'circuit_explorer_jobs{kind="trace",state="done"} 1.0'
                in session.get(f"http://127.0.0.1:{port}/metrics").text
            )
            of_worker = session.get(f"http://127.0.0.1:{metrics_port}/metrics").text
            assert 'circuit_explorer_jobs_ended_total{kind="trace",state="done"} 1.0' in of_worker
            assert 'circuit_explorer_job_phase_seconds_count{phase="load"} 1.0' in of_worker
            (trace,) = (tmp_path / "traces").glob("*.trace")
            assert trace.stat().st_size > 0
            again = session.post(f"{api}/graphs/{job['graph_id']}/prune", json={"node_threshold": 0.5})
            assert again.status_code == 202, "the server sees the trace that the worker kept"
            lines = {name: machine.logged(name) for name in ("explorer", "worker")}
            assert all(lines.values())
            of_job = [line["message"] for line in lines["worker"] if line.get("job") == job_id]
            assert of_job == ["The job is begun.", "The job is done."]
            assert {line.get("kind") for line in lines["worker"] if "job" in line} <= {"trace", "prune"}
