"""What the clients of a soak know: the jobs that were accepted, how they ended, and what was found wrong."""

import random
import time
from collections import Counter
from enum import StrEnum
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = dict[str, Any]

LAST_STATES = ("done", "failed", "cancelled")


class Wrong(StrEnum):
    LOST = "lost"
    DOUBLED = "doubled"
    OTHER = "wrong"


class Fault(NamedTuple):
    wrong: Wrong
    what: str
    after: float
    """Seconds since the soak began."""

    def __str__(self) -> str:
        return f"{self.after:.1f} s, {self.wrong}: {self.what}"


class Ledger:
    """Threads share it. `answers` counts what was answered, by request and by status or error."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.answers = Counter[tuple[str, str]]()
        self._began = time.monotonic()
        self._lock = Lock()
        self._asked: dict[str, Json | None] = {}
        self._ended: dict[str, Json] = {}
        self._to_cancel = set[str]()

    def fault(self, wrong: Wrong, what: str) -> None:
        with self._lock:
            self.faults.append(Fault(wrong, what, time.monotonic() - self._began))

    def count(self, request: str, answer: str) -> None:
        with self._lock:
            self.answers[request, answer] += 1

    def accepted(self, job: Json, asked: Json | None = None) -> None:
        """A job that was answered with 202. `asked`: the body that asks for it again, of a prompt."""
        with self._lock:
            self._asked.setdefault(job["id"], asked)

    def cancels(self, job_id: str) -> None:
        with self._lock:
            self._to_cancel.add(job_id)

    def seen(self, job: Json) -> None:
        """What was answered about a job: its end is its end, and only what was cancelled is cancelled."""
        if job["state"] not in LAST_STATES:
            before = self._ended.get(job["id"])
            if before is not None:
                self.fault(Wrong.DOUBLED, f"{job['id']} ended as {before['state']} and is {job['state']} now")
            return
        with self._lock:
            before = self._ended.setdefault(job["id"], job)
        if _end(before) != _end(job):
            self.fault(Wrong.DOUBLED, f"{job['id']} ended twice: {before}, {job}")
        if job["state"] == "cancelled" and job["id"] not in self._to_cancel:
            self.fault(Wrong.LOST, f"{job['id']} is cancelled, and nobody did")

    @property
    def jobs(self) -> set[str]:
        return set(self._asked)

    @property
    def unfinished(self) -> set[str]:
        with self._lock:
            return self._asked.keys() - self._ended.keys()

    @property
    def ended(self) -> dict[str, Json]:
        """The last answers about the jobs that have ended."""
        with self._lock:
            return dict(self._ended)

    def one_asked(self, chance: random.Random) -> tuple[str, Json] | None:
        """An unfinished job of a prompt, and the body that asks for it."""
        with self._lock:
            found = [
                (each, asked) for each, asked in self._asked.items() if asked and each not in self._ended
            ]
        return chance.choice(found) if found else None

    def one_ended(self, chance: random.Random, *states: str) -> Json | None:
        """A job that ended in one of the states."""
        with self._lock:
            found = [job for job in self._ended.values() if job["state"] in states]
        return chance.choice(found) if found else None


def _end(job: Json) -> tuple[Any, ...]:
    """What must stay. The process that runs a job that was cancelled may yet report its progress."""
    is_cancelled = job["state"] == "cancelled"
    return job["state"], *(() if is_cancelled else (job["graph_id"], job["problem"], job["finished_at"]))
