"""A graph that is stored in a thread of its own, while the rest of its job goes on."""

import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeAlias, TypeVar

from queries.graph.records import Phase

T = TypeVar("T")
Report: TypeAlias = Callable[[Phase, int], None]
"""Called with a phase and 0 when it begins, and 1 when it ends."""


class Storing(Generic[T]):
    """Begins the work, which is given its `Report`, at once. Only the job's own thread may record progress: it reads
    the work's from `progress`."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        self._progress: SimpleQueue[tuple[Phase, int] | None] = SimpleQueue()
        self._ended: Future[T] = Future()
        context = contextvars.copy_context()  # the log's lines name the job
        Thread(target=context.run, args=(self._run, work), name="storing").start()

    def progress(self) -> Iterator[tuple[Phase, int]]:
        """What the work reported and reports, until it ends."""
        while (step := self._progress.get()) is not None:
            yield step

    def result(self) -> T:
        """Raises what the work raised."""
        return self._ended.result()

    def wait(self) -> None:
        """Wait for the end, whatever it is."""
        self._ended.exception()

    def _run(self, work: Callable[[Report], T]) -> None:
        try:
            self._ended.set_result(work(lambda phase, done: self._progress.put((phase, done))))
        except BaseException as error:
            self._ended.set_exception(error)
        finally:
            self._progress.put(None)
