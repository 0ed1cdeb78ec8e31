"""What a model tells of a prompt's internals besides arrays, and the two questions that are answered on request."""

from typing import Literal, TypeAlias

from pydantic import Field

from queries.graph.interventions import TokenChance
from queries.graph.records import Finite, Record


class Baseline(Record):
    """What the prompt is compared with in token attribution."""

    kind: Literal["zeros", "token", "mean embedding"]
    token: str | None = Field(description="The one at every position, of that kind only")
    keeps_bos: bool = Field(description="Whether the first position is the prompt's own")


class Findings(Record):
    """What is told of a prompt's internals in words and single numbers, beside the arrays of the same file."""

    tokens: list[str]
    position: int = Field(description="Where the target is predicted")
    value: Finite | None = Field(
        description="What is attributed: the target's logit, less the foil's, before any cap"
    )
    predictions: list[list[TokenChance]] = Field(
        description="The most probable next tokens at each position, the most probable first"
    )
    baseline: Baseline | None = Field(None, description="Of token attribution")
    baseline_value: Finite | None = Field(None, description="What is attributed, of the baseline")
    points: int | None = Field(None, description="Gradients that token attribution took")
    attributed: list[str] | None = Field(
        None, description="Logit attribution: what it is towards at each position"
    )
    seconds: dict[str, float] = Field(description="What each part took")


class LinkQuestion(Record):
    """Every path of a link through each head, and the keys that its last heads looked at."""

    kind: Literal["link"] = "link"
    source: str = Field(description="The node's id, or another selector of it")
    target: str = Field(description="The node's id, or another selector of it")


class CellQuestion(Record):
    """Why a head looks from a query to a key: its score there by pairs of nodes."""

    kind: Literal["cell"] = "cell"
    layer: int = Field(ge=0)
    head: int = Field(ge=0)
    query: int = Field(ge=0)
    key: int = Field(ge=0)


InternalsQuestion: TypeAlias = LinkQuestion | CellQuestion


class LinkHead(Record):
    """What passes through one head of a link."""

    layer: int
    head: int
    last: Finite = Field(description="By paths of which it is the last head")
    through: Finite = Field(description="By all paths that pass it")
    key: int = Field(description="The position that it looked at most, as the last head, from the target's")
    at_key: Finite = Field(description="The part of `last` that came from there")
    through_query: int = Field(description="The query and key by which most passes through it")
    through_key: int


class LinkPathsFound(Record):
    """A link through its heads, those with the largest |through| first."""

    source: str
    target: str
    weight: Finite = Field(description="By the model as it is loaded")
    direct: Finite = Field(description="What passes no head")
    heads: list[LinkHead]
    rest: Finite = Field(description="The sum of `last` of the heads that are not listed")
    past: list[Finite] = Field(description="Of each layer, what passes none of its heads")
    sums_error: Finite
    layers_error: Finite


class ScoreSource(Record):
    """One side of a pair: a node of the graph, the model's biases, or all that the graph lacks at a position."""

    kind: Literal["node", "biases", "rest"]
    node: str | None = Field(description="The node's id, of that kind only")
    position: int | None = Field(description="Of a node and of the rest")


class ScorePair(Record):
    query: ScoreSource
    key: ScoreSource
    score: Finite


class ScoreSide(Record):
    source: ScoreSource
    score: Finite


class ScorePairsFound(Record):
    """A head's score at one cell, q . k, as a sum over pairs: the largest ones first, and the sum of all others."""

    layer: int
    head: int
    query: int
    key: int
    product: Finite = Field(description="q . k")
    scaling: Finite | None = Field(
        description="What q . k is multiplied by before softmax; null where the model caps it"
    )
    softmax_input: Finite | None = Field(description="What softmax received; null: masked")
    pattern: Finite = Field(description="What it gave")
    pairs: list[ScorePair]
    rest: Finite = Field(description="The sum of the pairs that are not listed")
    queries: list[ScoreSide] = Field(
        description="Sums of a source at the query over all keys, the largest first"
    )
    keys: list[ScoreSide] = Field(
        description="Sums of a source at the key over all queries, the largest first"
    )
    error: Finite


InternalsFound: TypeAlias = LinkPathsFound | ScorePairsFound
