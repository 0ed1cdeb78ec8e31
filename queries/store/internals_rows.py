"""The internals of a prompt as rows of the schema's tables, and back, the same for every engine."""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC

import numpy as np

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
from queries.store.rows import Row, utc

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


def link_rows(graph: AttributionGraph, record: InternalsRecord, links: HeadLinks) -> dict[str, list[Row]]:
    """Rows of READ_BY or WRITES_TO, by the label of their nodes."""
    keys, heads = graph.nodes.keys(record.graph_id), head_keys(record)
    rows: dict[str, list[Row]] = {}
    columns = (getattr(links, name).tolist() for name in ("node", "head", "weight", "absolute"))
    for node, head, weight, absolute in zip(*columns, strict=True):
        label = schema.NODE_TABLES[NodeKind(graph.nodes.kind[node])].label
        rows.setdefault(label, []).append(
            {"node": keys[node], "head": heads[head], "weight": weight, "absolute": absolute}
        )
    return rows


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
    read: Iterable[Row],
    written: Iterable[Row],
    fed: Iterable[Row],
) -> Internals:
    """From rows of HeadNode joined with AttentionHead, and of the relationships with the ends' places."""
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
        _links(record, read),
        _links(record, written),
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


def _links(record: InternalsRecord, rows: Iterable[Row]) -> HeadLinks:
    ordered = sorted(rows, key=lambda row: (row["node"], row["layer"], row["head"]))
    return HeadLinks(
        node=np.array([row["node"] for row in ordered], dtype=np.int32),
        head=np.array([row["layer"] * record.n_heads + row["head"] for row in ordered], dtype=np.int32),
        weight=_reals(ordered, "weight"),
        absolute=_reals(ordered, "absolute"),
    )


def _at(record: InternalsRecord, row: Row, end: str) -> int:
    return int(row[f"{end}_layer"] * record.n_heads + row[f"{end}_head"])


def _known(values: Reals) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _reals(rows: Sequence[Row], name: str) -> Reals:
    return np.array([math.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)
