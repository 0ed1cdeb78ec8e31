"""The scores by which paths are ranked: their definitions, for every place that shows or computes one."""

from dataclasses import dataclass

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.acyclic import Goal
from queries.graph.arrays import Bools, Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind


@dataclass(frozen=True)
class PathScore:
    """What a score of a path is, in the words that the API and the page show."""

    name: str
    definition: str
    unit: str
    sign: str
    order: str
    meaning: str
    goal: Goal
    grouped: bool
    """Whether the scores of paths can be added up, so that paths can be ranked in groups."""


_ALL = (
    PathScore(
        name="influence",
        definition="Product of `share` over the path's edges: |weight| over the sum of |weight| into the edge's "
        "target. Towards several logits, times the logit's normalised probability.",
        unit="share of the target's total influence, 0 to 1",
        sign="never negative",
        order="descending",
        meaning="The part of the target's total absolute influence that flows along exactly this path.",
        goal=Goal.PRODUCT,
        grouped=True,
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
        goal=Goal.PRODUCT,
        grouped=True,
    ),
    PathScore(
        name="mean_weight",
        definition="Mean of the weights of the path's edges.",
        unit="that of the weights: the target's pre-activation or logit, which differs from edge to edge",
        sign="signed",
        order="descending",
        meaning="The average direct effect along the path, as the attribution-graph notebooks rank paths. One strong "
        "edge, such as one from an embedding, can carry a path of weak ones.",
        goal=Goal.SUM,
        grouped=False,
    ),
    PathScore(
        name="bottleneck",
        definition="Smallest |weight| of the path's edges.",
        unit="that of the weights",
        sign="never negative",
        order="descending",
        meaning="The path's weakest link: every edge of it is at least this strong.",
        goal=Goal.LEAST,
        grouped=False,
    ),
)

SCORES = {score.name: score for score in _ALL}


def path_score(name: str) -> PathScore:
    """Raises InvalidRequest for a score that there is not."""
    try:
        return SCORES[name]
    except KeyError:
        raise InvalidRequest("score", f"must be one of {', '.join(SCORES)}, not {name!r}") from None


def edge_factors(graph: AttributionGraph, score: PathScore, is_target: Bools) -> Floats:
    """(n_edges,) what each edge gives to a path's score, signed: joined by product, sum or minimum, as its goal says.

    `is_target` (n_nodes,): where the paths end. Raises InvalidRequest where the graph lacks what the score needs.
    """
    edges = graph.edges
    if score.name == "influence":
        return edges.share
    if score.name == "contribution":
        with np.errstate(over="ignore"):
            factors = edges.weight / _divisors(graph, is_target)[edges.target]
        if not np.isfinite(factors).all():
            raise InvalidRequest(
                "score", "an activation is so small that contribution divided by it is no number"
            )
        return factors
    return np.abs(edges.weight) if score.name == "bottleneck" else edges.weight


def _divisors(graph: AttributionGraph, is_target: Bools) -> Floats:
    """(n_nodes,) the activation of the nodes that a path comes through; 1 where it ends."""
    nodes = graph.nodes
    between = (nodes.kind == NodeKind.FEATURE) & ~is_target
    usable = np.isfinite(nodes.activation) & (nodes.activation != 0.0)
    lacking = int((between & ~usable).sum())
    if lacking:
        raise InvalidRequest(
            "score",
            "contribution divides by the activations of feature nodes, and "
            f"{lacking:,} of this graph's {int(between.sum()):,} have none stored",
        )
    return np.where(between, nodes.activation, 1.0)
