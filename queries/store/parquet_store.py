"""A data set read as a database is: what was written, and nothing that no graph can be."""

import json
import textwrap
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from queries.errors import (
    MAX_QUOTED,
    GraphNotFound,
    HeadNotFound,
    InterventionNotFound,
    InvalidDataSet,
    ReadOnlyDataSet,
)
from queries.graph.attribution_graph import (
    NODE_COLUMNS,
    AttributionGraph,
    ColumnType,
    Edges,
    NodeKind,
    Nodes,
    View,
    views_of_json,
)
from queries.graph.features import Explanation, FeatureId, FeatureRecord, FiringGraph, feature_id
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import GraphRecord, ListedGraph
from queries.internals.records import HeadRecord, Internals, InternalsRecord
from queries.store.across.asked import asked_of
from queries.store.across.features import Tell, feature_of, graphs_of
from queries.store.across.found import Found
from queries.store.across.tables import search_tables
from queries.store.address import PARQUET
from queries.store.collections.published import Published, PublishedCollections, published
from queries.store.parquet import (
    FORMAT,
    OF_GRAPHS,
    READ_VERSIONS,
    RECORD,
    TABLES,
    content_hash,
    file_hash,
    schemas,
)
from queries.store.rows import (
    NEWEST_FIRST,
    FeatureIdentity,
    Order,
    PlaceInList,
    Row,
    explanation_of,
    identity,
    instances,
)
from queries.store.saved.published import NoQueries
from queries.store.schema import feature_key
from queries.store.store import GraphStore
from queries.words import KIND_WORDS, FeatureSort

FAULTS = (OSError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError)
"""What reading tables raises that hold something else than this program writes."""

NEEDED = (ColumnType.KIND, ColumnType.INTEGER, ColumnType.FLAG)
"""The types of columns in which every node has a value."""


