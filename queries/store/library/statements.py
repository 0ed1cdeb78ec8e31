"""The library's Cypher. Prompts in models are groups of graphs, made when they are asked for: no table holds them.

A prompt in a model is known by its key (`schema.prompt_key`), which stands in an index with the graphs' times on Neo4j.
"""

from typing import Literal, TypeAlias

from queries.store import rows, schema
from queries.store.library.question import PromptOrder, PromptsQuestion
from queries.store.rows import Row

Dialect: TypeAlias = Literal["ladybug", "neo4j"]

_TIME = {
    "ladybug": "concat(cast(g.created_at, 'STRING'), ' ', g.id)",
    "neo4j": "toString(g.created_at.epochMillis) + ' ' + g.id",
}
"""A graph's time and id as a text, of which the newest graph has the greatest."""

_NODES = " + ".join(f"g.n_{kind}_nodes" for kind in ("embedding", "feature", "error", "logit"))
_ORDERS: dict[PromptOrder, dict[str, str]] = {
    "newest": {},
    "oldest": {},
    "prompt": {"min(g.prompt)": "ASC", "min(g.model)": "ASC"},
    "faithfulness": {f"max({rows.FAITHFULNESS})": "DESC"},
    "labelled": {"max(g.n_labelled_nodes)": "DESC"},
    "nodes": {f"max({_NODES})": "DESC"},
}
"""What prompts are ordered by, and how, before the time of their newest graphs."""

_SEARCHED = ("prompt", "name", "notes", "predicted_token")


def chosen(question: PromptsQuestion) -> tuple[str, Row]:
    """A MATCH of the graphs that are meant, `g`, and its parameters."""
    # Every graph has a key and a time. On Neo4j the index has only nodes that are known to have both.
    where = ["g.state = $state", "g.prompt_key IS NOT NULL", "g.created_at IS NOT NULL"]
    values: Row = {"state": schema.VISIBLE}
    for number, word in enumerate(question.words):
        found = " OR ".join(f"lower(g.{column}) CONTAINS $word{number}" for column in _SEARCHED)
        where.append(f"({found})")
        values[f"word{number}"] = word.lower()
    if question.model is not None:
        where.append("g.model = $model")
        values["model"] = question.model
    if question.labelled is not None:
        where.append(f"g.n_labelled_nodes {'>' if question.labelled else '='} 0")
    match = "MATCH (g:AttributionGraph)"
    if question.least is not None:
        where.append("g.faithfulness >= $least")
        values["least"] = question.least
    if question.collection is not None:
        match = "MATCH (:Collection {name: $collection})-[:HOLDS]->(g:AttributionGraph)"
        values["collection"] = question.collection
    return f"{match} WHERE {' AND '.join(where)}", values


def _figures(dialect: Dialect) -> str:
    """Columns of a prompt: its key, its newest graph and figures of its graphs that are meant."""
    return (
        f"g.prompt_key AS key, count(*) AS n_graphs, max({_TIME[dialect]}) AS newest, "
        f"max({rows.FAITHFULNESS}) AS faithfulness, max(g.n_labelled_nodes) AS n_labelled"
    )


def _ordered(order: PromptOrder) -> tuple[str, str]:
    """Columns of a prompt, and the order by them."""
    ways = _ORDERS[order] | {"max(g.created_at)": "ASC" if order == "oldest" else "DESC"}
    columns = [f"{column} AS by{number}" for number, column in enumerate(ways)]
    by = [f"by{number} {way}" for number, way in enumerate(ways.values())]
    return ", ".join(columns), f"ORDER BY {', '.join(by)}, key"


def counts(question: PromptsQuestion) -> tuple[str, Row]:
    """On Ladybug: one row, how many prompts and graphs are meant."""
    match, values = chosen(question)
    return f"{match} RETURN count(DISTINCT g.prompt_key) AS n_prompts, count(*) AS n_graphs", values


def page(question: PromptsQuestion) -> tuple[str, Row]:
    """On Ladybug: one row a prompt of the page, in order."""
    match, values = chosen(question)
    columns, order = _ordered(question.order)
    statement = (
        f"{match} WITH {_figures('ladybug')}, {columns} "
        f"RETURN key, n_graphs, newest, faithfulness, n_labelled {order} SKIP $offset LIMIT $limit"
    )
    return statement, values | {"offset": question.offset, "limit": question.limit}


def counted_keys(question: PromptsQuestion) -> tuple[str, Row]:
    """On Neo4j: one row, both counts and the keys of the page's prompts, in order.

    To look at 100,000 graphs takes most of the time there, 0.1 seconds more for each property that is not in the
    index: they are looked at once, and figures are asked for of the page's prompts alone.
    """
    match, values = chosen(question)
    columns, order = _ordered(question.order)
    return (
        f"{match} WITH g.prompt_key AS key, count(*) AS n, {columns} {order} "
        "WITH collect(key) AS keys, sum(n) AS n_graphs "
        "RETURN size(keys) AS n_prompts, n_graphs, keys[$first..$last] AS page"
    ), values | {"first": question.offset, "last": question.offset + question.limit}


def with_keys(question: PromptsQuestion, keys: list[str]) -> tuple[str, Row]:
    """On Neo4j: one row a prompt with one of the keys, in any order."""
    match, values = chosen(question)
    return f"{match} AND g.prompt_key IN $keys RETURN {_figures('neo4j')}", values | {"keys": keys}


MODELS = (
    "MATCH (g:AttributionGraph) WHERE g.state = $state "
    "RETURN g.model AS model, count(*) AS n_graphs ORDER BY model"
)
"""One row a model of stored graphs."""

RECORDS = (
    "UNWIND $ids AS id MATCH (g:AttributionGraph {id: id}) WHERE g.state = $state "
    f"RETURN {', '.join(f'g.`{column}` AS `{column}`' for column in rows.LISTED)}"
)
"""One row a graph."""

OF_PROMPT = (
    "MATCH (one:AttributionGraph {id: $graph}), (g:AttributionGraph) "
    "WHERE g.state = $state AND g.prompt_key = one.prompt_key "
    f"RETURN {', '.join(f'g.`{column}` AS `{column}`' for column in rows.LISTED)} "
    "ORDER BY created_at DESC, id LIMIT $limit"
)
"""The newest graphs of the prompt of one, in its model."""

VIEWS = (
    "UNWIND $ids AS id MATCH (:AttributionGraph {id: id})-[:HAS_VIEW]->(v:View) "
    "RETURN id, v.name AS name, v.changed_at AS changed_at ORDER BY name"
)
"""One row a view of these graphs."""


def _counted(type: str, label: str) -> str:
    return (
        f"UNWIND $ids AS id MATCH (:AttributionGraph {{id: id}})-[:{type}]->(n:{label}) "
        "RETURN id, count(n) AS n"
    )


RESULTS = {
    "n_interventions": _counted("HAS_INTERVENTION", "Intervention"),
    "n_verifications": _counted("HAS_VERIFICATION", "Verification"),
    "n_internals": _counted("HAS_INTERNALS", "Internals"),
}
"""One row a graph that has some."""

DESCRIBE = "MATCH (g:AttributionGraph {id: $graph}) SET g.name = $name, g.notes = $notes"
