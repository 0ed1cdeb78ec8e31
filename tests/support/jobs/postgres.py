"""A Postgres server of the tests' own: in a fresh folder, on a free port, by a user that is not root."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE
from tools.neo4j_server import free_port

USER = "postgres"
"""Of Debian's package, where the tests run as root; Postgres refuses to."""


class CannotStart(Exception):
    """No server of Postgres can be started here."""


class PostgresServer:
    """A running server. `url` of its database for jobs, which DBOS makes."""

    def __init__(self, binaries: Path, folder: Path, port: int) -> None:
        self._binaries, self._folder, self.port = binaries, folder, port
        self.url = f"postgresql://{USER}@127.0.0.1:{port}/jobs"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)  # of one that was killed
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(self._binaries / "postgres", "-D", self._folder / "data", "-p", str(self.port)),
                    *("-h", "127.0.0.1", "-k", self._folder, "-c", "fsync=off"),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_user(),
            )
        deadline = time.monotonic() + PATIENCE
        ready: list[str | Path] = [
            self._binaries / "pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        while subprocess.run(ready).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of the server and all of its processes."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it as `pg_ctl stop -m fast` does, or `-m immediate`, without a checkpoint."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        self._process.wait(PATIENCE)


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Raises CannotStart where it is not installed."""
    binaries = _binaries()
    # Not pytest's folder, which is root's alone.
    folder = Path(tempfile.mkdtemp(prefix="circuit-explorer-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        made = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
                "-U",
                USER,
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ],
            capture_output=True,
            cwd=folder,
            **_as_user(),
        )
        if made.returncode != 0:
            raise CannotStart(made.stderr.decode(errors="replace"))
        server = PostgresServer(binaries, folder, free_port())
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    if path is None:
        raise CannotStart("Postgres is not installed: apt-get install postgresql")
    return Path(path).parent


def _as_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        pwd.getpwnam(USER)
    except KeyError:
        raise CannotStart(f"Postgres refuses to run as root, and there is no user {USER}") from None
    return {"user": USER, "group": USER}
