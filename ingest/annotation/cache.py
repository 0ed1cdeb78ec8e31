"""What is known of features, kept for good in the data folder, and who of an installation asks for more."""

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import ValidationError

from ingest.annotation.deadline import Deadline
from ingest.annotation.reading import Known, Place

FILE = "neuronpedia.sqlite"
LOCK = "neuronpedia.lock"
BUSY_SECONDS = 30.0
LOCK_INTERVAL = 0.2
MISSING_DAYS = 30
"""For which a feature counts as missing, once its source did not have it: sources grow."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS features (model TEXT, source TEXT, number INTEGER, known TEXT NOT NULL, "
    "kept_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (model, source, number))",
    "CREATE TABLE IF NOT EXISTS requests (at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS budget (id INTEGER PRIMARY KEY, most INTEGER, window REAL, not_before REAL, "
    "refusals INTEGER)",
)


@contextmanager
def opened(data: Path) -> Iterator[sqlite3.Connection]:
    """The installation's file, in one transaction that other processes wait for. Raises sqlite3.Error, OSError."""
    data.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(data / FILE, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("BEGIN IMMEDIATE")
        yield connection  # an error closes it, which rolls back
        connection.execute("COMMIT")


class Cache:
    """Features that were asked for before, with all that their sources said; kept as each answer comes, so that work
    which is cut short goes on where it was."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def get(self, places: Iterable[Place]) -> dict[Place, Known]:
        """What is kept of these features, but for those that have been missing for too long to be taken for so.

        Raises sqlite3.Error, OSError.
        """
        if not (self._data / FILE).exists():
            return {}
        found: dict[Place, Known] = {}
        with opened(self._data) as connection:
            for place in places:
                row = connection.execute(
                    "SELECT known, kept_at < datetime('now', ?) FROM features "
                    "WHERE model = ? AND source = ? AND number = ?",
                    (f"-{MISSING_DAYS} days", *place),
                ).fetchone()
                if row is not None:
                    try:
                        known = Known.model_validate_json(row[0])
                    except ValidationError:  # another version's: it is asked for again
                        continue
                    if known != Known() or not row[1]:
                        found[place] = known
        return found

    def put(self, known: Mapping[Place, Known]) -> None:
        """Raises sqlite3.Error, OSError."""
        rows = [(*place, one.model_dump_json()) for place, one in known.items()]
        with opened(self._data) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO features (model, source, number, known) VALUES (?, ?, ?, ?)", rows
            )

    @contextmanager
    def asking(self, deadline: Deadline) -> Iterator[None]:
        """Within it, nobody else of the installation asks: of two that want one feature, the second finds it kept.

        Raises OutOfTime. The lock ends with its process, however that ends.
        """
        self._data.mkdir(parents=True, exist_ok=True)
        with (self._data / LOCK).open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    deadline.sleep(LOCK_INTERVAL)
            yield
