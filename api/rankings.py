"""The threads in which rankings run: few, and of their own, so that no other request waits for a thread behind them."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event, Lock
from time import monotonic
from typing import TypeVar

from queries.errors import QueryTimeout, ServerBusy
from queries.limits import MAX_SECONDS, Limits

T = TypeVar("T")

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
"""Rankings that run at the same time. Each may hold `queries.limits.MAX_BYTES`: together, so many times that."""
MAX_WAITING = 128
"""Rankings that wait for a thread; one more is refused."""
WHOLE_TRACE_SECONDS = 300.0
"""For a question about a whole trace, which is fetched and read first. Its search has `queries.limits.MAX_SECONDS`."""
WHOLE_TRACES_WAITING = 3
"""Questions about whole traces that wait: one process works on them, one at a time."""


class Rankings:
    """Runs rankings in `at_once` threads. A ranking's time counts from the moment when it is asked for."""

    def __init__(
        self, at_once: int = AT_ONCE, max_waiting: int = MAX_WAITING, seconds: float = MAX_SECONDS
    ) -> None:
        self._at_once, self._max_waiting, self._seconds = at_once, max_waiting, seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="ranking")
        self._places = BoundedSemaphore(at_once + max_waiting)
        self._lock = Lock()
        self.running = self.waiting = 0
        """Rankings that have a thread, and that wait for one."""

    async def run(self, work: Callable[[Limits], T]) -> T:
        """The result of `work`, which checks its limits. It is told to end when this is cancelled.

        Raises ServerBusy where too many wait, or where its time is over before its turn comes; QueryTimeout.
        """
        if not self._places.acquire(blocking=False):
            raise ServerBusy(f"{self._max_waiting} questions wait for their ranking")
        left = Event()
        limits = Limits(left, self._seconds)
        busy = ServerBusy(
            f"{self._at_once} other rankings run, and none ended within {self._seconds:g} seconds"
        )
        begun = False

        def begin() -> T:
            nonlocal begun
            if monotonic() > limits.until:
                raise busy
            begun = True
            self._count(running=1, waiting=-1)
            return work(limits)

        def end(_: object) -> None:
            self._count(running=-1) if begun else self._count(waiting=-1)
            self._places.release()

        self._count(waiting=1)
        ranking = self._threads.submit(begin)
        ranking.add_done_callback(end)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(ranking), limits.until - monotonic())
        except TimeoutError:
            raise (QueryTimeout(self._seconds) if begun else busy) from None
        finally:
            left.set()

    def _count(self, *, running: int = 0, waiting: int = 0) -> None:
        with self._lock:
            self.running += running
            self.waiting += waiting

    def close(self) -> None:
        """Forget the rankings that wait. Those that run end with their requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)
