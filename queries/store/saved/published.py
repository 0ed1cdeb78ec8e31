"""The saved queries of a data set: none, since it holds graphs."""

from datetime import datetime
from typing import NoReturn

from queries.errors import ReadOnlyDataSet, SavedQueryNotFound
from queries.store.saved.saved import ListedQuery, SavedQueries, SavedQuery


class NoQueries(SavedQueries):
    def __init__(self, url: str) -> None:
        self._url = url

    def all(self) -> list[ListedQuery]:
        return []

    def one(self, name: str) -> SavedQuery:
        raise SavedQueryNotFound(name)

    def put(self, name: str, cypher: str, notes: str = "", changed_at: datetime | None = None) -> NoReturn:  # noqa: ARG002
        self._refuse()

    def rename(self, name: str, new: str) -> NoReturn:  # noqa: ARG002
        self._refuse()

    def delete(self, name: str) -> NoReturn:  # noqa: ARG002
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ReadOnlyDataSet(self._url)
