"""The records of a prompt's internals as the database holds them: its heads, what they read and write, and what feeds
what. The arrays behind them are in a file (`ingest.internals.file`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from queries.graph.records import Finite, Record

Part: TypeAlias = Literal["attention", "logits", "heads", "tokens", "flow", "loadings"]
PARTS: tuple[Part, ...] = ("attention", "logits", "heads", "tokens", "flow", "loadings")
"""What can be computed of a prompt's internals."""
MOST_TOKENS, MOST_TOKENS_OF_FLOW = 512, 256
"""Of a prompt; the second where information flow is computed too."""
Towards: TypeAlias = Literal["predictions", "target", "difference"]
Reals: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int32]

MAX_EDGES_BETWEEN_HEADS = 10_000


class InternalsParameters(Record):
    """What is asked about a prompt's internals."""

    position: int | None = Field(
        None, ge=0, description="Where the target is predicted: a position of the prompt; null: its last"
    )
    target: str | None = Field(
        None, description="The text of one token to explain; null: the most probable one at the position"
    )
    foil: str | None = Field(
        None, description="The token that it is told apart from; null: the second most probable one"
    )
    has_foil: bool = Field(True, description="Whether the target is told apart from another token at all")
    baseline: str | None = Field(
        None,
        description="The token that every other stands beside in token attribution; null: the model's own rule",
    )
    towards: Towards = Field(
        "predictions",
        description="What logit attribution is towards: each position's most probable token, the target at every "
        "position, or the difference of target and foil",
    )
    direction: list[Finite] | None = Field(
        None,
        description="A direction of the final norm's output, towards which logit attribution is instead: a number for "
        "each dimension of the residual stream",
    )
    parts: list[Part] = Field(list(PARTS), min_length=1, description="What is computed")
    verify: bool = Field(True, description="Whether every head is ablated too, beside its attribution")
    top_edges: int = Field(
        200, ge=0, le=MAX_EDGES_BETWEEN_HEADS, description="Edges between heads that the database keeps"
    )


class InternalsRecord(Record):
    """What is known of the internals of a graph's prompt, but for their numbers."""

    id: str
    graph_id: str
    parameters: InternalsParameters
    model: str
    model_revision: str
    dtype: str
    n_layers: int
    n_heads: int
    target: str = Field(description="The token that is explained")
    foil: str | None = Field(description="The token that it is told apart from")
    errors: dict[str, Finite] = Field(description="What each part's own check found on this prompt")
    missing: dict[Part, str] = Field(
        description="The parts that were asked for and could not be had, and why"
    )
    versions: dict[str, str]
    created_at: datetime


STATISTICS = (
    "entropy",
    "normalised_entropy",
    "max_attention",
    "mean_distance",
    "previous_token",
    "first_token",
    "attribution",
    "direct_logit",
    "ablation",
    "carried",
)
"""What is known of a head on a prompt: a column of `Heads.statistics` and a property of HeadNode each."""


class HeadInGraph(Record):
    """A model's head on the prompt of one graph."""

    id: str = Field(description="The graph's")
    name: str
    prompt: str
    model_revision: str
    target: str = Field(description="The token that is explained")
    foil: str | None = Field(description="The token that it is told apart from")
    statistics: dict[str, Finite | None] = Field(description=f"{', '.join(STATISTICS)}; null: not known")


class HeadRevision(Record):
    """What was measured of a head on sequences that belong to no prompt, at one revision of its model."""

    model_revision: str
    induction: Finite | None = Field(description="0 to 1; null: not known")
    duplicate_token: Finite | None = Field(description="0 to 1; null: not known")
    seed: int | None = Field(description="By which the sequences were drawn")


class HeadRecord(Record):
    """One attention head of a model, in whatever number of graphs."""

    model: str
    layer: int
    head: int
    revisions: list[HeadRevision]
    graphs: list[HeadInGraph] = Field(
        description="Those whose internals were computed, the one with the largest |attribution| first"
    )


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a prompt, layer by layer: head `h` of layer `l` is the `l * n_heads + h`th."""

    statistics: dict[str, Reals]
    """(n_heads in all,) each of STATISTICS; NaN where it is not known."""
    induction: Reals
    """(n_heads in all,) of the model, whatever the prompt; NaN where it is not known."""
    duplicate_token: Reals
    """The same, and known where `induction` is."""
    seed: int | None
    """By which the sequences were drawn on which these two were measured."""


@dataclass(frozen=True, slots=True)
class HeadLinks:
    """Nodes of the graph and the heads that read them, or write to them: the last-head split of the graph's edges,
    summed over their other ends. One row a pair."""

    node: Integers
    """The node's ordinal in the graph."""
    head: Integers
    """The head's place in `Heads`."""
    weight: Reals
    absolute: Reals
    """The sum of the absolute values."""

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, slots=True)
class HeadEdges:
    """Attribution from one head to a later one, the strongest first: through its queries, keys and values."""

    source: Integers
    target: Integers
    weight: Reals
    """The sum of the three."""
    query: Reals
    key: Reals
    value: Reals

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class Internals:
    record: InternalsRecord
    heads: Heads
    read: HeadLinks
    """Nodes that heads read."""
    written: HeadLinks
    """Nodes that heads write to."""
    fed: HeadEdges
