"""The handle on a tracing process: torch, the model, whole traces and whatever goes wrong there stay in it.

`ingest.worker.requests` is what the two say to each other.
"""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TypeAlias

from ingest.worker.requests import EVENT, Event, Failed, Finished, Progress, Request, TraceRequest
from queries import errors
from queries.graph.records import Phase

log = logging.getLogger(__name__)

OnProgress: TypeAlias = Callable[[Phase, int, int], None]
"""Called with a phase, and the units of it that are done and in total (0 where unknown)."""


class Interrupted(BaseException):
    """The worker is stopping and the job is to be resumed at its next start.

    Not an Exception, so that DBOS records no outcome for the workflow it ends.
    """


class Tracer:
    """Runs requests in a tracing process: started on first use, kept for its loaded model, replaced after
    a crash. `log_file` gets what that process and its libraries print."""

    def __init__(self, log_file: Path) -> None:
        self._log_file = log_file
        self._child: _Child | None = None
        self._closed = False
        self._running = Lock()

    @property
    def pid(self) -> int | None:
        """The tracing process's, where there is one."""
        return self._child.pid if self._child else None

    def run(self, request: Request, on_progress: OnProgress, *, rest: bool = False) -> dict[str, float]:
        """Seconds by part, once the request's files are written. `rest`: the process then ends.

        Raises the tracing process's error (EmptyPrompt, PromptTooLong, TraceFailed, …), TraceFailed where
        that process ends without one, Interrupted where the tracer is closed.
        """
        with self._running, self._resting(rest):
            child = self._ready(request)
            child.send(request)
            while True:
                match child.events.get():
                    case Progress(phase=phase, done=done, total=total):
                        try:
                            on_progress(phase, done, total)
                        except BaseException:  # nobody will listen to what the process goes on with
                            child.kill()
                            self._child = None
                            raise
                    case Finished(timings=timings):
                        return timings
                    case Failed() as failed:
                        if failed.ends:
                            self._child = None
                        raise _error(failed)
                    case None:
                        self._child = None
                        if self._closed:
                            raise Interrupted
                        raise errors.TraceFailed(child.obituary())

    def close(self) -> None:
        """End the process at once, whatever it is doing; a running `run` raises Interrupted."""
        self._closed = True
        if child := self._child:
            child.kill()

    @contextmanager
    def _resting(self, rest: bool) -> Iterator[None]:
        try:
            yield
        finally:
            if rest and (child := self._child):
                child.kill()
                self._child = None

    def _ready(self, request: Request) -> "_Child":
        child, traces = self._child, isinstance(request, TraceRequest)
        offline = request.is_local if isinstance(request, TraceRequest) else True
        if child is not None and ((traces and child.offline != offline) or not child.alive):
            child.kill()  # huggingface_hub reads its offline switch once, when it is imported
            child = None
        if child is None:
            child = self._child = _Child(offline, self._log_file)
        if self._closed:  # looked at after the child is known to `close`, which kills it
            child.kill()
            raise Interrupted
        return child


class _Child:
    """One tracing process. `events` ends with None when the process has."""

    def __init__(self, offline: bool, log_file: Path) -> None:
        self.offline = offline
        self.events: SimpleQueue[Event | None] = SimpleQueue()
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None
        started: SimpleQueue[subprocess.Popen[bytes] | OSError] = SimpleQueue()
        # The kernel tells a child of its parent's death when the *thread* that started it ends, so the
        # thread that starts it is the one that lives as long as it does.
        Thread(target=self._attend, args=(started,), name="tracing-process", daemon=True).start()
        process = started.get()
        if isinstance(process, OSError):
            raise errors.TraceFailed(f"The tracing process could not be started: {process}")
        self._process = process

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def send(self, request: Request) -> None:
        assert self._process is not None and self._process.stdin is not None
        with suppress(OSError, ValueError):  # where it is gone, its last event says so
            self._process.stdin.write(request.model_dump_json(round_trip=True).encode() + b"\n")
            self._process.stdin.flush()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def obituary(self) -> str:
        """Why the process ended, as a sentence, which is logged with the end of what it printed."""
        assert self._process is not None
        status = self._process.wait()
        if status == -signal.SIGKILL:
            sentence = (
                "The tracing process was killed (SIGKILL), most likely because memory ran out: "
                "for a prompt, ask for fewer feature nodes (max_feature_nodes) or a smaller batch_size."
            )
        elif status < 0:
            sentence = (
                f"The tracing process crashed ({signal.Signals(-status).name}); the server's log says more."
            )
        else:
            sentence = f"The tracing process ended with status {status}; the server's log says more."
        tail = self._log_file.read_bytes()[-2000:].decode(errors="replace")
        log.error("%s The end of %s:\n%s", sentence, self._log_file, tail)
        return sentence

    def _attend(self, started: "SimpleQueue[subprocess.Popen[bytes] | OSError]") -> None:
        try:
            with self._log_file.open("wb") as printed:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "ingest.worker.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=printed,
                    env=_environment(self.offline),
                    start_new_session=True,  # a Ctrl-C at the terminal is for the server alone
                )
        except OSError as error:
            started.put(error)
            return
        started.put(process)
        assert process.stdin is not None and process.stdout is not None
        try:
            for line in process.stdout:
                self.events.put(EVENT.validate_json(line))
            with suppress(subprocess.TimeoutExpired):  # it is ending: its status says how, unless it hangs
                process.wait(timeout=5)
        finally:
            process.kill()
            process.wait()
            self.events.put(None)
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()


def _environment(offline: bool) -> dict[str, str]:
    environment = {
        # Threads that wait must not spin: the cores are the server's too.
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),  # it imports what this process imports
    }
    if offline:
        environment["HF_HUB_OFFLINE"] = "1"
    return environment


def _error(failed: Failed) -> errors.CircuitExplorerError:
    """The child's error, of its own class where that is one of `queries.errors`."""
    leaf = getattr(errors, failed.error, None)
    if isinstance(leaf, type) and issubclass(leaf, errors.CircuitExplorerError):
        try:
            return leaf(**failed.values)
        except TypeError:
            pass
    return errors.TraceFailed(failed.detail)
