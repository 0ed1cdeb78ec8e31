"""A process that works for another one: how the parent starts it, how the two speak, how it dies.

They speak JSON, one document a line: requests go to the child's stdin, answers come from its stdout.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, BinaryIO

PR_SET_PDEATHSIG = 1
"""Linux's prctl option for the signal that a process gets when its parent dies."""


class ChildProcess:
    """The parent's side: a Python module, run as a process that imports what this one imports.

    The kernel kills it when the *thread* that started it ends (`live_with_parent`): start it in one that outlives it.
    Raises OSError where it cannot be started.
    """

    def __init__(
        self,
        module: str,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._killed = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # a Ctrl-C at the terminal is for the server alone
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._killed and self._process.poll() is None

    def send(self, document: bytes) -> None:
        """Write a line. Nothing is raised where the child has ended: its missing answer shows that."""
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):
            write_line(self._process.stdin, document)

    @property
    def lines(self) -> IO[bytes]:
        """The child's answers, a line each. They end when the child does."""
        assert self._process.stdout is not None
        return self._process.stdout

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, or -signal. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout)

    def kill(self) -> None:
        """Whoever reads its lines finds that they end."""
        self._killed = True
        self._process.kill()

    def end(self) -> None:
        """Kill it and release its pipes. Only for the thread that alone uses it."""
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()


def live_with_parent() -> None:
    """Leave the signals that stop a server to the parent, and die with it.

    Linux kills this process with its parent; on other systems it has to end itself at the end of its stdin.
    """
    for stop in (signal.SIGINT, signal.SIGTERM):  # the parent kills this process when it stops
        signal.signal(stop, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def claim_stdout() -> BinaryIO:
    """The stdout of this process, for answers alone: whatever else is printed goes to stderr from now on."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def write_line(to: IO[bytes], document: bytes) -> None:
    to.write(document + b"\n")
    to.flush()


def process_exists(pid: int) -> bool:
    """Whether this machine runs a process of this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