def _checked(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The content hash of a data set whose files have the hashes that its record cites, and its tables. Raises
    InvalidDataSet."""

    def fault(why: str) -> InvalidDataSet:
        return InvalidDataSet(str(folder), why)

    if not folder.is_dir():
        raise fault(
            "it is a file, not a folder; unpack a zip" if folder.exists() else "there is no such folder"
        )
    try:
        record = json.loads((folder / RECORD).read_bytes())
        tables = OF_GRAPHS if isinstance(record, dict) and record.get("version") in (1, 2) else TABLES
        digests = {f"{name}.parquet": file_hash(folder / f"{name}.parquet") for name in tables}
    except FileNotFoundError as error:
        name = Path(error.filename).name
        why = ", which is written last: it was not written to its end" if name == RECORD else ""
        raise fault(f"it has no {name}{why}") from None
    except OSError as error:
        raise fault(f"{error.filename} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:
        raise fault(f"{RECORD} is no JSON: {error}") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise fault(f"{RECORD} is not one of {FORMAT!r}")
    if record.get("version") not in READ_VERSIONS:
        *older, newest = READ_VERSIONS
        read = f"{', '.join(map(str, older))} and {newest}"
        raise fault(f"it has version {record.get('version')!r}, this program reads {read}")
    content = content_hash(digests)
    if record.get("content") != content:
        cited = record.get("files")
        known = cited if isinstance(cited, dict) else {}
        changed = [name for name, digest in digests.items() if digest != known.get(name)]
        raise fault(f"not what was written: {', '.join(changed) or RECORD} has another hash")
    columns = schemas()
    for name in tables:
        if missing := _missing(folder / f"{name}.parquet", columns[name]):
            raise fault(f"{name}.parquet {missing}")
    return content, tables


def _missing(file: Path, columns: Any) -> str | None:
    """What a table lacks of what this program reads; None: nothing. It may have further columns."""
    from pyarrow.parquet import read_schema

    try:
        found = read_schema(file)
    except (OSError, ValueError) as error:
        return f"is no table: {error}"
    lacking = [
        column.name
        for column in columns
        if column.name not in found.names or found.field(column.name).type != column.type
    ]
    return f"lacks columns, or has other types in them: {', '.join(lacking)}" if lacking else None


class ParquetStore(GraphStore):
    """A data set, read as a database is, and never changed. Raises InvalidDataSet where it is not what was written."""

    def __init__(self, folder: Path) -> None:
        self.url = self.engine_url = f"{PARQUET}{folder}"
        self.folder = folder
        self._known_groups: dict[str, tuple[Any, list[tuple[Any, Any]]]] = {}
        content, self._tables = _checked(folder)
        self.content: str = content
        self.collections = PublishedCollections(self.url, lambda: self._collections)
        self.saved_queries = NoQueries(self.url)

    @cached_property
    def _records(self) -> dict[str, GraphRecord]:
        """By their ids, newest first."""
        with self._faults("graphs"):
            rows = self._table("graphs", columns=["id", "record"])
            records = [GraphRecord.model_validate_json(row["record"]) for row in rows.to_pylist()]
            ids = [record.id for record in records]
            if ids != rows["id"].to_pylist() or len(set(ids)) < len(ids):
                raise ValueError("their records have other ids, or one is there twice")
        records.sort(key=lambda one: one.id)
        records.sort(key=lambda one: one.created_at, reverse=True)
        return {record.id: record for record in records}

    @cached_property
    def _explanations(self) -> dict[str, list[Explanation]]:
        """By the keys of their features."""
        told: dict[str, list[Explanation]] = {}
        with self._faults("explanations"):
            rows = self._table("explanations")
            _check_known(rows, "feature", "text", "author", "type")
            for row in rows.to_pylist():
                told.setdefault(row["feature"], []).append(explanation_of(row))
        return told

    @cached_property
    def _collections(self) -> dict[str, Published]:
        """By their names, in order. In older versions there are none."""
        if "collections" not in self._tables:
            return {}
        with self._faults("collections"):
            rows = self._table("collections")
            _check_known(rows, *rows.column_names)
            return published(rows.to_pylist(), self._records)

    def graphs(
        self,
        limit: int | None = None,
        after: PlaceInList | None = None,
        order: Order = NEWEST_FIRST,
        collection: str | None = None,
    ) -> list[ListedGraph]:
        left = {"metadata", *GraphRecord.model_computed_fields}
        among = self._records.keys() if collection is None else set(self.collections.graphs(collection))
        chosen = (record for record in self._records.values() if record.id in among)
        listed = sorted(chosen, key=lambda one: order.place(one).rank, reverse=True)
        records = [
            ListedGraph(**record.model_dump(exclude=left))
            for record in listed
            if (after is None or order.place(record).comes_after(after))
            and (order.least is None or order.place(record, True).rank >= order.least)
        ]
        return records[:limit]

    def record(self, graph_id: str) -> GraphRecord:
        try:
            return self._records[graph_id]
        except KeyError:
            raise GraphNotFound(graph_id) from None

    def stored(self, graph_ids: Collection[str]) -> set[str]:
        return self._records.keys() & graph_ids

    def read(self, graph_id: str) -> AttributionGraph:
        record = self.record(graph_id)
        with self._faults(f"the graph {graph_id}"):
            return self._graph(record)

    def _graph(self, record: GraphRecord) -> AttributionGraph:
        graph_id = record.id
        (kept,) = self._of("graphs", graph_id, "id").to_pylist()
        rows, edges = self._of("nodes", graph_id), self._of("edges", graph_id)
        _check_known(edges, "source", "target", "weight", "share")
        nodes = _nodes(rows)
        graph = AttributionGraph(
            record,
            nodes,
            Edges(*(edges[name].to_numpy() for name in ("source", "target", "weight", "share"))),
            views_of_json(json.loads(kept["views"]), kept["supernodes"]),
        )
        keys, ids = nodes.keys(graph_id), nodes.feature_ids()
        if rows["ordinal"].to_pylist() != list(range(len(nodes))) or rows["id"].to_pylist() != keys:
            raise ValueError("its nodes are not in their order, or have other ids")
        _check(graph)
        at = {key: node for node, key in enumerate(keys)}
        told: dict[FeatureId, list[Explanation]] = {
            ids[at[key]]: self._explanations[feature]
            for key, feature in instances(graph, keys)
            if feature in self._explanations
        }
        graph.explanations.update(told)
        return graph

    @contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        """Within it, whatever strangers may have written, with a content hash that is right, is InvalidDataSet."""
        try:
            yield
        except FAULTS as error:
            said = f"{type(error).__name__}: {error}" if isinstance(error, LookupError) else str(error)
            why = textwrap.shorten(said, MAX_QUOTED, placeholder=" …")  # pydantic says it in many lines
            raise InvalidDataSet(str(self.folder), f"{what}: {why}") from error

    def _of(self, table: str, graph_id: str, column: str = "graph") -> Any:
        """The rows of one graph, read from the groups of rows that may have some."""
        from pyarrow import compute
        from pyarrow.parquet import ParquetFile

        metadata, ranges = self._groups(table, column)
        groups = [
            group for group, (first, last) in enumerate(ranges) if first is None or first <= graph_id <= last
        ]
        with ParquetFile(self.folder / f"{table}.parquet", metadata=metadata) as file:
            rows = file.read_row_groups(groups)
        return rows.filter(compute.equal(rows[column], graph_id))

    def _groups(self, table: str, column: str) -> tuple[Any, list[tuple[Any, Any]]]:
        """A table's metadata, and the first and last value of a column in each group of its rows; None: not known.

        They are read once: a data set has a group a graph, so that to read them with each graph takes the square.
        """
        if table not in self._known_groups:
            from pyarrow.parquet import read_metadata

            metadata = read_metadata(self.folder / f"{table}.parquet")
            paths = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
            place = paths.index(column)
            all_statistics = [
                metadata.row_group(group).column(place).statistics for group in range(metadata.num_row_groups)
            ]
            ranges = [
                (one.min, one.max) if one is not None and one.has_min_max else (None, None)
                for one in all_statistics
            ]
            self._known_groups[table] = metadata, ranges
        return self._known_groups[table]

    def _table(self, name: str, **options: Any) -> Any:
        from pyarrow.parquet import read_table

        return read_table(self.folder / f"{name}.parquet", **options)

    def traces(self) -> set[str]:
        return {record.trace_id for record in self._records.values() if record.trace_id is not None}

    def feature(
        self, model: str, transcoder_set: str, layer: int, index: int, site: str | None = None
    ) -> FeatureRecord:
        asked = model, transcoder_set, layer, index, site
        key = feature_key(*asked)
        told = [row for row in self._table("explanations").to_pylist() if row["feature"] == key]
        return feature_of(asked, told, *self._occurrences(asked))

    def feature_graphs(
        self,
        feature: FeatureIdentity,
        sort: FeatureSort,
        limit: int,
        after: PlaceInList | None = None,
    ) -> list[FiringGraph]:
        occurrences, tell = self._occurrences(feature)
        return graphs_of(occurrences, sort, limit, after, tell)

    def _occurrences(self, feature: FeatureIdentity) -> tuple[list[Row], Tell]:
        """The rows of a feature's nodes, and what tells more of some."""
        _, _, layer, index, _ = feature
        own = [("kind", "==", "feature"), ("layer", "==", layer), ("index", "==", index)]
        occurrences = [
            row | {"key": row["id"], "id": record.id, "created_at": record.created_at}
            for row in self._table("nodes", filters=own).to_pylist()
            if (record := self._records[row["graph"]])
            and identity(record, feature_id(layer, index, row["site"])) == feature
        ]
        node_of = {row["key"]: row for row in occurrences}

        def tell(ids: Sequence[str], keys: Sequence[str]) -> tuple[list[Row], list[Row]]:
            graphs = (self._records[id] for id in ids)
            told = ("id", "name", "prompt", "tokens", "created_at")
            return [{name: getattr(one, name) for name in told} for one in graphs], [
                node_of[key] for key in keys
            ]

        return occurrences, tell

    def search(self, text: str, limit: int) -> Found:
        asked = asked_of(text)
        with self._faults("nodes, explanations or graphs"):
            return search_tables(self._records, self._table, self.collections.all(), asked, limit)

    def kept_features(self) -> list[FeatureRecord]:
        """None: an export holds what its graphs use."""
        return []

    def interventions(self, graph_id: str) -> list[Intervention]:
        """None: a data set holds graphs, not what was tested of them."""
        self.record(graph_id)
        return []

    def intervention(self, intervention_id: str) -> Intervention:
        raise InterventionNotFound(intervention_id)

    def verifications(self, graph_id: str) -> list[Verification]:
        """None, as of interventions."""
        self.record(graph_id)
        return []

    def internals(self, graph_id: str) -> Internals | None:
        """None, as of interventions."""
        self.record(graph_id)
        return None

    def internals_record(self, graph_id: str) -> InternalsRecord | None:
        self.record(graph_id)
        return None

    def head(self, model: str, layer: int, head: int) -> HeadRecord:
        raise HeadNotFound(model, layer, head)

    def feature_places(self, graph_id: str) -> list[tuple[int, int, int]]:
        nodes = self.read(graph_id).nodes
        return [
            (int(nodes.layer[node]), int(nodes.position[node]), int(nodes.index[node]))
            for node in nodes.of_kind(NodeKind.FEATURE).tolist()
            if nodes.site[node] is None
        ]

    def add_intervention(self, intervention: Intervention) -> bool:  # noqa: ARG002
        self._refuse()

    def delete_intervention(self, intervention_id: str) -> None:  # noqa: ARG002
        self._refuse()

    def put_verification(self, verification: Verification) -> bool:  # noqa: ARG002
        self._refuse()

    def put_internals(self, graph: AttributionGraph, internals: Internals) -> bool:  # noqa: ARG002
        self._refuse()

    def delete_internals(self, graph_id: str) -> None:  # noqa: ARG002
        self._refuse()

    def views(self, graph_id: str) -> tuple[View, ...]:
        return self.read(graph_id).views

    def _put_view(self, graph: AttributionGraph, view: View, read: int) -> None:  # noqa: ARG002
        self._refuse()

    def _delete_view(self, graph_id: str, name: str, read: int) -> None:  # noqa: ARG002
        self._refuse()

    def reword(self, graph: AttributionGraph) -> None:  # noqa: ARG002  # as every engine's
        self._refuse()

    def _set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None:  # noqa: ARG002
        self._refuse()

    def _delete(self, graph_id: str) -> None:  # noqa: ARG002
        self._refuse()

    def _load(self, graphs: list[AttributionGraph]) -> NoReturn:  # noqa: ARG002
        self._refuse()

    def _keep_features(self, features: list[FeatureRecord]) -> None:  # noqa: ARG002
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ReadOnlyDataSet(self.url)

    def close(self) -> None: ...


def _check_known(table: Any, *columns: str) -> None:
    """Raises ValueError where a value of these columns is missing."""
    for name in columns:
        if table[name].null_count:
            raise ValueError(f"a value of the column {name} is missing")


def _check(graph: AttributionGraph) -> None:
    """Raises ValueError, or its leaf CycleFound, for what no attribution graph has."""
    edges, n = graph.edges, len(graph.nodes)
    if not all(isinstance(view.state, dict) for view in graph.views):
        raise ValueError("a view has no state")
    drawn = [one for view in graph.views for one in view.supernodes]
    if not all(0 <= node < n for one in drawn for node in one.members):
        raise ValueError("a supernode has a node that is not there")
    for ends in (edges.source, edges.target):
        if len(ends) and (ends.min() < 0 or ends.max() >= n):
            raise ValueError("an edge leads to or from a node that is not there")
    if not np.isfinite(edges.weight).all():
        raise ValueError("an edge's weight is no finite number")
    graph.acyclic  # noqa: B018  # it is built, and kept for whoever ranks paths


def _nodes(table: Any) -> Nodes:
    _check_known(table, *(one.name for one in NODE_COLUMNS if one.type in NEEDED))

    def column(name: str, type: ColumnType) -> Any:
        if type is ColumnType.TEXT:
            return table[name].to_pylist()
        if type is ColumnType.KIND:
            words = table[name].to_pylist()
            return np.array([KIND_WORDS.index(word) for word in words], dtype=type.value)
        return table[name].to_numpy().astype(type.value)  # null becomes NaN

    return Nodes(**{one.name: column(one.name, one.type) for one in NODE_COLUMNS})
