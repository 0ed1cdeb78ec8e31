"""When memory is given back, and what is asked to free some first."""

import time
from threading import Event

import pytest

from api import memory
from tests.support.patience import PATIENCE


def test_what_is_kept_for_more_work_is_freed_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "INTERVAL", 0.2)
    monkeypatch.setattr(memory, "WORK", 0.1)
    rested = Event()
    with memory.freed_memory_given_back(rested.set):
        assert rested.wait(PATIENCE), "what came before counts as work"
        rested.clear()
        assert not rested.wait(1)
        work()
        assert rested.wait(PATIENCE)


def work() -> None:
    """Take processor time for longer than the interval."""
    begun = time.process_time()
    while time.process_time() - begun < 0.5:
        pass
