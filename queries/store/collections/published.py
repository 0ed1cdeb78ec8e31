"""The collections of a data set, which is only read."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, NoReturn

from queries.errors import CollectionNotFound, ReadOnlyDataSet
from queries.names import fault_of_addressed_name
from queries.store.collections.collections import CollectionRecord, Collections
from queries.store.rows import Row


class Published(NamedTuple):
    """A collection, and the ids of its graphs in order."""

    record: CollectionRecord
    graphs: list[str]


def published(rows: Iterable[Row], known: Container[str]) -> dict[str, Published]:
    """Collections from the rows of their table. Raises ValueError for what no collection of the `known` graphs is."""
    found: dict[str, Published] = {}
    for row in sorted(rows, key=lambda row: str(row["name"])):
        name, graphs = row["name"], sorted(row["graphs"])
        if (fault := fault_of_addressed_name(name)) is not None:
            raise ValueError(fault)
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        if len(set(graphs)) < len(graphs) or not all(graph_id in known for graph_id in graphs):
            raise ValueError(f"{name!r} has a graph twice, or one that is not there")
        record = CollectionRecord(name=name, created_at=row["created_at"], n_graphs=len(graphs))
        found[name] = Published(record, graphs)
    return found


class PublishedCollections(Collections):
    def __init__(self, url: str, read: Callable[[], Mapping[str, Published]]) -> None:
        """`read` finds them by their names, in order."""
        self._url, self._read = url, read

    def all(self) -> list[CollectionRecord]:
        return [one.record for one in self._read().values()]

    def one(self, name: str) -> CollectionRecord:
        return self._published(name).record

    def of(self, graph_id: str) -> list[str]:
        return [name for name, one in self._read().items() if graph_id in one.graphs]

    def graphs(self, name: str) -> list[str]:
        return self._published(name).graphs

    def _published(self, name: str) -> Published:
        try:
            return self._read()[name]
        except KeyError:
            raise CollectionNotFound(name) from None

    def make(self, name: str, created_at: datetime | None = None) -> bool:  # noqa: ARG002
        self._refuse()

    def change(self, name: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> CollectionRecord:  # noqa: ARG002
        self._refuse()

    def rename(self, name: str, new: str) -> None:  # noqa: ARG002
        self._refuse()

    def delete(self, name: str) -> None:  # noqa: ARG002
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ReadOnlyDataSet(self._url)
