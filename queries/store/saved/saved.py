"""What is promised of saved queries, whatever keeps them."""

from abc import ABC, abstractmethod
from datetime import datetime

from pydantic import Field

from queries.graph.records import Record


class ListedQuery(Record):
    """A saved query without its text."""

    name: str
    notes: str
    changed_at: datetime


class SavedQuery(ListedQuery):
    """A person's Cypher, kept under a name."""

    cypher: str = Field(description="In the dialect of the engine in use when it was saved")


class SavedQueries(ABC):
    """The saved queries of a database. What they say is not looked at before they are run.

    Methods that change something raise `ReadOnlyDataSet` where the database is a data set.
    """

    @abstractmethod
    def all(self) -> list[ListedQuery]:
        """By their names."""

    @abstractmethod
    def one(self, name: str) -> SavedQuery:
        """Raises `SavedQueryNotFound`."""

    @abstractmethod
    def put(self, name: str, cypher: str, notes: str = "", changed_at: datetime | None = None) -> SavedQuery:
        """Save a query, in place of one of this name. It was changed now unless `changed_at` says otherwise.

        Raises `InvalidRequest` for what cannot be a name, an empty text, and one query too many.
        """

    @abstractmethod
    def rename(self, name: str, new: str) -> SavedQuery:
        """Raises `SavedQueryNotFound`, `SavedQueryExists`, `InvalidRequest`."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Raises `SavedQueryNotFound`."""
