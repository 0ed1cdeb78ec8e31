"""Memory: how a process that runs for long takes it, and that what is free inside it goes back to the system.

glibc's malloc keeps what was freed in its arenas, of which threads take one each: ten imported graphs leave 300 MB
there. Large blocks it takes from the system and gives back at once, but each that is freed makes it take larger ones
for small; what stays between freed ones cannot be given back.
"""

import ctypes
import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

SETTINGS = {"M_ARENA_MAX": (-8, 1), "M_MMAP_THRESHOLD": (-3, 4 << 20), "M_TRIM_THRESHOLD": (-1, 64 << 20)}
"""`mallopt`'s number of each, and its value: arenas, of which `malloc_trim` leaves the end of all but the first alone,
up to 64 MB of each; bytes from which a block is always large, above the columns of a graph of 300,000 edges, whose
ranking would take twice as long; bytes at the arena's end that it keeps until they are given back here."""
ARROW_ON_MALLOC = ("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Else pyarrow, which reads this when it is imported, takes an allocator of its own, which keeps what threads freed."""
COLLECTIONS = (100_000, 1000, 1000)
"""Thresholds of Python's collector of cycles. A ranking makes millions of objects and no cycles, and so do imports; by
Python's own thresholds the collector goes through all of them again and again, which takes four fifths of a large
question's time, holds up every other request for up to a second each time, and is a fifth of the imports' time."""
INTERVAL = 2.0
"""Seconds between two looks at what the process did."""
WORK = 0.25
"""Seconds of processor time in which enough can have been freed: giving it back takes up to 0.03."""


def settle_memory() -> None:
    """Set the process's allocator and collector up. To be called before anything large is imported."""
    gc.set_threshold(*COLLECTIONS)
    settle_allocator()


def settle_allocator() -> bool:
    """Whether the process's allocator can give memory back (glibc's on Linux can); it is then set up for that. To be
    called before the engines are imported: a thread that they start earlier keeps an arena of its own."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return False
    os.environ.setdefault(*ARROW_ON_MALLOC)
    for setting in SETTINGS.values():
        library.mallopt(*setting)
    return True


@contextmanager
def freed_memory_given_back(rest: Callable[[], None]) -> Iterator[None]:
    """Within it, free memory goes back to the system soon after work, and `rest` is called, which frees what was kept
    for more of it."""
    if not settle_allocator():
        yield
        return
    library, ends = ctypes.CDLL(None), Event()

    def give_back() -> None:
        worked, was_working = 0.0, False
        while not ends.wait(INTERVAL):
            is_working = time.process_time() - worked >= WORK
            if was_working and not is_working:
                rest()
            if is_working or was_working:  # once more after the work: it held some until its end
                library.malloc_trim(0)
                worked = time.process_time()
            was_working = is_working

    thread = Thread(target=give_back, name="freed memory", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()
