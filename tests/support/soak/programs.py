"""What is killed and started again: whether it is there, and the servers and workers among it."""

import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.client.places import Address
from tests.support.patience import PATIENCE, TRACING
from tests.support.processes import COMMAND, ROOT, children_of, environment

STARTED = TRACING
"""Seconds that a start gets: where everything is killed and started at once, a busy machine takes minutes."""
WORKS = "Working on the jobs of"
"""What a worker says once it has started."""


class NotStarted(Exception):
    """A program or a database does not start again, with what it said."""


class Presence:
    """Whether something is there to answer, and since when."""

    def __init__(self) -> None:
        self._here, self._since = False, time.monotonic()

    @property
    def is_here(self) -> bool:
        return self._here

    def leaves(self) -> None:
        self._here = False

    def is_back(self) -> None:
        self._since, self._here = time.monotonic(), True

    def was_here_since(self, moment: float) -> bool:
        """Whether it has been there without a break since a moment of `time.monotonic`."""
        return self._here and self._since <= moment


class Program:
    """A server or worker: `command` is its subcommand with options. Its log has a JSON object a line.

    It may end by itself only while one of `needed` is away, and is started again, as a supervisor would.
    """

    def __init__(
        self, name: str, data: Path, command: Sequence[str], needed: Sequence[Presence] = ()
    ) -> None:
        self.name, self.data, self.log = name, data, data.parent / f"{name}.log"
        self._command, self._needed = [*COMMAND, *command, "--data", str(data)], needed
        self.presence = Presence()
        self.kills: list[tuple[datetime, int]] = []
        """When it was killed, and which process that was."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start it, until it is ready. Raises NotStarted."""
        deadline = time.monotonic() + STARTED
        is_ready = self._launched()
        while not is_ready():
            if self.has_ended:
                self.check_excuse()
                time.sleep(1.0)
                is_ready = self._launched()
            if time.monotonic() > deadline:
                raise NotStarted(f"{self.name} does not start: {self.last_words()}")
            time.sleep(0.02)
        self.presence.is_back()

    def check_excuse(self) -> None:
        """Raises NotStarted where it has ended by itself, and had all that it needs."""
        if all(one.was_here_since(self._started) for one in self._needed):
            status = self._process and self._process.returncode
            raise NotStarted(f"{self.name} ended by itself with status {status}: {self.last_words()}")

    def kill(self) -> bool:
        """kill -9. Whether it ran."""
        self.presence.leaves()
        if (process := self._process) is None or self.has_ended:
            return False
        self.kills.append((datetime.now(UTC), process.pid))
        process.kill()
        process.wait()
        self._process = None
        return True

    def stop(self) -> int | None:
        """Its exit status, once it has ended as Ctrl-C ends it; None: it did not run."""
        self.presence.leaves()
        if (process := self._process) is None:
            return None
        process.terminate()
        self._process = None
        return process.wait(PATIENCE)

    def tracing_processes(self) -> set[int]:
        return children_of(self.pid, "ingest.worker.child") if self.pid and not self.has_ended else set()

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def _launched(self) -> Callable[[], bool]:
        """Start the process; whether it is ready."""
        self._started = time.monotonic()
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            at = log.tell()
            process = self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env=environment() | {"CIRCUIT_EXPLORER_LOG": "json", "CIRCUIT_EXPLORER_NEURONPEDIA": "off"},
                cwd=ROOT,
            )

        def serves() -> bool:
            address = Address.read(self.data)
            return address is not None and address.pid == process.pid

        def works() -> bool:
            return WORKS.encode() in self.log.read_bytes()[at:]

        return works if "worker" in self._command else serves
