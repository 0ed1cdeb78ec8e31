"""The server's handle on the processes that run people's queries: whatever a query does stays in them.

The two sides speak JSON, one document a line. On a child's stdin: `{"url"}` once (never an argument, which other
users could read: it may hold a password), then a CypherQuery for each query. On its stdout: `{"ready"}` once, then
for each query `{"columns"}`, a list for each row, and at last `{"truncated", "seconds"}` or an error.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any, TypeAlias

from queries import errors
from queries.cypher.answer import CypherAnswer, CypherQuery
from queries.store.address import shown
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT

AT_ONCE = 3
"""Queries that run at the same time; more wait."""

Json: TypeAlias = dict[str, Any]


class CypherRunner:
    """Runs reading queries on the database at `url`, each in a process of its own that is kept for the next.

    Safe to use from several threads and event loops. Processes are started when they are needed, and one more than
    run, so that a query need not wait for one.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._closed = False
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._lock = Lock()
        # The kernel ends a child with the *thread* that started it: these live until `close`.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cypher")

    async def run(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = DEFAULT_LIMIT,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> CypherAnswer:
        """The query's rows, at most `limit`. Cancelling it ends the query.

        Raises QueryRefused for what does more than read, InvalidQuery, QueryTimeout after `timeout` seconds,
        QueryTooLarge, and DatabaseUnavailable where `timeout` passes before the query's turn comes.
        """
        request = CypherQuery(query, dict(parameters or {}), limit, timeout)
        turn = _Turn()
        answer = self._threads.submit(self._answer, turn, request)
        begun = asyncio.wrap_future(turn.begun)
        try:
            await asyncio.wait([begun], timeout=timeout)
            if not begun.done() and answer.cancel():
                why = f"{AT_ONCE} other queries run, and none ended within {timeout:g} seconds."
                raise errors.DatabaseUnavailable(shown(self._url), why)
            return await asyncio.wrap_future(answer)
        except asyncio.CancelledError:
            answer.cancel()
            turn.end()
            raise
        finally:
            begun.cancel()

    def warm(self) -> None:
        """Start a process before the first query comes."""
        self._threads.submit(self._warm)

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the processes that there are."""
        with self._lock:
            return tuple(child.pid for child in (*self._idle, *self._busy))

    def close(self) -> None:
        """End all processes at once; running queries raise DatabaseUnavailable."""
        with self._lock:
            self._closed = True
            for child in self._busy:
                child.kill()
            for child in self._idle:
                child.end()
            self._idle.clear()
        self._threads.shutdown(cancel_futures=True)

    def _warm(self) -> None:
        with self._lock:
            self._keep_spare()

    def _answer(self, turn: "_Turn", request: CypherQuery) -> CypherAnswer:
        child = self._take()
        try:
            turn.begin(child)
            return child.ask(request)
        except _Ended as ended:
            raise self._told(ended, request) from None
        except errors.QueryTooLarge:
            child.kill()  # what it has allocated may be in pieces
            raise
        finally:
            self._give_back(child)

    def _take(self) -> "_Child":
        with self._lock:
            self._keep_spare()
            child = self._idle.pop() if self._idle else _Child(self._url)
            self._busy.add(child)
            if self._closed:
                child.kill()
            self._keep_spare()
        return child

    def _give_back(self, child: "_Child") -> None:
        with self._lock:
            self._busy.remove(child)
            if child.alive and not self._closed:
                self._idle.append(child)
            else:
                child.end()
            self._keep_spare()

    def _keep_spare(self) -> None:
        """One process that is alive more than run, of the AT_ONCE that there may be; with the lock held."""
        for child in [child for child in self._idle if not child.alive]:
            self._idle.remove(child)
            child.end()
        if not self._closed and not self._idle and len(self._busy) < AT_ONCE:
            self._idle.append(_Child(self._url))

    def _told(self, ended: "_Ended", request: CypherQuery) -> errors.CircuitExplorerError:
        if self._closed:
            return errors.DatabaseUnavailable(shown(self._url), "the server stops.")
        if ended.status == -signal.SIGALRM:
            return errors.QueryTimeout(request.timeout)
        how = signal.Signals(-ended.status).name if ended.status < 0 else f"status {ended.status}"
        return errors.QueryTooLarge(
            f"it brought down its process ({how}), most likely for want of memory or stack."
        )


class _Turn:
    """A query's wait for a process, and its hold on the one it got."""

    def __init__(self) -> None:
        self.begun: Future[None] = Future()
        self._lock = Lock()
        self._child: _Child | None = None
        self._ended = False

    def begin(self, child: "_Child") -> None:
        with self._lock:
            self._child = child
            if self._ended:
                child.kill()
        if self.begun.set_running_or_notify_cancel():
            self.begun.set_result(None)

    def end(self) -> None:
        """Nobody waits for the answer any more."""
        with self._lock:
            self._ended = True
            if self._child:
                self._child.kill()


class _Ended(Exception):
    """A child ended without an answer: killed by signal -`status`, or with exit status `status`."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class _Child:
    """One process. It is ready when it has said so; a request may be sent before."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "queries.cypher.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # a Ctrl-C at the terminal is for the server alone
        )
        self._engine: Any = None
        self._killed = False
        self._send({"url": url})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._killed and self._process.poll() is None

    def kill(self) -> None:
        """Let whoever waits for its answer be told that it ended."""
        self._killed = True
        self._process.kill()

    def end(self) -> None:
        """Kill it and leave nothing of it. Only for whoever alone has it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()

    def ask(self, request: CypherQuery) -> CypherAnswer:
        """Raises what the child raised, and _Ended where it ended instead of answering."""
        assert self._process.stdout is not None
        self._send(request._asdict())
        columns: list[str] = []
        lines: list[bytes] = []
        for line in self._process.stdout:
            if line.startswith(b"["):
                lines.append(line.rstrip(b"\n"))
                continue
            match json.loads(line):
                case {"ready": engine}:
                    self._engine = engine
                case {"columns": [*names]}:
                    columns = names
                case {"truncated": truncated, "seconds": seconds}:
                    return CypherAnswer(columns, lines, truncated, seconds, self._engine)
                case {"error": error, "values": values}:
                    raise getattr(errors, error)(**values)
                case {"fault": fault}:
                    self.kill()
                    raise RuntimeError(f"A query's process failed: {fault}")
        raise _Ended(self._process.wait())

    def _send(self, what: Json) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # where it is gone, reading tells how it ended
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()
