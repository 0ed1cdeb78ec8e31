"""What every engine promises. `queries.store.open.open_store` picks the engine by the URL."""

from abc import ABC, abstractmethod
from itertools import count
from types import TracebackType
from typing import Self

from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import FeatureRecord
from queries.graph.records import GraphRecord

_changes = count(1)  # its next() is one step, whichever threads ask


class GraphStore(ABC):
    """A graph database holding attribution graphs. Safe to use from several threads.

    Raises `DatabaseUnavailable` where the engine cannot be reached or opened.
    """

    url: str
    features_changed: int = 0
    """Another number after every change of explanations through this store: what was read before may lack them."""

    def load(self, graph: AttributionGraph) -> bool:
        """Store a graph; it becomes visible only when all of it is stored. False: it was there already."""
        is_new = self._load(graph)
        if is_new:
            self.features_changed = next(_changes)
        return is_new

    def keep_features(self, features: list[FeatureRecord]) -> None:
        """Store features with their explanations, whether or not a graph uses them; what is there stays as it is."""
        self._keep_features(features)
        self.features_changed = next(_changes)

    @abstractmethod
    def _load(self, graph: AttributionGraph) -> bool: ...

    @abstractmethod
    def _keep_features(self, features: list[FeatureRecord]) -> None: ...

    @abstractmethod
    def graphs(self) -> list[GraphRecord]:
        """The records of the visible graphs, newest first."""

    @abstractmethod
    def record(self, graph_id: str) -> GraphRecord:
        """One graph's record. Raises `GraphNotFound`."""

    @abstractmethod
    def read(self, graph_id: str) -> AttributionGraph:
        """A whole graph, as it was loaded, with its features' explanations. Raises `GraphNotFound`."""

    @abstractmethod
    def delete(self, graph_id: str) -> None:
        """Delete a graph, and every Trace, Feature and Explanation that no other graph uses. Raises `GraphNotFound`."""

    @abstractmethod
    def traces(self) -> set[str]:
        """The ids of the traces that stored graphs were pruned from."""

    @abstractmethod
    def feature(self, model: str, transcoder_set: str, layer: int, index: int) -> FeatureRecord:
        """A Feature's explanations, and the visible graphs it appears in. Raises `FeatureNotFound`.

        One that only a person's explanation keeps is found too.
        """

    @abstractmethod
    def kept_features(self) -> list[FeatureRecord]:
        """The features that no graph uses, with the explanations for which they were kept."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
