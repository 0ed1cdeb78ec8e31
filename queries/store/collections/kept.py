"""Collections in a database, the same on both engines."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from queries.errors import CollectionExists, CollectionNotFound, GraphNotFound
from queries.names import check_addressed_name
from queries.store import schema
from queries.store.collections import statements
from queries.store.collections.collections import CollectionRecord, Collections
from queries.store.internals import Run
from queries.store.rows import Row, utc

T = TypeVar("T")


class Transaction(Protocol):
    """Calls a callback in a transaction of its own, with what runs statements in it. Of those that write, one is at
    work at a time, and no graph is deleted meanwhile."""

    def __call__(self, callback: Callable[[Run], T], /) -> T: ...


class KeptCollections(Collections):
    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading, self._writing = reading, writing

    def all(self) -> list[CollectionRecord]:
        return self._reading(lambda run: [_record_of(row) for row in run(statements.ALL)])

    def one(self, name: str) -> CollectionRecord:
        return self._reading(lambda run: read_collection(run, name))

    def of(self, graph_id: str) -> list[str]:
        found = self._reading(lambda run: run(statements.OF_GRAPHS, ids=[graph_id]))
        return [row["name"] for row in found]

    def graphs(self, name: str) -> list[str]:
        def callback(run: Run) -> list[str]:
            read_collection(run, name)
            return [row["id"] for row in run(statements.GRAPHS, name=name)]

        return self._reading(callback)

    def make(self, name: str, created_at: datetime | None = None) -> bool:
        check_addressed_name("collection", name)

        def callback(run: Run) -> bool:
            if _is_there(run, name):
                return False
            _create(run, name, created_at or datetime.now(UTC))
            return True

        return self._writing(callback)

    def change(self, name: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> CollectionRecord:
        check_addressed_name("collection", name)

        def callback(run: Run) -> CollectionRecord:
            if add and not _is_there(run, name):
                _create(run, name, datetime.now(UTC))
            new = _not_in(run, name, add)
            for statement, ids in ((statements.ADD, new), (statements.REMOVE, list(remove))):
                if ids:  # Ladybug cannot tell the type of an empty list
                    run(statement, name=name, ids=ids)
            return read_collection(run, name)

        return self._writing(callback)

    def rename(self, name: str, new: str) -> None:
        check_addressed_name("name", new)

        def callback(run: Run) -> None:
            before = read_collection(run, name)
            if name == new:
                return
            if _is_there(run, new):
                raise CollectionExists(new)
            _create(run, new, before.created_at)
            run(statements.MOVE, name=name, new=new)
            run(statements.DELETE, name=name)

        self._writing(callback)

    def delete(self, name: str) -> None:
        def callback(run: Run) -> None:
            read_collection(run, name)
            run(statements.DELETE, name=name)

        self._writing(callback)


def read_collection(run: Run, name: str) -> CollectionRecord:
    """Raises CollectionNotFound."""
    found = run(statements.ONE, name=name)
    if not found:
        raise CollectionNotFound(name)
    return _record_of(found[0])


def _record_of(row: Row) -> CollectionRecord:
    return CollectionRecord(**row | {"created_at": utc(row["created_at"])})


def _is_there(run: Run, name: str) -> bool:
    return bool(run(statements.ONE, name=name))


def _create(run: Run, name: str, created_at: datetime) -> None:
    run(statements.CREATE, name=name, created_at=created_at.astimezone(UTC))


def _not_in(run: Run, name: str, ids: Sequence[str]) -> list[str]:
    """Those of the graphs that the collection does not have, each once. Raises GraphNotFound."""
    asked = list(dict.fromkeys(ids))
    if not asked:
        return []
    stored = {row["id"] for row in run(statements.STORED, ids=asked, state=schema.VISIBLE)}
    for graph_id in asked:
        if graph_id not in stored:
            raise GraphNotFound(graph_id)
    held = {row["id"] for row in run(statements.OF_GRAPHS, ids=asked) if row["name"] == name}
    return [graph_id for graph_id in asked if graph_id not in held]
