"""The server's handle on the processes that run people's queries: a query can harm only its own process.

The two sides speak JSON, one document a line. On a child's stdin: `{"url"}` once (never an argument, which other
users could read: it may hold a password), then a CypherQuery for each query. On its stdout: `{"ready"}` once, then
for each query `{"columns"}`, a list for each row, and at last `{"truncated", "seconds"}` or an error.
"""

import asyncio
import json
import signal
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeAlias

from queries import errors
from queries.cypher.answer import CypherAnswer, CypherQuery
from queries.cypher.outliving import OutlivingQuery, Watch
from queries.process import ChildProcess
from queries.store.address import shown
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT

AT_ONCE = 3
"""Queries of people's that run at the same time; more wait."""
NAMED_AT_ONCE = 2
"""Named queries that run beside them: they never wait for people's own."""

Json: TypeAlias = dict[str, Any]


class CypherRunner:
    """Runs reading queries on the database at `url`, each in a process of its own that is kept for the next query.

    Safe to use from several threads and event loops. Processes are started on demand, and one more than there are
    running queries, so that the next query need not wait for one.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._closed = False
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._lock = Lock()
        # The kernel kills a child when the *thread* that started it ends: these live until `close`.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cypher")
        self._named_threads = ThreadPoolExecutor(NAMED_AT_ONCE, thread_name_prefix="named query")
        self._watch = Watch(url)

    async def run(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = DEFAULT_LIMIT,
        timeout: float = DEFAULT_TIMEOUT,
        is_named: bool = False,
    ) -> CypherAnswer:
        """The query's rows, at most `limit`. Cancelling it ends the query. Named queries have turns of their own.

        Raises QueryRefused for a query that does more than read, InvalidQuery, QueryUnstoppable for one that is not
        begun, QueryTimeout after `timeout` seconds, QueryTooLarge, TooManyOutlive, DatabaseUnavailable where `timeout`
        passes before the query's turn comes.
        """
        request = CypherQuery(query, dict(parameters or {}), limit, timeout, is_named)
        turn = _Turn()
        threads, at_once = (self._named_threads, NAMED_AT_ONCE) if is_named else (self._threads, AT_ONCE)
        answer = threads.submit(self._answer, turn, request)
        begun = asyncio.wrap_future(turn.begun)
        try:
            await asyncio.wait([begun], timeout=timeout)
            if not begun.done() and answer.cancel():
                why = f"{at_once} other queries run, and none ended within {timeout:g} seconds."
                raise errors.DatabaseUnavailable(shown(self._url), why)
            return await asyncio.wrap_future(answer)
        except asyncio.CancelledError:
            answer.cancel()
            turn.end()
            raise
        finally:
            begun.cancel()

    def warm(self) -> None:
        """Start a process before the first query comes, and look for queries that a server before this one ended."""
        self._threads.submit(self._warm)
        self._watch.look()

    @property
    def outliving(self) -> list[OutlivingQuery]:
        """The ended queries that the database goes on with, as of a moment ago."""
        return self._watch.found

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of all its processes."""
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
        self._named_threads.shutdown(cancel_futures=True)
        self._watch.close()

    def _warm(self) -> None:
        with self._lock:
            self._keep_one_idle()

    def _answer(self, turn: "_Turn", request: CypherQuery) -> CypherAnswer:
        child = self._take()
        try:
            turn.begin(child)
            return child.ask(request)
        except _Ended as ended:
            self._watch.look()
            raise self._error_after(ended, request) from None
        except (errors.QueryTimeout, errors.QueryTooLarge) as error:
            self._watch.look()
            if isinstance(error, errors.QueryTooLarge):
                child.kill()  # its memory may be inconsistent
            raise
        finally:
            self._give_back(child)

    def _take(self) -> "_Child":
        with self._lock:
            self._keep_one_idle()
            child = self._idle.pop() if self._idle else _Child(self._url)
            self._busy.add(child)
            if self._closed:
                child.kill()
            self._keep_one_idle()
        return child

    def _give_back(self, child: "_Child") -> None:
        with self._lock:
            self._busy.remove(child)
            if child.alive and not self._closed:
                self._idle.append(child)
            else:
                child.end()
            self._keep_one_idle()

    def _keep_one_idle(self) -> None:
        """Have an idle process that is alive while fewer are busy than may be. The caller holds the lock."""
        for child in [child for child in self._idle if not child.alive]:
            self._idle.remove(child)
            child.end()
        if not self._closed and not self._idle and len(self._busy) < AT_ONCE + NAMED_AT_ONCE:
            self._idle.append(_Child(self._url))

    def _error_after(self, ended: "_Ended", request: CypherQuery) -> errors.CircuitExplorerError:
        if self._closed:
            return errors.DatabaseUnavailable(shown(self._url), "the server stops.")
        if ended.status == -signal.SIGALRM:
            return errors.QueryTimeout(request.timeout)
        how = signal.Signals(-ended.status).name if ended.status < 0 else f"status {ended.status}"
        return errors.QueryTooLarge(
            f"it brought down its process ({how}), most likely for want of memory or stack."
        )


class _Turn:
    """A query's wait for a process, and its hold on the process that it got."""

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


class _Child(ChildProcess):
    """One process. It reports when it is ready; a request may be sent before."""

    def __init__(self, url: str) -> None:
        super().__init__("queries.cypher.child")
        self._engine: Any = None
        self._send({"url": url})

    def ask(self, request: CypherQuery) -> CypherAnswer:
        """Raises the error that the child raised, and _Ended where it ended instead of answering."""
        self._send(request._asdict())
        columns: list[str] = []
        lines: list[bytes] = []
        for line in self.lines:
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
                    raise errors.from_json(error, values) or RuntimeError(
                        f"A query's process raised {error}."
                    )
                case {"fault": fault}:
                    self.kill()
                    raise RuntimeError(f"A query's process failed: {fault}")
        raise _Ended(self.wait())

    def _send(self, message: Json) -> None:
        self.send(json.dumps(message).encode())
