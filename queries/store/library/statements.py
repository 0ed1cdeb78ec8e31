"""The library's Cypher. Prompts in models are groups of graphs, made when they are asked for: no table holds them."""

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

_ORDERS: dict[PromptOrder, str] = {
    "newest": "newest DESC",
    "oldest": "newest",
    "prompt": "prompt, model",
    "faithfulness": "faithfulness DESC, newest DESC",
    "labelled": "n_labelled DESC, newest DESC",
    "nodes": "n_nodes DESC, newest DESC",
}

_SEARCHED = ("prompt", "name", "notes", "predicted_token")
_NODES = " + ".join(f"g.n_{kind}_nodes" for kind in ("embedding", "feature", "error", "logit"))


def chosen(question: PromptsQuestion) -> tuple[str, Row]:
    """A MATCH of the graphs that are meant, `g`, and its parameters."""
    where = ["g.state = $state"]
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


def _grouped(question: PromptsQuestion, dialect: Dialect) -> tuple[str, Row]:
    """Statement's beginning: each prompt in a model, with its newest graph and figures of its graphs that are meant."""
    match, values = chosen(question)
    return (
        f"{match} WITH g.model AS model, g.prompt AS prompt, count(*) AS n_graphs, "
        f"max({_TIME[dialect]}) AS newest, max({rows.FAITHFULNESS}) AS faithfulness, "
        f"max(g.n_labelled_nodes) AS n_labelled, max({_NODES}) AS n_nodes"
    ), values


def prompts(question: PromptsQuestion) -> tuple[str, Row]:
    """On Ladybug: one row a prompt of the page."""
    grouped, values = _grouped(question, "ladybug")
    statement = (
        f"{grouped} RETURN n_graphs, newest, faithfulness, n_labelled, model, prompt "
        f"ORDER BY {_ORDERS[question.order]}, newest SKIP $offset LIMIT $limit"
    )
    return statement, values | {"offset": question.offset, "limit": question.limit}


def counts(question: PromptsQuestion) -> tuple[str, Row]:
    """On Ladybug: one row, how many prompts and graphs are meant."""
    match, values = chosen(question)
    return (
        f"{match} WITH g.model AS model, g.prompt AS prompt, count(*) AS n "
        "RETURN count(*) AS n_prompts, sum(n) AS n_graphs"
    ), values


def counted_page(question: PromptsQuestion) -> tuple[str, Row]:
    """On Neo4j: one row, both counts and the rows of the page. To look at 100,000 graphs takes most of the time there,
    so they are looked at once."""
    grouped, values = _grouped(question, "neo4j")
    statement = (
        f"{grouped} ORDER BY {_ORDERS[question.order]}, newest "
        "WITH collect({n_graphs: n_graphs, newest: newest, faithfulness: faithfulness, n_labelled: n_labelled}) "
        "AS found, sum(n_graphs) AS n_graphs "
        "RETURN size(found) AS n_prompts, n_graphs, found[$first..$last] AS page"
    )
    return statement, values | {"first": question.offset, "last": question.offset + question.limit}


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
    "WHERE g.state = $state AND g.model = one.model AND g.prompt = one.prompt "
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
