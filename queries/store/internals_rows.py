"""The internals of a prompt as rows of the schema's tables, and back, the same for every engine."""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from queries.errors import HeadNotFound
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.internals.records import (
    STATISTICS,
    HeadEdges,
    HeadInGraph,
    HeadLinks,
    HeadRecord,
    HeadRevision,
    Heads,
    Internals,
    InternalsRecord,
    Reals,
)
from queries.store import schema
from queries.store.rows import Columns, Row, utc

Numbers: TypeAlias = Sequence[float] | NDArray[Any]
JSON_COLUMNS = ("parameters", "errors", "missing", "versions")


def record_row(record: InternalsRecord) -> Row:
    known = record.model_dump(mode="json", exclude={"created_at"})
    texts = {name: json.dumps(known[name], ensure_ascii=False) for name in JSON_COLUMNS}
    columns = {**known, **texts, "created_at": record.created_at.astimezone(UTC)}
    return {name: columns[name] for name in schema.INTERNALS.columns}


def record_of(row: Row) -> InternalsRecord:
    values = row | {name: json.loads(row[name]) for name in JSON_COLUMNS}
    return InternalsRecord.model_validate(values | {"created_at": utc(row["created_at"])})


def places(record: InternalsRecord) -> list[tuple[int, int]]:
    """Layer and head of each of the heads, in the order of `Heads`."""
    return [(layer, head) for layer in range(record.n_layers) for head in range(record.n_heads)]


def head_keys(record: InternalsRecord) -> list[str]:
    return [schema.head_key(record.graph_id, *place) for place in places(record)]


def shared_keys(record: InternalsRecord) -> list[str]:
    return [
        schema.attention_head_key(record.model, record.model_revision, *place) for place in places(record)
    ]


def head_rows(internals: Internals) -> list[Row]:
    """Rows of HeadNode, with the key of each one's AttentionHead as `shared`."""
    record, statistics = internals.record, internals.heads.statistics
    columns = {name: _known(statistics[name]) for name in STATISTICS}
    named = zip(head_keys(record), shared_keys(record), places(record), strict=True)
    return [
        {"key": key, "layer": layer, "head": head, "shared": shared}
        | {name: columns[name][at] for name in STATISTICS}
        for at, (key, shared, (layer, head)) in enumerate(named)
    ]


def shared_rows(internals: Internals) -> list[Row]:
    """Rows of AttentionHead."""
    record, heads = internals.record, internals.heads
    induction, duplicate = _known(heads.induction), _known(heads.duplicate_token)
    return [
        {
            "key": key,
            "model": record.model,
            "model_revision": record.model_revision,
            "layer": layer,
            "head": head,
            "induction": induction[at],
            "duplicate_token": duplicate[at],
            "seed": heads.seed,
        }
        for at, (key, (layer, head)) in enumerate(zip(shared_keys(record), places(record), strict=True))
    ]


def link_columns(graph: AttributionGraph, record: InternalsRecord, links: HeadLinks) -> dict[str, Columns]:
    """Columns of READ_BY or WRITES_TO with the keys of both ends, `node` and `head`, by the label of their nodes."""
    keys, heads = graph.nodes.keys(record.graph_id), head_keys(record)
    kind = graph.nodes.kind[links.node]
    columns: dict[str, Columns] = {}
    for each in np.unique(kind).tolist():
        chosen = np.flatnonzero(kind == each)
        columns[schema.NODE_TABLES[NodeKind(each)].label] = {
            "node": [keys[node] for node in links.node[chosen].tolist()],
            "head": [heads[head] for head in links.head[chosen].tolist()],
            "weight": links.weight[chosen].tolist(),
            "absolute": links.absolute[chosen].tolist(),
        }
    return columns


def edge_rows(record: InternalsRecord, edges: HeadEdges) -> list[Row]:
    """Rows of FEEDS."""
    heads = head_keys(record)
    names = ("weight", "query", "key", "value")
    ends = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
    columns = {name: getattr(edges, name).tolist() for name in names}
    return [
        {"source": heads[source], "target": heads[target]} | {name: columns[name][at] for name in names}
        for at, (source, target) in enumerate(ends)
    ]


def internals_of(
    record: InternalsRecord,
    heads: Sequence[Row],
    read: HeadLinks,
    written: HeadLinks,
    fed: Iterable[Row],
) -> Internals:
    """From rows of HeadNode joined with AttentionHead, and of FEEDS with the ends' places."""
    by_place = {(row["layer"], row["head"]): row for row in heads}
    ordered = [by_place[place] for place in places(record)]
    edges = sorted(
        fed, key=lambda row: (-abs(row["weight"]), _at(record, row, "source"), _at(record, row, "target"))
    )
    return Internals(
        record,
        Heads(
            statistics={name: _reals(ordered, name) for name in STATISTICS},
            induction=_reals(ordered, "induction"),
            duplicate_token=_reals(ordered, "duplicate_token"),
            seed=ordered[0]["seed"],
        ),
        read,
        written,
        HeadEdges(
            source=np.array([_at(record, row, "source") for row in edges], dtype=np.int32),
            target=np.array([_at(record, row, "target") for row in edges], dtype=np.int32),
            **{name: _reals(edges, name) for name in ("weight", "query", "key", "value")},
        ),
    )


def head_of(model: str, layer: int, head: int, occurrences: Sequence[Row]) -> HeadRecord:
    """A model's head from the rows of HEAD_OCCURRENCES. Raises HeadNotFound where there are none."""
    if not occurrences:
        raise HeadNotFound(model, layer, head)
    revisions = {row["model_revision"]: row for row in occurrences}
    in_order = sorted(occurrences, key=lambda row: (-abs(row["attribution"] or 0.0), row["id"]))
    return HeadRecord(
        model=model,
        layer=layer,
        head=head,
        revisions=[
            HeadRevision(**{name: revisions[revision][name] for name in HeadRevision.model_fields})
            for revision in sorted(revisions)
        ],
        graphs=[
            HeadInGraph(
                statistics={name: row[name] for name in STATISTICS},
                **{name: row[name] for name in HeadInGraph.model_fields if name != "statistics"},
            )
            for row in in_order
        ],
    )


def links_of(node: Numbers, head: Numbers, weight: Numbers, absolute: Numbers) -> HeadLinks:
    """From columns (n_links,) in any order: by node, then head."""
    ends = np.array([head, node], dtype=np.int32)
    order = np.lexsort(ends)
    return HeadLinks(
        node=ends[1][order],
        head=ends[0][order],
        weight=np.asarray(weight, dtype=np.float64)[order],
        absolute=np.asarray(absolute, dtype=np.float64)[order],
    )


def _at(record: InternalsRecord, row: Row, end: str) -> int:
    return int(row[f"{end}_layer"] * record.n_heads + row[f"{end}_head"])


def _known(values: Reals) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _reals(rows: Sequence[Row], name: str) -> Reals:
    return np.array([math.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
