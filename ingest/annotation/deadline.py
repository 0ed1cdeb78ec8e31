"""How long an annotation may go on: it ends in time, with what it has, and another goes on from there."""

import time
from threading import Event


class OutOfTime(Exception):
    """The annotation's time is over. `resumes_in`: seconds in which going on is no use."""

    def __init__(self, resumes_in: float = 0.0) -> None:
        super().__init__("out of time")
        self.resumes_in = resumes_in


class Deadline:
    """So many seconds from now, or the moment when `stopping` is set."""

    def __init__(self, seconds: float, stopping: Event | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._stopping = stopping or Event()

    @property
    def left(self) -> float:
        return 0.0 if self._stopping.is_set() else max(0.0, self._until - time.monotonic())

    def check(self) -> None:
        """Raises OutOfTime."""
        if not self.left:
            raise OutOfTime

    def sleep(self, seconds: float) -> None:
        """Raises OutOfTime, at once where the wait is longer than what is left."""
        if seconds >= self.left:
            raise OutOfTime(seconds)
        self._stopping.wait(seconds)
        self.check()
