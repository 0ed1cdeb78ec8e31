"""The handle on a tracing process, which keeps torch, the model, whole traces and their failures out of the server.

The two speak `ingest.worker.requests`.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import TimeoutExpired
from threading import Event as ThreadEvent
from threading import Lock, Thread
from typing import TypeAlias

from ingest.worker.requests import EVENT, Event, Failed, Finished, ModelRequest, Progress, Request
from queries import errors
from queries.graph.records import Phase
from queries.limits import ClientLeft
from queries.process import ChildProcess

log = logging.getLogger(__name__)

OnProgress: TypeAlias = Callable[[Phase, int, int], None]
"""Called with a phase, the number of its units that are done, and their total (0 where unknown)."""


BETWEEN_CHECKS = 0.1
"""Seconds after which a wait looks whether its client has left."""


class Interrupted(BaseException):
    """The worker is stopping and the job is to be resumed at its next start.

    Not an Exception, so that DBOS records no outcome for the workflow it ends.
    """


class Tracer:
    """Runs requests in a tracing process: started on first use, kept for its loaded model, replaced after a crash.

    `log_file` gets the output of that process and its libraries.
    """

    def __init__(self, log_file: Path) -> None:
        self._log_file = log_file
        self._child: _Child | None = None
        self._closed = False
        self._running = Lock()
        self._used = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The id of the tracing process, if there is one."""
        return self._child.pid if self._child else None

    def run(
        self,
        request: Request,
        on_progress: OnProgress,
        *,
        end_after: bool = False,
        left: ThreadEvent | None = None,
    ) -> dict[str, float]:
        """Seconds by part, once the request's files are written. `end_after`: the process ends too. It also ends once
        `left` is set, when nobody waits for the result any more.

        Raises the tracing process's error (EmptyPrompt, PromptTooLong, TraceFailed, …), TraceFailed where
        that process ends without one, Interrupted where the tracer is closed, ClientLeft.
        """
        while not self._running.acquire(timeout=-1 if left is None else BETWEEN_CHECKS):
            _check(left)
        try:
            return self._run(request, on_progress, left)
        finally:
            if end_after:
                self._drop()
            self._used = time.monotonic()
            self._running.release()

    def rest(self, idle: float) -> None:
        """End the process, and give its model's memory back, where nothing has run in it for so many seconds."""
        if time.monotonic() - self._used < idle or not self._running.acquire(blocking=False):
            return
        try:
            self._drop()
        finally:
            self._running.release()

    def close(self) -> None:
        """End the process at once, whatever it is doing; a running `run` raises Interrupted."""
        self._closed = True
        if child := self._child:
            child.kill()

    def _run(self, request: Request, on_progress: OnProgress, left: ThreadEvent | None) -> dict[str, float]:
        child = self._ready(request)
        child.send(request)
        while True:
            match self._next_event(child, left):
                case Progress(phase=phase, done=done, total=total):
                    try:
                        on_progress(phase, done, total)
                    except BaseException:  # nobody will wait for the result
                        self._drop()
                        raise
                case Finished(timings=timings):
                    return timings
                case Failed() as failed:
                    if failed.ends:
                        self._child = None
                    raise errors.from_json(failed.error, failed.values) or errors.TraceFailed(failed.detail)
                case None:
                    self._child = None
                    if self._closed:
                        raise Interrupted
                    raise errors.TraceFailed(child.reason_of_end())

    def _next_event(self, child: "_Child", left: ThreadEvent | None) -> Event | None:
        while True:
            try:
                return child.events.get(timeout=None if left is None else BETWEEN_CHECKS)
            except Empty:
                try:
                    _check(left)
                except ClientLeft:
                    self._drop()
                    raise

    def _ready(self, request: Request) -> "_Child":
        child, has_model = self._child, isinstance(request, ModelRequest)
        offline = request.is_local if isinstance(request, ModelRequest) else True
        # huggingface_hub reads its offline switch once, when it is imported.
        if child is None or not child.alive or (has_model and child.offline != offline):
            self._drop()
            child = self._child = _Child(offline, self._log_file)
        if self._closed:  # read only now that `close` can see the child, and kill it
            child.kill()
            raise Interrupted
        return child

    def _drop(self) -> None:
        if child := self._child:
            child.kill()
            self._child = None


def _check(left: ThreadEvent | None) -> None:
    """Raises ClientLeft."""
    if left is not None and left.is_set():
        raise ClientLeft


class _Child:
    """One tracing process. `events` ends with None when the process has ended."""

    def __init__(self, offline: bool, log_file: Path) -> None:
        self.offline = offline
        self.events: SimpleQueue[Event | None] = SimpleQueue()
        self._log_file = log_file
        started: Future[ChildProcess] = Future()
        # The kernel kills a child when the *thread* that started it ends, so the thread that listens to it starts it.
        Thread(target=self._listen, args=(started,), name="tracing-process", daemon=True).start()
        try:
            self._process = started.result()
        except OSError as error:
            raise errors.TraceFailed(f"The tracing process could not be started: {error}") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.alive

    def send(self, request: Request) -> None:
        self._process.send(request.model_dump_json(round_trip=True).encode())

    def kill(self) -> None:
        self._process.kill()

    def reason_of_end(self) -> str:
        """Why the process ended, as a sentence. It is logged too, with the end of the process's output."""
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

    def _listen(self, started: "Future[ChildProcess]") -> None:
        try:
            with self._log_file.open("wb") as printed:
                process = ChildProcess("ingest.worker.child", printed, _environment(self.offline))
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(process)
        try:
            for line in process.lines:
                self.events.put(EVENT.validate_json(line))
            with suppress(TimeoutExpired):  # it is ending, unless it hangs; its status tells why
                process.wait(timeout=5)
        finally:
            process.end()
            self.events.put(None)


def _environment(offline: bool) -> dict[str, str]:
    environment = {
        # Threads that wait must not spin: the server needs the cores too.
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        **os.environ,
    }
    if offline:
        environment["HF_HUB_OFFLINE"] = "1"
    return environment
