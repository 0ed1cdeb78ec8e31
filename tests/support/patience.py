"""How long tests wait and what time queries get, in one place.

No test asserts how long a machine takes. It asserts that a thing happens, that what has no end is ended at its limit,
and that nothing waits for what it should not wait for. `TEST_TIMES=2` doubles every figure here.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

TIMES = float(os.environ.get("TEST_TIMES", "1"))

PATIENCE = 60.0 * TIMES
"""Seconds that anything gets that is to happen, on a busy machine."""
TRACING = 4 * PATIENCE
"""The same where torch is imported and a prompt traced."""
AMPLE = 30.0 * TIMES
"""The time limit of a query that takes milliseconds."""
LIMIT = 1.0 * TIMES
"""The time limit of a query that has no end, or more to do than it may."""
LATE = 5.0 * TIMES
"""Seconds after its limit by which a query has ended, on a busy machine: half a second is promised on an idle one."""
PROMPTLY = 20.0 * TIMES
"""Seconds for what waits for nothing: less than the time of what it must not wait for."""


def soon(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Whether the condition comes true."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only its exit status is left."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
