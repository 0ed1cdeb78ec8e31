"""One feature in whatever number of graphs: its record, and the graphs a page at a time.

A feature of a start token is in every graph. What an order of the graphs needs is read of each; the rest, of those that
are told.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from queries.errors import FeatureNotFound
from queries.graph.features import (
    FeatureGraph,
    FeatureId,
    FeatureOccurrence,
    FeatureRecord,
    FiringGraph,
    feature_id,
    ranked_explanations,
    site_of,
)
from queries.graph.labels import BorrowedLabel, feature_labels
from queries.store import schema
from queries.store.across.statements import (
    FEATURE_EXPLANATIONS,
    OCCURRENCE_GRAPHS,
    OCCURRENCE_NODES,
    OCCURRENCES,
)
from queries.store.internals import Run
from queries.store.rows import (
    UNVERIFIED,
    FeatureIdentity,
    PlaceInList,
    Row,
    borrowed,
    explanation_of,
    utc,
)
from queries.words import DEFAULT_LABELS, MAX_TOLD_GRAPHS, FeatureSort

NodeRow: TypeAlias = Row
GraphRow: TypeAlias = Row
Tell: TypeAlias = Callable[[Sequence[str], Sequence[str]], tuple[list[GraphRow], list[NodeRow]]]
"""Finds graphs by their ids and nodes by their keys, with the columns of OCCURRENCE_GRAPHS and OCCURRENCE_NODES. What
was deleted meanwhile is left out."""

RANKS: dict[FeatureSort, str | None] = {
    "influence": "node_influence",
    "activation": "activation",
    "newest": None,
}
"""The column of a node whose largest value in a graph ranks the graph; None: its time alone does."""


def read_feature(run: Run, feature: FeatureIdentity) -> FeatureRecord:
    """Raises FeatureNotFound."""
    key = schema.feature_key(*feature)
    return feature_of(feature, run(FEATURE_EXPLANATIONS, feature=key), _occurrences(run, key), _telling(run))


def read_feature_graphs(
    run: Run, feature: FeatureIdentity, sort: FeatureSort, limit: int, after: PlaceInList | None
) -> list[FiringGraph]:
    """At most `limit` of the graphs in which a feature fires, from the first one after a place in their list."""
    return graphs_of(_occurrences(run, schema.feature_key(*feature)), sort, limit, after, _telling(run))


def _occurrences(run: Run, key: str) -> list[Row]:
    return run(OCCURRENCES, feature=key, state=schema.VISIBLE)


def _telling(run: Run) -> Tell:
    def tell(ids: Sequence[str], keys: Sequence[str]) -> tuple[list[GraphRow], list[NodeRow]]:
        return (  # Ladybug cannot tell the type of an empty list
            run(OCCURRENCE_GRAPHS, ids=list(ids)) if ids else [],
            run(OCCURRENCE_NODES, keys=list(keys)) if keys else [],
        )

    return tell


def place_of(graph: FiringGraph, sort: FeatureSort) -> PlaceInList:
    """A graph's place in the list of those in which the feature fires."""
    return _place(graph.created_at, graph.id, [node.model_dump() for node in graph.nodes], sort)


def _place(created_at: datetime, id: str, nodes: Iterable[Row], sort: FeatureSort) -> PlaceInList:
    column = RANKS[sort]
    values = [] if column is None else [node[column] for node in nodes if node[column] is not None]
    rank = 0.0 if column is None else max(values, default=UNVERIFIED)
    return PlaceInList(utc(created_at), id, rank)


