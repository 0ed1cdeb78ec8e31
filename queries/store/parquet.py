"""Graphs as a Parquet data set: a folder that is written once, and read as a database is.

`graphs`, `nodes`, `edges`, `features` and `explanations` are tables, a graph after the other. `record.json` is written
last: it names the files by their SHA-256 and cites one of them all, by which the data set can be quoted and checked.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from queries.errors import GraphNotFound, InvalidDataSet, InvalidRequest
from queries.graph.attribution_graph import (
    NODE_COLUMNS,
    AttributionGraph,
    ColumnType,
    Edges,
    Nodes,
    Supernode,
    View,
)
from queries.graph.features import Explanation, FeatureId, FeatureRecord, feature_id
from queries.graph.records import GraphRecord, ListedGraph
from queries.store.rows import (
    FeatureIdentity,
    PlaceInList,
    explanation_of,
    explanation_rows,
    feature_of,
    features,
    identity,
    instances,
)
from queries.store.schema import feature_key
from queries.store.store import GraphStore
from queries.words import KIND_WORDS

PARQUET = "parquet://"
RECORD = "record.json"
FORMAT, FORMAT_VERSION = "circuit-explorer graphs", 1
TABLES = ("graphs", "nodes", "edges", "features", "explanations")
BLOCK = 1 << 20
SHOWN = ("id", "name", "prompt", "model", "transcoder_set", "n_nodes", "n_edges")
"""What the table of graphs has as columns of its own, beside all of the record as JSON."""


def write_data_set(folder: Path, graphs: Iterable[AttributionGraph]) -> dict[str, Any]:
    """Write the graphs, one after another, into an empty or new folder. Returns the data set's record.

    Raises InvalidDataSet for a folder that holds something.
    """
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InvalidDataSet(str(folder), "the folder is not empty")
    schemas, ids, known = _schemas(), list[str](), set[str]()
    writers = {name: ParquetWriter(folder / f"{name}.parquet", schemas[name]) for name in TABLES}
    try:
        for graph in graphs:
            ids.append(graph.record.id)
            for name, columns in _columns(graph, known).items():
                writers[name].write_table(Table.from_pydict(columns, schemas[name]))
    finally:
        for writer in writers.values():
            writer.close()
    digests = {f"{name}.parquet": _sha256(folder / f"{name}.parquet") for name in TABLES}
    record = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "content": _content(digests),
        "files": digests,
        "graphs": ids,
        "written_by": f"circuit-explorer {version('circuit-explorer')}",
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def _content(digests: dict[str, str]) -> str:
    """The content hash of a data set: the SHA-256 of its files' names and hashes, as `sha256sum` writes them."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _schemas() -> dict[str, Any]:
    import pyarrow as pa

    text, whole, real = pa.string(), pa.int64(), pa.float64()
    types = {
        ColumnType.KIND: text,
        ColumnType.INTEGER: whole,
        ColumnType.REAL: real,
        ColumnType.FLAG: pa.bool_(),
        ColumnType.TEXT: text,
    }
    supernodes = pa.list_(pa.struct({"name": text, "members": pa.list_(whole)}))
    feature = {"key": text, "model": text, "transcoder_set": text}
    return {
        "graphs": pa.schema(
            {name: whole if name.startswith("n_") else text for name in SHOWN}
            | {"record": text, "supernodes": supernodes, "views": text}
        ),
        "nodes": pa.schema(
            {"graph": text, "ordinal": whole, "id": text}
            | {one.name: types[one.type] for one in NODE_COLUMNS}
        ),
        "edges": pa.schema({"graph": text, "source": whole, "target": whole, "weight": real, "share": real}),
        "features": pa.schema(feature | {"layer": whole, "index": whole, "site": text}),
        "explanations": pa.schema(
            {"feature": text, "key": text, "text": text, "author": text, "type": text, "score": real}
            | {"created_at": pa.timestamp("us", "UTC")}
        ),
    }


