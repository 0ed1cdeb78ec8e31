"""The same search over the tables of a data set, read whole."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from queries.graph.attribution_graph import NodeKind
from queries.graph.features import feature_id
from queries.graph.records import GraphRecord
from queries.store.across.asked import Asked
from queries.store.across.found import (
    Found,
    FoundGraph,
    FoundView,
    best_first,
    collections_of,
    says,
)
from queries.store.across.search import IDENTITY, feature_of, label_of, names_of
from queries.store.collections.collections import CollectionRecord
from queries.store.rows import FeatureIdentity, Row, identity
from queries.store.schema import feature_key


def search_tables(
    records: Mapping[str, GraphRecord],
    table: Callable[..., Any],
    collections: list[CollectionRecord],
    asked: Asked,
    limit: int,
) -> Found:
    """`records` by their ids, newest first; `table` reads one by its name and the `columns` of it."""
    graphs = [one for one in records.values() if says("\n".join(_texts(one)), asked.words)]
    views = [
        FoundView(name=view["name"], graph=record.id, graph_name=record.name, prompt=record.prompt)
        for row in table("graphs", columns=["id", "views"]).to_pylist()
        for view in json.loads(row["views"])
        if says(view["name"], asked.words) and (record := records[row["id"]])
    ]
    identities: dict[str, FeatureIdentity] = {}
    n_nodes: Counter[str] = Counter()
    labels: Counter[tuple[str, str]] = Counter()
    for row in table("nodes", columns=["graph", "kind", "layer", "index", "site", "label"]).to_pylist():
        if row["kind"] == NodeKind.FEATURE.word:
            feature = identity(records[row["graph"]], feature_id(row["layer"], row["index"], row["site"]))
            key = feature_key(*feature)
            identities[key] = feature
            n_nodes[key] += 1
            if (label := row["label"]) is not None:
                labels[key, str(label)] += 1
    explained = [
        row | {"key": row["feature"]}
        for row in table("explanations").to_pylist()
        if row["feature"] in identities
    ]
    labelled = [
        {"key": key, "text": text, "author": None, "type": None}
        for (key, text), _ in sorted(labels.items(), key=lambda item: (-item[1], item[0][1]))
    ]
    said: list[Row] = []
    if asked.said:
        said = [
            row
            for row in [*explained, *labelled]
            if says(row["text"], asked.said) and _is_at(identities[row["key"]], asked)
        ]
    numbered = [
        {"key": key, "text": None, "author": None, "type": None}
        for key, feature in identities.items()
        if asked.is_numbered and _is_at(feature, asked, asked.number)
    ]
    names = names_of([str(row["key"]) for row in numbered], explained, labelled)
    features = [
        feature_of(
            dict(zip(IDENTITY, identities[row["key"]], strict=True)),
            label_of(row) or names.get(row["key"]),
            n_nodes[row["key"]],
        )
        for row in [*numbered, *said]
    ]
    return Found(
        collections=collections_of(collections, asked, limit),
        graphs=[
            FoundGraph(
                id=one.id,
                name=one.name,
                prompt=one.prompt,
                notes=one.notes,
                model=one.model,
                predicted_token=one.prediction.token,
                created_at=one.created_at,
            )
            for one in graphs[:limit]
        ],
        views=sorted(views, key=lambda one: (one.name, one.graph))[:limit],
        features=best_first(features, asked)[:limit],
        unfinished=[],
    )


def _texts(record: GraphRecord) -> tuple[str, ...]:
    return record.prompt, record.name, record.notes, record.prediction.token


def _is_at(feature: FeatureIdentity, asked: Asked, number: int | None = None) -> bool:
    _, _, layer, index, _ = feature
    if asked.layer not in (None, layer):
        return False
    if number is not None:
        return index == number
    return asked.begins is None or str(index).startswith(str(int(asked.begins)))