def graphs_of(
    occurrences: Iterable[Row], sort: FeatureSort, limit: int, after: PlaceInList | None, tell: Tell
) -> list[FiringGraph]:
    """The graphs of a feature from the rows of its nodes, with the columns of OCCURRENCES, as `read_feature_graphs`."""
    by_graph = {
        id: list(nodes)
        for id, nodes in groupby(sorted(occurrences, key=lambda row: row["id"]), key=lambda row: row["id"])
    }
    places = [_place(nodes[0]["created_at"], id, nodes, sort) for id, nodes in by_graph.items()]
    listed = [place for place in places if after is None or place.comes_after(after)]
    listed.sort(key=lambda place: (-place.rank, -place.created_at.timestamp(), place.id))
    ids = [place.id for place in listed[:limit]]
    graphs, nodes = tell(ids, [row["key"] for id in ids for row in by_graph[id]])
    node_of = {row["key"]: row for row in nodes}
    graph_of = {row["id"]: row for row in graphs}
    return [
        _firing(graph_of[id], [node_of[row["key"]] for row in by_graph[id] if row["key"] in node_of])
        for id in ids
        if id in graph_of
    ]


def _firing(graph: GraphRow, nodes: Iterable[NodeRow]) -> FiringGraph:
    return FiringGraph(
        id=graph["id"],
        name=graph["name"],
        prompt=graph["prompt"],
        tokens=graph["tokens"],
        created_at=utc(graph["created_at"]),
        nodes=[
            FeatureOccurrence(
                token=graph["tokens"][row["position"]],
                **{name: row[name] for name in FeatureOccurrence.model_fields if name != "token"},
            )
            for row in sorted(nodes, key=lambda row: row["position"])
        ],
    )


def feature_of(
    feature: FeatureIdentity, explanation_rows: Sequence[Row], occurrences: Sequence[Row], tell: Tell
) -> FeatureRecord:
    """A feature from the rows that are stored of it: FEATURE_EXPLANATIONS' and OCCURRENCES'. Raises FeatureNotFound
    where there are none."""
    if not explanation_rows and not occurrences:
        raise FeatureNotFound(*feature[:4])
    model, transcoder_set, layer, index, site = feature
    explanations = ranked_explanations([explanation_of(row) for row in explanation_rows])
    own = _borrowed(feature_id(layer, index, site), occurrences, tell)
    label = feature_labels(explanations, own, DEFAULT_LABELS).of(None)
    newest = graphs_of(occurrences, "newest", MAX_TOLD_GRAPHS, None, tell)
    return FeatureRecord(
        model=model,
        transcoder_set=transcoder_set,
        layer=layer,
        index=index,
        site=site,
        label=label and label.text,
        label_origin=label and label.origin,
        explanations=explanations,
        n_graphs=len({row["id"] for row in occurrences}),
        graphs=[FeatureGraph(id=one.id, name=one.name, prompt=one.prompt, nodes=one.nodes) for one in newest],
    )


def _borrowed(feature: FeatureId, occurrences: Iterable[Row], tell: Tell) -> BorrowedLabel | None:
    """What graphs call a feature."""
    graphs: dict[str, dict[str, datetime]] = {}
    for row in occurrences:
        if row["label"]:
            graphs.setdefault(row["label"], {})[row["id"]] = row["created_at"]
    given = [
        {
            "layer": feature[0],
            "index": feature[1],
            "site": site_of(feature),
            "text": text,
            "n_graphs": len(made),
            "newest": max(f"{time} {id}" for id, time in made.items()),
        }
        for text, made in graphs.items()
    ]
    return borrowed(given, lambda ids: {row["id"]: row["name"] for row in tell(ids, ())[0]}).get(feature)


def kept_features(explained: Iterable[tuple[Row, Row]]) -> list[FeatureRecord]:
    """Features that no graph uses, from the row of each explanation and of its Feature: (Feature, explanation)."""
    explanations: dict[FeatureIdentity, list[Row]] = {}
    for feature, explanation in explained:
        names = feature["model"], feature["transcoder_set"]
        identity = (*names, feature["layer"], feature["index"], feature.get("site"))
        explanations.setdefault(identity, []).append(explanation)
    in_order = sorted(explanations.items(), key=lambda item: (*item[0][:4], item[0][4] or ""))
    return [feature_of(identity, rows, (), lambda _ids, _keys: ([], [])) for identity, rows in in_order]
