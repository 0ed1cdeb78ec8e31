"""Opening a Ladybug database, and what its errors mean."""

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import ladybug

from queries.errors import OUT_OF_ROOM, DatabaseUnavailable
from queries.store.address import LADYBUG

if TYPE_CHECKING:
    import pyarrow as pa  # a query's child starts without it

Written: TypeAlias = tuple[int, int]
"""When a file was last written, in nanoseconds, and its size in bytes."""

PATIENCE = 5.0
"""Seconds that a checkpoint of the process that writes may keep a reader from opening; it takes one at most."""
INTERVAL = 0.05


def open_database(path: Path, *, read_only: bool, buffer_pool: int, n_threads: int = 0) -> ladybug.Database:
    """`buffer_pool` in bytes; `n_threads` 0: as many as there are processors.

    One process may have a database open for writing; others can open it `read_only` meanwhile and see what is committed
    when they do (but see `last_written`). Raises DatabaseUnavailable.
    """
    url, until = f"{LADYBUG}{path}", time.monotonic() + PATIENCE
    if read_only and not path.exists():
        raise DatabaseUnavailable(url, "there is no such file.")
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return ladybug.Database(
                path, read_only=read_only, buffer_pool_size=buffer_pool, max_num_threads=n_threads
            )
        except (RuntimeError, OSError) as error:
            being_written = read_only and "retry" in str(error)  # a checkpoint is at work
            if not being_written or time.monotonic() > until:
                raise DatabaseUnavailable(url, _why_closed(error)) from error
            time.sleep(INTERVAL)


def run(connection: ladybug.Connection, query: str, **parameters: Any) -> "pa.Table":
    """The result of one statement."""
    result = connection.execute(query, parameters)
    assert isinstance(result, ladybug.QueryResult)  # one statement, one result
    return result.get_as_arrow()


def run_rows(connection: ladybug.Connection, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The result of one statement, a dict a row."""
    found: list[dict[str, Any]] = run(connection, query, **parameters).to_pylist()
    return found


def last_written(path: Path) -> Written:
    """What changes when the process that writes makes a checkpoint.

    Who reads meanwhile finds the nodes of before with properties of after, or with none, and is not told. Raises
    DatabaseUnavailable.
    """
    try:
        file = path.stat()
    except OSError as error:
        raise DatabaseUnavailable(f"{LADYBUG}{path}", f"{error.strerror}.") from None
    return file.st_mtime_ns, file.st_size


def last_committed(path: Path) -> tuple[Written, Written | None]:
    """What changes with every commit: those that no checkpoint has met yet are in a second file."""
    try:
        log = path.with_name(f"{path.name}.wal").stat()
    except FileNotFoundError:
        return last_written(path), None
    return last_written(path), (log.st_mtime_ns, log.st_size)


SHORT_WRITE = re.compile(r"numBytesToWrite: (\d+) numBytesWritten: (\d+)\.")


def out_of_room(error: RuntimeError) -> str | None:
    """What the engine says where there is no room to write; None where that is not what went wrong."""
    line = first_line(error)
    if any(os.strerror(number) in line for number in OUT_OF_ROOM):
        return line
    cut_short = SHORT_WRITE.search(line)
    if cut_short is None:
        return None
    # Of a write that had room for a part of it the system says no error; the one that the engine adds is an old one's.
    return f"{line[: cut_short.end()]} There was room for no more."


def first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _why_closed(error: Exception) -> str:
    text = str(error)
    if "lock" in text.lower():
        holder = text.partition("PID ")[2].split(")")[0]
        who = f"process {holder}" if holder.isdigit() else "another process"
        return f"{who} has it open, and an embedded database has one writer."
    return first_line(error)
