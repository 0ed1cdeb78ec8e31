"""The parts of a named query: a question, its typed parameters, the columns of its answer, and its Cypher."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pydantic import Field

from queries.graph.records import Record
from queries.words import Engine, KindWord

Value: TypeAlias = str | int | float | list[str] | None
"""The values that a parameter can have, as JSON writes them."""


class ValueType(StrEnum):
    """What a value is and, for ids and keys, of what: enough to link a cell or to offer a choice."""

    GRAPH = "graph"
    """The id of a stored graph."""
    GRAPHS = "graphs"
    """Ids of stored graphs, each once."""
    COLLECTION = "collection"
    """The name of a collection of graphs."""
    NODE = "node"
    """A node's key, graph/kind/layer/position/index."""
    NODES = "nodes"
    FEATURE = "feature"
    """A Feature's key, model/transcoder set/layer/index."""
    FEATURES = "features"
    TOKEN = "token"
    """A token's text, with or without the space it begins with."""
    MODEL = "model"
    """The name of a model, as graphs have it."""
    TEXT = "text"
    TEXTS = "texts"
    COUNT = "count"
    """A whole number."""
    NUMBER = "number"
    NUMBERS = "numbers"
    FLAG = "flag"


class QueryParameter(Record):
    name: str
    type: ValueType
    description: str
    required: bool = Field(True, description="Whether it has to be given")
    default: Value = Field(None, description="What it is unless given")
    minimum: float | None = Field(None, description="Of a count or number")
    maximum: float | None = Field(None, description="Of a count or number")
    kinds: tuple[KindWord, ...] | None = Field(
        None,
        description="Of a node, or of a token, which is that of a node: the kinds that it may be. Where the query has "
        "a graph, it is the graph's",
    )


class QueryColumn(Record):
    name: str
    type: ValueType
    description: str


@dataclass(frozen=True)
class NamedQuery:
    """A question that researchers ask of stored graphs, answered by one statement.

    `cypher` is one text for both engines or a text for each. Only Ladybug gets the lines that begin with HINT: a join
    order, without which it scans all rows of tables. Every text answers at most `$k` rows.
    """

    name: str
    title: str
    sentence: str
    parameters: tuple[QueryParameter, ...]
    columns: tuple[QueryColumn, ...]
    cypher: str | Mapping[Engine, str]

    @property
    def parameter_names(self) -> list[str]:
        return [parameter.name for parameter in self.parameters]

    def text(self, engine: Engine) -> str:
        """The statement for the engine, ready to be sent or pasted."""
        text = self.cypher if isinstance(self.cypher, str) else self.cypher[engine]
        lines = text.strip().splitlines()
        if engine != "ladybug":
            lines = [line for line in lines if not line.lstrip().startswith("HINT ")]
        return "\n".join(lines)


# -- Parameters and columns that several queries share.

GRAPH = QueryParameter(name="graph", type=ValueType.GRAPH, description="The graph's id")


def k(default: int, what: str) -> QueryParameter:
    """The bound on the rows of an answer, which are `what`."""
    return QueryParameter(
        name="k",
        type=ValueType.COUNT,
        description=f"At most this many {what}",
        required=False,
        default=default,
        minimum=1,
        maximum=10_000,
    )


def share(name: str, description: str, default: float) -> QueryParameter:
    """A parameter between 0 and 1."""
    return QueryParameter(
        name=name,
        type=ValueType.NUMBER,
        description=description,
        required=False,
        default=default,
        minimum=0.0,
        maximum=1.0,
    )


def count(name: str, description: str, default: int, minimum: int, maximum: int) -> QueryParameter:
    return QueryParameter(
        name=name,
        type=ValueType.COUNT,
        description=description,
        required=False,
        default=default,
        minimum=minimum,
        maximum=maximum,
    )


def column(name: str, type: ValueType, description: str) -> QueryColumn:
    return QueryColumn(name=name, type=type, description=description)


LABEL = column("label", ValueType.TEXT, "The graph's own label of the node; null where it gives none")
EXPLANATIONS = column("explanations", ValueType.TEXTS, "What explains the node's feature, in no order")
