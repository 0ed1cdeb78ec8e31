"""Graphs as rows of the schema's tables, and back, the same for every engine."""

import json
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from pydantic_core import to_json

from queries.graph.attribution_graph import (
    NODE_COLUMNS,
    AttributionGraph,
    ColumnType,
    NodeKind,
    Nodes,
    Supernode,
    View,
)
from queries.graph.features import (
    Explanation,
    FeatureId,
    FeatureRecord,
    feature_id,
    site_of,
)
from queries.graph.labels import BorrowedLabel, GivenLabel, most_given
from queries.graph.records import GraphRecord, KnownTarget, ListedGraph, Prediction
from queries.store import schema
from queries.store.statements import REWORD_GRAPH, REWORD_LOGIT
from queries.words import MAX_INTEGER

Row: TypeAlias = dict[str, Any]
Columns: TypeAlias = dict[str, list[Any]]

FeatureIdentity: TypeAlias = tuple[str, str, int, int, str | None]
"""Model, transcoder set, layer, index and site of a Feature."""


class PlaceInList(NamedTuple):
    """A graph's place in the list of graphs: its time and id, before them its rank where another order is asked for."""

    created_at: datetime
    id: str
    rank: float = 0.0

    def comes_after(self, other: "PlaceInList") -> bool:
        """Whether a graph of this place is listed after one of the other."""
        mine, others = ((-one.rank, -one.created_at.timestamp(), one.id) for one in (self, other))
        return mine > others


class Order(NamedTuple):
    """The order of a list of graphs: newest first, or the most faithful first, those that are not verified last. And
    the least faithfulness of its graphs; None: any, and none."""

    by_faithfulness: bool = False
    least: float | None = None

    def place(self, record: GraphRecord, by_faithfulness: bool = False) -> PlaceInList:
        """A graph's place in this order, or in that by faithfulness."""
        rank = record.faithfulness if by_faithfulness or self.by_faithfulness else 0.0
        return PlaceInList(record.created_at, record.id, UNVERIFIED if rank is None else rank)


NEWEST_FIRST = Order()
BEFORE_ALL = PlaceInList(datetime(9999, 1, 1, tzinfo=UTC), "", 1e308)

UNVERIFIED = -1e15
"""The rank of a graph that has no verification: below that of all others."""
FAITHFULNESS = f"coalesce(g.faithfulness, {UNVERIFIED:.1f})"
RANK = f"CASE WHEN $by_faithfulness THEN {FAITHFULNESS} ELSE 0.0 END"
"""What a list of graphs is ordered by, before their times."""

STORE_ONLY = {"state", "prompt_key"}
"""Columns of AttributionGraph that its record does not have."""
LISTED = tuple(
    column for column in schema.ATTRIBUTION_GRAPH.columns if column not in {"metadata", *STORE_ONLY}
)
"""The columns that a list of graphs needs."""

JSON_TARGET = "json:"


def record_row(record: GraphRecord, state: str) -> Row:
    """A record as a row of AttributionGraph."""
    row = record.model_dump(exclude={*GraphRecord.model_computed_fields, "prediction"})
    row["state"] = state
    row["prompt_key"] = schema.prompt_key(record.model, record.prompt)
    row["predicted_token"] = record.prediction.token
    row["predicted_probability"] = record.prediction.probability
    row["created_at"] = record.created_at.astimezone(UTC)
    for column in schema.JSON_COLUMNS:
        row[column] = json.dumps(row[column], ensure_ascii=False)
    row["attribution_targets"] = record.attribution_targets and [
        _target_text(one) for one in record.attribution_targets
    ]
    return {column: row[column] for column in schema.ATTRIBUTION_GRAPH.columns}


def rewording(graph: AttributionGraph) -> Iterator[tuple[str, Row]]:
    """The statements, with their values, that give a stored graph other words."""
    record, nodes = graph.record, graph.nodes
    words = {
        "prompt": record.prompt,
        "prompt_key": schema.prompt_key(record.model, record.prompt),
        "predicted_token": record.prediction.token,
    }
    yield REWORD_GRAPH, {"graph": record.id, **words}
    logits = nodes.of_kind(NodeKind.LOGIT)
    for key, node in zip(nodes.keys(record.id, logits), logits.tolist(), strict=True):
        yield REWORD_LOGIT, {"key": key, "token": nodes.token[node], "label": nodes.label[node]}


