"""The promises that every engine keeps. `queries.store.open.open_store` picks the engine by the URL."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from itertools import count
from types import TracebackType
from typing import Self

from queries.errors import DatabaseUnavailable, ReadOnlyDataSet
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import Explanation, FeatureRecord, FiringGraph
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import GraphRecord, ListedGraph
from queries.internals.records import HeadRecord, Internals, InternalsRecord
from queries.store.across.found import Found
from queries.store.collections.collections import Collections
from queries.store.library.library import Library
from queries.store.rows import NEWEST_FIRST, FeatureIdentity, Order, PlaceInList
from queries.store.saved.saved import SavedQueries
from queries.words import FeatureSort

_changes = count(1)  # next() on it is atomic, so that threads need no lock


class GraphStore(ABC):
    """A graph database of attribution graphs. Safe to use from several threads.

    Every method raises `DatabaseUnavailable` where the engine cannot be reached or opened, and those that change
    something `ReadOnlyDataSet` where it is a data set.
    """

    url: str
    engine_url: str
    """By which another process reads the database: it may hold a password, which `url` does not."""
    collections: Collections
    library: Library
    saved_queries: SavedQueries
    content: str | None = None
    """The content hash of a data set, which is only read; None: a database, into which graphs go."""
    features_changed: int = 0
    """A number that differs after every change of labels through this store: graphs read before may lack them."""
    views_changed: int = 0
    """The same of changes of views."""
    rows_at_once: int = 1
    """Nodes and edges with which a transaction of graphs that are stored together is full; memory has to hold them."""

    def check_writable(self) -> None:
        """Raises ReadOnlyDataSet where nothing can be stored, changed or deleted."""
        if self.content is not None:
            raise ReadOnlyDataSet(self.url)

    def load(self, graph: AttributionGraph) -> bool:
        """Store a graph, which becomes visible once all of it is stored. False where it was stored already."""
        return self._load_together([graph])[0]

    def load_all(self, graphs: Iterable[AttributionGraph]) -> list[bool | Exception]:
        """Store graphs like `load`, several in one transaction: they share what it costs whatever its rows.

        For each graph, in their order, the result of `load`; or the error for which it alone is not stored.
        """
        return [result for group in self.transactions(graphs) for result in self._tried(group)]

    def transactions(self, graphs: Iterable[AttributionGraph]) -> Iterator[list[AttributionGraph]]:
        """Graphs, in their order, in the groups that `load_all` stores in one transaction each."""
        group, n_rows = list[AttributionGraph](), 0
        for graph in graphs:
            group.append(graph)
            n_rows += len(graph.nodes) + len(graph.edges)
            if n_rows >= self.rows_at_once:
                yield group
                group, n_rows = [], 0
        if group:
            yield group

    def _tried(self, group: list[AttributionGraph]) -> list[bool | Exception]:
        """The results of storing a group. Where its transaction fails, each half has one of its own, down to the graphs
        that fail alone."""
        try:
            return [*self._load_together(group)]
        except DatabaseUnavailable as error:  # as it would be for each of them
            return [error] * len(group)
        except Exception as error:
            if len(group) == 1:
                return [error]
        middle = len(group) // 2
        return [*self._tried(group[:middle]), *self._tried(group[middle:])]

    def _load_together(self, group: list[AttributionGraph]) -> list[bool]:
        """Whether each graph is new; the second of one id is not."""
        first: dict[str, int] = {}
        for number, graph in enumerate(group):
            first.setdefault(graph.record.id, number)
        new = self._load([group[number] for number in first.values()])
        if new:
            self.features_changed = next(_changes)
        return [
            graph.record.id in new and first[graph.record.id] == number for number, graph in enumerate(group)
        ]

    def keep_features(self, features: list[FeatureRecord]) -> None:
        """Store features with their explanations, whether or not a graph uses them; stored ones stay as they are."""
        self._keep_features(features)
        self.features_changed = next(_changes)

    def set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None:
        """Give a Feature an author's label, a person's explanation, in place of what this author said of it before;
        None takes that away. Raises `FeatureNotFound` for one that is not stored."""
        self._set_label(feature, author, label)
        self.features_changed = next(_changes)

    def delete(self, graph_id: str) -> None:
        """Delete a graph, and its Trace, Features and Explanations where no other graph uses them.

        Features that a person explained stay. Raises `GraphNotFound`.
        """
        self._delete(graph_id)
        self.features_changed = next(_changes)  # others may have shown its labels

    def put_view(self, graph: AttributionGraph, view: View, read: int) -> None:
        """Store a view of a stored graph, in place of the one of its name, which must be at the revision `read`; 0:
        there is none. Its own revision is higher. Raises `GraphNotFound`, `ViewChanged`."""
        self._put_view(graph, view, read)
        self.views_changed = next(_changes)

    def delete_view(self, graph_id: str, name: str, read: int) -> None:
        """Delete a view, which must be at the revision `read`, and its supernodes. Raises `GraphNotFound`,
        `ViewNotFound`, `ViewChanged`."""
        self._delete_view(graph_id, name, read)
        self.views_changed = next(_changes)

    @abstractmethod
    def _put_view(self, graph: AttributionGraph, view: View, read: int) -> None: ...

    @abstractmethod
    def _delete_view(self, graph_id: str, name: str, read: int) -> None: ...

    @abstractmethod
    def _load(self, graphs: list[AttributionGraph]) -> set[str]:
        """Store those of the graphs, of different ids, that are not stored yet, all or none. Returns their ids."""

    @abstractmethod
    def _keep_features(self, features: list[FeatureRecord]) -> None: ...

    @abstractmethod
    def _set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None: ...

    @abstractmethod
    def _delete(self, graph_id: str) -> None: ...

    @abstractmethod
    def graphs(
        self,
        limit: int | None = None,
        after: PlaceInList | None = None,
        order: Order = NEWEST_FIRST,
        collection: str | None = None,
    ) -> list[ListedGraph]:
        """The visible graphs, of a collection where one is named, in an order, newest first unless another is asked
        for: at most `limit` of them, from the first one after a place in the list. Raises `CollectionNotFound`."""

    @abstractmethod
    def record(self, graph_id: str) -> GraphRecord:
        """One graph's record. Raises `GraphNotFound`."""

    @abstractmethod
    def stored(self, graph_ids: Collection[str]) -> set[str]:
        """Those of the ids that are of visible graphs."""

    @abstractmethod
    def read(self, graph_id: str) -> AttributionGraph:
        """A graph as it was loaded, with the explanations of its features. Raises `GraphNotFound`."""

    @abstractmethod
    def views(self, graph_id: str) -> tuple[View, ...]:
        """A graph's views, by their names. Raises `GraphNotFound`."""

    @abstractmethod
    def reword(self, graph: AttributionGraph) -> None:
        """Give the stored graph of the same id this one's words: its prompt, and the texts of its logits. Its name
        stays: a person may have given it."""

    @abstractmethod
    def interventions(self, graph_id: str) -> list[Intervention]:
        """A graph's interventions, newest first. Raises `GraphNotFound`."""

    @abstractmethod
    def intervention(self, intervention_id: str) -> Intervention:
        """Raises `InterventionNotFound`."""

    @abstractmethod
    def add_intervention(self, intervention: Intervention) -> bool:
        """Store an intervention with its graph. False where it was stored already. Raises `GraphNotFound`."""

    @abstractmethod
    def delete_intervention(self, intervention_id: str) -> None:
        """Raises `InterventionNotFound`."""

    @abstractmethod
    def verifications(self, graph_id: str) -> list[Verification]:
        """A graph's verifications, one for each grouping. Raises `GraphNotFound`."""

    @abstractmethod
    def put_verification(self, verification: Verification) -> bool:
        """Store a verification with its graph, in place of one in the same groups; the graph's record shows its
        faithfulness. False where it was stored already. Raises `GraphNotFound`."""

    @abstractmethod
    def internals(self, graph_id: str) -> Internals | None:
        """What is stored of the internals of a graph's prompt; None: they were not computed. Raises `GraphNotFound`."""

    @abstractmethod
    def internals_record(self, graph_id: str) -> InternalsRecord | None:
        """Its record alone. Raises `GraphNotFound`."""

    @abstractmethod
    def put_internals(self, graph: AttributionGraph, internals: Internals) -> bool:
        """Store the internals of a stored graph's prompt, in place of others. False where they are stored already.
        Raises `GraphNotFound`."""

    @abstractmethod
    def delete_internals(self, graph_id: str) -> None:
        """Delete them where there are some. Raises `GraphNotFound`."""

    @abstractmethod
    def head(self, model: str, layer: int, head: int) -> HeadRecord:
        """A model's attention head in the visible graphs whose internals were computed. Raises `HeadNotFound`."""

    @abstractmethod
    def feature_places(self, graph_id: str) -> list[tuple[int, int, int]]:
        """Layer, position and index of a graph's feature nodes of MLPs. Raises `GraphNotFound`."""

    @abstractmethod
    def traces(self) -> set[str]:
        """The ids of the traces that stored graphs were pruned from."""

    @abstractmethod
    def feature(
        self, model: str, transcoder_set: str, layer: int, index: int, site: str | None = None
    ) -> FeatureRecord:
        """A Feature's explanations, and the newest visible graphs that it appears in. Raises `FeatureNotFound`.

        A Feature that no graph uses is found too, where a person explained it.
        """

    @abstractmethod
    def feature_graphs(
        self,
        feature: FeatureIdentity,
        sort: FeatureSort,
        limit: int,
        after: PlaceInList | None = None,
    ) -> list[FiringGraph]:
        """The visible graphs in which a Feature fires, in an order: at most `limit` of them, from the first one after
        a place in the list, its rank what the order is by. [] for a Feature that is not stored."""

    @abstractmethod
    def search(self, text: str, limit: int) -> Found:
        """What has all words of a text, whatever their case, in its name, prompt, label or explanation, or is a feature
        of the number in it: at most `limit` of each kind. Raises `InvalidRequest` for a text without words."""

    @abstractmethod
    def kept_features(self) -> list[FeatureRecord]:
        """The features that no graph uses and a person explained, with their explanations."""

    def rest(self) -> None:  # noqa: B027  # most keep nothing
        """Free what is kept in memory for the next question. For a process that has worked and now rests."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
