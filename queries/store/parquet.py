"""Graphs as a Parquet data set: a folder that is written once.

`graphs`, `nodes`, `edges`, `features` and `explanations` are tables, a graph after the other; `collections` has a row
for each collection that these graphs are in. `record.json` is written last: it names the files by their SHA-256 and
cites one of them all, by which the data set can be quoted and checked.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from queries.errors import InvalidDataSet
from queries.graph.attribution_graph import NODE_COLUMNS, AttributionGraph, ColumnType, view_json
from queries.graph.records import GraphRecord
from queries.store.collections.collections import Collections
from queries.store.rows import explanation_rows, features
from queries.words import KIND_WORDS

RECORD = "record.json"
FORMAT, FORMAT_VERSION = "circuit-explorer graphs", 3
READ_VERSIONS = (1, 2, FORMAT_VERSION)
"""In version 1 supernodes were a graph's; since version 2 they are in its views too, and those of `supernodes` are its
default view's. Version 3 added collections."""
OF_GRAPHS = ("graphs", "nodes", "edges", "features", "explanations")
TABLES = (*OF_GRAPHS, "collections")
BLOCK = 1 << 20
SHOWN = ("id", "name", "prompt", "model", "transcoder_set", "n_nodes", "n_edges")
"""What the table of graphs has as columns of its own, beside all of the record as JSON."""


def write_data_set(
    folder: Path, graphs: Iterable[AttributionGraph], collections: Collections | None = None
) -> dict[str, Any]:
    """Write the graphs, one after another, into an empty or new folder, and which of the `collections` they are in.
    Returns the data set's record.

    Raises InvalidDataSet for a folder that holds something or cannot be made. Where `graphs` raises, the folder stays
    empty.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise InvalidDataSet(
            str(folder), f"the folder cannot be made: {(error.strerror or str(error)).lower()}"
        ) from error
    if not is_empty:
        raise InvalidDataSet(str(folder), "the folder is not empty")
    try:
        ids = _write_tables(folder, graphs)
        _write_collections(folder, ids, collections)
    except BaseException:
        for name in TABLES:
            (folder / f"{name}.parquet").unlink(missing_ok=True)
        raise
    digests = {f"{name}.parquet": file_hash(folder / f"{name}.parquet") for name in TABLES}
    record = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "content": content_hash(digests),
        "files": digests,
        "graphs": ids,
        "written_by": f"circuit-explorer {version('circuit-explorer')}",
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def _write_tables(folder: Path, graphs: Iterable[AttributionGraph]) -> list[str]:
    """Returns the graphs' ids."""
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    tables, ids, known = schemas(), list[str](), set[str]()
    writers = {name: ParquetWriter(folder / f"{name}.parquet", tables[name]) for name in OF_GRAPHS}
    try:
        for graph in graphs:
            ids.append(graph.record.id)
            for name, columns in _columns(graph, known).items():
                writers[name].write_table(Table.from_pydict(columns, tables[name]))
    finally:
        for writer in writers.values():
            writer.close()
    return ids


def _write_collections(folder: Path, ids: list[str], collections: Collections | None) -> None:
    from pyarrow import Table
    from pyarrow.parquet import write_table

    held = [] if collections is None else list(collections.among(set(ids)))
    rows = [
        {"name": record.name, "created_at": record.created_at, "graphs": graphs}
        for record, graphs in held
        if graphs
    ]
    write_table(Table.from_pylist(rows, schemas()["collections"]), folder / "collections.parquet")


def content_hash(digests: dict[str, str]) -> str:
    """The content hash of a data set: the SHA-256 of its files' names and hashes, as `sha256sum` writes them."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def file_hash(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def schemas() -> dict[str, Any]:
    """The columns of each table, and their types."""
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
        "collections": pa.schema(
            {"name": text, "created_at": pa.timestamp("us", "UTC"), "graphs": pa.list_(text)}
        ),
    }


def _columns(graph: AttributionGraph, known: set[str]) -> dict[str, dict[str, Any]]:
    """The columns of each table that a graph adds; `known` are the keys of what other graphs added already."""
    record, nodes, edges = graph.record, graph.nodes, graph.edges
    own_features = [row for row in features(graph) if _is_new(row["key"], known)]
    told = [{"feature": key, **row} for key, row in explanation_rows(graph) if _is_new(row["key"], known)]
    return {
        "graphs": {
            **{name: [getattr(record, name)] for name in SHOWN},
            "record": [record.model_dump_json(exclude=set(GraphRecord.model_computed_fields))],
            "supernodes": [[{"name": one.name, "members": list(one.members)} for one in graph.supernodes]],
            "views": [json.dumps(list(map(view_json, graph.views)), ensure_ascii=False)],
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
    return {name: [row[name] for row in rows] for name in schemas()[table].names}
