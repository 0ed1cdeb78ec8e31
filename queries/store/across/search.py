"""A search over a database: by words in texts, which no engine has an index of.

It reads whole columns. LIMIT ends that early where much is found; where little is, time does: so many seconds in all,
the cheapest kinds first.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from queries.graph.features import BORROWED, PERSON, TOP_LOGITS, UNKNOWN, Explanation, LabelOrigin
from queries.graph.labels import OWN, Label, feature_labels
from queries.store import schema
from queries.store.across.asked import Asked, asked_of, ranges_of
from queries.store.across.found import (
    Found,
    FoundFeature,
    FoundGraph,
    FoundView,
    best_first,
    collections_of,
)
from queries.store.collections.collections import Collections
from queries.store.internals import Run
from queries.store.library.question import PromptsQuestion
from queries.store.library.statements import chosen
from queries.store.rows import Row, explanation_of, utc
from queries.store.statements import Reading
from queries.words import DEFAULT_LABELS, LabelSource, SearchKind

T = TypeVar("T")

SECONDS = 2.0
"""For which a search reads at most."""
CANDIDATES = 10
"""How many times as many features are looked at as are answered: the best of them are."""


IDENTITY = ("model", "transcoder_set", "layer", "index", "site")
SOURCES: dict[str, LabelSource] = {PERSON: "person", BORROWED: "borrowed", TOP_LOGITS: "logits"}
"""Of what an explanation of a type names; of any other type it is an explanation."""


class Timed(Protocol):
    """Calls a callback that reads in a transaction of its own; None where its statements took more than so many
    seconds."""

    def __call__(self, callback: Callable[[Run], T], seconds: float, /) -> T | None: ...


def search(reading: Timed, *, hinted: bool, collections: Collections, text: str, limit: int) -> Found:
    """At most `limit` of each kind. Raises InvalidRequest. `hinted`: on Ladybug, which needs its joins in order."""
    asked = asked_of(text)
    until = time.monotonic() + SECONDS
    unfinished: list[SearchKind] = []

    def rows(kind: SearchKind, statement: Reading, values: Row) -> list[Row]:
        """[] where there is no time left, too."""
        left = until - time.monotonic()
        text = statement.hinted if hinted else statement.plain
        found = reading(lambda run: run(text, **values), left) if left > 0 else None
        if found is None and kind not in unfinished:
            unfinished.append(kind)
        return found or []

    graphs = rows("graphs", *_graphs(asked, limit))
    views = rows("views", *_views(asked, limit))
    most = CANDIDATES * limit
    said = {"most": most, **_values(asked.said)}
    candidates: list[Row] = []
    if asked.is_numbered:
        candidates += rows("features", _numbered(asked), {"most": most})
    if asked.said:
        candidates += rows("features", _explained(asked), said)
        candidates += rows("features", _labelled(asked), said)
    keys = list(dict.fromkeys(row["key"] for row in candidates))
    counted = rows("features", COUNTED, {"keys": keys}) if keys else []
    nameless = [row["key"] for row in candidates if row["text"] is None]
    explained = rows("features", EXPLAINED, {"keys": nameless}) if nameless else []
    labelled = rows("features", LABELLED, {"keys": nameless}) if nameless else []
    names = names_of(nameless, explained, labelled)
    n_nodes = {row["key"]: row["n_nodes"] for row in counted}
    features = [
        feature_of(row, label_of(row) or names.get(row["key"]), n_nodes.get(row["key"], 0))
        for row in candidates
    ]
    return Found(
        collections=collections_of(collections.all(), asked, limit),
        graphs=[
            FoundGraph(**row | {"created_at": utc(row["created_at"]), "notes": row["notes"] or ""})
            for row in graphs
        ],
        views=[FoundView(**row) for row in views],
        features=best_first(features, asked)[:limit],
        unfinished=unfinished,
    )


def _values(words: Sequence[str]) -> Row:
    return {f"word{number}": word for number, word in enumerate(words)}


def having(words: Sequence[str], column: str) -> str:
    """The condition that each of the words, which are parameters by `_values`, is in a column."""
    return " AND ".join(f"lower({column}) CONTAINS $word{number}" for number in range(len(words)))


def _graphs(asked: Asked, limit: int) -> tuple[Reading, Row]:
    """The library's own search, and its values."""
    match, values = chosen(PromptsQuestion(limit, words=asked.words))
    columns = ", ".join(f"g.{column} AS {column}" for column in FoundGraph.model_fields)
    order = "ORDER BY created_at DESC, id LIMIT $limit"
    return Reading(match, None, f"{columns} {order}"), values | {"limit": limit}


