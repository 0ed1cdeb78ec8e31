"""The requests that an installation may make of Neuronpedia. Its limit is by address: all workers share one count.

Its figures rule: `x-limit-remaining` of an answer, and the limit and window that a refusal (429) names. A refusal does
not say when to come back, so each in a row doubles the pause.
"""

import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ingest.annotation.cache import opened

LIMIT, WINDOW = 25_000, 3600.0
"""Requests that Neuronpedia takes from an address in so many seconds, until it names others."""
PAUSE = 1 / 60
"""The first pause after a refusal, as a part of the window."""


class _State(NamedTuple):
    most: int = LIMIT
    window: float = WINDOW
    not_before: float = 0.0
    refusals: int = 0


class Budget:
    """Kept in the data folder's file of features. All methods raise sqlite3.Error and OSError."""

    def __init__(
        self,
        data: Path,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._data, self._clock, self._jitter = data, clock, jitter

    def take(self) -> float:
        """0: a request may be made now, and is counted. Else the seconds to wait before asking again."""
        now = self._clock()
        with opened(self._data) as connection:
            state = self._state(connection)
            connection.execute("DELETE FROM requests WHERE at <= ?", (now - state.window,))
            if now < state.not_before:
                return state.not_before - now
            made = [
                at
                for (at,) in connection.execute(
                    "SELECT at FROM requests ORDER BY at DESC LIMIT ?", (state.most,)
                )
            ]
            if len(made) >= state.most:
                return float(made[-1]) + state.window - now
            connection.execute("INSERT INTO requests (at) VALUES (?)", (now,))
        return 0.0

    def answered(self, remaining: int | None) -> None:
        """After an answer that was no refusal; `remaining`: what it says is left to the address."""
        with opened(self._data) as connection:
            state = self._state(connection)
            pause = self._clock() + state.window * PAUSE if remaining is not None and remaining <= 0 else 0.0
            self._keep(connection, state._replace(refusals=0, not_before=max(state.not_before, pause)))

    def refused(self, limit: int | None, window: float | None) -> None:
        """After a refusal, with the limit and its window in seconds where it names them."""
        with opened(self._data) as connection:
            state = self._state(connection)
            state = state._replace(
                most=limit or state.most, window=window or state.window, refusals=state.refusals + 1
            )
            pause = min(state.window, state.window * PAUSE * 2.0 ** min(state.refusals - 1, 30))
            # Others of this address were refused at the same moment: not all come back at once.
            until = self._clock() + pause * (0.75 + self._jitter() / 2)
            self._keep(connection, state._replace(not_before=max(state.not_before, until)))

    def _state(self, connection: sqlite3.Connection) -> _State:
        row = connection.execute("SELECT most, window, not_before, refusals FROM budget").fetchone()
        return _State(*row) if row else _State()

    def _keep(self, connection: sqlite3.Connection, state: _State) -> None:
        connection.execute("INSERT OR REPLACE INTO budget VALUES (0, ?, ?, ?, ?)", state)
