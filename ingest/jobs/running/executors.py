"""The processes that run jobs: each has an id of its own, and says every few seconds that it lives.

A table of the job database has a row for each. A process is lost where it has said nothing for a while, or at once
where this machine has no such process any more; what it ran is queued again by whoever sees it (`sweep`).
"""

import os
import secrets
import socket
from collections.abc import Iterable

import sqlalchemy as sa

from ingest.jobs.kept.tables import hasten
from queries.process import process_exists

SILENT = 30.0
"""Seconds without a sign of life after which a process counts as lost."""
JULIAN_1970 = 2440587.5
"""The Julian day at whose beginning 1970 began: SQLite's way to fractions of seconds."""
FORGOTTEN = 24 * 3600.0
"""Seconds after which the row of a lost process goes."""

_TABLE = sa.Table(
    "circuit_explorer_executors",
    sa.MetaData(),
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("host", sa.String(120), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)
"""`seen`: seconds since 1970, by the database's clock: that of machines may differ."""


def engine_of(url: str) -> sa.Engine:
    """Of the job database, beside DBOS's own."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True, connect_args={"timeout": 30})
    parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(parsed, pool_pre_ping=True, pool_size=1, connect_args={"connect_timeout": 10})


class Executors:
    """`url`: of the job database. Every method raises SQLAlchemyError where it cannot be used."""

    def __init__(self, url: str) -> None:
        self._engine = engine_of(url)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._host, self._pid = socket.gethostname(), os.getpid()
        self.own = f"{self._host}:{self._pid}:{secrets.token_hex(4)}"
        """The id of this process: another one at each start."""

    def register(self) -> None:
        """Make this process known. To be called before it runs anything."""
        _TABLE.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_TABLE).where(_TABLE.c.seen < self._now - FORGOTTEN))
            self._enter(connection)

    def live(self) -> None:
        """Say that this process lives."""
        with self._engine.begin() as connection:
            said = connection.execute(sa.update(_TABLE).where(_TABLE.c.id == self.own).values(seen=self._now))
            if said.rowcount == 0:  # it was silent for so long that it was forgotten
                self._enter(connection)

    def leave(self) -> None:
        """This process runs nothing any more: what it left is anybody's at once."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_TABLE).where(_TABLE.c.id == self.own))

    def lost(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids whose process is lost, or was never known."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_TABLE, (self._now - _TABLE.c.seen).label("silent")))
            living = {row.id for row in rows if not self._is_lost(row)}
        return [each for each in ids if each not in living and each != self.own]

    def hasten(self, lost: str) -> None:
        """What a lost process ran goes first once it is queued again."""
        hasten(self._engine, lost)

    def close(self) -> None:
        self._engine.dispose()

    def _enter(self, connection: sa.Connection) -> None:
        row = {"id": self.own, "host": self._host, "pid": self._pid, "seen": self._now}
        connection.execute(sa.insert(_TABLE).values(row))

    def _is_lost(self, row: sa.Row[tuple[object, ...]]) -> bool:
        is_here = row.host == self._host and not process_exists(row.pid)
        return is_here or row.silent > SILENT

    @property
    def _now(self) -> sa.ColumnElement[float]:
        if self._is_sqlite:
            return (sa.func.julianday("now") - JULIAN_1970) * 86400.0
        return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float)