def _columns(graph: AttributionGraph, known: set[str]) -> dict[str, dict[str, Any]]:
    """The columns of each table that a graph adds; `known` are the keys of what other graphs added already."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    views = [{"name": view.name, "revision": view.revision, "state": view.state} for view in graph.views]
    own_features = [row for row in features(graph) if _is_new(row["key"], known)]
    told = [{"feature": key, **row} for key, row in explanation_rows(graph) if _is_new(row["key"], known)]
    return {
        "graphs": {
            **{name: [getattr(record, name)] for name in SHOWN},
            "record": [record.model_dump_json(exclude=set(GraphRecord.model_computed_fields))],
            "supernodes": [[{"name": one.name, "members": list(one.members)} for one in graph.supernodes]],
            "views": [json.dumps(views, ensure_ascii=False)],
        },
        "nodes": {
            "graph": [record.id] * len(nodes),
            "ordinal": np.arange(len(nodes)),
            "id": nodes.keys(record.id),
            **{one.name: nodes.listed(one.name) for one in NODE_COLUMNS},
            "kind": [KIND_WORDS[kind] for kind in nodes.kind.tolist()],
        },
        "edges": {
            "graph": [record.id] * len(edges),
            **{name: getattr(edges, name) for name in ("source", "target", "weight", "share")},
        },
        "features": _by_column(own_features, "features"),
        "explanations": _by_column(told, "explanations"),
    }


def _is_new(key: str, known: set[str]) -> bool:
    is_new = key not in known
    known.add(key)
    return is_new


def _by_column(rows: list[dict[str, Any]], table: str) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in _schemas()[table].names}


class ParquetStore(GraphStore):
    """A data set, read as a database is, and never changed. Raises InvalidDataSet where it is not what was written."""

    def __init__(self, folder: Path) -> None:
        self.url, self._folder = f"{PARQUET}/{folder.resolve()}", folder
        try:
            record = json.loads((folder / RECORD).read_bytes())
            digests = {f"{name}.parquet": _sha256(folder / f"{name}.parquet") for name in TABLES}
        except (OSError, ValueError) as error:
            raise InvalidDataSet(str(folder), str(error)) from error
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise InvalidDataSet(str(folder), f"{RECORD} is not one of {FORMAT!r}")
        if record.get("version") != FORMAT_VERSION:
            raise InvalidDataSet(
                str(folder),
                f"it has version {record.get('version')!r}, this program reads {FORMAT_VERSION}",
            )
        if record.get("content") != _content(digests):
            changed = [
                name for name, digest in digests.items() if digest != record.get("files", {}).get(name)
            ]
            raise InvalidDataSet(
                str(folder), f"not what was written: {', '.join(changed) or RECORD} has another hash"
            )
        self.content = str(record["content"])

    @cached_property
    def _records(self) -> dict[str, GraphRecord]:
        """By their ids, newest first."""
        rows = self._table("graphs", columns=["record"])
        records = [GraphRecord.model_validate_json(row["record"]) for row in rows.to_pylist()]
        records.sort(key=lambda one: one.id)
        records.sort(key=lambda one: one.created_at, reverse=True)
        return {record.id: record for record in records}

    @cached_property
    def _explanations(self) -> dict[str, list[Explanation]]:
        """By the keys of their features."""
        told: dict[str, list[Explanation]] = {}
        for row in self._table("explanations").to_pylist():
            told.setdefault(row["feature"], []).append(explanation_of(row))
        return told

    def graphs(self, limit: int | None = None, after: PlaceInList | None = None) -> list[ListedGraph]:
        left = {"metadata", *GraphRecord.model_computed_fields}
        records = [
            ListedGraph(**record.model_dump(exclude=left))
            for record in self._records.values()
            if after is None
            or record.created_at < after[0]
            or (record.created_at == after[0] and record.id > after[1])
        ]
        return records[:limit]

    def record(self, graph_id: str) -> GraphRecord:
        try:
            return self._records[graph_id]
        except KeyError:
            raise GraphNotFound(graph_id) from None

    def read(self, graph_id: str) -> AttributionGraph:
        record = self.record(graph_id)
        (kept,) = self._of("graphs", graph_id, "id").to_pylist()
        nodes = _nodes(self._of("nodes", graph_id))
        edges = self._of("edges", graph_id)
        graph = AttributionGraph(
            record,
            nodes,
            Edges(*(edges[name].to_numpy() for name in ("source", "target", "weight", "share"))),
            tuple(Supernode(one["name"], tuple(one["members"])) for one in kept["supernodes"]),
            tuple(View(**view) for view in json.loads(kept["views"])),
        )
        keys, ids = nodes.keys(graph_id), nodes.feature_ids()
        at = {key: node for node, key in enumerate(keys)}
        told: dict[FeatureId, list[Explanation]] = {
            ids[at[key]]: self._explanations[feature]
            for key, feature in instances(graph, keys)
            if feature in self._explanations
        }
        graph.explanations.update(told)
        return graph

    def _of(self, table: str, graph_id: str, column: str = "graph") -> Any:
        return self._table(table, filters=[(column, "==", graph_id)])

    def _table(self, name: str, **options: Any) -> Any:
        from pyarrow.parquet import read_table

        return read_table(self._folder / f"{name}.parquet", **options)

    def traces(self) -> set[str]:
        return {record.trace_id for record in self._records.values() if record.trace_id is not None}

    def feature(
        self, model: str, transcoder_set: str, layer: int, index: int, site: str | None = None
    ) -> FeatureRecord:
        asked = model, transcoder_set, layer, index, site
        own = [("kind", "==", "feature"), ("layer", "==", layer), ("index", "==", index)]
        occurrences = [
            row
            | {"key": row["id"]}
            | {name: getattr(record, name) for name in ("id", "name", "prompt", "tokens", "created_at")}
            for row in self._table("nodes", filters=own).to_pylist()
            if (record := self._records[row["graph"]])
            and identity(record, feature_id(layer, index, row["site"])) == asked
        ]
        key = feature_key(*asked)
        told = [row for row in self._table("explanations").to_pylist() if row["feature"] == key]
        return feature_of(asked, told, occurrences)

    def kept_features(self) -> list[FeatureRecord]:
        """None: an export holds what its graphs use."""
        return []

    def reword(self, graph: AttributionGraph) -> None:
        self._refuse(graph.record.id)

    def _set_label(self, feature: FeatureIdentity, author: str, label: Explanation | None) -> None:
        self._refuse(f"the label {label and label.text!r} of {author} for {feature}")

    def _delete(self, graph_id: str) -> None:
        self._refuse(graph_id)

    def _load(self, graph: AttributionGraph) -> bool:
        self._refuse(graph.record.id)

    def _keep_features(self, features: list[FeatureRecord]) -> None:
        self._refuse(f"{len(features)} features")

    def _refuse(self, what: str) -> NoReturn:
        raise InvalidRequest(
            "database", f"{self.url} is a data set, which is only read: {what} stays as it is"
        )

    def close(self) -> None: ...


def _nodes(table: Any) -> Nodes:
    def column(name: str, type: ColumnType) -> Any:
        if type is ColumnType.TEXT:
            return table[name].to_pylist()
        if type is ColumnType.KIND:
            words = table[name].to_pylist()
            return np.array([KIND_WORDS.index(word) for word in words], dtype=type.value)
        return table[name].to_numpy().astype(type.value)  # null becomes NaN

    return Nodes(**{one.name: column(one.name, one.type) for one in NODE_COLUMNS})