def trace_row(record: GraphRecord) -> Row | None:
    """The row of the Trace that a record's graph was pruned from; None where there is none."""
    values = (record.trace_id, record.n_trace_nodes, record.n_trace_edges)
    return None if record.trace_id is None else dict(zip(schema.TRACE.columns, values, strict=True))


def record_of(row: Row) -> GraphRecord:
    """A row of AttributionGraph as a record."""
    return GraphRecord(**_record_values(row, schema.ATTRIBUTION_GRAPH.columns))


def listed_of(row: Row) -> ListedGraph:
    """A row of AttributionGraph's columns `LISTED`."""
    return ListedGraph(**_record_values(row, LISTED))


def page(limit: int | None, after: PlaceInList | None, order: Order) -> Row:
    """The parameters of the statements GRAPH_RECORDS."""
    created_at, id, rank = after or BEFORE_ALL
    return {
        "state": schema.VISIBLE,
        "created_at": created_at,
        "id": id,
        "rank": rank,
        "by_faithfulness": order.by_faithfulness,
        "least": -1e308 if order.least is None else order.least,
        "limit": MAX_INTEGER if limit is None else limit,
    }


def _record_values(row: Row, columns: Iterable[str]) -> Row:
    values = {column: row[column] for column in columns if column not in STORE_ONLY}
    for column in values.keys() & schema.JSON_COLUMNS:
        values[column] = json.loads(values[column])
    targets = values["attribution_targets"]
    values["attribution_targets"] = targets and [_target_of(text) for text in targets]
    values["prediction"] = Prediction(
        token=values.pop("predicted_token"), probability=values.pop("predicted_probability")
    )
    values["created_at"] = utc(values["created_at"])
    values["notes"] = values.get("notes") or ""
    return values


def _target_text(target: KnownTarget) -> str:
    """A target as the column of texts holds it: a token's text as it is, any other as JSON after `JSON_TARGET`."""
    if isinstance(target, str) and not target.startswith(JSON_TARGET):
        return target
    return JSON_TARGET + to_json(target, exclude_none=True).decode()


def _target_of(text: str) -> Any:
    """The inverse of `_target_text`; a GraphRecord makes targets of it."""
    return json.loads(text.removeprefix(JSON_TARGET)) if text.startswith(JSON_TARGET) else text


def node_columns(nodes: Nodes, kind: NodeKind, keys: list[str]) -> Columns:
    """The columns of the node table of one kind. `keys` holds the keys of the nodes of all kinds."""
    ordinals = nodes.of_kind(kind)
    chosen = nodes.take(ordinals)
    own = {"key": [keys[node] for node in ordinals], "ordinal": ordinals.tolist()}
    return {
        column: own[column] if column in own else chosen.listed(column)
        for column in schema.NODE_TABLES[kind].columns
    }


def nodes_of(by_kind: dict[NodeKind, Columns]) -> Nodes:
    """The nodes of a graph, from the columns of its node tables with rows in any order."""
    nodes = Nodes.of_columns(
        kind=np.zeros(sum(len(columns["ordinal"]) for columns in by_kind.values()), dtype=np.int8)
    )
    for kind, columns in by_kind.items():
        ordinals = np.array(columns["ordinal"], dtype=np.int64)
        nodes.kind[ordinals] = kind
        for name, type, kinds in NODE_COLUMNS[1:]:
            if kind not in kinds:
                continue
            column = getattr(nodes, name)
            if type is ColumnType.TEXT:
                for ordinal, value in zip(columns["ordinal"], columns[name], strict=True):
                    column[ordinal] = value
            else:
                column[ordinals] = np.array(columns[name], dtype=type.value)  # None becomes NaN
    return nodes


def feature_row(model: str, transcoder_set: str, layer: int, index: int, site: str | None = None) -> Row:
    key = schema.feature_key(model, transcoder_set, layer, index, site)
    return {
        "key": key,
        "model": model,
        "transcoder_set": transcoder_set,
        "layer": layer,
        "index": index,
        "site": site,
    }


def identity(record: GraphRecord, feature: FeatureId) -> FeatureIdentity:
    layer, index, *_ = feature
    site = site_of(feature)
    return record.model, record.feature_set(site), layer, index, site


def _features(graph: AttributionGraph) -> list[tuple[int, FeatureIdentity]]:
    """Each feature node, and its Feature."""
    of_nodes = graph.nodes.feature_ids()
    nodes = graph.nodes.of_kind(NodeKind.FEATURE).tolist()
    return [(node, identity(graph.record, of_nodes[node])) for node in nodes]


