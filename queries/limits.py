"""The limits of a ranking: its time, its memory, and a client that waits for it."""

from threading import Event
from time import monotonic

from queries.errors import InvalidRequest, QueryTimeout

MAX_SECONDS = 30.0
"""For a ranking: how many paths or sequences it must look at is not known before it has."""
MAX_BYTES = 200_000_000
"""For what a search holds, by count."""
STEPS_BETWEEN_CHECKS = 16


class ClientLeft(Exception):
    """The client that asked has left: nobody waits for the answer."""


class Limits:
    """The limits of one ranking, which begins now and ends early once `left` is set. All its searches count in it."""

    def __init__(self, left: Event | None = None, seconds: float | None = None) -> None:
        self.n_steps, self.n_bytes = 0, 0
        self.left = left or Event()
        self._seconds = MAX_SECONDS if seconds is None else seconds
        self.until = monotonic() + self._seconds
        """The moment when its time is over."""

    def check(self) -> None:
        """Raises QueryTimeout, ClientLeft."""
        if self.left.is_set():
            raise ClientLeft
        if monotonic() > self.until:
            raise QueryTimeout(self._seconds)

    def step(self) -> None:
        """Count a step of a search. Raises like `check`, which it calls now and then."""
        if self.n_steps % STEPS_BETWEEN_CHECKS == 0:
            self.check()
        self.n_steps += 1

    def hold(self, n_bytes: int, parameter: str, advice: str) -> None:
        """Count bytes that a search holds from now on; below 0 it has let go of them.

        Raises InvalidRequest with `advice` about the question's `parameter` where they are too many.
        """
        self.n_bytes += n_bytes
        if self.n_bytes > MAX_BYTES:
            raise InvalidRequest(parameter, f"too many are nearly as good as the best: {advice}")
