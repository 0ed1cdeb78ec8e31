"""Saved queries in a database, the same on both engines."""

from datetime import UTC, datetime

from queries.errors import InvalidRequest, SavedQueryExists, SavedQueryNotFound
from queries.names import check_addressed_name
from queries.store.collections.kept import Transaction
from queries.store.internals import Run
from queries.store.rows import Row, utc
from queries.store.saved import statements
from queries.store.saved.saved import ListedQuery, SavedQueries, SavedQuery
from queries.words import MAX_SAVED_QUERIES


class KeptQueries(SavedQueries):
    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading, self._writing = reading, writing

    def all(self) -> list[ListedQuery]:
        return self._reading(lambda run: [ListedQuery(**_read(row)) for row in run(statements.ALL)])

    def one(self, name: str) -> SavedQuery:
        return self._reading(lambda run: _one(run, name))

    def put(self, name: str, cypher: str, notes: str = "", changed_at: datetime | None = None) -> SavedQuery:
        check_addressed_name("name", name)
        if not cypher.strip():
            raise InvalidRequest("cypher", "is empty")

        def callback(run: Run) -> SavedQuery:
            is_there = bool(run(statements.ONE, name=name))
            if not is_there:
                _check_room(run)
            _write(run, name, cypher, notes, changed_at or datetime.now(UTC), is_there=is_there)
            return _one(run, name)

        return self._writing(callback)

    def rename(self, name: str, new: str) -> SavedQuery:
        check_addressed_name("name", new)

        def callback(run: Run) -> SavedQuery:
            before = _one(run, name)
            if name == new:
                return before
            if run(statements.ONE, name=new):
                raise SavedQueryExists(new)
            # A name is a key, which Ladybug cannot change.
            run(statements.DELETE, name=name)
            _write(run, new, before.cypher, before.notes, before.changed_at, is_there=False)
            return _one(run, new)

        return self._writing(callback)

    def delete(self, name: str) -> None:
        def callback(run: Run) -> None:
            _one(run, name)
            run(statements.DELETE, name=name)

        self._writing(callback)


def _one(run: Run, name: str) -> SavedQuery:
    found = run(statements.ONE, name=name)
    if not found:
        raise SavedQueryNotFound(name)
    return SavedQuery(**_read(found[0]))


def _read(row: Row) -> Row:
    return row | {"changed_at": utc(row["changed_at"])}


def _write(run: Run, name: str, cypher: str, notes: str, changed_at: datetime, *, is_there: bool) -> None:
    values = {"name": name, "cypher": cypher, "notes": notes, "changed_at": changed_at.astimezone(UTC)}
    run(statements.CHANGE if is_there else statements.CREATE, **values)


def _check_room(run: Run) -> None:
    (row,) = run(statements.COUNT)
    if row["n"] >= MAX_SAVED_QUERIES:
        raise InvalidRequest("name", f"{MAX_SAVED_QUERIES:,} queries are saved already; delete some")
