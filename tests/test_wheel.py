"""The wheel is a complete product: alone in an environment, it serves the page and the demo's graphs, far from the
repository and without PyTorch, Node and make."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ingest.jobs.examples import FOLDER
from ingest.models import EXAMPLES
from ingest.worker.handover import read_graph
from tests.support.patience import soon
from tests.support.processes import ROOT, environment, serving, url

PACKAGES = ("api", "ingest", "queries")
DATA = ("web/dist", "demo/model", "demo/transcoders", "demo/graphs")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the first run in a while downloads some 200 MB


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built from a copy: setuptools would pack an earlier build's files in `build/`."""
    assert (ROOT / "web" / "dist" / "index.html").is_file(), "the page is not built: `make install`"
    tree, folder = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tree)
    for name in (*PACKAGES, "demo", "web/dist"):
        shutil.copytree(ROOT / name, tree / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(tree))
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds the wheel and its dependencies."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    install = ("--python", str(environment / "bin" / "python"), "install", "--no-compile")
    pip(*install, "--require-hashes", "-r", str(ROOT / "requirements-serve.lock"))
    pip(*install, "--no-deps", str(wheel))
    return environment / "bin"


@pytest.fixture(scope="module")
def started(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """A server on an empty data folder: the folder, and the lines that it prints."""
    data, elsewhere = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("elsewhere")
    command = (str(installed / "circuit-explorer"),)
    with serving(data, command=command, cwd=elsewhere, path=str(elsewhere)) as server:
        assert server.stdout is not None
        yield data, [server.stdout.readline(), server.stdout.readline()]


@pytest.fixture(scope="module")
def server(started: tuple[Path, list[str]]) -> str:
    return url(started[0])


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr


def test_it_holds_the_packages_the_page_and_the_demo_and_nothing_else(wheel: Path) -> None:
    modules = {file.relative_to(ROOT) for name in PACKAGES for file in (ROOT / name).rglob("*.py")}
    data = {file.relative_to(ROOT) for name in DATA for file in (ROOT / name).rglob("*") if file.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        held = {Path(name) for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        about = archive.read(metadata).decode()
        assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())
    assert held == modules | data | {Path("api/openapi.json")}
    assert "\nLicense-Expression: Apache-2.0\n" in about


def test_nothing_of_this_environment_is_seen_there(installed: Path) -> None:
    code = """
import importlib.util, api
print(api.__file__)
print([name for name in ("torch", "circuit_tracer", "pytest", "demo.train") if importlib.util.find_spec(name)])
"""
    python = [str(installed / "python"), "-c", code]
    done = subprocess.run(python, capture_output=True, text=True, check=True, cwd=installed)
    where, visible = done.stdout.splitlines()
    assert Path(where).is_relative_to(installed.parent)
    assert visible == "[]"


def test_it_serves_the_page(server: str) -> None:
    page = requests.get(server)
    assert page.headers["content-type"].startswith("text/html")
    assert page.text == requests.get(f"{server}/graphs/any").text
    assert (ROOT / "web" / "dist" / "index.html").read_text() == page.text
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
        found = requests.get(f"{server}{asset}")
        assert (found.status_code, len(found.content)) == (200, (ROOT / f"web/dist{asset}").stat().st_size)
    assert requests.get(f"{server}/assets/none.js").status_code == 404


def test_it_has_the_demo_s_graphs_at_once(started: tuple[Path, list[str]], server: str) -> None:
    data, lines = started
    assert lines[0] == f"Circuit Explorer is at {server}\n"
    assert "Example graphs are loaded: 5" in lines[1] and "circuit-explorer[trace]" in lines[1]
    graphs = requests.get(f"{server}/api/graphs").json()["graphs"]
    assert [graph["prompt"] for graph in graphs] == list(EXAMPLES)
    made = {read_graph(file).record.id for file in FOLDER.glob("*.npz")}
    assert {graph["id"] for graph in graphs} == made, "as tracing names them"
    assert {file.stem for file in (data / "traces").iterdir()} == {graph["trace_id"] for graph in graphs}


def test_their_paths_are_grouped_by_label(server: str) -> None:
    dallas = next(
        one for one in requests.get(f"{server}/api/graphs").json()["graphs"] if "Dallas" in one["prompt"]
    )
    paths, asked = f"{server}/api/graphs/{dallas['id']}/paths", {"group_by": "label"}
    # The first question waits for the compiler, on a busy machine for longer than a question may take.
    assert soon(lambda: requests.get(paths, params=asked).ok)
    answer = requests.get(paths, params=asked).json()
    spelled = [
        [(step["name"] or step["token"] or "").strip() for step in path["sequence"]]
        for path in answer["groups"]
    ]
    assert ["Dallas", "Texas", "Austin"] in spelled


def test_tracing_names_the_extra(server: str) -> None:
    refused = requests.post(f"{server}/api/jobs", json={"prompt": EXAMPLES[0]})
    assert refused.status_code == 503
    assert refused.json()["error"] == "WorkerUnavailable"
    assert "pip install 'circuit-explorer[trace]'" in refused.json()["detail"]
    assert requests.get(f"{server}/api/jobs").json() == {"jobs": []}
