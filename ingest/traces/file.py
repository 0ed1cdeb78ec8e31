"""A trace as a file, in the format of docs/trace-format.md. Needs no torch.

A ZIP archive of the record (JSON) and two Parquet tables, nodes and edges; its comment is a digest of all bytes before
it.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.traces.trace import Trace, TraceEdges, TraceRecord, Weights, source_type
from ingest.traces.whole import written_whole
from queries.errors import InvalidGraph
from queries.graph.attribution_graph import NODE_COLUMNS, ColumnType, Nodes

FORMAT = 1
"""To be increased where an older program would misread a file."""
RECORD, NODES, EDGES = "record.json", "nodes.parquet", "edges.parquet"
DIGEST = b"sha256:"
ENDING = len(DIGEST) + 2 * hashlib.sha256().digest_size
BLOCK = 1_000_000
"""Edges in a row group, and about as many are held beside the trace while it is written or read."""

COMPRESSION = "zstd"


def write_trace(path: Path, trace: Trace) -> None:
    """Write it completely, or not at all."""
    with written_whole(path) as file:
        _write(file, trace)


def read_trace(path: Path) -> Trace:
    """The trace, with sparse rows. Raises InvalidGraph, naming the file, where it is damaged, cut off or no trace, and
    OSError where it is missing."""
    with path.open("rb") as file:
        ending = _ending(file)
        if file.read() != ending:
            why = "it is not what was written: damaged, cut off, or not a trace file at all"
            raise InvalidGraph(path.name, f"the trace cannot be read: {why}")
        try:
            return _read(file)
        except (ArithmeticError, BadZipFile, LookupError, TypeError, ValueError) as error:
            why = " ".join(str(error).split())
            raise InvalidGraph(path.name, f"the trace cannot be read: {why}") from error


def _write(file: IO[bytes], trace: Trace) -> None:
    # Older versions read no record with a field that they do not know.
    unsaid = {"cut"} if trace.record.cut is None else None
    record = {"format": FORMAT, **trace.record.model_dump(mode="json", exclude=unsaid)}
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(RECORD), json.dumps(record, indent=1))
        with archive.open(ZipInfo(NODES), "w") as member:
            _write_nodes(member, trace.nodes)
        with archive.open(ZipInfo(EDGES), "w", force_zip64=True) as member:
            _write_edges(member, trace.edges)
        archive.comment = bytes(ENDING)  # a placeholder: the digest covers all other bytes
    ending = _ending(file)
    file.seek(-ENDING, os.SEEK_END)
    file.write(ending)


def _read(file: IO[bytes]) -> Trace:
    with ZipFile(file) as archive:
        record = json.loads(archive.read(RECORD))
        if record["format"] != FORMAT:
            raise ValueError(f"it has format {record['format']}, and this program reads format {FORMAT}")
        del record["format"]
        nodes = _read_nodes(archive.read(NODES))
        edges = _read_edges(archive.read(EDGES), len(nodes))
    return Trace(TraceRecord.model_validate(record), nodes, edges)


def _ending(file: IO[bytes]) -> bytes:
    """The comment that the file should have; leaves the file positioned at its comment."""
    digest = hashlib.sha256()
    left = file.seek(0, os.SEEK_END) - ENDING
    file.seek(0)
    while left > 0:
        digest.update(part := file.read(min(left, 1 << 20)))
        left -= len(part)
    return DIGEST + digest.hexdigest().encode()


def _write_nodes(file: IO[bytes], nodes: Nodes) -> None:
    columns = {
        name: pa.array(getattr(nodes, name), pa.string() if type is ColumnType.TEXT else None)
        for name, type, _ in NODE_COLUMNS
    }
    pq.write_table(pa.table(columns), file, compression=COMPRESSION)


def _read_nodes(content: bytes) -> Nodes:
    table = pq.read_table(pa.BufferReader(content))
    columns: dict[str, Any] = {
        name: table[name].to_pylist() if type is ColumnType.TEXT else np.array(table[name].to_numpy())
        for name, type, _ in NODE_COLUMNS
        if name in table.column_names
    }
    return Nodes.of_columns(**columns)


def _edge_schema(n_nodes: int, weight: Any) -> pa.Schema:
    types = {"source": source_type(n_nodes), "target": source_type(n_nodes), "weight": weight}
    return pa.schema(
        [pa.field(name, pa.from_numpy_dtype(type), nullable=False) for name, type in types.items()]
    )


def _write_edges(file: IO[bytes], edges: TraceEdges) -> None:
    schema = _edge_schema(edges.n_nodes, edges.weight.dtype)
    encodings = {"source": "DELTA_BINARY_PACKED", "weight": "BYTE_STREAM_SPLIT"}
    with pq.ParquetWriter(
        file, schema, compression=COMPRESSION, use_dictionary=["target"], column_encoding=encodings
    ) as writer:
        for first, end in _blocks(edges):
            target, source, weight = edges.rows(first, end)
            columns = (source, target.astype(source.dtype), weight)
            writer.write_batch(pa.record_batch([pa.array(column) for column in columns], schema))


def _blocks(edges: TraceEdges) -> Iterator[tuple[int, int]]:
    """Ranges of nodes, first and end, with about `BLOCK` weights each."""
    first = 0
    while first < edges.n_nodes:
        end = int(np.searchsorted(edges.starts, edges.starts[first] + BLOCK, side="right")) - 1
        end = min(max(end, first + 1), edges.n_nodes)
        yield first, end
        first = end


def _read_edges(content: bytes, n_nodes: int) -> TraceEdges:
    """Raises ValueError where an edge names a missing node: compiled loops would not notice."""
    file = pq.ParquetFile(pa.BufferReader(content))
    columns = file.schema_arrow
    weight_type: type[np.float32 | np.float64] = np.float64 if pa.float64() in columns.types else np.float32
    if not columns.equals(_edge_schema(n_nodes, weight_type)):
        raise ValueError(f"its edges have the columns {columns.to_string()}")
    source = np.empty(file.metadata.num_rows, dtype=source_type(n_nodes))
    weight: Weights = np.empty(len(source), dtype=weight_type)
    n_inputs, place, last = np.zeros(n_nodes, dtype=np.int64), 0, 0
    for batch in file.iter_batches(BLOCK):
        sources, targets, weights = (column.to_numpy() for column in batch.columns)
        if max(sources.max(), targets.max()) >= n_nodes or np.any(targets < np.append(last, targets[:-1])):
            raise ValueError("its edges are not in the order of their targets, or lead to no node")
        n_inputs += np.bincount(targets, minlength=n_nodes)
        end = place + len(batch)
        source[place:end], weight[place:end] = sources, weights
        place, last = end, targets[-1]
    return TraceEdges(np.append(0, np.cumsum(n_inputs)), source, weight)
