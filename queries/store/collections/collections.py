"""What is promised of named collections, whatever keeps them."""

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from pydantic import Field

from queries.errors import CollectionNotFound
from queries.graph.records import Record


class CollectionRecord(Record):
    """A named collection of graphs."""

    name: str
    created_at: datetime
    n_graphs: int = Field(description="How many graphs are in it")


class Collections(ABC):
    """The collections of a database. A graph may be in several. One that is deleted is in none any more; a collection
    stays, empty too, until it is deleted itself.

    Methods that change something raise `ReadOnlyDataSet` where the database is a data set.
    """

    @abstractmethod
    def all(self) -> list[CollectionRecord]:
        """By their names."""

    @abstractmethod
    def one(self, name: str) -> CollectionRecord:
        """Raises `CollectionNotFound`."""

    @abstractmethod
    def of(self, graph_id: str) -> list[str]:
        """The names of the collections that a graph is in."""

    @abstractmethod
    def graphs(self, name: str) -> list[str]:
        """The ids of a collection's graphs, in order. Raises `CollectionNotFound`."""

    def among(self, graph_ids: Container[str]) -> Iterator[tuple[CollectionRecord, list[str]]]:
        """Each collection with those of its graphs that are among these; [] too."""
        for record in self.all():
            with suppress(CollectionNotFound):  # it was deleted meanwhile
                yield record, [graph_id for graph_id in self.graphs(record.name) if graph_id in graph_ids]

    @abstractmethod
    def make(self, name: str, created_at: datetime | None = None) -> bool:
        """Make a collection, which was created now unless `created_at` says otherwise. False where it is there already.
        Raises `InvalidRequest` for what cannot be a name."""

    @abstractmethod
    def change(self, name: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> CollectionRecord:
        """Put graphs into a collection, and take others out. The collection is made where something is added to a new
        one. A graph that is in it already, or is not, stays as it is.

        Nothing is changed where it raises: `GraphNotFound` for a graph to add that is not stored, `InvalidRequest` for
        what cannot be a name, `CollectionNotFound` where nothing is added.
        """

    @abstractmethod
    def rename(self, name: str, new: str) -> None:
        """Raises `CollectionNotFound`, `CollectionExists`, `InvalidRequest`."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete a collection; its graphs stay. Raises `CollectionNotFound`."""