def features(graph: AttributionGraph) -> list[Row]:
    """A row for every Feature that the graph's feature nodes are instances of, once each."""
    return [feature_row(*feature) for feature in dict.fromkeys(feature for _, feature in _features(graph))]


def instances(graph: AttributionGraph, keys: list[str]) -> list[tuple[str, str]]:
    """For every feature node, its key and the key of its Feature. `keys` holds the keys of all nodes."""
    return [(keys[node], schema.feature_key(*feature)) for node, feature in _features(graph)]


def n_labelled(graph: AttributionGraph, explained: Container[str]) -> int:
    """How many feature nodes have a label: their own, or one of their Feature, which the graph or the database
    explains; `explained` holds the keys of what the database does."""
    of_nodes = graph.nodes.feature_ids()
    return graph.n_labelled(
        {of_nodes[node] for node, feature in _features(graph) if schema.feature_key(*feature) in explained}
    )


def explanation_rows(graph: AttributionGraph) -> Iterator[tuple[str, Row]]:
    """For every explanation, the key of its Feature and its row."""
    for feature, explanations in graph.explanations.items():
        key = schema.feature_key(*identity(graph.record, feature))
        yield from ((key, explanation_row(key, one)) for one in explanations)


def view_key(graph_id: str, name: str) -> str:
    return f"{graph_id}/view/{name}"


def view_row(graph_id: str, view: View) -> Row:
    return {
        "key": view_key(graph_id, view.name),
        "name": view.name,
        "revision": view.revision,
        "state": json.dumps(view.state, ensure_ascii=False),
        "notes": view.notes,
        "changed_at": view.changed_at and view.changed_at.astimezone(UTC),
    }


def supernode_rows(graph_id: str, view: View) -> list[Row]:
    """A row for every supernode of a view, in the view's order."""
    return [
        {"key": f"{view_key(graph_id, view.name)}/supernode/{ordinal}", "ordinal": ordinal, "name": one.name}
        for ordinal, one in enumerate(view.supernodes)
    ]


def views_of(views: Iterable[Row], supernodes: Iterable[Row]) -> tuple[View, ...]:
    """A graph's views, by their names. A row of a supernode has its view's key, its own name and its `members`."""
    drawn: dict[str, list[Supernode]] = {}
    for row in supernodes:
        drawn.setdefault(row["view"], []).append(Supernode(row["name"], tuple(row["members"])))
    return tuple(
        View(
            row["name"],
            row["revision"],
            json.loads(row["state"]),
            tuple(drawn.get(row["key"], ())),
            row["notes"],
            row["changed_at"] and utc(row["changed_at"]),
        )
        for row in views
    )


def kept_feature_rows(features: Iterable[FeatureRecord]) -> tuple[list[Row], list[tuple[str, Row]]]:
    """The rows of features; and for every explanation of them, the key of its Feature and its row."""
    kept = [
        (feature_row(one.model, one.transcoder_set, one.layer, one.index, one.site), one) for one in features
    ]
    explanations = [
        (row["key"], explanation_row(row["key"], explanation))
        for row, one in kept
        for explanation in one.explanations
    ]
    return [row for row, _ in kept], explanations


def explanation_row(feature: str, explanation: Explanation) -> Row:
    return {
        "key": schema.explanation_key(feature, explanation),
        "text": explanation.text,
        "author": explanation.author,
        "type": explanation.type,
        "score": explanation.score,
        "created_at": explanation.created_at and explanation.created_at.astimezone(UTC),
    }


def explanation_of(row: Row) -> Explanation:
    created = row["created_at"]
    return Explanation(
        row["text"], row["author"], row["type"], row["score"], utc(created) if created else None
    )


def borrowed(
    labels: Iterable[Row], names: Callable[[list[str]], dict[str, str]]
) -> dict[FeatureId, BorrowedLabel]:
    """What other graphs call a graph's features, from the rows of BORROWED_LABELS. `names` finds graphs' names by their
    ids."""
    given = most_given(
        GivenLabel(
            feature_id(row["layer"], row["index"], row["site"]), row["text"], row["n_graphs"], row["newest"]
        )
        for row in labels
    )
    name_of = names(sorted({one.graph for one in given})) if given else {}
    return {
        one.feature: BorrowedLabel(text=one.text, graph=one.graph, graph_name=name_of[one.graph])
        for one in given
    }


def utc(stored: datetime) -> datetime:
    """A stored time with its zone. Ladybug returns times without one, in UTC."""
    return stored.astimezone(UTC) if stored.tzinfo else stored.replace(tzinfo=UTC)