def _views(asked: Asked, limit: int) -> tuple[Reading, Row]:
    reading = Reading(
        "MATCH (v:View)<-[h:HAS_VIEW]-(g:AttributionGraph) "
        f"WHERE {having(asked.words, 'v.name')} AND g.state = $state",
        "(v JOIN h) JOIN g",
        "v.name AS name, g.id AS graph, g.name AS graph_name, g.prompt AS prompt "
        "ORDER BY name, graph LIMIT $limit",
    )
    return reading, _values(asked.words) | {"limit": limit, "state": schema.VISIBLE}


_FEATURE = (
    "f.key AS key, f.model AS model, f.transcoder_set AS transcoder_set, f.layer AS layer, "
    "f.`index` AS `index`, f.site AS site"
)


def _place(variable: str, asked: Asked) -> list[str]:
    """The conditions that a feature, or a node of one, has the number that is asked for."""
    found = [] if asked.layer is None else [f"{variable}.layer = {asked.layer}"]
    if asked.number is not None:
        found.append(f"{variable}.`index` = {asked.number}")
    elif asked.begins is not None:
        within = (
            f"({variable}.`index` >= {first} AND {variable}.`index` <= {last})"
            for first, last in ranges_of(asked.begins)
        )
        found.append(f"({' OR '.join(within)})")
    return found


def _numbered(asked: Asked) -> Reading:
    return Reading(
        f"MATCH (f:Feature) WHERE {' AND '.join(_place('f', asked))}",
        None,
        f"{_FEATURE}, NULL AS text, NULL AS author, NULL AS type LIMIT $most",
    )


def _said_of(asked: Asked) -> Asked:
    """The same without a number that is a word as well."""
    return asked._replace(number=None)


def _explained(asked: Asked) -> Reading:
    where = [having(asked.said, "e.text"), *_place("f", _said_of(asked))]
    return Reading(
        f"MATCH (e:Explanation)<-[b:EXPLAINED_BY]-(f:Feature) WHERE {' AND '.join(where)}",
        "(e JOIN b) JOIN f",
        f"{_FEATURE}, e.text AS text, e.author AS author, e.type AS type LIMIT $most",
    )


def _labelled(asked: Asked) -> Reading:
    where = [having(asked.said, "n.label"), *_place("n", _said_of(asked))]
    return Reading(
        f"MATCH (n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature) WHERE {' AND '.join(where)}",
        "(n JOIN i) JOIN f",
        f"DISTINCT {_FEATURE}, n.label AS text, NULL AS author, NULL AS type LIMIT $most",
    )


COUNTED = Reading(
    "UNWIND $keys AS key MATCH (f:Feature {key: key})",
    None,
    "key, COUNT { MATCH (f)<-[:INSTANCE_OF]-() } AS n_nodes",
)
"""One row a feature. Neither engine looks at its nodes."""
EXPLAINED = Reading(
    "UNWIND $keys AS key MATCH (f:Feature {key: key})-[b:EXPLAINED_BY]->(e:Explanation)",
    None,
    "key, e.text AS text, e.author AS author, e.type AS type, e.score AS score, e.created_at AS created_at",
)
LABELLED = Reading(
    "UNWIND $keys AS key MATCH (f:Feature {key: key})<-[:INSTANCE_OF]-(n:FeatureNode) WHERE n.label IS NOT NULL",
    None,
    "key, n.label AS text, count(*) AS n_nodes ORDER BY n_nodes DESC, text",
)


def label_of(row: Row) -> Label | None:
    """What has the words: a graph's label, which has no type, or an explanation. None: the feature was found by its
    number."""
    text, type, author = row["text"], row["type"], row["author"]
    if text is None:
        return None
    if type is None:
        return Label(text, OWN)
    by = None if author == UNKNOWN else author
    return Label(text, LabelOrigin(source=SOURCES.get(type, "explanation"), by=by))


def names_of(keys: Sequence[str], explained: Sequence[Row], labelled: Sequence[Row]) -> dict[str, Label]:
    """What features are called whose number was asked for, from the rows of EXPLAINED and LABELLED: as the rule of
    labels has it, with the label that most nodes have for a graph's own."""
    explanations: dict[str, list[Explanation]] = {}
    for row in explained:
        explanations.setdefault(row["key"], []).append(explanation_of(row))
    own: dict[str, str] = {}
    for row in labelled:
        own.setdefault(row["key"], row["text"])
    names = {
        key: feature_labels(explanations.get(key, ()), None, DEFAULT_LABELS).of(own.get(key)) for key in keys
    }
    return {key: label for key, label in names.items() if label is not None}


def feature_of(row: Row, label: Label | None, n_nodes: int) -> FoundFeature:
    named = {"label": label and label.text, "origin": label and label.origin}
    return FoundFeature(**{name: row[name] for name in IDENTITY}, **named, n_nodes=n_nodes)
