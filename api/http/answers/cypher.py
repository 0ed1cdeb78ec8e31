"""Cypher queries, named queries and their rows, as requests and answers."""

from typing import Any, Literal

from pydantic import Field

from queries.cypher.answer import MAX_QUERY
from queries.graph.records import Record
from queries.named import QUERIES
from queries.named.definition import QueryColumn, QueryParameter
from queries.words import DEFAULT_LIMIT, DEFAULT_TIMEOUT, MAX_LIMIT, MAX_TIMEOUT, MIN_TIMEOUT, Engine


class CypherRequest(Record):
    query: str = Field(
        max_length=MAX_QUERY, description="One reading statement, in the dialect of the engine in use"
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="Values of the query's $names")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="At most this many rows are answered")
    timeout: float = Field(
        DEFAULT_TIMEOUT, ge=MIN_TIMEOUT, le=MAX_TIMEOUT, description="Seconds after which the query is ended"
    )


class NodeValue(Record):
    type: Literal["node"]
    id: str = Field(description="The engine's own, by which relationships name it")
    labels: list[str]
    properties: dict[str, Any]


class RelationshipValue(Record):
    type: Literal["relationship"]
    id: str
    relationship_type: str
    source: str = Field(description="A node's id")
    target: str = Field(description="A node's id")
    properties: dict[str, Any]


class PathValue(Record):
    type: Literal["path"]
    nodes: list[NodeValue]
    relationships: list[RelationshipValue]


class CypherRows(Record):
    """A query's rows. What JSON has not is text: dates and durations by ISO 8601, decimals, `NaN`, `Infinity`."""

    columns: list[str]
    rows: list[list[NodeValue | RelationshipValue | PathValue | Any]]
    truncated: Literal["rows", "bytes"] | None = Field(
        description="The bound that cut the rows: there are more; null: these are all"
    )
    seconds: float = Field(description="From the query's turn to its last row")
    engine: Engine


class NamedQueryAnswer(Record):
    """A question of the cookbook."""

    name: str
    title: str
    sentence: str = Field(description="What it answers")
    parameters: list[QueryParameter]
    columns: list[QueryColumn] = Field(description="Of its rows, in their order")
    cypher: str = Field(
        description="Its text for the engine in use; it can be changed and sent to /api/cypher"
    )


class QueriesAnswer(Record):
    engine: Engine
    queries: list[NamedQueryAnswer]


class NamedQueryRequest(Record):
    parameters: dict[str, Any] = Field(default_factory=dict, description="By their names in GET /api/queries")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="At most this many rows are answered")
    timeout: float = Field(
        DEFAULT_TIMEOUT, ge=MIN_TIMEOUT, le=MAX_TIMEOUT, description="Seconds after which the query is ended"
    )


def named_queries(engine: Engine) -> QueriesAnswer:
    """The named queries, in an engine's dialect."""
    answers = [
        NamedQueryAnswer(
            name=query.name,
            title=query.title,
            sentence=query.sentence,
            parameters=list(query.parameters),
            columns=list(query.columns),
            cypher=query.text(engine),
        )
        for query in QUERIES
    ]
    return QueriesAnswer(engine=engine, queries=answers)
