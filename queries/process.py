"""How a process that works for another one lives and dies."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Of Linux's prctl: the signal a process gets when its parent dies."""


def live_with_parent() -> None:
    """Leave the signals that stop a server to the parent, and die with it.

    Linux kills this process with its parent; elsewhere its end of stdin has to end it.
    """
    for of_the_parent in (signal.SIGINT, signal.SIGTERM):  # it kills this process when it stops
        signal.signal(of_the_parent, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def process_exists(pid: int) -> bool:
    """Whether this machine runs a process of that id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
