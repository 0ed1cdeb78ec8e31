"""The scores that rank paths: each is one entry here, with its definition in words and in figures.

The command line's help reads this module too, so it imports numpy only where a factor is computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, TypeAlias

from queries.errors import InvalidRequest

if TYPE_CHECKING:
    from queries.graph.arrays import Bools, Floats
    from queries.graph.attribution_graph import AttributionGraph

Factors: TypeAlias = "Callable[[AttributionGraph, Bools], Floats]"
"""(n_edges,) each edge's signed part of a path's score, from a graph and is_target (n_nodes,), the ends of paths.

Raises InvalidRequest where the graph lacks a value that the score needs.
"""


class Join(Enum):
    """How the factors of a path's edges make its score."""

    PRODUCT = "product"
    """Towards several logits, times the logit's normalised probability."""
    MEAN = "mean"
    MINIMUM = "minimum"


@dataclass(frozen=True)
class PathScore:
    """A score of a path, in the words that the API and the page show."""

    name: str
    definition: str
    unit: str
    sign: str
    order: str
    meaning: str
    join: Join
    factors: Factors
    signed: bool = False
    """Whether the sign of a score tells if the path raises or lowers its target."""
    ranked_by_size: bool = False
    """Whether paths are ordered by the score's absolute value."""
    is_share: bool = False
    """Whether a score is a share of the target's total influence, 0 to 1."""

    @property
    def grouped(self) -> bool:
        """Whether the scores of paths can be added up, so that paths can be ranked in groups."""
        return self.join is Join.PRODUCT


def _shares(graph: "AttributionGraph", _: "Bools") -> "Floats":
    return graph.edges.share


def _weights(graph: "AttributionGraph", _: "Bools") -> "Floats":
    return graph.edges.weight


def _sizes(graph: "AttributionGraph", _: "Bools") -> "Floats":
    size: Floats = abs(graph.edges.weight)
    return size


def _weights_per_activation(graph: "AttributionGraph", is_target: "Bools") -> "Floats":
    """Each weight over the activation of its target; undivided where the path ends."""
    import numpy as np

    from queries.graph.attribution_graph import NodeKind

    nodes, edges = graph.nodes, graph.edges
    between = (nodes.kind == NodeKind.FEATURE) & ~is_target
    usable = np.isfinite(nodes.activation) & (nodes.activation != 0.0)
    n_lacking = int((between & ~usable).sum())
    if n_lacking:
        raise InvalidRequest(
            "score",
            "contribution divides by the activations of feature nodes, and "
            f"{n_lacking:,} of this graph's {int(between.sum()):,} have none stored",
        )
    with np.errstate(over="ignore"):
        factors: Floats = edges.weight / np.where(between, nodes.activation, 1.0)[edges.target]
    if not np.isfinite(factors).all():
        raise InvalidRequest(
            "score", "an activation is so small that contribution divided by it is no number"
        )
    return factors


_ALL = (
    PathScore(
        name="influence",
        definition="Product of `share` over the path's edges: |weight| over the sum of |weight| into the edge's "
        "target. Towards several logits, times the logit's normalised probability.",
        unit="share of the target's total influence, 0 to 1",
        sign="never negative",
        order="descending",
        meaning="The part of the target's total absolute influence that flows along exactly this path.",
        join=Join.PRODUCT,
        factors=_shares,
        is_share=True,
    ),
    PathScore(
        name="contribution",
        definition="Product over the path's edges of weight / activation of the edge's target; the last edge's "
        "weight is not divided. Towards several logits, times the logit's normalised probability.",
        unit="of a logit: logits minus the vocabulary's mean; of a feature: its pre-activation's units",
        sign="signed: negative where the path lowers its target",
        order="descending by absolute value",
        meaning="The path's signed effect on its target, attention patterns and normalisation frozen. "
        "Biases lie on no path, so paths do not add up to the logit.",
        join=Join.PRODUCT,
        factors=_weights_per_activation,
        signed=True,
        ranked_by_size=True,
    ),
    PathScore(
        name="mean_weight",
        definition="Mean of the weights of the path's edges.",
        unit="that of the weights: the target's pre-activation or logit, which differs from edge to edge",
        sign="signed",
        order="descending",
        meaning="The average direct effect along the path, as the attribution-graph notebooks rank paths. One strong "
        "edge, such as one from an embedding, can carry a path of weak ones.",
        join=Join.MEAN,
        factors=_weights,
    ),
    PathScore(
        name="bottleneck",
        definition="Smallest |weight| of the path's edges.",
        unit="that of the weights",
        sign="never negative",
        order="descending",
        meaning="The path's weakest link: every edge of it is at least this strong.",
        join=Join.MINIMUM,
        factors=_sizes,
    ),
)

SCORES = {score.name: score for score in _ALL}
"""The first is the default."""

if TYPE_CHECKING:
    ScoreName: TypeAlias = str
else:  # pydantic checks and documents the names above
    ScoreName = Literal[tuple(SCORES)]


def path_score(name: str) -> PathScore:
    """The score of that name. Raises InvalidRequest for an unknown one."""
    try:
        return SCORES[name]
    except KeyError:
        raise InvalidRequest("score", f"must be one of {', '.join(SCORES)}, not {name!r}") from None
