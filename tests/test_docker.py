"""docker-compose.yml and the Dockerfile keep their promises, as far as their text shows: tests run without Docker."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.server import LOOPBACK
from api.token import VARIABLE

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NEO4J: dict[str, Any] = COMPOSE["services"]["neo4j"]
EXPLORER: dict[str, Any] = COMPOSE["services"]["explorer"]
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


@pytest.mark.parametrize("service", [NEO4J, EXPLORER])
def test_only_this_machine_reaches_a_service(service: dict[str, Any]) -> None:
    assert service["ports"]
    for port in service["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port), "the port within is the port without"
    assert "network_mode" not in service


@pytest.mark.parametrize("service", [NEO4J, EXPLORER])
def test_data_outlives_a_container(service: dict[str, Any]) -> None:
    (volume,) = service["volumes"]
    name, _, place = volume.partition(":")
    assert (name in COMPOSE["volumes"], place) == (True, "/data")


def test_the_server_waits_until_neo4j_is_well() -> None:
    assert NEO4J["healthcheck"]["test"][0] == "CMD-SHELL"
    assert EXPLORER["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert "HEALTHCHECK" in DOCKERFILE


def test_secrets_are_required_and_come_from_outside() -> None:
    secrets = {"NEO4J_AUTH": NEO4J, "CIRCUIT_EXPLORER_DATABASE": EXPLORER, VARIABLE: EXPLORER}
    required = {name: service["environment"][name] for name, service in secrets.items()}
    assert re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:\?[^}]+\}", required["NEO4J_AUTH"])
    database = required["CIRCUIT_EXPLORER_DATABASE"]
    assert re.fullmatch(r"bolt://neo4j:\$\{NEO4J_PASSWORD:\?[^}]+\}@neo4j:7687", database)
    assert re.fullmatch(r"\$\{CIRCUIT_EXPLORER_TOKEN:\?[^}]+\}", required[VARIABLE])
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == {"NEO4J_PASSWORD", VARIABLE}
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


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
    command = next(line for line in DOCKERFILE.splitlines() if line.startswith("CMD "))
    for part in ('"--host", "0.0.0.0"', '"--port", "8000"'):
        assert part in command
    assert EXPLORER["ports"] == ["127.0.0.1:8000:8000"]
    assert "127.0.0.1" in LOOPBACK, "requests to the published port name it"


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    tops = {source.rstrip("/").partition("/")[0] for sources in copied for source in sources}
    assert ignored[1] == "*" and tops == kept
    assert all((ROOT / source).exists() for sources in copied for source in sources)
