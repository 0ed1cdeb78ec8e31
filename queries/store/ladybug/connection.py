"""Opening a Ladybug database, and what its errors mean."""

import logging
import os
import re
import shutil
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

logger = logging.getLogger(__name__)

TORN_LOG = "the WAL file is corrupted"
"""What Ladybug says of a log that ends too early, or whose checksums do not fit."""
NO_SHADOW = ("Cannot replay shadow file", "is missing with no pinned-checkpoint marker")
"""What Ladybug says of a checkpoint whose pages are not there to be applied again: of an empty shadow file, of none."""
LOG_HEAD = 25
"""Bytes of a log's head: the database's id, and whether there are checksums."""
CHECKPOINT = bytes.fromhex("1100000000000000fe02" + 15 * "00" + "65bb0c42fc0883a2")
"""A checkpoint's record in a log: its length, itself and its checksum."""
MOST_CHECKPOINTS = 1000
"""In one log. Whoever is killed while it applies a checkpoint again leaves another record."""
OPEN_TIMEOUT = 5.0
"""Seconds for which a reader tries again to open a file, and to read from it for the first time. While the writing
process makes a checkpoint, of a second at most, the file and its log do not fit together, and the engine says many
things of that: that the log is corrupted, that an index must be rebuilt, that an offset is past the end."""
INTERVAL = 0.05
"""Seconds between two attempts."""


def open_database(path: Path, *, read_only: bool, buffer_pool: int, n_threads: int = 0) -> ladybug.Database:
    """`buffer_pool` is in bytes; with `n_threads` 0, one thread a processor.

    One process may have a database open for writing. Meanwhile others can open it `read_only`: they see what was
    committed before (but see `last_written`). Raises DatabaseUnavailable.

    A process that was killed while it wrote a large transaction to the log leaves half of it, which was not committed:
    who opens the database for writing does without that. The log is kept beside it, lest its end was more than that.
    """
    url, until = f"{LADYBUG}{path}", time.monotonic() + OPEN_TIMEOUT
    if read_only and not path.exists():
        raise DatabaseUnavailable(url, "there is no such file.")
    whole_log = True
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return ladybug.Database(
                path,
                read_only=read_only,
                buffer_pool_size=buffer_pool,
                max_num_threads=n_threads,
                throw_on_wal_replay_failure=whole_log,
            )
        except (RuntimeError, OSError) as error:
            if TORN_LOG in str(error) and whole_log and not read_only:
                whole_log = False
                _keep_log(path)
            elif any(said in str(error) for said in NO_SHADOW) and not read_only and _is_applied(path):
                _end_checkpoint(path)
            elif not read_only or time.monotonic() > until:
                raise DatabaseUnavailable(url, _why_closed(error)) from error
            else:
                time.sleep(INTERVAL)


def _is_applied(path: Path) -> bool:
    """Whether the writer was killed at the very end of a checkpoint: once all pages are in the database's own file, it
    empties the shadow file, removes it, and then removes the log."""
    shadow, log = (path.with_name(path.name + ending) for ending in (".shadow", ".wal"))
    return (
        (not shadow.exists() or shadow.stat().st_size == 0)
        and log.exists()
        and _has_only_checkpoints(log)
        and not path.with_name(f"{path.name}.wal.checkpoint").exists()
    )


def _has_only_checkpoints(log: Path) -> bool:
    """Whether a log has no transaction after its head, which would be lost with it."""
    n, rest = divmod(log.stat().st_size - LOG_HEAD, len(CHECKPOINT))
    return rest == 0 and 0 < n <= MOST_CHECKPOINTS and log.read_bytes()[LOG_HEAD:] == n * CHECKPOINT


def _end_checkpoint(path: Path) -> None:
    for ending in (".wal", ".shadow"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    logger.warning("The writer of %s was killed at the end of a checkpoint, of which all is there.", path)


def _keep_log(path: Path) -> None:
    for ending in (".wal", ".wal.checkpoint"):
        log = path.with_name(path.name + ending)
        if log.exists():
            kept = path.with_name(f"{log.name}.torn-{time.time_ns()}")
            shutil.copy(log, kept)
            logger.warning(
                "The log of %s ends in the middle of a transaction, which is left out: its writer was killed. The log "
                "is kept as %s.",
                path,
                kept.name,
            )


def run(connection: ladybug.Connection, query: str, **parameters: Any) -> "pa.Table":
    """The result of one statement that returns something."""
    return _executed(connection, query, parameters).get_as_arrow()


def run_rows(connection: ladybug.Connection, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The result of one statement, a dict a row; none where it returns nothing."""
    result = _executed(connection, query, parameters)
    found: list[dict[str, Any]] = result.get_as_arrow().to_pylist() if result.get_column_names() else []
    return found


def _executed(connection: ladybug.Connection, query: str, parameters: dict[str, Any]) -> ladybug.QueryResult:
    result = connection.execute(query, parameters)
    assert isinstance(result, ladybug.QueryResult)  # one statement, one result
    return result


def cached(database: ladybug.Database) -> int:
    """Bytes that the database's page cache takes."""
    with ladybug.Connection(database) as connection:
        return int(run_rows(connection, "CALL bm_info() RETURN mem_usage")[0]["mem_usage"])


def last_written(path: Path) -> Written:
    """A stamp that differs after each checkpoint of the writing process. Raises DatabaseUnavailable.

    A process that reads during a checkpoint finds old nodes with new properties, or with none, and gets no error: it
    compares stamps and reads again.
    """
    try:
        file = path.stat()
    except OSError as error:
        raise DatabaseUnavailable(f"{LADYBUG}{path}", f"{error.strerror}.") from None
    return file.st_mtime_ns, file.st_size


def last_committed(path: Path) -> tuple[Written, Written | None]:
    """A stamp that differs after each commit; commits since the last checkpoint are in a second file, the log."""
    try:
        log = path.with_name(f"{path.name}.wal").stat()
    except FileNotFoundError:
        return last_written(path), None
    return last_written(path), (log.st_mtime_ns, log.st_size)


SHORT_WRITE = re.compile(r"numBytesToWrite: (\d+) numBytesWritten: (\d+)\.")


def out_of_room(error: RuntimeError) -> str | None:
    """The engine's sentence where a write had no room; None where the error is another one."""
    line = first_line(error)
    if any(os.strerror(number) in line for number in OUT_OF_ROOM):
        return line
    cut_short = SHORT_WRITE.search(line)
    if cut_short is None:
        return None
    # A write that had room for a part sets no errno; the engine adds the one that an earlier call left.
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
