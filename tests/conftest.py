"""What every test may need: hypothesis as it is used here, and the engines, a Ladybug file a test and one Neo4j server
a process, started when first asked for."""

import gc
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from tests.support import neo4j_plugin
from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tools.neo4j_server import CannotStart, Neo4jServer, running

TESTS = Path(__file__).parent

gc.disable()  # while tests are collected, which imports everything

# Neo4j's servers live for minutes here: the compiler that makes the fastest code costs more than it gains.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

# Tests share the machine's cores among them: torch's threads, one for each core in every process, wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# On a GPU, numbers can be exact only with this.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

# Examples are the same every time, so that a red test is the change's; and a busy machine fails none by its time.
# No test asks Neuronpedia but those that stand one up.
os.environ.setdefault("CIRCUIT_EXPLORER_NEURONPEDIA", "off")

settings.register_profile(
    "tests",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
)
settings.register_profile("quick", settings.get_profile("tests"), max_examples=20)

LONGEST = (
    "api/http/test_neo4j.py",
    "test_wheel.py",
    "test_prerequisites.py",
    "queries/cypher/test_corpora.py",
    "browser/test_explorer.py",
    "api/http/routes/test_traces.py",
    "api/http/test_fuzz.py",
    "api/cli/test_cli.py",
    "api/test_server.py",
    "queries/named/test_answers.py",
    "queries/store/test_store.py",
    "queries/store/test_kills.py",
    "ingest/jobs/test_soak.py",
    "ingest/jobs/test_queue.py",
)
"""The files that take longest, which begin first: where processes share the files, none of these comes last."""


WHOLLY_SLOW = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow\b", re.MULTILINE)


def is_quick(config: pytest.Config) -> bool:
    """Whether this is `make test-quick`, which leaves out the slow tests."""
    return bool(config.option.markexpr == "not slow")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("quick" if is_quick(config) else "tests")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without the slow tests, a file that has no other is not imported either: it may take PyTorch's seconds."""
    skips = is_quick(config) and collection_path.suffix == ".py"
    return True if skips and WHOLLY_SLOW.search(collection_path.read_text(encoding="utf-8")) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    rank = {TESTS / name: place for place, name in enumerate(LONGEST)}
    assert all(file.is_file() for file in rank), "a file of LONGEST is gone"
    if hasattr(config, "workerinput"):  # of pytest-xdist
        items.sort(key=lambda item: rank.get(item.path, len(rank)))


def pytest_collection_finish() -> None:
    """What was imported stays: it is not looked through for garbage again and again."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # bindings in C++ complain at the end of what was not collected


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that starts a process is slow, and fails unless it is marked so."""
    if item.get_closest_marker("slow"):
        return (yield)

    start = subprocess.Popen.__init__

    def refuse(process: Any, arguments: Any, *more: Any, **options: Any) -> None:
        assert arguments[0] in ("file", "uname"), f"{arguments} is started by a test that is not marked slow"
        start(process, arguments, *more, **options)

    with patch.object(subprocess.Popen, "__init__", refuse):  # `platform` asks the two that may be started
        return (yield)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """Shared by all tests, which empty it themselves. Where CI is set, a server that cannot start is a failure."""
    try:
        plugins = neo4j_plugin.build(tmp_path_factory.mktemp("plugins"))
        with running(tmp_path_factory.mktemp("neo4j"), plugins=plugins) as server:
            yield server
    except CannotStart as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty database of each engine."""
    if request.param == "ladybug":
        return ladybug_engine(tmp_path)
    return neo4j_engine(request.getfixturevalue("neo4j_server"))
