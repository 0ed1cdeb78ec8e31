"""Cypher queries, named queries and their rows, as requests and answers."""

from typing import Any, Literal

from pydantic import Field

from queries.graph.records import Record
from queries.named import GROUPS
from queries.named.definition import QueryColumn, QueryParameter
from queries.store import schema
from queries.store.saved.saved import ListedQuery
from queries.words import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
    MAX_LIMIT,
    MAX_NOTES,
    MAX_QUERY,
    MAX_TIMEOUT,
    MIN_TIMEOUT,
    Engine,
)


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
    group: str = Field(description="What it is about: the heading that it stands under")
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
            group=group,
            title=query.title,
            sentence=query.sentence,
            parameters=list(query.parameters),
            columns=list(query.columns),
            cypher=query.text(engine),
        )
        for group, queries in GROUPS.items()
        for query in queries
    ]
    return QueriesAnswer(engine=engine, queries=answers)


class SchemaProperty(Record):
    name: str
    type: str = Field(
        description="As Ladybug names it: STRING, INT64, DOUBLE, BOOL, TIMESTAMP, or a list of one"
    )


class SchemaLabel(Record):
    """A label of nodes, the table of them on Ladybug."""

    name: str
    properties: list[SchemaProperty] = Field(description="The first is the unique key")


class SchemaEnds(Record):
    source: str = Field(description="The label of the nodes that it leads from")
    target: str = Field(description="The label of the nodes that it leads to")


class SchemaRelationship(Record):
    name: str = Field(description="Its type")
    ends: list[SchemaEnds]
    properties: list[SchemaProperty]


class CypherLimits(Record):
    """What a query may be and take; a request says less where it wants less."""

    default_rows: int
    max_rows: int
    default_seconds: float
    min_seconds: float
    max_seconds: float
    max_characters: int = Field(description="Of a query")


class CypherSchema(Record):
    """What can be asked for, and how."""

    engine: Engine
    dialect: str = Field(description="The language that the engine in use reads, in words")
    labels: list[SchemaLabel]
    relationships: list[SchemaRelationship]
    limits: CypherLimits


DIALECTS: dict[Engine, str] = {"ladybug": "Ladybug’s Cypher", "neo4j": "Neo4j’s Cypher 5"}

LIMITS = CypherLimits(
    default_rows=DEFAULT_LIMIT,
    max_rows=MAX_LIMIT,
    default_seconds=DEFAULT_TIMEOUT,
    min_seconds=MIN_TIMEOUT,
    max_seconds=MAX_TIMEOUT,
    max_characters=MAX_QUERY,
)


def cypher_schema(engine: Engine) -> CypherSchema:
    """The labels, types and properties of every database, and the dialect of an engine."""
    return CypherSchema(
        engine=engine,
        dialect=DIALECTS[engine],
        labels=[SchemaLabel(name=one.label, properties=_properties(one.columns)) for one in schema.TABLES],
        relationships=[
            SchemaRelationship(
                name=one.type,
                ends=[SchemaEnds(source=source, target=target) for source, target in one.pairs],
                properties=_properties(one.columns),
            )
            for one in schema.RELATIONSHIPS
        ],
        limits=LIMITS,
    )


def _properties(columns: dict[str, str]) -> list[SchemaProperty]:
    return [SchemaProperty(name=name, type=type) for name, type in columns.items()]


class SavedQueriesAnswer(Record):
    queries: list[ListedQuery] = Field(description="By their names, without their texts")


class WrittenQuery(Record):
    """A query to save; or another name for a saved one, whose text and notes stay."""

    cypher: str | None = Field(None, max_length=MAX_QUERY, description="Its text")
    notes: str = Field("", max_length=MAX_NOTES)
    name: str | None = Field(None, description="Another name")
