"""The faults of a graph file: the first few are told together, and in lenient reading some are dropped and counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import Field

from queries.errors import InvalidGraph
from queries.graph.records import Record

MOST_TOLD = 5


class Dropped(Record):
    """How much of a file was not stored."""

    zero_links: int = Field(0, description="Links of weight 0")
    dangling_links: int = Field(
        0, description="Lenient only: links from or to a node that the file does not have"
    )
    doubled_links: int = Field(
        0, description="Lenient only: links that a later one with the same ends replaces"
    )
    bad_links: int = Field(
        0, description="Lenient only: links that have no finite weight, or that no node may have"
    )
    bad_activations: int = Field(
        0, description="Lenient only: activations and influences that are no numbers"
    )
    pins: int = Field(0, description="Pins of nodes that the file does not have")
    supernode_members: int = Field(0, description="The same of members of supernodes")
    supernodes: int = Field(0, description="Supernodes that no member is left of")


class Faults:
    """Collects the faults of a file while it is read, and counts what is dropped."""

    def __init__(self, lenient: bool = False) -> None:
        self.lenient = lenient
        self.counts: dict[str, int] = {}
        self._found: list[InvalidGraph] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Goes on after an InvalidGraph that is raised within. Raises all once there are `MOST_TOLD`."""
        try:
            yield
        except InvalidGraph as error:
            self._found.append(error)
            if len(self._found) >= MOST_TOLD:
                self.check()

    def check(self) -> None:
        """Raises InvalidGraph for the faults that were collected: the first, and in its sentence the others."""
        if self._found:
            first, *others = self._found
            self._found = []
            raise InvalidGraph(first.where, "; also ".join([first.why, *map(str, others)]))

    def drop(self, field: str, error: InvalidGraph | None = None, count: int = 1) -> None:
        """Count what is not stored. An `error` is raised instead, but in lenient reading."""
        if error is not None and not self.lenient:
            raise error
        if count:
            self.counts[field] = self.counts.get(field, 0) + count

    @property
    def dropped(self) -> Dropped:
        return Dropped(**self.counts)
