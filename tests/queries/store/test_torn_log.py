"""A Ladybug database whose writer was killed while it wrote its log opens as of the last whole transaction."""

import logging
import shutil
from pathlib import Path

import ladybug
import pytest

from queries.errors import DatabaseUnavailable
from queries.store.ladybug.connection import open_database, run_rows

POOL = 64 << 20


def written(folder: Path) -> Path:
    """A database with two transactions in its log, of a writer that never closed it."""
    path = folder / "graphs.lbug"
    database = ladybug.Database(path, buffer_pool_size=POOL, auto_checkpoint=False)
    connection = ladybug.Connection(database)
    connection.execute("CREATE NODE TABLE Thing(name STRING PRIMARY KEY)")
    connection.execute("CREATE (:Thing {name: 'first'})")
    connection.execute("UNWIND range(1, 20000) AS n CREATE (:Thing {name: 'thing ' + CAST(n AS STRING)})")
    left = folder / "left"
    left.mkdir()
    for file in folder.glob("graphs.lbug*"):
        shutil.copy(file, left / file.name)
    connection.close()
    database.close()
    return left / path.name


def things(path: Path) -> list[str]:
    database = open_database(path, read_only=False, buffer_pool=POOL)
    connection = ladybug.Connection(database)
    try:
        return [
            row["name"] for row in run_rows(connection, "MATCH (t:Thing) RETURN t.name AS name ORDER BY name")
        ]
    finally:
        connection.close()
        database.close()


def test_half_a_transaction_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path)
    log = path.with_name(path.name + ".wal")
    torn = log.read_bytes()[: -log.stat().st_size // 3]
    log.write_bytes(torn)
    with caplog.at_level(logging.WARNING):
        assert things(path) == ["first"]
    (kept,) = path.parent.glob("*.torn-*")
    assert kept.read_bytes() == torn and kept.name in caplog.text
    assert things(path) == ["first"], "it is whole again"
    assert len(list(path.parent.glob("*.torn-*"))) == 1


def test_a_whole_log_is_replayed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path)
    assert len(things(path)) == 20_001
    assert caplog.text == "" and not list(path.parent.glob("*.torn-*"))


def test_a_reader_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    log = path.with_name(path.name + ".wal")
    log.write_bytes(log.read_bytes()[: -log.stat().st_size // 3])
    before = log.read_bytes()
    monkeypatch.setattr("queries.store.ladybug.connection.OPEN_TIMEOUT", 0.1)
    with pytest.raises(DatabaseUnavailable, match="corrupted"):
        open_database(path, read_only=True, buffer_pool=POOL)
    assert log.read_bytes() == before
